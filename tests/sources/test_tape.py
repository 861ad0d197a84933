"""Tapes: one instrument's records, whole and in order, whatever they come from."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.realdata import DATA, needs_data
from tests.sources import dbn_bytes
from tests.sources.dbn_bytes import DAY_NS, START_NS
from vpdesk.core.events import MBO_DTYPE
from vpdesk.errors import CancelledError, SourceError, UnknownInstrumentError
from vpdesk.figures import grouped
from vpdesk.sources import cache as cache_module
from vpdesk.sources import dbn as dbn_module
from vpdesk.sources import tape as tape_module
from vpdesk.sources.cache import Cache, Spool
from vpdesk.sources.tape import MappedRecords, Tape, open_tape

HEADER = dbn_bytes.header(symbols={"ESZ4": [(0, 1, 7)], "NQZ4": [(0, 1, 8)]})
ES = dbn_bytes.orders(3000, instrument_id=7)
NQ = dbn_bytes.orders(1000, instrument_id=8)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def written(folder: Path, data: bytes, name: str = "some.dbn") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def shuffled() -> NDArray[np.void]:
    """Return both instruments' records by turns."""
    both = np.concatenate([ES, NQ])
    return both[np.argsort(both["ts_event"], kind="stable")]


def whole(tape: Tape) -> bytes:
    return tape.read(0, tape.n_records).tobytes()


def test_a_plain_file_of_one_instrument_is_mapped_where_it_lies(tmp_path: Path, cache: Cache) -> None:
    tape = open_tape(written(tmp_path, HEADER + ES.tobytes()), cache=cache)
    assert isinstance(tape._records, MappedRecords)
    assert isinstance(tape.read(0, 10).base.base, np.memmap)
    assert whole(tape) == ES.tobytes()
    assert not list(cache.folder.glob("*.records"))
    assert tape.is_complete
    assert (tape.instrument.symbol, tape.n_records, tape.problem) == ("ESZ4", 3000, "")


SHAPES = {
    "zst": dbn_bytes.compressed(HEADER + ES.tobytes()),
    "frames": dbn_bytes.compressed(HEADER + ES.tobytes(), frames=5),
    "two instruments": HEADER + shuffled().tobytes(),
    "ts_out": dbn_bytes.header(symbols={"ESZ4": [(0, 1, 7)]}, ts_out=True) + dbn_bytes.with_ts_out(ES),
    "mixed": dbn_bytes.header(schema=None)
    + dbn_bytes.mapping(7, "ES.c.0", "ESZ4")
    + ES[:1000].tobytes()
    + dbn_bytes.heartbeat()
    + ES[1000:].tobytes(),
}


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_any_other_file_is_decoded_once_and_then_found_in_the_cache(
    tmp_path: Path, cache: Cache, shape: str, wait: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, SHAPES[shape])
    tape = open_tape(path, cache=cache, wait=wait)
    assert tape.wait_complete(10)
    assert whole(tape) == ES.tobytes()
    assert (tape.instrument.symbol, tape.instrument.n_records) == ("ESZ4", 3000)
    assert tape.problem == ""
    tape.close()

    monkeypatch.setattr(tape_module, "_Decoding", None)
    again = open_tape(path, cache=cache)
    assert isinstance(again._records, MappedRecords)
    assert whole(again) == ES.tobytes()


def test_the_instrument_is_chosen_by_symbol_ids_or_as_the_busiest(tmp_path: Path, cache: Cache) -> None:
    path = written(tmp_path, SHAPES["two instruments"])
    for choice, expected in [(None, ES), ("ESZ4", ES), ("NQZ4", NQ), ((1, 8), NQ), ("8", NQ)]:
        tape = open_tape(path, instrument=choice, cache=cache)
        assert whole(tape) == expected.tobytes()


@pytest.mark.parametrize("choice", ["CLX5", (1, 9), (2, 7)])
def test_an_absent_instrument_is_refused_with_what_there_is(
    tmp_path: Path, cache: Cache, choice: str | tuple[int, int]
) -> None:
    path = written(tmp_path, SHAPES["two instruments"])
    with pytest.raises(UnknownInstrumentError, match=r"There is: ESZ4 \(.*3\u202f000 records\), NQZ4"):
        open_tape(path, instrument=choice, cache=cache)


def test_a_symbol_of_several_instruments_is_refused(tmp_path: Path, cache: Cache) -> None:
    head = dbn_bytes.header(symbols={"ES.FUT": [(0, 1, 7), (0, 1, 8)]})
    path = written(tmp_path, head + shuffled().tobytes())
    with pytest.raises(UnknownInstrumentError, match=r"ES\.FUT stands for several instruments: .*id 7.*id 8"):
        open_tape(path, instrument="ES.FUT", cache=cache)
    assert whole(open_tape(path, instrument=(1, 8), cache=cache)) == NQ.tobytes()


def test_the_users_tick_size_wins(tmp_path: Path, cache: Cache) -> None:
    path = written(tmp_path, SHAPES["zst"])
    assert open_tape(path, cache=cache).instrument.tick.raw == 250_000_000
    tape = open_tape(path, tick_size=5, cache=cache)
    assert (tape.instrument.tick.raw, tape.instrument.tick.origin) == (5, "user")
    with pytest.raises(SourceError, match="out of range"):
        open_tape(path, tick_size=0, cache=cache)


def test_days_are_one_tape_under_one_id(tmp_path: Path, cache: Cache) -> None:
    days = tmp_path / "days"
    days.mkdir()
    expected = []
    for day, instrument_id in enumerate((32, 33)):
        records = dbn_bytes.orders(500, instrument_id=instrument_id, start_ns=START_NS + day * DAY_NS)
        head = dbn_bytes.header(symbols={"AAPL": [(day, day + 1, instrument_id)]}, dataset="XNAS.ITCH")
        written(days, head + records.tobytes(), f"{9 - day}.dbn")
        records["instrument_id"] = 32
        expected.append(records)
    tape = open_tape(days, instrument="AAPL", cache=cache)
    assert whole(tape) == np.concatenate(expected).tobytes()


def test_an_id_that_stands_for_another_symbol_on_another_day_needs_the_symbol(
    tmp_path: Path, cache: Cache
) -> None:
    days = tmp_path / "days"
    days.mkdir()
    expected = {}
    for day, symbol in enumerate(("AAPL", "MSFT")):
        expected[symbol] = dbn_bytes.orders(500, seed=day, start_ns=START_NS + day * DAY_NS)
        head = dbn_bytes.header(symbols={symbol: [(day, day + 1, 7)]})
        written(days, head + expected[symbol].tobytes(), f"{day}.dbn")
    for symbol, records in expected.items():
        assert whole(open_tape(days, instrument=symbol, cache=cache)) == records.tobytes()
    with pytest.raises(UnknownInstrumentError, match=r"stands for several instruments: AAPL.*MSFT"):
        open_tape(days, instrument=(1, 7), cache=cache)


@pytest.mark.parametrize("shape", ["plain", "zst"])
def test_a_cut_file_gives_what_it_has_and_says_so(tmp_path: Path, cache: Cache, shape: str) -> None:
    data = HEADER + ES.tobytes() if shape == "plain" else SHAPES["frames"]
    tape = open_tape(written(tmp_path, data[: len(data) * 2 // 3]), cache=cache)
    assert 1000 < tape.n_records < 3000
    assert whole(tape) == ES[: tape.n_records].tobytes()
    assert tape.problem == f"the file is cut short: {grouped(tape.n_records)} records read"


def test_a_damaged_record_in_the_middle_ends_the_tape(tmp_path: Path, cache: Cache) -> None:
    data = bytearray(HEADER + ES.tobytes())
    data[len(HEADER) + 1500 * 56] = 0
    tape = open_tape(written(tmp_path, bytes(data)), cache=cache)
    assert whole(tape) == ES[:1500].tobytes()
    assert "length 0 bytes" in tape.problem


def test_reading_beyond_the_end_gives_less_and_before_the_start_is_an_error(
    tmp_path: Path, cache: Cache
) -> None:
    for shape in ("zst", "plain"):
        data = HEADER + ES.tobytes() if shape == "plain" else SHAPES["zst"]
        tape = open_tape(written(tmp_path, data, shape), cache=cache)
        assert tape.read(2990, 9999).tobytes() == ES[2990:].tobytes()
        assert tape.read(3000, 3001).size == tape.read(5, 5).size == tape.read(9, 5).size == 0
        assert tape.read(3000, 3001).dtype == MBO_DTYPE
        with pytest.raises(IndexError):
            tape.read(-1, 5)


@pytest.fixture
def one_chunk_at_a_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Let a spool take only as many chunks as the test releases; chunks are of some 100 records."""
    gate = threading.Semaphore(0)
    original = Spool.append

    def gated(self: Spool, records: NDArray[np.void]) -> None:
        gate.acquire()
        original(self, records)

    monkeypatch.setattr(Spool, "append", gated)
    monkeypatch.setattr(dbn_module.RecordStream.__init__, "__defaults__", (5600,))
    yield gate
    for _ in range(10_000):
        gate.release()


def test_a_tape_can_be_read_while_it_grows(
    tmp_path: Path, cache: Cache, one_chunk_at_a_time: threading.Semaphore
) -> None:
    tape = open_tape(written(tmp_path, SHAPES["two instruments"]), cache=cache, wait=False)
    assert (tape.n_records, tape.is_complete) == (0, False)
    assert tape.instrument.n_records == 3000  # known before the first record
    n_before = 0
    for _ in range(5):
        one_chunk_at_a_time.release()
        while tape.n_records == n_before:
            assert not tape.wait_complete(0.001)
        n_before = tape.n_records
        assert whole(tape) == ES[:n_before].tobytes()
    assert 0 < n_before < 3000
    for _ in range(100):
        one_chunk_at_a_time.release()
    assert tape.wait_complete(10)
    assert whole(tape) == ES.tobytes()


def test_closing_a_growing_tape_stops_its_thread_and_leaves_nothing_behind(
    tmp_path: Path, cache: Cache, one_chunk_at_a_time: threading.Semaphore
) -> None:
    tape = open_tape(written(tmp_path, SHAPES["two instruments"]), cache=cache, wait=False)
    one_chunk_at_a_time.release()
    while tape.n_records == 0:
        tape.wait_complete(0.001)
    early = tape.read(0, 10)
    tape._is_closing = True  # close() waits for the thread, which waits for the gate
    one_chunk_at_a_time.release()
    tape.close()
    assert tape.is_complete
    assert tape.n_records == 0
    assert early.tobytes() == ES[:10].tobytes()
    assert not list(cache.folder.glob("*.records"))
    assert not any(thread.name == "vpdesk-decode" for thread in threading.enumerate())


def test_a_full_disk_and_little_memory_refuse_or_end_the_tape_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, SHAPES["zst"])
    in_the_way = written(tmp_path, b"", "file")
    roomy = Cache(in_the_way / "cache")
    assert whole(open_tape(path, cache=roomy)) == ES.tobytes()

    tight = Cache(in_the_way / "cache", max_memory_bytes=1000 * 56)
    with pytest.raises(SourceError, match="do not fit in memory"):
        open_tape(path, cache=tight)
    monkeypatch.setattr(dbn_module.RecordStream.__init__, "__defaults__", (5600,))
    tape = open_tape(path, cache=tight, wait=False)
    assert tape.wait_complete(10)
    assert tape.n_records <= 1000
    assert "do not fit in memory" in tape.problem
    assert tape.problem.endswith(" records read")
    assert whole(tape) == ES[: tape.n_records].tobytes()


@pytest.mark.parametrize("wait", [True, False])
def test_decoding_can_be_cancelled(tmp_path: Path, cache: Cache, wait: bool) -> None:
    path = written(tmp_path, SHAPES["zst"])
    n_asked = iter(range(100))

    def after_the_probe() -> bool:
        return next(n_asked) >= 1

    if wait:
        with pytest.raises(CancelledError):
            open_tape(path, cache=cache, cancel=after_the_probe)
    else:
        tape = open_tape(path, cache=cache, cancel=after_the_probe, wait=False)
        assert tape.wait_complete(10)
        assert tape.problem == "Reading was cancelled: 0 records read"
    assert not list(cache.folder.glob("*.records"))


def test_data_that_change_while_they_are_read_are_refused(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, SHAPES["zst"])
    original = cache_module.Cache.spool

    def change_first(self: Cache, key: str) -> Spool:
        path.write_bytes(dbn_bytes.compressed(HEADER + ES[:100].tobytes()))
        return original(self, key)

    monkeypatch.setattr(Cache, "spool", change_first)
    with pytest.raises(SourceError, match="changed while they were read"):
        open_tape(path, cache=cache)


def test_progress_covers_both_passes(tmp_path: Path, cache: Cache) -> None:
    seen: list[float] = []
    open_tape(written(tmp_path, SHAPES["zst"]), cache=cache, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from Linux' accounting")
def test_decoding_stays_at_bounded_memory(tmp_path: Path) -> None:
    # 1.5 million records are 84 MB; the decoder's own buffers are some 20 MB
    many = np.tile(dbn_bytes.orders(50_000), 30)
    path = written(tmp_path, dbn_bytes.compressed(HEADER + many.tobytes()))
    script = (
        "import sys; from pathlib import Path; from vpdesk.sources.cache import Cache;"
        "from vpdesk.sources.tape import open_tape;"
        "peak = lambda: int(Path('/proc/self/status').read_text().split('RssAnon:')[1].split()[0]);"
        "seen = []; cache = Cache(Path(sys.argv[2]));"
        "open_tape(sys.argv[1], cache=cache, progress=lambda done: seen.append(peak()));"
        "print(max(seen) - seen[0])"
    )
    arguments = [sys.executable, "-c", script, str(path), str(tmp_path / "cache")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, env={**os.environ})
    assert int(done.stdout) < 40_000  # KiB


@needs_data
def test_a_real_day_is_decoded_to_the_bytes_the_vendors_decoder_gives(cache: Cache) -> None:
    import databento_dbn

    assert DATA is not None
    path = DATA / "xnas-arl-day.mbo.dbn.zst"
    bytes_stream = dbn_module.ByteStream(path)
    decoder = databento_dbn.DBNDecoder()
    decoder.write(bytes_stream.read(1 << 30))
    bytes_stream.close()
    expected = b"".join(bytes(one) for one in decoder.decode() if isinstance(one, databento_dbn.MBOMsg))
    assert whole(open_tape(path, cache=cache)) == expected


def test_importing_it_needs_no_compiler_and_no_client() -> None:
    slow = {"numba", "databento", "databento_dbn"}
    script = f"import sys, vpdesk.sources.tape; assert not {slow} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
