"""Saved states of a session, so that any moment is near one of them."""

import bisect
import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MAX_KEYFRAME_BYTES: Final = 512 << 20
KEYFRAME_EVENTS: Final = 1 << 16  # records between keyframes: some 7 ms of engine


@dataclass(frozen=True)
class Keyframe:
    """The complete state right after an event: the engine, and where the columns stand.

    Attributes
    ----------
    event_id : int
    clock_ns : int
    seq : int
        The column that was open.
    state : bytes
        `Engine.save`.
    checkpoint : (N,) int64
        `GridRing.checkpoint`.
    """

    event_id: int
    clock_ns: int
    seq: int
    state: bytes
    checkpoint: NDArray[np.int64]


class Keyframes:
    """Keyframes in order of their events, within a bound of memory.

    When the bound is reached, every other keyframe is dropped: the spacing doubles, and `spacing_events`
    with it, so that whoever adds keyframes goes on at the new spacing. Any thread.
    """

    def __init__(self, max_bytes: int, spacing_events: int) -> None:
        self.max_bytes = max_bytes
        self.spacing_events = spacing_events
        self._first_spacing_events = spacing_events
        self._lock = threading.Lock()
        self._ids: list[int] = []
        self._frames: list[Keyframe] = []
        self.n_bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: Keyframe) -> None:
        """Keep a keyframe; one of the same event is replaced."""
        with self._lock:
            at = bisect.bisect_left(self._ids, frame.event_id)
            if at < len(self._ids) and self._ids[at] == frame.event_id:
                self.n_bytes -= len(self._frames[at].state)
                self._frames[at] = frame
            else:
                self._ids.insert(at, frame.event_id)
                self._frames.insert(at, frame)
            self.n_bytes += len(frame.state)
            while self.n_bytes > self.max_bytes and len(self._frames) > 1:
                self._thin_out()

    def _thin_out(self) -> None:
        self._frames = self._frames[::2]
        self._ids = [frame.event_id for frame in self._frames]
        self.n_bytes = sum(len(frame.state) for frame in self._frames)
        self.spacing_events *= 2

    def last_at_event(self, event_id: int) -> Keyframe | None:
        """Return the last keyframe at or before an event."""
        with self._lock:
            at = bisect.bisect_right(self._ids, event_id)
            return self._frames[at - 1] if at else None

    def last_at_time(self, ts_ns: int) -> Keyframe | None:
        """Return the last keyframe whose clock is at or before a time."""
        with self._lock:
            # the clock is a running maximum, so it rises with the events
            at = bisect.bisect_right(self._frames, ts_ns, key=lambda frame: frame.clock_ns)
            return self._frames[at - 1] if at else None

    def last_at_column(self, seq: int) -> Keyframe | None:
        """Return the last keyframe taken in column `seq` or before it."""
        with self._lock:
            at = bisect.bisect_right(self._frames, seq, key=lambda frame: frame.seq)
            return self._frames[at - 1] if at else None

    def frames(self) -> tuple[Keyframe, ...]:
        """Return all keyframes, in order."""
        with self._lock:
            return tuple(self._frames)

    def emptied(self) -> "Keyframes":
        """Return another, empty one with the same bounds."""
        return Keyframes(self.max_bytes, self._first_spacing_events)
