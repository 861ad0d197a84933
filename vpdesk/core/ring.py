"""The ring of dense columns between the engine and whoever paints them.

Theory of operation
-------------------
One writer (the engine, inside ``Engine.feed``), one reader (the window). Columns are numbered by a
sequence number that only grows; column ``seq`` lives in slot ``seq % capacity``. The newest column is
*open*: the engine keeps it equal to its dense grid, touching only the cells that changed. When the
cadence says so, the open column is closed for good and the next slot starts as a full copy of it, so
no column is ever empty and an untouched cell keeps its bits.

Inside a column the cell of bucket ``b`` (a whole number: tick // ticks_per_bucket) has the index
``b % width``, whatever the spot is. A move of the spot by s buckets therefore rewrites s cells.
The buckets in view are ``centre - half_width .. centre + half_width``; ``centre`` is in the header.

A reader never sees a torn column:

* the open column is read only from a copy that the writer publishes under a short lock;
* before it runs, the writer announces the highest column it may write in this batch. A closed column
  that the writer may by then have lapped is not intact, and `read` leaves it out.
"""

import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.errors import EngineError

# Planes of `GridRing.cells`, float32 each.
PRESSURE: Final = 0  # quantity / s
VACUUM: Final = 1  # quantity / s
RESISTANCE: Final = 2
FORCE: Final = 3  # in (-1, 1)
DEPTH: Final = 4  # resting quantity, both sides
TOUCHED_S: Final = 5  # time of the last touch, seconds after the engine's first clock; id 0: never touched
N_PLANES: Final = 6

# Fields of `GridRing.headers`, int64 each.
H_START_NS: Final = 0  # the column's first instant: a multiple of column_ns, or the clock when it opened
H_CLOCK_NS: Final = 1  # engine clock at the last event applied
H_EVENT_ID: Final = 2
H_SPOT_TICK: Final = 3  # NO_TICK before the first spot
H_CENTRE: Final = 4  # bucket at k = 0; 0 before the first spot
H_BEST_BID: Final = 5  # tick, or NO_TICK
H_BEST_ASK: Final = 6  # tick, or NO_TICK
H_VOLUME_BUY: Final = 7  # traded in this column, aggressor bought
H_VOLUME_SELL: Final = 8
H_VOLUME_NONE: Final = 9  # aggressor unknown
H_N_EVENTS: Final = 10  # applied in this column
H_FLAGS: Final = 11
H_LAST_TRADE: Final = 12  # tick, or NO_TICK
H_CLOSE_TICK_M2: Final = 13  # best bid + best ask in ticks at the last spot evaluation
N_HEADERS: Final = 16

NO_TICK: Final = -(2**63)

# Bits of H_FLAGS.
COLUMN_GAP: Final = 1  # the feed was not there, or the book not yet rebuilt
COLUMN_IDLE: Final = 2  # no event fell into this column: a persisted copy
COLUMN_BREAK: Final = 4  # time was cut out before this column (a long silence)
BOOK_STATE_SHIFT: Final = 8  # the book state's code stands in the bits from here

BOOK_STATES: Final = ("empty", "snapshot", "partial", "valid", "suspect")

# Fields of `GridRing.trades`, int64 each.
T_SEQ: Final = 0  # column that was open
T_EVENT_ID: Final = 1
T_CLOCK_NS: Final = 2
T_TICK: Final = 3
T_SIZE: Final = 4
T_SIDE: Final = 5  # 1 buy, -1 sell, 0 unknown
N_TRADE_FIELDS: Final = 6

# Fields of `GridRing.cursor`, int64: what the kernel must remember between calls.
C_SEQ: Final = 0  # open column
C_END_NS: Final = 1  # first instant after the open column (time cadence)
C_N_TRADES: Final = 2  # ever written
C_SYNCED_ID: Final = 3  # engine event the open column shows, -1: must be rebuilt
C_FLAGS: Final = 4  # sticky flags for columns being written (COLUMN_GAP)
C_OLDEST: Final = 5  # first column that holds history
C_FIRST_TRADE: Final = 6  # first trade that is listed
C_IS_STARTED: Final = 7  # a record that belongs to no snapshot has come
N_CURSOR: Final = 8

PASSING: Final = -1  # of `GridRing.passed_id`

DEFAULT_COLUMN_NS: Final = 100_000_000
MAX_IDLE_COLUMNS: Final = 3000  # a longer silence is cut, and the cut is flagged
TRADE_CAPACITY: Final = 1 << 16
TRADES_PER_BATCH: Final = TRADE_CAPACITY // 8  # so no more events than this go into one kernel call


@dataclass(frozen=True)
class Span:
    """Columns that can be read now, both ends included; empty when ``newest < oldest``."""

    oldest: int
    newest: int
    generation: int


@dataclass(frozen=True)
class Columns:
    """Dense columns, oldest first, each in order of k; the caller owns the arrays.

    Attributes
    ----------
    seq : (n,) int64
    k : (W,) int32
    pressure, vacuum, resistance, force, depth, touched_s : (n, W) float32
    last_event_id : (n, W) int64
    headers : (n, N_HEADERS) int64, fields ``H_*``
    drive : (n,) float64, in (-1, 1)
    """

    seq: NDArray[np.int64]
    k: NDArray[np.int32]
    pressure: NDArray[np.float32]
    vacuum: NDArray[np.float32]
    resistance: NDArray[np.float32]
    force: NDArray[np.float32]
    depth: NDArray[np.float32]
    touched_s: NDArray[np.float32]
    last_event_id: NDArray[np.int64]
    headers: NDArray[np.int64]
    drive: NDArray[np.float64]

    def tobytes(self) -> bytes:
        """Return every bit of the columns; equal columns give equal bytes."""
        planes = (self.pressure, self.vacuum, self.resistance, self.force, self.depth, self.touched_s)
        parts = (self.seq, *planes, self.last_event_id, self.headers, self.drive)
        return b"".join(part.tobytes() for part in parts)


class GridRing:
    """The newest ``capacity`` columns.

    Parameters
    ----------
    half_width
        K of the engine that writes; a column has ``2K + 1`` cells.
    capacity
        Columns kept; rounded up to a power of two.
    column_ns
        A column covers this much event time, aligned to its multiples. Ignored if `column_events` > 0.
    column_events
        A column covers this many events; 1 gives every event a dense column of its own.
    max_idle_columns
        A silence longer than this many columns is cut; the next column carries COLUMN_BREAK.

    Notes
    -----
    Storage is time-major: ``cells`` (capacity, N_PLANES, W) float32, ``last_event_ids`` (capacity, W)
    int64, ``headers`` (capacity, N_HEADERS) int64, ``drive`` (capacity,) float64. Index of bucket b in a
    column: ``b % W``. Column ``published_seq`` must be read from the ``open_*`` copies (see `read_open`).
    """

    def __init__(
        self,
        half_width: int,
        capacity: int = 8192,
        *,
        column_ns: int = DEFAULT_COLUMN_NS,
        column_events: int = 0,
        max_idle_columns: int = MAX_IDLE_COLUMNS,
    ) -> None:
        if half_width < 1 or capacity < 1 or column_ns < 1 or column_events < 0 or max_idle_columns < 1:
            raise EngineError("a ring needs half_width, capacity, column_ns >= 1 and column_events >= 0")
        self.half_width = int(half_width)
        self.width = 2 * self.half_width + 1
        self.capacity = 1 << max(4, (int(capacity) - 1).bit_length())
        self.column_ns = int(column_ns)
        self.column_events = int(column_events)
        self.max_idle_columns = int(max_idle_columns)
        # zeros, not empty: pages are mapped on first write, so an unused ring costs nothing
        self.cells = np.zeros((self.capacity, N_PLANES, self.width), np.float32)
        self.last_event_ids = np.zeros((self.capacity, self.width), np.int64)
        self.headers = np.zeros((self.capacity, N_HEADERS), np.int64)
        self.drive = np.zeros(self.capacity, np.float64)
        self.trades = np.zeros((TRADE_CAPACITY, N_TRADE_FIELDS), np.int64)
        self.cursor = np.zeros(N_CURSOR, np.int64)
        self.cursor[C_SEQ] = -1
        self.cursor[C_SYNCED_ID] = -1
        self.generation = 0
        self.writer: object | None = None  # the engine whose state the open column shows
        self.epoch_ns = 0  # engine clock that TOUCHED_S counts from
        self.ticks_per_bucket = 1
        self.tick_size = 1
        # What the reader may use; written by the writer under the lock.
        self._lock = threading.Lock()
        self.published_seq = -1
        self.published_trades = 0
        self.first_trade = 0
        self.oldest_written = 0
        self.highest_announced = -1
        self.trades_announced = 0
        # Events up to this one were passed on the way to a moment, not played; PASSING: on the way.
        self.passed_id = 0
        self._open_cells = np.zeros((N_PLANES, self.width), np.float32)
        self._open_ids = np.zeros(self.width, np.int64)
        self._open_header = np.zeros(N_HEADERS, np.int64)
        self._open_drive = 0.0

    @property
    def columns_per_batch(self) -> int:
        """How many columns the writer may finish between two announcements."""
        return self.capacity // 2

    # --- writer side -------------------------------------------------------------------------------

    def begin(self, seq: int, first_ns: int) -> None:
        """Start a column whose first event has the clock `first_ns`; the engine fills it. Thread: writer."""
        start_ns = first_ns if self.column_events else first_ns - first_ns % self.column_ns
        slot = seq & (self.capacity - 1)
        self.headers[slot] = 0
        self.headers[slot, H_START_NS] = start_ns
        self.cursor[C_END_NS] = min(start_ns + self.column_ns, 2**63 - 1)
        self.cursor[C_OLDEST] = max(int(self.cursor[C_OLDEST]), seq - self.capacity + 1)

    def checkpoint(self) -> NDArray[np.int64]:
        """Return where the columns stand, for `resume`: (N_CURSOR + N_HEADERS,) int64. Thread: writer."""
        open_header = self.headers[int(self.cursor[C_SEQ]) & (self.capacity - 1)]
        return np.concatenate([self.cursor, open_header])

    def resume(self, checkpoint: NDArray[np.int64]) -> None:
        """Go on from a `checkpoint` of a ring of the same cadence, this one or another. Thread: writer.

        Columns of this ring before the checkpoint's stay, if it held them. Otherwise history starts with
        the column after it: of the open one, the trades before the checkpoint are not known.
        The engine to feed next must stand at the event of the checkpoint.
        """
        seq = int(checkpoint[C_SEQ])
        is_ours = int(self.cursor[C_OLDEST]) <= seq <= int(self.cursor[C_SEQ])
        oldest, first_trade = int(self.cursor[C_OLDEST]), int(self.cursor[C_FIRST_TRADE])
        with self._lock:
            self.generation += 1
            self.cursor[:] = checkpoint[:N_CURSOR]
            self.cursor[C_OLDEST] = oldest if is_ours else seq + 1
            self.cursor[C_FIRST_TRADE] = first_trade if is_ours else checkpoint[C_N_TRADES]
            # until the engine has rebuilt the open column, what is closed before it is all there is
            self._publish_as_newest(seq - 1)
            self.headers[seq & (self.capacity - 1)] = checkpoint[N_CURSOR:]
        self.writer = None

    def announce(self, n_columns: int) -> None:
        """Reserve the slots of the next batch's columns. Thread: writer, before every kernel call.

        ``n_columns`` is the most that the batch may open; beyond `columns_per_batch` it must come back.
        """
        n_columns = min(n_columns, self.columns_per_batch)
        self.highest_announced = int(self.cursor[C_SEQ]) + n_columns
        self.trades_announced = int(self.cursor[C_N_TRADES]) + TRADES_PER_BATCH

    def most_columns(self, ts_event: NDArray[np.int64]) -> int:
        """Return how many columns events of these times can open at the most. Thread: writer."""
        if self.column_events:
            return len(ts_event) // self.column_events + 1
        return max(0, int(ts_event.max()) - int(self.cursor[C_END_NS])) // self.column_ns + 1

    def publish(self) -> None:
        """Make all that was written visible. Thread: writer, after every kernel call."""
        seq = int(self.cursor[C_SEQ])
        if seq < 0:
            return
        with self._lock:
            self._publish_as_newest(seq)

    def _publish_as_newest(self, seq: int) -> None:
        slot = seq & (self.capacity - 1)
        np.copyto(self._open_cells, self.cells[slot])
        np.copyto(self._open_ids, self.last_event_ids[slot])
        np.copyto(self._open_header, self.headers[slot])
        self._open_drive = float(self.drive[slot])
        self.oldest_written = int(self.cursor[C_OLDEST])
        self.published_trades = int(self.cursor[C_N_TRADES])
        self.first_trade = int(self.cursor[C_FIRST_TRADE])
        self.published_seq = seq

    def set_gap(self, is_gap: bool) -> None:
        """Flag the columns written from now on as a gap, or end the gap. Thread: writer."""
        flags = int(self.cursor[C_FLAGS])
        self.cursor[C_FLAGS] = flags | COLUMN_GAP if is_gap else flags & ~COLUMN_GAP
        seq = int(self.cursor[C_SEQ])
        if is_gap and seq >= 0:
            self.headers[seq & (self.capacity - 1), H_FLAGS] |= COLUMN_GAP

    # --- reader side -------------------------------------------------------------------------------

    def span(self) -> Span:
        """Return the columns that can be read now. Thread: reader."""
        with self._lock:
            newest = self.published_seq
            oldest = max(self.oldest_written, self.first_intact())
        return Span(oldest, newest, self.generation)

    def first_intact(self) -> int:
        """Return the first column that the batch now running cannot overwrite. Thread: any."""
        return self.highest_announced - self.capacity + 1

    def read_open(
        self, cells: NDArray[np.float32], ids: NDArray[np.int64], header: NDArray[np.int64]
    ) -> tuple[int, float]:
        """Copy the newest column as it was last published; return its sequence number and drive.

        cells : (N_PLANES, W) float32;  ids : (W,) int64;  header : (N_HEADERS,) int64. Thread: reader.
        """
        with self._lock:
            np.copyto(cells, self._open_cells)
            np.copyto(ids, self._open_ids)
            np.copyto(header, self._open_header)
            return self.published_seq, self._open_drive

    def read(self, first: int, last: int) -> Columns:
        """Copy columns ``first .. last`` in order of k, leaving out those that do not exist (any more).

        Thread: reader. A column that the writer may have lapped while it was read is left out.
        """
        span = self.span()
        first = max(first, span.oldest)
        last = min(last, span.newest)
        n = max(0, last - first + 1)
        seq = np.arange(first, first + n, dtype=np.int64)
        slots = seq & (self.capacity - 1)
        cells = self.cells[slots]
        ids = self.last_event_ids[slots]
        headers = self.headers[slots]
        drive = self.drive[slots]
        if n and last == span.newest:
            newest, open_drive = self.read_open(cells[-1], ids[-1], headers[-1])
            if newest == last:
                drive[-1] = open_drive
            else:  # closed in the meantime, so its slot is final now
                slot = last & (self.capacity - 1)
                cells[-1], ids[-1] = self.cells[slot], self.last_event_ids[slot]
                headers[-1], drive[-1] = self.headers[slot], self.drive[slot]
        keep = seq >= self.first_intact()
        seq, cells, ids, headers, drive = seq[keep], cells[keep], ids[keep], headers[keep], drive[keep]
        k = np.arange(-self.half_width, self.half_width + 1, dtype=np.int32)
        index = (headers[:, H_CENTRE, None] + k) % self.width
        planes = np.take_along_axis(cells, index[:, None, :], axis=2)
        return Columns(
            seq=seq,
            k=k,
            pressure=planes[:, PRESSURE],
            vacuum=planes[:, VACUUM],
            resistance=planes[:, RESISTANCE],
            force=planes[:, FORCE],
            depth=planes[:, DEPTH],
            touched_s=planes[:, TOUCHED_S],
            last_event_id=np.take_along_axis(ids, index, axis=1),
            headers=headers,
            drive=drive,
        )

    def read_trades(self, first: int, last: int) -> NDArray[np.int64]:
        """Copy the trades of columns ``first .. last``, oldest first; fields ``T_*``. Thread: reader."""
        with self._lock:
            total, first_listed = self.published_trades, self.first_trade
        numbers = np.arange(max(first_listed, total - TRADE_CAPACITY, 0), total)
        trades = self.trades[numbers % TRADE_CAPACITY]
        trades = trades[numbers >= self.trades_announced - TRADE_CAPACITY]  # the rest may be torn
        begin, end = np.searchsorted(trades[:, T_SEQ], [first, last + 1])
        return trades[begin:end]
