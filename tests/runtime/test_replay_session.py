"""The session on its thread: commands in, status out, and the index on disk."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.session import REPLAY
from tests.fakes.tape import ArrayTape
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.runtime import keyframes, replay_session
from vpdesk.runtime.commands import (
    CancelWork,
    Command,
    SeekEvent,
    SeekTime,
    SetIndexing,
    SetParams,
    Step,
)
from vpdesk.runtime.index_cache import IndexCache, IndexKey
from vpdesk.runtime.indexer import N_BINS
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.replay_session import ReplaySession, span_of
from vpdesk.runtime.status import SessionState
from vpdesk.sources.simulator import simulate

PARAMS = EngineParams(tick_size=250_000_000, half_width=20)
CADENCE = Cadence(100_000_000)
TIMEOUT_S = 30.0


@cache
def market() -> NDArray[np.void]:
    return np.concatenate(list(simulate(10.0, seed=5)))


@pytest.fixture(autouse=True)
def _close_keyframes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_session, "KEYFRAME_EVENTS", 1500)


@contextmanager
def open_session(tape: ArrayTape | None = None, **options: object) -> Iterator[ReplaySession]:
    records = market()
    session = ReplaySession(
        tape or ArrayTape(records), REPLAY, PARAMS, CADENCE, span_of(records), is_playing=False, **options
    )
    try:
        yield session
    finally:
        session.close()
        assert session.wait_closed(TIMEOUT_S)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline_s, "it does not come"
        time.sleep(0.005)


def ask(session: ReplaySession, *commands: Command, event_id: int) -> None:
    for command in commands:
        session.send(command)
    wait_for(lambda: session.status.event_id == event_id and bool(session.status.digest))


def is_indexed(session: ReplaySession) -> bool:
    overview = session.overview
    return overview is not None and overview.n_done == N_BINS


def straight_digest(event_id: int, params: EngineParams = PARAMS) -> str:
    engine = Engine(params)
    engine.feed(market()[:event_id])
    return engine.digest()


def test_the_digest_at_rest_is_that_of_a_straight_run_under_the_parameters_in_force() -> None:
    other = replace(PARAMS, tau_s=0.3)
    with open_session() as session:
        ask(session, SeekEvent(9_000), event_id=9_000)
        assert session.status.digest == straight_digest(9_000)
        session.send(SetParams(other, CADENCE.column_ns))
        wait_for(lambda: session.status.digest == straight_digest(9_000, other))
        session.send(SetParams(PARAMS, CADENCE.column_ns))
        wait_for(lambda: session.status.digest == straight_digest(9_000))
        assert session.ring.half_width == 20


def test_the_last_of_many_seeks_wins() -> None:
    with open_session() as session:
        first_ns, last_ns = span_of(market())
        wishes = [SeekTime(first_ns + (last_ns - first_ns) * n // 200) for n in range(200)]
        ask(session, *wishes, SeekEvent(12_345), event_id=12_345)
        assert session.status.state is SessionState.PAUSED
        assert session.status.digest == straight_digest(12_345)


def test_many_steps_at_once_are_all_taken() -> None:
    with open_session() as session:
        ask(session, SeekEvent(9_000), *[Step("event", 1)] * 50, *[Step("event", -1)] * 30, event_id=9_020)
        assert session.status.digest == straight_digest(9_020)
        assert session.status.last_event


def test_a_seek_far_ahead_of_a_tape_that_still_grows_can_be_cancelled() -> None:
    tape = ArrayTape(market())
    tape.n_records, tape.is_complete = 500, False
    with open_session(tape) as session:
        session.send(SeekTime(span_of(market())[1]))
        wait_for(lambda: session.status.state is SessionState.SEEKING and session.status.progress is not None)
        session.send(CancelWork())
        wait_for(lambda: session.status.state is SessionState.PAUSED)
        assert session.status.digest == straight_digest(session.status.event_id)


def test_a_change_of_parameters_that_is_cancelled_leaves_the_former_ones() -> None:
    tape = ArrayTape(market())
    with open_session(tape) as session:
        ask(session, SeekEvent(9_000), event_id=9_000)
        tape.n_records, tape.is_complete = 500, False  # so that the way back there cannot be completed
        session.send(SetParams(replace(PARAMS, tau_s=0.3), CADENCE.column_ns))
        wait_for(lambda: session.status.state is SessionState.SEEKING)
        session.send(CancelWork())
        wait_for(lambda: session.status.state is not SessionState.SEEKING)
        assert session.params == PARAMS
        assert session.status.digest == straight_digest(9_000)


def test_an_index_is_kept_and_used_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = IndexCache(tmp_path)
    key = IndexKey("this tape", REPLAY.title, PARAMS, CADENCE)
    with open_session(identity="this tape", index_cache=cache) as session:
        wait_for(lambda: cache.load(key)[0] is not None)
        first = session.overview

    def refuse(*_: object) -> None:
        raise AssertionError("the tape is read again")

    monkeypatch.setattr(replay_session.Indexer, "step", refuse)
    with open_session(identity="this tape", index_cache=cache) as session:
        wait_for(lambda: is_indexed(session))
        assert first is not None
        assert session.overview is not None
        np.testing.assert_array_equal(session.overview.n_events, first.n_events)
        for event_id in (15_000, 4_000, 9_999):
            ask(session, SeekEvent(event_id), event_id=event_id)
            assert session.status.digest == straight_digest(event_id)
        assert session.status.message == ""


def test_a_folder_that_takes_no_index_costs_one_sentence_and_playback_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = IndexCache(tmp_path / "file" / "index")
    with open_session(identity="this tape", index_cache=cache) as session:
        wait_for(lambda: "cannot be kept" in session.status.message)
        ask(session, SeekEvent(9_000), event_id=9_000)
        assert session.status.digest == straight_digest(9_000)


def test_the_pass_ahead_rests_when_told_and_goes_on_where_it_was() -> None:
    tape = ArrayTape(market())
    tape.n_records, tape.is_complete = 16_000, False
    with open_session(tape) as session:
        wait_for(lambda: session.overview is not None and session.overview.n_events.sum() == 16_000)
        session.send(SetIndexing(False))
        wait_for(lambda: session.status.index_progress is None)
        tape.n_records, tape.is_complete = len(market()), True
        session.send(SetIndexing(True))
        wait_for(lambda: is_indexed(session))
        assert session.overview is not None
        assert session.overview.n_events.sum() == len(market())


def test_keyframes_of_two_sets_of_parameters_fit_into_the_bound() -> None:
    with open_session() as session:
        assert 2 * session._player.keyframes.max_bytes <= keyframes.MAX_KEYFRAME_BYTES
