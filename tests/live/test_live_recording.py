"""Recordings made by a feed on the real client."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from tests.live import wiring
from tests.live.recordings import FullDisk, read
from tests.live.wiring import KEY_TEXT, collect, having, listening, market, records_of
from vpdesk.gateway.faults import Drop
from vpdesk.sources.feed import FeedState, GapEnded
from vpdesk.sources.recorder import Recorder

_RECORD_UNTIL_KILLED = """
import sys
from pathlib import Path
from tests.live import wiring
from vpdesk.sources.live import LiveFeed
from vpdesk.sources.recorder import Recorder

recorder = Recorder(Path(sys.argv[2]), "killed", compress=sys.argv[3] == "zst")
feed = LiveFeed(wiring.request(int(sys.argv[1])), wiring.KEY, recorder)
feed.start()
while True:
    feed.take(1)
    if recorder.status.n_records > 2000:
        print("recording", flush=True)
"""


def test_a_recording_holds_what_was_received(tmp_path: Path) -> None:
    sent = market(10_000)
    recorder = Recorder(tmp_path, "ES")
    with listening(wiring.gateway_for(sent), recorder=recorder) as feed:
        items = collect(feed, having(len(sent)))
        assert feed.status.recording is not None
    assert recorder.status.path is not None
    records, symbols, problem = read(recorder.status.path)
    assert records.tobytes() == records_of(items).tobytes() == sent.tobytes()
    assert symbols == {wiring.INSTRUMENT.instrument_id: wiring.SYMBOL}
    assert problem == ""


def test_a_recording_goes_on_over_a_drop_within_a_record(tmp_path: Path) -> None:
    sent = market(3000)
    recorder = Recorder(tmp_path, "ES")
    gateway = wiring.gateway_for(sent, faults=[[Drop(50_013)]], speed=0.01)
    with listening(gateway, recorder=recorder) as feed:
        items = collect(
            feed, lambda items, _: any(isinstance(item, GapEnded) for item in items) and _is_at(items, 2999)
        )
    assert recorder.status.path is not None
    assert recorder.status.n_files == 1
    records, _, problem = read(recorder.status.path)
    assert records.tobytes() == records_of(items).tobytes()
    assert problem == ""


def test_a_full_disk_ends_the_recording_and_the_session_goes_on(tmp_path: Path) -> None:
    sent = market(20_000)
    recorder = Recorder(tmp_path, "ES", open_file=lambda path: FullDisk(path, room=100_000))
    with listening(wiring.gateway_for(sent), recorder=recorder) as feed:
        items = collect(feed, having(len(sent)))
        status = feed.status
    assert records_of(items).tobytes() == sent.tobytes()
    assert status.state is FeedState.LIVE
    assert recorder.status.problem.startswith("Recording stopped: the disk is full.")


def test_what_a_killed_program_recorded_opens(tmp_path: Path) -> None:
    sent = market(50_000)
    with wiring.serving(wiring.gateway_for(sent, speed=0.02)) as port:
        for ending in ("dbn", "zst"):
            folder = tmp_path / ending
            command = [sys.executable, "-c", _RECORD_UNTIL_KILLED, str(port), str(folder), ending]
            with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
                assert child.stdout is not None
                assert child.stdout.readline() == b"recording\n"
                if ending == "zst":
                    time.sleep(1.2)  # what the compressor holds back is written once a second
                child.kill()
            (path,) = folder.iterdir()
            records, _, _ = read(path)
            assert len(records) > 500
            live = records[records["flags"] & wiring.F_SNAPSHOT == 0]
            first = int(live[0]["sequence"])
            assert np.array_equal(live, sent[first : first + len(live)])


def test_the_key_is_in_no_recording(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, "ES")
    with listening(wiring.gateway_for(market(100)), recorder=recorder) as feed:
        collect(feed, having(100))
    assert recorder.status.path is not None
    assert KEY_TEXT[3:].encode() not in recorder.status.path.read_bytes()


def _is_at(items: list[wiring.FeedItem], sequence: int) -> bool:
    records = records_of(items)
    return len(records) > 0 and int(records[-1]["sequence"]) == sequence
