"""One frame of the field: pool what is visible, colour it, and keep the pixels.

`FieldWindow` looks stateless from outside: a frame depends on the ring and the request alone. Inside, it
keeps the pooled bins of columns that are closed for good, because reading 65 000 columns again for every
frame would cost more than the whole frame may, and the pixels that scroll, because writing a screen of high
density takes as long as all the rest. Anything else that changes (layer, zoom, another ring) makes all of
it afresh.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import (
    H_BEST_ASK,
    H_BEST_BID,
    H_CENTRE,
    H_CLOCK_NS,
    H_EVENT_ID,
    H_FLAGS,
    H_LAST_TRADE,
    H_SPOT_TICK,
    N_HEADERS,
    N_PLANES,
    NO_TICK,
    GridRing,
    Span,
)
from vpdesk.display import window_kernels as kernels
from vpdesk.display.colours import Shades
from vpdesk.display.viewport import Viewport

# Fields that become lines over the field, in the order of `PooledBins.tracks`.
TRACK_BID: Final = 0
TRACK_ASK: Final = 1
TRACK_LAST: Final = 2
TRACK_SPOT: Final = 3
_TRACK_FIELDS: Final = np.array([H_BEST_BID, H_BEST_ASK, H_LAST_TRADE, H_SPOT_TICK], np.int64)

_MARGIN: Final = 0.5  # rows pooled beyond each edge, as a share of the rows in view
_HATCH_PX: Final = 3


@dataclass(frozen=True)
class FrameRequest:
    """What a frame shows. ``density`` is the number of device pixels in a point of the screen."""

    viewport: Viewport
    value_kind: int
    is_relative: bool
    has_fade: bool
    density: float = 1.0


class PooledBins:
    """Pooled columns, oldest first; axis 0 is the bin, and bin 0 is ``first_bin`` counted from column 0.

    The arrays are windows into longer ones, so that scrolling moves the windows and seldom the values.

    Attributes
    ----------
    values, ages : (n_bins, n_rows) float32
        Row 0 is ``first_row``. NaN outside the band. Ages are seconds; without ages there are no rows.
    states : (n_bins,) uint8, bits ``window_kernels.BIN_*``
    tracks : (n_bins, 4, 3) int64
        Lowest, highest and newest tick of each track.
    centres : (n_bins,) int64
        Centre bucket of the newest column.
    starts_ns : (n_bins,) int64
        Start of the oldest column; 0 where there is none.
    """

    def __init__(self, first_bin: int, n_bins: int, first_row: int, n_rows: int, *, has_ages: bool) -> None:
        self.first_bin, self.first_row = first_bin, first_row
        n_held = n_bins + n_bins // 2
        self._values = np.full((n_held, n_rows), np.nan, np.float32)
        self._ages = np.full((n_held, n_rows if has_ages else 0), np.inf, np.float32)
        self._states = np.zeros(n_held, np.uint8)
        self._tracks = np.full((n_held, _TRACK_FIELDS.size, 3), NO_TICK, np.int64)
        self._centres = np.zeros(n_held, np.int64)
        self._starts_ns = np.zeros(n_held, np.int64)
        self._show(0, n_bins)

    def scroll_to(self, first_bin: int) -> None:
        """Keep what is still in view, so that bin 0 is ``first_bin``; bins that came into view hold rests."""
        n_bins, n_held = self.states.size, self._states.size
        shift, self.first_bin = first_bin - self.first_bin, first_bin
        begin = self._begin + shift
        if 0 <= begin <= n_held - n_bins:
            self._show(begin, n_bins)
        elif abs(shift) < n_bins:
            begin = 0 if shift > 0 else n_held - n_bins
            kept, was = max(begin, begin - shift), max(self._begin, self._begin + shift)
            n_kept = n_bins - abs(shift)
            for array in self._arrays():
                array[kept : kept + n_kept] = array[was : was + n_kept]
            self._show(begin, n_bins)

    def _arrays(self) -> tuple[NDArray[np.generic], ...]:
        return self._values, self._ages, self._states, self._tracks, self._centres, self._starts_ns

    def _show(self, begin: int, n_bins: int) -> None:
        self._begin = begin
        shown = slice(begin, begin + n_bins)
        self.values, self.ages = self._values[shown], self._ages[shown]
        self.states, self.tracks = self._states[shown], self._tracks[shown]
        self.centres, self.starts_ns = self._centres[shown], self._starts_ns[shown]

    def has_rows(self, first_row: int, n_rows: int) -> bool:
        """Return whether these rows were pooled."""
        return self.first_row <= first_row and first_row + n_rows <= self.first_row + self.values.shape[1]

    def clear(self, n_bins: int) -> None:
        """Forget the oldest ``n_bins``."""
        self.states[:n_bins] = 0
        self.tracks[:n_bins] = NO_TICK
        self.starts_ns[:n_bins] = 0


@dataclass(frozen=True, eq=False)
class FramePixels:
    """The pixels of a frame, 0xffRRGGBB, in a buffer that goes round.

    Attributes
    ----------
    buffer : (height, width) uint32
        Every pixel column keeps its place while the field scrolls.
    seam : int
        The column of ``buffer`` that stands at the left edge; after the last one comes the first.
    """

    buffer: NDArray[np.uint32]
    seam: int

    def assembled(self) -> NDArray[np.uint32]:
        """Return a copy in the order of the screen."""
        return np.roll(self.buffer, -self.seam, axis=1)


class FieldWindow:
    """Paints frames into one persistent buffer. Thread: the reader's."""

    def __init__(self) -> None:
        self.pixels = FramePixels(np.zeros((1, 1), np.uint32), 0)
        self.bins = PooledBins(0, 1, 0, 1, has_ages=False)
        self.bin_of_px: NDArray[np.int32] = np.zeros(1, np.int32)
        self._colours: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._pooled_for: tuple[object, ...] | None = None
        self._painted_for: tuple[object, ...] | None = None
        self._painted_table: NDArray[np.uint32] | None = None
        self._painted_px = (0, 0)  # pixels first .. end - 1 of the grid are in the buffer
        self._pooled_now: list[tuple[int, int]] = []  # bins first .. end - 1 that changed in this frame
        self._finished = (0, 0)  # bins first .. end - 1 hold closed columns only
        self._open_cells: NDArray[np.float32] = np.zeros((N_PLANES, 1), np.float32)
        self._open_ids: NDArray[np.int64] = np.zeros(1, np.int64)
        self.open_seq = -1
        self.open_header: NDArray[np.int64] = np.zeros(N_HEADERS, np.int64)

    def paint(
        self,
        ring: GridRing | None,
        request: FrameRequest,
        table: NDArray[np.uint32],
        fade: NDArray[np.int32],
        shades: Shades,
    ) -> FramePixels:
        """Paint a frame and return its pixels, valid until the next.

        table : (65536,) uint32 and fade : (65536,) int32, as made in `colours`; never changed in place.
        """
        view = request.viewport
        rows_of_px = view.rows_of_px()
        first_row, n_rows = int(rows_of_px[-1]), int(rows_of_px[0] - rows_of_px[-1]) + 1
        point_px = max(1, round(request.density))
        bins_of_px = view.bins_of_px(lead_px=point_px)
        self._pool(ring, request, int(bins_of_px[point_px]), first_row, n_rows)
        bins = self.bins
        if self._colours.shape != (n_rows, bins.states.size):
            self._colours = np.zeros((n_rows, bins.states.size), np.uint32)
        bin_of_px = (bins_of_px - bins.first_bin).astype(np.int32)
        row_of_px = (rows_of_px - first_row).astype(np.int32)
        self.bin_of_px = bin_of_px[point_px:]
        buffer, width = self.pixels.buffer, view.width_px
        if buffer.shape != (view.height_px, width):
            buffer = np.zeros((view.height_px, width), np.uint32)
            self._painted_for = None
        for begin, end in self._stale_px(request, table, shades):
            kernels.paint_pixels(
                bins.values.view(np.uint32),
                bins.ages.view(np.uint32),
                first_row - bins.first_row,
                bins.states,
                request.has_fade,
                table,
                fade,
                np.uint32(shades.zero),
                np.uint32(shades.empty),
                np.uint32(shades.hatch_dark),
                np.uint32(shades.hatch_light),
                np.uint32(shades.divider),
                _HATCH_PX * point_px,
                begin,
                point_px,
                bin_of_px[begin - view.left_px : end - view.left_px + point_px],
                row_of_px,
                self._colours,
                buffer,
                begin % width,
            )
        self.pixels = FramePixels(buffer, view.left_px % width)
        return self.pixels

    def _stale_px(
        self, request: FrameRequest, table: NDArray[np.uint32], shades: Shades
    ) -> Iterator[tuple[int, int]]:
        """Yield what is not yet in the buffer: pixels of the grid, no run across the buffer's end."""
        view = request.viewport
        left, right = view.left_px, view.left_px + view.width_px
        look = (
            *(self._pooled_for, view.width_px, view.height_px, view.px_per_column, view.px_per_row),
            *(view.bottom_px, request.density, shades),
        )
        # fading cells change with every frame; a colour table is known by itself, not by its 65 536 colours
        is_same = look == self._painted_for and table is self._painted_table and not request.has_fade
        kept_from, kept_to = self._painted_px if is_same else (left, left)
        self._painted_for, self._painted_table, self._painted_px = look, table, (left, right)
        stale = [(left, kept_from), (kept_to, right)]
        stale += [view.px_of_bins(*bins) for bins in self._pooled_now]
        for begin, end in _joined(stale, left, right):
            for turn in range(begin // view.width_px, (end - 1) // view.width_px + 1):
                yield max(begin, turn * view.width_px), min(end, (turn + 1) * view.width_px)

    def peek(self, ring: GridRing | None) -> tuple[object, ...]:
        """Return what differs if a frame would: the newest column, what it shows, and the trades."""
        if ring is None:
            return ()
        self._read_open(ring)
        header = self.open_header
        newest = (self.open_seq, int(header[H_EVENT_ID]), int(header[H_CLOCK_NS]), int(header[H_FLAGS]))
        return (ring, ring.generation, *newest, ring.published_trades)

    def visible_values(self, request: FrameRequest) -> NDArray[np.float32]:
        """Return the values of the last frame's cells, without those outside the band or in a gap."""
        rows_of_px = request.viewport.rows_of_px()
        begin = int(rows_of_px[-1]) - self.bins.first_row
        end = int(rows_of_px[0]) - self.bins.first_row + 1
        shown = self.bins.values[self.bins.states != 0, max(begin, 0) : max(end, 0)]
        return shown[np.isfinite(shown)]

    def _pool(
        self, ring: GridRing | None, request: FrameRequest, first_bin: int, low_row: int, n_rows: int
    ) -> None:
        """Bring `bins` up to date: pool those that came into view and those that were not finished."""
        n_bins = request.viewport.n_bins
        self._pooled_now = []
        if ring is None:
            self.bins = PooledBins(first_bin, n_bins, low_row, n_rows, has_ages=request.has_fade)
            self._pooled_for = None
            return
        self._read_open(ring)
        span, open_seq = ring.span(), self.open_seq
        view = request.viewport
        key = (
            *(ring, span.generation, request.value_kind, request.is_relative, request.has_fade),
            *(n_bins, view.columns_per_bin, view.rows_per_bin),
        )
        if key != self._pooled_for or not self.bins.has_rows(low_row, n_rows):
            margin = int(n_rows * _MARGIN)
            self.bins = PooledBins(
                first_bin, n_bins, low_row - margin, n_rows + 2 * margin, has_ages=request.has_fade
            )
            self._pooled_for = key
            self._finished = (first_bin, first_bin)
        self.bins.scroll_to(first_bin)
        end_bin = first_bin + n_bins
        finished_from, finished_to = (min(max(i, first_bin), end_bin) for i in self._finished)
        for begin, end in ((first_bin, finished_from), (finished_to, end_bin)):
            if begin < end:
                self._pooled_now.append((begin, end))
                self._pool_bins(ring, request, begin, end, max(span.oldest, 0), open_seq)
        self._finished = (first_bin, max(first_bin, min(open_seq // view.columns_per_bin, end_bin)))
        self._drop_lapped(ring.first_intact(), view.columns_per_bin)

    def _read_open(self, ring: GridRing) -> None:
        if self._open_ids.shape != (ring.width,):
            self._open_cells = np.zeros((N_PLANES, ring.width), np.float32)
            self._open_ids = np.zeros(ring.width, np.int64)
        self.open_seq, _ = ring.read_open(self._open_cells, self._open_ids, self.open_header)

    def _pool_bins(
        self, ring: GridRing, request: FrameRequest, begin: int, end: int, oldest: int, open_seq: int
    ) -> None:
        """Pool the bins ``begin .. end - 1`` from the columns that exist."""
        columns_per_bin = request.viewport.columns_per_bin
        first = max(begin * columns_per_bin, oldest)
        last = min(end * columns_per_bin - 1, open_seq)
        bins = self.bins
        part = slice(begin - bins.first_bin, end - bins.first_bin)
        kernels.pool_columns(
            ring.cells,
            ring.last_event_ids,
            ring.headers,
            self._open_cells,
            self._open_ids,
            self.open_header,
            open_seq,
            first,
            last,
            request.value_kind,
            ring.epoch_ns,
            request.is_relative,
            columns_per_bin,
            begin,
            request.viewport.rows_per_bin,
            bins.first_row,
            request.has_fade,
            bins.values[part],
            bins.ages[part],
            bins.states[part],
        )
        kernels.pool_tracks(
            ring.headers,
            self.open_header,
            open_seq,
            first,
            last,
            _TRACK_FIELDS,
            columns_per_bin,
            begin,
            bins.tracks[part],
            bins.centres[part],
            bins.starts_ns[part],
        )

    def _drop_lapped(self, first_intact: int, columns_per_bin: int) -> None:
        """Show nothing of columns that the writer may have begun to overwrite while they were read."""
        first_bin = self.bins.first_bin
        n_lapped = -(-first_intact // columns_per_bin) - first_bin
        if n_lapped > 0:
            n_bins = self.bins.states.size
            n_gone = int(np.count_nonzero(self.bins.states[: min(n_lapped, n_bins)]))
            if n_gone:
                self._pooled_now.append((first_bin, first_bin + min(n_lapped, n_bins)))
            self.bins.clear(n_lapped)


def _joined(runs: list[tuple[int, int]], least: int, most: int) -> list[tuple[int, int]]:
    """Return runs first .. end - 1 within bounds, in order and without overlap."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted((max(begin, least), min(end, most)) for begin, end in runs):
        if begin >= end:
            continue
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def centre_range(ring: GridRing, span: Span) -> tuple[int, int]:
    """Return the lowest and highest centre bucket of the columns in ``span``; 0, 0 without a spot."""
    slots = np.arange(span.oldest, span.newest + 1) & (ring.capacity - 1)
    headers = ring.headers[slots]
    centres = headers[headers[:, H_SPOT_TICK] != NO_TICK, H_CENTRE]
    return (int(centres.min()), int(centres.max())) if centres.size else (0, 0)
