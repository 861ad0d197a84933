"""A report is what a straight run would have said at that moment, and its parts add up."""

import random
import time
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests import factories
from tests.factories import TICK
from tests.fakes.tape import ArrayTape
from tests.realdata import DATA, needs_data
from vpdesk.core.cell_report import CellReport, cell_report
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_SNAPSHOT
from vpdesk.core.params import EngineParams
from vpdesk.runtime.commands import Inspect
from vpdesk.runtime.inspection import N_EVENTS, CellInspector, InspectionSource, inspect
from vpdesk.runtime.keyframes import Keyframe, Keyframes
from vpdesk.runtime.player import Cadence
from vpdesk.sources.simulator import simulate
from vpdesk.sources.tape import open_tape

N_SNAPSHOT = 7700  # events of the market by which its first spot is there
PARAMS = EngineParams(tick_size=250_000_000, half_width=20)
CENTS = EngineParams(tick_size=TICK, half_width=12)


@cache
def market() -> NDArray[np.void]:
    return np.concatenate(list(simulate(10.0, seed=5)))


def source_of(records: NDArray[np.void], params: EngineParams, spacing: int = 1500) -> InspectionSource:
    """Return a tape with a keyframe every ``spacing`` events."""
    keyframes = Keyframes(1 << 28, spacing)
    engine = Engine(params)
    for start in range(0, len(records) - spacing, spacing):
        engine.feed(records[start : start + spacing])
        nothing = np.zeros(0, np.int64)
        keyframes.add(Keyframe(engine.event_id, engine.clock_ns, 0, engine.save(), nothing))
    return InspectionSource(ArrayTape(records), keyframes, params)


def reports_of(source: InspectionSource, event_id: int, bucket: int) -> list[CellReport]:
    return [report for report in inspect(source, Inspect(event_id, bucket)) if report is not None]


def assert_sums(report: CellReport) -> None:
    """Compare the parts with the values that the engine's kernels computed."""
    for terms, total in (
        (report.pressure_terms, report.pressure),
        (report.vacuum_terms, report.vacuum),
    ):
        assert sum(term.value for term in terms) == pytest.approx(total, rel=1e-12, abs=0)
        assert all(term.value >= 0 for term in terms)
    assert report.depth_factor * report.flow_factor == pytest.approx(report.resistance, rel=1e-12, abs=1e-12)
    balance = report.net / (report.pressure + report.vacuum + report.params.force_floor)
    assert report.force == pytest.approx(balance, rel=1e-9, abs=1e-15)


def touches_since(records: NDArray[np.void], params: EngineParams, first: int) -> dict[int, list[int]]:
    """Return the events after the first ones that touched each bucket, for those that stayed in view."""
    engine = Engine(params)
    engine.feed(records[:first])
    touches: dict[int, list[int]] = {}
    in_view: set[int] | None = None
    for number in range(first, len(records)):
        engine.feed(records[number : number + 1])
        grid = engine.grid()
        assert grid.spot_tick is not None
        low = grid.spot_tick // params.ticks_per_bucket - params.half_width
        seen = set(range(low, low + len(grid.k)))
        in_view = seen if in_view is None else in_view & seen
        for i in np.flatnonzero(grid.last_event_id == number + 1).tolist():
            touches.setdefault(low + i, []).append(number + 1)
    return {bucket: touches.get(bucket, []) for bucket in in_view or ()}


def test_a_report_is_the_grid_of_a_straight_run_and_its_parts_add_up() -> None:
    source = source_of(market(), PARAMS)
    chance = random.Random(3)
    n_with_both = 0
    for _ in range(25):
        event_id = chance.randrange(N_SNAPSHOT, len(market()))
        engine = Engine(PARAMS)
        engine.feed(market()[:event_id])
        assert engine.spot_tick is not None
        bucket = engine.spot_tick + chance.randrange(-6, 7)
        report = reports_of(source, event_id, bucket)[0]
        straight = cell_report(engine.grid(), PARAMS, bucket)
        assert straight is not None
        fields = set(CellReport.__slots__) - {"events", "events_from", "is_searching"}
        assert {name: getattr(report, name) for name in fields} == {
            name: getattr(straight, name) for name in fields
        }
        assert_sums(report)
        n_with_both += report.pressure > 0 and report.vacuum > 0
    assert n_with_both > 10


def test_a_report_shows_the_very_value_that_is_painted() -> None:
    source = source_of(market(), PARAMS)
    ring = Cadence(100_000_000).new_ring(PARAMS.half_width, 4096)
    Engine(PARAMS).feed(market(), ring)
    columns = ring.read(ring.published_seq - 90, ring.published_seq)
    chance = random.Random(4)
    for _ in range(25):
        column, i = chance.randrange(len(columns.seq)), chance.randrange(columns.pressure.shape[1])
        event_id = int(columns.headers[column, 2])
        bucket = int(columns.headers[column, 4]) + int(columns.k[i])
        report = reports_of(source, event_id, bucket)[0]
        assert np.float32(report.pressure) == columns.pressure[column, i]
        assert np.float32(report.vacuum) == columns.vacuum[column, i]
        assert np.float32(report.resistance) == columns.resistance[column, i]
        assert np.float32(report.force) == columns.force[column, i]
        assert np.float32(report.depth) == columns.depth[column, i]
        assert report.last_event_id == columns.last_event_id[column, i]
        assert report.k == columns.k[i]


@pytest.mark.parametrize(("n_ticks", "spacing"), [(1, 700), (3, 700), (1, 100_000)])
def test_the_events_listed_are_those_that_touched_the_price(n_ticks: int, spacing: int) -> None:
    params = EngineParams(tick_size=250_000_000, half_width=20, ticks_per_bucket=n_ticks)
    records = market()[:11_000]
    source = source_of(records, params, spacing)
    touches = touches_since(records, params, N_SNAPSHOT)
    n_compared = 0
    for bucket, ids in touches.items():
        report = reports_of(source, len(records), bucket)[-1]
        assert not report.is_searching
        assert len(report.events) <= N_EVENTS
        listed = [event.event_id for event in report.events]
        assert listed == sorted(set(listed))
        assert not ids or listed[-1] == ids[-1] == report.last_event_id
        recent = [event_id for event_id in listed if event_id > N_SNAPSHOT]
        if (
            abs(report.k) * n_ticks > 8
        ):  # the centre never was here, so that no event was counted for want of a place
            assert recent == ids[-len(recent) :] if len(listed) == N_EVENTS else recent == ids
            n_compared += len(recent)
        else:
            assert set(recent) <= set(ids)
    assert n_compared > 100


def _book() -> list[NDArray[np.void]]:
    return [factories.add(1, "B", 100, 5), factories.add(2, "A", 102, 5)]


def test_an_order_that_moves_away_touches_the_price_it_leaves() -> None:
    records = np.concatenate([*_book(), factories.add(3, "B", 99, 7), factories.modify(3, "B", 98, 7)])
    for spacing in (1, 2, 3, 100):
        report = reports_of(source_of(records, CENTS, spacing), 4, 99)[-1]
        assert [event.event_id for event in report.events] == [3, 4]
        assert report.events[1].words.startswith("modify bid 7 from 0.99 to 0.98 order 3")
        assert report.pulled == 7


def test_an_order_that_arrives_says_whence() -> None:
    moves = [
        factories.modify(3, "B", 98, 7),
        factories.modify(3, "B", 98, 4),
        factories.modify(3, "B", 99, 4),
    ]
    records = np.concatenate([*_book(), factories.add(3, "B", 99, 7), *moves])
    for spacing in (1, 2, 3, 100):
        report = reports_of(source_of(records, CENTS, spacing), 6, 98)[-1]
        assert [event.words.partition(" order")[0] for event in report.events] == [
            "modify bid 7 from 0.99 to 0.98",
            "modify bid 4 at 0.98",
            "modify bid 4 from 0.98 to 0.99",
        ]


def test_a_modify_of_an_order_that_rests_nowhere_comes_from_nowhere() -> None:
    gone = np.concatenate([factories.add(3, "B", 99, 7), factories.cancel(3, "B", 99, 7)])
    for before in (gone, np.concatenate([factories.add(3, "B", 99, 7), factories.clear(), *_book()])):
        records = np.concatenate([*_book(), before, factories.modify(3, "B", 98, 7)])
        for spacing in (1, 2, 3, 100):
            report = reports_of(source_of(records, CENTS, spacing), len(records), 98)[-1]
            assert report.events[-1].words.startswith("modify bid 7 at 0.98 order 3")


def test_a_clear_is_the_first_event_listed() -> None:
    clear = factories.record("R")
    records = np.concatenate([*_book(), clear, *_book(), factories.add(9, "B", 100, 1)])
    for spacing in (1, 2, 4, 100):
        report = reports_of(source_of(records, CENTS, spacing), 6, 100)[-1]
        assert [event.event_id for event in report.events] == [3, 4, 6]
        assert report.events[0].words.startswith("clear")
        assert not report.is_searching


def test_a_snapshot_without_a_clear_of_its_own_begins_the_list() -> None:
    snapshot = [
        factories.add(11, "B", 99, 1, flags=F_SNAPSHOT),
        factories.add(12, "B", 100, 1, flags=F_SNAPSHOT),
        factories.add(13, "A", 102, 1, flags=F_SNAPSHOT | 128),
    ]
    records = np.concatenate([*_book(), *snapshot, factories.add(9, "B", 100, 1)])
    for spacing in (1, 2, 3, 4, 100):
        report = reports_of(source_of(records, CENTS, spacing), 6, 100)[-1]
        assert [event.event_id for event in report.events] == [3, 4, 6]


def test_an_event_without_a_price_in_view_is_told_apart() -> None:
    far = factories.add(7, "B", 10, 1)
    records = np.concatenate([*_book(), far])
    report = reports_of(source_of(records, CENTS, 2), 3, 101)[-1]
    assert [(event.event_id, event.is_elsewhere) for event in report.events] == [(3, True)]


def test_outside_the_grid_there_is_nothing_to_report() -> None:
    source = source_of(market(), PARAMS)
    assert reports_of(source, 5000, 10**6) == []
    assert reports_of(source, 0, 0) == []


def test_the_last_wish_wins_and_the_thread_ends() -> None:
    source = source_of(market(), PARAMS)
    engine = Engine(PARAMS)
    engine.feed(market())
    spot = engine.spot_tick
    assert spot is not None
    inspector = CellInspector(lambda: source)
    for distance in range(-5, 6):
        inspector.wish(Inspect(len(market()), spot + distance))
    _wait_for(inspector, spot + 5)
    inspector.wish(Inspect(len(market()) - 100, spot))
    _wait_for(inspector, spot)
    inspector.close()
    assert inspector.wait_closed(5.0)
    inspector.wish(Inspect(100, spot))
    assert inspector.wait_closed(0.0)


def _wait_for(inspector: CellInspector, bucket: int) -> None:
    deadline = time.monotonic() + 10
    while inspector.report is None or inspector.report.bucket != bucket or inspector.report.is_searching:
        assert time.monotonic() < deadline
        time.sleep(0.002)


@needs_data
@pytest.mark.parametrize("name", ["cl-clx5-2h30-no-snapshot.mbo.dbn", "xnas-arl-day.mbo.dbn.zst"])
def test_reports_hold_on_real_files(name: str) -> None:
    assert DATA is not None
    tape = open_tape(DATA / name, wait=True)
    params = EngineParams(tick_size=tape.instrument.tick.raw, half_width=30)
    records = tape.read(0, tape.n_records).copy()
    tape.close()
    source = source_of(records, params, spacing=4096)
    chance = random.Random(8)
    for _ in range(12):
        event_id = chance.randrange(len(records) // 3, len(records))
        engine = Engine(params)
        engine.feed(records[:event_id])
        assert engine.spot_tick is not None
        bucket = engine.spot_tick + chance.randrange(-5, 6)
        report = reports_of(source, event_id, bucket)[-1]
        straight = cell_report(engine.grid(), params, bucket)
        assert straight is not None
        assert (report.pressure_terms, report.last_event_id) == (
            straight.pressure_terms,
            straight.last_event_id,
        )
        assert_sums(report)
        if report.last_event_id:
            assert report.events[-1].event_id == report.last_event_id
