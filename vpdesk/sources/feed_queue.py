"""The queue between the network thread and the engine thread: bounded, in order, never dropping.

The bound is in bytes and in market time. Past it the network thread stops reading the socket, so the
sender waits: a slow reader lags, and loses nothing.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from vpdesk.core.events import MBO_DTYPE, UNDEF_TIMESTAMP
from vpdesk.sources.feed import FeedItem, Records

MAX_BYTES: Final = 64 * 2**20  # 1.2 million records: six seconds of the busiest feed
MAX_MARKET_S: Final = 10.0  # but a thin feed has no use for hours in the queue
_MIN_RECORDS: Final = 65_536  # market time counts only above this: a night's silence is no backlog
_RESUME_BELOW: Final = 0.5  # of the bound, so that reading does not stutter
MAX_TAKE_RECORDS: Final = 32_768  # some 5 ms of the engine


class FeedQueue:
    """Feed items waiting for the engine. One thread puts, one takes; status is for any."""

    def __init__(
        self,
        *,
        max_bytes: int = MAX_BYTES,
        max_market_s: float = MAX_MARKET_S,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._max_bytes = max_bytes
        self._max_market_ns = int(max_market_s * 1e9)
        self._clock = clock
        self._items: deque[FeedItem] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self._on_room: Callable[[], None] | None = None
        self.queued_records = 0
        self._lag_ns: int | None = None

    @property
    def queued_bytes(self) -> int:
        """Bytes of the records waiting."""
        return self.queued_records * MBO_DTYPE.itemsize

    @property
    def is_full(self) -> bool:
        """Whether the reader has been told to wait."""
        return self._on_room is not None

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is accepted."""
        return self._is_closed

    @property
    def lag_s(self) -> float | None:
        """Now less the ``ts_recv`` of the oldest record waiting, else the last one's when it was taken."""
        with self._changed:
            oldest_ns = next((_first_ts(item) for item in self._items if isinstance(item, Records)), None)
            lag_ns = self._lag_ns if oldest_ns is None else self._clock() - oldest_ns
        return None if lag_ns is None else lag_ns / 1e9

    def put(self, items: list[FeedItem], on_room: Callable[[], None]) -> bool:
        """Append; return True if the caller must stop reading until ``on_room`` is called.

        ``on_room`` is called once, on the taking thread. Never blocks, never drops.
        """
        with self._changed:
            if self._is_closed:
                return False
            self._items.extend(items)
            self.queued_records += sum(len(item.records) for item in items if isinstance(item, Records))
            is_over = self._is_over(1.0)
            if is_over:
                self._on_room = on_room
            self._changed.notify()
        return is_over

    def mark(self, item: FeedItem) -> None:
        """Append one item that is no records, so that there is nothing to wait for."""
        with self._changed:
            if not self._is_closed:
                self._items.append(item)
                self._changed.notify()

    def take(self, timeout_s: float, max_records: int = MAX_TAKE_RECORDS) -> list[FeedItem]:
        """Return the next items, some ``max_records`` records at most; [] if none came in time."""
        taken: list[FeedItem] = []
        on_room = None
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._is_closed, timeout_s)
            n_taken = 0
            while self._items and n_taken < max_records:
                item = self._items.popleft()
                taken.append(item)
                if isinstance(item, Records):
                    n_taken += len(item.records)
                    newest_ns = _last_ts(item)
                    if newest_ns is not None:
                        self._lag_ns = self._clock() - newest_ns
            self.queued_records -= n_taken
            if self._on_room is not None and not self._is_over(_RESUME_BELOW):
                on_room, self._on_room = self._on_room, None
        if on_room is not None:
            on_room()
        return taken

    def close(self) -> None:
        """Accept nothing more and wake the taker; what is waiting can still be taken."""
        with self._changed:
            self._is_closed = True
            self._on_room = None
            self._changed.notify_all()

    def _is_over(self, share: float) -> bool:
        if self.queued_bytes > share * self._max_bytes:
            return True
        if self.queued_records <= _MIN_RECORDS:
            return False
        oldest_ns = next((_first_ts(item) for item in self._items if isinstance(item, Records)), None)
        newest_ns = next(
            (_last_ts(item) for item in reversed(self._items) if isinstance(item, Records)), None
        )
        if oldest_ns is None or newest_ns is None:
            return False
        return newest_ns - oldest_ns > share * self._max_market_ns


def _first_ts(item: Records) -> int | None:
    return _defined(int(item.records[0]["ts_recv"]))


def _last_ts(item: Records) -> int | None:
    return _defined(int(item.records[-1]["ts_recv"]))


def _defined(ts_ns: int) -> int | None:
    return None if ts_ns == UNDEF_TIMESTAMP else ts_ns
