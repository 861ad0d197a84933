"""With which zoom a view starts, and whether someone chose another one since."""

import math
from typing import Final

from vpdesk.display.viewport import Viewport

_COLUMN_PT: Final = 3.0  # width of a column
_ROW_PT: Final = 12.0  # height of a bucket, unless the band fits with taller ones

Zoom = tuple[float, float]  # points per column and per bucket


class StartZoom:
    """The usual zoom, or the one that is remembered. Thread: any one."""

    def __init__(self) -> None:
        self.remembered_pt: Zoom | None = None
        self._usual_pt: Zoom | None = None  # as the view took it, if it did

    def of(self, view: Viewport, density: float, n_buckets: int) -> Viewport:
        """Return the view with the start zoom, anywhere.

        ``density`` is pixels per point, ``n_buckets`` the height of the band.
        """
        usual_pt = (_COLUMN_PT, max(view.height_px / density / n_buckets, _ROW_PT))
        column_pt, row_pt = self.remembered_pt or usual_pt
        column_px, row_px = column_pt * density, row_pt * density
        zoomed = view.showing((0.0, view.width_px / column_px), (0.0, view.height_px / row_px))
        self._usual_pt = _zoom_of(zoomed, density) if self.remembered_pt is None else None
        return zoomed

    def chosen_pt(self, view: Viewport, density: float) -> Zoom | None:
        """Return the view's zoom if someone chose it, None while it is the usual one."""
        zoom = _zoom_of(view, density)
        is_usual = self._usual_pt is not None and all(map(_is_close, zoom, self._usual_pt))
        return None if is_usual else zoom


def _zoom_of(view: Viewport, density: float) -> Zoom:
    return view.px_per_column / density, view.px_per_row / density


def _is_close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6)
