"""The drive as a bar from -1 to +1, and below it the sums that make it."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vpdesk.display.k_profile import DriveParts, KProfile
from vpdesk.display.text import MINUS, number_text
from vpdesk.ui.parts.inks import Inks, inks_for
from vpdesk.ui.parts.theme import DARK, Tones, tabular

_HEAD_PT: Final = 24
_GAUGE_PT: Final = 14
_SCALE_PT: Final = 18
_SUM_PT: Final = 21
_TERM_PT: Final = 17
_SUM_PT_GAP: Final = 4
_EQUATION_PT: Final = 22
_SUM_BAR_PT: Final = 12
_TERM_BAR_PT: Final = 7
_SPACE_PT: Final = 8
_LEAST_BAR_PT: Final = 2.0  # what is not zero is seen
_EVEN_BELOW: Final = 0.05
_LEAST_SUM: Final = 0.01
_WIDE: Final = (_LEAST_SUM / 2, 0.0888, 8888.0, 88_800.0)  # no sum is written wider than the widest of these

_TIPS: Final = (
    "The drive: which way the field near the spot leans, now. A description, not a forecast.",
    "Up: pressure below the spot plus vacuum above it, in {unit}/s. Near and fresh buckets count most.",
    "Down: pressure above the spot plus vacuum below it, in {unit}/s. Near and fresh buckets count most.",
)


class DriveGauge(QWidget):
    """One drive and its four parts. Every method is for the UI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._small = tabular(self.font(), scale=0.92)
        self._bold = tabular(self.font(), bold=True)
        self._large = tabular(self.font(), scale=1.5, bold=True)
        self._tones: Tones = DARK
        self._inks: Inks = inks_for(True)
        self._unit = ""
        self._profile: KProfile | None = None

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self._tones, self._inks = tones, inks_for(tones.is_dark)
        self.update()

    def show_profile(self, profile: KProfile | None, unit: str) -> None:
        """Show the drive of a column, or only the scale for none; ``unit`` is of quantity."""
        self._profile, self._unit = profile, unit
        self.setAccessibleName(self.words() or "Drive: not known")
        self.update()

    def words(self) -> str:
        """Return all that is shown as text; "" for nothing."""
        profile = self._profile
        if profile is None:
            return ""
        return f"Drive {drive_text(profile.drive)}, {_leaning(profile.drive)}. {self.equation()}"

    def equation(self) -> str:
        """Return how the sums make the drive, or why that is not known."""
        profile = self._profile
        if profile is None:
            return ""
        parts = profile.parts
        if parts is None:
            return "Its parts are not known: other parameters made this column."
        up, down = number_text(parts.up), number_text(parts.down)
        return f"({up} {MINUS} {down}) / ({up} + {down} + {parts.floor:g}) = {drive_text(profile.drive)}"

    def sizeHint(self) -> QSize:
        """Take the height of all rows."""
        height = _HEAD_PT + _GAUGE_PT + _SCALE_PT + 2 * (_SUM_PT + 2 * _TERM_PT + _SUM_PT_GAP) + _EQUATION_PT
        return QSize(300, height)

    def minimumSizeHint(self) -> QSize:
        """Keep the height; the bars give way."""
        return QSize(230, self.sizeHint().height())

    def gauge_rect(self) -> QRectF:
        """Return where the bar from -1 to +1 is, in points."""
        return QRectF(0, _HEAD_PT, self.width(), _GAUGE_PT)

    # --- Qt ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, the sums and the equation."""
        painter = QPainter(self)
        self._paint_head(painter)
        self._paint_gauge(painter)
        y = float(_HEAD_PT + _GAUGE_PT + _SCALE_PT)
        parts = self._profile.parts if self._profile is not None else None
        if parts is not None:
            y = self._paint_sums(painter, y, parts)
        painter.setFont(self._small)
        painter.setPen(QColor(self._tones.muted))
        place = QRectF(0, y, self.width(), self.height() - y)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(place, align, self.equation())

    def event(self, event: QEvent) -> bool:
        """Say in a tip what is under the pointer."""
        if isinstance(event, QHelpEvent):
            y = event.pos().y() - (_HEAD_PT + _GAUGE_PT + _SCALE_PT)
            group = y // (_SUM_PT + 2 * _TERM_PT + _SUM_PT_GAP) + 1
            tip = _TIPS[group if group in (1, 2) else 0].format(unit=self._unit or "quantity")
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    # --- painting ----------------------------------------------------------------------------------

    def _paint_head(self, painter: QPainter) -> None:
        place = QRectF(0, 0, self.width(), _HEAD_PT)
        self._write(painter, place, "Drive", self._bold, self._tones.text, Qt.AlignmentFlag.AlignLeft)
        if self._profile is None:
            return
        drive = self._profile.drive
        text = drive_text(drive)
        self._write(painter, place, text, self._large, self._tones.text, Qt.AlignmentFlag.AlignRight)
        place.setRight(place.right() - QFontMetricsF(self._large).horizontalAdvance(text) - _SPACE_PT)
        self._write(
            painter, place, _leaning(drive), self._small, self._tones.muted, Qt.AlignmentFlag.AlignRight
        )

    def _paint_gauge(self, painter: QPainter) -> None:
        place = self.gauge_rect()
        painter.fillRect(place, QColor(self._tones.line))
        middle = round(place.center().x())
        if self._profile is not None:
            reach = self._profile.drive * place.width() / 2
            colour = self._inks.bid if reach > 0 else self._inks.ask
            bar = QRectF(min(middle, middle + reach), place.top(), abs(reach), place.height())
            painter.fillRect(bar, QColor(colour))
        painter.fillRect(QRectF(middle - 1, place.top() - 2, 2, place.height() + 4), QColor(self._tones.text))
        scale = QRectF(0, place.bottom(), self.width(), _SCALE_PT - 4)
        for text, side in (
            (f"{MINUS}1 down", Qt.AlignmentFlag.AlignLeft),
            ("0", Qt.AlignmentFlag.AlignHCenter),
            ("+1 up", Qt.AlignmentFlag.AlignRight),
        ):
            self._write(painter, scale, text, self._small, self._tones.muted, side)

    def _paint_sums(self, painter: QPainter, y: float, parts: DriveParts) -> float:
        """Paint both sums, each a stack of its two terms, on one scale; return where they end."""
        pressure, vacuum = self._inks.pressure, self._inks.vacuum
        most = max(parts.up, parts.down, 1e-9)
        for title, total, terms in (
            (
                "Up",
                parts.up,
                (
                    ("pressure below", parts.pressure_below, pressure),
                    ("vacuum above", parts.vacuum_above, vacuum),
                ),
            ),
            (
                "Down",
                parts.down,
                (
                    ("pressure above", parts.pressure_above, pressure),
                    ("vacuum below", parts.vacuum_below, vacuum),
                ),
            ),
        ):
            self._paint_sum(painter, y, title, total, terms, most)
            y += _SUM_PT
            start = 0.0
            for term, value, colour in terms:
                self._paint_term(painter, y, term, value, start, colour, most)
                start += value
                y += _TERM_PT
            y += _SUM_PT_GAP
        return y

    def _paint_sum(
        self,
        painter: QPainter,
        y: float,
        title: str,
        total: float,
        terms: tuple[tuple[str, float, str], ...],
        most: float,
    ) -> None:
        row = QRectF(0, y, self.width(), _SUM_PT)
        self._write(painter, row, title, self._bold, self._tones.text, Qt.AlignmentFlag.AlignLeft)
        text = f"{sum_text(total)}/s"
        self._write(painter, row, text, self._bold, self._tones.text, Qt.AlignmentFlag.AlignRight)
        left, width = self._bar_span()
        top = y + (_SUM_PT - _SUM_BAR_PT) / 2
        painter.fillRect(QRectF(left, top, width, _SUM_BAR_PT), QColor(self._tones.line))
        for _, value, colour in terms:
            painter.fillRect(QRectF(left, top, value / most * width, _SUM_BAR_PT), QColor(colour))
            left += value / most * width

    def _paint_term(
        self, painter: QPainter, y: float, title: str, value: float, start: float, colour: str, most: float
    ) -> None:
        row = QRectF(0, y, self.width(), _TERM_PT)
        muted = self._tones.muted
        self._write(
            painter, row.adjusted(_SPACE_PT, 0, 0, 0), title, self._small, muted, Qt.AlignmentFlag.AlignLeft
        )
        self._write(painter, row, sum_text(value), self._small, muted, Qt.AlignmentFlag.AlignRight)
        if value > 0:
            left, width = self._bar_span()
            bar = max(value / most * width, _LEAST_BAR_PT)
            top = y + (_TERM_PT - _TERM_BAR_PT) / 2
            begin = min(start / most * width, width - bar)
            painter.fillRect(QRectF(left + begin, top, bar, _TERM_BAR_PT), QColor(colour))

    def _bar_span(self) -> tuple[float, float]:
        """Return where the sums' bars begin and how long the longest may be."""
        left = QFontMetricsF(self._small).horizontalAdvance("pressure above") + 2 * _SPACE_PT
        return left, max(16.0, self.width() - left - self._figures_pt() - _SPACE_PT)

    def _figures_pt(self) -> float:
        bold = QFontMetricsF(self._bold)
        return max(bold.horizontalAdvance(f"{sum_text(value)}/s") for value in _WIDE)

    def _write(
        self, painter: QPainter, place: QRectF, text: str, font: QFont, ink: str, side: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)


def sum_text(value: float) -> str:
    """Write a flow beside its bar, where "0.000735" has no room and tells no more than "<0.01"."""
    return f"<{_LEAST_SUM:g}" if 0 < value < _LEAST_SUM else number_text(value)


def drive_text(drive: float) -> str:
    """Write a drive with its sign and two decimals."""
    rounded = round(drive, 2)
    return f"{abs(rounded):.2f}" if rounded == 0 else f"{rounded:+.2f}".replace("-", MINUS)


def _leaning(drive: float) -> str:
    if abs(drive) < _EVEN_BELOW:
        return "even"
    return "up" if drive > 0 else "down"
