"""A market, a gateway that serves it, and a feed that hears it, with waits short enough for tests."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from tests.factories import INSTRUMENT_ID, PUBLISHER_ID, T0, TICK, Records
from vpdesk.core.events import F_LAST, F_SNAPSHOT, MBO_DTYPE, MBO_LENGTH_WORDS, MBO_RTYPE
from vpdesk.gateway.faults import Fault
from vpdesk.gateway.server import Gateway, serving
from vpdesk.gateway.wire import ServedInstrument
from vpdesk.sources import feed as words
from vpdesk.sources.api_key import ApiKey
from vpdesk.sources.feed import FeedItem, InstrumentKey, LiveRequest, LiveStatus, Timing
from vpdesk.sources.live import LiveFeed
from vpdesk.sources.recorder import Recorder

DATASET: Final = "GLBX.MDP3"
SYMBOL: Final = "ESM4"
KEY_TEXT: Final = "db-Kq7TestKeyThatMustNotBeShown9"
KEY: Final = ApiKey(KEY_TEXT)
INSTRUMENT: Final = InstrumentKey(PUBLISHER_ID, INSTRUMENT_ID)
SERVED: Final = ServedInstrument(INSTRUMENT, SYMBOL, TICK)

# A heartbeat of 1 s is the shortest that the client can ask for.
FAST: Final = Timing(
    heartbeat_interval_s=1,
    silence_margin_s=0.3,
    backoff_first_s=0.005,
    backoff_max_s=0.02,
    symbol_grace_s=0.2,
)

Book = dict[int, tuple[bytes, int, int]]


def market(n: int, *, seed: int = 1, instrument_id: int = INSTRUMENT_ID, spacing_ns: int = 1000) -> Records:
    """Return ``n`` coherent adds, cancels and modifies; ``sequence`` is the position in the stream.

    The book settles at some 200 orders.
    """
    rng = np.random.default_rng(seed)
    rows = np.zeros(n, MBO_DTYPE)
    rows["length"], rows["rtype"] = MBO_LENGTH_WORDS, MBO_RTYPE
    rows["publisher_id"], rows["instrument_id"] = PUBLISHER_ID, instrument_id
    rows["ts_event"] = rows["ts_recv"] = T0 + np.arange(n) * spacing_ns
    rows["sequence"] = np.arange(n)
    rows["flags"] = F_LAST
    ticks = rng.integers(-50, 50, n)
    rows["price"] = (20_000 + ticks) * TICK
    rows["side"] = np.where(ticks < 0, b"B", b"A")
    sizes = rng.integers(2, 50, n)
    live: list[int] = []
    actions, order_ids = [], []
    for i, (choice, pick) in enumerate(zip(rng.random(n).tolist(), rng.random(n).tolist(), strict=True)):
        at = int(pick * len(live))
        if choice < (0.4 if len(live) > 200 else 0.6) or len(live) < 10:
            live.append(i + 1)
            actions.append(b"A")
            order_ids.append(i + 1)
        elif choice < 0.8:
            actions.append(b"C")
            order_ids.append(live.pop(at))
            sizes[i] = 1000  # all of it
        else:
            actions.append(b"M")
            order_ids.append(live[at])
    rows["action"], rows["order_id"], rows["size"] = actions, order_ids, sizes
    return rows


def apply(book: Book, records: Records) -> None:
    """Apply records to a plain book, by the venue's rules."""
    columns = (records[name].tolist() for name in ("order_id", "action", "side", "price", "size"))
    for order_id, action, side, price, size in zip(*columns, strict=True):
        if action == b"R":
            book.clear()
        elif action in (b"A", b"M"):
            book[order_id] = (side, price, size)
        elif action == b"C" and order_id in book:
            resting_side, resting_price, resting = book[order_id]
            if size >= resting:
                del book[order_id]
            else:
                book[order_id] = (resting_side, resting_price, resting - size)


def gateway_for(
    tape: Records | Sequence[Records],
    *,
    faults: Sequence[Sequence[Fault]] = (),
    speed: float = math.inf,
    instruments: Sequence[ServedInstrument] = (SERVED,),
    key: str | None = KEY_TEXT,
    heartbeat_interval_s: float | None = None,
) -> Gateway:
    arrays = [tape] if isinstance(tape, np.ndarray) else tape
    return Gateway(
        arrays,
        instruments,
        dataset=DATASET,
        speed=speed,
        key=key,
        faults=faults,
        heartbeat_interval_s=heartbeat_interval_s,
    )


def request(port: int, **changes: Any) -> LiveRequest:
    fields: dict[str, Any] = {"dataset": DATASET, "symbols": (SYMBOL,), "gateway": "127.0.0.1", "port": port}
    return LiveRequest(**(fields | changes))


@contextlib.contextmanager
def listening(
    gateway: Gateway,
    *,
    timing: Timing = FAST,
    key: ApiKey = KEY,
    recorder: Recorder | None = None,
    queue: Any = None,
    **changes: Any,
) -> Iterator[LiveFeed]:
    """Serve, connect, and at the end see to it that everything is closed."""
    with serving(gateway) as port:
        feed = LiveFeed(request(port, **changes), key, recorder, timing=timing, queue=queue)
        feed.start()
        try:
            yield feed
        finally:
            feed.stop()
            assert feed.wait(10), "the feed did not close"


def collect(
    feed: LiveFeed, until: Callable[[list[FeedItem], LiveStatus], bool], timeout_s: float = 20.0
) -> list[FeedItem]:
    """Take items until ``until`` is satisfied; fail after ``timeout_s``."""
    items: list[FeedItem] = []
    deadline = time.monotonic() + timeout_s
    while not until(items, feed.status):
        assert time.monotonic() < deadline, f"still {feed.status} after {len(items)} items"
        items += feed.take(0.02)
    return items


def wait_for(feed: LiveFeed, state: words.FeedState, timeout_s: float = 10.0) -> LiveStatus:
    """Take until the feed is in ``state``; return the status that says so."""
    found: list[LiveStatus] = []

    def is_there(_: list[FeedItem], status: LiveStatus) -> bool:
        found[:] = [status]
        return status.state is state

    collect(feed, is_there, timeout_s)
    return found[0]


class BookWatch:
    """Checks, as items go by, the book of one instrument against everything that was sent.

    Where a gap ends, the book must be what all the records before the next one had built.
    """

    def __init__(self, sent: Records) -> None:
        self._sent = sent
        self._book: Book = {}
        self._truth: Book = {}
        self._n_true = 0
        self._claimed: Book | None = None
        self.n_checked = 0

    def see(self, items: list[FeedItem]) -> None:
        for item in items:
            if isinstance(item, words.Records):
                live = item.records[item.records["flags"] & F_SNAPSHOT == 0]
                if self._claimed is not None and len(live):
                    self._check(int(live[0]["sequence"]))
                apply(self._book, item.records)
            elif isinstance(item, words.GapEnded):
                self._claimed = dict(self._book)
            elif isinstance(item, words.GapBegan):
                self._claimed = None  # dropped again before a record could tell where the stream was

    def _check(self, upto: int) -> None:
        assert upto >= self._n_true
        apply(self._truth, self._sent[self._n_true : upto])
        self._n_true = upto
        assert self._claimed == self._truth, f"after the snapshot at record {upto}"
        self._claimed = None
        self.n_checked += 1


def n_records(items: list[FeedItem]) -> int:
    return sum(len(item.records) for item in items if isinstance(item, words.Records))


def having(n: int) -> Callable[[list[FeedItem], LiveStatus], bool]:
    """Return a condition: at least ``n`` records have come."""
    return lambda items, _: n_records(items) >= n


def records_of(items: list[FeedItem], instrument: InstrumentKey = INSTRUMENT) -> Records:
    """Join the records of one instrument, in the order in which they came."""
    arrays = [
        item.records for item in items if isinstance(item, words.Records) and item.instrument == instrument
    ]
    return np.concatenate([np.zeros(0, MBO_DTYPE), *arrays])
