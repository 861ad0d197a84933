"""The line of values for the cell under the pointer."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from vpdesk.display.layers import LAYERS
from vpdesk.display.reading import CellReading
from vpdesk.display.text import age_text, number_text, price_text
from vpdesk.ui.theme import tabular
from vpdesk.ui.words import grouped

# A name and its value, both in words.
Pairs = tuple[tuple[str, str], ...]

_EMPTY: Final = "Point at a cell to read its values"


class ReadoutBar(QWidget):
    """Names in grey, values beside them, each in a place of its own so that nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readout")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.pairs: Pairs = ()
        self._hint = QLabel(_EMPTY)
        self._hint.setObjectName("muted")
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 4)
        self._row.setSpacing(5)
        self._row.addWidget(self._hint)
        self._row.addStretch(1)
        # wider than a small window: what does not fit is cut, and never widens the window
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_pairs(self, pairs: Pairs) -> None:
        """Show names and values; nothing when the pointer is over no cell. Thread: UI."""
        self.pairs = pairs
        self._hint.setVisible(not pairs)
        while len(self._labels) < len(pairs):
            self._add_place()
        for index, (name_label, value_label) in enumerate(self._labels):
            is_used = index < len(pairs)
            name_label.setVisible(is_used)
            value_label.setVisible(is_used)
            if is_used:
                name_label.setText(pairs[index][0])
                value_label.setText(pairs[index][1])
                # a place only grows: numbers that get shorter do not pull the rest to the left
                value_label.setMinimumWidth(value_label.sizeHint().width())

    def text(self) -> str:
        """Return what is shown, one pair per line, to be copied."""
        return "\n".join(f"{name}: {value}" for name, value in self.pairs)

    def _add_place(self) -> None:
        name_label, value_label = QLabel(), QLabel()
        name_label.setObjectName("muted")
        value_label.setFont(tabular(self.font()))
        for label in (name_label, value_label):
            label.setTextFormat(Qt.TextFormat.PlainText)
        if self._labels:
            name_label.setContentsMargins(9, 0, 0, 0)
        at = self._row.count() - 1  # before the stretch
        self._row.insertWidget(at, name_label)
        self._row.insertWidget(at + 1, value_label)
        self._labels.append((name_label, value_label))


def reading_pairs(reading: CellReading | None) -> Pairs:
    """Return a cell's values in words, the most important first; nothing over no cell."""
    if reading is None:
        return ()
    price = price_text(reading.tick, reading.tick_size)
    place = f"{price} ({reading.k:+d})" if reading.k is not None else price
    layer = LAYERS[reading.layer]
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
        ("Time", reading.time),
        ("bid", _tick(reading.best_bid_tick, reading.tick_size)),
        ("ask", _tick(reading.best_ask_tick, reading.tick_size)),
        ("book", reading.book_state),
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
