"""From files to a session, with what is kept of them on disk."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from vpdesk.app import replay
from vpdesk.core.engine import Engine
from vpdesk.runtime import replay_session
from vpdesk.runtime.commands import SeekEvent
from vpdesk.runtime.indexer import N_BINS
from vpdesk.runtime.replay_session import ReplaySession
from vpdesk.sources.simulator import write_session

TIMEOUT_S = 60.0


def wait_for(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline_s, "it does not come"
        time.sleep(0.005)


def play(path: Path, *, is_demo: bool = False) -> tuple[str, str, str]:
    """Open, index and seek a file; return what was said, and the digests there and of a straight run."""
    tape = replay.open_files([path], wait=True)
    session: ReplaySession = replay.session_for(tape, is_demo=is_demo, is_playing=False)
    try:
        wait_for(lambda: session.overview is not None and session.overview.n_done == N_BINS)
        event_id = tape.n_records * 2 // 3
        wait_for(lambda: not any(thread.name == "vpdesk-index" for thread in threading.enumerate()))
        session.send(SeekEvent(event_id))
        wait_for(lambda: session.status.event_id == event_id and bool(session.status.digest))
        straight = Engine(session.params)
        straight.feed(tape.read(0, event_id))
        return session.status.message, session.status.digest, straight.digest()
    finally:
        session.close()
        assert session.wait_closed(TIMEOUT_S)
        tape.close()


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(replay_session, "KEYFRAME_EVENTS", 1500)  # or sessions so short need no index


def test_a_file_written_anew_is_said_to_be_once_and_nothing_of_the_former_is_used(tmp_path: Path) -> None:
    path = tmp_path / "day.dbn.zst"
    sentence = "VPSIM day.dbn.zst was written anew since it was indexed; it is indexed again."
    for seed, said in ((1, ""), (2, sentence)):
        write_session(path, 8.0, seed)
        for words in (said, ""):
            message, sought, straight = play(path)
            assert message == words
            assert sought == straight


def test_a_file_of_the_same_name_elsewhere_is_another_file(tmp_path: Path) -> None:
    for folder, seed in (("monday", 1), ("tuesday", 2)):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "day.dbn.zst"
        write_session(path, 3.0, seed)
        assert play(path)[0] == ""


def test_that_the_demo_came_with_another_version_of_the_program_is_nothing_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "demo.dbn.zst"
    write_session(path, 3.0, 1)
    assert play(path, is_demo=True)[0] == ""
    os.utime(path, (1, 1))
    message, sought, straight = play(path, is_demo=True)
    assert (message, sought) == ("", straight)
