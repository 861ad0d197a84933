"""The columns that the engine writes, against the dense grids after every event."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.factories import T0, TICK, Records, add, clear, one_by_one, record, stream, trade
from tests.reference.engine import ReferenceEngine
from tests.reference.ring import ReferenceRing
from tests.strategies import any_cases, batches, cases, cuts
from vpdesk.core import ring as fields
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_SNAPSHOT
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import (
    COLUMN_BREAK,
    COLUMN_GAP,
    COLUMN_IDLE,
    H_CLOSE_TICK_M2,
    H_EVENT_ID,
    H_FLAGS,
    H_LAST_TRADE,
    H_N_EVENTS,
    H_START_NS,
    H_VOLUME_BUY,
    H_VOLUME_NONE,
    H_VOLUME_SELL,
    N_HEADERS,
    NO_TICK,
    Columns,
    GridRing,
)
from vpdesk.errors import EngineError

Case = tuple[EngineParams, Records]
CENT = EngineParams(tick_size=TICK, half_width=3)
COLUMN_NS = 250_000_000  # T0 is a multiple of it
MAX_IDLE = 5
ALL = (0, 2**40)


def reference_ring(params: EngineParams, records: Records, column_events: int) -> ReferenceRing:
    """Return the columns made of the engine's own grids (so floats are exact) and the twin's trades."""
    engine, twin = Engine(params), ReferenceEngine(params)
    reference = ReferenceRing(COLUMN_NS, column_events, MAX_IDLE)
    for row in one_by_one(records):
        engine.feed(row)
        twin.feed(row)
        is_snapshot = bool(row["flags"][0] & F_SNAPSHOT)
        reference.observe(engine.grid(), twin.m2, twin.trade, is_snapshot=is_snapshot)
    return reference


def assert_columns_equal(
    columns: Columns, reference: ReferenceRing, params: EngineParams, epoch_ns: int, *, first: int = 0
) -> None:
    expected = reference.columns[first:]
    assert columns.seq.tolist() == list(range(first, len(reference.columns)))
    for i, column in enumerate(expected):
        header = column.header(params)
        found = {name: int(columns.headers[i, getattr(fields, f"H_{name}")]) for name in header}
        assert found == header, f"column {first + i}"
        if column.m2 is not None:
            assert columns.headers[i, H_CLOSE_TICK_M2] == column.m2
        for name, plane in column.planes(epoch_ns).items():
            np.testing.assert_array_equal(getattr(columns, name)[i], plane, err_msg=f"{name} of {first + i}")
        np.testing.assert_array_equal(columns.last_event_id[i], column.grid.last_event_id)
        assert columns.drive[i] == pytest.approx(column.drive(params), rel=1e-9, abs=1e-9)
        assert abs(columns.drive[i]) < 1


@given(any_cases, st.data(), st.sampled_from([0, 0, 1, 2, 7]))
def test_columns_equal_the_grids_of_their_last_events(
    case: Case, data: st.DataObject, column_events: int
) -> None:
    params, records = case
    ring = GridRing(
        params.half_width, 1024, column_ns=COLUMN_NS, column_events=column_events, max_idle_columns=MAX_IDLE
    )
    engine = Engine(params)
    positions = [position for position in data.draw(cuts(len(records))) if position > 0]
    for batch in batches(records, positions):
        engine.feed(batch, ring)
    reference = reference_ring(params, records, column_events)
    assert_columns_equal(ring.read(*ALL), reference, params, ring.epoch_ns)


@given(any_cases, st.data(), st.sampled_from([0, 1]), st.booleans())
def test_a_ring_given_in_midstream_starts_with_the_grid_as_it_stands(
    case: Case, data: st.DataObject, column_events: int, is_shown_first: bool
) -> None:
    params, records = case
    assume(len(records) > 0)
    position = data.draw(st.integers(0, len(records) - 1))
    engine = Engine(params)
    engine.feed(records[:position])
    ring = GridRing(params.half_width, 1024, column_ns=COLUMN_NS, column_events=column_events)
    if is_shown_first and position > 0:
        engine.feed(records[:0], ring)
        shown, grid = ring.read(*ALL), engine.grid()
        assert len(shown.seq) == 1
        np.testing.assert_array_equal(shown.last_event_id[0], grid.last_event_id)
        np.testing.assert_array_equal(shown.pressure[0], grid.pressure.astype(np.float32))
        assert shown.headers[0, H_EVENT_ID] == position
    engine.feed(records[position:], ring)
    columns = ring.read(*ALL)
    by_event = {column.grid.event_id: column for column in reference_ring(params, records, 1).columns}
    shown_ids = columns.headers[:, H_EVENT_ID].tolist()
    assert shown_ids[-1] == len(records)
    if column_events == 1:
        assert shown_ids[-(len(records) - position) :] == list(range(position + 1, len(records) + 1))
    for i, event_id in enumerate(shown_ids):
        if event_id == 0:
            continue
        expected = by_event[event_id]
        for name, plane in expected.planes(ring.epoch_ns).items():
            np.testing.assert_array_equal(getattr(columns, name)[i], plane, err_msg=name)
        np.testing.assert_array_equal(columns.last_event_id[i], expected.grid.last_event_id)
        assert columns.drive[i] == pytest.approx(expected.drive(params), rel=1e-9, abs=1e-9)


def quiet_market() -> Records:
    return stream(clear(), add(1, "B", 99, 5), add(2, "A", 101, 5))


def time_ring(**options: int) -> GridRing:
    return GridRing(3, 64, column_ns=COLUMN_NS, max_idle_columns=MAX_IDLE, **options)


def test_a_silence_is_filled_with_persisted_columns_that_say_so() -> None:
    engine, ring = Engine(CENT), time_ring()
    engine.feed(stream(quiet_market(), record("N", ts=T0 + 4 * COLUMN_NS)), ring)
    columns = ring.read(*ALL)
    assert (columns.headers[:, H_FLAGS] & COLUMN_IDLE != 0).tolist() == [False, True, True, True, False]
    assert np.diff(columns.headers[:, H_START_NS]).tolist() == [COLUMN_NS] * 4
    for idle in (1, 2, 3):
        np.testing.assert_array_equal(columns.depth[idle], columns.depth[0])
        np.testing.assert_array_equal(columns.last_event_id[idle], columns.last_event_id[0])
        assert columns.headers[idle, H_EVENT_ID] == columns.headers[0, H_EVENT_ID]


@pytest.mark.parametrize(("n_idle", "is_cut"), [(MAX_IDLE, False), (MAX_IDLE + 1, True), (10**9, True)])
def test_a_longer_silence_is_cut_and_the_cut_is_flagged(n_idle: int, is_cut: bool) -> None:
    engine, ring = Engine(CENT), time_ring()
    engine.feed(stream(quiet_market(), record("N", ts=T0 + (n_idle + 1) * COLUMN_NS)), ring)
    columns = ring.read(*ALL)
    assert len(columns.seq) == (2 if is_cut else MAX_IDLE + 2)
    assert bool(columns.headers[-1, H_FLAGS] & COLUMN_BREAK) is is_cut
    assert columns.headers[-1, H_START_NS] == T0 + (n_idle + 1) * COLUMN_NS


def test_volume_is_counted_by_aggressor_and_trades_are_listed() -> None:
    engine, ring = Engine(CENT), time_ring()
    later = T0 + COLUMN_NS
    trades = [trade("B", 101, 3), trade("A", 99, 2), trade("N", 100, 7), trade("B", 101, 4, ts=later)]
    no_trades = [record("T", side="B", size=9, price=TICK, flags=128 | 64), trade("B", 101, 0), record("T")]
    engine.feed(stream(quiet_market(), *no_trades, *trades), ring)
    columns = ring.read(*ALL)
    volumes = columns.headers[:, [H_VOLUME_BUY, H_VOLUME_SELL, H_VOLUME_NONE]]
    assert volumes.tolist() == [[3, 2, 7], [4, 0, 0]]
    assert columns.headers[:, H_LAST_TRADE].tolist() == [100, 101]
    expected = [
        [0, 7, T0, 101, 3, 1],
        [0, 8, T0, 99, 2, -1],
        [0, 9, T0, 100, 7, 0],
        [1, 10, later, 101, 4, 1],
    ]
    assert ring.read_trades(*ALL).tolist() == expected
    assert ring.read_trades(1, 1).tolist() == expected[3:]
    assert ring.read_trades(5, 9).tolist() == []


def test_a_gap_marks_the_columns_written_while_it_lasts() -> None:
    engine, ring = Engine(CENT), GridRing(3, 64, column_events=1)
    engine.feed(quiet_market(), ring)
    ring.set_gap(True)
    engine.feed(quiet_market(), ring)
    ring.set_gap(False)
    engine.feed(quiet_market(), ring)
    gaps = (ring.read(*ALL).headers[:, H_FLAGS] & COLUMN_GAP != 0).tolist()
    assert gaps == [False, False, True, True, True, True, False, False, False]


def test_drive_is_positive_when_bids_build_and_negative_when_asks_do() -> None:
    drives = {}
    for side, tick in (("B", 99), ("A", 101)):
        engine, ring = Engine(CENT), time_ring()
        engine.feed(stream(quiet_market(), add(3, side, tick, 50)), ring)
        drives[side] = float(ring.read(*ALL).drive[-1])
    assert drives["B"] > 0.5
    assert drives["A"] < -0.5


def test_only_the_newest_columns_are_kept_and_they_are_right() -> None:
    records = stream(quiet_market(), *(record("N", ts=T0 + n) for n in range(500)))
    engine, ring = Engine(CENT), GridRing(3, 16, column_events=1)
    for batch in np.array_split(records, 37):
        engine.feed(batch, ring)
        columns = ring.read(*ALL)
        assert 0 < len(columns.seq) <= ring.capacity
        assert columns.seq[-1] == engine.grid().event_id - 1
        np.testing.assert_array_equal(columns.headers[:, H_EVENT_ID], columns.seq + 1)
        span = ring.span()
        assert (span.oldest, span.newest) == (columns.seq[0], columns.seq[-1])


def test_the_arrays_that_a_reader_gets_have_the_promised_shapes_and_dtypes_and_are_its_own() -> None:
    engine, ring = Engine(CENT), GridRing(3, 64, column_events=1)
    engine.feed(quiet_market(), ring)
    columns = ring.read(*ALL)
    n = len(columns.seq)
    assert (columns.seq.dtype, columns.k.dtype, columns.drive.dtype) == (np.int64, np.int32, np.float64)
    assert columns.k.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    assert (columns.headers.dtype, columns.headers.shape) == (np.int64, (n, N_HEADERS))
    assert (columns.last_event_id.dtype, columns.last_event_id.shape) == (np.int64, (n, 7))
    for name in ("pressure", "vacuum", "resistance", "force", "depth", "touched_s"):
        plane = getattr(columns, name)
        assert (plane.dtype, plane.shape) == (np.float32, (n, 7))
        plane[:] = np.nan
    columns.headers[:] = columns.last_event_id[:] = -1
    again = ring.read(*ALL)
    assert np.isfinite(again.pressure).all()
    assert (again.headers[:, H_EVENT_ID] == [1, 2, 3]).all()
    assert again.headers[0, H_LAST_TRADE] == NO_TICK


def test_reading_outside_what_exists_gives_nothing() -> None:
    ring = GridRing(3, 64)
    assert len(ring.read(*ALL).seq) == 0
    assert ring.span().newest < ring.span().oldest
    Engine(CENT).feed(quiet_market(), ring)
    for first, last in ((5, 9), (3, 1), (-9, -1)):
        assert len(ring.read(first, last).seq) == 0


def test_a_ring_of_another_width_is_refused_and_nothing_is_applied() -> None:
    engine = Engine(CENT)
    digest = engine.digest()
    with pytest.raises(EngineError):
        engine.feed(quiet_market(), GridRing(4, 64))
    assert engine.digest() == digest


@pytest.mark.parametrize(
    "wrong",
    [{"half_width": 0}, {"capacity": 0}, {"column_ns": 0}, {"column_events": -1}, {"max_idle_columns": 0}],
)
def test_a_ring_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(EngineError):
        GridRing(**({"half_width": 3, "capacity": 64} | wrong))  # type: ignore[arg-type]


@given(cases(hostile=False), st.data(), st.sampled_from([0, 1, 3]))
def test_a_ring_that_goes_back_to_a_checkpoint_never_shows_the_future_it_left(
    case: Case, data: st.DataObject, column_events: int
) -> None:
    params, records = case
    assume(len(records) > 1)
    back_to = data.draw(st.integers(1, len(records) - 1))
    ring = GridRing(params.half_width, 1024, column_ns=COLUMN_NS, column_events=column_events)
    engine = Engine(params)
    engine.feed(records[:back_to], ring)
    checkpoint, state = ring.checkpoint(), engine.save()
    engine.feed(records[back_to:], ring)
    whole = ring.read(*ALL)

    before = ring.span()
    ring.resume(checkpoint)
    after = ring.span()
    assert after.generation != before.generation
    assert (ring.read(*ALL).headers[:, H_EVENT_ID] <= back_to).all()
    Engine.restore(state).feed(records[back_to:], ring)
    assert ring.read(*ALL).tobytes() == whole.tobytes()


def test_a_snapshot_at_the_start_lies_in_one_column_whatever_its_times() -> None:
    hour_ns = 3600 * 10**9
    orders = [
        add(i, "B" if i < 9 else "A", 90 + i, 1, ts=T0 - (20 - i) * hour_ns, flags=F_SNAPSHOT)
        for i in range(1, 20)
    ]
    engine, ring = Engine(CENT), time_ring()
    engine.feed(stream(clear(ts=T0 - 30 * hour_ns, flags=F_SNAPSHOT), *orders, record("N", ts=T0)), ring)
    columns = ring.read(*ALL)
    assert columns.headers[:, H_N_EVENTS].tolist() == [20, 1]
    assert columns.headers[1, H_FLAGS] & COLUMN_BREAK
    assert columns.headers[1, H_START_NS] == T0
