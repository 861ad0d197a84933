"""What the pointer, the wheel and fingers do to the field, told as moves, zooms, clicks and boxes.

Knows points of the field, nothing of columns, prices or rings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QCursor, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QPinchGesture, QWidget

from vpdesk.ui.field.tool_cursors import measure_cursor, zoom_cursor

_ZOOM_STEP: Final = 1.15  # per notch of the wheel
_DRAG_ZOOM: Final = 1.006  # per point dragged along an axis
_NOTCH: Final = 120  # what Qt calls a notch of the wheel
_PAN_NOTCH_PT: Final = 60.0  # points moved by a notch of a wheel that tells no points


class Part(Enum):
    """Where a gesture happens."""

    FIELD = "field"
    PRICES = "prices"
    TIMES = "times"


class Tool(Enum):
    """What a box drawn on the field is for."""

    ZOOM = "zoom"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Sweep:
    """A box being drawn from ``start`` to ``end``, points of the field (``end`` may lie beyond it)."""

    tool: Tool
    start: QPointF
    end: QPointF
    is_done: bool


@dataclass(frozen=True, slots=True)
class _Press:
    button: Qt.MouseButton
    part: Part
    start: QPointF
    tool: Tool | None


_CURSORS: Final = {
    Part.FIELD: Qt.CursorShape.CrossCursor,
    Part.PRICES: Qt.CursorShape.SizeVerCursor,
    Part.TIMES: Qt.CursorShape.SizeHorCursor,
}


class PointerGestures(QObject):
    """Reads the pointer's events of a widget. Thread: UI.

    A drag with the left button moves the field; along an axis it zooms. With the right button it draws a box
    to zoom into, with Shift one to measure. `arm` gives the left button to a tool, for one box.

    Parameters
    ----------
    widget
        Whose events these are; shows the cursor.
    part_at
        Tells which part of the widget a point belongs to.

    Signals
    -------
    moved(float, float)
        Points that the field was moved right and down.
    zoomed(float, float, QPointF or None)
        Factors for time and price, and the point that is to stay where it is; None: the middle.
    clicked(QPointF), double_clicked(Part), pointed(QPointF or None)
        Points of the field; None: the pointer is elsewhere.
    swept(Sweep), sweep_dropped()
        A box is being drawn; it was given up.
    armed(Tool or None)
        What the left button is for.
    menu_requested(QPointF)
        A click with the right button.
    """

    moved = Signal(float, float)
    zoomed = Signal(float, float, object)
    clicked = Signal(QPointF)
    double_clicked = Signal(object)
    pointed = Signal(object)
    swept = Signal(object)
    sweep_dropped = Signal()
    armed = Signal(object)
    menu_requested = Signal(QPointF)

    def __init__(self, widget: QWidget, part_at: Callable[[QPointF], Part]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._part_at = part_at
        self._tool: Tool | None = None
        self._pressed: _Press | None = None
        self._last = QPointF()
        self._has_moved = False

    # --- tools -------------------------------------------------------------------------------------

    @property
    def tool(self) -> Tool | None:
        """What the left button is for; None: to move the field."""
        return self._tool

    def arm(self, tool: Tool | None) -> None:
        """Give the left button to a tool until a box is drawn, or back to moving the field."""
        if tool is not self._tool:
            self._tool = tool
            self._show_cursor(self._part_at(QPointF(self._widget.mapFromGlobal(QCursor.pos()))))
            self.armed.emit(tool)

    def give_up(self) -> bool:
        """Give up the box being drawn, or else the tool; returns whether there was one."""
        if self._drop():
            return True
        had_tool = self._tool is not None
        self.arm(None)
        return had_tool

    # --- events ------------------------------------------------------------------------------------

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom time at the pointer; with Shift or over the prices these, with Ctrl both. Sideways: move."""
        event.accept()
        if event.phase() is Qt.ScrollPhase.ScrollMomentum:
            return  # what was let go stands still
        turn, keys, at = event.angleDelta(), event.modifiers(), event.position()
        has_shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if abs(turn.x()) > abs(turn.y()) and not has_shift:
            self.moved.emit(event.pixelDelta().x() or turn.x() / _NOTCH * _PAN_NOTCH_PT, 0.0)
            return
        # some platforms turn the wheel sideways where Shift is held
        factor = _ZOOM_STEP ** ((turn.y() or turn.x()) / _NOTCH)
        if factor == 1.0:
            return
        part = self._part_at(at)
        if part is Part.FIELD and not keys & Qt.KeyboardModifier.ControlModifier:
            part = Part.PRICES if has_shift else Part.TIMES
        self._zoom(part, factor, at)

    def native(self, event: QNativeGestureEvent) -> bool:
        """Zoom at the pointer by two fingers on a touchpad; returns whether it was that."""
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._zoom(self._part_at(event.position()), max(1 + event.value(), 0.1), event.position())
        event.accept()
        return True

    def pinch(self, pinch: QPinchGesture) -> None:
        """Zoom and move by two fingers on the screen."""
        self._drop()  # the first finger alone was taken for a drag
        at = QPointF(self._widget.mapFromGlobal(pinch.centerPoint()))
        changes = pinch.changeFlags()
        if changes & QPinchGesture.ChangeFlag.CenterPointChanged and not pinch.lastCenterPoint().isNull():
            by = pinch.centerPoint() - pinch.lastCenterPoint()
            self.moved.emit(by.x(), by.y())
        if changes & QPinchGesture.ChangeFlag.ScaleFactorChanged and pinch.scaleFactor() > 0:
            self._zoom(self._part_at(at), pinch.scaleFactor(), at)

    def press(self, event: QMouseEvent) -> None:
        """Begin a click, a drag or a box."""
        event.accept()
        if self._pressed is not None and event.buttons() & self._pressed.button:
            return  # another button beside the one that is held
        button, at = event.button(), event.position()
        part = self._part_at(at)
        tool = self._tool_of(event) if part is Part.FIELD else None
        if button is Qt.MouseButton.RightButton and tool is None:
            return
        self._pressed = _Press(button, part, at, tool)
        self._last, self._has_moved = at, False

    def move(self, event: QMouseEvent) -> None:
        """Tell of the pointer, or go on with a drag or a box."""
        at, pressed = event.position(), self._pressed
        if pressed is None:
            self._point(at)
            return
        way_pt = (at - pressed.start).manhattanLength()
        if not self._has_moved and way_pt < QApplication.startDragDistance():
            return
        self._has_moved = True
        by, self._last = at - self._last, at
        if pressed.tool is not None:
            self._show_cursor(Part.FIELD)
            self.swept.emit(Sweep(pressed.tool, pressed.start, at, is_done=False))
            self.pointed.emit(at if self._part_at(at) is Part.FIELD else None)
            return
        self._drag(pressed.part, by)
        self._point(at)

    def release(self, event: QMouseEvent) -> None:
        """End a drag or a box, or tell of a click."""
        event.accept()
        pressed, at = self._pressed, event.position()
        if pressed is None or event.button() is not pressed.button:
            return
        self._pressed = None
        if self._has_moved and pressed.tool is not None:
            self.swept.emit(Sweep(pressed.tool, pressed.start, at, is_done=True))
            self.arm(None)
            self._point(at)
        elif not self._has_moved and self._part_at(at) is Part.FIELD:
            if pressed.button is Qt.MouseButton.RightButton:
                self.menu_requested.emit(at)
            elif pressed.button is Qt.MouseButton.LeftButton and pressed.tool is None:
                self.clicked.emit(at)

    def double_click(self, event: QMouseEvent) -> None:
        """Tell of a double click."""
        event.accept()
        if event.button() is Qt.MouseButton.LeftButton:
            self._drop()
            self.double_clicked.emit(self._part_at(event.position()))
        else:
            self.press(event)

    def leave(self) -> None:
        """Tell that the pointer left; into a menu it does not: that is about the place it came from."""
        if QApplication.activePopupWidget() is None:
            self.pointed.emit(None)

    # --- inside ------------------------------------------------------------------------------------

    def _drop(self) -> bool:
        """Forget the button that is held; returns whether a box was being drawn."""
        pressed, self._pressed = self._pressed, None
        if pressed is None or pressed.tool is None:
            return False
        self.sweep_dropped.emit()
        return True

    def _tool_of(self, event: QMouseEvent) -> Tool | None:
        if event.button() is Qt.MouseButton.RightButton:
            return Tool.ZOOM
        if event.button() is not Qt.MouseButton.LeftButton:
            return None
        return Tool.MEASURE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self._tool

    def _drag(self, part: Part, by: QPointF) -> None:
        if part is Part.FIELD:
            self.moved.emit(by.x(), by.y())
        elif part is Part.PRICES:
            self._zoom(part, _DRAG_ZOOM ** -by.y(), None)
        else:
            self._zoom(part, _DRAG_ZOOM ** by.x(), None)

    def _zoom(self, part: Part, factor: float, at: QPointF | None) -> None:
        """Zoom what a part shows: the field both time and prices."""
        x_factor = 1.0 if part is Part.PRICES else factor
        y_factor = 1.0 if part is Part.TIMES else factor
        self.zoomed.emit(x_factor, y_factor, at)

    def _point(self, at: QPointF) -> None:
        part = self._part_at(at)
        self._show_cursor(part)
        self.pointed.emit(at if part is Part.FIELD else None)

    def _show_cursor(self, part: Part) -> None:
        tool = self._pressed.tool if self._pressed is not None else self._tool
        if tool is None or part is not Part.FIELD:
            self._widget.setCursor(_CURSORS[part])
        else:
            make = zoom_cursor if tool is Tool.ZOOM else measure_cursor
            self._widget.setCursor(make(self._widget.devicePixelRatioF()))
