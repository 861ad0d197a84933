"""How the ladder writes its figures: in which font, which of them shortened, and fast."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText

from vpdesk.display.text import number_text
from vpdesk.ui.parts.theme import tabular

PADDING_PT: Final = 5
_LEAST_FONT_PT: Final = 8  # pixel size at density 1
_USUAL_FONT_PT: Final = 11
_MOST_SHAPED: Final = 5000
_MOST_DIGITS: Final = 5  # of a quantity that is written whole
_THREE_FIGURES_TO: Final = 99_950.0  # from where on thousands have them without a decimal
_ALIKE: Final = (("bid", "ask"), ("added", "pulled", "filled"), ("traded",))  # written in the same way


class LadderFigures:
    """The font that fits the rows, the shapes of texts already written, and the room in the columns.

    Attributes
    ----------
    font : QFont
        Of the figures; a painter has to have it when it comes to `write`.
    """

    def __init__(self) -> None:
        self.font = QFont()
        self._places: Mapping[str, tuple[float, float]] = {}
        self._whole_below: dict[str, float] = {}  # quantities from here on are shortened, by column
        self._ascent = self._digit_height = 0.0
        self._shaped: dict[str, tuple[QStaticText, float]] = {}  # with their widths

    def fit_rows(self, font: QFont, row_pt: float) -> None:
        """Take as much of the size of a font as rows of this height have room for."""
        figures = tabular(font)
        figures.setPixelSize(int(min(max(row_pt - 1, _LEAST_FONT_PT), _USUAL_FONT_PT)))
        if figures != self.font:
            self.font = figures
            metrics = QFontMetricsF(figures)
            # digits have no descenders: their height is that of a capital
            self._ascent, self._digit_height = metrics.ascent(), metrics.capHeight()
            self._shaped.clear()
            self._share_room()

    def fit_columns(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Take up where columns are: left and right in points, by name."""
        self._places = places
        self._share_room()

    def text(self, name: str, quantity: float) -> str:
        """Return every digit of a quantity, or three of them where there are more than a column has room for.

        Columns that are compared write quantities of like size alike.
        """
        if quantity < self._whole_below[name]:
            return f"{quantity:.0f}"
        # in a column of 16.8k a 17k would look like another size
        return f"{quantity / 1e3:.1f}k" if quantity < _THREE_FIGURES_TO else number_text(quantity)

    def write(self, painter: QPainter, text: str, at: QPointF, share: float, density: float) -> None:
        """Write a text so that this share of it lies left of a point, the middle of its height there."""
        shaped, width = self._shaped.get(text) or self._shape(text)
        top = round((at.y() + self._digit_height / 2) * density) / density - self._ascent
        painter.drawStaticText(QPointF(at.x() - share * width, top), shaped)

    def _share_room(self) -> None:
        """Decide by the narrowest of the columns that are compared which quantities are written whole."""
        digit_pt = QFontMetricsF(self.font).horizontalAdvance("8")
        for names in _ALIKE:
            places = [self._places[name] for name in names if name in self._places]
            room_pt = min((right - left for left, right in places), default=0.0) - PADDING_PT
            n_digits = min(max(int(room_pt / digit_pt), 0), _MOST_DIGITS)
            self._whole_below |= dict.fromkeys(names, 10.0**n_digits - 0.5)

    def _shape(self, text: str) -> tuple[QStaticText, float]:
        """Keep the shape of a text: to find it costs most of writing."""
        if len(self._shaped) > _MOST_SHAPED:
            self._shaped.clear()
        shaped = QStaticText(text)
        shaped.setTextFormat(Qt.TextFormat.PlainText)
        shaped.prepare(font=self.font)
        self._shaped[text] = (shaped, shaped.size().width())
        return self._shaped[text]
