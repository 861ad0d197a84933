"""How a live session is doing, in plain words."""

import time
from dataclasses import dataclass
from typing import Final

from vpdesk.figures import bytes_text, grouped
from vpdesk.runtime.live_market import LiveBook, LiveMarket
from vpdesk.runtime.status import LiveHealth, LiveInstrument
from vpdesk.sources.feed import FeedState, LiveStatus
from vpdesk.sources.recorder import RecorderStatus

BEHIND_S: Final = 1.0  # from the socket to the engine, and the user is told
CATCHING_UP_S: Final = 10.0  # behind the venue, while our own queue is short: history is being sent
OLD_DATA_S: Final = 172_800.0  # no gateway keeps two days: what is older is a file's


@dataclass(frozen=True)
class Delay:
    """How late the instrument shown is, in seconds, None where there is nothing to measure.

    ``venue_s`` is now less ``ts_recv``; ``own_s`` the time from the socket to the engine; ``quiet_s`` the
    time since the last record came, 0 while there are some in the queue.
    """

    venue_s: float | None
    own_s: float | None
    quiet_s: float = 0.0

    @classmethod
    def now(cls, feed: LiveStatus, shown: LiveBook | None) -> "Delay":
        """Measure."""
        if shown is None:
            return cls(feed.lag_s, None)
        since_s = max(0.0, (time.time_ns() - shown.received_ns) / 1e9) if shown.received_ns else 0.0
        # Without a queue there is nothing to be late with: the last record was simply long ago.
        own_s, quiet_s = (since_s, 0.0) if feed.queued_records else (0.0, since_s)
        return cls(feed.lag_s, own_s, quiet_s)

    @property
    def is_old_data(self) -> bool:
        """Whether the records are a file's, whose times say nothing about the connection."""
        return self.venue_s is not None and self.venue_s > OLD_DATA_S

    @property
    def lag_s(self) -> float | None:
        """What to show as the lag."""
        return self.own_s if self.is_old_data else self.venue_s


def health_of(feed: LiveStatus, market: LiveMarket, shown: LiveBook | None, delay: Delay) -> LiveHealth:
    """Return what the health strip shows of a live session."""
    recording = feed.recording
    return LiveHealth(
        text=feed_words(feed, delay),
        reason=feed.reason,
        is_well=feed.state is FeedState.LIVE and not is_behind(feed, delay),
        lag_s=delay.lag_s if feed.state is FeedState.LIVE else None,
        quiet_s=delay.quiet_s if feed.state is FeedState.LIVE else 0.0,
        is_old_data=delay.is_old_data,
        queued_records=feed.queued_records,
        n_records=feed.n_records,
        n_gaps=market.n_gaps,
        is_recording=recording is not None and recording.is_recording,
        recording="" if recording is None else recording_words(recording),
        recorded_bytes=0 if recording is None else recording.n_bytes,
        instruments=tuple(
            LiveInstrument(*book.key, book.name, book.n_events, is_shown=book is shown) for book in market
        ),
    )


def is_behind(feed: LiveStatus, delay: Delay) -> bool:
    """Whether this machine does not keep up."""
    return feed.is_reading_paused or (delay.own_s is not None and delay.own_s > BEHIND_S)


def feed_words(feed: LiveStatus, delay: Delay) -> str:
    """Return where the feed stands, and how far behind it is if that matters."""
    if feed.state is FeedState.IDLE:
        return FeedState.CONNECTING.value
    if feed.state is not FeedState.LIVE:
        return feed.text.removesuffix(f": {feed.reason}")
    if is_behind(feed, delay):
        return f"behind by {delay.own_s or 0.0:.1f} s: exact, but late"
    if delay.venue_s is not None and CATCHING_UP_S < delay.venue_s - delay.quiet_s < OLD_DATA_S:
        return f"{feed.text}, catching up: {span_words(delay.venue_s)} to go"  # else the market is quiet
    return feed.text


def recording_words(recording: RecorderStatus) -> str:
    """Return a recording in words: what it holds, where, and why it ended."""
    if recording.problem:
        return recording.problem
    if recording.path is None:
        return "recording: nothing to write yet" if recording.is_recording else "nothing was recorded"
    doing = "recording" if recording.is_recording else "recorded"
    files = "" if recording.n_files < 2 else f", the last of {recording.n_files} files"
    mid_book = "; it starts mid-book" if recording.starts_mid_book else ""
    size = f"{grouped(recording.n_records)} records, {bytes_text(recording.n_bytes)}"
    return f"{doing} {size} to {recording.path}{files}{mid_book}"


def span_words(span_s: float) -> str:
    """Return a span of time in words, such as ``2 min 5 s``."""
    minutes, seconds = divmod(int(span_s), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
