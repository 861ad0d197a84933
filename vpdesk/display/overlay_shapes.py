"""Lines and dots over the field, thinned to what the pixels can show."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import H_CENTRE, NO_TICK, TRADE_CAPACITY, GridRing
from vpdesk.display import window_kernels as kernels
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import FrameRequest, PooledBins

# Trades closer than this, in points of the screen, become one dot. A dot costs 2 us to draw, so the cells
# also bound what a frame costs.
_DOT_CELL_PT: Final = (12, 7)
_BEYOND_PX: Final = 8
_MAX_DOTS: Final = 800  # the largest are drawn; more would hide the field

BOUGHT: Final = 0
SOLD: Final = 1


@dataclass(frozen=True)
class TradeDots:
    """Trades pooled where they would overlap.

    x_px, y_px : (n,) float64, device pixels from the upper left corner.   sizes : (n,) float64, quantity.
    sides : (n,) int64, `BOUGHT`, `SOLD`, or 2 if unknown.
    columns_per_cell
        How coarsely they were pooled.
    """

    x_px: NDArray[np.float64]
    y_px: NDArray[np.float64]
    sizes: NDArray[np.float64]
    sides: NDArray[np.int64]
    columns_per_cell: int


def step_line(
    bins: PooledBins, track: int, request: FrameRequest, ticks_per_bucket: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a step line of one track as x and y in device pixels; NaN where it is interrupted.

    In a bin of several columns the line runs from its lowest to its highest value, so that no extreme
    is lost, and goes on from the newest.
    """
    view = request.viewport
    low, high, newest = bins.tracks[:, track, :].T
    is_known = low != NO_TICK
    # in relative mode a pooled bin may span several centres; its newest one places it
    base = bins.centres if request.is_relative else np.zeros_like(bins.centres)
    edges = (bins.first_bin + np.arange(bins.states.size + 1)) * view.columns_per_bin * view.px_per_column
    edges = np.floor(edges) - view.left_px
    x_px = np.stack([edges[:-1], edges[:-1], edges[:-1], edges[1:]], axis=1)
    ticks = np.where(is_known, np.stack([low, high, newest, newest]), 0)
    rows = (ticks + 0.5) / ticks_per_bucket - base
    y_px = np.floor(view.height_px - (rows * view.px_per_row - view.bottom_px)).T + 0.5
    y_px = np.clip(
        y_px, -_BEYOND_PX, view.height_px + _BEYOND_PX
    )  # what is out of sight is one straight line
    y_px[~is_known] = np.nan
    return _without_straight_points(x_px.ravel(), y_px.ravel())


def _without_straight_points(
    x_px: NDArray[np.float64], y_px: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Drop points that continue a level line on both sides: most of them, when little happens."""
    is_straight = np.zeros(y_px.size, bool)
    is_straight[1:-1] = (y_px[1:-1] == y_px[:-2]) & (y_px[1:-1] == y_px[2:])
    is_straight[1:-1] |= np.isnan(y_px[1:-1]) & np.isnan(y_px[:-2])
    return x_px[~is_straight], y_px[~is_straight]


def trade_dots(
    ring: GridRing, request: FrameRequest, open_seq: int, open_header: NDArray[np.int64]
) -> TradeDots:
    """Pool the visible trades. Thread: reader."""
    view = request.viewport
    cell_x_px, cell_y_px = (side_pt * request.density for side_pt in _DOT_CELL_PT)
    columns_per_cell = max(1, int(cell_x_px / view.px_per_column))
    rows_per_cell = max(1.0 / ring.ticks_per_bucket, float(int(cell_y_px / view.px_per_row)))
    x_low, x_high = view.x_range
    y_low, y_high = view.y_range
    first_x, last_x = int(x_low // columns_per_cell), int(x_high // columns_per_cell)
    first_y, last_y = int(y_low // rows_per_cell), int(y_high // rows_per_cell)
    shape = (3, last_x - first_x + 1, last_y - first_y + 1)
    sizes, places = np.empty(shape), np.empty((*shape, 2))
    n_trades = ring.published_trades
    kernels.pool_trades(
        ring.trades,
        n_trades,
        min(n_trades, TRADE_CAPACITY * 7 // 8),  # the writer may be at work on the last eighth
        ring.headers,
        open_header,
        open_seq,
        max(first_x * columns_per_cell, ring.span().oldest),
        min((last_x + 1) * columns_per_cell - 1, open_seq),
        ring.ticks_per_bucket,
        request.is_relative,
        columns_per_cell,
        first_x,
        rows_per_cell,
        first_y,
        sizes,
        places,
    )
    taken = np.flatnonzero(sizes)
    size = sizes.ravel()[taken]
    order = np.argsort(-size, kind="stable")[:_MAX_DOTS]  # small dots on top of large ones
    taken, size = taken[order], size[order]
    column, row = (places.reshape(-1, 2)[taken] / size[:, None]).T
    x_px = column * view.px_per_column - view.left_px
    y_px = view.height_px - (row * view.px_per_row - view.bottom_px)
    return TradeDots(x_px, y_px, size, taken // sizes[0].size, columns_per_cell)


def price_y_px(view: Viewport, tick: int, ticks_per_bucket: int, header: NDArray[np.int64] | None) -> float:
    """Return where a price stands, device pixels from the top; relative to ``header``'s centre if given."""
    base = 0 if header is None else int(header[H_CENTRE])
    return view.y_px((tick + 0.5) / ticks_per_bucket - base)
