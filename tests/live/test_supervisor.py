import random

import pytest

from vpdesk.sources.feed import FeedState, LiveStatus, Timing
from vpdesk.sources.supervisor import SessionEnd, Supervisor

DROP = SessionEnd("the gateway closed the connection")
STEADY = Timing(backoff_jitter=0.0)


def test_the_waits_double_up_to_the_longest_and_start_anew_once_live() -> None:
    supervisor = Supervisor(STEADY)
    assert [supervisor.end(DROP, 0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    supervisor.enter(FeedState.LIVE)
    assert supervisor.end(DROP, 0) == 1


def test_being_connected_is_not_enough_to_start_the_waits_anew() -> None:
    supervisor = Supervisor(STEADY)
    supervisor.end(DROP, 0)
    for state in (FeedState.CONNECTING, FeedState.AUTHENTICATING, FeedState.WAITING_FOR_SNAPSHOT):
        supervisor.enter(state)
    assert supervisor.end(DROP, 0) == 2


def test_the_waits_of_many_clients_are_spread() -> None:
    waits = {Supervisor(Timing(), random.Random(seed)).end(DROP, 0) for seed in range(50)}
    assert len(waits) == 50
    assert all(wait is not None and 0.8 <= wait <= 1.2 for wait in waits)


@pytest.mark.parametrize(
    "end", [SessionEnd("refused", is_final=True), SessionEnd("asked", is_requested=True)]
)
def test_a_final_or_requested_end_stops_for_good(end: SessionEnd) -> None:
    supervisor = Supervisor(STEADY)
    assert supervisor.end(end, 0) is None
    supervisor.enter(FeedState.CONNECTING)  # a late word of the session
    assert supervisor.state is FeedState.STOPPED
    assert supervisor.reason == end.reason


def test_the_book_is_stale_from_the_drop_until_live_again() -> None:
    supervisor = Supervisor(STEADY)
    supervisor.end(DROP, 5)
    assert supervisor.stale_since_ns is None, "there was no book yet"
    supervisor.enter(FeedState.LIVE)
    supervisor.end(DROP, 10)
    supervisor.enter(FeedState.CONNECTING)
    supervisor.end(DROP, 20)
    supervisor.enter(FeedState.WAITING_FOR_SNAPSHOT)
    assert supervisor.stale_since_ns == 10
    supervisor.enter(FeedState.LIVE)
    assert supervisor.stale_since_ns is None


def test_a_late_heartbeat_makes_the_book_stale_and_the_next_byte_takes_it_back() -> None:
    supervisor = Supervisor(STEADY)
    supervisor.fall_silent(3)
    assert supervisor.state is FeedState.IDLE, "only a live book can go stale"
    supervisor.enter(FeedState.LIVE)
    supervisor.fall_silent(7)
    assert (supervisor.state, supervisor.stale_since_ns) == (FeedState.STALE, 7)
    supervisor.end(DROP, 9)
    assert supervisor.stale_since_ns == 7
    supervisor.enter(FeedState.LIVE)
    supervisor.fall_silent(11)
    supervisor.hear()
    assert (supervisor.state, supervisor.stale_since_ns) == (FeedState.LIVE, None)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (LiveStatus(), "not connected"),
        (LiveStatus(FeedState.WAITING_FOR_SNAPSHOT), "waiting for snapshot"),
        (
            LiveStatus(FeedState.RECONNECTING, "the connection was cut", retry_in_s=3.6),
            "reconnecting in 4 s: the connection was cut",
        ),
        (
            LiveStatus(FeedState.STALE, stale_since_ns=1_750_000_000_000_000_000),
            "stale since 15:06:40 UTC",
        ),
        (LiveStatus(FeedState.STOPPED, "disconnected"), "stopped: disconnected"),
    ],
)
def test_a_status_says_it_in_plain_words(status: LiveStatus, text: str) -> None:
    assert status.text == text
