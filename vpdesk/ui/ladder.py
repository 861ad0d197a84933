"""The price ladder right of the field: what rests, what happened and what traded at every price in view.

Its rows are the field's rows, pixel for pixel. One widget paints all of it and only rows that changed.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vpdesk.core.grid import Grid
from vpdesk.core.ring import GridRing
from vpdesk.display import ladder_rows as rows_of
from vpdesk.display.ladder_rows import LadderRows, LadderSource
from vpdesk.display.placement import FieldPlacement
from vpdesk.display.strip_bins import HeldRange
from vpdesk.display.text import number_text, price_text
from vpdesk.ui.axes import TIME_AXIS_HEIGHT
from vpdesk.ui.inks import inks_for
from vpdesk.ui.theme import DARK, Tones, tabular

_LEAST_TEXT_ROW_PT: Final = 9.0  # lower rows show bars alone
_LEAST_FONT_PT: Final = 8  # pixel size at density 1
_USUAL_FONT_PT: Final = 11
_USUAL_SHARE: Final = 0.97  # of the bars fit their column: a single wall must not flatten the rest
_PADDING_PT: Final = 5
_MARK_PT: Final = 3


@dataclass(frozen=True)
class _Column:
    """A column: its title, its share of the width, and the width in points below which it is left out."""

    name: str
    title: str
    share: float
    needs_pt: int
    tip: str


_COLUMNS: Final = (
    _Column("bid", "Bid", 1.15, 0, "Quantity resting to buy"),
    _Column(
        "price", "Price", 1.25, 0, "Best bid and ask are tinted; the last trade is boxed, the spot dotted"
    ),
    _Column("ask", "Ask", 1.15, 0, "Quantity resting to sell"),
    _Column("added", "Added", 0.9, 330, "Quantity added since the price came into the band"),
    _Column("pulled", "Pulled", 0.9, 330, "Quantity cancelled since the price came into the band"),
    _Column("filled", "Filled", 0.9, 330, "Resting quantity filled since the price came into the band"),
    _Column(
        "traded", "Traded", 1.0, 270, "Quantity traded in the time in view; bought from the left, sold after"
    ),
    _Column("flow", "Vac | Press", 1.3, 210, "Vacuum to the left, pressure to the right, now; root scale"),
)


class LadderView(QWidget):
    """The ladder. Every method is for the UI thread."""

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
        self._ranges = {name: HeldRange(_USUAL_SHARE) for name in ("depth", "traded", "flow")}
        self._shown: NDArray[np.float64] = np.zeros((0, 0))
        self._columns: dict[str, tuple[float, float]] = {}
        self._font = QFont()
        self._metrics = QFontMetricsF(self._font)
        self._widths: dict[str, float] = {}
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
        self.update()

    # --- what is shown -----------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """Forget the rows."""
        self.rows = None
        self._shown = np.zeros((0, 0))
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
            self._fit_font(float(np.max(np.diff(rows.tops_px))) / self._density)
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
        width = self.width()
        shown = [column for column in _COLUMNS if width >= column.needs_pt]
        unit = width / sum(column.share for column in shown)
        self._columns.clear()
        left = 0.0
        for column in shown:
            right = left + column.share * unit
            self._columns[column.name] = (round(left), round(right))
            left = right

    def _fit_font(self, row_pt: float) -> None:
        font = tabular(self.font())
        font.setPixelSize(int(min(max(row_pt - 1, _LEAST_FONT_PT), _USUAL_FONT_PT)))
        if font != self._font:
            self._font = font
            self._metrics = QFontMetricsF(font)
            self._widths.clear()

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
        is_title = at.y() >= self.height() - TIME_AXIS_HEIGHT
        places = self._columns.items() if is_title else ()
        names = [name for name, (left, right) in places if left <= at.x() < right]
        self.setToolTip(next((column.tip for column in _COLUMNS if column.name in names), ""))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark no row."""
        self.point_at(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that changed, and the titles at the foot."""
        painter = QPainter(self)
        rect = event.rect()
        painter.fillRect(rect, self._ground)
        foot = self.height() - TIME_AXIS_HEIGHT
        if self.rows is not None and self.rows.n_rows:
            painter.save()
            painter.setClipRect(event.region().boundingRect().intersected(QRect(0, 0, self.width(), foot)))
            self._paint_rows(painter, event)
            painter.restore()
        if rect.bottom() >= foot:
            self._paint_titles(painter, foot)
        painter.fillRect(0, 0, 1, self.height(), self._line)

    # --- painting --------------------------------------------------------------------------------------

    def _paint_rows(self, painter: QPainter, event: QPaintEvent) -> None:
        rows = self.rows
        assert rows is not None
        has_digits = self.has_digits
        painter.setFont(self._font)
        for row in range(rows.n_rows):
            if event.region().intersects(self._row_rect(row)):
                self._paint_row(painter, rows, row, has_digits)
        for name in ("price", "ask", "added", "traded", "flow"):
            left, right = self.column_rect(name)
            if right:
                painter.fillRect(QRectF(left, 0, 1, self.height()), self._line)

    def _paint_row(self, painter: QPainter, rows: LadderRows, row: int, has_digits: bool) -> None:
        top, bottom = rows.tops_px[row : row + 2] / self._density
        # a row's last pixel stays free, so that neighbours can be told apart
        height = bottom - top - (1 / self._density if bottom - top >= 4 else 0)
        values = rows.values[:, row]
        has_digits = has_digits and bottom - top >= _LEAST_TEXT_ROW_PT  # not where the edge cuts a row
        self._paint_ground(painter, rows, row, QRectF(0, top, self.width(), bottom - top))
        if not rows.is_in_band[row] and not values.any():
            if has_digits:
                self._paint_price(painter, rows, row, top, bottom)
            return
        self._paint_bars(painter, values, top, height)
        if has_digits:
            self._paint_digits(painter, values, top, bottom)
        self._paint_price(painter, rows, row, top, bottom, has_digits=has_digits)

    def _paint_ground(self, painter: QPainter, rows: LadderRows, row: int, rect: QRectF) -> None:
        painter.fillRect(rect, self._ground if rows.is_in_band[row] else self._panel)
        if row == rows.bid_row:
            painter.fillRect(rect, _tinted(self._bid, 44))
        if row == rows.ask_row:
            painter.fillRect(rect, _tinted(self._ask, 44))
        if row == self._pointer_row:
            painter.fillRect(rect, self._hover)

    def _paint_bars(self, painter: QPainter, values: NDArray[np.float64], top: float, height: float) -> None:
        depth_top = self._ranges["depth"].top
        for name, which, colour, is_leftward in (
            ("bid", rows_of.BID, self._bid, True),
            ("ask", rows_of.ASK, self._ask, False),
        ):
            self._paint_bar(
                painter, name, values[which] / depth_top, _tinted(colour, 110), is_leftward, top, height
            )
        left, right = self.column_rect("traded")
        traded_top = self._ranges["traded"].top
        x = left + 1
        for which, colour in (
            (rows_of.BOUGHT, self._bid),
            (rows_of.SOLD, self._ask),
            (rows_of.UNKNOWN, self._neutral),
        ):
            width = min(values[which] / traded_top * (right - left), right - x)
            if width > 0:
                painter.fillRect(QRectF(x, top, width, height), _tinted(colour, 110))
                x += width
        left, right = self.column_rect("flow")
        middle, flow_top = round((left + right) / 2), self._ranges["flow"].top
        for which, colour, sign in (
            (rows_of.VACUUM, self._vacuum, -1),
            (rows_of.PRESSURE, self._pressure, 1),
        ):
            width = min(np.sqrt(values[which] / flow_top), 1.0) * ((right - left) / 2 - 2)
            if width > 0:
                painter.fillRect(QRectF(middle if sign > 0 else middle - width, top, width, height), colour)

    def _paint_bar(
        self,
        painter: QPainter,
        name: str,
        share: float,
        colour: QColor,
        is_leftward: bool,
        top: float,
        height: float,
    ) -> None:
        left, right = self.column_rect(name)
        width = min(share, 1.0) * (right - left - 1)
        if width > 0:
            painter.fillRect(QRectF(right - width if is_leftward else left + 1, top, width, height), colour)

    def _paint_digits(
        self, painter: QPainter, values: NDArray[np.float64], top: float, bottom: float
    ) -> None:
        baseline = self._baseline(top, bottom)
        painter.setPen(self._text)
        self._write(painter, "bid", values[rows_of.BID], baseline)
        self._write(painter, "ask", values[rows_of.ASK], baseline)
        self._write(painter, "traded", values[rows_of.BOUGHT : rows_of.UNKNOWN + 1].sum(), baseline)
        painter.setPen(self._muted)
        for name, which in (("added", rows_of.ADDED), ("pulled", rows_of.PULLED), ("filled", rows_of.FILLED)):
            self._write(painter, name, values[which], baseline)

    def _paint_price(
        self,
        painter: QPainter,
        rows: LadderRows,
        row: int,
        top: float,
        bottom: float,
        *,
        has_digits: bool = True,
    ) -> None:
        left, right = self.column_rect("price")
        box = QRectF(left + 1, top, right - left - 1, bottom - top)
        if row == rows.last_row:
            painter.fillRect(box, self._accent)
        if row == rows.spot_row:
            pen = QPen(self._on_accent if row == rows.last_row else self._text, 1, Qt.PenStyle.DotLine)
            painter.setPen(pen)
            y = round(bottom) - 0.5
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        if row in (rows.bid_row, rows.ask_row):
            is_bid = row == rows.bid_row
            x = box.left() if is_bid else box.right() - _MARK_PT
            painter.fillRect(QRectF(x, top, _MARK_PT, bottom - top), self._bid if is_bid else self._ask)
        if has_digits:
            is_best = row in (rows.bid_row, rows.ask_row)
            ink = self._on_accent if row == rows.last_row else self._text if is_best else self._muted
            painter.setPen(ink)
            text = price_text(int(rows.buckets[row]), self._tick_size)
            x = (left + right - self._text_width(text)) / 2
            painter.drawText(QPointF(x, self._baseline(top, bottom)), text)

    def _write(self, painter: QPainter, name: str, value: float, baseline: float) -> None:
        right = self.column_rect(name)[1]
        if value and right:
            text = f"{value:.0f}" if value < 99_999.5 else number_text(value)
            painter.drawText(QPointF(right - _PADDING_PT - self._text_width(text), baseline), text)

    def _paint_titles(self, painter: QPainter, foot: int) -> None:
        painter.fillRect(0, foot, self.width(), TIME_AXIS_HEIGHT, self._panel)
        painter.fillRect(0, foot, self.width(), 1, self._line)
        font = tabular(self.font(), scale=0.85)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._muted)
        baseline = foot + (TIME_AXIS_HEIGHT + metrics.ascent() - metrics.descent()) / 2
        for column in _COLUMNS:
            left, right = self.column_rect(column.name)
            if right:
                width = metrics.horizontalAdvance(column.title)
                is_centred = column.name in ("price", "flow")
                x = (left + right - width) / 2 if is_centred else right - _PADDING_PT - width
                painter.drawText(QPointF(max(x, left), round(baseline)), column.title)

    def _baseline(self, top: float, bottom: float) -> float:
        """Return where digits stand that are centred in a row: they have no descenders."""
        return round((top + bottom + self._metrics.capHeight()) / 2 * self._density) / self._density

    def _text_width(self, text: str) -> float:
        if len(self._widths) > 5000:
            self._widths.clear()
        if text not in self._widths:
            self._widths[text] = self._metrics.horizontalAdvance(text)
        return self._widths[text]


def _tinted(colour: QColor, alpha: int) -> QColor:
    tinted = QColor(colour)
    tinted.setAlpha(alpha)
    return tinted
