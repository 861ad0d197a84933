"""The compiled engine against its plain twin, on streams that a venue sends and that none would."""

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Records, one_by_one
from tests.reference.compare import assert_dense_and_finite, assert_same_grid
from tests.reference.engine import ReferenceEngine, events_from
from tests.strategies import any_cases, batches, cases, cuts
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams

Case = tuple[EngineParams, Records]


def assert_equal_after_every_event(case: Case) -> None:
    params, records = case
    engine, twin = Engine(params), ReferenceEngine(params)
    assert_same_grid(engine.grid(), twin.grid(), params)
    for row in one_by_one(records):
        engine.feed(row)
        twin.feed(row)
        assert_same_grid(engine.grid(), twin.grid(), params)


@given(cases(hostile=False))
def test_on_a_coherent_stream_the_engine_equals_its_twin_after_every_event(case: Case) -> None:
    assert_equal_after_every_event(case)


@given(cases(hostile=True))
def test_on_a_hostile_stream_the_engine_equals_its_twin_after_every_event(case: Case) -> None:
    assert_equal_after_every_event(case)


@given(any_cases, st.data())
def test_the_whole_book_equals_the_twins_wherever_the_stream_is_cut(case: Case, data: st.DataObject) -> None:
    params, records = case
    engine, twin = Engine(params), ReferenceEngine(params)
    for batch in batches(records, data.draw(cuts(len(records)))):
        engine.feed(batch)
        twin.feed(batch)
        for side in ("B", "A"):
            assert engine.levels(side, 100) == twin.levels(side, 100)
        for order_id in {event.order_id for event in events_from(records)}:
            assert engine.order(order_id) == twin.order(order_id)
        assert_same_grid(engine.grid(), twin.grid(), params)


@given(any_cases)
def test_the_anomalies_that_the_rules_name_are_counted_as_the_twin_counts_them(case: Case) -> None:
    params, records = case
    engine, twin = Engine(params), ReferenceEngine(params)
    engine.feed(records)
    twin.feed(records)
    for name in ("duplicate_add", "unknown_modify", "unknown_cancel", "oversize_cancel"):
        assert engine.anomalies.get(name, 0) == twin.anomalies[name], name


@given(any_cases)
def test_every_event_leaves_a_dense_finite_grid_with_a_bucket_that_carries_its_id(case: Case) -> None:
    params, records = case
    engine = Engine(params)
    for event_id, row in enumerate(one_by_one(records), start=1):
        engine.feed(row)
        grid = engine.grid()
        assert grid.event_id == event_id
        assert (grid.last_event_id == grid.event_id).any()
        assert_dense_and_finite(grid, params.half_width)
