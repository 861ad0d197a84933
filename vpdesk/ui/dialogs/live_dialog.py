"""Where a live feed is described: what to subscribe to, how to begin, which key; or a file to practise with.

The dialog connects to nothing and knows no key but the one typed into it. The application tells it what it
needs to know by the methods here, on the UI thread, and does what its signals ask for.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from vpdesk.errors import VpdeskError
from vpdesk.ui.dialogs.open_dialog import parse_tick_size
from vpdesk.ui.parts.noted_field import NotedField
from vpdesk.ui.parts.speeds import parse_speed, speed_text

DATASETS: Final = (
    ("GLBX.MDP3", "CME Globex futures and options"),
    ("XNAS.ITCH", "Nasdaq equities"),
    ("IFEU.IMPACT", "ICE Europe futures"),
    ("XEUR.EOBI", "Eurex futures and options"),
)
# How symbols are meant: the protocol's name, words, an example, and the form that they have.
STYPES: Final = (
    ("continuous", "Continuous contract", "ES.c.0", r"\w+\.[cnv]\.\d+"),
    ("raw_symbol", "The venue's own symbol", "ESZ5 or AAPL", r".+"),
    ("parent", "All contracts of a product", "ES.FUT", r"\w+\.(FUT|OPT|SPOT)"),
    ("instrument_id", "Instrument id", "5602", r"\d+"),
)
STARTS: Final = (
    ("snapshot", "With the book as it is now"),
    ("time", "With a replay from a time of the last day"),
    ("none", "With the next record; the book starts incomplete"),
)
KEY_ORIGINS: Final = {
    "": "No key is stored on this machine: type yours.",
    "environment": "DATABENTO_API_KEY holds one; type another to use that instead.",
    "key store": "The system's key store holds one; type another to use that instead.",
}
FILE_FILTER: Final = "DBN files (*.dbn *.dbn.zst);;All files (*)"


class LiveFieldError(VpdeskError):
    """What stands in a field of the dialog cannot be meant."""


@dataclass(frozen=True)
class LiveChoice:
    """A subscription. ``key`` "" means the one stored on this machine; it is shown nowhere.

    ``start`` is a key of `STARTS`; ``start_ns`` (UNIX ns) is given with "time". ``tick_size`` is raw, None
    to find it.
    """

    dataset: str
    symbols: tuple[str, ...]
    stype_in: str
    start: str = "snapshot"
    start_ns: int | None = None
    tick_size: int | None = None
    key: str = field(default="", repr=False)
    is_key_kept: bool = False


@dataclass(frozen=True)
class PracticeChoice:
    """A file to be served to the program itself, at a speed of market time (`MAX_SPEED` for no pacing)."""

    path: Path
    speed: float


def read_dataset(text: str) -> str:
    """Read a dataset's code.

    Raises
    ------
    LiveFieldError
        It has not the form of one.
    """
    code = text.split()[0].upper() if text.strip() else ""
    if not re.fullmatch(r"[A-Z0-9]{4,6}\.[A-Z0-9]+", code):
        raise LiveFieldError("A dataset has a code such as GLBX.MDP3.")
    return code


def read_symbols(text: str, stype_in: str) -> tuple[str, ...]:
    """Read symbols, parted by commas or spaces.

    Raises
    ------
    LiveFieldError
        There is none, or one has not the form that `STYPES` gives.
    """
    symbols = tuple(dict.fromkeys(re.split(r"[,\s]+", text.strip(", \t"))))
    example, form = next((example, form) for name, _, example, form in STYPES if name == stype_in)
    if symbols == ("",):
        raise LiveFieldError(f"Type a symbol such as {example}.")
    for symbol in symbols:
        if not re.fullmatch(form, symbol):
            raise LiveFieldError(f"{symbol} has another form than {example}: see how symbols are meant.")
    return symbols


def read_existing_file(text: str) -> Path:
    """Read the path of a file that is there.

    Raises
    ------
    LiveFieldError
        There is none.
    """
    path = os.path.expanduser(text.strip())  # Path's raise where no such name can be
    if not os.path.isfile(path):
        raise LiveFieldError("Choose a DBN file (.dbn or .dbn.zst).")
    return Path(path)


def _read_optional_tick(text: str) -> int | None:
    return parse_tick_size(text) if text.strip() else None


class LiveDialog(QDialog):
    """Asks for a live feed, or for a file to practise with.

    Parameters
    ----------
    last_used
        What `last_used` returned the last time; never a key.
    read_key, read_start
        Raise a sentence when a key has not the form of one, or a start time cannot be meant; the latter
        returns UNIX ns.

    Signals
    -------
    connect_requested(LiveChoice), practice_requested(PracticeChoice)
        Do it; the dialog is closed.
    test_requested(LiveChoice)
        Try whether key and symbol work; answer with `show_test_result`.
    """

    connect_requested = Signal(object)
    practice_requested = Signal(object)
    test_requested = Signal(object)

    def __init__(
        self,
        last_used: Mapping[str, str],
        read_key: Callable[[str], object],
        read_start: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connect to a live feed")
        self._has_known_key = False
        self._read_key = read_key
        self._make_fields(last_used, read_start)
        self.tabs = QTabWidget()
        self.tabs.addTab(self._make_live_page(), "Databento")
        self.tabs.addTab(self._make_practice_page(), "Practise with a file")
        self._lay_out()
        self.tabs.setCurrentIndex(1 if last_used.get("page") == "practice" else 0)
        self.show_key_origin("")
        self._connect()
        self._on_page_changed()

    # --- for the application -----------------------------------------------------------------------

    def show_key_origin(self, origin: str) -> None:
        """Say where a key was found, a key of `KEY_ORIGINS`. Thread: UI."""
        self._has_known_key = bool(origin)
        self.key_field.set_hint(KEY_ORIGINS[origin])
        self.key_field.edit.setPlaceholderText("the key found is used" if origin else "db-...")
        self._show_ready()

    def show_test_result(self, is_good: bool, sentence: str) -> None:
        """Say what came of a test. Thread: UI."""
        self.test_note.setObjectName("" if is_good else "problem")
        self.test_note.style().unpolish(self.test_note)  # a style sheet does not watch names
        self.test_note.style().polish(self.test_note)
        self.test_note.setText(sentence)
        self._show_ready()

    def last_used(self) -> dict[str, str]:
        """Return what to fill in the next time; no key is among it."""
        return {
            "page": "practice" if self.tabs.currentIndex() else "live",
            "dataset": self.dataset_field.text(),
            "symbols": self.symbol_field.text(),
            "stype_in": self._stype_in(),
            "practice_file": self.file_field.text(),
            "practice_speed": self.speed_field.text(),
        }

    # --- inside ------------------------------------------------------------------------------------

    def _make_fields(self, last_used: Mapping[str, str], read_start: Callable[[str], int]) -> None:
        self.dataset_box = QComboBox()
        self.dataset_box.setEditable(True)
        self.dataset_box.addItems([f"{code}  {words}" for code, words in DATASETS])
        self.dataset_field = NotedField(read_dataset, self.dataset_box.lineEdit(), self.dataset_box)
        self.dataset_field.edit.setText(last_used.get("dataset") or DATASETS[0][0])
        self.stype_box = QComboBox()
        for name, words, example, _ in STYPES:
            self.stype_box.addItem(f"{words}, such as {example}", name)
        self.stype_box.setCurrentIndex(max(0, self.stype_box.findData(last_used.get("stype_in"))))
        self.symbol_field = NotedField(lambda text: read_symbols(text, self._stype_in()))
        self.symbol_field.edit.setText(last_used.get("symbols", ""))
        self.symbol_field.set_hint("Several are parted by commas.")
        self.start_box = QComboBox()
        for name, words in STARTS:
            self.start_box.addItem(words, name)
        self.time_field = NotedField(read_start)
        self.time_field.edit.setPlaceholderText("14:30 or 2025-01-31 14:30, UTC")
        self.tick_field = NotedField(_read_optional_tick)
        self.tick_field.edit.setPlaceholderText("found by itself")
        self.key_field = NotedField(self._read_key_or_known)
        self.key_field.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep_box = QCheckBox("Remember it in the system's key store")
        self.test_button = QPushButton("Test")
        self.test_note = QLabel()
        self.test_note.setWordWrap(True)
        self.file_field = NotedField(read_existing_file)
        self.file_field.edit.setText(last_used.get("practice_file", ""))
        self.browse_button = QPushButton("Choose...")
        self.speed_field = NotedField(parse_speed)
        self.speed_field.edit.setText(last_used.get("practice_speed") or speed_text(1.0))
        self.speed_field.set_hint("Market time per time of yours: 0.1x to 1000x, or max.")

    def _make_live_page(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setVerticalSpacing(4)
        self._form = form
        form.addRow("&Dataset", self.dataset_field)
        form.addRow("Symbols &are", self.stype_box)
        form.addRow("S&ymbol", self.symbol_field)
        form.addRow("&Begin", self.start_box)
        form.addRow("&From", self.time_field)
        form.addRow("Tick s&ize", self.tick_field)
        form.addRow("&Key", self.key_field)
        form.addRow("", self.keep_box)
        test_row = QHBoxLayout()
        test_row.addWidget(self.test_button)
        test_row.addWidget(self.test_note, 1)
        form.addRow("", test_row)
        return page

    def _make_practice_page(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setVerticalSpacing(8)
        words = QLabel(
            "A gateway on this machine serves the file as a live feed: login, snapshot, heartbeats and all. "
            "It needs no account and no network."
        )
        words.setWordWrap(True)
        form.addRow(words)
        file_row = QHBoxLayout()
        file_row.addWidget(self.file_field, 1)
        file_row.addWidget(self.browse_button)
        file_label = QLabel("&File")
        file_label.setBuddy(self.file_field)
        form.addRow(file_label, file_row)
        form.addRow("&Speed", self.speed_field)
        return page

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.connect_button = buttons.addButton("Connect", QDialogButtonBox.ButtonRole.AcceptRole)
        self.connect_button.setDefault(True)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)  # Enter means Connect
        for button in (self.test_button, self.browse_button):
            button.setAutoDefault(False)
        buttons.accepted.connect(self._on_accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addWidget(self.tabs, 1)
        column.addWidget(buttons)
        self.resize(600, 440)

    def _connect(self) -> None:
        for noted in (*self._live_fields(), self.time_field, *self._practice_fields()):
            noted.changed.connect(self._on_changed)
        self.stype_box.currentIndexChanged.connect(self._on_stype_changed)
        self.start_box.currentIndexChanged.connect(self._on_changed)
        self.tabs.currentChanged.connect(self._on_page_changed)
        self.test_button.clicked.connect(self._on_test)
        self.browse_button.clicked.connect(self._on_browse)

    def _live_fields(self) -> list[NotedField]:
        fields = [self.dataset_field, self.symbol_field, self.tick_field, self.key_field]
        return [*fields, self.time_field] if self.start_box.currentData() == "time" else fields

    def _practice_fields(self) -> list[NotedField]:
        return [self.file_field, self.speed_field]

    def _stype_in(self) -> str:
        return str(self.stype_box.currentData())

    def _read_key_or_known(self, text: str) -> object:
        if not text.strip() and self._has_known_key:
            return None
        return self._read_key(text)

    def _is_live_page(self) -> bool:
        return self.tabs.currentIndex() == 0

    def _show_ready(self) -> None:
        self._form.setRowVisible(self.time_field, self.start_box.currentData() == "time")
        self.keep_box.setEnabled(bool(self.key_field.text().strip()))
        self.test_button.setEnabled(all(one.is_good() for one in self._live_fields()))
        self.connect_button.setText("Connect" if self._is_live_page() else "Start")
        fields = self._live_fields() if self._is_live_page() else self._practice_fields()
        self.connect_button.setEnabled(all(one.is_good() for one in fields))

    def _choice(self) -> LiveChoice:
        is_timed = self.start_box.currentData() == "time"
        key = self.key_field.text().strip()
        return LiveChoice(
            dataset=read_dataset(self.dataset_field.text()),
            symbols=read_symbols(self.symbol_field.text(), self._stype_in()),
            stype_in=self._stype_in(),
            start=str(self.start_box.currentData()),
            start_ns=self.time_field.value() if is_timed else None,  # type: ignore[arg-type]
            tick_size=_read_optional_tick(self.tick_field.text()),
            key=key,
            is_key_kept=bool(key) and self.keep_box.isChecked(),
        )

    @Slot()
    def _on_changed(self) -> None:
        self.test_note.clear()
        self._show_ready()

    @Slot()
    def _on_page_changed(self) -> None:
        (self.symbol_field if self._is_live_page() else self.file_field).edit.setFocus()
        self._show_ready()

    @Slot()
    def _on_stype_changed(self) -> None:
        self.symbol_field.check()
        self._on_changed()

    @Slot()
    def _on_test(self) -> None:
        self.test_button.setEnabled(False)
        self.test_note.setObjectName("")
        self.test_note.setText("Connecting...")
        self.test_requested.emit(self._choice())

    @Slot()
    def _on_browse(self) -> None:
        dialog = QFileDialog(self, "Choose a file to practise with", filter=FILE_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.file_field.edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_accept(self) -> None:
        if not self.connect_button.isEnabled():
            return
        if self._is_live_page():
            choice = self._choice()
            self.accept()
            self.connect_requested.emit(choice)
        else:
            speed = parse_speed(self.speed_field.text())
            path = read_existing_file(self.file_field.text())
            self.accept()
            self.practice_requested.emit(PracticeChoice(path, speed))
