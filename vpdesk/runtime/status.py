"""What the engine thread tells the window: one small frozen object, replaced whole."""

from dataclasses import dataclass
from enum import Enum

from vpdesk.core.params import EngineParams


class SessionState(Enum):
    """Where a session stands; the value is what the health strip shows."""

    PREPARING = "preparing"  # kernels are being compiled or loaded
    LOADING = "loading"  # no records yet
    PLAYING = "playing"
    PAUSED = "paused"
    SEEKING = "seeking"
    ENDED = "end of data"  # paused at the last event
    FAILED = "stopped"
    CLOSED = "closed"


@dataclass(frozen=True)
class LiveInstrument:
    """One instrument of a live subscription; ``n_events`` is 0 until its first record."""

    publisher_id: int
    instrument_id: int
    symbol: str
    n_events: int = 0
    is_shown: bool = False


@dataclass(frozen=True)
class LiveHealth:
    """What only a live session has to tell.

    Attributes
    ----------
    text, reason
        Where the feed stands, in plain words, and why, "" where that needs no words.
    is_well
        Whether the books can be believed and are up to date.
    lag_s
        Now less ``ts_recv`` of the last record applied; for old data, which a practice gateway serves,
        the time from the socket to the engine instead. None while the feed is not live.
    quiet_s
        Since the last record of the instrument shown came, 0 while some wait to be applied.
    queued_records
        Received and not yet applied.
    recording, recorded_bytes
        The recording in words, "" if there was none, and its size.
    instruments
        In the order in which they appeared.
    """

    text: str = ""
    reason: str = ""
    is_well: bool = False
    lag_s: float | None = None
    quiet_s: float = 0.0
    is_old_data: bool = False
    queued_records: int = 0
    n_records: int = 0
    n_gaps: int = 0
    is_recording: bool = False
    recording: str = ""
    recorded_bytes: int = 0
    instruments: tuple[LiveInstrument, ...] = ()


@dataclass(frozen=True)
class SessionStatus:
    """A moment of a session.

    Times are ns since the UNIX epoch; prices are ticks, None where there is none.
    ``start_ns .. end_ns`` is the time span of the records known so far; ``n_records`` their number.
    ``progress`` is 0..1 while long work runs, else None; ``index_progress`` the same of the pass ahead.
    ``params``, ``column_ns`` and ``column_events`` are those of the state told about; None and 0 where they
    cannot be changed. ``last_tick`` is the price of the event just applied.
    ``n_silences`` long silences were skipped so far, the last one ``silence_s`` of event time.
    ``message`` holds sentences for the user that stay true, a line each. ``trouble`` is one that holds only
    while it is there, such as a lost connection; ``relief`` tells, until the next trouble, that it is over.
    """

    state: SessionState = SessionState.PREPARING
    source: str = ""
    event_id: int = 0
    n_records: int = 0
    is_complete: bool = False
    clock_ns: int = 0
    start_ns: int = 0
    end_ns: int = 0
    speed: float = 1.0
    events_per_s: float = 0.0
    book_state: str = "empty"
    spot_tick: int | None = None
    best_bid_tick: int | None = None
    best_ask_tick: int | None = None
    drive: float = 0.0
    anomalies: tuple[tuple[str, int], ...] = ()
    progress: float | None = None
    index_progress: float | None = None
    params: EngineParams | None = None
    column_ns: int = 0
    column_events: int = 0
    n_silences: int = 0
    silence_s: float = 0.0
    message: str = ""
    trouble: str = ""
    relief: str = ""
    last_event: str = ""  # the event just applied, in words
    last_tick: int | None = None
    digest: str = ""  # of the engine's state; filled while the session rests
    live: LiveHealth | None = None
