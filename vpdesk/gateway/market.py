"""The records still to be served: which are due, and what book the ones already served have built."""

import math
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE, UNDEF_TIMESTAMP
from vpdesk.gateway.book import Books
from vpdesk.sources.feed import InstrumentKey

_MAX_DUE: Final = 4096  # records handed out at once


class Market:
    """A tape that plays while somebody listens, and stands still in between.

    Parameters
    ----------
    tape
        Arrays of MBO_DTYPE, in stream order.
    speed
        Market time per wall time, by ``ts_recv``; infinity for as fast as it goes.
    """

    def __init__(self, tape: Iterable[NDArray[np.void]], speed: float) -> None:
        self._tape: Iterator[NDArray[np.void]] = iter(tape)
        self._speed = speed
        self._records: NDArray[np.void] | None = None
        self._clock_ns = np.zeros(0, np.uint64)  # running maximum of ts_recv, per record
        self._position = 0
        self._books = Books()
        self._origin_wall_s = 0.0
        self._origin_ns = 0
        self.now_ns = 0
        self.n_served = 0

    def open(self, wall_s: float) -> None:
        """Let market time run on from where it stood."""
        self._origin_wall_s = wall_s
        self._origin_ns = self._next_ns()

    @property
    def is_over(self) -> bool:
        """Whether every record has been served."""
        return not self._has_next()

    def due(self, wall_s: float) -> NDArray[np.void]:
        """Return the next records whose time has come; they count as served."""
        if not self._has_next():
            return np.zeros(0, MBO_DTYPE)
        assert self._records is not None
        begin = self._position
        end = min(begin + _MAX_DUE, len(self._records))
        if not math.isinf(self._speed):
            now_ns = self._origin_ns + int((wall_s - self._origin_wall_s) * self._speed * 1e9)
            end = begin + int(np.searchsorted(self._clock_ns[begin:end], now_ns, side="right"))
        records = self._records[begin:end]
        self._position = end
        if len(records):
            self.now_ns = int(self._clock_ns[end - 1])
            self._served(records)
        return records

    def wait_s(self, wall_s: float) -> float:
        """Return how long it is until the next record is due; infinity at the end of the tape."""
        if not self._has_next():
            return math.inf
        if math.isinf(self._speed):
            return 0.0
        due_in_s = (self._next_ns() - self._origin_ns) / 1e9 / self._speed
        return max(0.0, self._origin_wall_s + due_in_s - wall_s)

    def skip_before(self, ts_event_ns: int) -> None:
        """Pass over records older than this, up to the first that is not."""
        while self._has_next():
            assert self._records is not None
            ahead = self._records[self._position :]
            is_wanted = ahead["ts_event"] >= ts_event_ns
            n_skipped = int(is_wanted.argmax()) if is_wanted.any() else len(ahead)
            self._served(ahead[:n_skipped])
            self._position += n_skipped
            if is_wanted.any():
                return

    def snapshot(self, instrument: InstrumentKey) -> NDArray[np.void]:
        """Return the book that the records served so far have built, as snapshot records."""
        return self._books.snapshot(instrument, self.now_ns)

    def _served(self, records: NDArray[np.void]) -> None:
        self.n_served += len(records)
        self._books.apply(records)

    def _next_ns(self) -> int:
        return int(self._clock_ns[self._position]) if self._has_next() else self.now_ns

    def _has_next(self) -> bool:
        while self._records is None or self._position >= len(self._records):
            records = next(self._tape, None)
            if records is None:
                return False
            last_ns = int(self._clock_ns[-1]) if len(self._clock_ns) else 0
            self._records = records
            self._clock_ns = _running_clock(records["ts_recv"], last_ns)
            self._position = 0
        return True


def _running_clock(ts_recv: NDArray[np.uint64], last_ns: int) -> NDArray[np.uint64]:
    """Return the running maximum, undefined times left out; before the first defined one, that one."""
    is_defined = ts_recv != UNDEF_TIMESTAMP
    if not last_ns and is_defined.any():
        last_ns = int(ts_recv[is_defined.argmax()])
    return np.maximum.accumulate(np.maximum(np.where(is_defined, ts_recv, 0), np.uint64(last_ns)))
