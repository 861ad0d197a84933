"""The terms of pressure and vacuum as bars on one scale, each force a stack of its terms."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vpdesk.core.cell_report import CellReport
from vpdesk.display.terms import TermRow, force_scale, term_rows
from vpdesk.display.text import number_text
from vpdesk.ui.parts.inks import inks_for
from vpdesk.ui.parts.theme import DARK, Tones, tabular

_ROW_PT: Final = 19
_TOTAL_PT: Final = 26
_GAP_PT: Final = 6  # between the forces
_BAR_PT: Final = 9
_TOTAL_BAR_PT: Final = 13
_SPACE_PT: Final = 10  # between columns
_LEAST_BAR_PT: Final = 2.0  # what is not zero is seen
_DIMMED: Final = 0.4  # while they are those of another cell
_STRONGEST, _WEAKEST = 255, 120  # opacity of the first and the last term in the stack


class TermBars(QWidget):
    """Two forces and their nine terms. A bar begins where the one above it ends, so that they add up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._small = tabular(self.font())
        self._bold = tabular(self.font(), bold=True)
        self._tones: Tones = DARK
        self._unit = ""
        self._totals: tuple[tuple[str, float, float], ...] = ()  # title, value, share of the scale
        self.rows: tuple[tuple[TermRow, ...], ...] = ()

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._tones = tones
        self.update()

    def show_report(self, report: CellReport | None, unit: str) -> None:
        """Show the terms of a report; only the sums' places for none. ``unit`` is of quantity."""
        self._unit = unit
        if report is None:
            self.rows, self._totals = (), ()
        else:
            scale = force_scale(report)
            self.rows = term_rows(report.pressure_terms, scale), term_rows(report.vacuum_terms, scale)
            self._totals = (
                ("Pressure", report.pressure, report.pressure / scale),
                ("Vacuum", report.vacuum, report.vacuum / scale),
            )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Take the height of all rows."""
        return QSize(360, round(sum(height for _, height in self._places())))

    def minimumSizeHint(self) -> QSize:
        """Keep the height; the bars give way."""
        return QSize(280, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint sums and terms."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else _DIMMED)
        inks = inks_for(self._tones.is_dark)
        y = 0.0
        for (title, value, share), rows, colour in zip(
            self._totals, self.rows, (inks.pressure, inks.vacuum), strict=True
        ):
            self._paint_total(painter, y, title, value, share, rows, colour)
            y += _TOTAL_PT
            for number, row in enumerate(rows):
                self._paint_row(painter, y, row, _shade(colour, number, len(rows)))
                y += _ROW_PT
            y += _GAP_PT

    def event(self, event: QEvent) -> bool:
        """Show a term's formula as its tip."""
        if isinstance(event, QHelpEvent):
            row = self._row_at(event.pos().y())
            text = "" if row is None else f"{row.title}: weight {row.name} times {row.formula}"
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    # --- inside ------------------------------------------------------------------------------------

    def _places(self) -> list[tuple[TermRow | None, float]]:
        """Return every row from the top with its height; None for what is no term."""
        places: list[tuple[TermRow | None, float]] = []
        for rows in self.rows:
            places.append((None, _TOTAL_PT))
            places += [(row, _ROW_PT) for row in rows]
            places.append((None, _GAP_PT))
        return places

    def _row_at(self, y: float) -> TermRow | None:
        for row, height in self._places():
            if y < height:
                return row
            y -= height
        return None

    def _bar_span(self) -> tuple[float, float]:
        """Return where bars begin and how long the longest may be."""
        metrics = QFontMetricsF(self._small)
        left = metrics.horizontalAdvance("draining in bursts") + _SPACE_PT
        bold = QFontMetricsF(self._bold)
        totals = max(bold.horizontalAdvance(self._total_words(value)) for _, value, _ in self._totals)
        right = max(self._value_width() + self._product_width() + 2 * _SPACE_PT, totals + 2 + _SPACE_PT)
        return left, max(24.0, self.width() - left - right)

    def _total_words(self, value: float) -> str:
        return f"{number_text(value)} {self._unit}/s"

    def _value_width(self) -> float:
        return self._widest([row.value for rows in self.rows for row in rows])

    def _product_width(self) -> float:
        return self._widest([row.product for rows in self.rows for row in rows])

    def _widest(self, texts: list[str]) -> float:
        metrics = QFontMetricsF(self._small)
        return max((metrics.horizontalAdvance(text) for text in texts), default=0.0) + 1

    def _paint_total(
        self,
        painter: QPainter,
        y: float,
        title: str,
        value: float,
        share: float,
        rows: tuple[TermRow, ...],
        colour: str,
    ) -> None:
        left, width = self._bar_span()
        painter.setFont(self._bold)
        painter.setPen(QColor(self._tones.text))
        self._write(painter, y, _TOTAL_PT, 0, left, title, Qt.AlignmentFlag.AlignLeft)
        words = self._total_words(value)
        right = QFontMetricsF(self._bold).horizontalAdvance(words) + 2
        self._write(painter, y, _TOTAL_PT, self.width() - right, right, words, Qt.AlignmentFlag.AlignRight)
        top = y + (_TOTAL_PT - _TOTAL_BAR_PT) / 2
        painter.fillRect(QRectF(left, top, width, _TOTAL_BAR_PT), QColor(self._tones.line))
        for number, row in enumerate(rows):
            place = QRectF(left + row.start * width, top, row.share * width, _TOTAL_BAR_PT)
            painter.fillRect(place, _shade(colour, number, len(rows)))
        if 0 < share * width < _LEAST_BAR_PT:
            painter.fillRect(QRectF(left, top, _LEAST_BAR_PT, _TOTAL_BAR_PT), QColor(colour))

    def _paint_row(self, painter: QPainter, y: float, row: TermRow, shade: QColor) -> None:
        left, width = self._bar_span()
        is_zero = row.share == 0
        painter.setFont(self._small)
        painter.setPen(QColor(self._tones.muted if is_zero else self._tones.text))
        self._write(painter, y, _ROW_PT, 0, left, row.title, Qt.AlignmentFlag.AlignLeft)
        value_width = self._value_width()
        at = self.width() - value_width
        self._write(painter, y, _ROW_PT, at, value_width, row.value, Qt.AlignmentFlag.AlignRight)
        painter.setPen(QColor(self._tones.muted))
        product_width = self._product_width()
        at -= product_width + _SPACE_PT
        self._write(painter, y, _ROW_PT, at, product_width, row.product, Qt.AlignmentFlag.AlignRight)
        if not is_zero:
            bar = max(row.share * width, _LEAST_BAR_PT)
            top = y + (_ROW_PT - _BAR_PT) / 2
            start = min(row.start * width, width - bar)
            painter.fillRect(QRectF(left + start, top, bar, _BAR_PT), shade)

    @staticmethod
    def _write(
        painter: QPainter,
        y: float,
        height: float,
        x: float,
        width: float,
        text: str,
        side: Qt.AlignmentFlag,
    ) -> None:
        painter.drawText(QRectF(x, y, width, height), side | Qt.AlignmentFlag.AlignVCenter, text)


def _shade(colour: str, number: int, n_rows: int) -> QColor:
    """Return the shade of a term: the further down in the stack, the fainter."""
    shade = QColor(colour)
    shade.setAlpha(round(_STRONGEST - (_STRONGEST - _WEAKEST) * number / max(1, n_rows - 1)))
    return shade
