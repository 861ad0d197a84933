"""A live feed that keeps itself going: the real client, supervised, into a queue for the engine thread.

    network thread (one per connection) -> FeedQueue -> `LiveFeed.take` on the engine thread
    supervising thread: connect, wait for the end, decide, wait, connect again

Nothing but `take` and `wait` ever waits, and those no longer than asked.
"""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from vpdesk.sources.api_key import ApiKey
from vpdesk.sources.feed import (
    FeedItem,
    FeedState,
    GapBegan,
    LiveRequest,
    LiveStatus,
    Mapped,
    Records,
    Timing,
)
from vpdesk.sources.feed_queue import FeedQueue
from vpdesk.sources.recorder import Recorder, Recording
from vpdesk.sources.supervisor import SessionEnd, Supervisor

if TYPE_CHECKING:
    from vpdesk.sources.live_session import LiveSession


class LiveFeed:
    """A subscription that lasts until it is stopped, across drops.

    Parameters
    ----------
    request
        What to subscribe to. After a drop a snapshot is asked for, whatever the first subscription was.
    key
        The API key.
    recorder
        Takes the bytes as they come, from the first on; the feed closes it. See `record` as well.
    timing
        Waits and limits.
    clock
        UNIX ns, for the lag and for "since when".
    queue
        Replaces the queue of default size.
    """

    def __init__(
        self,
        request: LiveRequest,
        key: ApiKey,
        recorder: Recorder | None = None,
        *,
        timing: Timing | None = None,
        clock: Callable[[], int] = time.time_ns,
        queue: FeedQueue | None = None,
    ) -> None:
        self._request = request
        self._key = key
        self._recording = Recording()
        if recorder is not None:
            self._recording.start(recorder)
        self._timing = timing or Timing()
        self._clock = clock
        self._queue = queue or FeedQueue(clock=clock)
        self._lock = threading.Lock()
        self._supervisor = Supervisor(self._timing)
        self._session: LiveSession | None = None
        self._stopping = threading.Event()
        self._notice = ""
        self._n_records = 0
        self._has_news = False  # records since the last gap began
        self._n_sessions = 0
        self._symbols: dict[int, Mapped] = {}
        self._thread = threading.Thread(target=self._run, name="vpdesk live", daemon=True)

    def start(self) -> None:
        """Begin connecting; returns at once."""
        self._thread.start()

    def take(self, timeout_s: float) -> list[FeedItem]:
        """Return the next items in stream order; [] if none came in time. Thread: engine."""
        return self._queue.take(timeout_s)

    def record(self, recorder: Recorder) -> None:
        """Record from here on; the feed closes the recorder. Returns at once. Thread: any."""
        self._recording.start(recorder)

    def stop_recording(self) -> None:
        """End the recording, if there is one; the feed goes on. Returns at once. Thread: any."""
        self._recording.stop()

    def stop(self) -> None:
        """Disconnect, in any state; returns at once. May be called again. Thread: any.

        What was received until then was recorded, and can still be taken, until `is_over`.
        """
        self._stopping.set()
        with self._lock:
            session = self._session
        if session is not None:
            session.cancel()
        if not self._thread.is_alive():  # never started, so nobody else would
            self._queue.close()
            self._recording.close()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come; what is queued can still be taken. Thread: any."""
        return self._queue.is_closed

    def wait(self, timeout_s: float) -> bool:
        """Wait until the connection, its threads and the recording are closed; False if they are not yet."""
        deadline = time.monotonic() + timeout_s
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                return False
        return self._recording.wait(max(0.0, deadline - time.monotonic()))

    @property
    def status(self) -> LiveStatus:
        """How the feed stands now. Thread: any; never waits for the network."""
        with self._lock:
            supervisor = self._supervisor
            retry_in_s = None
            if supervisor.retry_at_ns is not None:
                # the wait itself runs by a clock that nobody sets; only what is shown follows this one
                left_s = (supervisor.retry_at_ns - self._clock()) / 1e9
                longest_s = self._timing.backoff_max_s * (1 + self._timing.backoff_jitter)
                retry_in_s = min(max(0.0, left_s), longest_s)
            return LiveStatus(
                state=supervisor.state,
                reason=supervisor.reason,
                notice=self._notice,
                stale_since_ns=supervisor.stale_since_ns,
                retry_in_s=retry_in_s,
                lag_s=self._queue.lag_s,
                n_records=self._n_records,
                n_sessions=self._n_sessions,
                queued_records=self._queue.queued_records,
                queued_bytes=self._queue.queued_bytes,
                is_reading_paused=self._queue.is_full,
                symbols=tuple(self._symbols.values()),
                recording=self._recording.status,
            )

    # --- supervising thread ------------------------------------------------------------------------

    def _run(self) -> None:
        # Here, because importing the client takes a second that no window should wait for.
        from vpdesk.sources.live_session import LiveSession

        is_reconnect = False
        while True:
            session = LiveSession(
                self._request, self._key, self._timing, self, self._recording, is_reconnect=is_reconnect
            )
            with self._lock:
                self._session = session
                self._n_sessions += 1
            if self._stopping.is_set():  # asked before the session could be told
                session.cancel()
            end = session.run()
            wait_s = self._decide(end)
            is_reconnect = is_reconnect or self._n_records > 0
            if wait_s is None or self._stopping.wait(wait_s):
                break
        self._close()

    def _decide(self, end: SessionEnd) -> float | None:
        now_ns = self._clock()
        with self._lock:
            self._session = None
            wait_s = self._supervisor.end(end, now_ns)
            begins_gap = self._has_news and not end.is_requested
            self._has_news = False
        if begins_gap:
            self._queue.mark(GapBegan(now_ns))
        return wait_s

    def _close(self) -> None:
        with self._lock:
            if self._supervisor.state is not FeedState.STOPPED:  # stopped while waiting to reconnect
                self._supervisor.end(SessionEnd("disconnected", is_requested=True), self._clock())
        self._queue.close()
        self._recording.close()

    # --- the session's listener. Thread: network ---------------------------------------------------

    def on_state(self, state: FeedState) -> None:
        """Follow the session."""
        with self._lock:
            self._supervisor.enter(state)

    def on_notice(self, sentence: str) -> None:
        """Keep the newest notice."""
        with self._lock:
            self._notice = sentence

    def on_silence(self, silent_s: float) -> None:
        """Say that the books may be out of date."""
        with self._lock:
            self._supervisor.fall_silent(self._clock() - int(silent_s * 1e9))

    def on_sound(self) -> None:
        """Take back what `on_silence` said."""
        with self._lock:
            self._supervisor.hear()

    def on_items(self, items: list[FeedItem], on_room: Callable[[], None]) -> bool:
        """Queue the items for the engine thread."""
        n_records = sum(len(item.records) for item in items if isinstance(item, Records))
        with self._lock:
            self._n_records += n_records
            self._has_news = self._has_news or n_records > 0
            for item in items:
                if isinstance(item, Mapped):
                    self._symbols[item.instrument_id] = item
        return self._queue.put(items, on_room)
