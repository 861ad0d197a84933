"""The field on the screen, and how people move around in it and point at its cells.

The widget knows no session: it gets a ring and values, and says what the pointer did. Every method is for
the UI thread.
"""

from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from vpdesk.display.placement import FieldPlacement
from vpdesk.display.reading import CellReading, read_cell
from vpdesk.ui.field.field_marks import OVERLAYS as OVERLAYS
from vpdesk.ui.field.field_tools import FieldTools
from vpdesk.ui.field.field_view import PRICE_AXES as PRICE_AXES
from vpdesk.ui.field.field_view import FieldView
from vpdesk.ui.field.pointer_gestures import Part, Tool

_TOOL_WORDS: Final = {
    Tool.ZOOM: "Draw a box to zoom into  ·  Esc leaves",
    Tool.MEASURE: "Draw a box to measure  ·  Esc leaves",
}


class HeatmapView(FieldView):
    """The field under mouse, fingers and keys.

    Signals
    -------
    hovered(CellReading or None), clicked(CellReading)
    tool_changed(Tool or None)
        What the left button is for.
    menu_requested(QPoint)
        The menu of the field is wanted at this point of the screen.
    """

    hovered = Signal(object)
    clicked = Signal(object)
    tool_changed = Signal(object)
    menu_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tools = FieldTools(self._canvas, self.frame, self)
        self._pointer: QPointF | None = None
        self._outside_pt: tuple[float | None, float | None] = (None, None)
        self._reading: CellReading | None = None
        self._connect()

    # --- moving about --------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show every column there is, and every bucket in them."""
        if self._ring is not None:
            self._camera.fit(self._ring)
            self._tell_view()

    def reset_zoom(self) -> None:
        """Give cells the size that the program starts with; the middle stays, or the newest column."""
        if self._ring is not None:
            self._camera.reset_zoom(self._ring)
            self._tell_view()

    def zoom(self, x_factor: float, y_factor: float = 1.0, at: QPointF | None = None) -> None:
        """Enlarge around a point of the field, or around the middle; factors below 1 show more.

        While the view follows the market the newest column keeps its place.
        """
        at = self._canvas.field_rect.center() if at is None else at
        density = self._camera.density
        self._camera.zoom(x_factor, y_factor, at.x() * density, at.y() * density, self._ring)
        self._tell_view()

    def pan(self, x_share: float, y_share: float = 0.0) -> None:
        """Look further right and up by shares of the view; the market is no longer followed."""
        self.set_following(False)
        view = self._camera.view
        self._camera.move(x_share * view.width_px, y_share * view.height_px, self._ring)
        self._tell_view()

    def go_to_first(self) -> None:
        """Show the oldest column there is at the left edge."""
        if self._ring is not None:
            self.set_following(False)
            oldest = self._ring.span().oldest
            view = self._camera.view
            self._set_view(view.ending_at(oldest).moved(view.width_px, 0))

    def go_to_newest(self) -> None:
        """Follow the market again."""
        self.set_following(True)

    def bring_into_view(self, reading: CellReading) -> None:
        """Move the view if it does not show a cell whole; then the market is no longer followed."""
        row = reading.k if self._camera.is_relative else reading.bucket
        view = self._camera.view
        moved = view if row is None else view.holding(reading.seq, row)
        if moved != view:
            self.set_following(False)
            self._set_view(moved)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by the keys that no action has taken: those that step a replay, while there is none."""
        move = _KEY_MOVES.get(event.key())
        if move is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            move(self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu by its key, at the pointer or in the middle; the mouse's is a gesture."""
        event.accept()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._on_gestures_menu_requested(self._pointer or self._canvas.field_rect.center())

    # --- tools ---------------------------------------------------------------------------------------

    def arm(self, tool: Tool | None) -> None:
        """Give the left button to a tool until a box is drawn, or back to moving the field."""
        self._canvas.gestures.arm(tool)

    def give_up(self) -> bool:
        """Give up the box being drawn, the tool, or the measurement; returns whether there was one."""
        return self._tools.give_up()

    @Slot()
    def look_for_pointer(self) -> None:
        """Find out whether the pointer is still here: a menu over the field hid where it went."""
        if not self._canvas.viewport().underMouse():
            self._point(None)

    # --- cells ---------------------------------------------------------------------------------------

    def placement(self) -> FieldPlacement:
        """Return where the field stood at its last frame, for what is lined up with it."""
        at = None if self._pointer is None else (self._pointer.x(), self._pointer.y())
        return FieldPlacement(
            self._camera.view, self._camera.density, self.field_margins()[0], self._base_bucket(), at
        )

    def reading(self) -> CellReading | None:
        """Return the cell under the pointer, or else the newest one at the spot; None where there is none."""
        if self._reading is not None or self._ring is None:
            return self._reading
        if not self._has_spot():
            return None
        row = 0 if self._camera.is_relative else self._newest_centre()
        return self._read_cell(self._ring.published_seq, row)

    def cell_beside(self, reading: CellReading, columns: int, rows: int) -> CellReading | None:
        """Return the cell so many columns later and rows higher than another; None where there is none."""
        row = reading.k if self._camera.is_relative else reading.bucket
        return None if row is None else self._read_cell(reading.seq + columns, row + rows)

    # --- the pointer ---------------------------------------------------------------------------------

    def point_from_outside(self, x_pt: float | None, y_pt: float | None) -> None:
        """Show the crosshair's line at the time or the price under a pointer beside the field.

        Points of the field; None where that pointer has no time or no price.
        """
        self._outside_pt = (x_pt, y_pt)
        self._point(self._pointer)

    def _point(self, at: QPointF | None) -> None:
        """Show the crosshair and the reading of the cell under it."""
        self._pointer = at
        x_pt, y_pt = self._outside_pt if at is None else (at.x(), at.y())
        self._canvas.crosshair.set_lines(x_pt, y_pt)
        reading = None if x_pt is None else self._read_at(QPointF(x_pt, y_pt or 0.0))
        start_ns = None if reading is None else reading.start_ns
        self._axes.show_pointer(self.frame(), self._window, x_pt, y_pt, start_ns)
        self._show_reading(None if at is None else reading)

    def _read_at(self, at: QPointF) -> CellReading | None:
        camera = self._camera
        column = camera.view.column_at(at.x() * camera.density)
        return self._read_cell(column, camera.view.row_at(at.y() * camera.density))

    def _read_cell(self, column: int, row: int) -> CellReading | None:
        if self._ring is None:
            return None
        return read_cell(
            self._ring,
            column,
            row,
            is_relative=self._camera.is_relative,
            layer=self._layer.name,
            unit=self._unit(),
            zone=self._axes.zone,
        )

    def _show_reading(self, reading: CellReading | None) -> None:
        if reading != self._reading:
            self._reading = reading
            self.hovered.emit(reading)

    # --- what is shown -------------------------------------------------------------------------------

    def set_quantity_unit(self, unit: str) -> None:
        """Name the unit of quantity: "contracts", "shares"."""
        self._tools.measurement.unit = unit
        super().set_quantity_unit(unit)

    def set_time_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self._tools.measurement.zone = zone
        super().set_time_zone(zone)

    def _paint(self) -> None:
        super()._paint()
        self._point(self._pointer)

    def _forget_columns(self) -> None:
        super()._forget_columns()
        self._tools.forget()
        self._show_reading(None)

    def _show_state(self) -> None:
        super()._show_state()
        tool = self._canvas.gestures.tool
        if tool is not None:
            self._canvas.notice.set_text(_TOOL_WORDS[tool])
        else:
            is_following = self._camera.is_following
            self._canvas.notice.set_text("" if is_following else "Free view  ·  double-click to follow")

    # --- wiring --------------------------------------------------------------------------------------

    def _connect(self) -> None:
        gestures = self._canvas.gestures
        gestures.moved.connect(self._on_gestures_moved)
        gestures.zoomed.connect(self._on_gestures_zoomed)
        gestures.double_clicked.connect(self._on_gestures_double_clicked)
        gestures.clicked.connect(self._on_gestures_clicked)
        gestures.pointed.connect(self._on_gestures_pointed)
        gestures.armed.connect(self._on_gestures_armed)
        gestures.menu_requested.connect(self._on_gestures_menu_requested)
        self._tools.zoom_requested.connect(self._on_tools_zoom_requested)
        self._tools.changed.connect(self.refresh)
        self._canvas.resized.connect(self._on_canvas_resized)

    @Slot(float, float)
    def _on_gestures_moved(self, right_pt: float, down_pt: float) -> None:
        self.set_following(False)
        density = self._camera.density
        self._camera.move(-right_pt * density, down_pt * density, self._ring)
        self._tell_view()

    @Slot(float, float, object)
    def _on_gestures_zoomed(self, x_factor: float, y_factor: float, at: QPointF | None) -> None:
        self.zoom(x_factor, y_factor, at)

    @Slot(object)
    def _on_gestures_double_clicked(self, part: Part) -> None:
        if part is not Part.FIELD:
            self.set_zoom_pt(None)
        self.set_following(True)

    @Slot(object)
    def _on_gestures_clicked(self, at: QPointF) -> None:
        reading = self._read_at(at)
        if reading is not None:
            self.clicked.emit(reading)

    @Slot(object)
    def _on_gestures_armed(self, tool: Tool | None) -> None:
        self._show_state()
        self.tool_changed.emit(tool)

    @Slot(QPointF)
    def _on_gestures_menu_requested(self, at: QPointF) -> None:
        self.menu_requested.emit(self._canvas.viewport().mapToGlobal(at).toPoint())

    @Slot(object)
    def _on_gestures_pointed(self, at: QPointF | None) -> None:
        self._point(at)

    @Slot(QRectF)
    def _on_tools_zoom_requested(self, box: QRectF) -> None:
        self.set_following(False)
        density = self._camera.density
        left, top, right, bottom = (
            side * density for side in (box.left(), box.top(), box.right(), box.bottom())
        )
        self._camera.show_box(left, top, right, bottom, self._ring)
        self._tell_view()

    @Slot()
    def _on_canvas_resized(self) -> None:
        if self._pointer is not None and not self._canvas.field_rect.contains(self._pointer):
            self._point(None)  # the field shrank away from under it: Qt tells that with the next move only


_KEY_MOVES: Final[dict[int, Callable[[HeatmapView], None]]] = {
    Qt.Key.Key_Left.value: lambda view: view.pan(-0.1),
    Qt.Key.Key_Right.value: lambda view: view.pan(0.1),
    Qt.Key.Key_Home.value: HeatmapView.go_to_first,
    Qt.Key.Key_End.value: HeatmapView.go_to_newest,
}
