"""What the strips below the field show: headers of the visible columns, pooled as the field pools them."""

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import H_CLOCK_NS, H_START_NS, GridRing
from vpdesk.display import strip_kernels as kernels
from vpdesk.display.open_column import OpenColumn
from vpdesk.display.viewport import Viewport

_SHRINK_SHARE: Final = 0.4  # a span is let go when what is shown fills less than this of it
_SHRINK_AFTER: Final = 50  # looks in a row: some seconds
_LEAST_ROOM: Final = 1.0  # around whole quantities: both ends are to read differently


@dataclass(frozen=True)
class StripBins:
    """Bins of whole columns, oldest first, bounded by the same pixels as the field's.

    Attributes
    ----------
    first_bin : int
        Bin 0, counted from column 0 in bins of ``columns_per_bin``.
    edges_px : (n + 1,) int64
        Left edges in device pixels of the field, and the right edge of the last bin.
    delta_from_ns : int
        Since when delta is counted: the start of the oldest column that the ring held when it was filled,
        or the end of the snapshot in it, whose orders may be hours old.
    bought, sold, unknown, n_events, n_columns, n_gaps : (n,) float64
        Sums over the bin's columns; quantities by aggressor.
    drive, spread, delta : (3, n) float64
        Lowest, highest and newest value of the bin's columns; NaN where there is none. Spread in ticks.
        Delta is bought minus sold since ``delta_from_ns``.
    """

    first_bin: int
    columns_per_bin: int
    edges_px: NDArray[np.int64]
    delta_from_ns: int
    bought: NDArray[np.float64]
    sold: NDArray[np.float64]
    unknown: NDArray[np.float64]
    n_events: NDArray[np.float64]
    n_columns: NDArray[np.float64]
    n_gaps: NDArray[np.float64]
    drive: NDArray[np.float64]
    spread: NDArray[np.float64]
    delta: NDArray[np.float64]

    @property
    def newest(self) -> int:
        """The last bin that holds a column; -1 if none does."""
        known = np.flatnonzero(self.n_columns)
        return int(known[-1]) if known.size else -1

    def bin_at(self, x_px: float) -> int:
        """Return the bin under a device pixel of the field if it holds columns, else -1."""
        i = int(np.searchsorted(self.edges_px, x_px, side="right")) - 1
        return i if 0 <= i < self.n_columns.size and self.n_columns[i] else -1


class StripSource:
    """Pools a ring's headers; keeps the running delta. Thread: the reader's."""

    def __init__(self) -> None:
        self._ring: GridRing | None = None
        self._generation = -1
        self._deltas: NDArray[np.int64] = np.zeros(1, np.int64)
        self._summed_to = -1  # last column in `_deltas`
        self._first_summed = 0
        self._summed_from_ns = 0
        self._open = OpenColumn()

    def read(self, ring: GridRing, view: Viewport) -> StripBins:
        """Return the bins in view."""
        self._open.read(ring)
        open_seq = self._open.seq
        oldest = max(ring.span().oldest, 0)
        self._sum_deltas(ring, oldest, open_seq)
        per_bin = view.columns_per_bin
        first_bin, last_bin = (int(view.bins_of_px()[end]) for end in (0, -1))
        n_bins = last_bin - first_bin + 1
        sums = np.empty((kernels.N_SUMS, n_bins))
        tracks = np.empty((kernels.N_TRACKS, 3, n_bins))
        kernels.pool_headers(
            ring.headers,
            ring.drive,
            self._deltas,
            self._open.header,
            self._open.drive,
            open_seq,
            max(first_bin * per_bin, oldest),
            min((last_bin + 1) * per_bin - 1, open_seq),
            per_bin,
            first_bin,
            sums,
            tracks,
        )
        edges = (first_bin + np.arange(n_bins + 1)) * (per_bin * view.px_per_column)
        # a pixel belongs to the bin that its middle lies in
        edges_px = np.ceil(edges - 0.5).astype(np.int64) - view.left_px
        return StripBins(first_bin, per_bin, edges_px, self._summed_from_ns, *sums, *tracks)

    def _sum_deltas(self, ring: GridRing, oldest: int, open_seq: int) -> None:
        """Bring the running delta up to the last closed column."""
        is_known = ring is self._ring and ring.generation == self._generation
        was_lapped = self._summed_to + 1 < oldest  # what the writer overwrote unseen cannot be counted
        if was_lapped or not is_known:
            self._ring, self._generation = ring, ring.generation
            self._deltas = np.zeros(ring.capacity, np.int64)
            self._summed_to = oldest - 1
            self._first_summed = oldest
        if oldest <= self._first_summed:  # it may have been open so far, with a snapshot under way
            self._summed_from_ns = self._begin_ns(ring, self._first_summed)
        if self._summed_to + 1 < open_seq:
            kernels.add_deltas(ring.headers, self._summed_to + 1, open_seq - 1, self._deltas)
            self._summed_to = open_seq - 1

    def _begin_ns(self, ring: GridRing, seq: int) -> int:
        """Return when a column began; one with a snapshot, whose orders may be hours old, when that ended."""
        header = self._open.header if seq >= self._open.seq else ring.headers[seq & (ring.capacity - 1)]
        start_ns, clock_ns = int(header[H_START_NS]), int(header[H_CLOCK_NS])
        is_long = not ring.column_events and clock_ns - start_ns > ring.column_ns
        return clock_ns if is_long else start_ns


class HeldRange:
    """The upper end of a scale from 0: it grows when it must, and shrinks when it was too large for long.

    Its ends are 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    usual_share
        So many of the values > 0 fit into the range; the rest is cut off.
    """

    def __init__(self, usual_share: float = 0.995) -> None:
        self.top = 1.0
        self._usual_share = usual_share
        self._key: object = None
        self._n_small = 0

    def fit(self, values: NDArray[np.float64], key: object) -> float:
        """Return the end for these values, all >= 0; another ``key`` (zoom, ring) starts afresh."""
        found = values[np.isfinite(values) & (values > 0)]
        needed = 0.0
        if found.size:
            rank = ceil(self._usual_share * (found.size - 1))
            needed = round_up(float(np.partition(found, rank)[rank]))  # far quicker than np.quantile
        is_new = key != self._key
        self._n_small = self._n_small + 1 if needed < self.top else 0
        if needed and (is_new or needed > self.top or self._n_small > _SHRINK_AFTER):
            self.top = needed
            self._n_small = 0
        if needed:
            self._key = key
        return self.top


def round_up(value: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is at least ``value`` (> 0)."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))


def round_range(low: float, high: float) -> tuple[float, float]:
    """Return round bounds around ``low .. high`` with some room."""
    step = round_up(max(high - low, 1.0) / 8)
    return floor(low / step) * step, (floor(high / step) + 1) * step


class HeldSpan:
    """Both ends of a scale: they move when values leave them, or when they were far apart for long."""

    def __init__(self) -> None:
        self.low, self.high = 0.0, 1.0
        self._key: object = None
        self._n_small = 0

    def fit(self, values: NDArray[np.float64], key: object) -> tuple[float, float]:
        """Return the ends for these values; another ``key`` starts afresh."""
        found = values[np.isfinite(values)]
        if found.size == 0:
            return self.low, self.high
        low, high = float(found.min()), float(found.max())
        is_inside = self.low <= low and high <= self.high
        self._n_small = self._n_small + 1 if high - low < _SHRINK_SHARE * (self.high - self.low) else 0
        if key != self._key or not is_inside or self._n_small > _SHRINK_AFTER:
            room = max(0.15 * (high - low), _LEAST_ROOM)
            self.low, self.high = round_range(low - room, high + room)
            self._key, self._n_small = key, 0
        return self.low, self.high
