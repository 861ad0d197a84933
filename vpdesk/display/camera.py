"""Where the field is looked at: the viewport, how it follows the market, and how it is moved."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import H_CENTRE, H_SPOT_TICK, NO_TICK, GridRing
from vpdesk.display.follow import SpotFollower
from vpdesk.display.start_zoom import USUAL_PT, StartZoom, Zoom
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import centre_range

_ROUNDING_PX: Final = 0.5
_KEPT_SHARE: Final = 0.1  # of the width: columns stay in view on so much of it, if there are as many
_MOST_COLUMNS: Final = 8192  # that are shown where there is no ring to say


class _FineZoom:
    """Remembers what whole pixels leave over of a zoom: many small steps get as far as a large one."""

    def __init__(self) -> None:
        self._wished_px = self._shown_px = 0.0

    def wished_factor(self, factor: float, shown_px: float) -> float:
        """Return the factor from the size shown to the size wished for."""
        if shown_px != self._shown_px:  # another way led here
            self._wished_px = shown_px
        self._wished_px *= factor
        return 1.0 if factor == 1.0 else self._wished_px / shown_px

    def take(self, shown_px: float) -> None:
        """Take up the size that became of it."""
        if abs(shown_px - self._wished_px) > _ROUNDING_PX:  # it went against a limit
            self._wished_px = shown_px
        self._shown_px = shown_px


class Camera:
    """A viewport on a ring. Thread: the reader's.

    Attributes
    ----------
    view : Viewport
    density : float
        Device pixels per point of the screen.
    is_following : bool
        Whether the newest column stays at the right edge and the spot in view.
    is_placed : bool
        Whether the view was ever put where the data is; if not, `follow` does so.
    is_relative : bool
        Whether rows are distances from the spot instead of prices.
    """

    def __init__(self, size_px: tuple[int, int], density: float) -> None:
        column_pt, row_pt = USUAL_PT
        self.view = Viewport(*size_px, column_pt * density, row_pt * density)
        self.density = density
        self.is_following = True
        self.is_placed = False
        self.is_relative = False
        self._start_zoom = StartZoom()
        self._follower = SpotFollower()
        self._time_zoom, self._price_zoom = _FineZoom(), _FineZoom()

    @property
    def is_gliding(self) -> bool:
        """Whether the view is still on its way to the spot."""
        return self._follower.is_gliding

    def take_size(self, size_px: tuple[int, int], density: float) -> None:
        """Fit the view to the field's size and pixel density."""
        if density != self.density or size_px != (self.view.width_px, self.view.height_px):
            self.view = self.view.resized(*size_px, density / self.density)
            self.density = density

    def follow(self, ring: GridRing | None, open_header: NDArray[np.int64]) -> None:
        """Bring the view to where the market is. ``open_header`` is that of the newest column."""
        if ring is None or ring.published_seq < 0:
            return
        newest = ring.published_seq
        has_spot = int(open_header[H_SPOT_TICK]) != NO_TICK
        spot_row = 0.5 if self.is_relative else float(open_header[H_CENTRE]) + 0.5
        if not self.is_placed and has_spot:
            self.is_placed = True
            start = self._start_zoom.of(self.view, self.density, ring.width)
            self.view = start.centred_on(spot_row).ending_at(newest + 1)
        if not self.is_following:
            return
        self.view = self.view.ending_at(newest + 1)
        if has_spot:
            self.view = self._follower.follow(self.view, spot_row)

    def move(self, right_px: float, up_px: float, ring: GridRing | None) -> None:
        """Look further right and up, but never past all columns."""
        self._hold(self.view.moved(right_px, up_px), ring)

    def zoom(self, x_factor: float, y_factor: float, x_px: float, y_px: float, ring: GridRing | None) -> None:
        """Enlarge around a pixel of the field; while following the newest column keeps its place."""
        view = self.view
        zoomed = view.zoomed(
            self._time_zoom.wished_factor(x_factor, view.px_per_column),
            self._price_zoom.wished_factor(y_factor, view.px_per_row),
            view.width_px if self.is_following else x_px,
            y_px,
            max_columns=ring.capacity if ring is not None else _MOST_COLUMNS,
        )
        self._hold(zoomed, ring)
        self._time_zoom.take(self.view.px_per_column)
        self._price_zoom.take(self.view.px_per_row)

    def show_box(
        self, left_px: float, top_px: float, right_px: float, bottom_px: float, ring: GridRing | None
    ) -> None:
        """Enlarge a box of the field, in pixels from the upper left corner, to all of it."""
        view = self.view
        columns = (
            (view.left_px + left_px) / view.px_per_column,
            (view.left_px + right_px) / view.px_per_column,
        )
        top, bottom = view.bottom_px + view.height_px - top_px, view.bottom_px + view.height_px - bottom_px
        shown = view.showing(columns, (bottom / view.px_per_row, top / view.px_per_row))
        self._hold(shown.centred_at(sum(columns) / 2), ring)

    def reset_zoom(self, ring: GridRing) -> None:
        """Give cells the size that the program starts with, keeping the middle."""
        self._start_zoom.remembered_pt = None
        start = self._start_zoom.of(self.view, self.density, ring.width)
        self._hold(self.view.with_cells(start.px_per_column, start.px_per_row), ring)

    def zoom_pt(self) -> Zoom | None:
        """Return the points per column and per bucket; None while they are the usual ones."""
        if not self.is_placed:
            return self._start_zoom.remembered_pt
        return self._start_zoom.chosen_pt(self.view, self.density)

    def forget_place(self, zoom_pt: Zoom | None) -> None:
        """Have the view put where the data is at the next frame, with this zoom; None is the usual one."""
        self._start_zoom.remembered_pt = zoom_pt
        self.is_placed = False

    def fit(self, ring: GridRing) -> None:
        """Show every column there is, and every bucket in them."""
        span = ring.span()
        if span.newest < span.oldest:
            return
        low, high = (0, 0) if self.is_relative else centre_range(ring, span)
        reach = ring.half_width
        columns = (float(span.oldest), float(span.newest + 1))
        self.view = self.view.showing(columns, (low - reach, high + reach + 1))

    def _hold(self, wanted: Viewport, ring: GridRing | None) -> None:
        """Go to a view, but no further past the first or the last column than we are already.

        A session that went to an earlier time, or let columns go, may have left the view behind: that is
        no reason to drag it along.
        """
        former_px, wanted_px = _past_columns_px(self.view, ring), _past_columns_px(wanted, ring)
        allowed_px = min(max(wanted_px, min(former_px, 0.0)), max(former_px, 0.0))
        self.view = wanted.moved(allowed_px - wanted_px, 0)


def _past_columns_px(view: Viewport, ring: GridRing | None) -> float:
    """Return how far a view is past the newest column (above 0) or the oldest one (below 0), 0 if neither."""
    span = None if ring is None else ring.span()
    if span is None or span.newest < span.oldest:
        return 0.0
    begin_px, end_px = view.x_px(span.oldest), view.x_px(span.newest + 1)
    kept_px = min(_KEPT_SHARE * view.width_px, end_px - begin_px)
    return max(kept_px - end_px, 0.0) or min(view.width_px - kept_px - begin_px, 0.0)
