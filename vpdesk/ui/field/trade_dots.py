"""Trades as dots: area by size, colour by aggressor, all drawn from one picture in one call."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray  # hands numbers to Qt without a Python object for each
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from vpdesk.display.overlay_shapes import TradeDots

DOT_COLOURS: Final = ("#b9fbe3", "#e8509a", "#b8bec8")  # bought, sold, aggressor unknown
DOT_RIM: Final = "#0a0c10"

_AREA_PT: Final = 45.0  # of a trade of the reference size
_LEAST_PT: Final = 1.5
_MOST_PT: Final = 11.0
_STEP_PT: Final = 0.5  # radii come in steps, so that one picture holds every dot there can be
_N_STEPS: Final = round(_MOST_PT / _STEP_PT) + 1

# columns of the numbers of a QPainter.PixmapFragment
_X, _Y, _SOURCE_X, _SOURCE_Y, _WIDTH, _HEIGHT, _SCALE_X, _SCALE_Y, _ROTATION, _OPACITY = range(10)


class DotBrush:
    """Paints trades in device pixels. Thread: UI."""

    def __init__(self) -> None:
        self._density = 0.0
        self._picture = QPixmap()
        self._fragments = PrimitiveArray(QPainter.PixmapFragment, 10)

    def paint(self, painter: QPainter, dots: TradeDots, reference_size: float, density: float) -> None:
        """Paint dots in their order; a trade of ``reference_size`` gets one of the usual area."""
        if density != self._density:
            self._density, self._picture = density, _draw_all(density)
        radii_pt = np.sqrt(dots.sizes / reference_size * (_AREA_PT / np.pi))
        steps = np.rint(np.clip(radii_pt, _LEAST_PT, _MOST_PT) / _STEP_PT).astype(np.int64)
        sides_px = _side_px(steps, density)
        cell_px = _cell_px(density)
        self._fragments.resize(dots.sizes.size)
        fragments = self._fragments.ndarray()
        # Qt places the middle; the corner has to lie on a whole pixel
        fragments[:, _X] = np.rint(dots.x_px)
        fragments[:, _Y] = np.rint(dots.y_px)
        fragments[:, _SOURCE_X] = steps * cell_px
        fragments[:, _SOURCE_Y] = dots.sides * cell_px
        fragments[:, _WIDTH] = fragments[:, _HEIGHT] = sides_px
        fragments[:, _SCALE_X] = fragments[:, _SCALE_Y] = fragments[:, _OPACITY] = 1.0
        fragments[:, _ROTATION] = 0.0
        first, n_fragments = self._fragments.drawargs()
        painter.drawPixmapFragments(first, n_fragments, self._picture)


def _side_px(steps: NDArray[np.int64], density: float) -> NDArray[np.int64]:
    """Return the sides, even numbers, of the squares that hold dots of these radii and their rims."""
    sides: NDArray[np.int64] = 2 * np.ceil(steps * (_STEP_PT * density)).astype(np.int64) + 4
    return sides


def _cell_px(density: float) -> int:
    return int(_side_px(np.array(_N_STEPS - 1), density))


def _draw_all(density: float) -> QPixmap:
    """Draw every dot there can be: a row for each aggressor, by radius."""
    cell_px = _cell_px(density)
    picture = QPixmap(_N_STEPS * cell_px, len(DOT_COLOURS) * cell_px)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(DOT_RIM))
    middles = _side_px(np.arange(_N_STEPS), density) / 2
    for row, colour in enumerate(DOT_COLOURS):
        fill = QColor(colour)
        fill.setAlpha(225)
        painter.setBrush(fill)
        for n_steps, middle_px in enumerate(middles.tolist()):
            radius_px = n_steps * _STEP_PT * density
            centre = QPointF(n_steps * cell_px + middle_px, row * cell_px + middle_px)
            painter.drawEllipse(centre, radius_px, radius_px)
    painter.end()
    return picture
