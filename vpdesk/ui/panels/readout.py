"""The line of values for the cell under the pointer."""

from typing import Final

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOption, QWidget

from vpdesk.display.layers import LAYERS
from vpdesk.display.reading import CellReading
from vpdesk.display.text import age_text, number_text, price_text, signed
from vpdesk.figures import grouped
from vpdesk.ui.parts.theme import tabular

# A name and its value, both in words.
Pairs = tuple[tuple[str, str], ...]

_HINT: Final = "Point at a cell to read its values"
_MARGIN_PX: Final = 12
_GAP_PX: Final = 5  # between a name and its value
_SPACE_PX: Final = 14  # between pairs


class ReadoutBar(QWidget):
    """Names in grey, values beside them, each in a place of its own so that nothing jumps.

    Painted as one, because it changes with every move of the mouse. A pair that does not fit whole is
    left out, the last ones first; the tip has them all.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readout")
        self.setFont(tabular(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.pairs: Pairs = ()
        self.hint = _HINT
        self._value_widths_px: list[float] = []

    def show_pairs(self, pairs: Pairs) -> None:
        """Show names and values; nothing when the pointer is over no cell. Thread: UI."""
        if pairs == self.pairs:
            return
        metrics = QFontMetricsF(self.font())
        widths_px = [metrics.horizontalAdvance(value) for _, value in pairs]
        if [name for name, _ in pairs] == [name for name, _ in self.pairs]:
            # a place only grows: numbers that get shorter do not pull the rest to the left
            widths_px = [max(both) for both in zip(widths_px, self._value_widths_px, strict=True)]
        self.pairs = pairs
        self._value_widths_px = widths_px
        self.setToolTip(self.text())
        self.update()

    def show_hint(self, words: str) -> None:
        """Show `words` while the pointer is over no cell; what can be done here, if there are none."""
        hint = f"Last event: {words}" if words else _HINT
        if hint != self.hint:
            self.hint = hint
            self.update()

    def text(self) -> str:
        """Return all of it, one pair per line, to be copied."""
        return "\n".join(f"{name}: {value}" for name, value in self.pairs)

    def sizeHint(self) -> QSize:
        """Take one line."""
        return QSize(400, round(QFontMetricsF(self.font()).height()) + 9)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pairs that fit."""
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        metrics = QFontMetricsF(self.font())
        muted = self.palette().placeholderText().color()
        x = float(_MARGIN_PX)
        y = (self.height() + metrics.ascent() - metrics.descent()) / 2
        if not self.pairs:
            painter.setPen(muted)
            painter.drawText(QPointF(x, y), self.hint)
        for (name, value), width_px in zip(self.pairs, self._value_widths_px, strict=True):
            value_x = x + metrics.horizontalAdvance(name) + _GAP_PX
            if value_x + width_px > self.width() - _MARGIN_PX / 2:
                break
            painter.setPen(muted)
            painter.drawText(QPointF(x, y), name)
            painter.setPen(self.palette().windowText().color())
            painter.drawText(QPointF(value_x, y), value)
            x = value_x + width_px + _SPACE_PX


def reading_pairs(reading: CellReading | None) -> Pairs:
    """Return a cell's values in words, the most important first; nothing over no cell."""
    if reading is None:
        return ()
    layer = LAYERS[reading.layer]
    if reading.k is None:
        return (("Time", reading.time), (layer.title, "no feed" if reading.is_gap else "no spot yet"))
    place = f"{price_text(reading.tick, reading.tick_size)} ({signed(reading.k)})"
    if reading.is_gap:
        return (("Price", place), ("Time", reading.time), (layer.title, "no feed"))
    if not reading.is_in_band:
        return (("Price", place), ("Time", reading.time), (layer.title, "outside the band"))
    shown = age_text(reading.age_s) if layer.name == "age" else f"{_number(reading.value)} {reading.unit}"
    return (
        ("Price", place),
        (layer.title, shown.strip()),
        *((title, _number(value)) for title, value in _others(reading)),
        ("touched", f"{age_text(reading.age_s)} before"),
        ("by event", grouped(reading.last_event_id)),
        ("bid", _tick(reading.best_bid_tick, reading.tick_size)),
        ("ask", _tick(reading.best_ask_tick, reading.tick_size)),
        ("book", reading.book_state),
        ("Time", reading.time),
    )


def _others(reading: CellReading) -> list[tuple[str, float | None]]:
    values = {
        "pressure": reading.pressure,
        "vacuum": reading.vacuum,
        "balance": reading.force,
        "resistance": reading.resistance,
        "depth": reading.depth,
    }
    return [(LAYERS[name].title, value) for name, value in values.items() if name != reading.layer]


def _number(value: float | None) -> str:
    return "none" if value is None else number_text(value)


def _tick(tick: int | None, tick_size: int) -> str:
    return "none" if tick is None else price_text(tick, tick_size)
