"""The box that was measured, and a plate that says what it holds."""

from datetime import UTC, tzinfo
from time import perf_counter
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vpdesk.core.ring import GridRing
from vpdesk.display.measuring import Box, Measurer, measurement_lines
from vpdesk.ui.field.annotation import Annotation, FieldFrame

# The field is dark in both themes, and so is what lies over it.
_FILL: Final = QColor(255, 255, 255, 34)
_EDGE: Final = QColor("#ffffff")
_RIM: Final = QColor("#0a0c10")
_PLATE: Final = QColor(10, 12, 16, 225)
_INK: Final = QColor("#dbe1e8")
_PADDING_PT: Final = 8.0
_GAP_PT: Final = 8.0  # between box and plate
_DOT_PT: Final = 3.5
_REST: Final = 3.0  # of the time that measuring took, left to the rest of the window
_BEYOND_PT: Final = 20.0  # a box that goes on out of sight is cut here


class MeasureItem(Annotation):
    """Stays on its columns and prices until it is told of another box, or of none.

    Attributes
    ----------
    zone : tzinfo or None
        Times are written in it.
    unit : str
        Of quantity.
    lines : tuple of str
        What the plate says.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self.zone: tzinfo | None = UTC
        self.unit = "contracts"
        self.lines: tuple[str, ...] = ()
        self.box: Box | None = None
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._measurer = Measurer()
        self._recipe: object = None
        self._is_drawn = False
        self._due_s = 0.0
        self._start = QPointF()
        self._shape = QRectF()
        self.setVisible(False)

    def measure(self, box: Box | None, *, is_drawn: bool = False) -> None:
        """Measure a box from the next frame on; None: nothing. ``is_drawn``: it will change in a moment."""
        self.box = box
        if box is None:
            self.lines = ()
        self._recipe = None
        self._is_drawn = is_drawn
        self.setVisible(box is not None)

    def show_frame(self, frame: FieldFrame) -> None:
        """Measure what the ring holds now; the box is out of sight while the other price axis is shown."""
        lines, shape, start = self._look(frame)
        if (lines, shape, start) != (self.lines, self._shape, self._start):
            self.lines, self._shape, self._start = lines, shape, start
            self.update()

    def _look(self, frame: FieldFrame) -> tuple[tuple[str, ...], QRectF, QPointF]:
        nothing = (), QRectF(), QPointF()
        ring, box = frame.ring, self.box
        if ring is None or box is None or box.is_relative != frame.is_relative:
            return nothing
        recipe = _recipe(ring)
        if self._recipe not in (None, recipe):  # columns and rows are other ones now
            return nothing
        self._recipe = recipe
        lines = self._measured_lines(ring, box)
        shape = self._cells(frame, box.columns, box.rows)
        ends = (box.start_seq, box.start_seq), (box.start_row, box.start_row)
        return lines, shape, self._cells(frame, *ends).center()

    def _measured_lines(self, ring: GridRing, box: Box) -> tuple[str, ...]:
        """Return what the plate says; under the hand not at every frame, where the box is huge."""
        start_s = perf_counter()
        if self._is_drawn and start_s < self._due_s:
            return self.lines
        measurement = self._measurer.measure(ring, box)
        now_s = perf_counter()
        self._due_s = now_s + _REST * (now_s - start_s)
        return measurement_lines(measurement, ring, self.unit, self.zone) if measurement is not None else ()

    def _cells(self, frame: FieldFrame, columns: tuple[int, int], rows: tuple[int, int]) -> QRectF:
        """Return what cells cover, in points of the field but on whole pixels."""
        view, density = frame.viewport, frame.density
        left, right = round(view.x_px(columns[0])), round(view.x_px(columns[1] + 1))
        top, bottom = round(view.y_px(rows[1] + 1)), round(view.y_px(rows[0]))
        return QRectF(QPointF(left, top) / density, QPointF(right, bottom) / density)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint, in points of the field."""
        if not self.lines:
            return
        painter.save()
        painter.setClipRect(self._rect)
        around = QRectF(self._rect).adjusted(-_BEYOND_PT, -_BEYOND_PT, _BEYOND_PT, _BEYOND_PT)
        shape = self._shape.intersected(around)
        if not shape.isEmpty():
            painter.fillRect(shape, _FILL)
            for colour, width in ((_RIM, 3.0), (_EDGE, 1.0)):
                painter.setPen(QPen(colour, width))
                painter.drawRect(shape)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(_EDGE)
            painter.setPen(QPen(_RIM, 1.0))
            if around.contains(self._start):
                painter.drawEllipse(self._start, _DOT_PT, _DOT_PT)
            self._paint_plate(painter, shape)
        painter.restore()

    def _paint_plate(self, painter: QPainter, shape: QRectF) -> None:
        plate = self._plate_rect(shape)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setFont(self._font)
        painter.setPen(_INK)
        text = plate.adjusted(_PADDING_PT, _PADDING_PT / 2, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, "\n".join(self.lines))

    def _plate_rect(self, shape: QRectF) -> QRectF:
        """Return the plate's place: right of the box, or left of it, or where there is room."""
        width = max(map(self._metrics.horizontalAdvance, self.lines)) + 2 * _PADDING_PT
        height = len(self.lines) * self._metrics.lineSpacing() + _PADDING_PT
        field = self._rect.adjusted(_GAP_PT, _GAP_PT, -_GAP_PT, -_GAP_PT)
        left = shape.right() + _GAP_PT
        if left + width > field.right():
            left = shape.left() - _GAP_PT - width
        left = min(max(left, field.left()), field.right() - width)
        top = min(max(shape.center().y() - height / 2, field.top()), field.bottom() - height)
        return QRectF(round(left), round(top), round(width), round(height))


def _recipe(ring: GridRing) -> tuple[int, int, int, int, int]:
    """Return how a ring cuts time and price."""
    return ring.tick_size, ring.ticks_per_bucket, ring.column_ns, ring.column_events, ring.half_width
