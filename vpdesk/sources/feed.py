"""The words of a live feed: what is asked of it, what it delivers, and how it stands.

All of them are frozen, so they may cross threads. `vpdesk.sources.live` speaks them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vpdesk.errors import SourceError
from vpdesk.sources.recorder import RecorderStatus

DEFAULT_PORT: Final = 13000
STYPES_IN: Final = ("raw_symbol", "parent", "continuous", "instrument_id", "nasdaq_symbol", "cms_symbol")


@dataclass(frozen=True, slots=True)
class LiveRequest:
    """What to subscribe to.

    Either ``snapshot`` (the book as it is now, then what follows) or ``start_ns`` (UNIX ns: replay from
    there, 0 for all the gateway keeps), or neither. ``gateway`` None means Databento's own host for the
    dataset. ``definitions`` also asks for the instruments' definitions, which carry the tick size.

    Raises
    ------
    SourceError
        The request cannot be meant.
    """

    dataset: str
    symbols: tuple[str, ...]
    stype_in: str = "raw_symbol"
    snapshot: bool = True
    start_ns: int | None = None
    gateway: str | None = None
    port: int = DEFAULT_PORT
    definitions: bool = True

    def __post_init__(self) -> None:
        if not self.dataset.strip():
            raise SourceError("Name the dataset to connect to, for example GLBX.MDP3.")
        if not self.symbols or not all(symbol.strip() for symbol in self.symbols):
            raise SourceError("Name at least one symbol, for example ES.c.0.")
        if self.stype_in not in STYPES_IN:
            raise SourceError(
                f'"{self.stype_in}" is no way to name symbols: use one of {", ".join(STYPES_IN)}.'
            )
        if self.snapshot and self.start_ns is not None:
            raise SourceError("Ask either for a snapshot or for a replay from a start time, not for both.")
        if not 1 <= self.port <= 65535:
            raise SourceError(f"{self.port} is not a port: use 1 to 65535.")


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a feed waits for what, in seconds.

    Databento allows five connections per second and address; its own client waits 10 s longer than the
    heartbeat interval, and only once the first record has come.
    """

    heartbeat_interval_s: int = 10
    silence_margin_s: float = 5.0
    backoff_first_s: float = 1.0
    backoff_max_s: float = 30.0
    backoff_jitter: float = 0.2  # of the wait, up or down
    symbol_grace_s: float = 2.0  # between "unknown symbol" and giving up, if nothing else matches

    @property
    def silence_limit_s(self) -> float:
        """No byte for so long, and the connection counts as dead."""
        return self.heartbeat_interval_s + self.silence_margin_s

    @property
    def stale_after_s(self) -> float:
        """No byte for so long, and the book is shown as stale."""
        return self.heartbeat_interval_s + self.silence_margin_s / 2


class InstrumentKey(NamedTuple):
    """What one order book is kept by. An instrument_id alone is not unique between venues."""

    publisher_id: int
    instrument_id: int


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one instrument, in stream order.

    records : (n,) MBO_DTYPE, n >= 1, owning its bytes; not to be written to.
    ``received_ns`` is when the socket gave them (UNIX ns).
    """

    instrument: InstrumentKey
    records: NDArray[np.void]
    received_ns: int


@dataclass(frozen=True, slots=True)
class GapBegan:
    """Records may be missing from here on: no book is to be believed until its own `GapEnded`."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class GapEnded:
    """The book of this instrument is whole again, by the record just delivered."""

    instrument: InstrumentKey


@dataclass(frozen=True, slots=True)
class Mapped:
    """The gateway resolved ``asked`` to an instrument whose own symbol is ``symbol``."""

    instrument_id: int
    asked: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition record; ``tick_size`` is in raw price units (1e-9), None where the venue gives none."""

    instrument_id: int
    symbol: str
    tick_size: int | None


FeedItem = Records | GapBegan | GapEnded | Mapped | Defined


class FeedState(Enum):
    """Where a live feed stands; the value is how it is said."""

    IDLE = "not connected"
    CONNECTING = "connecting"
    AUTHENTICATING = "authenticating"
    WAITING_FOR_SNAPSHOT = "waiting for snapshot"
    WAITING_FOR_RECORDS = "waiting for records"  # no snapshot was asked for
    LIVE = "live"
    STALE = "stale"
    RECONNECTING = "reconnecting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """A moment of a live feed.

    ``reason`` says why the feed is stale, reconnecting or stopped; ``notice`` is the last thing the
    gateway wanted known. ``lag_s`` is now less the ``ts_recv`` of the oldest record not yet taken, or of
    the last one taken, at that moment; None before the first. ``stale_since_ns`` is None while the books
    can be believed.
    """

    state: FeedState = FeedState.IDLE
    reason: str = ""
    notice: str = ""
    stale_since_ns: int | None = None
    retry_in_s: float | None = None
    lag_s: float | None = None
    n_records: int = 0
    n_sessions: int = 0
    queued_records: int = 0
    queued_bytes: int = 0
    is_reading_paused: bool = False
    symbols: tuple[Mapped, ...] = ()
    recording: RecorderStatus | None = None

    @property
    def text(self) -> str:
        """The state in plain words, with the reason."""
        if self.state is FeedState.RECONNECTING and self.retry_in_s is not None:
            words = f"reconnecting in {self.retry_in_s:.0f} s"
        elif self.state is FeedState.STALE and self.stale_since_ns is not None:
            since = datetime.fromtimestamp(self.stale_since_ns / 1e9, UTC)
            words = f"stale since {since:%H:%M:%S} UTC"
        else:
            words = self.state.value
        return f"{words}: {self.reason}" if self.reason else words
