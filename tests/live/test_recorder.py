import threading
from pathlib import Path

import numpy as np
import pytest
import zstandard

from tests.factories import T0
from tests.live.recordings import FullDisk, read
from tests.live.wiring import KEY_TEXT, SERVED, Records, market
from vpdesk.gateway import wire
from vpdesk.sources.recorder import Recorder, recording_stem
from vpdesk.sources.scan import probe

METADATA = wire.metadata("GLBX.MDP3")
MAPPING = wire.mapping(SERVED, "ES.c.0", "continuous")
DAY_NS = 86_400_000_000_000


def record(recorder: Recorder, records: Records, n_blocks: int = 4) -> None:
    """Send a session of one mapping and some blocks of orders."""
    recorder.begin(METADATA)
    recorder.write(memoryview(MAPPING), 1)
    recorder.keep(MAPPING[1], SERVED.key.instrument_id, MAPPING)
    for block in np.array_split(records, n_blocks):
        recorder.write(memoryview(block.tobytes()), len(block))


def closed(recorder: Recorder) -> Recorder:
    recorder.close()
    assert recorder.wait(10)
    return recorder


@pytest.mark.parametrize("compress", [False, True])
def test_a_recording_opens_like_any_file_and_holds_what_came(tmp_path: Path, compress: bool) -> None:
    sent = market(5000)
    recorder = Recorder(tmp_path, "ES", compress=compress)
    record(recorder, sent)
    status = closed(recorder).status
    assert status.path is not None
    assert status.path.name.endswith(".dbn.zst" if compress else ".dbn")
    assert (status.is_recording, status.n_records, status.n_files, status.problem) == (False, 5001, 1, "")
    records, symbols, problem = read(status.path)
    assert records.tobytes() == sent.tobytes()
    assert symbols == {SERVED.key.instrument_id: SERVED.symbol}
    assert problem == ""
    assert probe(status.path).instruments[0].symbol == SERVED.symbol


def test_an_uncompressed_recording_is_the_stream_byte_for_byte(tmp_path: Path) -> None:
    sent = market(100)
    recorder = Recorder(tmp_path, "ES")
    record(recorder, sent)
    path = closed(recorder).status.path
    assert path is not None
    assert path.read_bytes() == METADATA + MAPPING + sent.tobytes()


def test_a_new_session_goes_on_in_the_same_file_without_its_metadata(tmp_path: Path) -> None:
    sent = market(200)
    recorder = Recorder(tmp_path, "ES")
    record(recorder, sent[:100])
    recorder.begin(wire.metadata("GLBX.MDP3"))
    recorder.write(memoryview(sent[100:].tobytes()), 100)
    status = closed(recorder).status
    assert status.n_files == 1
    assert status.path is not None
    assert read(status.path)[0].tobytes() == sent.tobytes()


@pytest.mark.parametrize("by_day", [True, False], ids=["by day", "by size"])
def test_every_file_of_a_rotated_recording_can_be_opened_alone(tmp_path: Path, by_day: bool) -> None:
    sent = market(400)
    now = [T0]
    recorder = Recorder(tmp_path, "ES", clock=lambda: now[0], max_file_bytes=DAY_NS if by_day else 5000)
    recorder.begin(METADATA)
    recorder.write(memoryview(MAPPING), 1)
    recorder.keep(MAPPING[1], SERVED.key.instrument_id, MAPPING)
    for i, block in enumerate(np.array_split(sent, 4)):
        recorder.write(memoryview(block.tobytes()), len(block))
        _settle(recorder, 1 + 100 * (i + 1))
        now[0] += DAY_NS if by_day else 1
    assert closed(recorder).status.n_files == 4
    files = sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    parts = [read(path) for path in files]
    assert b"".join(records.tobytes() for records, _, _ in parts) == sent.tobytes()
    assert all(symbols == {SERVED.key.instrument_id: SERVED.symbol} for _, symbols, _ in parts)


def test_a_full_disk_ends_the_recording_in_one_sentence_and_keeps_what_was_written(tmp_path: Path) -> None:
    sent = market(1000)
    room = len(METADATA) + len(MAPPING) + 600 * 56 + 13
    recorder = Recorder(tmp_path, "ES", open_file=lambda path: FullDisk(path, room))
    record(recorder, sent)
    status = closed(recorder).status
    assert not status.is_recording
    assert status.problem == f"Recording stopped: the disk is full. 501 records are safe in {status.path}."
    assert status.path is not None
    records, _, problem = read(status.path)
    assert records.tobytes() == sent[:600].tobytes(), "all that the disk took"
    assert "cut short" in problem


def test_a_folder_that_cannot_be_written_to_is_a_sentence_too(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    recorder = Recorder(tmp_path / "taken", "ES")
    record(recorder, market(10))
    assert closed(recorder).status.problem.startswith("Recording stopped: ")


def test_a_disk_slower_than_the_feed_ends_the_recording_not_the_session(tmp_path: Path) -> None:
    gate = threading.Event()

    class Stuck(FullDisk):
        def write(self, data: bytes | memoryview, /) -> int | None:
            gate.wait(10)
            return super().write(data)

    recorder = Recorder(
        tmp_path, "ES", max_queued_bytes=10_000, open_file=lambda path: Stuck(path, room=10**9)
    )
    record(recorder, market(1000))
    assert recorder.status.problem == "Recording stopped: the disk is slower than the feed."
    gate.set()
    closed(recorder)


def test_a_compressed_recording_can_be_read_while_it_is_being_written(tmp_path: Path) -> None:
    sent = market(1000)
    now = [T0]
    recorder = Recorder(tmp_path, "ES", compress=True, clock=lambda: now[0])
    record(recorder, sent[:500])
    _settle(recorder, 501)
    now[0] += 2_000_000_000
    recorder.write(memoryview(sent[500:].tobytes()), 500)
    path = _settle(recorder, 1001)
    data = zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())
    assert data == METADATA + MAPPING + sent.tobytes()
    closed(recorder)


def test_two_recordings_of_one_second_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for _ in range(2):
        recorder = Recorder(tmp_path, "ES", clock=lambda: T0)
        record(recorder, market(10))
        closed(recorder)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "ES_20250615T150640Z-2.dbn",
        "ES_20250615T150640Z.dbn",
    ]


def test_a_recording_of_nothing_leaves_no_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "new", "ES")
    recorder.begin(METADATA)
    assert closed(recorder).status.path is None
    assert not (tmp_path / "new").exists()


def test_a_name_is_made_of_what_every_file_system_takes() -> None:
    assert recording_stem("GLBX.MDP3", ("ES.c.0",)) == "GLBX.MDP3_ES.c.0"
    assert recording_stem("OPRA", ("BRK/B", "A B", "C:D", "E", "F")) == "OPRA_BRK_B-A_B-C_D-and-2-more"
    assert len(recording_stem("X", (KEY_TEXT * 20,))) <= 120


def _settle(recorder: Recorder, n_records: int) -> Path:
    waiting = threading.Event()
    for _ in range(1000):
        path = recorder.status.path
        if path is not None and recorder.status.n_records == n_records:
            return path
        waiting.wait(0.01)
    raise AssertionError(recorder.status)
