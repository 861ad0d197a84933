"""Boxes drawn on the field: to zoom into, or to measure."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vpdesk.display.measuring import Box
from vpdesk.ui.field.annotation import Annotation, FieldFrame
from vpdesk.ui.field.field_canvas import FieldCanvas
from vpdesk.ui.field.measure_item import MeasureItem
from vpdesk.ui.field.pointer_gestures import Sweep, Tool
from vpdesk.ui.parts.theme import tabular

_LEAST_BOX_PT: Final = 6.0  # a smaller box is a slip of the hand


class RubberBand(Annotation):
    """The frame of the box that is being drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QRectF()

    def show_frame(self, frame: FieldFrame) -> None:
        """Stay: the box belongs to the hand, not to the field."""

    def show_box(self, box: QRectF) -> None:
        """Show a box in points of the field; an empty one is not shown."""
        if box != self._box:
            self._box = box
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the field."""
        if self._box.isNull():
            return
        painter.fillRect(self._box, QColor(255, 255, 255, 30))
        for colour, width in (("#0a0c10", 3.0), ("#ffffff", 1.0)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(self._box)


class FieldTools(QObject):
    """Shows the boxes and says what is to be done with them. Thread: UI.

    Parameters
    ----------
    canvas
        Whose gestures draw the boxes.
    frame
        Returns what the field shows.

    Attributes
    ----------
    measurement : MeasureItem

    Signals
    -------
    zoom_requested(QRectF)
        A box to zoom into, in points of the field.
    changed()
        Something is to be painted anew.
    """

    zoom_requested = Signal(QRectF)
    changed = Signal()

    def __init__(self, canvas: FieldCanvas, frame: Callable[[], FieldFrame], parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._frame = frame
        self._anchor: tuple[int, int] | None = None  # the cell where the box drawn now began
        self._band = RubberBand()
        self.measurement = MeasureItem(tabular(canvas.font(), scale=0.95))
        for item in (self.measurement, self._band):
            canvas.add_annotation(item)
        canvas.gestures.swept.connect(self._on_gestures_swept)
        canvas.gestures.sweep_dropped.connect(self._on_gestures_sweep_dropped)

    def give_up(self) -> bool:
        """Give up the box being drawn, or the tool, or the measurement; returns whether there was one."""
        if self._canvas.gestures.give_up():
            return True
        was_measured = self.measurement.box is not None
        self.measure(None)
        return was_measured

    def forget(self) -> None:
        """Let go of the tool and of the measurement: the columns are other ones now."""
        self._canvas.gestures.arm(None)
        self.measure(None)

    def measure(self, box: Box | None) -> None:
        """Measure a box; None: nothing any more."""
        self.measurement.measure(box)
        self.changed.emit()

    @Slot(object)
    def _on_gestures_swept(self, sweep: Sweep) -> None:
        area = QRectF(sweep.start, sweep.end).normalized().intersected(self._canvas.field_rect)
        if sweep.tool is Tool.MEASURE:
            self._measure(sweep)
        elif not sweep.is_done:
            self._band.show_box(area)
        else:
            self._band.show_box(QRectF())
            if min(area.width(), area.height()) >= _LEAST_BOX_PT:
                self.zoom_requested.emit(area)

    def _measure(self, sweep: Sweep) -> None:
        frame = self._frame()
        # the field may go on under the hand: the box stays where it was begun
        if self._anchor is None:
            self._anchor = self._cell_at(sweep.start, frame)
        start_seq, start_row = self._anchor
        end_seq, end_row = self._cell_at(sweep.end, frame)
        if sweep.is_done:
            self._anchor = None
        box = Box(start_seq, end_seq, start_row, end_row, frame.is_relative)
        self.measurement.measure(box, is_drawn=not sweep.is_done)
        self.changed.emit()

    def _cell_at(self, at: QPointF, frame: FieldFrame) -> tuple[int, int]:
        """Return the column and row at a point of the field, or at its edge next to it."""
        field = self._canvas.field_rect
        x_pt, y_pt = min(max(at.x(), 0), field.width() - 1), min(max(at.y(), 0), field.height() - 1)
        return frame.viewport.column_at(x_pt * frame.density), frame.viewport.row_at(y_pt * frame.density)

    @Slot()
    def _on_gestures_sweep_dropped(self) -> None:
        self._anchor = None
        self._band.show_box(QRectF())
        self.measure(None)
