"""Lines and dots over the field, thinned to what the pixels can show."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import H_CENTRE, NO_TICK, GridRing
from vpdesk.display import line_kernels
from vpdesk.display import window_kernels as kernels
from vpdesk.display.traded import n_intact_trades
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import FrameRequest, PooledBins

# Trades closer than this, in points of the screen, become one dot. A dot costs 2 us to draw, so the cells
# also bound what a frame costs.
_DOT_CELL_PT: Final = (12, 7)
_BEYOND_PX: Final = 8
_MAX_DOTS: Final = 800  # more would hide the field
_CALM_DOTS: Final = 600  # so few may be pooled more finely again

BOUGHT: Final = 0
SOLD: Final = 1


@dataclass(frozen=True)
class TradeDots:
    """Trades pooled where they would overlap.

    x_px, y_px : (n,) float64, device pixels from the upper left corner.   sizes : (n,) float64, quantity.
    sides : (n,) int64, `BOUGHT`, `SOLD`, or 2 if unknown.
    coarseness
        How coarsely they were pooled: grows with the area of the cells.
    """

    x_px: NDArray[np.float64]
    y_px: NDArray[np.float64]
    sizes: NDArray[np.float64]
    sides: NDArray[np.int64]
    coarseness: int


@dataclass(frozen=True)
class StepLine:
    """One price over time, in device pixels of the field.

    edges_px : (n + 1,) float64, left edges of the bins and the right edge of the last.
    heights_px : (n, 3) float64, whole pixels from the top, of a bin's lowest, highest and newest price; NaN
    where there is none.
    """

    edges_px: NDArray[np.float64]
    heights_px: NDArray[np.float64]

    def rects(self, thickness_px: int) -> NDArray[np.float64]:
        """Return the rectangles that the line fills: (n, 4) float64, left, top, width, height."""
        rects: NDArray[np.float64] = np.empty((2 * len(self.heights_px), 4))
        return rects[: line_kernels.step_rects(self.edges_px, self.heights_px, thickness_px, rects)]

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the corners as x and y, in the middle of pixels; NaN where the line is interrupted."""
        left, right = self.edges_px[:-1], self.edges_px[1:]
        x_px = np.stack([left, left, left, right], axis=1)
        y_px = self.heights_px[:, [0, 1, 2, 2]] + 0.5
        return _without_straight_points(x_px.ravel(), y_px.ravel())


def step_line(bins: PooledBins, track: int, request: FrameRequest, ticks_per_bucket: int) -> StepLine:
    """Return the line of one track.

    In a bin of several columns it runs from its lowest to its highest value, so that no extreme is lost,
    and goes on from the newest.
    """
    view = request.viewport
    tracks = bins.tracks[:, track, :]
    is_known = tracks != NO_TICK
    # in relative mode a pooled bin may span several centres; its newest one places it
    base = bins.centres if request.is_relative else np.zeros_like(bins.centres)
    edges = (bins.first_bin + np.arange(bins.states.size + 1)) * view.columns_per_bin * view.px_per_column
    rows = (np.where(is_known, tracks, 0) + 0.5) / ticks_per_bucket - base[:, np.newaxis]
    heights = np.floor(view.height_px - (rows * view.px_per_row - view.bottom_px))
    # what is out of sight is one straight line
    heights = np.clip(heights, -_BEYOND_PX, view.height_px + _BEYOND_PX)
    heights[~is_known] = np.nan
    return StepLine(np.floor(edges) - view.left_px, heights)


def _without_straight_points(
    x_px: NDArray[np.float64], y_px: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Drop points that continue a level line on both sides: most of them, when little happens."""
    is_straight = np.zeros(y_px.size, bool)
    is_straight[1:-1] = (y_px[1:-1] == y_px[:-2]) & (y_px[1:-1] == y_px[2:])
    is_straight[1:-1] |= np.isnan(y_px[1:-1]) & np.isnan(y_px[:-2])
    return x_px[~is_straight], y_px[~is_straight]


class DotPool:
    """Pools the visible trades into dots, more coarsely where they would be too many. Thread: reader.

    The degree of pooling has some inertia, so that dots do not jump to and fro.

    Attributes
    ----------
    least_size : int
        Trades below this size get no dot.
    """

    def __init__(self) -> None:
        self.least_size = 0
        self._key: tuple[object, ...] = ()
        self._level = 0  # cells are doubled so often, in turn along time and price

    def dots(
        self, ring: GridRing, request: FrameRequest, open_seq: int, open_header: NDArray[np.int64]
    ) -> TradeDots:
        """Return the dots; together those of a side hold the size of all its trades in the cells in view."""
        view = request.viewport
        cell_x_px, cell_y_px = (side_pt * request.density for side_pt in _DOT_CELL_PT)
        columns_per_cell = max(1, int(cell_x_px / view.px_per_column))
        rows_per_cell = max(1.0 / ring.ticks_per_bucket, float(int(cell_y_px / view.px_per_row)))
        key = (columns_per_cell, rows_per_cell, request.is_relative, self.least_size)
        if key != self._key:
            self._key, self._level = key, 0
        cells = self._cells(ring, request, open_seq, open_header, columns_per_cell, rows_per_cell)
        level = 0
        while cells.size.size > (_CALM_DOTS if level < self._level else _MAX_DOTS):
            cells = cells.merged(level)
            level += 1
        self._level = level
        order = np.argsort(-cells.size, kind="stable")  # small dots on top of large ones
        size = cells.size[order]
        column, row = cells.moments[:, order] / size
        x_px = column * view.px_per_column - view.left_px
        y_px = view.height_px - (row * view.px_per_row - view.bottom_px)
        return TradeDots(x_px, y_px, size, cells.side[order], columns_per_cell << level)

    def _cells(
        self,
        ring: GridRing,
        request: FrameRequest,
        open_seq: int,
        open_header: NDArray[np.int64],
        columns_per_cell: int,
        rows_per_cell: float,
    ) -> "_Cells":
        view = request.viewport
        first_x, last_x = (int(x // columns_per_cell) for x in view.x_range)
        first_y, last_y = (int(y // rows_per_cell) for y in view.y_range)
        # of cells that are merged all are in, or none
        rest_x, rest_y = ((1 << n_doubled) - 1 for n_doubled in ((self._level + 1) // 2, self._level // 2))
        first_x, last_x, first_y, last_y = (
            first_x & ~rest_x,
            last_x | rest_x,
            first_y & ~rest_y,
            last_y | rest_y,
        )
        shape = (3, last_x - first_x + 1, last_y - first_y + 1)
        sizes: NDArray[np.float64] = np.empty(shape)
        places: NDArray[np.float64] = np.empty((*shape, 2))
        n_trades = ring.published_trades
        kernels.pool_trades(
            ring.trades,
            n_trades,
            n_intact_trades(ring, n_trades),
            ring.headers,
            open_header,
            open_seq,
            max(first_x * columns_per_cell, ring.span().oldest),
            min((last_x + 1) * columns_per_cell - 1, open_seq),
            ring.ticks_per_bucket,
            request.is_relative,
            self.least_size,
            columns_per_cell,
            first_x,
            rows_per_cell,
            first_y,
            sizes,
            places,
        )
        taken = np.flatnonzero(sizes)
        side, x, y = np.unravel_index(taken, shape)
        moments = places.reshape(-1, 2)[taken].T
        return _Cells(side, x + first_x, y + first_y, sizes.ravel()[taken], moments)


@dataclass(frozen=True)
class _Cells:
    """Cells that hold trades.

    side, x, y : (n,) int64, whose trades, and where, counted from zero.   size : (n,) float64.
    moments : (2, n) float64, size x column and size x height in buckets.
    """

    side: NDArray[np.int64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]
    size: NDArray[np.float64]
    moments: NDArray[np.float64]

    def merged(self, level: int) -> "_Cells":
        """Return cells twice as wide, or at every other ``level`` twice as high."""
        x, y = (self.x >> 1, self.y) if level % 2 == 0 else (self.x, self.y >> 1)
        n_y = int(y.max() - y.min()) + 1
        n_x = int(x.max() - x.min()) + 1
        keys = (self.side * n_x + (x - x.min())) * n_y + (y - y.min())
        found, index = np.unique(keys, return_inverse=True)
        sums = [
            np.bincount(index, weights=weights, minlength=found.size)
            for weights in (self.size, *self.moments)
        ]
        pooled = np.array(sums, np.float64)
        rest, row_of = np.divmod(found, n_y)
        side, column_of = np.divmod(rest, n_x)
        return _Cells(side, column_of + x.min(), row_of + y.min(), pooled[0], pooled[1:])


def price_y_px(view: Viewport, tick: int, ticks_per_bucket: int, header: NDArray[np.int64] | None) -> float:
    """Return where a price stands, device pixels from the top; relative to ``header``'s centre if given."""
    base = 0 if header is None else int(header[H_CENTRE])
    return view.y_px((tick + 0.5) / ticks_per_bucket - base)
