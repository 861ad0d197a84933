"""Which columns and buckets the field shows, in whole device pixels.

Columns and buckets lie on a pixel grid that never moves: column x begins at pixel
``floor(x * px_per_column)``. The window looks at a rectangle of that grid and scrolls by whole pixels,
so a cell that scrolls keeps its exact shape and shade.
"""

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

MAX_PX_PER_COLUMN: Final = 400.0
MAX_PX_PER_ROW: Final = 120.0
MIN_PX_PER_ROW: Final = 0.02
_MARGIN_SHARE: Final = 0.15  # of the window, beside a cell that was brought into view
_EVEN_FROM_PX: Final = 4.0  # cells this large get a whole number of pixels each, so that they look alike


@dataclass(frozen=True)
class Viewport:
    """A rectangle of the pixel grid.

    Parameters
    ----------
    width_px, height_px
        Device pixels, at least 1.
    px_per_column, px_per_row
        Device pixels; below 1 where several columns or buckets share a pixel. A row is a bucket.
    left_px, bottom_px
        The grid's pixel at the left edge, and at the lower edge (upwards).
    """

    width_px: int
    height_px: int
    px_per_column: float
    px_per_row: float
    left_px: int = 0
    bottom_px: int = 0

    @property
    def x_range(self) -> tuple[float, float]:
        """Columns at the left and right edge; column c covers c .. c + 1."""
        return self.left_px / self.px_per_column, (self.left_px + self.width_px) / self.px_per_column

    @property
    def y_range(self) -> tuple[float, float]:
        """Buckets at the lower and upper edge; bucket b covers b .. b + 1."""
        return self.bottom_px / self.px_per_row, (self.bottom_px + self.height_px) / self.px_per_row

    @property
    def columns_per_bin(self) -> int:
        """Whole columns pooled so that a bin is at least a pixel wide."""
        return max(1, ceil(1 / self.px_per_column - 1e-9))

    @property
    def rows_per_bin(self) -> int:
        """Whole buckets pooled so that a row is at least a pixel high."""
        return max(1, ceil(1 / self.px_per_row - 1e-9))

    @property
    def n_bins(self) -> int:
        """Bins that are enough for the window wherever it stands."""
        return ceil(self.width_px / (self.px_per_column * self.columns_per_bin)) + 1

    @property
    def columns(self) -> tuple[int, int]:
        """First and last column in view; they need not exist.

        A pixel shows all columns of its bin: zoomed out, these are more than the one at its middle.
        """
        bin_px = self.px_per_column * self.columns_per_bin
        first = floor((self.left_px + 0.5) / bin_px)
        last = floor((self.left_px + self.width_px - 0.5) / bin_px)
        return first * self.columns_per_bin, (last + 1) * self.columns_per_bin - 1

    def bins_of_px(self, lead_px: int = 0) -> NDArray[np.int64]:
        """Return the bin under each pixel, left to right, counted from column 0.

        The first of them stands ``lead_px`` pixels to the left of the window.
        """
        middles = self.left_px - lead_px + np.arange(self.width_px + lead_px) + 0.5
        bins: NDArray[np.int64] = np.floor(middles / (self.px_per_column * self.columns_per_bin)).astype(
            np.int64
        )
        return bins

    def px_of_bins(self, first: int, end: int) -> tuple[int, int]:
        """Return pixels of the grid, first .. end - 1, that hold these bins and at most one beside them."""
        bin_px = self.px_per_column * self.columns_per_bin
        return floor(first * bin_px) - 1, ceil(end * bin_px) + 1

    def rows_of_px(self) -> NDArray[np.int64]:
        """Return the pooled row under each pixel, top to bottom, counted from bucket 0."""
        middles = self.bottom_px + np.arange(self.height_px)[::-1] + 0.5
        rows: NDArray[np.int64] = np.floor(middles / (self.px_per_row * self.rows_per_bin)).astype(np.int64)
        return rows

    def row_edges_px(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the edges and numbers of the pooled rows, top to bottom, exactly as pixels show them.

        (n + 1,) pixels from the upper edge, the last one the lower edge;  (n,) as of `rows_of_px`.
        """
        row_of_px = self.rows_of_px()
        begins = np.flatnonzero(np.diff(row_of_px, prepend=row_of_px[0] + 1))
        # a row is at least a pixel high: none is missing
        assert begins.size == row_of_px[0] - row_of_px[-1] + 1
        return np.append(begins, row_of_px.size), row_of_px[begins]

    def column_at(self, x_px: float) -> int:
        """Return the column under a pixel counted from the left edge."""
        return floor((self.left_px + floor(x_px) + 0.5) / self.px_per_column)

    def row_at(self, y_px: float) -> int:
        """Return the bucket under a pixel counted from the upper edge."""
        return floor((self.bottom_px + self.height_px - floor(y_px) - 0.5) / self.px_per_row)

    def x_px(self, column: float) -> float:
        """Return where a column begins, in pixels from the left edge."""
        return column * self.px_per_column - self.left_px

    def y_px(self, row: float) -> float:
        """Return where a bucket's lower edge is, in pixels from the upper edge."""
        return self.height_px - (row * self.px_per_row - self.bottom_px)

    def moved(self, right_px: float, up_px: float) -> "Viewport":
        """Look further right and up."""
        return replace(self, left_px=self.left_px + round(right_px), bottom_px=self.bottom_px + round(up_px))

    def ending_at(self, column: float) -> "Viewport":
        """Put the right edge where ``column`` begins, or where the bin of the column before it ends."""
        end = ceil(column / self.columns_per_bin) * self.columns_per_bin * self.px_per_column
        # the last pixel whose middle lies before the end: it shows the newest bin, however narrow
        return replace(self, left_px=ceil(end - 0.5) - self.width_px)

    def holding(self, column: int, row: int) -> "Viewport":
        """Show a cell whole: where it was out of view, some way into the window from the edge it left by."""
        right_px = _into_window(self.x_px(column), self.px_per_column, self.width_px)
        down_px = _into_window(self.y_px(row + 1), self.px_per_row, self.height_px)
        return self.moved(right_px, -down_px)

    def centred_at(self, column: float) -> "Viewport":
        """Put the time ``column`` into the middle."""
        return replace(self, left_px=round(column * self.px_per_column - self.width_px / 2))

    def centred_on(self, row: float) -> "Viewport":
        """Put the height ``row`` (in buckets) into the middle."""
        return replace(self, bottom_px=round(row * self.px_per_row - self.height_px / 2))

    def zoomed(
        self, x_factor: float, y_factor: float, x_px: float, y_px: float, *, max_columns: float
    ) -> "Viewport":
        """Enlarge by the factors around a pixel counted from the upper left corner."""
        px_per_column = self.px_per_column
        if x_factor != 1:
            least = self.width_px / max_columns
            px_per_column = _evened(min(max(px_per_column * x_factor, least), MAX_PX_PER_COLUMN))
        px_per_row = self.px_per_row
        if y_factor != 1:
            px_per_row = _evened(min(max(px_per_row * y_factor, MIN_PX_PER_ROW), MAX_PX_PER_ROW))
        column = (self.left_px + x_px) / self.px_per_column
        up_px = self.height_px - y_px
        row = (self.bottom_px + up_px) / self.px_per_row
        return replace(
            self,
            px_per_column=px_per_column,
            px_per_row=px_per_row,
            left_px=round(column * px_per_column - x_px),
            bottom_px=round(row * px_per_row - up_px),
        )

    def resized(self, width_px: int, height_px: int, density: float = 1.0) -> "Viewport":
        """Fit another window, keeping the right edge, the middle height and the size of cells.

        ``density`` is the new over the old number of device pixels in a point of the screen.
        """
        right = self.x_range[1]
        middle = sum(self.y_range) / 2
        scaled = replace(
            self,
            width_px=max(1, width_px),
            height_px=max(1, height_px),
            px_per_column=self.px_per_column * density,
            px_per_row=self.px_per_row * density,
        )
        return replace(
            scaled.centred_on(middle), left_px=round(right * scaled.px_per_column) - scaled.width_px
        )

    def with_cells(self, px_per_column: float, px_per_row: float) -> "Viewport":
        """Show cells of this size, keeping the middle of the window."""
        column, row = (sum(side) / 2 for side in (self.x_range, self.y_range))
        scaled = replace(self, px_per_column=_evened(px_per_column), px_per_row=_evened(px_per_row))
        return scaled.centred_at(column).centred_on(row)

    def showing(self, columns: tuple[float, float], rows: tuple[float, float]) -> "Viewport":
        """Show these columns and buckets from edge to edge, as nearly as whole pixels allow."""
        px_per_column = _evened_down(self.width_px / max(columns[1] - columns[0], 1e-9))
        px_per_row = _evened_down(self.height_px / max(rows[1] - rows[0], 1e-9))
        scaled = replace(
            self,
            px_per_column=min(px_per_column, MAX_PX_PER_COLUMN),
            px_per_row=min(max(px_per_row, MIN_PX_PER_ROW), MAX_PX_PER_ROW),
        )
        return scaled.ending_at(columns[1]).centred_on(sum(rows) / 2)


def _evened(px: float) -> float:
    return float(round(px)) if px >= _EVEN_FROM_PX else px


def _evened_down(px: float) -> float:
    return float(floor(px)) if px >= _EVEN_FROM_PX else px


def _into_window(begin_px: float, size_px: float, window_px: int) -> float:
    """Return how far to move a window so that it shows what begins there; 0 if it shows it already."""
    margin_px = window_px * _MARGIN_SHARE
    if begin_px < 0:
        return begin_px - margin_px
    if begin_px + size_px > window_px + 1:  # a cell at the very edge may be cut by a part of a pixel
        return begin_px + size_px - window_px + margin_px
    return 0.0
