"""The live session: the real client, a gateway that fails on request, and what the window gets to see."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.factories import TICK, Records
from tests.live import wiring
from tests.live.wiring import market
from tests.runtime.live_wiring import (
    CADENCE,
    PARAMS,
    having,
    health,
    live,
    session_on,
    wait_until,
)
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_SNAPSHOT
from vpdesk.core.ring import COLUMN_GAP, H_FLAGS
from vpdesk.errors import EngineError
from vpdesk.gateway.faults import Drop, Fault, Mute, Report
from vpdesk.gateway.server import serving
from vpdesk.gateway.wire import ServedInstrument
from vpdesk.runtime.commands import Pause, Play, SeekTime, SelectInstrument, SetParams, SetRecording
from vpdesk.runtime.live_market import LiveMarket
from vpdesk.runtime.live_session import LiveSession
from vpdesk.runtime.status import SessionState, SessionStatus
from vpdesk.sources.api_key import ApiKey
from vpdesk.sources.feed import InstrumentKey, Timing
from vpdesk.sources.feed_queue import FeedQueue
from vpdesk.sources.recorder import Recorder
from vpdesk.sources.tape import open_tape

PATIENT = Timing(heartbeat_interval_s=30)
VISIBLE_RETRY = Timing(heartbeat_interval_s=1, backoff_first_s=0.4, backoff_jitter=0.0)
SLOW_RETRY = Timing(heartbeat_interval_s=1, backoff_first_s=30.0, backoff_max_s=30.0)


def is_gap(session: LiveSession) -> np.ndarray:
    span = session.ring.span()
    return session.ring.read(span.oldest, span.newest).headers[:, H_FLAGS] & COLUMN_GAP != 0


def straight_digest(records: Records, params=PARAMS) -> str:
    engine = Engine(replace(params, tick_size=TICK))
    engine.feed(records)
    return engine.digest()


def test_a_session_shows_the_market_and_says_that_it_is_live() -> None:
    sent = market(2000)
    with live(wiring.gateway_for(sent)) as session:
        status = wait_until(session, lambda now: now.event_id == 2000 and bool(now.digest))
        assert health(status).text == "live"
        assert health(status).is_well
        assert status.state is SessionState.PLAYING
        assert status.book_state == "partial", "this market begins without a clear"
        assert status.spot_tick is not None
        assert status.digest == straight_digest(sent)
        assert session.facts.symbol == wiring.SYMBOL
        assert session.facts.tick_origin == "definition"
        assert session.params == replace(PARAMS, tick_size=TICK)
        assert session.ring.span().newest > 0
    assert session.status.state is SessionState.CLOSED
    assert [(one.symbol, one.event_id) for one in session.results] == [(wiring.SYMBOL, 2000)]


def test_until_the_first_record_the_states_of_the_connection_are_shown_and_there_is_an_empty_ring() -> None:
    with live(wiring.gateway_for(market(10), faults=[[Mute()]]), timing=PATIENT) as session:
        status = wait_until(session, lambda now: health(now).text == "authenticating")
        assert status.state is SessionState.LOADING
        assert session.ring.span().newest == -1
        assert session.ring.half_width == session.params.half_width


@pytest.mark.parametrize(
    "fault", [Drop(60_000), Drop(60_013, is_reset=True), Report(60_000, "bad day", is_fatal=True)]
)
def test_after_a_drop_the_chart_has_a_gap_and_the_book_is_right(fault: Fault) -> None:
    sent = market(3000)
    gateway = wiring.gateway_for(sent, faults=[[fault]], speed=0.01)
    with live(gateway) as session:
        wait_until(
            session, lambda now: health(now).n_gaps == 1 and now.book_state not in ("stale", "snapshot")
        )
        status = wait_until(session, lambda now: gateway.market.is_over and bool(now.digest))
        assert health(status).text == "live"
        gaps = is_gap(session)
        book = session._shown.engine
        bids, asks = book.levels("B", 1000), book.levels("A", 1000)
    assert gaps.any()
    assert not gaps[0]
    assert not gaps[-1], "the gap ends with the snapshot"
    edges = np.flatnonzero(np.diff(gaps.astype(int)))
    assert len(edges) == 2, "one gap, in one piece"
    truth = Engine(replace(PARAMS, tick_size=TICK))
    truth.feed(sent)
    assert bids == truth.levels("B", 1000)
    assert asks == truth.levels("A", 1000)


def test_during_a_gap_the_book_is_stale_the_newest_column_says_so_and_the_next_attempt_is_counted() -> None:
    gateway = wiring.gateway_for(market(3000), faults=[[Drop(60_000)]], speed=0.01)
    with live(gateway, timing=SLOW_RETRY) as session:
        status = wait_until(session, lambda now: now.book_state == "stale")
        assert health(status).text.startswith("reconnecting in ")
        assert not health(status).is_well
        assert "The connection ended: the gateway closed the connection" in status.trouble
        assert is_gap(session)[-1]
        started = time.monotonic()
        session.close()
        assert session.wait_closed(5)
        assert time.monotonic() - started < 2.0, "quitting does not wait for the next attempt"


def test_a_lost_connection_is_a_trouble_until_it_is_back_and_then_it_is_said_how_long_it_was_lost() -> None:
    gateway = wiring.gateway_for(market(3000), faults=[[Drop(60_000)]], speed=0.01)
    with live(gateway, timing=VISIBLE_RETRY) as session:
        lost = wait_until(session, lambda now: bool(now.trouble))
        assert lost.relief == ""
        back = wait_until(session, lambda now: not now.trouble)
        assert health(back).text == "live"
        assert back.relief == "Connected again, 1 s missed."
        assert back.message == "", "nothing is left to be read of it"


def test_a_drop_while_nothing_moves_ends_in_the_same_book() -> None:
    sent = market(500)
    gateway = wiring.gateway_for(sent)
    with live(gateway) as session:
        before = wait_until(session, lambda now: now.event_id == 500 and bool(now.digest))
        drop_connection(gateway)
        after = wait_until(
            session, lambda now: now.event_id > 500 and now.book_state == "valid" and bool(now.digest)
        )
        assert (after.best_bid_tick, after.best_ask_tick) == (before.best_bid_tick, before.best_ask_tick)
        assert session._shown.engine.n_orders == after.event_id - 500 - 1, "a clear and an add per order"


def drop_connection(gateway) -> None:
    """Cut the connection from the gateway's side, whatever is being sent."""
    (visitor,) = gateway._visitors
    visitor.get_loop().call_soon_threadsafe(visitor.cancel)


def test_a_refused_key_is_said_once_and_nothing_runs_on() -> None:
    gateway = wiring.gateway_for(market(10))
    with live(gateway, key=ApiKey("db-" + "x" * 29)) as session:
        status = wait_until(session, lambda now: now.state is SessionState.FAILED)
        assert health(status).text == "stopped"
        assert status.message.startswith("The feed stopped: the gateway refused the login")
        assert "xxxxx" not in repr(status)
    assert len(gateway.visits) == 1


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.3])
def test_quitting_in_the_middle_of_a_handshake_is_instant_and_leaves_no_thread(after_s: float) -> None:
    before = set(threading.enumerate())
    with serving(wiring.gateway_for(market(10), faults=[[Mute()]])) as port:
        session = session_on(port)
        threading.Event().wait(after_s)
        started = time.monotonic()
        session.close()
        assert time.monotonic() - started < 0.1, "close must not wait"
        assert session.wait_closed(5)
        assert time.monotonic() - started < 3.0
    assert {one.name for one in set(threading.enumerate()) - before} == set()


def test_an_engine_that_refuses_to_go_on_ends_the_session_and_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise EngineError("This cannot be computed.")

    monkeypatch.setattr(LiveMarket, "take", refuse)
    with live(wiring.gateway_for(market(100))) as session:
        status = wait_until(session, lambda now: now.state is SessionState.FAILED)
        assert status.message == "This cannot be computed."


def test_playback_commands_mean_nothing_to_a_live_session() -> None:
    sent = market(1000)
    with live(wiring.gateway_for(sent)) as session:
        for command in (Pause(), SeekTime(0), Play()):
            session.send(command)
        status = wait_until(session, lambda now: now.event_id == 1000 and bool(now.digest))
    assert status.digest == straight_digest(sent)


# --- several instruments ---------------------------------------------------------------------------------


def test_every_instruments_book_is_kept_right_and_the_window_can_switch_between_them() -> None:
    sent = [market(1500, seed=number, instrument_id=number) for number in (1, 2, 3)]
    instruments = [
        ServedInstrument(InstrumentKey(2, number), f"ES{number}", number * TICK) for number in (1, 2, 3)
    ]
    mixed = np.concatenate(sent)
    mixed = mixed[np.argsort(mixed["ts_recv"], kind="stable")]
    gateway = wiring.gateway_for(mixed, instruments=instruments)
    with live(gateway, symbols=("ES.FUT",), stype_in="parent") as session:
        status = wait_until(
            session, lambda now: [one.n_events for one in health(now).instruments] == [1500] * 3
        )
        assert [one.symbol for one in health(status).instruments] == ["ES1", "ES2", "ES3"]
        assert [one.is_shown for one in health(status).instruments] == [True, False, False]
        former = session.ring
        session.send(SelectInstrument(2, 3))
        wait_until(session, lambda _: session.facts.symbol == "ES3")
        assert session.params.tick_size == 3 * TICK
        assert session.ring is not former
        assert session.status.event_id == 1500
        session.send(SelectInstrument(2, 99))  # there is none: nothing happens
        wait_until(session, lambda now: bool(now.digest))
        assert session.facts.symbol == "ES3"
    for number, result in zip((1, 2, 3), session.results, strict=True):
        engine = Engine(replace(PARAMS, tick_size=number * TICK))
        engine.feed(sent[number - 1])
        assert result.digest == engine.digest()


def test_after_a_drop_every_instrument_leaves_its_gap_by_its_own_snapshot() -> None:
    sent = [market(1500, seed=number, instrument_id=number) for number in (1, 2)]
    instruments = [ServedInstrument(InstrumentKey(2, number), f"ES{number}", TICK) for number in (1, 2)]
    mixed = np.concatenate(sent)
    mixed = mixed[np.argsort(mixed["ts_recv"], kind="stable")]
    gateway = wiring.gateway_for(mixed, instruments=instruments, faults=[[Drop(60_000)]], speed=0.005)
    with live(gateway, symbols=("ES1", "ES2")) as session:
        wait_until(session, lambda _: gateway.market.is_over)
        for number in (1, 2):
            session.send(SelectInstrument(2, number))
            wait_until(session, lambda now, name=f"ES{number}": session.facts.symbol == name)
            gaps = is_gap(session)
            assert gaps.any()
            assert not gaps[-1]


# --- tick sizes ------------------------------------------------------------------------------------------


def test_without_a_definition_the_tick_size_is_inferred_and_no_record_is_lost() -> None:
    sent = market(1000)
    undefined = replace(wiring.SERVED, tick_size=None)
    with live(wiring.gateway_for(sent, instruments=[undefined])) as session:
        status = wait_until(session, lambda now: now.event_id == 1000 and bool(now.digest))
        assert session.facts.tick_origin == "inferred"
    assert status.digest == straight_digest(sent)


def test_a_session_that_ends_before_the_tick_size_is_known_ends_with_the_best_guess() -> None:
    sent = market(1000)
    undefined = replace(wiring.SERVED, tick_size=None)
    with live(wiring.gateway_for(sent, instruments=[undefined])) as session:
        wait_until(session, lambda now: health(now).n_records == 1000)
    assert [(one.event_id, one.digest) for one in session.results] == [(1000, straight_digest(sent))]


def test_the_users_tick_size_goes_before_the_venues() -> None:
    with live(wiring.gateway_for(market(100)), tick_size=5 * TICK) as session:
        wait_until(session, having(100))
        assert (session.params.tick_size, session.facts.tick_origin) == (5 * TICK, "user")


# --- parameters ------------------------------------------------------------------------------------------


def test_other_parameters_recompute_the_session_from_its_first_record() -> None:
    sent = market(2000)
    with live(wiring.gateway_for(sent)) as session:
        wait_until(session, having(2000))
        other = replace(PARAMS, tick_size=TICK, half_width=20, tau_s=0.5)
        session.send(SetParams(other, CADENCE.column_ns))
        wait_until(session, lambda _: session.params == other)
        status = wait_until(session, lambda now: now.event_id == 2000 and bool(now.digest))
        assert session.ring.half_width == 20
    assert session.results[0].digest == straight_digest(sent, other)
    assert status.message == ""


def test_a_session_whose_records_are_not_kept_any_more_refuses_other_parameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vpdesk.runtime.live_market.MAX_JOURNAL_RECORDS", 500)
    sent = market(2000)
    with live(wiring.gateway_for(sent)) as session:
        wait_until(session, having(2000))
        session.send(SetParams(replace(PARAMS, tau_s=0.5), CADENCE.column_ns))
        status = wait_until(session, lambda now: bool(now.message))
        assert "its parameters stay" in status.message
    assert session.results[0].digest == straight_digest(sent)


# --- recording -------------------------------------------------------------------------------------------


def recorded(status: SessionStatus) -> bool:
    return health(status).recording.startswith("recorded ")


def test_recording_is_switched_on_and_off_in_mid_session_and_the_file_says_that_it_starts_mid_book(
    tmp_path: Path,
) -> None:
    sent = market(4000, spacing_ns=200_000)
    with live(wiring.gateway_for(sent, speed=1.0), folder=tmp_path) as session:
        wait_until(session, having(500))
        session.send(SetRecording(True))
        status = wait_until(session, lambda now: health(now).is_recording)
        wait_until(session, having(status.event_id + 1000))
        session.send(SetRecording(False))
        status = wait_until(session, recorded)
        assert health(status).recording.endswith("it starts mid-book")
        assert status.message == f"R{health(status).recording[1:]}."
        wait_until(session, having(4000))
    (path,) = tmp_path.iterdir()
    tape = open_tape(path)
    records = tape.read(0, tape.n_records)
    first = int(records["sequence"][0])
    assert 0 < first < 4000 - tape.n_records
    assert records.tobytes() == sent[first : first + tape.n_records].tobytes()
    assert tape.instrument.symbol == wiring.SYMBOL, "the mapping stands at the head of the file"
    assert (tape.instrument.tick.raw, tape.instrument.tick.origin) == (TICK, "definition")
    assert tape.instrument.starts_mid_book
    assert tape.problem == ""


def test_a_recording_over_a_drop_replays_to_the_digest_that_the_live_session_ended_with(
    tmp_path: Path,
) -> None:
    gateway = wiring.gateway_for(market(3000), faults=[[Drop(60_013)]], speed=0.01)
    with live(gateway, recorder=Recorder(tmp_path, "live")) as session:
        wait_until(session, lambda now: health(now).n_gaps == 1 and gateway.market.is_over)
    (path,) = tmp_path.iterdir()
    tape = open_tape(path)
    (result,) = session.results
    assert tape.n_records == result.event_id
    records = tape.read(0, tape.n_records)
    assert (records["flags"] & F_SNAPSHOT).any()
    assert straight_digest(records) == result.digest


# --- load ------------------------------------------------------------------------------------------------


def test_a_machine_that_cannot_keep_up_says_so_and_leaves_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = np.concatenate([market(20_000)] * 4)
    apply = Engine.feed

    def slow(self: Engine, records: Records, *rest: object) -> int:
        time.sleep(0.05 * min(1.0, len(records) / 1000))
        return apply(self, records, *rest)

    with live(wiring.gateway_for(sent), queue=FeedQueue(max_bytes=500_000)) as session:
        monkeypatch.setattr(Engine, "feed", slow)
        status = wait_until(session, lambda now: "exact, but late" in health(now).text)
        assert not health(status).is_well
        monkeypatch.setattr(Engine, "feed", apply)
        wait_until(session, lambda now: now.event_id == len(sent) and health(now).text == "live")
    assert session.results[0].digest == straight_digest(sent)
