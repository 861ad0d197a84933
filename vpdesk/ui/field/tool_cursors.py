"""Cursors that say what a drag over the field will do, drawn in the pixels of the screen they are on."""

from functools import cache
from typing import Final

from PySide6.QtCore import QLineF, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap

_SIDE: Final = 32
_CROSS: Final = QPoint(10, 10)  # where the cursor points
_RIM: Final = "#0a0c10"  # keeps the ink apart from a bright field
_INK: Final = "#ffffff"


@cache
def zoom_cursor(density: float) -> QCursor:
    """Return a cross with a frame, for device pixels per point. Thread: UI."""
    return _cursor([], QRectF(17.5, 17.5, 11, 9), density)


@cache
def measure_cursor(density: float) -> QCursor:
    """Return a cross with a ruler, for device pixels per point. Thread: UI."""
    ticks = [QLineF(x, 19.5, x, 22.5 if i % 2 else 24.5) for i, x in enumerate((18.5, 21.5, 24.5, 27.5))]
    return _cursor(ticks, QRectF(15.5, 19.5, 15, 7), density)


def _cursor(lines: list[QLineF], frame: QRectF, density: float) -> QCursor:
    picture = QPixmap(QSize(_SIDE, _SIDE) * density)
    picture.setDevicePixelRatio(density)
    picture.fill(Qt.GlobalColor.transparent)
    x, y = _CROSS.x() + 0.5, _CROSS.y() + 0.5
    cross = [QLineF(x - 9, y, x + 9, y), QLineF(x, y - 9, x, y + 9)]
    painter = QPainter(picture)
    for colour, width in ((_RIM, 3), (_INK, 1)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawLines(cross + lines)
        painter.drawRect(frame)
    painter.end()
    return QCursor(picture, _CROSS.x(), _CROSS.y())
