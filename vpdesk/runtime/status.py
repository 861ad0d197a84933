"""What the engine thread tells the window: one small frozen object, replaced whole."""

from dataclasses import dataclass
from enum import Enum


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
class SessionStatus:
    """A moment of a session.

    Times are ns since the UNIX epoch; prices are ticks, None where there is none.
    ``start_ns .. end_ns`` is the time span of the records known so far; ``n_records`` their number.
    ``progress`` is 0..1 while long work runs, else None; ``message`` is a sentence for the user or "".
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
    message: str = ""
    last_event: str = ""  # the event just applied, in words
    digest: str = ""  # filled on request
