"""What lies over the field: best bid and ask, last price, trades, the crosshair and a few words."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray  # hands numbers to Qt without a Python object for each
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vpdesk.display.overlay_shapes import TradeDots, line_rects
from vpdesk.ui.field.placed_item import PlacedItem
from vpdesk.ui.parts.fitting import fitting

# Over blue and amber, mint and rose stay apart; and mint is the lighter one for eyes that see no hue.
BID_COLOUR: Final = "#7ee8c7"
ASK_COLOUR: Final = "#f28ab8"
SPOT_COLOUR: Final = "#ffffff"
DOT_COLOURS: Final = ("#b9fbe3", "#e8509a", "#b8bec8")  # bought, sold, aggressor unknown
_DOT_RIM: Final = "#0a0c10"
_MARK_COLOUR: Final = "#ffffff"

_MARK_LEAST_PT: Final = 9.0  # side of the frame around a cell too small to see
_LINE_PT: Final = 2
_DOT_AREA_PT: Final = 45.0  # of a trade of the reference size
_DOT_LEAST_PT: Final = 1.5
_DOT_MOST_PT: Final = 11.0
_CAPTION_MARGIN_PT: Final = 8
_CAPTION_PADDING_PT: Final = 8
_LEFT_CAPTION_SHARE: Final = 0.6  # of the field's width
_DOT_STEP_PT: Final = 0.5  # radii come in steps, so that few pictures of dots are kept

Line = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class StyledLine:
    """A line in device pixels, and how it is drawn."""

    points: Line
    colour: str
    is_dotted: bool = False


class OverlayItem(QGraphicsItem):
    """Lines and dots, in device pixels of the field."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._density = 1.0
        self._lines: list[tuple[PrimitiveArray, QColor]] = []
        self._dotted: list[tuple[QPainterPath, QPen]] = []
        self._dots: TradeDots | None = None
        self._mark = QRectF()
        self._reference_size = 1.0
        self._dot_pictures: dict[tuple[int, int, float], QPixmap] = {}

    def set_rect(self, rect: QRectF, density: float) -> None:
        """Take the field's place in the scene; ``density`` is device pixels per point."""
        if rect != self._rect or density != self._density:
            self.prepareGeometryChange()
            self._rect = rect
            self._density = density

    def set_shapes(self, lines: list[StyledLine], dots: TradeDots | None, reference_size: float) -> None:
        """Replace everything; a trade of ``reference_size`` gets a dot of the usual size."""
        thickness_px = _LINE_PT * max(1, round(self._density))
        self._lines = [
            (_rects(line.points, thickness_px), QColor(line.colour)) for line in lines if not line.is_dotted
        ]
        self._dotted = [
            (_path(line.points), _dotted_pen(line.colour, thickness_px)) for line in lines if line.is_dotted
        ]
        self._dots = dots
        self._reference_size = max(reference_size, 1e-9)
        self.update()

    def set_mark(self, cell_px: QRectF) -> None:
        """Frame a cell, given in device pixels of the field; an empty one frames nothing."""
        if cell_px != self._mark:
            self._mark = cell_px
            self.update()

    def boundingRect(self) -> QRectF:
        """Return what this item may paint on, in points of the scene."""
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the scene."""
        painter.save()
        painter.setClipRect(self._rect)
        painter.translate(self._rect.topLeft())
        painter.scale(1 / self._density, 1 / self._density)
        painter.setPen(Qt.PenStyle.NoPen)
        for rects, colour in self._lines:
            painter.setBrush(colour)
            painter.drawRects(*rects.drawargs())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path, pen in self._dotted:
            painter.setPen(pen)
            painter.drawPath(path)
        if self._dots is not None:
            self._paint_dots(painter, self._dots)
        if not self._mark.isEmpty():
            self._paint_mark(painter)
        painter.restore()

    def _paint_mark(self, painter: QPainter) -> None:
        """Frame the marked cell: white within black stands out on any shade."""
        least_px = _MARK_LEAST_PT * self._density
        frame = QRectF(0, 0, max(self._mark.width(), least_px), max(self._mark.height(), least_px))
        frame.moveCenter(self._mark.center())
        right_px = self._rect.width() * self._density
        if self._mark.left() >= right_px:
            return  # the view is about an earlier time
        margin_px = 2 * self._density  # the newest column stands at the edge: the frame stays whole
        frame.moveRight(min(frame.right(), right_px - margin_px))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width_pt in ((_DOT_RIM, 4.0), (_MARK_COLOUR, 2.0)):
            painter.setPen(QPen(QColor(colour), width_pt * self._density))
            painter.drawRect(frame)

    def _paint_dots(self, painter: QPainter, dots: TradeDots) -> None:
        radii_pt = np.sqrt(dots.sizes / self._reference_size * (_DOT_AREA_PT / np.pi))
        radii_pt = np.clip(radii_pt, _DOT_LEAST_PT, _DOT_MOST_PT)
        steps = np.rint(radii_pt / _DOT_STEP_PT).astype(np.int64)
        pictures = [self._dot_picture(*key) for key in zip(dots.sides.tolist(), steps.tolist(), strict=True)]
        halves = _dot_side_px(steps * (_DOT_STEP_PT * self._density)) // 2
        lefts = np.rint(dots.x_px - halves).astype(np.int64).tolist()
        tops = np.rint(dots.y_px - halves).astype(np.int64).tolist()
        for left, top, picture in zip(lefts, tops, pictures, strict=True):
            painter.drawPixmap(left, top, picture)

    def _dot_picture(self, side: int, n_steps: int) -> QPixmap:
        key = (side, n_steps, self._density)
        picture = self._dot_pictures.get(key)
        if picture is None:
            radius_px = n_steps * _DOT_STEP_PT * self._density
            picture = self._dot_pictures[key] = _draw_dot(DOT_COLOURS[side], radius_px)
        return picture


def _rects(points: Line, thickness_px: int) -> PrimitiveArray:
    """Return a step line as filled rectangles: a quarter of the time of a path that Qt strokes."""
    rects = line_rects(*points, thickness_px)
    array = PrimitiveArray(QRectF, 4)
    array.resize(len(rects))
    array.ndarray()[:] = rects
    return array


def _dotted_pen(colour: str, thickness_px: int) -> QPen:
    pen = QPen(QColor(colour), thickness_px)
    pen.setCosmetic(True)
    pen.setDashPattern([1, 2])
    return pen


def _path(points: Line) -> QPainterPath:
    x, y = points
    return pg.arrayToQPath(x, y, connect="finite") if x.size else QPainterPath()


def _dot_side_px(radii_px: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the sides of the pictures that hold dots of these radii and their rims."""
    sides: NDArray[np.int64] = 2 * np.ceil(radii_px).astype(np.int64) + 4
    return sides


def _draw_dot(colour: str, radius_px: float) -> QPixmap:
    side = int(_dot_side_px(np.array(radius_px)))
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill = QColor(colour)
    fill.setAlpha(225)
    painter.setBrush(fill)
    painter.setPen(QPen(QColor(_DOT_RIM), 1.0))
    painter.drawEllipse(QPointF(side / 2, side / 2), radius_px, radius_px)
    painter.end()
    return picture


class CrosshairItem(PlacedItem):
    """Thin lines through the pointer: at its time, at its price."""

    def __init__(self) -> None:
        super().__init__()
        self.x_pt: float | None = None
        self.y_pt: float | None = None
        self._pen = QPen(QColor(255, 255, 255, 120))
        self._pen.setCosmetic(True)
        self._pen.setDashPattern([3, 3])

    def set_lines(self, x_pt: float | None, y_pt: float | None) -> None:
        """Go to a place in the scene; None hides a line."""
        if (x_pt, y_pt) != (self.x_pt, self.y_pt):
            self.x_pt, self.y_pt = x_pt, y_pt
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the scene."""
        painter.setPen(self._pen)
        if self.x_pt is not None:
            x = round(self.x_pt) + 0.5
            painter.drawLine(QPointF(x, self._rect.top()), QPointF(x, self._rect.bottom()))
        if self.y_pt is not None:
            y = round(self.y_pt) + 0.5
            painter.drawLine(QPointF(self._rect.left(), y), QPointF(self._rect.right(), y))


class CaptionItem(PlacedItem):
    """A few words on a translucent plate in an upper corner of the field; those at the left get more room."""

    _PLATE = QColor(10, 12, 16, 185)
    _INK = QColor("#dbe1e8")

    def __init__(self, font: QFont, *, is_right: bool) -> None:
        super().__init__()
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._is_right = is_right
        self._text = ""

    def set_text(self, text: str) -> None:
        """Say this; nothing is painted for no words."""
        if text != self._text:
            self.prepareGeometryChange()
            self._text = text

    def boundingRect(self) -> QRectF:
        """Return what this item may paint on, in points of the scene."""
        width = round(self._metrics.horizontalAdvance(self._shown_text())) + 2 * _CAPTION_PADDING_PT
        height = round(self._metrics.height()) + 6
        margin = _CAPTION_MARGIN_PT
        left = self._rect.right() - width - margin if self._is_right else self._rect.left() + margin
        return QRectF(left, self._rect.top() + margin, width, height)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the scene."""
        if not self._text:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._PLATE)
        painter.drawRoundedRect(self.boundingRect(), 4, 4)
        painter.setFont(self._font)
        painter.setPen(self._INK)
        painter.drawText(self.boundingRect(), Qt.AlignmentFlag.AlignCenter, self._shown_text())

    def _shown_text(self) -> str:
        share = 1 - _LEFT_CAPTION_SHARE if self._is_right else _LEFT_CAPTION_SHARE
        room_pt = share * self._rect.width() - 1.5 * _CAPTION_MARGIN_PT - 2 * _CAPTION_PADDING_PT
        return fitting(self._text, self._metrics, room_pt)
