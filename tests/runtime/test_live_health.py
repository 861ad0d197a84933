from pathlib import Path

import pytest

from tests.live.wiring import DATASET
from vpdesk.core.params import EngineParams
from vpdesk.runtime.live_health import Delay, health_of, recording_words
from vpdesk.runtime.live_market import LiveBook, LiveMarket
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.status import LiveHealth
from vpdesk.sources.feed import FeedState, InstrumentKey, LiveStatus
from vpdesk.sources.recorder import RecorderStatus


def health(
    feed: LiveStatus, venue_s: float | None = 0.01, own_s: float | None = 0.0, quiet_s: float = 0.0
) -> LiveHealth:
    market = LiveMarket(DATASET, EngineParams(tick_size=1), Cadence(1))
    return health_of(feed, market, None, Delay(venue_s, own_s, quiet_s))


LIVE = LiveStatus(FeedState.LIVE)


def test_a_feed_that_keeps_up_is_live_and_shows_its_lag() -> None:
    assert (health(LIVE).text, health(LIVE).is_well, health(LIVE).lag_s) == ("live", True, 0.01)


@pytest.mark.parametrize(
    ("feed", "own_s"), [(LIVE, 3.21), (LiveStatus(FeedState.LIVE, is_reading_paused=True), 3.21)]
)
def test_a_machine_that_is_too_slow_is_said_to_be(feed: LiveStatus, own_s: float) -> None:
    found = health(feed, 3.3, own_s)
    assert found.text == "behind by 3.2 s: exact, but late"
    assert not found.is_well


@pytest.mark.parametrize(
    ("venue_s", "words"), [(11, "11 s"), (125, "2 min 5 s"), (7 * 3600 + 120, "7 h 2 min")]
)
def test_a_replay_from_an_earlier_time_says_how_much_is_to_go(venue_s: float, words: str) -> None:
    assert health(LIVE, venue_s).text == f"live, catching up: {words} to go"


def test_a_quiet_market_is_not_taken_for_a_replay_from_an_earlier_time() -> None:
    quiet = health(LIVE, 25.0, 0.0, quiet_s=24.9)
    assert (quiet.text, quiet.quiet_s) == ("live", 24.9)
    assert health(LIVE, 25.0, 0.0, quiet_s=5.0).text == "live, catching up: 25 s to go"
    assert health(LiveStatus(FeedState.RECONNECTING), 25.0, 0.0, quiet_s=24.9).quiet_s == 0.0


@pytest.mark.parametrize(
    ("received_s_ago", "n_queued", "own_s", "quiet_s"),
    [(None, 0, 0.0, 0.0), (4.0, 0, 0.0, 4.0), (4.0, 7, 4.0, 0.0), (-1.0, 0, 0.0, 0.0)],
)
def test_without_a_queue_an_old_record_means_silence_and_with_one_it_means_delay(
    monkeypatch: pytest.MonkeyPatch, received_s_ago: float | None, n_queued: int, own_s: float, quiet_s: float
) -> None:
    now_ns = 10**18
    monkeypatch.setattr("time.time_ns", lambda: now_ns)
    book = LiveBook(InstrumentKey(1, 11), 0.0, 8)
    if received_s_ago is not None:
        book.received_ns = now_ns - round(received_s_ago * 1e9)
    delay = Delay.now(LiveStatus(FeedState.LIVE, queued_records=n_queued, lag_s=4.1), book)
    assert delay == Delay(4.1, own_s, quiet_s)


def test_the_age_of_a_files_records_is_no_lag() -> None:
    found = health(LIVE, 3e7, 0.02)
    assert (found.text, found.lag_s, found.is_old_data) == ("live", 0.02, True)


def test_the_state_and_the_reason_are_told_apart_and_a_broken_feed_has_no_lag() -> None:
    broken = LiveStatus(FeedState.RECONNECTING, "the connection was cut", retry_in_s=3.6)
    found = health(broken)
    assert (found.text, found.reason) == ("reconnecting in 4 s", "the connection was cut")
    assert found.lag_s is None
    assert not found.is_well


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (RecorderStatus(is_recording=True), "recording: nothing to write yet"),
        (RecorderStatus(), "nothing was recorded"),
        (
            RecorderStatus(True, Path("a.dbn"), 12, 1_200_000, 1, starts_mid_book=True),
            "recording 12 records, 1.2 MB to a.dbn; it starts mid-book",
        ),
        (
            RecorderStatus(False, Path("b.dbn"), 12, 1_200_000, 3),
            "recorded 12 records, 1.2 MB to b.dbn, the last of 3 files",
        ),
        (
            RecorderStatus(problem="Recording stopped: the disk is full."),
            "Recording stopped: the disk is full.",
        ),
    ],
)
def test_a_recording_in_words(status: RecorderStatus, words: str) -> None:
    assert recording_words(status) == words
