"""Tells from the flags alone when an instrument's book is whole after a (re)connection.

A snapshot is a clear and adds, flagged F_SNAPSHOT, and may end without F_LAST: the book then counts only
from the next record that has it.
"""

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import F_LAST, F_SNAPSHOT
from vpdesk.sources.feed import InstrumentKey


class BookSync:
    """Which books of one session are whole. Not thread-safe.

    With ``needs_snapshot`` a book counts only from a clear or a snapshot on; otherwise from the first
    complete event (a capture that starts mid-book has nothing better).
    """

    def __init__(self, needs_snapshot: bool) -> None:
        self._needs_snapshot = needs_snapshot
        self._has_begun: dict[InstrumentKey, bool] = {}
        self._whole: set[InstrumentKey] = set()

    @property
    def is_whole(self) -> bool:
        """Whether every instrument seen in this session has a whole book, and there is one."""
        return bool(self._has_begun) and len(self._whole) == len(self._has_begun)

    def advance(self, instrument: InstrumentKey, records: NDArray[np.void]) -> int | None:
        """Return how many of ``records`` it takes to make the book whole; None if it was, or is not yet."""
        if instrument in self._whole:
            return None
        begin = 0
        if not self._has_begun.get(instrument, not self._needs_snapshot):
            is_start = (records["flags"] & F_SNAPSHOT != 0) | (records["action"] == b"R")
            if not is_start.any():
                self._has_begun[instrument] = False
                return None
            begin = int(is_start.argmax())
        self._has_begun[instrument] = True
        is_last = records["flags"][begin:] & F_LAST != 0
        if not is_last.any():
            return None
        self._whole.add(instrument)
        return begin + int(is_last.argmax()) + 1
