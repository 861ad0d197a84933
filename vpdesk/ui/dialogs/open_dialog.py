"""What a file holds, before it is opened: facts, instruments to choose from, the tick size.

The dialog reads nothing. The application reads the file in another thread and calls the methods here
on the UI thread.
"""

from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vpdesk.core.events import PRICE_SCALE
from vpdesk.errors import VpdeskError
from vpdesk.figures import grouped
from vpdesk.ui.parts.fields import CheckedField
from vpdesk.ui.parts.tables import fill_table, plain_table
from vpdesk.ui.parts.theme import tabular

MAX_TICK_RAW: Final = 10**15  # the engine's own limit

# Where a tick size came from, in words.
TICK_ORIGINS: Final = {
    "definition": "from the instrument's definition in the file",
    "rule": "by the venue's rule",
    "inferred": "inferred from the prices in the file",
    "user": "as you typed it",
    "simulated": "of the simulated instrument",
}

_EXACT: Final = Context(traps=[Inexact, InvalidOperation, Overflow])  # digits are never dropped in silence


class TickSizeError(VpdeskError):
    """What was typed is not a tick size."""


@dataclass(frozen=True)
class InstrumentRow:
    """One instrument of a file.

    ``tick_size`` is in raw price units (1e-9), None if it is not known; ``tick_origin`` is a key of
    `TICK_ORIGINS`, or "".
    """

    publisher_id: int
    instrument_id: int
    symbol: str
    n_records: int
    tick_size: int | None
    tick_origin: str = ""
    note: str = ""


@dataclass(frozen=True)
class FileSummary:
    """What is known of a file: facts as (name, words), instruments, and why it cannot be opened, or ""."""

    lines: tuple[tuple[str, str], ...]
    instruments: tuple[InstrumentRow, ...]
    problem: str = ""


def parse_tick_size(text: str) -> int:
    """Read a decimal tick size, such as ``0.25``, into raw price units (1e-9), exactly.

    Raises
    ------
    TickSizeError
        Not a positive decimal number of at most nine places, or too large.
    """
    try:
        raw = _EXACT.multiply(Decimal(text.strip()), Decimal(PRICE_SCALE))
    except Inexact:
        raise TickSizeError("A tick size has at most nine decimal places.") from None
    except DecimalException:
        raise TickSizeError("Type a tick size such as 0.25.") from None
    if not raw.is_finite() or raw <= 0:
        raise TickSizeError("The tick size is a number above 0.")
    if raw > MAX_TICK_RAW:
        raise TickSizeError(f"The tick size is at most {grouped(MAX_TICK_RAW // PRICE_SCALE)}.")
    if raw != raw.to_integral_value():
        raise TickSizeError("A tick size has at most nine decimal places.")
    return int(raw)


def tick_size_text(tick_size: int) -> str:
    """Return a raw tick size as a decimal number without trailing zeros."""
    return f"{(Decimal(tick_size) / PRICE_SCALE).normalize():f}"


class OpenDialog(QDialog):
    """Shows a file and asks which instrument to open, at which tick size.

    Signals
    -------
    accepted_choice(InstrumentRow, tick_size: int)
        Open this instrument; the tick size is in raw price units (1e-9).
    cancelled()
        The user gave up, while reading or later.
    """

    accepted_choice = Signal(object, object)  # raw ticks exceed Qt's int
    cancelled = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Open {title}")
        self._instruments: tuple[InstrumentRow, ...] = ()
        self._is_refused = True
        self._reading_label = QLabel()
        self.progress_bar = QProgressBar()
        self.facts_form = QFormLayout()
        self.problem_label = QLabel()
        self.problem_label.setObjectName("problem")
        self.problem_label.setTextFormat(Qt.TextFormat.PlainText)
        self.problem_label.setWordWrap(True)
        self.table = plain_table(("Instrument", "Events", "Tick size", "Publisher", "Id", "Note"))
        self.table.itemSelectionChanged.connect(self._on_selection_changed)
        self.table.itemActivated.connect(self._on_accept)
        self.tick_field = CheckedField(parse_tick_size)
        self.tick_field.setFont(tabular(self.font()))
        self.tick_field.setMaximumWidth(140)
        self.tick_field.textChanged.connect(self._on_tick_text_changed)
        self.tick_note = QLabel()
        self.tick_note.setWordWrap(True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_reading_page())
        self._pages.addWidget(self._make_summary_page())
        self._lay_out()
        self.show_reading("Reading the file...")

    def show_reading(self, words: str) -> None:
        """Show that the file is being read; the end is not known yet. Thread: UI."""
        self._reading_label.setText(words)
        self.progress_bar.setRange(0, 0)
        self._pages.setCurrentIndex(0)
        self._show_openable()

    def set_progress(self, progress: float) -> None:
        """Show how far the reading is, 0..1. Thread: UI."""
        self.progress_bar.setRange(0, 1000)
        self.progress_bar.setValue(round(min(max(progress, 0.0), 1.0) * 1000))

    def show_summary(self, summary: FileSummary) -> None:
        """Show what the file holds, the busiest instrument chosen. Thread: UI."""
        self._show_facts(summary.lines)
        self.problem_label.setText(summary.problem)
        self.problem_label.setVisible(bool(summary.problem))
        self._instruments = tuple(sorted(summary.instruments, key=lambda row: -row.n_records))
        fill_table(self.table, [_cells(row) for row in self._instruments], frozenset({1, 2, 3, 4}))
        self._pages.setCurrentIndex(1)
        if self._instruments:
            self.table.selectRow(0)
            self.table.setFocus()
        self._is_refused = bool(summary.problem) or not self._instruments
        self._show_openable()

    def reject(self) -> None:
        """Give up."""
        super().reject()
        self.cancelled.emit()

    def _make_reading_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch()
        column.addWidget(self._reading_label)
        column.addWidget(self.progress_bar)
        column.addStretch()
        return page

    def _make_summary_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self.facts_form.setHorizontalSpacing(16)
        self.facts_form.setVerticalSpacing(3)
        column.addLayout(self.facts_form)
        column.addWidget(self.problem_label)
        column.addWidget(self.table, 1)
        tick_row = QHBoxLayout()
        label = QLabel("&Tick size")
        label.setBuddy(self.tick_field)
        tick_row.addWidget(label)
        tick_row.addWidget(self.tick_field)
        tick_row.addWidget(self.tick_note, 1)
        column.addLayout(tick_row)
        return page

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button: QPushButton = buttons.addButton("Open", QDialogButtonBox.ButtonRole.AcceptRole)
        self.open_button.setDefault(True)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)  # Enter means Open
        buttons.accepted.connect(self._on_accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addWidget(self._pages, 1)
        column.addWidget(buttons)
        self.resize(720, 480)

    def _show_facts(self, lines: tuple[tuple[str, str], ...]) -> None:
        while self.facts_form.rowCount():
            self.facts_form.removeRow(0)
        for name, words in lines:
            label, value = QLabel(name), QLabel(words)
            label.setObjectName("muted")
            for part in (label, value):
                part.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.facts_form.addRow(label, value)

    def _chosen(self) -> InstrumentRow | None:
        rows = self.table.selectionModel().selectedRows()
        return self._instruments[rows[0].row()] if rows and self._instruments else None

    def _tick_size(self) -> int | None:
        try:
            return parse_tick_size(self.tick_field.text())
        except TickSizeError:
            return None

    def _show_openable(self) -> None:
        is_ready = self._pages.currentIndex() == 1 and not self._is_refused
        can_open = is_ready and self._chosen() is not None and self._tick_size() is not None
        self.open_button.setEnabled(can_open)

    @Slot()
    def _on_selection_changed(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            known = chosen.tick_size
            self.tick_field.setText("" if known is None else tick_size_text(known))
        self._show_openable()

    @Slot(str)
    def _on_tick_text_changed(self, text: str) -> None:
        chosen = self._chosen()
        try:
            tick_size = parse_tick_size(text)
        except TickSizeError as error:
            self.tick_note.setText("Not known: please type it." if not text else str(error))
        else:
            is_given = chosen is not None and tick_size == chosen.tick_size
            origin = chosen.tick_origin if chosen is not None and is_given else "user"
            self.tick_note.setText(TICK_ORIGINS.get(origin, origin))
        self._show_openable()

    @Slot()
    def _on_accept(self) -> None:
        chosen, tick_size = self._chosen(), self._tick_size()
        if chosen is not None and tick_size is not None and self.open_button.isEnabled():
            self.accept()
            self.accepted_choice.emit(chosen, tick_size)


def _cells(row: InstrumentRow) -> tuple[str, ...]:
    tick = "?" if row.tick_size is None else tick_size_text(row.tick_size)
    return (
        row.symbol or "(no name)",
        grouped(row.n_records),
        tick,
        str(row.publisher_id),
        str(row.instrument_id),
        row.note,
    )
