"""One stream, one result: however it is cut into batches, and wherever it is saved and restored."""

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import TICK, Records, add, clear, one_by_one, record, stream
from tests.reference.compare import ARRAY_FIELDS, SCALAR_FIELDS
from tests.strategies import any_cases, batches, cuts
from vpdesk.core.engine import Engine
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing

Case = tuple[EngineParams, Records]
CENT = EngineParams(tick_size=TICK, half_width=3)


def all_bits(grid: Grid) -> tuple[object, ...]:
    arrays = [getattr(grid, name).tobytes() for name in ARRAY_FIELDS]
    return (*arrays, *[getattr(grid, name) for name in SCALAR_FIELDS], grid.mid)


def small_ring(params: EngineParams, column_events: int) -> GridRing:
    return GridRing(
        params.half_width, 256, column_ns=300_000_000, column_events=column_events, max_idle_columns=5
    )


@given(any_cases, st.data(), st.sampled_from([0, 1, 3]))
def test_any_batching_gives_the_same_digest_grid_and_columns(
    case: Case, data: st.DataObject, column_events: int
) -> None:
    params, records = case
    whole, cut, single = (Engine(params) for _ in range(3))
    rings = [small_ring(params, column_events) for _ in range(3)]
    whole.feed(records, rings[0])
    for batch in batches(records, data.draw(cuts(len(records)))):
        cut.feed(batch, rings[1])
    for row in one_by_one(records):
        single.feed(row, rings[2])
    assert whole.digest() == cut.digest() == single.digest()
    assert all_bits(whole.grid()) == all_bits(cut.grid()) == all_bits(single.grid())
    columns = [ring.read(0, 2**40).tobytes() for ring in rings]
    assert columns[0] == columns[1] == columns[2]
    trades = [ring.read_trades(0, 2**40).tobytes() for ring in rings]
    assert trades[0] == trades[1] == trades[2]


@given(any_cases)
def test_a_ring_does_not_change_what_the_engine_computes(case: Case) -> None:
    params, records = case
    with_ring, without = Engine(params), Engine(params)
    with_ring.feed(records, small_ring(params, 1))
    without.feed(records)
    assert with_ring.digest() == without.digest()


@given(any_cases, st.data())
def test_a_restored_engine_is_the_same_and_continues_the_same(case: Case, data: st.DataObject) -> None:
    params, records = case
    position = data.draw(st.integers(0, len(records)))
    original = Engine(params)
    original.feed(records[:position])
    restored = Engine.restore(original.save())
    assert restored.digest() == original.digest()
    assert all_bits(restored.grid()) == all_bits(original.grid())
    assert restored.anomalies == original.anomalies
    original.feed(records[position:])
    restored.feed(records[position:])
    assert restored.digest() == original.digest()
    assert all_bits(restored.grid()) == all_bits(original.grid())
    assert restored.anomalies == original.anomalies
    assert restored.levels("B", 100) == original.levels("B", 100)


def test_the_digest_tells_different_states_apart() -> None:
    quiet = [clear(), add(1, "B", 99, 5), add(2, "A", 101, 5)]
    streams = [
        stream(*quiet),
        stream(*quiet, record("N")),  # one more event
        stream(*quiet, add(3, "B", 90, 5)),  # an order out of view
        stream(*quiet, add(4, "B", 90, 5)),  # the same level, another order
        stream(*quiet, record("N", ts=2**62)),  # another clock
        stream(*quiet, record("F", order_id=1, size=2, flags=0)),  # a fill to be remembered
        stream(*quiet, record("N", flags=0)),  # a spot evaluation still due
    ]
    digests = []
    for records in streams:
        engine = Engine(CENT)
        engine.feed(records)
        digests.append(engine.digest())
    assert len(set(digests)) == len(streams)


@given(any_cases)
def test_update_is_feed_of_one_event_and_returns_the_grid(case: Case) -> None:
    params, records = case
    fed, updated = Engine(params), Engine(params)
    for row in one_by_one(records):
        action, side = (bytes(row[name][0]).decode("latin-1") or "\0" for name in ("action", "side"))
        fed.feed(row)
        grid = updated.update(
            int(row["ts_event"][0]),
            action,
            side,
            int(row["price"][0]),
            int(row["size"][0]),
            int(row["order_id"][0]),
            int(row["flags"][0]),
        )
        assert all_bits(grid) == all_bits(fed.grid())


def test_a_grid_belongs_to_its_caller() -> None:
    engine = Engine(CENT)
    engine.feed(stream(clear(), add(1, "B", 99, 5), add(2, "A", 101, 5)))
    grid = engine.grid()
    before = all_bits(grid)
    digest = engine.digest()
    engine.feed(stream(add(3, "B", 100, 7)))
    assert all_bits(grid) == before
    fresh = engine.grid()
    digest = engine.digest()
    for name in ARRAY_FIELDS:
        getattr(fresh, name)[:] = 1
    assert engine.digest() == digest
