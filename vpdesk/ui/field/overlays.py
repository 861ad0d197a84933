"""What lies over the field: best bid and ask, last price, trades, the crosshair and a few words."""

from dataclasses import dataclass
from typing import Final

import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray  # hands numbers to Qt without a Python object for each
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vpdesk.display.overlay_shapes import StepLine, TradeDots
from vpdesk.ui.field.placed_item import PlacedItem
from vpdesk.ui.field.trade_dots import DOT_RIM, DotBrush
from vpdesk.ui.parts.fitting import fitting

# Over blue and amber, mint and rose stay apart; and mint is the lighter one for eyes that see no hue.
BID_COLOUR: Final = "#7ee8c7"
ASK_COLOUR: Final = "#f28ab8"
SPOT_COLOUR: Final = "#ffffff"
_MARK_COLOUR: Final = "#ffffff"

_MARK_LEAST_PT: Final = 9.0  # side of the frame around a cell too small to see
_LINE_PT: Final = 2
_CAPTION_MARGIN_PT: Final = 8
_CAPTION_PADDING_PT: Final = 8
_LEFT_CAPTION_SHARE: Final = 0.6  # of the field's width


@dataclass(frozen=True)
class StyledLine:
    """A line, and how it is drawn."""

    line: StepLine
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
        self._brush = DotBrush()

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
            (_rects(styled.line, thickness_px), QColor(styled.colour))
            for styled in lines
            if not styled.is_dotted
        ]
        self._dotted = [
            (_path(styled.line), _dotted_pen(styled.colour, thickness_px))
            for styled in lines
            if styled.is_dotted
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
            self._brush.paint(painter, self._dots, self._reference_size, self._density)
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
        for colour, width_pt in ((DOT_RIM, 4.0), (_MARK_COLOUR, 2.0)):
            painter.setPen(QPen(QColor(colour), width_pt * self._density))
            painter.drawRect(frame)


def _rects(line: StepLine, thickness_px: int) -> PrimitiveArray:
    """Return a step line as filled rectangles: a quarter of the time of a path that Qt strokes."""
    rects = line.rects(thickness_px)
    array = PrimitiveArray(QRectF, 4)
    array.resize(len(rects))
    array.ndarray()[:] = rects
    return array


def _dotted_pen(colour: str, thickness_px: int) -> QPen:
    pen = QPen(QColor(colour), thickness_px)
    pen.setCosmetic(True)
    pen.setDashPattern([1, 2])
    return pen


def _path(line: StepLine) -> QPainterPath:
    x, y = line.points()
    return pg.arrayToQPath(x, y, connect="finite") if x.size else QPainterPath()


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
