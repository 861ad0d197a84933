"""With which zoom a view starts, and whether someone chose another one since."""

import math
from typing import Final

from vpdesk.display.viewport import Viewport

Zoom = tuple[float, float]  # points per column and per bucket

USUAL_PT: Final[Zoom] = (3.0, 12.0)  # buckets are taller where the band fits so


class StartZoom:
    """The usual zoom, or the one that is remembered. Thread: any one."""

    def __init__(self) -> None:
        self.remembered_pt: Zoom | None = None
        self._usual_pt: Zoom | None = None  # as the view took it, if it did

    def of(self, view: Viewport, density: float, n_buckets: int) -> Viewport:
        """Return the view with the start zoom, anywhere.

        ``density`` is pixels per point, ``n_buckets`` the height of the band.
        """
        tall_pt = view.height_px // n_buckets / density
        column_pt, row_pt = self.remembered_pt or (USUAL_PT[0], max(tall_pt, USUAL_PT[1]))
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
