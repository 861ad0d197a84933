"""The scene of the field: the image, what lies over it, and its axes.

The canvas knows points of the screen, nothing of columns, prices or rings.
"""

import sys
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QGraphicsItem, QPinchGesture, QStyleOptionGraphicsItem, QWidget

from vpdesk.display.window import FramePixels
from vpdesk.ui.field.annotation import Annotation
from vpdesk.ui.field.axes import TIME_AXIS_HEIGHT, CornerItem, PriceAxis, TimeAxis
from vpdesk.ui.field.overlays import CaptionItem, CrosshairItem, OverlayItem
from vpdesk.ui.field.pin_item import PinItem
from vpdesk.ui.field.pointer_gestures import Part, PointerGestures
from vpdesk.ui.parts.theme import Tones, tabular

_LEAST_AXIS_WIDTH: Final = 64


class FieldImage(pg.ImageItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """Paints the pixels of a buffer one to one onto the device.

    pyqtgraph's own way scales an image through the view's transform; ours is made for the very pixels
    of the window, so nothing is scaled and no colour is touched.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._density = 1.0
        self._seam = 0
        self.image: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)

    def show_pixels(self, pixels: FramePixels, rect: QRectF, density: float) -> None:
        """Paint ``pixels``, which stay the caller's, over ``rect``."""
        if rect != self._rect:
            self.prepareGeometryChange()
        self._rect, self._density = rect, density
        self._seam = pixels.seam
        self.image = pixels.buffer  # keeps it alive as long as it is wrapped
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
        n_left = width - self._seam
        painter.drawImage(0, 0, wrapped, self._seam, 0, n_left, height)
        if self._seam:
            painter.drawImage(n_left, 0, wrapped, 0, 0, self._seam, height)
        painter.restore()


class FieldCanvas(pg.GraphicsView):  # type: ignore[misc]
    """Image, overlays and axes of the field.

    Attributes
    ----------
    gestures : PointerGestures
        What the pointer does here.

    Signals
    -------
    resized()
        The field has another size.
    """

    resized = Signal()

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False, background=None)  # the items cover all of it
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        # the items cover every pixel: filling a large screen first would take a third of a frame
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCacheMode(self.CacheModeFlag.CacheNone)  # pyqtgraph's would be an empty picture as large
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
        self.gestures = PointerGestures(self.viewport(), self._part_at)
        if sys.platform != "darwin":  # which tells of a touchpad by native gestures as well
            self.viewport().grabGesture(Qt.GestureType.PinchGesture)
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
        """Pass it to the gestures."""
        self.gestures.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pass it to the gestures."""
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pass it to the gestures."""
        self.gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pass it to the gestures."""
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Pass it to the gestures."""
        self.gestures.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the menu of the mouse to the gestures, which know a click from a drag."""
        event.setAccepted(event.reason() is QContextMenuEvent.Reason.Mouse)

    def viewportEvent(self, event: QEvent) -> bool:
        """Pass what fingers do to the gestures."""
        if isinstance(event, QNativeGestureEvent) and self.gestures.native(event):
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.gestures.pinch(pinch)
                event.accept(pinch)
                return True
        return bool(super().viewportEvent(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Pass it to the gestures."""
        super().leaveEvent(event)
        self.gestures.leave()

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
