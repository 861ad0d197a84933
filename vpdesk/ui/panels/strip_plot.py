"""One strip below the field: its title and unit, its plot in the field's pixel columns, and its scale."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import ClassVar, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from vpdesk.display.placement import FieldPlacement
from vpdesk.display.strip_bins import StripBins
from vpdesk.ui.parts.fitting import fitting
from vpdesk.ui.parts.inks import inks_for
from vpdesk.ui.parts.theme import DARK, Tones, tabular

COLLAPSED_PT: Final = 22
LEAST_PT: Final = 34
_UNIT_FROM_PT: Final = 40  # lower strips have no room for a second line
_LABELS_FROM_PT: Final = 46
_SCALE_PT: Final = 130  # right of the plot, for the labels of its scales
_BESIDE_FROM_PT: Final = 110  # room for values beside the scale
_NAME_PT: Final = 52  # for the name of a value
_PAD_PT: Final = 3  # above and below the plot
_TITLE_LEFT_PT: Final = 18
_TRIANGLE_PT: Final = 8
_TITLE_TIP: Final = "Drag to move the strip, double click to collapse it; right click for more"


@dataclass(frozen=True)
class StripUnits:
    """What labels need to know: the unit of quantity, the time or events of a column, the zone of times."""

    quantity: str = "contracts"
    column_ns: int = 100_000_000
    column_events: int = 0
    zone: tzinfo | None = UTC


Reading = tuple[tuple[str, str, str], ...]  # name, value, colour


class StripPlot(QWidget):
    """A strip. Every method is for the UI thread.

    Signals
    -------
    menu_requested(QPoint)
        Show the menu at this point of the screen.
    collapse_requested()
    pointed(float or None)
        The pointer is over this x, in points of the field.
    title_dragged(float), title_dropped(float)
        The title was taken hold of and is now at this height of the strip, or was let go there.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    height_pt: ClassVar[int]

    menu_requested = Signal(object)
    collapse_requested = Signal()
    pointed = Signal(object)
    title_dragged = Signal(float)
    title_dropped = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{self.title} strip")
        self.is_collapsed = False
        self.bins: StripBins | None = None
        self.units = StripUnits()
        self.place: FieldPlacement | None = None
        self._cursor_pt: float | None = None
        self._grabbed_at: QPointF | None = None
        self._is_dragged = False
        self._words: tuple[object, ...] = ()
        self._small = tabular(self.font(), scale=0.85)
        self._bold = tabular(self.font(), scale=0.9, bold=True)
        self._metrics = QFontMetricsF(self._small)
        self.set_tones(DARK)
        self.set_collapsed(False)

    # --- what is shown -----------------------------------------------------------------------------

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self.tones, self.inks = tones, inks_for(tones.is_dark)
        self.update()

    def set_collapsed(self, is_collapsed: bool) -> None:
        """Show a line with the values alone, or the plot."""
        self.is_collapsed = is_collapsed
        self.setMinimumHeight(COLLAPSED_PT if is_collapsed else LEAST_PT)
        self.setMaximumHeight(COLLAPSED_PT if is_collapsed else 16_777_215)
        self.update()

    def show_bins(self, bins: StripBins | None, units: StripUnits, place: FieldPlacement) -> None:
        """Show other bins."""
        is_same_place = self.place is not None and (
            (place.left_pt, place.viewport.width_px, place.density)
            == (self.place.left_pt, self.place.viewport.width_px, self.place.density)
        )
        self.bins, self.units, self.place = bins, units, place
        if bins is not None:
            self.fit(bins)
        self._update_margins(everything=not is_same_place)
        if not self.is_collapsed:
            self.update(self._field_rect().toAlignedRect())

    def set_cursor(self, x_pt: float | None) -> None:
        """Mark a time by its place in the field, in points; None marks none."""
        if x_pt != self._cursor_pt:
            self._cursor_pt = x_pt
            self._update_margins()
            self.update(self._field_rect().toAlignedRect())

    def _update_margins(self, *, everything: bool = False) -> None:
        """Paint the words again if they are others; text costs more than the plot."""
        words = (self.unit(), self.scale_labels(), self.reading())
        if words != self._words or everything:
            self._words = words
            self.update()

    def reading(self) -> Reading:
        """Return the values at the marked time, or the newest ones."""
        if self.bins is None or self.place is None:
            return ()
        at = self.bins.newest
        if self._cursor_pt is not None:
            at = self.bins.bin_at(self._cursor_pt * self.place.density)
        return self.values_at(self.bins, at) if at >= 0 else ()

    # --- what each strip says of itself --------------------------------------------------------------

    def fit(self, bins: StripBins) -> None:
        """Bring the ranges to what these bins need."""

    def unit(self) -> str:
        """Return the unit in words."""
        raise NotImplementedError

    def values_at(self, bins: StripBins, i: int) -> Reading:
        """Return the values of one bin."""
        raise NotImplementedError

    def scale_labels(self) -> tuple[tuple[float, str], ...]:
        """Return heights (0 at the foot, 1 at the top) and what the scale says there."""
        raise NotImplementedError

    def paint_plot(self, painter: QPainter, bins: StripBins, plot: "Plot") -> None:
        """Paint the bins, in device pixels of the plot."""
        raise NotImplementedError

    # --- Qt ------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the usual height."""
        return QSize(400, COLLAPSED_PT if self.is_collapsed else self.height_pt)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu."""
        self.menu_requested.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Collapse or unfold by Enter; the menu key brings the rest."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.collapse_requested.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys come here."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that keys go elsewhere."""
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Collapse, or unfold; on the triangle the first click has done so already."""
        if not self._is_triangle(event.position()):
            self.collapse_requested.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the title."""
        at = event.position()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._is_triangle(at):
            self.collapse_requested.emit()
        elif self._is_title(at):
            self._grabbed_at = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the title, or say where the pointer is."""
        at = event.position()
        if self._grabbed_at is not None:
            distance = abs(at.y() - self._grabbed_at.y())
            self._is_dragged = self._is_dragged or distance >= QApplication.startDragDistance()
            if self._is_dragged:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.title_dragged.emit(at.y())
            return
        is_handle = self._is_title(at) and not self._is_triangle(at)
        self.setCursor(Qt.CursorShape.OpenHandCursor if is_handle else Qt.CursorShape.ArrowCursor)
        self.setToolTip(_TITLE_TIP if self._is_title(at) else "")
        field = self._field_rect()
        x = at.x() - field.left()
        self.pointed.emit(x if 0 <= x < field.width() else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the title go."""
        was_dragged, self._is_dragged, self._grabbed_at = self._is_dragged, False, None
        if was_dragged:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.title_dropped.emit(event.position().y())

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the pointer left."""
        self.pointed.emit(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint everything."""
        painter = QPainter(self)
        field = self._field_rect()
        has_margins = not field.toAlignedRect().contains(event.rect())
        if has_margins:
            painter.fillRect(self.rect(), QColor(self.tones.window))
            self._paint_title(painter, field)
        painter.fillRect(field, QColor(self.tones.field))
        if self.bins is not None and self.place is not None and field.width() > 0:
            if not self.is_collapsed:
                self._paint_field(painter, field, self.bins, self.place)
            if has_margins and not self.is_collapsed:
                self._paint_scale(painter, field)
            self._paint_reading(painter, field)
        painter.fillRect(QRectF(field.right(), 0, 1, self.height()), QColor(self.tones.line))

    def _field_rect(self) -> QRectF:
        if self.place is None:
            return QRectF()
        width = self.place.viewport.width_px / self.place.density
        return QRectF(self.place.left_pt, 0, min(width, self.width() - self.place.left_pt), self.height())

    def _is_title(self, at: QPointF) -> bool:
        return at.x() < self._field_rect().left()

    def _is_triangle(self, at: QPointF) -> bool:
        return at.x() < _TITLE_LEFT_PT and at.y() < COLLAPSED_PT

    def _paint_title(self, painter: QPainter, field: QRectF) -> None:
        has_unit = self.height() >= _UNIT_FROM_PT
        line = self._metrics.height()
        y = 4.0 if has_unit else (self.height() - line) / 2
        width = max(field.left(), 60.0) - _TITLE_LEFT_PT
        self._paint_triangle(painter, y + line / 2)
        if self.hasFocus():
            painter.fillRect(QRectF(0, 0, 2, self.height()), QColor(self.tones.accent))
        painter.setFont(self._bold)
        painter.setPen(QColor(self.tones.text))
        painter.drawText(QRectF(_TITLE_LEFT_PT, y, width, line), Qt.AlignmentFlag.AlignVCenter, self.title)
        if has_unit:
            painter.setFont(self._small)
            painter.setPen(QColor(self.tones.muted))
            flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            rest = QRectF(_TITLE_LEFT_PT, y + line, width, self.height() - y - line)
            painter.drawText(rest, int(flags) | int(Qt.TextFlag.TextWordWrap), self.unit())

    def _paint_triangle(self, painter: QPainter, middle: float) -> None:
        """Paint what collapses the strip: pointing down while it is unfolded, else to the right."""
        reach, half = (_TRIANGLE_PT, _TRIANGLE_PT / 2)
        points = [QPointF(-half, -half), QPointF(half, -half), QPointF(0, reach - half)]
        if self.is_collapsed:
            points = [QPointF(point.y(), point.x()) for point in points]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(_TITLE_LEFT_PT / 2, middle)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.tones.muted))
        painter.drawPolygon(points)
        painter.restore()

    def _paint_field(self, painter: QPainter, field: QRectF, bins: StripBins, place: FieldPlacement) -> None:
        density = place.density
        plot = Plot(
            round(field.width() * density),
            round(self.height() * density),
            _PAD_PT * density,
            max(1, round(density)),
            bins,
        )
        painter.save()
        painter.setClipRect(field)
        painter.translate(field.topLeft())
        painter.scale(1 / density, 1 / density)
        for left_px, right_px in plot.gaps():
            gap = QRectF(left_px, 0, right_px - left_px, plot.height_px)
            painter.fillRect(gap, QColor(self.inks.gap))
        self.paint_plot(painter, bins, plot)
        if self._cursor_pt is not None:
            pen = QPen(QColor(self.tones.text), plot.point_px, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3, 3])
            painter.setPen(pen)
            x = round(self._cursor_pt * density)
            painter.drawLine(x, 0, x, plot.height_px)
        painter.restore()

    def _paint_scale(self, painter: QPainter, field: QRectF) -> None:
        painter.setFont(self._small)
        painter.setPen(QColor(self.tones.muted))
        labels = self.scale_labels()
        if self.height() < _LABELS_FROM_PT:
            labels = tuple(label for label in labels if label[0] == 1.0)
        ascent, descent = self._metrics.ascent(), self._metrics.descent()
        left = field.right() + 7
        for place, text in labels:
            y = self.height() - _PAD_PT - place * (self.height() - 2 * _PAD_PT)
            baseline = min(max(y + (ascent - descent) / 2, ascent), self.height() - descent)
            shown = fitting(text, self._metrics, self.width() - left)
            painter.drawText(QPointF(left, round(baseline)), shown)

    def _paint_reading(self, painter: QPainter, field: QRectF) -> None:
        """Write the values beside the scale, or on a plate in the plot where that has no room."""
        reading = self.reading()
        beside = QRectF(field.right() + _SCALE_PT, 0, self.width() - field.right() - _SCALE_PT, self.height())
        if beside.width() < _BESIDE_FROM_PT:
            self._paint_plate(painter, field, reading)
            return
        line = self._metrics.height()
        n_lines = max(1, min(len(reading), int((self.height() - 2) / line)))
        n_across = -(-len(reading) // n_lines)
        top = max(2.0, (self.height() - n_lines * line) / 2)
        for number, (name, value, colour) in enumerate(reading):
            across, down = divmod(number, n_lines)
            left = beside.left() + across * beside.width() / n_across
            baseline = round(top + down * line + self._metrics.ascent())
            if name:
                painter.setFont(self._small)
                painter.setPen(QColor(self.tones.muted))
                painter.drawText(QPointF(left, baseline), name)
                left += _NAME_PT
            painter.setFont(self._bold)
            painter.setPen(QColor(colour or self.tones.text))
            painter.drawText(QPointF(left, baseline), value)

    def _paint_plate(self, painter: QPainter, field: QRectF, reading: Reading) -> None:
        if not reading:
            return
        painter.setFont(self._small)
        gap, space = 4.0, 12.0
        width, n_shown = space, 0
        for name, value, _ in reading:
            more = (
                self._metrics.horizontalAdvance(name) + gap + self._metrics.horizontalAdvance(value) + space
            )
            if width + more > field.width():
                break
            width, n_shown = width + more, n_shown + 1
        line = round(self._metrics.height())
        top = (self.height() - line) / 2 if self.is_collapsed else 3.0
        plate = QColor(self.tones.field)
        plate.setAlpha(200)
        painter.fillRect(QRectF(field.left(), top, width, line), plate)
        x, baseline = field.left() + space, top + self._metrics.ascent()
        for name, value, colour in reading[:n_shown]:
            painter.setPen(QColor(self.tones.muted))
            painter.drawText(QPointF(x, baseline), name)
            x += self._metrics.horizontalAdvance(name) + gap
            painter.setPen(QColor(colour or self.tones.text))
            painter.drawText(QPointF(x, baseline), value)
            x += self._metrics.horizontalAdvance(value) + space


class Plot:
    """Turns values by bin into shapes in device pixels."""

    def __init__(self, width_px: int, height_px: int, pad_px: float, point_px: int, bins: StripBins) -> None:
        self.width_px, self.height_px = width_px, height_px
        self.point_px = point_px
        self._top_px, self._bottom_px = pad_px, height_px - pad_px
        self._bins = bins

    def y_px(self, share: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return whole pixels for heights from 0 (foot) to 1 (top); what is beyond is cut off."""
        clipped = np.clip(share, 0.0, 1.0)
        return np.asarray(np.rint(self._bottom_px - clipped * (self._bottom_px - self._top_px)))

    def area(self, low: NDArray[np.float64] | float, high: NDArray[np.float64]) -> QPainterPath:
        """Return the area between two heights of every bin; none where ``high`` is NaN."""
        lows = np.broadcast_to(low, high.shape)
        known = np.isfinite(high) & np.isfinite(lows)
        floor = np.where(known, lows, np.nan_to_num(lows))
        top_px, low_px = self.y_px(np.where(known, high, floor)), self.y_px(floor)
        edges = self._bins.edges_px
        x = np.repeat(edges, 2)[1:-1].astype(np.float64)
        outline_x = np.concatenate([x, x[::-1]])
        outline_y = np.concatenate([np.repeat(top_px, 2), np.repeat(low_px, 2)[::-1]])
        path: QPainterPath = pg.arrayToQPath(outline_x, outline_y, connect="all")
        return path

    def line(self, share: NDArray[np.float64]) -> QPainterPath:
        """Return a step line through the bins, interrupted where the height is NaN."""
        edges = self._bins.edges_px
        x = np.repeat(edges, 2)[1:-1].astype(np.float64)
        y = np.repeat(np.where(np.isfinite(share), self.y_px(share), np.nan), 2)
        path: QPainterPath = pg.arrayToQPath(x, y, connect="finite")
        return path

    def gaps(self) -> list[tuple[int, int]]:
        """Return from where to where the feed was not there, in pixels."""
        is_gap = np.concatenate([[False], self._bins.n_gaps > 0, [False]]).astype(np.int8)
        turns = np.diff(is_gap)
        edges = self._bins.edges_px
        begins, ends = np.flatnonzero(turns == 1), np.flatnonzero(turns == -1)
        return [(int(edges[a]), int(edges[b])) for a, b in zip(begins, ends, strict=True)]
