"""The simulated feed is checked as a stranger would: with a plain book, from its records alone."""

import itertools
import threading
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import zstandard

from vpdesk.core.events import (
    F_LAST,
    F_SNAPSHOT,
    MBO_DTYPE,
    MBO_LENGTH_WORDS,
    MBO_RTYPE,
    PRICE_SCALE,
    UNDEF_PRICE,
)
from vpdesk.errors import CancelledError, SourceError
from vpdesk.sources.simulator import (
    DATASET,
    DEMO_ACTIVITY,
    DEMO_SECONDS,
    DEMO_SEED,
    INSTRUMENT_ID,
    PUBLISHER_ID,
    START_NS,
    simulate,
    write_session,
)
from vpdesk.sources.venue_kernels import TICK_SIZE, bell, exponential, uniform

DEMO = Path(__file__).parents[2] / "resources" / "demo.mbo.dbn.zst"
SECONDS = 40
SEED = 3


def joined(seconds, seed, **options):
    return np.concatenate(list(simulate(seconds, seed, **options)))


@pytest.fixture(scope="module")
def session():
    return joined(SECONDS, SEED)


@pytest.fixture(scope="module")
def live(session):
    return session[(session["flags"] & F_SNAPSHOT) == 0]


def groups(records):
    """Yield each event: the records up to and including one with F_LAST."""
    ends = np.flatnonzero(records["flags"] & F_LAST) + 1
    for first, end in itertools.pairwise([0, *ends.tolist()]):
        yield records[first:end]


class PlainBook:
    """Orders by side and price, each queue a dict in order of priority. Asserts what a feed promises."""

    def __init__(self):
        self.queues = {"B": defaultdict(dict), "A": defaultdict(dict)}
        self.where = {}
        self.used_ids = set()
        self.counts = Counter()
        self.awaited = {}  # filled size that an order's cancel or modify has to account for

    @property
    def best(self):
        return max(self.queues["B"]), min(self.queues["A"])

    def rest(self, order_id, side, price, size):
        self.queues[side][price][order_id] = size
        self.where[order_id] = (side, price)

    def remove(self, order_id):
        side, price = self.where.pop(order_id)
        queue = self.queues[side][price]
        del queue[order_id]
        if not queue:
            del self.queues[side][price]

    def apply_event(self, records):
        n_trades = 0
        records = list(records)
        while records:
            if records[0]["action"] == b"T":
                n_trades += 1
                n_fills = len(list(itertools.takewhile(lambda r: r["action"] == b"F", records[1:])))
                self.check_trade(records[0], records[1 : 1 + n_fills])
                records = records[1 + n_fills :]
            else:
                self.apply_change(records.pop(0))
        assert not self.awaited
        bid, ask = self.best
        assert bid < ask
        self.counts["sweeps of several levels"] += n_trades > 1

    def check_trade(self, trade, fills):
        """A trade is at the best price, and fills the oldest orders there, the last one perhaps in part."""
        bid, ask = self.best
        assert not self.awaited
        assert trade["order_id"] not in self.where
        assert trade["price"] == (ask if trade["side"] == b"B" else bid)
        side = "A" if trade["side"] == b"B" else "B"
        queue = list(self.queues[side][int(trade["price"])].items())
        assert fills
        assert sum(fill["size"] for fill in fills) == trade["size"]
        for nth, (fill, (order_id, size)) in enumerate(zip(fills, queue, strict=False)):
            assert (fill["order_id"], fill["price"], fill["side"].decode()) == (
                order_id,
                trade["price"],
                side,
            )
            is_last = nth == len(fills) - 1
            assert 0 < fill["size"] <= size if is_last else fill["size"] == size
            self.awaited[order_id] = int(fill["size"])

    def apply_change(self, record):
        action, side = record["action"].decode(), record["side"].decode()
        order_id, price, size = int(record["order_id"]), int(record["price"]), int(record["size"])
        assert size > 0
        assert price % TICK_SIZE == 0
        if action == "A":
            assert order_id not in self.used_ids
            self.used_ids.add(order_id)
            self.rest(order_id, side, price, size)
            return
        old_side, old_price = self.where[order_id]
        old_size = self.queues[old_side][old_price][order_id]
        filled = self.awaited.pop(order_id, 0)
        assert side == old_side
        if action == "C":
            assert (price, size) == (old_price, old_size)
            assert filled in (0, old_size)
            self.remove(order_id)
            return
        assert action == "M"
        if 0 < filled < old_size:
            assert (price, size) == (old_price, old_size - filled)
            self.counts["partial fills"] += 1
        elif filled:
            assert price == old_price
            self.counts["iceberg refills"] += 1
        elif price != old_price:
            self.counts["price changes"] += 1
        if price == old_price and size < old_size and filled != old_size:
            self.queues[side][price][order_id] = size  # less keeps its place
        else:
            self.remove(order_id)
            self.rest(order_id, side, price, size)


@pytest.fixture(scope="module")
def replayed(session):
    """The book after the whole session, every promise checked on the way, and the spread by time."""
    book = PlainBook()
    spread_ns = Counter()
    is_snapshot = (session["flags"] & F_SNAPSHOT) != 0
    for record in session[is_snapshot][1:]:
        book.apply_change(record)
    previous_ns = START_NS
    for records in groups(session[~is_snapshot]):
        bid, ask = book.best
        spread_ns[(ask - bid) // TICK_SIZE] += int(records[0]["ts_event"]) - previous_ns
        previous_ns = int(records[0]["ts_event"])
        book.apply_event(records)
    book.spread_ns = spread_ns
    return book


def test_every_record_agrees_with_a_book_kept_from_the_records_alone(replayed):
    assert len(replayed.where) > 1_000


@pytest.mark.parametrize(
    "happening", ["partial fills", "iceberg refills", "price changes", "sweeps of several levels"]
)
def test_under_a_minute_shows_what_a_real_feed_shows(replayed, happening):
    assert replayed.counts[happening] >= 3


def test_the_session_starts_with_a_snapshot_as_historical_files_do(session):
    snapshot = session[: np.flatnonzero(session["flags"] & F_LAST)[0] + 1]
    clear, adds = snapshot[0], snapshot[1:]
    assert (clear["action"], clear["side"], clear["price"], clear["size"]) == (b"R", b"N", UNDEF_PRICE, 0)
    assert set(adds["action"]) == {b"A"}
    assert set(snapshot["flags"][:-1]) == {32 | 8}
    assert snapshot["flags"][-1] == 128 | 32 | 8
    assert set(snapshot["ts_recv"]) == {START_NS}
    assert (snapshot["ts_event"] < START_NS).all()
    assert not (session["flags"][len(snapshot) :] & F_SNAPSHOT).any()


def test_both_sides_of_the_book_are_deep_from_the_start(session):
    snapshot = session[(session["flags"] & F_SNAPSHOT) != 0][1:]
    for side, sign in ((b"B", -1), (b"A", 1)):
        orders = snapshot[snapshot["side"] == side]
        best = (orders["price"] * sign).min() * sign
        distance = (orders["price"] - best) * sign // TICK_SIZE
        lots = np.bincount(distance, weights=orders["size"])
        assert (lots[:60] > 0).mean() > 0.95
        assert lots[5:25].mean() > 1.2 * lots[:3].mean()  # the hump away from the best price
        assert lots[5:25].mean() > 1.5 * lots[100:200].mean()
        assert distance.max() > 1_000  # stubs


def test_the_header_fields_are_a_simulated_venues(session):
    assert set(session["length"]) == {MBO_LENGTH_WORDS}
    assert set(session["rtype"]) == {MBO_RTYPE}
    assert set(session["publisher_id"]) == {PUBLISHER_ID}
    assert set(session["instrument_id"]) == {INSTRUMENT_ID}


def test_one_time_through_an_event_and_later_in_the_next(live):
    starts_event = np.concatenate([[True], (live["flags"][:-1] & F_LAST) != 0])
    steps = np.diff(live["ts_event"].astype(np.int64))
    assert (steps[starts_event[1:]] > 0).all()
    assert (steps[~starts_event[1:]] == 0).all()
    assert set(live["flags"]) == {0, F_LAST}
    assert live["flags"][-1] == F_LAST
    assert live["ts_event"][0] >= START_NS
    assert live["ts_event"][-1] < START_NS + SECONDS * 10**9


def test_records_arrive_in_order_a_little_after_they_happened(live):
    latency = live["ts_recv"].astype(np.int64) - live["ts_event"].astype(np.int64)
    assert (np.diff(live["ts_recv"].astype(np.int64)) >= 0).all()
    assert 50_000 < latency.min() <= latency.max() < 1_000_000
    assert (np.diff(live["sequence"].astype(np.int64)) >= 0).all()
    assert (live["ts_in_delta"] > 0).all()


def test_the_tick_can_be_told_from_the_prices(live):
    resting = live[live["action"] == b"A"]["price"]
    assert np.gcd.reduce(np.diff(np.unique(resting))) == TICK_SIZE == 0.25 * PRICE_SCALE


def test_the_spread_is_mostly_one_tick_and_sometimes_wider(replayed):
    total = sum(replayed.spread_ns.values())
    assert 0.95 < replayed.spread_ns[1] / total < 1


def test_events_come_in_bursts(live):
    elapsed_ms = (live["ts_event"] - START_NS).astype(np.int64) // 1_000_000
    per_100_ms = np.bincount(elapsed_ms // 100)
    per_10_ms = np.bincount(elapsed_ms // 10)
    fano = per_100_ms.var() / per_100_ms.mean()
    assert fano > 5  # 1 where events do not bring each other on
    assert per_10_ms.max() > 5 * per_10_ms.mean()
    assert 1_000 < len(live) / SECONDS < 4_000


def test_trade_signs_persist(live):
    signs = np.where(live[live["action"] == b"T"]["side"] == b"B", 1.0, -1.0)
    signs -= signs.mean()
    assert (signs[:-20] * signs[20:]).mean() / signs.var() > 0.1


def test_half_an_hour_travels_as_far_as_a_market_does():
    trades = np.concatenate([r[r["action"] == b"T"] for r in simulate(1_800, 7, activity=0.4)])
    ticks = trades["price"] // TICK_SIZE
    assert 20 <= np.ptp(ticks) <= 150


def test_one_seed_gives_the_same_bytes_and_another_does_not(session):
    assert joined(SECONDS, SEED).tobytes() == session.tobytes()
    assert joined(1, SEED + 1).tobytes() != joined(1, SEED).tobytes()


@pytest.mark.parametrize("batch", [1, 7, 1_000, 200_000])
def test_the_batch_size_changes_no_byte(batch):
    pieces = list(simulate(2, SEED, batch=batch))
    assert np.concatenate(pieces).tobytes() == joined(2, SEED).tobytes()
    assert {len(piece) for piece in pieces[:-1]} <= {batch}
    assert 0 < len(pieces[-1]) <= batch
    assert pieces[0].dtype == MBO_DTYPE


def test_a_longer_session_begins_with_the_shorter_one(session):
    short = joined(SECONDS / 3, SEED)
    assert session[: len(short)].tobytes() == short.tobytes()


def test_the_start_time_shifts_the_times_only():
    later = joined(2, SEED, start_ns=START_NS + 5 * 10**9)
    expected = joined(2, SEED)
    expected["ts_event"] += 5 * 10**9
    expected["ts_recv"] += 5 * 10**9
    assert later.tobytes() == expected.tobytes()


def test_activity_makes_the_crowd_busier():
    assert len(joined(20, SEED, activity=3)) > 1.5 * len(joined(20, SEED))


@pytest.mark.parametrize(
    "arguments",
    [
        {"seconds": 0},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seed": -1},
        {"seed": 2**64},
        {"activity": 0},
        {"activity": float("nan")},
        {"start_ns": -1},
        {"start_ns": 2**63},
        {"batch": 0},
    ],
)
def test_an_argument_out_of_range_is_refused_at_once(arguments):
    with pytest.raises(SourceError):
        simulate(**({"seconds": 1, "seed": 1} | arguments))


def stored_records(path, n_records):
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        header = stream.read(8)
        metadata = stream.read(int.from_bytes(header[4:], "little"))
        return metadata, np.frombuffer(stream.read(n_records * MBO_DTYPE.itemsize), MBO_DTYPE)


def test_a_written_session_holds_the_simulated_records(tmp_path):
    path = tmp_path / "a.mbo.dbn.zst"
    shares = []
    n_records = write_session(path, 2, SEED, progress=shares.append)
    metadata, stored = stored_records(path, 10**6)
    assert stored.tobytes() == joined(2, SEED).tobytes()
    assert n_records == len(stored)
    assert metadata.startswith(DATASET.encode())
    assert shares == sorted(shares)
    assert 0.99 < shares[-1] <= 1


def test_cancelling_leaves_no_file(tmp_path):
    cancel = threading.Event()
    with pytest.raises(CancelledError):
        write_session(tmp_path / "a.dbn", 300, SEED, progress=lambda share: cancel.set(), cancel=cancel)
    assert list(tmp_path.iterdir()) == []


def test_the_demo_is_what_its_command_makes():
    _, stored = stored_records(DEMO, 120_000)
    made = next(simulate(DEMO_SECONDS, DEMO_SEED, activity=DEMO_ACTIVITY, batch=120_000))
    assert stored.tobytes() == made.tobytes()


@pytest.mark.parametrize(
    ("draw", "mean", "variance"), [(uniform, 0.5, 1 / 12), (exponential, 1.0, 1.0), (bell, 0.0, 1.0)]
)
def test_random_draws_have_the_stated_mean_and_variance(draw, mean, variance):
    rng = np.array([12_345], np.uint64)
    draws = np.array([draw(rng) for _ in range(40_000)])
    assert draws.mean() == pytest.approx(mean, abs=0.02)
    assert draws.var() == pytest.approx(variance, rel=0.05)
