import threading

from tests.factories import T0
from tests.live.wiring import INSTRUMENT, Records, market
from vpdesk.core.events import UNDEF_TIMESTAMP
from vpdesk.sources import feed
from vpdesk.sources.feed_queue import FeedQueue

RECORDS = market(1000)


def batch(records: Records) -> feed.FeedItem:
    return feed.Records(INSTRUMENT, records, received_ns=0)


def never() -> None:
    raise AssertionError("nobody was told to wait")


def test_items_come_out_in_the_order_they_went_in() -> None:
    queue = FeedQueue()
    items = [batch(RECORDS[:10]), feed.GapEnded(INSTRUMENT), batch(RECORDS[10:20])]
    assert not queue.put(items, never)
    queue.mark(feed.GapBegan(1))
    assert queue.take(0) == [*items, feed.GapBegan(1)]
    assert queue.take(0) == []


def test_a_take_is_bounded_so_that_the_engine_stays_in_step() -> None:
    queue = FeedQueue()
    queue.put([batch(RECORDS) for _ in range(10)], never)
    assert len(queue.take(0, max_records=2500)) == 3
    assert queue.queued_records == 7000


def test_past_its_bytes_it_asks_for_a_pause_and_says_once_when_there_is_room() -> None:
    told: list[int] = []
    queue = FeedQueue(max_bytes=3 * RECORDS.nbytes)
    assert not queue.put([batch(RECORDS)] * 3, never)
    assert queue.put([batch(RECORDS)], lambda: told.append(1))
    assert queue.is_full
    queue.take(0, max_records=1000)
    queue.take(0, max_records=1000)
    assert told == [], "not at the first free byte"
    queue.take(0, max_records=1000)
    queue.take(0, max_records=1000)
    assert told == [1]
    assert not queue.is_full


def test_past_its_market_time_it_asks_for_a_pause_but_not_for_a_quiet_night() -> None:
    hour_apart = RECORDS[:2].copy()
    hour_apart["ts_recv"] = [T0, T0 + 3_600_000_000_000]
    assert not FeedQueue(max_market_s=10).put([batch(hour_apart)], never)
    busy = market(100_000, spacing_ns=200_000)  # 20 s
    assert FeedQueue(max_market_s=10).put([batch(busy)], never)
    assert not FeedQueue(max_market_s=30).put([batch(busy)], never)


def test_the_lag_is_that_of_the_oldest_waiting_record_else_of_the_last_one_taken() -> None:
    now = [T0 + 5_000_000_000]
    queue = FeedQueue(clock=lambda: now[0])
    assert queue.lag_s is None
    queue.put([batch(RECORDS[:1])], never)
    now[0] += 1_000_000_000
    assert queue.lag_s == 6.0
    queue.take(0)
    now[0] += 100_000_000_000
    assert queue.lag_s == 6.0


def test_an_undefined_time_is_no_lag() -> None:
    row = RECORDS[:1].copy()
    row["ts_recv"] = UNDEF_TIMESTAMP
    queue = FeedQueue()
    queue.put([batch(row)], never)
    assert queue.lag_s is None
    queue.take(0)
    assert queue.lag_s is None


def test_closing_wakes_the_taker_and_refuses_more_but_keeps_what_is_there() -> None:
    queue = FeedQueue()
    woken = threading.Thread(target=queue.take, args=(60,))
    woken.start()
    queue.close()
    woken.join(5)
    assert not woken.is_alive()
    assert not queue.put([batch(RECORDS)], never)
    assert queue.take(60) == []
