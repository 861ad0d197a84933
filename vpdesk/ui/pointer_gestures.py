"""What the pointer, the wheel and fingers do to the field, told as moves, zooms and clicks.

Knows points of the field, nothing of columns, prices or rings.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

_ZOOM_STEP: Final = 1.15  # per notch of the wheel
_DRAG_ZOOM: Final = 1.006  # per point dragged along an axis


class Part(Enum):
    """Where a gesture happens."""

    FIELD = "field"
    PRICES = "prices"
    TIMES = "times"


_CURSORS: Final = {
    Part.FIELD: Qt.CursorShape.CrossCursor,
    Part.PRICES: Qt.CursorShape.SizeVerCursor,
    Part.TIMES: Qt.CursorShape.SizeHorCursor,
}


class PointerGestures(QObject):
    """Reads mouse and wheel events of a widget. Thread: UI.

    Parameters
    ----------
    widget
        Whose events these are; shows the cursor.
    part_at
        Tells which part of the widget a point belongs to.

    Signals
    -------
    moved(float, float)
        Points that the field was dragged right and down.
    zoomed(float, float, QPointF or None)
        Factors for time and price, and the point that is to stay where it is; None: the middle.
    clicked(QPointF), double_clicked(Part), pointed(QPointF or None)
        Points of the field; None: the pointer is elsewhere.
    """

    moved = Signal(float, float)
    zoomed = Signal(float, float, object)
    clicked = Signal(QPointF)
    double_clicked = Signal(object)
    pointed = Signal(object)

    def __init__(self, widget: QWidget, part_at: Callable[[QPointF], Part]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._part_at = part_at
        self._pressed: tuple[Part, QPointF] | None = None
        self._last = QPointF()
        self._has_moved = False

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom time at the pointer; with Shift, or over the prices, zoom them."""
        event.accept()
        turn = event.angleDelta()
        steps = (turn.y() or turn.x()) / 120
        if not steps:
            return
        factor, at = _ZOOM_STEP**steps, event.position()
        part = self._part_at(at)
        is_sideways = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if part is Part.PRICES or (part is Part.FIELD and is_sideways):
            self.zoomed.emit(1.0, factor, at)
        else:
            self.zoomed.emit(factor, 1.0, at)

    def press(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        event.accept()
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = (self._part_at(event.position()), event.position())
            self._last = event.position()
            self._has_moved = False

    def move(self, event: QMouseEvent) -> None:
        """Tell of the pointer, or go on with a drag."""
        at = event.position()
        if self._pressed is not None:
            part, start = self._pressed
            if not self._has_moved and (at - start).manhattanLength() < QApplication.startDragDistance():
                return
            self._has_moved = True
            by, self._last = at - self._last, at
            self._drag(part, by)
        self._point(at)

    def release(self, event: QMouseEvent) -> None:
        """End a drag, or tell of a click."""
        event.accept()
        pressed, self._pressed = self._pressed, None
        is_click = pressed is not None and not self._has_moved and event.button() == Qt.MouseButton.LeftButton
        if is_click and self._part_at(event.position()) is Part.FIELD:
            self.clicked.emit(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """Tell of a double click."""
        event.accept()
        self._pressed = None
        self.double_clicked.emit(self._part_at(event.position()))

    def leave(self) -> None:
        """Tell that the pointer left."""
        self.pointed.emit(None)

    def _drag(self, part: Part, by: QPointF) -> None:
        if part is Part.FIELD:
            self.moved.emit(by.x(), by.y())
            return
        factors = (1.0, _DRAG_ZOOM ** -by.y()) if part is Part.PRICES else (_DRAG_ZOOM ** by.x(), 1.0)
        self.zoomed.emit(*factors, None)

    def _point(self, at: QPointF) -> None:
        part = self._part_at(at)
        self._widget.setCursor(_CURSORS[part])
        self.pointed.emit(at if part is Part.FIELD else None)
