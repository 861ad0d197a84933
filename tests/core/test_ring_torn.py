"""A reader beside a writer that runs flat out: every column it gets is whole, and the right one."""

import threading

import numpy as np
import pytest

from tests.factories import T0, TICK, Records
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_LAST, MBO_DTYPE, MBO_LENGTH_WORDS, MBO_RTYPE
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import N_HEADERS, N_PLANES, T_SIZE, Columns, GridRing

PARAMS = EngineParams(tick_size=TICK, half_width=2)
N_EVENTS = 120_000


def restless_market(n: int, pause_ns: int) -> Records:
    """Return ``n`` adds and cancels on both sides of a mid that wanders, ``pause_ns`` apart and more."""
    rng = np.random.default_rng(7)
    half = n // 2
    adds, cancels = np.zeros(half, MBO_DTYPE), np.zeros(half, MBO_DTYPE)
    side = rng.integers(0, 2, half)
    mid = 10_000 + np.cumsum(rng.integers(-1, 2, half))
    adds["price"] = (mid + (2 * side - 1) * rng.integers(1, 4, half)) * TICK
    adds["size"] = rng.integers(1, 50, half)
    adds["side"] = np.where(side == 0, b"B", b"A")
    adds["order_id"] = np.arange(1, half + 1)
    adds["action"] = b"A"
    cancels[:] = np.roll(adds, 6)  # each order lives for six others
    cancels["action"] = b"C"
    cancels["order_id"][:6] = 0
    records = np.stack([adds, cancels], axis=1).ravel()
    records["length"], records["rtype"] = MBO_LENGTH_WORDS, MBO_RTYPE
    records["flags"] = F_LAST
    records["ts_event"] = T0 + np.cumsum(rng.integers(0, 2 * pause_ns, len(records)))
    return records


class Reader:
    """Reads all the time, as the window does, and compares with the truth (column ``seq`` at row ``seq``)."""

    def __init__(self, ring: GridRing, truth: Columns) -> None:
        self.ring = ring
        self.truth = truth
        self.n_reads = self.n_columns = self.n_open = 0
        self.newest = -1
        self._cells = np.zeros((N_PLANES, ring.width), np.float32)
        self._ids = np.zeros(ring.width, np.int64)
        self._header = np.zeros(N_HEADERS, np.int64)

    def read_once(self) -> None:
        columns = self.ring.read(0, 2**40)
        self.n_reads += 1
        if len(columns.seq) == 0:
            return
        seq = columns.seq
        assert (np.diff(seq) == 1).all()
        assert seq[-1] >= self.newest, "the newest column never goes back"
        self.newest = int(seq[-1])
        closed = slice(0, len(seq) - 1)
        rows = seq[closed]
        for name in (
            "pressure",
            "vacuum",
            "resistance",
            "force",
            "depth",
            "touched_s",
            "last_event_id",
            "headers",
            "drive",
        ):
            found, expected = getattr(columns, name)[closed], getattr(self.truth, name)[rows]
            assert np.array_equal(found, expected), f"{name} is torn"
        self.n_columns += len(rows)
        self._check_open(columns)

    def _check_open(self, columns: Columns) -> None:
        """With a column per event the open column is a whole one too."""
        if self.ring.column_events == 1:
            last = columns.seq[-1]
            assert np.array_equal(columns.headers[-1], self.truth.headers[last])
            assert np.array_equal(columns.pressure[-1], self.truth.pressure[last])
            assert np.array_equal(columns.last_event_id[-1], self.truth.last_event_id[last])
            seq, drive = self.ring.read_open(self._cells, self._ids, self._header)
            assert np.array_equal(self._header, self.truth.headers[seq])
            assert np.array_equal(np.sort(self._ids), np.sort(self.truth.last_event_id[seq]))
            assert drive == self.truth.drive[seq]
            self.n_open += 1


def stress(records: Records, *, capacity: int, **cadence: int) -> Reader:
    """Write ``records`` on a thread in batches of all sizes while this thread reads."""
    whole = GridRing(PARAMS.half_width, 4 * len(records), **cadence)
    Engine(PARAMS).feed(records, whole)
    truth = whole.read(0, 2**40)
    assert truth.seq[0] == 0, "the truth must hold every column"

    ring = GridRing(PARAMS.half_width, capacity, **cadence)
    sizes = np.random.default_rng(8).choice([1, 2, 7, 40, 300, 5_000], len(records))
    ends = np.cumsum(sizes)
    batches = np.split(records, ends[ends < len(records)])
    failures: list[BaseException] = []

    def write() -> None:
        try:
            engine = Engine(PARAMS)
            for batch in batches:
                engine.feed(batch, ring)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    reader = Reader(ring, truth)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        while writer.is_alive():
            reader.read_once()
    finally:
        writer.join()
    assert not failures
    reader.read_once()
    assert reader.newest == truth.seq[-1]
    return reader


@pytest.mark.parametrize("capacity", [16, 256])
def test_no_column_is_torn_while_every_event_writes_one(capacity: int) -> None:
    reader = stress(restless_market(N_EVENTS, 1_000), capacity=capacity, column_events=1)
    assert reader.n_reads > 50
    assert reader.n_open > 50


def test_no_column_is_torn_while_silences_write_many_at_once() -> None:
    """A silence may persist half the ring in one step."""
    records = restless_market(N_EVENTS // 4, 500)
    records["ts_event"] += np.cumsum(np.arange(len(records)) % 1_000 == 0).astype(np.uint64) * 25_000
    reader = stress(records, capacity=64, column_ns=1_000, max_idle_columns=32)
    assert reader.n_reads > 20
    assert reader.n_columns > 0


def test_no_trade_is_torn_while_one_column_takes_more_of_them_than_are_kept() -> None:
    trades = restless_market(N_EVENTS, 1)
    trades["action"], trades["ts_event"] = b"T", T0
    trades["size"] = np.arange(1, len(trades) + 1)
    ring = GridRing(PARAMS.half_width, 64)
    writer = threading.Thread(target=Engine(PARAMS).feed, args=(trades, ring))
    writer.start()
    try:
        while writer.is_alive():
            sizes = ring.read_trades(0, 2**40)[:, T_SIZE]
            assert (np.diff(sizes) == 1).all()
    finally:
        writer.join()
    assert ring.read_trades(0, 2**40)[-1, T_SIZE] == len(trades)
