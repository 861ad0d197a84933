"""The price ladder right of the field: what rests, what happened and what traded at every price in view.

Its rows are the field's rows, pixel for pixel. One widget paints all of it and only rows that changed.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from vpdesk.core.grid import Grid
from vpdesk.core.ring import GridRing
from vpdesk.display import ladder_rows as rows_of
from vpdesk.display.ladder_rows import LadderRows, LadderSource
from vpdesk.display.placement import FieldPlacement
from vpdesk.display.strip_bins import HeldRange
from vpdesk.display.text import price_text
from vpdesk.ui.field.axes import TIME_AXIS_HEIGHT
from vpdesk.ui.panels.ladder_columns import COLUMNS, LADDER_COLUMNS, place_columns
from vpdesk.ui.panels.ladder_figures import PADDING_PT, LadderFigures
from vpdesk.ui.parts.inks import inks_for
from vpdesk.ui.parts.theme import DARK, Tones, tabular

_LEAST_TEXT_ROW_PT: Final = 9.0  # lower rows show bars alone
_USUAL_SHARE: Final = 0.97  # of the bars fit their column: a single wall must not flatten the rest
_MARK_PT: Final = 3
_STRONG: Final = 110  # opacity of bars behind digits, of 255
_FAINT: Final = 60
_TINT: Final = 44
_GRID_FROM_PT: Final = 4.0  # lower rows stand close together
_STALE_OPACITY: Final = 0.4
_EDGE_PT: Final = 2  # the shapes of letters reach beyond their widths


class LadderView(QWidget):
    """The ladder. Every method is for the UI thread.

    Signals
    -------
    columns_changed()
        The user chose other columns.
    pointed(float or None)
        The pointer is over this height in points.
    wheeled(float, float)
        Turns of the wheel at a height in points.
    dragged(float)
        Points downwards.
    double_clicked()
    """

    columns_changed = Signal()
    pointed = Signal(object)
    wheeled = Signal(float, float)
    dragged = Signal(float)
    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.rows: LadderRows | None = None
        self._source = LadderSource()
        self._tick_size = 1
        self._density = 1.0
        self._pointer_row = -1
        self._is_stale = False
        self._dragged_from_pt: float | None = None
        self._ranges = {
            name: HeldRange(_USUAL_SHARE) for name in ("depth", "moved", "filled", "traded", "flow")
        }
        self._shown: NDArray[np.float64] = np.zeros((0, 0))
        self.hidden: frozenset[str] = frozenset()
        self._columns: dict[str, tuple[float, float]] = {}
        self.figures = LadderFigures()
        self.set_tones(DARK)
        self._place_columns()

    def sizeHint(self) -> QSize:
        """Return a width that holds every column."""
        return QSize(400, 300)

    def minimumSizeHint(self) -> QSize:
        """Return a width that holds bid, price and ask."""
        return QSize(150, 60)

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        inks = inks_for(tones.is_dark)
        self._ground, self._panel = QColor(tones.field), QColor(tones.window)
        self._text, self._muted, self._line = QColor(tones.text), QColor(tones.muted), QColor(tones.line)
        self._accent, self._on_accent = QColor(tones.accent), QColor(tones.on_accent)
        self._bid, self._ask = QColor(inks.bid), QColor(inks.ask)
        self._neutral = QColor(inks.neutral)
        self._pressure, self._vacuum = QColor(inks.pressure), QColor(inks.vacuum)
        self._hover = _tinted(self._text, 26)
        self._bid_bar, self._ask_bar = _tinted(self._bid, _STRONG), _tinted(self._ask, _STRONG)
        self._bid_tint, self._ask_tint = _tinted(self._bid, _TINT), _tinted(self._ask, _TINT)
        self.update()

    def set_hidden(self, names: frozenset[str]) -> None:
        """Leave out these of `LADDER_COLUMNS`."""
        self.hidden = names & frozenset(LADDER_COLUMNS)
        self._place_columns()
        self.update()

    # --- what is shown -----------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """Forget the rows."""
        self.rows = None
        self._shown = np.zeros((0, 0))
        self.update()

    def set_stale(self, is_stale: bool) -> None:
        """Fade the rows while the feed is interrupted: the book is as it was then."""
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self.update()

    def show_grid(self, ring: GridRing, grid: Grid, place: FieldPlacement) -> None:
        """Show a grid in the rows of the field."""
        former, former_shown = self.rows, self._shown
        rows = self._source.rows(ring, grid, place)
        self._tick_size = ring.tick_size * ring.ticks_per_bucket
        self.rows = rows
        self._shown = self._picture_of(rows)
        is_same_place = (
            former is not None
            and place.density == self._density
            and np.array_equal(former.tops_px, rows.tops_px)
            and np.array_equal(former.buckets, rows.buckets)
        )
        self._density = place.density
        if not is_same_place:
            self.figures.fit_rows(self.font(), float(np.max(np.diff(rows.tops_px))) / self._density)
            self.update()
            return
        for row in np.flatnonzero((self._shown != former_shown).any(axis=0)):
            self.update(self._row_rect(int(row)))

    def point_at(self, y_pt: float | None) -> None:
        """Mark the row at this height in points; None marks none."""
        row = -1 if y_pt is None or self.rows is None else self.rows.row_at(y_pt * self._density)
        if row != self._pointer_row:
            for changed in (self._pointer_row, row):
                if changed >= 0 and self.rows is not None and changed < self.rows.n_rows:
                    self.update(self._row_rect(changed))
            self._pointer_row = row

    def _picture_of(self, rows: LadderRows) -> NDArray[np.float64]:
        """Return all that decides how a row looks, (n, n_rows)."""
        key = rows.buckets_per_row
        values = rows.values
        traded = values[rows_of.BOUGHT] + values[rows_of.SOLD] + values[rows_of.UNKNOWN]
        tops = [
            self._ranges["depth"].fit(values[: rows_of.ASK + 1], key),
            self._ranges["moved"].fit(values[rows_of.ADDED : rows_of.PULLED + 1], key),
            self._ranges["filled"].fit(values[rows_of.FILLED], key),
            self._ranges["traded"].fit(traded, key),
            self._ranges["flow"].fit(values[rows_of.PRESSURE :], key),
        ]
        marks = np.zeros((4, rows.n_rows))
        for mark, row in enumerate((rows.bid_row, rows.ask_row, rows.spot_row, rows.last_row)):
            if row >= 0:
                marks[mark, row] = 1
        return np.vstack([values, marks, rows.is_in_band, np.outer(tops, np.ones(rows.n_rows))])

    # --- where things stand --------------------------------------------------------------------------

    def _row_rect(self, row: int) -> QRect:
        """Return the points that a row touches."""
        assert self.rows is not None
        top, bottom = self.rows.tops_px[row : row + 2] / self._density
        return QRectF(0, top, self.width(), bottom - top).toAlignedRect()

    def column_rect(self, name: str) -> tuple[float, float]:
        """Return left and right of a column in points; it has no width if it is left out."""
        return self._columns.get(name, (0.0, 0.0))

    def _place_columns(self) -> None:
        self._columns = place_columns(self.width(), self.hidden)
        self.figures.fit_columns(self._columns)

    @property
    def has_digits(self) -> bool:
        """Whether rows are high enough for digits."""
        rows = self.rows
        return rows is not None and float(np.max(np.diff(rows.tops_px))) >= _LEAST_TEXT_ROW_PT * self._density

    # --- Qt ------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width anew."""
        self._place_columns()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the row under the pointer; over a title, say what the column means."""
        at = event.position()
        self.point_at(at.y())
        self.pointed.emit(at.y() if at.y() < self.height() - TIME_AXIS_HEIGHT else None)
        if self._dragged_from_pt is not None:
            self.dragged.emit(at.y() - self._dragged_from_pt)
            self._dragged_from_pt = at.y()
        is_title = at.y() >= self.height() - TIME_AXIS_HEIGHT
        places = self._columns.items() if is_title else ()
        names = [name for name, (left, right) in places if left <= at.x() < right]
        self.setToolTip(next((column.tip for column in COLUMNS if column.name in names), ""))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from_pt = event.position().y()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        self._dragged_from_pt = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Report a double click."""
        self.double_clicked.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Report turns of the wheel."""
        steps = event.angleDelta().y() / 120
        if steps:
            self.wheeled.emit(event.position().y(), steps)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Mark no row."""
        self.point_at(None)
        self.pointed.emit(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the columns."""
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """Return the menu of columns; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for column in COLUMNS:
            if column.name in LADDER_COLUMNS:
                is_left_out = column.name not in self.hidden and column.name not in self._columns
                action = menu.addAction(f"{column.title} (no room)" if is_left_out else column.title)
                action.setToolTip(column.tip)
                action.setCheckable(True)
                action.setChecked(column.name not in self.hidden)
                action.toggled.connect(lambda is_shown, name=column.name: self._choose(name, is_shown))
        return menu

    def _choose(self, name: str, is_shown: bool) -> None:
        self.set_hidden(self.hidden - {name} if is_shown else self.hidden | {name})
        self.columns_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that changed, and the titles at the foot."""
        painter = QPainter(self)
        rect = event.rect()
        painter.fillRect(rect, self._ground)
        foot = self.height() - TIME_AXIS_HEIGHT
        if self.rows is not None and self.rows.n_rows:
            painter.save()
            painter.setClipRect(event.region().boundingRect().intersected(QRect(0, 0, self.width(), foot)))
            painter.setOpacity(_STALE_OPACITY if self._is_stale else 1.0)
            self._paint_rows(painter, event.region())
            painter.restore()
        if rect.bottom() >= foot:
            self._paint_titles(painter, foot)
        painter.fillRect(0, 0, 1, self.height(), self._line)

    # --- painting --------------------------------------------------------------------------------------

    def _paint_rows(self, painter: QPainter, region: QRegion) -> None:
        """Paint the rows that the region touches, column by column: that is faster than row by row."""
        rows = self.rows
        assert rows is not None
        touched = self._touched(rows, region)
        self._paint_grounds(painter, rows, touched)
        self._paint_bars(painter, rows, touched)
        self._paint_marks(painter, rows, touched)
        if self.has_digits:
            self._paint_digits(painter, rows, [row for row in touched if row.has_room])
        for name in ("price", "ask", "added", "traded", "flow"):
            left, right = self.column_rect(name)
            if right:
                painter.fillRect(QRectF(left, 0, 1, self.height()), self._line)

    def _touched(self, rows: LadderRows, region: QRegion) -> "list[_Row]":
        """Return the rows of which a region has a part."""
        edges, around = rows.tops_px / self._density, region.boundingRect()
        first = int(np.searchsorted(edges, around.top(), side="right")) - 1
        end = int(np.searchsorted(edges, around.bottom() + 1, side="left"))
        numbers = range(max(first, 0), min(end, rows.n_rows))
        is_whole = region.rectCount() == 1
        places = edges.tolist()
        return [
            _Row(row, places[row], places[row + 1], self._density)
            for row in numbers
            if is_whole or region.intersects(self._row_rect(row))
        ]

    def _paint_grounds(self, painter: QPainter, rows: LadderRows, touched: "list[_Row]") -> None:
        is_in_band = rows.is_in_band.tolist()
        outside = [(row.top, row.bottom) for row in touched if not is_in_band[row.number]]
        for top, bottom in _joined(outside):
            painter.fillRect(QRectF(0, top, self.width(), bottom - top), self._panel)
        tints = (
            (rows.bid_row, self._bid_tint),
            (rows.ask_row, self._ask_tint),
            (self._pointer_row, self._hover),
        )
        for number, tint in tints:
            for row in touched:
                if row.number == number:
                    painter.fillRect(QRectF(0, row.top, self.width(), row.bottom - row.top), tint)

    def _paint_bars(self, painter: QPainter, rows: LadderRows, touched: "list[_Row]") -> None:
        numbers = np.array([row.number for row in touched], np.int64)
        for bar in self._bars(rows):
            lefts, widths = bar.lefts.tolist(), bar.widths.tolist()
            for place in np.flatnonzero(bar.widths[numbers] > 0).tolist():
                row = touched[place]
                rect = QRectF(lefts[row.number], row.top, widths[row.number], row.bar_height)
                painter.fillRect(rect, bar.colour)

    def _bars(self, rows: LadderRows) -> "list[_Bars]":
        """Return the bars of every column shown, in points."""
        ranges, values, bars = self._ranges, rows.values, []
        for name, which, colour, held in (
            ("bid", rows_of.BID, self._bid_bar, ranges["depth"]),
            ("ask", rows_of.ASK, self._ask_bar, ranges["depth"]),
            ("added", rows_of.ADDED, _tinted(self._pressure, _FAINT), ranges["moved"]),
            ("pulled", rows_of.PULLED, _tinted(self._vacuum, _FAINT), ranges["moved"]),
            ("filled", rows_of.FILLED, _tinted(self._neutral, _FAINT), ranges["filled"]),
        ):
            left, right = self.column_rect(name)
            widths = np.minimum(values[which] / held.top, 1.0) * max(right - left - 1, 0)
            # bids grow away from their price
            bars.append(
                _Bars(right - widths if name == "bid" else np.full(rows.n_rows, left + 1), widths, colour)
            )
        left, right = self.column_rect("traded")
        begins = np.full(rows.n_rows, left + 1.0)
        for which, colour in (
            (rows_of.BOUGHT, self._bid_bar),
            (rows_of.SOLD, self._ask_bar),
            (rows_of.UNKNOWN, _tinted(self._neutral, _STRONG)),
        ):
            widths = np.minimum(values[which] / ranges["traded"].top * (right - left), right - begins)
            bars.append(_Bars(begins, widths, colour))
            begins = begins + np.maximum(widths, 0)
        left, right = self.column_rect("flow")
        middle, reach = np.full(rows.n_rows, round((left + right) / 2)), max((right - left) / 2 - 2, 0)
        shares = np.minimum(np.sqrt(values[rows_of.PRESSURE :] / ranges["flow"].top), 1.0)
        bars.append(_Bars(middle - shares[1] * reach, shares[1] * reach, self._vacuum))
        bars.append(_Bars(middle, shares[0] * reach, self._pressure))
        return bars

    def _paint_marks(self, painter: QPainter, rows: LadderRows, touched: "list[_Row]") -> None:
        """Box the last trade, dot the spot, and mark the best prices."""
        left, right = self.column_rect("price")
        marked = (rows.last_row, rows.spot_row, rows.bid_row, rows.ask_row)
        for row in touched:
            if row.number not in marked:
                continue
            box = QRectF(left + 1, row.top, right - left - 1, row.bottom - row.top)
            is_last = row.number == rows.last_row
            if is_last:
                painter.fillRect(box, self._accent)
            if row.number == rows.spot_row:
                painter.setPen(QPen(self._on_accent if is_last else self._text, 1, Qt.PenStyle.DotLine))
                y = round(row.bottom) - 0.5
                painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            if row.number == rows.bid_row:
                painter.fillRect(QRectF(box.left(), row.top, _MARK_PT, box.height()), self._bid)
            if row.number == rows.ask_row:
                painter.fillRect(QRectF(box.right() - _MARK_PT, row.top, _MARK_PT, box.height()), self._ask)

    def _paint_digits(self, painter: QPainter, rows: LadderRows, touched: "list[_Row]") -> None:
        painter.setFont(self.figures.font)
        values, write = rows.values, self.figures.write
        for name, quantities, ink in (
            ("bid", values[rows_of.BID], self._text),
            ("ask", values[rows_of.ASK], self._text),
            ("added", values[rows_of.ADDED], self._muted),
            ("pulled", values[rows_of.PULLED], self._muted),
            ("filled", values[rows_of.FILLED], self._muted),
            ("traded", values[rows_of.BOUGHT : rows_of.UNKNOWN + 1].sum(axis=0), self._text),
        ):
            left, right = self.column_rect(name)
            numbers = quantities.tolist()
            painter.setPen(ink)
            for row in touched if right else ():
                number = numbers[row.number]
                if number:
                    text, at = self.figures.text(name, number), QPointF(right - PADDING_PT, row.middle)
                    write(painter, text, at, 1.0, self._density)
        left, right = self.column_rect("price")
        best = (rows.bid_row, rows.ask_row)
        for row in touched:
            is_last = row.number == rows.last_row
            painter.setPen(self._on_accent if is_last else self._text if row.number in best else self._muted)
            text = price_text(int(rows.buckets[row.number]), self._tick_size)
            write(painter, text, QPointF((left + right) / 2, row.middle), 0.5, self._density)

    def _paint_titles(self, painter: QPainter, foot: int) -> None:
        painter.fillRect(0, foot, self.width(), TIME_AXIS_HEIGHT, self._panel)
        painter.fillRect(0, foot, self.width(), 1, self._line)
        font = tabular(self.font(), scale=0.85)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._muted)
        baseline = foot + (TIME_AXIS_HEIGHT + metrics.ascent() - metrics.descent()) / 2
        for column in COLUMNS:
            left, right = self.column_rect(column.name)
            if right:
                width = metrics.horizontalAdvance(column.title)
                is_centred = column.name in ("price", "flow")
                x = (left + right - width) / 2 if is_centred else right - PADDING_PT - width
                x = min(max(x, left), self.width() - width - _EDGE_PT)
                painter.drawText(QPointF(x, round(baseline)), column.title)


class _Row:
    """A row to be painted, in points."""

    def __init__(self, number: int, top: float, bottom: float, density: float) -> None:
        self.number, self.top, self.bottom = number, top, bottom
        self.middle = (top + bottom) / 2
        # a row's last pixel stays free, so that neighbours can be told apart
        self.bar_height = bottom - top - (1 / density if bottom - top >= _GRID_FROM_PT else 0)
        self.has_room = bottom - top >= _LEAST_TEXT_ROW_PT  # not where the edge of the field cuts it


@dataclass(frozen=True)
class _Bars:
    """Bars of one colour: left and width of every row's, (n_rows,) float64, in points."""

    lefts: NDArray[np.float64]
    widths: NDArray[np.float64]
    colour: QColor


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join spans, in order, of which each begins where the one before ends."""
    joined: list[tuple[float, float]] = []
    for begin, end in spans:
        if joined and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _tinted(colour: QColor, alpha: int) -> QColor:
    tinted = QColor(colour)
    tinted.setAlpha(alpha)
    return tinted
