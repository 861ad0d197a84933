"""Cursors that say what a drag over the field will do."""

from functools import cache
from typing import Final

from PySide6.QtCore import QLineF, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap

_SIDE: Final = 32
_CROSS: Final = QPoint(10, 10)  # where the cursor points
_RIM: Final = "#0a0c10"  # keeps the ink apart from a bright field
_INK: Final = "#ffffff"


@cache
def zoom_cursor() -> QCursor:
    """Return a cross with a frame. Thread: UI."""
    return _cursor([], QRectF(17.5, 17.5, 11, 9))


@cache
def measure_cursor() -> QCursor:
    """Return a cross with a ruler. Thread: UI."""
    ticks = [QLineF(x, 19.5, x, 22.5 if i % 2 else 24.5) for i, x in enumerate((18.5, 21.5, 24.5, 27.5))]
    return _cursor(ticks, QRectF(15.5, 19.5, 15, 7))


def _cursor(lines: list[QLineF], frame: QRectF) -> QCursor:
    picture = QPixmap(_SIDE, _SIDE)
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
