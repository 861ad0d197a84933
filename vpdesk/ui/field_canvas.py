"""The scene of the field: the image, what lies over it, its axes, and the pointer's gestures.

The canvas knows points of the screen and gestures, nothing of columns, prices or rings.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vpdesk.ui.annotation import Annotation
from vpdesk.ui.axes import TIME_AXIS_HEIGHT, CornerItem, PriceAxis, TimeAxis
from vpdesk.ui.overlays import CaptionItem, CrosshairItem, OverlayItem
from vpdesk.ui.pin_item import PinItem
from vpdesk.ui.theme import Tones, tabular

_LEAST_AXIS_WIDTH: Final = 64


class Part(Enum):
    """Where a gesture happened."""

    FIELD = "field"
    PRICES = "prices"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Gesture:
    """A drag by (x_pt, y_pt), or turns of the wheel at that point; points of the field, y downwards."""

    part: Part
    x_pt: float
    y_pt: float
    steps: float = 0.0
    is_sideways: bool = False  # with Shift: the other axis


class FieldImage(pg.ImageItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """Paints the pixels of a buffer one to one onto the device.

    pyqtgraph's own way scales an image through the view's transform; ours is made for the very pixels
    of the window, so nothing is scaled and no colour is touched.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._density = 1.0
        self.image: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)

    def show_pixels(self, pixels: NDArray[np.uint32], rect: QRectF, density: float) -> None:
        """Paint ``pixels``, (height, width) uint32 0xffRRGGBB, which stay the caller's, over ``rect``."""
        if rect != self._rect:
            self.prepareGeometryChange()
        self._rect, self._density = rect, density
        self.image = pixels  # keeps the buffer alive as long as it is wrapped
        self.update()

    def boundingRect(self) -> QRectF:
        """Return what this item may paint on, in points of the scene."""
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Blit the pixels."""
        height, width = self.image.shape
        # wrapped anew for every paint: a QImage keeps what it painted before under the same cache key
        wrapped = QImage(self.image.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        painter.save()
        # in device pixels the transform is a mere shift, and drawing a plain copy of memory
        painter.translate(self._rect.topLeft())
        painter.scale(1 / self._density, 1 / self._density)
        painter.drawImage(0, 0, wrapped)
        painter.restore()


class FieldCanvas(pg.GraphicsView):  # type: ignore[misc]
    """Image, overlays and axes of the field.

    Signals
    -------
    dragged(Gesture), wheeled(Gesture)
    double_clicked(Part)
    clicked(QPointF), pointed(QPointF or None)
        Points of the field.
    resized()
        The field has another size.
    """

    dragged = Signal(object)
    wheeled = Signal(object)
    double_clicked = Signal(object)
    clicked = Signal(object)
    pointed = Signal(object)
    resized = Signal()

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False, background=None)  # the items cover all of it
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        small = tabular(self.font(), scale=0.9)
        self.image = FieldImage()
        self.overlay = OverlayItem()
        self.pin = PinItem()
        self.crosshair = CrosshairItem()
        self.caption = CaptionItem(small, is_right=False)
        self.notice = CaptionItem(small, is_right=True)
        self.prices = PriceAxis(tones, small)
        self.times = TimeAxis(tones, small)
        self.corner = CornerItem(tones, tabular(self.font(), scale=0.75))
        items: tuple[QGraphicsItem, ...] = (
            *(self.image, self.overlay, self.pin, self.crosshair, self.caption, self.notice),
            *(self.prices, self.times, self.corner),
        )
        for z, item in enumerate(items):
            item.setZValue(z)
            self.addItem(item)
        self.annotations: list[Annotation] = []
        self._axis_width = _LEAST_AXIS_WIDTH
        self._pressed: tuple[Part, QPointF] | None = None
        self._last: QPointF = QPointF()
        self._has_moved = False
        self._place_items()

    @property
    def density(self) -> float:
        """Device pixels per point."""
        return float(self.viewport().devicePixelRatioF())

    @property
    def field_rect(self) -> QRectF:
        """The field's place in the canvas, in points."""
        width = max(1, self.viewport().width() - self._axis_width)
        return QRectF(0, 0, width, max(1, self.viewport().height() - TIME_AXIS_HEIGHT))

    @property
    def field_size_px(self) -> tuple[int, int]:
        """Device pixels that cover the field."""
        rect = self.field_rect
        return int(np.ceil(rect.width() * self.density)), int(np.ceil(rect.height() * self.density))

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        for item in (self.prices, self.times, self.corner):
            item.set_tones(tones)

    def add_annotation(self, item: Annotation) -> None:
        """Put something over the lines and dots, under the pin and the crosshair."""
        item.setZValue(self.overlay.zValue() + 0.5)
        item.set_rect(self.field_rect)
        self.addItem(item)
        self.annotations.append(item)

    def fit_price_width(self, text: str) -> None:
        """Make room for a price label; the axis never shrinks, so that the field does not jump."""
        width = int(self.prices.text_width(text)) + 16
        if width > self._axis_width:
            self._axis_width = width
            self._place_items()
            self.resized.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the items out."""
        super().resizeEvent(event)
        if hasattr(self, "corner"):  # pyqtgraph resizes once before we exist
            self._place_items()
            self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Report turns of the wheel."""
        turn = event.angleDelta()
        steps = (turn.y() or turn.x()) / 120
        if steps:
            at = event.position()
            is_sideways = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.wheeled.emit(Gesture(self._part_at(at), at.x(), at.y(), steps, is_sideways))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = (self._part_at(event.position()), event.position())
            self._last = event.position()
            self._has_moved = False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the pointer, or a drag."""
        at = event.position()
        if self._pressed is None:
            self._show_pointer(at)
            return
        part, start = self._pressed
        if not self._has_moved and (at - start).manhattanLength() < QApplication.startDragDistance():
            return
        self._has_moved = True
        moved = at - self._last
        self._last = at
        self.dragged.emit(Gesture(part, moved.x(), moved.y()))
        self._show_pointer(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or report a click."""
        pressed, self._pressed = self._pressed, None
        is_click = pressed is not None and not self._has_moved and event.button() == Qt.MouseButton.LeftButton
        if is_click and self._part_at(event.position()) is Part.FIELD:
            self.clicked.emit(event.position())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Report a double click."""
        self._pressed = None
        self.double_clicked.emit(self._part_at(event.position()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Report that the pointer left."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def _show_pointer(self, at: QPointF) -> None:
        part = self._part_at(at)
        shapes = {
            Part.FIELD: Qt.CursorShape.CrossCursor,
            Part.PRICES: Qt.CursorShape.SizeVerCursor,
            Part.TIMES: Qt.CursorShape.SizeHorCursor,
        }
        self.viewport().setCursor(shapes[part])
        self.pointed.emit(at if part is Part.FIELD else None)

    def _part_at(self, at: QPointF) -> Part:
        rect = self.field_rect
        if at.x() >= rect.right():
            return Part.PRICES
        return Part.TIMES if at.y() >= rect.bottom() else Part.FIELD

    def _place_items(self) -> None:
        field = self.field_rect
        view = QRectF(self.viewport().rect())
        for item in (self.pin, self.crosshair, self.caption, self.notice):
            item.set_rect(field)
        for annotation in self.annotations:
            annotation.set_rect(field)
        self.prices.set_rect(QRectF(field.right(), 0, view.right() - field.right(), field.height()))
        self.times.set_rect(QRectF(0, field.bottom(), field.width(), view.bottom() - field.bottom()))
        self.corner.set_rect(
            QRectF(
                field.right(), field.bottom(), view.right() - field.right(), view.bottom() - field.bottom()
            )
        )
