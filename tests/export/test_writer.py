"""What is written equals a straight run byte for byte, or nothing is written."""

import contextlib
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.export.sessions import straight_run, tape_of
from tests.factories import T0, TICK, Records, add, clear, record, stream, trade
from tests.realdata import DATA, needs_data
from tests.strategies import any_cases
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import (
    H_BEST_BID,
    H_CENTRE,
    H_CLOCK_NS,
    H_EVENT_ID,
    H_N_EVENTS,
    H_START_NS,
    MAX_IDLE_COLUMNS,
    Columns,
    GridRing,
)
from vpdesk.errors import CancelledError
from vpdesk.export import writer as writer_module
from vpdesk.export.table_file import MAX_GROUP_ROWS, ColumnRange, ExportError
from vpdesk.export.writer import export_columns
from vpdesk.sources.cache import Cache
from vpdesk.sources.simulator import write_session
from vpdesk.sources.tape import MappedRecords, Tape, open_tape

S = 10**9
PLANES = ("pressure", "vacuum", "resistance", "force", "depth")
SUFFIXES = pytest.mark.parametrize("suffix", [".parquet", ".arrow"])


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tape]:
    """Half a minute of the simulated market."""
    folder = tmp_path_factory.mktemp("session")
    write_session(folder / "some.dbn.zst", 30.0, seed=3)
    tape = open_tape(folder / "some.dbn.zst", cache=Cache(folder / "cache"))
    yield tape
    tape.close()


@pytest.fixture(scope="module")
def folder_for_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


def params_of(tape: Tape, half_width: int = 20) -> EngineParams:
    return EngineParams(tape.instrument.tick.raw, half_width=half_width)


def table_of(path: Path) -> pa.Table:
    return pq.read_table(path) if path.suffix == ".parquet" else pa.ipc.open_file(path).read_all()


def lists(table: pa.Table, name: str) -> NDArray[np.generic]:
    column = table[name].combine_chunks()
    return column.flatten().to_numpy().reshape(len(column), -1)


def plain(table: pa.Table, name: str) -> NDArray[np.int64]:
    return table[name].cast(pa.int64()).to_numpy()


def assert_same(table: pa.Table, columns: Columns, ring: GridRing) -> None:
    """Assert that a table holds exactly these columns."""
    assert table["seq"].to_numpy().tobytes() == columns.seq.tobytes()
    for name in PLANES:
        assert lists(table, name).tobytes() == getattr(columns, name).tobytes(), name
    assert lists(table, "last_event_id").tobytes() == columns.last_event_id.tobytes()
    assert table["drive"].to_numpy().tobytes() == columns.drive.tobytes()
    for name, field in {
        "start_ns": H_START_NS,
        "clock_ns": H_CLOCK_NS,
        "event_id": H_EVENT_ID,
        "centre": H_CENTRE,
        "n_events": H_N_EVENTS,
    }.items():
        assert plain(table, name).tobytes() == columns.headers[:, field].tobytes(), name
    touched_ns = lists(table, "touched_ns")
    since_start_s = np.where(touched_ns == 0, 0.0, (touched_ns - ring.epoch_ns) / 1e9)
    assert since_start_s.astype(np.float32).tobytes() == columns.touched_s.tobytes()


def rows_of(columns: Columns, keep: NDArray[np.bool_]) -> Columns:
    return Columns(**{name: part if name == "k" else part[keep] for name, part in vars(columns).items()})


@SUFFIXES
@pytest.mark.parametrize(
    ("column_ns", "column_events"), [(S // 100, 0), (S // 10, 7)], ids=["time", "events"]
)
def test_the_whole_session_equals_a_straight_run_byte_for_byte(
    tape: Tape, tmp_path: Path, suffix: str, column_ns: int, column_events: int
) -> None:
    path = tmp_path / f"out{suffix}"
    records = tape.read(0, 60_000)
    part = Tape(tape.facts, tape.instrument, MappedRecords(records))
    part._end()

    done = export_columns(part, params_of(tape), path, column_ns=column_ns, column_events=column_events)

    expected, ring = straight_run(records, params_of(tape), column_ns, column_events)
    assert len(expected.seq) > 3 * MAX_GROUP_ROWS
    assert_same(table_of(path), expected, ring)
    assert (done.n_columns, done.n_bytes, done.problem) == (len(expected.seq), path.stat().st_size, "")


@given(any_cases, st.sampled_from([(3600 * S, 0), (S, 1), (S, 5)]))
def test_any_stream_is_written_as_a_straight_run_shows_it(
    tape: Tape, folder_for_all: Path, case: tuple[EngineParams, Records], cadence: tuple[int, int]
) -> None:
    params, records = case
    assume(len(records) > 0)  # of nothing there is no column
    of_case = Tape(tape.facts, tape.instrument, MappedRecords(records))
    of_case._end()
    path = folder_for_all / "any.arrow"
    column_ns, column_events = cadence
    export_columns(of_case, params, path, column_ns=column_ns, column_events=column_events)
    table = table_of(path)
    table.validate(full=True)
    expected, ring = straight_run(records, params, column_ns, column_events)
    assert_same(table, expected, ring)
    engine = Engine(params)
    engine.feed(records)
    grid = engine.grid()
    assert table["touched_ns"][-1].as_py() == grid.last_ts.tolist()
    assert table["price"][-1].as_py() == grid.price.tolist()


@SUFFIXES
def test_a_range_of_times_holds_the_columns_that_begin_in_it(tape: Tape, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    records = tape.read(0, tape.n_records)
    expected, ring = straight_run(records, params_of(tape), S // 10)
    starts_ns = expected.headers[:, H_START_NS]
    from_ns, to_ns = int(starts_ns[-250]) - 1, int(starts_ns[-50])

    export_columns(tape, params_of(tape), path, columns=ColumnRange(from_ns, to_ns))

    keep = (starts_ns >= from_ns) & (starts_ns < to_ns)
    assert keep.sum() == 200
    assert_same(table_of(path), rows_of(expected, keep), ring)


def test_a_range_of_numbers_holds_them_and_the_rest_is_not_read(tape: Tape, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    records = tape.read(0, tape.n_records)
    expected, ring = straight_run(records, params_of(tape), S // 10)
    shares: list[float] = []
    columns = ColumnRange(first_seq=3, last_seq=19)

    export_columns(tape, params_of(tape), path, columns=columns, progress=shares.append)

    assert_same(table_of(path), rows_of(expected, (expected.seq >= 3) & (expected.seq <= 19)), ring)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == 2  # one slice, and done


def test_the_time_of_a_touch_is_exact(tape: Tape, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    export_columns(tape, params_of(tape), path)
    table = table_of(path)
    engine = Engine(params_of(tape))
    for row in range(0, table.num_rows, 40):
        engine.feed(tape.read(engine.event_id, table["event_id"][row].as_py()))
        grid = engine.grid()
        assert table["touched_ns"][row].as_py() == grid.last_ts.tolist()
        assert table["price"][row].as_py() == grid.price.tolist()
        assert (table["best_bid"][row].as_py(), table["mid"][row].as_py()) == (grid.best_bid, grid.mid)


def test_a_silence_of_more_columns_than_the_ring_holds_is_written_whole(tmp_path: Path) -> None:
    later = T0 + (MAX_IDLE_COLUMNS - 1) * S // 10
    records = stream(
        clear(),
        add(1, "B", 999, 5),
        add(2, "A", 1001, 7),
        trade("B", 1001, 3, ts=later),
        trade("A", 999, 2, ts=later + MAX_IDLE_COLUMNS * S),  # longer than is filled: a break
    )
    tape = tape_of(records, tmp_path)
    params = EngineParams(TICK, half_width=200)

    export_columns(tape, params, tmp_path / "out.arrow")

    table = table_of(tmp_path / "out.arrow")
    expected, ring = straight_run(records, params, S // 10)
    assert_same(table, expected, ring)
    assert table.num_rows == MAX_IDLE_COLUMNS + 1
    assert table["is_idle"].to_numpy().sum() == MAX_IDLE_COLUMNS - 2
    assert table["is_break"].to_pylist() == [False] * MAX_IDLE_COLUMNS + [True]


def test_a_tape_that_still_grows_is_read_to_its_end(tape: Tape, tmp_path: Path) -> None:
    records = tape.read(0, 40_000)
    growing = Tape(tape.facts, tape.instrument, MappedRecords(records[:100]))

    def grow() -> None:
        growing._records = MappedRecords(records)
        growing._end("cut short")

    timer = threading.Timer(0.2, grow)
    timer.start()
    done = export_columns(growing, params_of(tape), tmp_path / "out.parquet")
    timer.join()

    expected, ring = straight_run(records, params_of(tape), S // 10)
    assert_same(table_of(tmp_path / "out.parquet"), expected, ring)
    assert done.problem == "cut short"


@SUFFIXES
def test_polars_reads_the_same_values(tape: Tape, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    export_columns(tape, params_of(tape), path, column_ns=S)
    frame = pl.read_parquet(path) if suffix == ".parquet" else pl.read_ipc(path)
    table = table_of(path)
    assert frame.columns == table.column_names
    assert frame["pressure"].dtype == pl.Array(pl.Float32, 41)
    for name in (*PLANES, "last_event_id", "touched_ns", "price"):
        assert frame[name].to_numpy().tobytes() == lists(table, name).tobytes()
    assert frame["book_state"].to_list() == table["book_state"].to_pylist()
    assert frame["start_ns"].dtype == pl.Datetime("ns", "UTC")
    assert frame["best_bid"].to_list() == table["best_bid"].to_pylist()


def test_a_row_group_is_some_hundred_columns_and_less_when_they_are_large(tape: Tape, tmp_path: Path) -> None:
    for half_width, n_rows in ((20, 512), (2000, 64)):
        path = tmp_path / f"{half_width}.parquet"
        params = params_of(tape, half_width)
        export_columns(tape, params, path, columns=ColumnRange(last_seq=2 * n_rows - 1), column_events=1)
        metadata = pq.read_metadata(path)
        assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [n_rows] * 2


@pytest.mark.parametrize("column_events", [0, 3])
def test_memory_does_not_grow_with_the_session(
    tape: Tape, tmp_path: Path, column_events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arrow's own count of its bytes, and NumPy's through tracemalloc, at the end of each slice."""
    monkeypatch.setattr(writer_module, "SLICE_EVENTS", 4096)
    peaks: list[int] = []

    def look(_share: float) -> None:
        peaks.append(pa.default_memory_pool().bytes_allocated() + tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()

    records = np.concatenate([tape.read(0, tape.n_records)] * 2)
    n = tape.n_records
    records["ts_event"][n:] += np.uint64(30 * S)
    twice = Tape(tape.facts, tape.instrument, MappedRecords(records))
    twice._end()
    tracemalloc.start()
    try:
        export_columns(
            twice, params_of(tape), tmp_path / "out.parquet",
            column_ns=S // 100, column_events=column_events, progress=look,
        )  # fmt: skip
    finally:
        tracemalloc.stop()
    third = len(peaks) // 3
    assert third >= 3
    assert max(peaks[-third:]) < 1.1 * max(peaks[third:-third]) + (1 << 20)


# --- nothing is left behind --------------------------------------------------------------------------


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds an older export."""
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "out.parquet").write_bytes(b"older")
    return folder


@pytest.mark.parametrize("n_looks", [0, 3])
def test_a_cancelled_export_leaves_what_was_there(tape: Tape, folder: Path, n_looks: int) -> None:
    looks = iter(range(n_looks))
    with pytest.raises(CancelledError, match=r"\.$"):
        export_columns(
            tape, params_of(tape), folder / "out.parquet", column_events=1,
            is_cancelled=lambda: next(looks, None) is None,
        )  # fmt: skip
    assert files_in(folder) == {"out.parquet": b"older"}


def test_an_older_file_is_replaced_by_a_complete_one(tape: Tape, folder: Path) -> None:
    seen: list[bytes] = []
    path = folder / "out.parquet"
    export_columns(tape, params_of(tape), path, progress=lambda _: seen.append(path.read_bytes()[:5]))
    assert set(seen[:-1]) == {b"older"}
    assert list(files_in(folder)) == ["out.parquet"]
    assert pq.read_metadata(path).num_rows > 0


@pytest.mark.parametrize("columns", [ColumnRange(from_ns=2**62), ColumnRange(to_ns=5), ColumnRange(5, 5)])
def test_a_range_without_columns_is_refused(tape: Tape, folder: Path, columns: ColumnRange) -> None:
    with pytest.raises(ExportError, match=r"No column .* nothing was written\.$"):
        export_columns(tape, params_of(tape), folder / "out.parquet", columns=columns)
    assert files_in(folder) == {"out.parquet": b"older"}


@pytest.mark.parametrize(
    "name",
    [
        "out.csv",
        "out",
        "folder.arrow",
        "no/such/folder/out.arrow",
        f"{'x' * 300}.arrow",
    ],
)
def test_what_cannot_be_written_to_is_refused_in_a_sentence(tape: Tape, folder: Path, name: str) -> None:
    (folder / "folder.arrow").mkdir()
    with pytest.raises(ExportError, match=r"^[^\n]+\.$"):
        export_columns(tape, params_of(tape), folder / name)
    assert files_in(folder) == {"out.parquet": b"older"}


@contextlib.contextmanager
def files_no_larger_than(n_bytes: int) -> Iterator[None]:
    """Have the system refuse to write files beyond a size, as on a full disk.

    Not a fixture: that would end only after pytest has written the result, perhaps into a file.
    """
    resource = pytest.importorskip("resource", reason="this system cannot limit the size of files")
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


@SUFFIXES
@pytest.mark.parametrize("n_bytes", [0, 100, 50_000])
def test_a_full_disk_is_told_in_a_sentence_and_leaves_what_was_there(
    tape: Tape, folder: Path, suffix: str, n_bytes: int
) -> None:
    said = pytest.raises(ExportError, match=r"out\.\w+ cannot be written: file too large\.$")
    with said, files_no_larger_than(n_bytes):
        export_columns(tape, params_of(tape), folder / f"out{suffix}", column_events=2)
    assert files_in(folder) == {"out.parquet": b"older"}


def test_events_without_a_time_make_one_column(tmp_path: Path) -> None:
    records = stream(record("N", ts=2**64 - 1), record("R", ts=0), add(1, "B", 5, 1, ts=2**64 - 1))
    tape = tape_of(records, tmp_path)
    done = export_columns(tape, EngineParams(TICK, half_width=2), tmp_path / "out.arrow")
    assert done.n_columns == 1


@needs_data
@pytest.mark.parametrize("name", ["cl-clx5-2h30-no-snapshot.mbo.dbn", "xnas-arl-day.mbo.dbn.zst"])
def test_a_real_day_equals_a_straight_run_byte_for_byte(name: str, tmp_path: Path) -> None:
    assert DATA is not None
    tape = open_tape(DATA / name, cache=Cache(tmp_path / "cache"))
    params = params_of(tape)
    export_columns(tape, params, tmp_path / "out.parquet", column_ns=10 * S)
    expected, ring = straight_run(tape.read(0, tape.n_records), params, 10 * S)
    table = table_of(tmp_path / "out.parquet")
    assert_same(table, expected, ring)
    best_bids = expected.headers[:, H_BEST_BID] * tape.instrument.tick.raw
    has_bid = table["best_bid"].is_valid().to_numpy()
    assert table["best_bid"].drop_null().to_pylist() == best_bids[has_bid].tolist()
    tape.close()


def test_records_are_not_touched(tmp_path: Path) -> None:
    records: Records = stream(clear(), add(1, "B", 9, 5))
    tape = tape_of(records, tmp_path)
    export_columns(tape, EngineParams(TICK, half_width=2), tmp_path / "out.arrow")
    assert tape.read(0, 9).tobytes() == records.tobytes()
