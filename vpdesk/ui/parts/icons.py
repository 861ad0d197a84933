"""The few icons of the window, drawn as shapes so that they suit any theme, size and pixel density."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

_SIZES_PX: Final = (16, 20, 24, 32, 48, 64)


def icon(name: str, colour: str, disabled: str) -> QIcon:
    """Return the icon `name` (a key of `SHAPES`) in `colour`, with a paler one for disabled actions."""
    result = QIcon()
    for size_px in _SIZES_PX:
        result.addPixmap(_pixmap(name, colour, size_px), QIcon.Mode.Normal)
        result.addPixmap(_pixmap(name, disabled, size_px), QIcon.Mode.Disabled)
    return result


def _pixmap(name: str, colour: str, size_px: int) -> QPixmap:
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size_px / 16, size_px / 16)  # shapes are drawn on 16 x 16
    painter.setPen(QPen(QColor(colour), 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    SHAPES[name](painter, QColor(colour))
    painter.end()
    return pixmap


def _triangle(painter: QPainter, colour: QColor, left: float, right: float) -> None:
    points = [QPointF(left, 3.5), QPointF(right, 8), QPointF(left, 12.5)]
    path = QPainterPath()
    path.addPolygon(QPolygonF(points))
    painter.fillPath(path, colour)


def _play(painter: QPainter, colour: QColor) -> None:
    _triangle(painter, colour, 4, 13)


def _pause(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(3.5, 3, 3, 10), colour)
    painter.fillRect(QRectF(9.5, 3, 3, 10), colour)


def _event_forward(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(3, 3.5, 1.6, 9), colour)
    _triangle(painter, colour, 6.5, 13)


def _event_back(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(11.4, 3.5, 1.6, 9), colour)
    _triangle(painter, colour, 9.5, 3)


def _column_forward(painter: QPainter, colour: QColor) -> None:
    _triangle(painter, colour, 2, 7.5)
    _triangle(painter, colour, 8, 13.5)


def _column_back(painter: QPainter, colour: QColor) -> None:
    _triangle(painter, colour, 8, 2.5)
    _triangle(painter, colour, 14, 8.5)


def _slower(painter: QPainter, colour: QColor) -> None:
    painter.drawLine(QPointF(4, 8), QPointF(12, 8))


def _faster(painter: QPainter, colour: QColor) -> None:
    _slower(painter, colour)
    painter.drawLine(QPointF(8, 4), QPointF(8, 12))


def _open(painter: QPainter, colour: QColor) -> None:
    points = [(2, 12.5), (2, 3.5), (6, 3.5), (7.5, 5.5), (13.5, 5.5), (13.5, 12.5), (2, 12.5)]
    painter.drawPolyline([QPointF(x, y) for x, y in points])


def _live(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(8, 8), 1.3, 1.3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for radius in (3.6, 6.0):
        box = QRectF(8 - radius, 8 - radius, 2 * radius, 2 * radius)
        painter.drawArc(box, -45 * 16, 90 * 16)
        painter.drawArc(box, 135 * 16, 90 * 16)


def _fit(painter: QPainter, colour: QColor) -> None:
    for x, y, dx, dy in ((2.5, 2.5, 1, 1), (13.5, 2.5, -1, 1), (2.5, 13.5, 1, -1), (13.5, 13.5, -1, -1)):
        corner = QPointF(x, y)
        painter.drawLine(corner, QPointF(x + 3.5 * dx, y))
        painter.drawLine(corner, QPointF(x, y + 3.5 * dy))


def _scale(painter: QPainter, colour: QColor) -> None:
    painter.drawRect(QRectF(5.5, 2, 5, 12))
    painter.fillRect(QRectF(5.5, 6, 5, 4), colour)


def _follow(painter: QPainter, colour: QColor) -> None:
    painter.drawLine(QPointF(13, 2.5), QPointF(13, 13.5))
    painter.drawPolyline([QPointF(2, 8), QPointF(10, 8), QPointF(7, 5)])
    painter.drawLine(QPointF(10, 8), QPointF(7, 11))


def _age(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QPointF(8, 8), 5.8, 5.8)
    painter.drawPolyline([QPointF(8, 4.5), QPointF(8, 8), QPointF(10.5, 9.5)])


def _theme(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QPointF(8, 8), 5.6, 5.6)
    half = QPainterPath(QPointF(8, 2.4))
    half.arcTo(QRectF(2.4, 2.4, 11.2, 11.2), 90, 180)
    painter.fillPath(half, colour)


def _find(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QPointF(6.8, 6.8), 4.2, 4.2)
    painter.drawLine(QPointF(10, 10), QPointF(13.5, 13.5))


def _close(painter: QPainter, colour: QColor) -> None:
    painter.drawLine(QPointF(4.5, 4.5), QPointF(11.5, 11.5))
    painter.drawLine(QPointF(11.5, 4.5), QPointF(4.5, 11.5))


def _float(painter: QPainter, colour: QColor) -> None:
    """Draw a window in front of another."""
    painter.drawRect(QRectF(2.5, 6, 7.5, 7.5))
    painter.drawPolyline([QPointF(x, y) for x, y in ((6, 3), (13.5, 3), (13.5, 10), (12.5, 10))])


def _app(painter: QPainter, colour: QColor) -> None:
    """Draw a small field: cells above and below a spot line."""
    cells = ((2, 2, 90), (6, 2, 160), (10, 2, 60), (2, 10, 140), (6, 10, 70), (10, 10, 200))
    for x, y, alpha in cells:
        shade = QColor(colour)
        shade.setAlpha(alpha)
        painter.fillRect(QRectF(x, y, 4, 4), shade)
    painter.drawPolyline([QPointF(1.5, 9), QPointF(6, 7.4), QPointF(10, 8.6), QPointF(14.5, 7)])


SHAPES: Final[dict[str, Callable[[QPainter, QColor], None]]] = {
    "play": _play,
    "pause": _pause,
    "event_forward": _event_forward,
    "event_back": _event_back,
    "column_forward": _column_forward,
    "column_back": _column_back,
    "slower": _slower,
    "faster": _faster,
    "open": _open,
    "live": _live,
    "fit": _fit,
    "scale": _scale,
    "follow": _follow,
    "age": _age,
    "theme": _theme,
    "find": _find,
    "close": _close,
    "float": _float,
    "app": _app,
}
