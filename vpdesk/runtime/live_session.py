"""A live subscription on an engine thread of its own: feed items in, status and rings out.

LiveFeed (its own threads) -> queue -> this thread: LiveMarket -> the ring of the instrument shown
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.errors import VpdeskError
from vpdesk.runtime.commands import Command, SelectInstrument, SetParams, SetRecording, Stop
from vpdesk.runtime.engine_thread import EngineThread
from vpdesk.runtime.inspection import InspectionSource, KeptRecords
from vpdesk.runtime.keyframes import Keyframes
from vpdesk.runtime.live_health import Delay, health_of, recording_words, span_words
from vpdesk.runtime.live_market import LiveBook, LiveMarket, joined
from vpdesk.runtime.player import RING_COLUMNS, Cadence
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import LiveHealth, SessionState, SessionStatus
from vpdesk.runtime.words import feed_warning
from vpdesk.sources.feed import FeedState, InstrumentKey, LiveStatus
from vpdesk.sources.live import LiveFeed
from vpdesk.sources.recorder import Recorder, RecorderStatus

STATUS_INTERVAL_S: Final = 0.1
RATE_WINDOW_S: Final = 0.5
BEAT_S: Final = 0.004  # gathers what a busy feed sends, so that Python runs less and frames are not late
TAKE_S: Final = 0.02  # the longest wait for records, so the longest that a command waits
DRAIN_S: Final = 2.0  # for what was received before a stop: a full queue takes a fifth of it

_STATES: Final = {
    FeedState.LIVE: SessionState.PLAYING,
    FeedState.STALE: SessionState.PLAYING,
    FeedState.STOPPED: SessionState.FAILED,
}


@dataclass(frozen=True)
class BookResult:
    """Where the engine of one instrument stood at the end; ``digest`` "" if it never began."""

    symbol: str
    event_id: int
    digest: str


class LiveSession(EngineThread):
    """Runs a live feed; a `Session`. Play, pause and seek mean nothing here and are left alone.

    Parameters
    ----------
    feed
        Not started yet; the session starts it and ends it.
    facts
        What the window shows. Symbol, title and origin of the tick size follow the instrument shown.
    params, cadence
        What every engine computes; the tick size is found for each instrument.
    tick_size
        The user's, raw; None to find it.
    new_recorder
        Makes a recorder when recording is switched on.
    ring_columns
        How much history the chart can show.
    """

    def __init__(
        self,
        feed: LiveFeed,
        facts: SessionFacts,
        params: EngineParams,
        cadence: Cadence,
        *,
        tick_size: int | None = None,
        new_recorder: Callable[[], Recorder] | None = None,
        ring_columns: int = RING_COLUMNS,
    ) -> None:
        super().__init__(
            SessionStatus(source=facts.title, live=LiveHealth(text="preparing")), self._inspection_source
        )
        self._feed = feed
        self._facts = facts
        self._market = LiveMarket(facts.dataset, params, cadence, tick_size, ring_columns)
        self._new_recorder = new_recorder
        self._shown: LiveBook | None = None
        self._empty_ring = cadence.new_ring(params.half_width, 16)
        self._feed_status = LiveStatus()
        self._has_failed = False
        self._message = ""
        self._trouble = ""
        self._relief = ""
        self._lost_ns: int | None = None  # since when the trouble lasts, where the feed was live before
        self._told: dict[str, str] = {}  # the sentence last told, by what it is about
        self._status_due_s = 0.0
        self._rate_mark = (0.0, 0)
        self._events_per_s = 0.0
        self._digest = (-1, "")
        self._results: tuple[BookResult, ...] = ()
        self._thread.start()

    # --- for the window, any thread ----------------------------------------------------------------

    @property
    def facts(self) -> SessionFacts:
        """What the window shows; another object when another instrument is shown."""
        return self._facts

    @property
    def params(self) -> EngineParams:
        """The parameters of the instrument shown."""
        shown = self._shown
        engine = None if shown is None else shown.engine
        return self._market.params if engine is None else engine.params

    @property
    def ring(self) -> GridRing:
        """The ring of the instrument shown."""
        shown = self._shown
        ring = None if shown is None else shown.ring
        return self._empty_ring if ring is None else ring

    def shown_columns(self) -> tuple[str, EngineParams, GridRing]:
        """Return the symbol of the instrument shown, its parameters and its ring, all of one instrument."""
        shown = self._shown
        if shown is None or shown.engine is None or shown.ring is None:
            return self._facts.symbol, self._market.params, self._empty_ring
        return shown.name, shown.engine.params, shown.ring

    @property
    def results(self) -> tuple[BookResult, ...]:
        """Where every engine stood at the end; () before it."""
        return self._results

    @property
    def recording(self) -> RecorderStatus | None:
        """How the recording stands, or the last one ended; None if there was none."""
        return self._feed.status.recording

    def close(self) -> None:
        """Ask every thread to end. What was received is applied first, so that a recording holds no more."""
        super().close()
        self._feed.stop()

    def wait_closed(self, timeout_s: float) -> bool:
        """Wait for every thread to end and the recording to be on disk; False if they have not."""
        deadline = time.monotonic() + timeout_s
        has_ended = super().wait_closed(timeout_s)
        return has_ended and self._feed.wait(max(0.0, deadline - time.monotonic()))

    # --- the engine thread -------------------------------------------------------------------------

    def _work(self) -> None:
        if not self._stop.is_set():
            self._feed.start()
        while not self._stop.is_set():
            self._serve()
        self._drain()
        self._market.settle_ticks()

    def _serve(self) -> None:
        """Apply what came, obey, tell; each bounded, so that a stop takes effect at once."""
        items = self._feed.take(TAKE_S)
        for item in joined(items):
            self._market.take(item, time.monotonic())
            self._obey_all()
            self._tell()
        if items:
            self._stop.wait(BEAT_S)
        self._market.look_for_ticks(time.monotonic())
        self._obey_all()
        self._tell()

    def _drain(self) -> None:
        """Apply what was received before the feed stopped: a recording holds it as well."""
        deadline = time.monotonic() + DRAIN_S
        while time.monotonic() < deadline:
            items = self._feed.take(TAKE_S)
            if not items and self._feed.is_over:
                return
            for item in items:
                self._market.take(item, time.monotonic())
        self._fail("Records received before the end were left out: the machine is too slow.")

    def _fail(self, sentence: str) -> None:
        self._has_failed = True
        self._say(sentence)

    def _inspection_source(self) -> InspectionSource | None:
        """Return the records of the instrument shown, as long as they are kept. Thread: inspector."""
        book, params = self._shown, self.params
        records = None if book is None else book.records()
        if records is None or len(records) == 0:
            return None
        return InspectionSource(KeptRecords(records), Keyframes(0, 1), params)

    def _end(self) -> None:
        self._feed.stop()
        results = []
        for book in self._market:
            engine = book.engine
            event_id, digest = (0, "") if engine is None else (engine.event_id, engine.digest())
            results.append(BookResult(book.name, event_id, digest))
        self._results = tuple(results)
        self._status_due_s = 0.0
        self._tell()

    def _obey_all(self) -> None:
        for command in self._inbox.take(0.0):
            self._obey(command)
            self._status_due_s = 0.0

    def _obey(self, command: Command) -> None:
        match command:
            case SelectInstrument(publisher_id, instrument_id):
                key = InstrumentKey(publisher_id, instrument_id)
                if key in self._market:
                    self._show(self._market[key])
            case SetRecording(is_on):
                self._set_recording(is_on)
            case SetParams(params, column_ns, column_events):
                self._change(params, Cadence(column_ns, column_events))
            case Stop():
                self.close()

    def _set_recording(self, is_on: bool) -> None:
        if not is_on:
            self._feed.stop_recording()
        elif self._new_recorder is not None:
            self._feed.record(self._new_recorder())

    def _change(self, params: EngineParams, cadence: Cadence) -> None:
        try:
            is_done = self._market.change(params, cadence)
        except VpdeskError as error:
            self._say(str(error))
            return
        if not is_done:
            self._say(
                "This session is too long for its records to be kept, so its parameters stay. Connect again "
                "to change them, or record the feed and open the recording."
            )

    def _show(self, book: LiveBook) -> None:
        self._shown = book
        self._rate_mark = (time.monotonic(), book.n_events)
        self._digest = (-1, "")

    # --- telling -----------------------------------------------------------------------------------

    def _tell(self) -> None:
        self._grid_tap.look(None if self._shown is None else self._shown.engine)
        now_s = time.monotonic()
        if now_s < self._status_due_s:
            return
        self._status_due_s = now_s + STATUS_INTERVAL_S
        if self._shown is None:
            self._shown = next((book for book in self._market if book.engine is not None), None)
        self._feed_status = self._feed.status
        self._note_news()
        self._follow_shown()
        since_s, n_before = self._rate_mark
        n_events = 0 if self._shown is None else self._shown.n_events
        if now_s - since_s >= RATE_WINDOW_S:
            self._events_per_s = max(0, n_events - n_before) / (now_s - since_s)
            self._rate_mark = (now_s, n_events)
        status = self._make_status()
        if status != self._status:
            self._status = status

    def _note_news(self) -> None:
        """Take up the sentences that the feed, the recording and the market have for the user."""
        feed, recording = self._feed_status, self._feed_status.recording
        self._say_new("notice", feed.notice)
        self._follow_connection(feed)
        if recording is not None:
            words = recording_words(recording)
            is_over = not recording.is_recording
            self._say_new("recording", f"{words[:1].upper()}{words[1:].rstrip('.')}." if is_over else "")
        if self._shown is not None and self._shown.engine is not None:
            self._say_new("feed", feed_warning(self._shown.engine.anomalies))
        remarks, self._market.remarks = self._market.remarks, []
        for remark in remarks:
            self._say(remark)

    def _follow_connection(self, feed: LiveStatus) -> None:
        """Say that the connection is lost, for as long as it is, and what was missed once it is back."""
        match feed.state:
            case FeedState.RECONNECTING:
                self._trouble = f"The connection ended: {feed.reason}. It is tried again."
                self._relief = ""
                self._lost_ns = feed.stale_since_ns
            case FeedState.LIVE | FeedState.WAITING_FOR_RECORDS if self._trouble:
                self._trouble = ""
                if self._lost_ns is not None:
                    missed_s = max(1, math.ceil((time.time_ns() - self._lost_ns) / 1e9))
                    self._relief = f"Connected again, {span_words(missed_s)} missed."
            case FeedState.STOPPED:
                self._trouble = ""
                if not self._stop.is_set():
                    self._say_new("connection", f"The feed stopped: {feed.reason}.")

    def _say_new(self, about: str, sentence: str) -> None:
        if self._told.get(about, "") != sentence:
            self._told[about] = sentence
            self._say(sentence)

    def _say(self, sentence: str) -> None:
        if sentence:
            self._message = sentence

    def _follow_shown(self) -> None:
        """Let the facts be those of the instrument shown."""
        shown = self._shown
        if shown is None or shown.tick is None:
            return
        facts = replace(
            self._facts,
            symbol=shown.name,
            title=f"{shown.name} {self._facts.dataset} live",
            tick_origin=shown.tick.origin,
        )
        if facts != self._facts:
            self._facts = facts

    def _make_status(self) -> SessionStatus:
        shown = self._shown
        live = health_of(self._feed_status, self._market, shown, Delay.now(self._feed_status, shown))
        state = _STATES.get(self._feed_status.state, SessionState.LOADING)
        if self._stop.is_set():
            state = SessionState.FAILED if self._has_failed else SessionState.CLOSED
        status = SessionStatus(
            state=state,
            source=self._facts.title,
            events_per_s=self._events_per_s,
            message=self._message,
            trouble=self._trouble,
            relief=self._relief,
            live=live,
        )
        engine = None if shown is None else shown.engine
        if shown is None or engine is None:
            return status
        bid, ask = engine.best_ticks
        is_quiet = engine.event_id == self._status.event_id
        if is_quiet and self._digest[0] != engine.event_id:
            self._digest = (engine.event_id, engine.digest())
        return replace(
            status,
            event_id=engine.event_id,
            n_records=engine.event_id,
            clock_ns=engine.clock_ns,
            start_ns=self._status.start_ns or engine.clock_ns,
            end_ns=engine.clock_ns,
            book_state="stale" if shown.is_gap else engine.book_state,
            spot_tick=engine.spot_tick,
            best_bid_tick=bid,
            best_ask_tick=ask,
            drive=engine.drive,
            anomalies=tuple(engine.anomalies.items()),
            digest=self._digest[1] if is_quiet else "",
        )
