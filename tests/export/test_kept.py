"""What a ring still holds is written as it was computed, whole or not at all, beside a running writer."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from tests.export.sessions import straight_run
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import H_START_NS, GridRing
from vpdesk.errors import CancelledError
from vpdesk.export import kept
from vpdesk.export.kept import export_kept_columns
from vpdesk.export.schema import METADATA_KEY, Provenance
from vpdesk.export.table_file import ColumnRange, Exported, ExportError, rows_per_group
from vpdesk.sources.simulator import simulate

S = 10**9
PARAMS = EngineParams(tick_size=250_000_000, half_width=20)
COLUMN_NS = S // 100
PROVENANCE = Provenance("GLBX.MDP3", "ESM4", "", COLUMN_NS, 0, is_live=True, recording="live_1.dbn")
PLANES = ("pressure", "vacuum", "resistance", "force", "depth", "last_event_id")


@pytest.fixture(scope="module")
def market() -> NDArray[np.void]:
    return np.concatenate(list(simulate(20.0, seed=5)))


@pytest.fixture(scope="module")
def ring(market: NDArray[np.void]) -> GridRing:
    """A ring that has gone round: it holds the newest half of the session."""
    ring = GridRing(PARAMS.half_width, 1024, column_ns=COLUMN_NS)
    engine = Engine(PARAMS)
    while engine.event_id < len(market):
        engine.feed(market[engine.event_id : engine.event_id + 2000], ring)
    assert ring.span().oldest > 500
    return ring


def export(ring: GridRing, path: Path, **options: object) -> tuple[Exported, pa.Table]:
    done = export_kept_columns(ring, PARAMS, PROVENANCE, path, **options)
    return done, pq.ParquetFile(path).read() if path.suffix == ".parquet" else pa.ipc.open_file(
        path
    ).read_all()


def lists(table: pa.Table, name: str) -> NDArray[np.generic]:
    column = table[name].combine_chunks()
    return column.flatten().to_numpy().reshape(len(column), -1)


def assert_rows_of_a_straight_run(table: pa.Table, market: NDArray[np.void]) -> None:
    expected, straight = straight_run(market, PARAMS, COLUMN_NS)
    seqs = table["seq"].to_numpy()
    for name in PLANES:
        assert lists(table, name).tobytes() == getattr(expected, name)[seqs].tobytes(), name
    assert table["drive"].to_numpy().tobytes() == expected.drive[seqs].tobytes()
    touched_ns, is_never = lists(table, "touched_ns"), expected.last_event_id[seqs] == 0
    assert (touched_ns[is_never] == 0).all()
    touched_s = expected.touched_s[seqs]
    off_by_s = (touched_ns - straight.epoch_ns) / 1e9 - touched_s
    assert (np.abs(off_by_s) <= np.spacing(touched_s) + 1e-9)[~is_never].all()
    assert (touched_ns <= table["clock_ns"].cast(pa.int64()).to_numpy()[:, None]).all()


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_all_that_is_kept_equals_a_straight_run(
    ring: GridRing, market: NDArray[np.void], tmp_path: Path, suffix: str
) -> None:
    shares: list[float] = []
    done, table = export(ring, tmp_path / f"out{suffix}", progress=shares.append)
    span = ring.span()
    assert table["seq"].to_pylist() == list(range(span.oldest, span.newest + 1))
    assert_rows_of_a_straight_run(table, market)
    assert (done.n_columns, done.problem) == (table.num_rows, "")
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    about = json.loads(table.schema.metadata[METADATA_KEY])
    assert (about["source"], about["recording"]) == ("live", "live_1.dbn")
    assert b"rounded" in table.schema.field("touched_ns").metadata[b"meaning"]


def test_a_range_is_cut_to_what_is_kept_and_that_is_said(ring: GridRing, tmp_path: Path) -> None:
    span, path = ring.span(), tmp_path / "out.parquet"
    starts_ns = ring.read(span.oldest, span.newest).headers[:, H_START_NS]
    for columns, expected, is_cut in (
        (ColumnRange(first_seq=span.newest - 9), (span.newest - 9, span.newest), False),
        (ColumnRange(first_seq=5, last_seq=span.oldest + 3), (span.oldest, span.oldest + 3), True),
        (ColumnRange(int(starts_ns[7]), int(starts_ns[9]) + 1), (span.oldest + 7, span.oldest + 9), False),
        (ColumnRange(int(starts_ns[0]) - 1, int(starts_ns[2])), (span.oldest, span.oldest + 1), True),
    ):
        done, table = export(ring, path, columns=columns)
        seqs = table["seq"].to_pylist()
        assert (seqs[0], seqs[-1]) == expected
        assert bool(done.problem) is is_cut


def test_what_is_kept_no_more_leaves_the_older_file(ring: GridRing, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    path.write_bytes(b"older")
    with pytest.raises(ExportError, match=r"kept any more, so nothing was written\.$"):
        export(ring, path, columns=ColumnRange(first_seq=3, last_seq=9))
    with pytest.raises(CancelledError):
        export(ring, path, is_cancelled=lambda: True)
    with pytest.raises(ExportError, match=r"parameters have just changed"):
        export_kept_columns(ring, replace(PARAMS, tick_size=5), PROVENANCE, path)
    with pytest.raises(ExportError, match=r"^There is no folder"):
        export(ring, tmp_path / "no" / "out.parquet")
    assert [file.name for file in tmp_path.iterdir()] == ["out.parquet"]
    assert path.read_bytes() == b"older"


def test_columns_are_taken_from_the_ring_a_group_at_a_time(
    ring: GridRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    read = ring.read

    def watched(first: int, last: int) -> object:
        sizes.append(last - first + 1)
        return read(first, last)

    monkeypatch.setattr(ring, "read", watched)
    monkeypatch.setattr(kept, "rows_per_group", lambda _: 100)
    export(ring, tmp_path / "out.arrow")
    assert max(sizes) == 100
    assert sum(sizes) == ring.span().newest - ring.span().oldest + 1
    assert rows_per_group(PARAMS.half_width) * ring.width * 44 <= 16 << 20


@pytest.fixture
def writer(market: NDArray[np.void]) -> Iterator[GridRing]:
    """A ring that is being written, round and round, from another thread."""
    ring = GridRing(PARAMS.half_width, 4096, column_ns=S // 1000)
    is_over, has_begun = threading.Event(), threading.Event()

    def write() -> None:
        engine = Engine(PARAMS)
        engine.feed(market[: len(market) // 3], ring)
        has_begun.set()
        while not is_over.is_set() and engine.event_id < len(market):
            engine.feed(market[engine.event_id : engine.event_id + 8], ring)
            is_over.wait(0.001)

    thread = threading.Thread(target=write)
    thread.start()
    assert has_begun.wait(30)
    yield ring
    is_over.set()
    thread.join()


def test_beside_a_running_writer_every_column_is_whole(
    writer: GridRing, market: NDArray[np.void], tmp_path: Path
) -> None:
    expected, _ = straight_run(market, PARAMS, S // 1000)
    for _ in range(5):
        _, table = export(writer, tmp_path / "out.parquet")
        seqs = table["seq"].to_numpy()
        assert (np.diff(seqs) == 1).all()
        closed = slice(0, -1)  # the newest was still open
        for name in PLANES:
            values = lists(table, name)[closed]
            assert values.tobytes() == getattr(expected, name)[seqs[closed]].tobytes(), name


def test_a_hole_in_the_middle_is_refused(
    ring: GridRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the writer came round between two groups."""
    monkeypatch.setattr(kept, "rows_per_group", lambda _: 64)
    read, first = ring.read, ring.span().oldest
    monkeypatch.setattr(ring, "read", lambda a, b: read(a if a == first else a + 5, b))
    with pytest.raises(ExportError, match=r"overwrote columns .* nothing was written\."):
        export(ring, tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(ring, "read", lambda a, b: read(a + 5 if a == first else a, b))
    done, table = export(ring, tmp_path / "out.parquet")
    assert table["seq"][0].as_py() == first + 5
    assert done.problem
