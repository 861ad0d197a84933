"""A feed on the real client, against a gateway that fails in every way it can."""

import gc
import itertools
import logging
import random
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Sequence

import pytest

from tests.live import wiring
from tests.live.wiring import KEY_TEXT, collect, having, listening, market, records_of, wait_for
from vpdesk.core.events import F_SNAPSHOT
from vpdesk.gateway.faults import Corrupt, Drop, Fault, Mute, Refuse, Report, Silence
from vpdesk.gateway.server import serving
from vpdesk.sources.api_key import ApiKey
from vpdesk.sources.feed import FeedItem, FeedState, GapBegan, GapEnded, LiveStatus, Records, Timing
from vpdesk.sources.live import LiveFeed


def is_stopped(_: list[FeedItem], status: LiveStatus) -> bool:
    return status.state is FeedState.STOPPED


def is_whole_again(items: list[FeedItem], status: LiveStatus) -> bool:
    return status.state is FeedState.LIVE and any(isinstance(item, GapEnded) for item in items)


@pytest.mark.parametrize(
    "fault",
    [
        Drop(60_000),
        Drop(60_000, is_reset=True),
        Drop(60_013),
        Silence(60_000),
        Corrupt(60_000),
        Report(60_000, "out of order", is_fatal=True),
        Report(60_000, "records skipped", code=7),
    ],
    ids=["fin", "reset", "fin within a record", "silence", "corrupt bytes", "fatal error", "skipped records"],
)
def test_whatever_ends_a_session_a_new_one_begins_with_a_snapshot_and_the_gap_is_marked(fault: Fault) -> None:
    sent = market(3000)
    gateway = wiring.gateway_for(sent, faults=[[fault]], speed=0.01)
    with listening(gateway) as feed:
        items = collect(
            feed, lambda items, status: is_whole_again(items, status) and _ends_with(items, len(sent) - 1)
        )
        status = feed.status
    assert status.stale_since_ns is None
    assert status.n_sessions == 2
    gaps = [item for item in items if isinstance(item, GapBegan | GapEnded)]
    assert [type(gap) for gap in gaps] == [GapBegan, GapEnded]
    before, after = _around_gap(items)
    n_sure = len(before) - isinstance(fault, Corrupt)  # a record's own fields carry no check sum
    assert n_sure > 900
    assert before[:n_sure].tobytes() == sent[:n_sure].tobytes()
    assert after[0]["action"] == b"R"
    assert after[0]["flags"] & F_SNAPSHOT
    assert gateway.visits[1].subscriptions[-1]["snapshot"] == "1"
    books = wiring.BookWatch(sent)
    books.see(items)
    assert books.n_checked == 1


def test_the_book_is_right_after_each_of_100_random_drops_and_nothing_grows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, "databento")  # pytest would keep every message
    sent = market(110_000)
    rng = random.Random(7)
    faults = [[Drop(rng.randrange(1000, 80_000), is_reset=rng.random() < 0.5)] for _ in range(100)]
    gateway = wiring.gateway_for(sent, faults=faults, speed=0.05)
    books = wiring.BookWatch(sent)
    tracemalloc.start()
    with listening(gateway) as feed:
        _watch_until(feed, books, lambda: len(gateway.visits) > 20)
        threads_before, bytes_before = threading.active_count(), _allocated()
        _watch_until(feed, books, lambda: len(gateway.visits) > 100)
        threads_after, bytes_after = threading.active_count(), _allocated()
        tracemalloc.stop()
        wait_for(feed, FeedState.LIVE)
    assert threads_after <= threads_before + 1, "one session more may be under way"
    assert bytes_after - bytes_before < 2 * 2**20, "the client or we keep something of each session"
    assert books.n_checked > 50, "the other drops hit the snapshot, or the records that tell where it stood"


def test_a_refused_key_stops_the_feed_without_another_attempt() -> None:
    gateway = wiring.gateway_for(market(10), key="db-" + "x" * 29)
    with listening(gateway) as feed:
        collect(feed, is_stopped)
        assert feed.status.text == "stopped: the gateway refused the login: User authentication failed"
        assert feed.wait(5), "a stopped feed has no threads"
    assert len(gateway.visits) == 1


def test_a_connection_limit_stops_the_feed() -> None:
    gateway = wiring.gateway_for(market(10), faults=[[Refuse("connection limit exceeded")]])
    with listening(gateway) as feed:
        collect(feed, is_stopped)
        assert "connection limit exceeded" in feed.status.reason
    assert len(gateway.visits) == 1


@pytest.mark.parametrize("code", [1, 2, 3, 5])
def test_an_error_that_no_new_attempt_can_cure_stops_the_feed(code: int) -> None:
    gateway = wiring.gateway_for(market(100), faults=[[Report(0, "in its own words", code=code)]])
    with listening(gateway) as feed:
        collect(feed, is_stopped)
        assert feed.status.reason.endswith(": in its own words")
    assert len(gateway.visits) == 1


def test_a_symbol_that_matches_nothing_stops_the_feed_and_is_named() -> None:
    gateway = wiring.gateway_for(market(10))
    with listening(gateway, symbols=("NOSUCH",)) as feed:
        collect(feed, is_stopped)
        assert "NOSUCH" in feed.status.text
    assert len(gateway.visits) == 1


def test_one_unknown_symbol_among_known_ones_is_told_and_the_session_goes_on() -> None:
    with listening(wiring.gateway_for(market(100)), symbols=("NOSUCH", "ESM4")) as feed:
        items = collect(feed, having(100))
        threading.Event().wait(2 * wiring.FAST.symbol_grace_s)
        assert feed.status.state is FeedState.LIVE
        assert "NOSUCH" in feed.status.notice
    assert len(records_of(items)) == 100


def test_an_error_that_is_not_fatal_is_told_and_costs_no_record() -> None:
    sent = market(1000)
    gateway = wiring.gateway_for(sent, faults=[[Report(20_000, "a small matter")]])
    with listening(gateway) as feed:
        items = collect(feed, having(1000))
        assert feed.status.notice == "The gateway reports: a small matter."
        assert feed.status.state is FeedState.LIVE
    assert records_of(items).tobytes() == sent.tobytes()


def test_silence_is_shown_as_stale_and_then_ends_the_session() -> None:
    timing = Timing(heartbeat_interval_s=1, silence_margin_s=1.0, backoff_first_s=60.0, backoff_max_s=60.0)
    with listening(wiring.gateway_for(market(1000), faults=[[Silence(30_000)]]), timing=timing) as feed:
        stale = wait_for(feed, FeedState.STALE)
        assert stale.text.startswith("stale since ")
        assert stale.text.endswith(" UTC: the heartbeat is overdue")
        ended = wait_for(feed, FeedState.RECONNECTING)
        assert "not even a heartbeat" in ended.reason
        assert ended.retry_in_s == pytest.approx(60, rel=0.25)
        assert ended.stale_since_ns == stale.stale_since_ns


@pytest.mark.parametrize("fault", [Mute(), Silence(0)], ids=["before the login", "before the metadata"])
def test_a_gateway_that_never_says_a_word_is_noticed_from_the_start(fault: Fault) -> None:
    sent = market(100)
    with listening(wiring.gateway_for(sent, faults=[[fault]])) as feed:
        items = collect(feed, having(100))
    assert records_of(items).tobytes() == sent.tobytes()
    assert not any(isinstance(item, GapBegan) for item in items), "nothing had come, so nothing is missing"


def test_a_gateway_that_is_not_there_is_tried_again_until_it_is() -> None:
    sent = market(100)
    with socket.socket() as placeholder:
        placeholder.bind(("127.0.0.1", 0))
        port = placeholder.getsockname()[1]
    feed = LiveFeed(wiring.request(port), wiring.KEY, timing=wiring.FAST)
    feed.start()
    try:
        collect(feed, lambda _, status: status.n_sessions > 3)
        assert "cannot be reached" in feed.status.reason or feed.status.state is FeedState.CONNECTING
        with wiring.serving(wiring.gateway_for(sent), port):
            items = collect(feed, having(100))
    finally:
        feed.stop()
        assert feed.wait(5)
    assert records_of(items).tobytes() == sent.tobytes()


@pytest.mark.parametrize(
    ("state", "faults"),
    [
        (FeedState.AUTHENTICATING, [[Mute()]]),
        (FeedState.WAITING_FOR_SNAPSHOT, [[Silence(0)]]),
        (FeedState.LIVE, []),
        (FeedState.RECONNECTING, [[Drop(3000)]]),
    ],
)
def test_disconnecting_takes_no_time_in_any_state(
    state: FeedState, faults: Sequence[Sequence[Fault]]
) -> None:
    timing = Timing(heartbeat_interval_s=30, backoff_first_s=30.0)
    with listening(wiring.gateway_for(market(200), faults=faults), timing=timing) as feed:
        wait_for(feed, state)
        began = time.monotonic()
        feed.stop()
        returned = time.monotonic()
        assert feed.wait(5)
        ended = time.monotonic()
        assert feed.status.text == "stopped: disconnected"
        assert feed.take(5) is not None, "a closed queue keeps nobody waiting"
    assert returned - began < 0.5
    assert ended - began < 2


def test_disconnecting_takes_no_time_while_the_name_server_or_the_host_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = threading.Event()

    def never(*_: object) -> list[object]:
        answers.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    feed = LiveFeed(wiring.request(13000, gateway="nowhere.invalid"), wiring.KEY)
    feed.start()
    collect(feed, lambda _, status: status.state is FeedState.CONNECTING)
    began = time.monotonic()
    feed.stop()
    try:
        assert feed.wait(5)
        assert time.monotonic() - began < 2
    finally:
        answers.set()


def test_stopping_a_feed_that_never_began_is_harmless() -> None:
    feed = LiveFeed(wiring.request(13000), wiring.KEY)
    feed.stop()
    assert feed.wait(1)


def test_the_key_appears_nowhere(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "db-" + "w" * 29
    said: list[str] = []
    for key in (KEY_TEXT, wrong):
        with listening(wiring.gateway_for(market(100)), key=ApiKey(key)) as feed:
            collect(feed, lambda items, status: having(100)(items, status) or is_stopped(items, status))
            said += [repr(feed), repr(vars(feed)), repr(feed.status), feed.status.text]
    said += [record.getMessage() + str(record.exc_text) for record in caplog.records]
    said += list(capfd.readouterr())
    for key in (KEY_TEXT, wrong):
        assert not any(key in text or key[3:] in text for text in said)


def _ends_with(items: list[FeedItem], sequence: int) -> bool:
    last = next((item for item in reversed(items) if isinstance(item, Records)), None)
    return last is not None and int(last.records[-1]["sequence"]) == sequence


def _around_gap(items: list[FeedItem]) -> tuple[wiring.Records, wiring.Records]:
    at = next(i for i, item in enumerate(items) if isinstance(item, GapBegan))
    return records_of(items[:at]), records_of(items[at:])


def _watch_until(feed: LiveFeed, books: wiring.BookWatch, is_enough: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_enough():
        assert time.monotonic() < deadline, feed.status
        books.see(feed.take(0.02))


def _allocated() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_a_clock_that_is_set_back_and_forth_disturbs_nothing_but_the_lag_shown() -> None:
    hours = itertools.cycle((0, -5, 3, -1))

    def unsteady_clock() -> int:
        return time.time_ns() + next(hours) * 3600 * 10**9

    sent = market(3000)
    gateway = wiring.gateway_for(sent, faults=[[Drop(60_000)]], speed=0.01)
    with serving(gateway) as port:
        feed = LiveFeed(wiring.request(port), wiring.KEY, None, timing=wiring.FAST, clock=unsteady_clock)
        feed.start()
        try:
            items = collect(
                feed, lambda items, status: is_whole_again(items, status) and _ends_with(items, len(sent) - 1)
            )
            status = feed.status
        finally:
            feed.stop()
            assert feed.wait(10)
    assert status.n_sessions == 2
    assert status.stale_since_ns is None
    books = wiring.BookWatch(sent)
    books.see(items)
    assert books.n_checked == 1
