"""What the window may ask of the engine thread: frozen messages, carried by a queue."""

from dataclasses import dataclass
from typing import Final

from vpdesk.core.params import EngineParams

MAX_SPEED: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Play:
    """Run on from where the session stands."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop between two events; the picture stays."""


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Event time per wall time: 0.1 to 1000, or `MAX_SPEED`."""

    speed: float


@dataclass(frozen=True, slots=True)
class Step:
    """Pause, then move by ``count`` units; negative goes back.

    ``unit`` is one of "event", "group" (F_LAST), "trade", "best" (best bid or ask changes), "spot",
    "column".
    """

    unit: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class SeekTime:
    """Go to the last event at or before ``ts_ns`` (the clock, ns)."""

    ts_ns: int


@dataclass(frozen=True, slots=True)
class SeekEvent:
    """Go to the state right after event ``event_id``; 0 is the very start."""

    event_id: int


@dataclass(frozen=True, slots=True)
class SetParams:
    """Recompute the session to the same event with other parameters or another column cadence."""

    params: EngineParams
    column_ns: int
    column_events: int = 0


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """Have at least this many true columns before the current one, as far back as the session goes."""

    n_columns: int


@dataclass(frozen=True, slots=True)
class SkipSilences:
    """Pass over long pauses of the feed while playing, or wait through them."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class SetIndexing:
    """Let the pass ahead run, or rest; what it has found so far stays in use."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class Inspect:
    """Report on a bucket as it stood right after an event, without moving there."""

    event_id: int
    bucket: int


@dataclass(frozen=True, slots=True)
class CancelWork:
    """Give up the seek or recomputation under way; stay at the last consistent state."""


@dataclass(frozen=True, slots=True)
class SelectInstrument:
    """Show another instrument of a live subscription."""

    publisher_id: int
    instrument_id: int


@dataclass(frozen=True, slots=True)
class SetRecording:
    """Begin or end the recording of a live feed."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """End the thread."""


Command = (
    Play
    | Pause
    | SetSpeed
    | Step
    | SeekTime
    | SeekEvent
    | SetParams
    | ShowHistory
    | SkipSilences
    | SetIndexing
    | Inspect
    | CancelWork
    | SelectInstrument
    | SetRecording
    | Stop
)
