"""What a feed does after each end of a connection. No thread, no socket: states in, decisions out.

    connecting -> authenticating -> waiting for snapshot -> live <-> stale
         ^                                                   |
         +---- reconnecting in 1, 2, 4 .. 30 s <-------------+ any end that was not asked for
                                                             |
                                      stopped (why) <--------+ asked for, or no use trying again

The client library calls a closed connection in mid-stream a success; here it is the drop that it is.
"""

import logging
import random
from dataclasses import dataclass

from vpdesk.sources.feed import FeedState, Timing

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """Why a connection ended: a sentence, and whether another attempt would end the same way."""

    reason: str
    is_final: bool = False
    is_requested: bool = False


class Supervisor:
    """The state of a feed and its next step. Not thread-safe; `vpdesk.sources.live` holds the lock.

    Times are UNIX ns. ``stale_since_ns`` runs from the moment the books could last be believed until all
    of them are whole again.
    """

    def __init__(self, timing: Timing, rng: random.Random | None = None) -> None:
        self._timing = timing
        self._rng = rng or random.Random()
        self._n_failures = 0
        self._was_live = False
        self.state = FeedState.IDLE
        self.reason = ""
        self.stale_since_ns: int | None = None
        self.retry_at_ns: int | None = None

    def enter(self, state: FeedState) -> None:
        """Follow a connection through connecting, authenticating, waiting for snapshot, and live."""
        if self.state is FeedState.STOPPED:
            return
        if state is FeedState.LIVE:
            self._n_failures = 0
            self._was_live = True
            self.stale_since_ns = None
            self.reason = ""
        self._change(state)
        self.retry_at_ns = None

    def fall_silent(self, since_ns: int) -> None:
        """Note that even the heartbeat is overdue."""
        if self.state is FeedState.LIVE:
            self.reason = "the heartbeat is overdue"
            self._change(FeedState.STALE)
            self.stale_since_ns = since_ns

    def hear(self) -> None:
        """Note that bytes come again on the same connection: nothing was lost."""
        if self.state is FeedState.STALE:
            self.enter(FeedState.LIVE)

    def end(self, end: SessionEnd, now_ns: int) -> float | None:
        """Take the end of a connection; return the seconds to wait before the next, None to stop."""
        if self._was_live and self.stale_since_ns is None:
            self.stale_since_ns = now_ns
        self.reason = end.reason.rstrip(".")  # a sentence goes around it
        if end.is_final or end.is_requested:
            self._change(FeedState.STOPPED)
            self.retry_at_ns = None
            return None
        wait_s = self._next_wait_s()
        self._change(FeedState.RECONNECTING)
        self.retry_at_ns = now_ns + int(wait_s * 1e9)
        return wait_s

    def _change(self, state: FeedState) -> None:
        if state is not self.state:
            _log.info("feed %s%s", state.value, f": {self.reason}" if self.reason else "")
        self.state = state

    def _next_wait_s(self) -> float:
        timing = self._timing
        exponent = min(self._n_failures, 32)  # far past the longest wait, far below an overflow
        self._n_failures += 1
        wait_s = min(timing.backoff_first_s * 2.0**exponent, timing.backoff_max_s)
        return wait_s * self._rng.uniform(1.0 - timing.backoff_jitter, 1.0 + timing.backoff_jitter)
