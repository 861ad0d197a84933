"""A replayed session on its own thread: commands in, status and ring out."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Final

import numpy as np

from vpdesk.core.engine import Engine, warm_up
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.errors import VpdeskError
from vpdesk.runtime.commands import (
    CancelWork,
    Command,
    Pause,
    Play,
    SeekEvent,
    SeekTime,
    SetParams,
    SetSpeed,
    ShowHistory,
    Step,
    Stop,
)
from vpdesk.runtime.indexer import Indexer, Overview
from vpdesk.runtime.keyframes import Keyframes
from vpdesk.runtime.player import Cadence, Player, RecordTape
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionState, SessionStatus
from vpdesk.runtime.words import event_in_words

MAX_KEYFRAME_BYTES: Final = 512 << 20
KEYFRAME_EVENTS: Final = 1 << 17  # records between keyframes: some 15 ms of engine
STATUS_INTERVAL_S: Final = 0.1
RATE_WINDOW_S: Final = 0.5
INDEX_WAIT_S: Final = 0.05  # between looks at a tape that is still growing

_log = logging.getLogger(__name__)


class ReplaySession:
    """Plays a tape on a thread of its own; a `Session`.

    Parameters
    ----------
    tape
        The records; closed by the caller, after the session.
    facts, params, cadence
        What the window shows and the engine computes.
    span_ns
        Clock of the first and the last record, ns.
    is_playing
        Whether to play at once.
    start_ns
        Go to this moment first; None starts before the first event.
    n_records
        How many records the tape will hold, if that is known.
    problem
        Returns a sentence about the tape, or "".
    """

    def __init__(
        self,
        tape: RecordTape,
        facts: SessionFacts,
        params: EngineParams,
        cadence: Cadence,
        span_ns: tuple[int, int],
        *,
        is_playing: bool = True,
        start_ns: int | None = None,
        n_records: int | None = None,
        problem: Callable[[], str] = lambda: "",
    ) -> None:
        self._facts = facts
        self._tape = tape
        self._span_ns = span_ns
        self._n_expected = n_records
        self._problem = problem
        self._keyframes = Keyframes(MAX_KEYFRAME_BYTES, KEYFRAME_EVENTS)
        self._player = Player(tape, params, cadence, self._keyframes, time.monotonic)
        self._is_starting_to_play = is_playing
        self._first_ns = start_ns
        self._inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._message = ""
        self._status = SessionStatus(
            state=SessionState.PREPARING, source=facts.title, start_ns=span_ns[0], end_ns=span_ns[1]
        )
        self._status_due_s = 0.0
        self._rate_mark = (0.0, 0)
        self._events_per_s = 0.0
        self._digest = (-1, "")
        self._index_generation = 0
        self._overview: Overview | None = None
        self._thread = threading.Thread(target=self._run, name="vpdesk-engine", daemon=True)
        self._thread.start()

    # --- for the window, any thread ----------------------------------------------------------------

    @property
    def facts(self) -> SessionFacts:
        """What stays the same."""
        return self._facts

    @property
    def params(self) -> EngineParams:
        """The engine's parameters now in force."""
        return self._player.params

    @property
    def cadence(self) -> Cadence:
        """How columns are cut."""
        return self._player.cadence

    @property
    def ring(self) -> GridRing:
        """The ring to paint from."""
        return self._player.ring

    @property
    def status(self) -> SessionStatus:
        """The newest status."""
        return self._status

    @property
    def overview(self) -> Overview | None:
        """The session at a glance as far as it has been read; replaced whole as it grows."""
        return self._overview

    def send(self, command: Command) -> None:
        """Queue a command."""
        self._inbox.put(command)

    def close(self) -> None:
        """Ask the thread to end."""
        self._stop.set()
        self._inbox.put(Stop())

    def wait_closed(self, timeout_s: float) -> bool:
        """Wait for the thread to end; False if it has not."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # --- the engine thread -------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            warm_up()
            self._start_index()
            if self._first_ns is not None:
                self._player.go_to_time(self._first_ns)
            if self._is_starting_to_play:
                self._player.play()
            while not self._stop.is_set():
                self._serve()
        except VpdeskError as error:
            self._fail(str(error))
        except Exception:
            self._fail("The engine stopped on an unexpected error; the log has the details.")
            raise
        finally:
            self._stop.set()

    def _serve(self) -> None:
        """Do one step, obey what came in, tell where the session stands."""
        wait_s = self._player.step()
        try:
            while True:
                command = self._inbox.get(timeout=wait_s) if wait_s > 0 else self._inbox.get_nowait()
                self._obey(command)
                wait_s = 0.0
        except queue.Empty:
            pass
        self._tell()

    def _obey(self, command: Command) -> None:
        player = self._player
        match command:
            case Play():
                player.play()
            case Pause():
                player.pause()
            case SetSpeed(speed):
                player.set_speed(speed)
            case Step(unit, count):
                player.step_by(unit, count)
            case SeekTime(ts_ns):
                player.go_to_time(ts_ns)
            case SeekEvent(event_id):
                player.go_to_event(event_id)
            case SetParams(params, column_ns, column_events):
                player.change(params, Cadence(column_ns, column_events))
                self._start_index()
            case ShowHistory(n_columns):
                player.show_history(n_columns)
            case CancelWork():
                player.cancel_journey()
            case Stop():
                self._stop.set()
        self._status_due_s = 0.0

    def _fail(self, message: str) -> None:
        self._message = message
        self._status = self._make_status(SessionState.FAILED)

    # --- telling -----------------------------------------------------------------------------------

    def _tell(self) -> None:
        now_s = time.monotonic()
        if now_s < self._status_due_s:
            return
        self._status_due_s = now_s + STATUS_INTERVAL_S
        since_s, position = self._rate_mark
        if now_s - since_s >= RATE_WINDOW_S:
            applied = max(0, self._player.position - position)
            self._events_per_s = applied / (now_s - since_s) if self._player.is_playing else 0.0
            self._rate_mark = (now_s, self._player.position)
        status = self._make_status(self._state())
        if status != self._status:
            self._status = status

    def _state(self) -> SessionState:
        player = self._player
        if player.is_travelling:
            return SessionState.SEEKING
        if player.is_playing:
            return SessionState.PLAYING
        if player.is_at_end:
            return SessionState.ENDED
        return SessionState.PAUSED if self._tape.n_records else SessionState.LOADING

    def _make_status(self, state: SessionState) -> SessionStatus:
        player, engine = self._player, self._player.engine
        bid, ask = engine.best_ticks
        is_resting = state in (SessionState.PAUSED, SessionState.ENDED)
        return SessionStatus(
            state=state,
            source=self._facts.title,
            event_id=engine.event_id,
            n_records=self._n_records(),
            is_complete=self._tape.is_complete,
            clock_ns=engine.clock_ns,
            start_ns=self._span_ns[0],
            end_ns=self._span_ns[1],
            speed=player.speed,
            events_per_s=self._events_per_s,
            book_state=engine.book_state,
            spot_tick=engine.spot_tick,
            best_bid_tick=bid,
            best_ask_tick=ask,
            drive=engine.drive,
            anomalies=tuple(engine.anomalies.items()),
            progress=player.progress if player.is_travelling else None,
            message=self._message or self._problem(),
            last_event=self._last_event() if is_resting else "",
            digest=self._digest_of(engine) if is_resting else "",
        )

    def _n_records(self) -> int:
        known = self._tape.n_records
        return known if self._tape.is_complete or self._n_expected is None else max(known, self._n_expected)

    def _last_event(self) -> str:
        position = self._player.position
        records = self._tape.read(max(0, position - 1), position)
        return event_in_words(records[0]) if len(records) else ""

    def _digest_of(self, engine: Engine) -> str:
        if self._digest[0] != engine.event_id:
            self._digest = (engine.event_id, engine.digest())
        return self._digest[1]

    # --- the pass ahead ----------------------------------------------------------------------------

    def _start_index(self) -> None:
        self._index_generation += 1
        indexer = Indexer(
            self._tape, self._player.params, self._player.cadence, self._keyframes, *self._span_ns
        )
        threading.Thread(
            target=self._index, args=(indexer, self._index_generation), name="vpdesk-index", daemon=True
        ).start()

    def _index(self, indexer: Indexer, generation: int) -> None:
        told_s = 0.0
        while not self._stop.is_set() and generation == self._index_generation:
            is_news = indexer.step()
            now_s = time.monotonic()
            if indexer.is_done or now_s - told_s > STATUS_INTERVAL_S:
                self._overview = indexer.overview()
                told_s = now_s
            if indexer.is_done:
                return
            if not is_news:
                self._stop.wait(INDEX_WAIT_S)


def span_of(records: np.ndarray) -> tuple[int, int]:
    """Return the clock at the first and the last of some records (MBO_DTYPE), ns; snapshot times aside."""
    ts_event = records["ts_event"]
    defined = ts_event[ts_event < 1 << 63]
    return (int(defined[0]), int(defined.max())) if len(defined) else (0, 1)
