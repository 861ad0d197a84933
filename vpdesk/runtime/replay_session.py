"""A replayed session on its own thread: commands in, status and ring out."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from vpdesk.core.engine import Engine
from vpdesk.core.events import UNDEF_PRICE
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
    SetIndexing,
    SetParams,
    SetSpeed,
    ShowHistory,
    SkipSilences,
    Step,
    Stop,
)
from vpdesk.runtime.engine_thread import EngineThread
from vpdesk.runtime.index_cache import Index, IndexCache, IndexKey
from vpdesk.runtime.indexer import N_BINS, Indexer, Overview
from vpdesk.runtime.inspection import InspectionSource
from vpdesk.runtime.keyframes import KEYFRAME_EVENTS, MAX_KEYFRAME_BYTES, Keyframes
from vpdesk.runtime.player import Cadence, Player, RecordTape
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionState, SessionStatus
from vpdesk.runtime.words import event_in_words, feed_warning

STATUS_INTERVAL_S: Final = 0.1
RATE_WINDOW_S: Final = 0.5
INDEX_WAIT_S: Final = 0.05  # between looks at a tape that is still growing
WORK_S: Final = 0.02  # of travelling between two looks into the inbox: most steps and short seeks fit in
PATIENCE_S: Final = 0.2  # a seek under way is completed before the next one begins, unless it takes longer

_log = logging.getLogger(__name__)


@dataclass
class _Pass:
    """A pass ahead with one set of parameters; it can be left and taken up again."""

    keyframes: Keyframes
    indexer: Indexer
    is_done: bool = False
    overview: Overview | None = None


class ReplaySession(EngineThread):
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
    identity
        Stands for the content of the tape, so that its index can be kept on disk; "" keeps none.
    place
        Where the tape is from, so that it can be said that it has changed; see `IndexKey`.
    index_cache
        Where it is kept.
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
        identity: str = "",
        place: str = "",
        index_cache: IndexCache | None = None,
    ) -> None:
        super().__init__(
            SessionStatus(
                state=SessionState.PREPARING, source=facts.title, start_ns=span_ns[0], end_ns=span_ns[1]
            ),
            lambda: InspectionSource(tape, self._player.keyframes, self._player.params),
        )
        self._facts = facts
        self._tape = tape
        self._span_ns = span_ns
        self._n_expected = n_records
        self._problem = problem
        self._identity = identity
        self._place = place
        self._index_cache = index_cache or IndexCache()
        # half: the player keeps the keyframes of the former parameters as well
        keyframes = Keyframes(MAX_KEYFRAME_BYTES // 2, KEYFRAME_EVENTS)
        self._player = Player(tape, params, cadence, keyframes, time.monotonic)
        self._is_starting_to_play = is_playing
        self._first_ns = start_ns
        self._wait_s = 0.0
        self._wish: SeekTime | SeekEvent | None = None  # held until the seek under way has arrived
        self._since_s: float | None = None  # since when the player travels
        self._message = ""
        self._status_due_s = 0.0
        self._rate_mark = (0.0, 0)
        self._events_per_s = 0.0
        self._digest: tuple[Engine | None, int, str] = (None, -1, "")
        self._index_generation = 0
        self._index_thread: threading.Thread | None = None
        self._indexed: Keyframes | None = None  # those the pass ahead fills now
        self._passes: list[_Pass] = []
        self._is_indexing = True
        self._index_message = ""
        self._overview: Overview | None = None
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
    def overview(self) -> Overview | None:
        """The session at a glance as far as it has been read; replaced whole as it grows."""
        return self._overview

    def close(self) -> None:
        """Ask every thread to end."""
        super().close()
        self._inbox.put(Stop())

    # --- the engine thread -------------------------------------------------------------------------

    def _work(self) -> None:
        self._start_index()
        if self._first_ns is not None:
            self._player.go_to_time(self._first_ns)
        if self._is_starting_to_play:
            self._player.play()
        while not self._stop.is_set():
            self._serve()

    def _end(self) -> None:
        """Nothing is left: the tape is the caller's."""

    def _serve(self) -> None:
        """Obey what came in, work for a while, tell where the session stands."""
        for command in self._inbox.take(self._wait_s):
            self._obey(command)
        self._wait_s = self._move_on()
        self._grid_tap.look(self._player.engine)
        self._tell()

    def _move_on(self) -> float:
        """Do what is to be done, some 20 ms at most; return how long there is nothing to do, s."""
        player = self._player
        began_s = now_s = time.monotonic()
        self._since_s = (self._since_s or began_s) if player.is_travelling else None
        if self._wish is not None and (self._since_s is None or began_s - self._since_s > PATIENCE_S):
            self._begin_wished()
            self._since_s = began_s
        wait_s = player.step()
        while player.is_travelling and wait_s == 0.0 and now_s - began_s < WORK_S:
            wait_s = player.step()
            now_s = time.monotonic()
        if self._since_s is not None:
            self._rate_mark = (now_s, player.position)  # what a journey passes was not played
        return 0.0 if self._wish is not None and wait_s == 0.0 else wait_s

    def _begin_wished(self) -> None:
        match self._wish:
            case SeekTime(ts_ns):
                self._player.go_to_time(ts_ns)
            case SeekEvent(event_id):
                self._player.go_to_event(event_id)
        self._wish = None

    def _obey(self, command: Command) -> None:
        player = self._player
        self._status_due_s = 0.0
        if isinstance(command, SeekTime | SeekEvent):
            self._wish = command
            return
        self._begin_wished()
        match command:
            case Play():
                player.play()
            case Pause():
                player.pause()
            case SetSpeed(speed):
                player.set_speed(speed)
            case Step(unit, count):
                player.step_by(unit, count)
            case SetParams(params, column_ns, column_events):
                player.change(params, Cadence(column_ns, column_events))
            case ShowHistory(n_columns):
                player.show_history(n_columns)
            case SkipSilences(is_on):
                player.skips_silences = is_on
            case SetIndexing(is_on):
                self._is_indexing = is_on
                self._start_index()
            case CancelWork():
                player.cancel_journey()
            case Stop():
                self._stop.set()
        if player.keyframes is not self._indexed:  # other parameters are in force
            self._start_index()

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
        last = self._last_record() if is_resting else None
        anomalies = engine.anomalies
        remarks = (self._index_message, self._problem(), feed_warning(anomalies))
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
            anomalies=tuple(anomalies.items()),
            progress=player.progress if player.is_travelling and self._is_long() else None,
            index_progress=self._index_progress(),
            params=engine.params,
            column_ns=player.ring.column_ns,
            column_events=player.ring.column_events,
            n_silences=player.n_silences_skipped,
            silence_s=player.last_silence_s,
            message=self._message or "\n".join(filter(None, remarks)),
            last_event="" if last is None else event_in_words(last),
            last_tick=None if last is None else _tick_of(last, engine.params.tick_size),
            digest=self._digest_of(engine) if is_resting else "",
        )

    def _is_long(self) -> bool:
        """Whether the work under way takes long enough to be worth a word."""
        return self._since_s is not None and time.monotonic() - self._since_s > PATIENCE_S

    def _index_progress(self) -> float | None:
        overview = self._overview
        if not self._is_indexing or overview is None or overview.n_done == N_BINS:
            return None
        return overview.n_done / N_BINS

    def _n_records(self) -> int:
        known = self._tape.n_records
        return known if self._tape.is_complete or self._n_expected is None else max(known, self._n_expected)

    def _last_record(self) -> Any:
        position = self._player.position
        records = self._tape.read(max(0, position - 1), position)
        return records[0] if len(records) else None

    def _digest_of(self, engine: Engine) -> str:
        if self._digest[:2] != (engine, engine.event_id):
            self._digest = (engine, engine.event_id, engine.digest())
        return self._digest[2]

    # --- the pass ahead ----------------------------------------------------------------------------

    def _start_index(self) -> None:
        """Begin or go on with the pass ahead for the parameters in force."""
        player = self._player
        self._index_generation += 1
        self._indexed = player.keyframes
        key = IndexKey(self._identity, self._facts.title, player.params, player.cadence, self._place)
        self._index_thread = threading.Thread(
            target=self._index,
            args=(self._index_thread, self._index_generation, key, player.keyframes),
            name="vpdesk-index",
            daemon=True,
        )
        self._index_thread.start()

    def _index(
        self, former: threading.Thread | None, generation: int, key: IndexKey, keyframes: Keyframes
    ) -> None:
        if former is not None:
            former.join()
        if self._is_overtaken(generation):
            return
        try:
            self._run_ahead(generation, key, keyframes)
        except VpdeskError as error:
            self._index_message = f"{str(error).rstrip('.')}: the session is not indexed beyond."

    def _run_ahead(self, generation: int, key: IndexKey, keyframes: Keyframes) -> None:
        one = self._take_up_pass(key, keyframes)
        told_s = 0.0
        while not one.is_done and not self._is_overtaken(generation):
            is_news = one.indexer.step()
            one.is_done = one.indexer.is_done
            now_s = time.monotonic()
            if one.is_done or now_s - told_s > STATUS_INTERVAL_S:
                self._overview = one.overview = one.indexer.overview()
                told_s = now_s
            if one.is_done:
                self._keep_index(key, one)
            elif not is_news:
                self._stop.wait(INDEX_WAIT_S)

    def _is_overtaken(self, generation: int) -> bool:
        return self._stop.is_set() or not self._is_indexing or generation != self._index_generation

    def _take_up_pass(self, key: IndexKey, keyframes: Keyframes) -> _Pass:
        """Return the pass that fills these keyframes: left before, found on disk, or new."""
        for one in self._passes:
            if one.keyframes is keyframes:
                self._overview = one.overview or self._overview
                return one
        indexer = Indexer(self._tape, key.params, key.cadence, keyframes, *self._span_ns)
        one = _Pass(keyframes, indexer)
        index, self._index_message = self._index_cache.load(key) if self._identity else (None, "")
        if index is not None:
            for frame in index.frames:
                keyframes.add(frame)
            one.is_done, one.overview = True, index.overview
            self._overview = index.overview
        self._passes = [*self._passes[-1:], one]  # as many as the player keeps keyframes
        return one

    def _keep_index(self, key: IndexKey, one: _Pass) -> None:
        frames = one.keyframes.frames()
        overview = one.overview
        if not self._identity or not frames or overview is None or self._problem():
            return
        index = Index(one.indexer.position, frames, overview)
        self._index_message = self._index_cache.save(key, index) or self._index_message


def _tick_of(record: Any, tick_size: int) -> int | None:
    price = int(record["price"])
    return None if price == UNDEF_PRICE else price // tick_size


def span_of(records: np.ndarray) -> tuple[int, int]:
    """Return the clock at the first and the last of some records (MBO_DTYPE), ns; snapshot times aside."""
    ts_event = records["ts_event"]
    defined = ts_event[ts_event < 1 << 63]
    return (int(defined[0]), int(defined.max())) if len(defined) else (0, 1)
