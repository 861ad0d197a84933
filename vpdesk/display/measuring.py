"""A box of the field measured: how far in price and time, what traded in it, and how the depth changed."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import (
    H_CENTRE,
    H_CLOCK_NS,
    H_SPOT_TICK,
    H_START_NS,
    NO_TICK,
    T_SEQ,
    TRADE_CAPACITY,
    GridRing,
)
from vpdesk.display import measure_kernels as kernels
from vpdesk.display.column_times import time_of_column
from vpdesk.display.open_column import OpenColumn
from vpdesk.display.text import MINUS, price_text, time_text
from vpdesk.display.traded import add_up_trades, n_intact_trades
from vpdesk.figures import grouped

_NS_PER_S: Final = 1_000_000_000
_ARROW: Final = "\N{RIGHTWARDS ARROW}"
_BOUGHT, _SOLD, _UNKNOWN = range(3)


@dataclass(frozen=True, slots=True)
class Box:
    """Cells from one corner to the other, both included; rows are buckets, or k if ``is_relative``."""

    start_seq: int
    end_seq: int
    start_row: int
    end_row: int
    is_relative: bool

    @property
    def columns(self) -> tuple[int, int]:
        """The first and the last column."""
        return min(self.start_seq, self.end_seq), max(self.start_seq, self.end_seq)

    @property
    def rows(self) -> tuple[int, int]:
        """The lowest and the highest row."""
        return min(self.start_row, self.end_row), max(self.start_row, self.end_row)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is known of a box.

    Parameters
    ----------
    start_tick, end_tick
        Lowest ticks of the two corners; None where that takes a spot that is not known.
    duration_ns
        From the first instant of the box to its last, or to now.
    n_columns
        In the box, whether they exist or not.
    counted_from, counted_from_ns
        The first column counted in the quantities, and when it began.
    n_counted
        Columns counted.
    is_cut
        Whether the box begins with columns that are no longer kept.
    is_running
        Whether the box reaches into columns that are still to come.
    bought, sold, unknown
        Traded quantity by aggressor.
    before, after, grew, shrank
        Resting quantity at both ends, and its changes from column to column.
    n_gaps
        Columns counted that lie in a gap.
    is_partly_outside
        Whether some cells of the box lie beyond the band, where nothing is known.
    """

    box: Box
    start_tick: int | None
    end_tick: int | None
    duration_ns: int
    n_columns: int
    counted_from: int
    counted_from_ns: int
    n_counted: int
    is_cut: bool
    is_running: bool
    bought: float
    sold: float
    unknown: float
    before: float
    after: float
    grew: float
    shrank: float
    n_gaps: int
    is_partly_outside: bool


class Measurer:
    """Measures a box at every frame; a column that is closed for good is read once. Thread: the reader's.

    What was counted stays counted when the ring lets the columns go.
    """

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._open = OpenColumn()
        self._first = 0  # column counted
        self._summed_to = -1  # closed column
        self._read_from = 0  # column, at the last look
        self._depth: NDArray[np.float64] = np.zeros(kernels.N_BOX)
        self._traded: NDArray[np.float64] = np.zeros(3)
        self._done: Measurement | None = None  # once every column of the box is closed

    def measure(self, ring: GridRing, box: Box) -> Measurement | None:
        """Measure a box; None while the ring holds nothing."""
        self._open.read(ring)
        span = ring.span()
        if span.newest < span.oldest:
            return None
        key = (ring, span.generation, box)
        if key != self._key or (self._done is None and self._summed_to + 1 < span.oldest):
            self._key = key
            self._first = max(box.columns[0], span.oldest, _first_with_all_trades(ring))
            self._summed_to = self._first - 1
            self._depth[:] = self._traded[:] = 0.0
            self._done = None
        if self._done is not None:
            return self._done
        measurement = self._read(ring, box)
        if ring.first_intact() > self._read_from:
            self._key = ()  # some of it may have been overwritten while it was read
        elif not measurement.is_running:
            self._done = measurement
        return measurement

    def _read(self, ring: GridRing, box: Box) -> Measurement:
        open_seq, first = self._open.seq, self._first
        closed_to = min(box.columns[1], open_seq - 1)
        self._read_from = open_seq
        if closed_to > self._summed_to:
            self._add(ring, box, self._summed_to + 1, closed_to, self._depth, self._traded)
            self._summed_to = closed_to
        depth, traded = self._depth, self._traded
        if first <= open_seq <= box.columns[1]:
            depth, traded = depth.copy(), traded.copy()
            self._add(ring, box, open_seq, open_seq, depth, traded)
        start_tick, end_tick = (
            self._tick(ring, seq, row, is_relative=box.is_relative)
            for seq, row in ((box.start_seq, box.start_row), (box.end_seq, box.end_row))
        )
        return Measurement(
            box=box,
            start_tick=start_tick,
            end_tick=end_tick,
            duration_ns=self._duration_ns(ring, box),
            n_columns=box.columns[1] - box.columns[0] + 1,
            counted_from=first,
            counted_from_ns=time_of_column(ring, first) or 0,
            n_counted=max(0, min(box.columns[1], open_seq) - first + 1),
            is_cut=first > max(box.columns[0], 0),
            is_running=box.columns[1] >= open_seq,
            bought=float(traded[_BOUGHT]),
            sold=float(traded[_SOLD]),
            unknown=float(traded[_UNKNOWN]),
            before=float(depth[kernels.BOX_BEFORE]),
            after=float(depth[kernels.BOX_AFTER]),
            grew=float(depth[kernels.BOX_GREW]),
            shrank=float(depth[kernels.BOX_SHRANK]),
            n_gaps=int(depth[kernels.BOX_GAPS]),
            is_partly_outside=bool(depth[kernels.BOX_OUTSIDE] > 0),
        )

    def _add(
        self,
        ring: GridRing,
        box: Box,
        first: int,
        last: int,
        depth: NDArray[np.float64],
        traded: NDArray[np.float64],
    ) -> None:
        """Add columns ``first .. last`` to the sums."""
        low, high = box.rows
        is_kept = first - 1 >= max(ring.span().oldest, 0)
        before = first - 1 if is_kept else -1
        self._read_from = min(self._read_from, before if is_kept else first)
        kernels.add_depth(
            ring.cells,
            ring.headers,
            self._open.cells,
            self._open.header,
            self._open.seq,
            before,
            first,
            last,
            low,
            high,
            box.is_relative,
            ring.half_width,
            depth,
        )
        volumes = np.zeros((3, 1))
        add_up_trades(
            ring, self._open, (first, last), low, high - low + 1, volumes, is_relative=box.is_relative
        )
        traded += volumes[:, 0]

    def _header(self, ring: GridRing, seq: int) -> NDArray[np.int64]:
        return self._open.header if seq == self._open.seq else ring.headers[seq & (ring.capacity - 1)]

    def _tick(self, ring: GridRing, seq: int, row: int, *, is_relative: bool) -> int | None:
        if not is_relative:
            return row * ring.ticks_per_bucket
        if not ring.span().oldest <= seq <= self._open.seq:
            return None
        header = self._header(ring, seq)
        if int(header[H_SPOT_TICK]) == NO_TICK:
            return None
        return (row + int(header[H_CENTRE])) * ring.ticks_per_bucket

    def _duration_ns(self, ring: GridRing, box: Box) -> int:
        start_ns = time_of_column(ring, box.columns[0]) or 0
        last = min(box.columns[1], self._open.seq)
        if last < ring.span().oldest:
            return max(0, (time_of_column(ring, last + 1) or 0) - start_ns)
        header = self._header(ring, last)
        if ring.column_events or last == self._open.seq:
            return max(0, int(header[H_CLOCK_NS]) - start_ns)
        return int(header[H_START_NS]) + ring.column_ns - start_ns


def measurement_lines(
    measurement: Measurement, ring: GridRing, unit: str, zone: tzinfo | None
) -> tuple[str, ...]:
    """Return a measurement in words; ``unit`` of quantity."""
    columns = _count(measurement.n_columns, "column")
    lines = (
        *_price_lines(measurement, ring),
        f"{duration_text(measurement.duration_ns)}  \N{MIDDLE DOT}  {columns}",
        *_quantity_lines(measurement, unit),
        *_notes(measurement, zone),
    )
    return tuple(lines)


def duration_text(duration_ns: int) -> str:
    """Write a span of time to the millisecond."""
    minutes, ns = divmod(duration_ns, 60 * _NS_PER_S)
    if minutes < 2:
        return f"{duration_ns / _NS_PER_S:.3f} s"
    hours, minutes = divmod(minutes, 60)
    seconds = f"{minutes} min {ns / _NS_PER_S:06.3f} s"
    return f"{hours} h {seconds}" if hours else seconds


def _price_lines(measurement: Measurement, ring: GridRing) -> list[str]:
    box, lines = measurement.box, []
    if box.is_relative:
        way = _signed(box.end_row - box.start_row)
        start, end = (_signed(row) for row in (box.start_row, box.end_row))
        lines.append(f"k {start} {_ARROW} {end}  ({way})")
    start_tick, end_tick = measurement.start_tick, measurement.end_tick
    if start_tick is not None and end_tick is not None:
        n_ticks = end_tick - start_tick
        way = ("+" if n_ticks > 0 else "") + price_text(n_ticks, ring.tick_size)
        share = f", {_signed(100 * n_ticks / abs(start_tick), 3)} %" if start_tick else ""
        lines.append(f"{way}  ({_signed(n_ticks)} {_plural('tick', n_ticks)}{share})")
        start, end = (price_text(tick, ring.tick_size) for tick in (start_tick, end_tick))
        lines.append(f"{start} {_ARROW} {end}")
    return lines


def _quantity_lines(measurement: Measurement, unit: str) -> list[str]:
    if measurement.n_counted == 0:
        return []
    bought, sold, unknown = measurement.bought, measurement.sold, measurement.unknown
    by_side = f"{_whole(bought)} bought, {_whole(sold)} sold, delta {_signed(bought - sold)}"
    if unknown:
        by_side += f", {_whole(unknown)} unknown"
    lines = [f"Traded {_whole(bought + sold + unknown)} {unit}: {by_side}"]
    if measurement.n_gaps < measurement.n_counted:
        lines.append(
            f"Resting {_whole(measurement.before)} {_ARROW} {_whole(measurement.after)}: "
            f"grew {_whole(measurement.grew)}, shrank {_whole(measurement.shrank)}"
        )
    return lines


def _notes(measurement: Measurement, zone: tzinfo | None) -> list[str]:
    notes = []
    if measurement.n_counted == 0:
        notes.append("no longer kept" if measurement.is_cut else "no columns here yet")
    elif measurement.is_cut:
        notes.append(f"quantities from {time_text(measurement.counted_from_ns, zone, 3)} on")
    if measurement.n_counted and measurement.is_running:
        notes.append("still running")
    if measurement.n_gaps:
        notes.append(f"{_count(measurement.n_gaps, 'column')} in a gap")
    if measurement.is_partly_outside:
        notes.append("prices beyond the band not counted")
    return [", ".join(notes)] if notes else []


def _whole(quantity: float) -> str:
    return grouped(quantity, ",.0f")


def _signed(value: float, decimals: int = 0) -> str:
    text = grouped(value, f"+,.{decimals}f") if value else "0"
    return text.replace("-", MINUS)


def _count(number: int, noun: str) -> str:
    return f"{grouped(number)} {_plural(noun, number)}"


def _plural(noun: str, number: int) -> str:
    return noun if abs(number) == 1 else f"{noun}s"


def _first_with_all_trades(ring: GridRing) -> int:
    """Return the first column of which every trade is listed."""
    n_trades = ring.published_trades
    n_kept = n_intact_trades(ring, n_trades)
    if n_kept == n_trades - ring.first_trade:
        return 0  # none was let go since the oldest column
    return int(ring.trades[(n_trades - n_kept) % TRADE_CAPACITY, T_SEQ]) + 1
