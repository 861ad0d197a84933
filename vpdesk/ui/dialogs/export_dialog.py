"""Asks which columns to write to which file, and shows how far the writing is.

The dialog writes nothing. The application does, in another thread, and calls the methods here on the UI
thread. The window can be used on while it is open.
"""

import os
import re
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from vpdesk.display.text import date_text
from vpdesk.display.text import time_text as clock_text
from vpdesk.errors import VpdeskError
from vpdesk.figures import grouped
from vpdesk.runtime.commands import SeekTime
from vpdesk.runtime.status import SessionStatus
from vpdesk.ui.parts.fields import CheckedField
from vpdesk.ui.parts.times import parse_go_to, time_text

FORMATS: Final = {".parquet": "Parquet (.parquet)", ".arrow": "Arrow (.arrow)"}
VIEW, SESSION, TIMES = range(3)  # ids of the choices of a range


class ExportChoiceError(VpdeskError):
    """What was chosen cannot be exported."""


@dataclass(frozen=True)
class ExportScope:
    """What there is to export.

    ``view`` is the first and last column in view, numbers of the ring, None if there are none, and
    ``view_ns`` when they begin; ``folder`` is where the file is put at first, under a name for ``symbol``.
    ``whole`` names the choice of all there is; ``remark`` is a sentence about what that does not hold.
    """

    symbol: str
    status: SessionStatus
    zone: tzinfo | None
    view: tuple[int, int] | None
    view_ns: tuple[int, int]
    folder: Path
    whole: str = "Whole &session"
    remark: str = ""


@dataclass(frozen=True)
class ExportChoice:
    """What to write where: columns by number, or by when they begin (``from <= start < to``), or all."""

    path: Path
    seqs: tuple[int, int] | None = None
    times_ns: tuple[int, int] | None = None


class ExportDialog(QDialog):
    """Asks for range, format and file; then shows progress, then what was written.

    Signals
    -------
    requested(ExportChoice)
        Write this.
    cancelled()
        The dialog was closed while the writing was under way.
    """

    requested = Signal(object)
    cancelled = Signal()

    def __init__(self, scope: ExportScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export columns")
        self._scope = scope
        self._is_running = False
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._show_form()

    def set_progress(self, progress: float) -> None:
        """Show how far the writing is, 0..1. Thread: UI."""
        self.progress_bar.setValue(round(min(max(progress, 0.0), 1.0) * 1000))

    def show_done(self, sentence: str) -> None:
        """Show what was written; nothing is left to do but close. Thread: UI."""
        self._is_running = False
        self.progress_bar.setValue(1000)
        self.words_label.setText(sentence)
        self.cancel_button.setText("Close")
        self.cancel_button.setDefault(True)
        self.cancel_button.setFocus()

    def show_problem(self, sentence: str) -> None:
        """Show why nothing was written, and let the user choose again. Thread: UI."""
        self._show_form()
        self.words_label.setText(sentence)
        self.path_field.setFocus()  # a form that was disabled has lost the focus

    def reject(self) -> None:
        """Close; what is being written is given up."""
        was_running, self._is_running = self._is_running, False
        super().reject()
        if was_running:
            self.cancelled.emit()

    def choice(self) -> ExportChoice:
        """Return what is chosen.

        Raises
        ------
        VpdeskError
            It makes no sense.
        """
        text = self.path_field.text().strip()
        path = Path(os.path.expanduser(text))  # Path's raises where there is no such user
        if not text or not path.is_absolute():
            raise ExportChoiceError("Choose a file to write, with its folder.")
        if path.suffix not in FORMATS:
            raise ExportChoiceError(f"The file's name must end in {' or '.join(FORMATS)}.")
        kind = self.range_choices.checkedId()
        if kind == TIMES:
            return ExportChoice(path, times_ns=self._times_ns())
        return ExportChoice(path, seqs=self._scope.view if kind == VIEW else None)

    def _times_ns(self) -> tuple[int, int]:
        from_ns, to_ns = (self._read_time(field.text()) for field in (self.from_field, self.to_field))
        if from_ns >= to_ns:
            raise ExportChoiceError("The range ends before it begins.")
        return from_ns, to_ns

    def _read_time(self, text: str) -> int:
        moment = parse_go_to(text, self._scope.status, self._scope.zone)
        if not isinstance(moment, SeekTime):
            raise ExportChoiceError("Type a time such as 13:30:05.25, or a step such as -30s.")
        return moment.ts_ns

    def _make_widgets(self) -> None:
        scope = self._scope
        self.range_choices = QButtonGroup(self)
        for number, words in enumerate(
            (f"Columns in &view{self._view_words()}", scope.whole, "Columns that begin &from")
        ):
            self.range_choices.addButton(QRadioButton(words), number)
        self.range_choices.button(VIEW).setEnabled(scope.view is not None)
        self.range_choices.button(SESSION if scope.view is None else VIEW).setChecked(True)
        self.from_field, self.to_field = CheckedField(self._read_time), CheckedField(self._read_time)
        ends_ns = scope.view_ns if scope.view is not None else (scope.status.start_ns, scope.status.end_ns)
        for field, ts_ns in zip((self.from_field, self.to_field), ends_ns, strict=True):
            field.setText(time_text(ts_ns, scope.zone))
            field.setCursorPosition(0)
            field.setMinimumWidth(field.fontMetrics().horizontalAdvance(field.text() + "0000"))
        self.remark_label = QLabel(scope.remark)
        self.remark_label.setObjectName("muted")
        self.remark_label.setTextFormat(Qt.TextFormat.PlainText)
        self.remark_label.setWordWrap(True)
        self.remark_label.setVisible(bool(scope.remark))
        self.format_box = QComboBox()
        for suffix, words in FORMATS.items():
            self.format_box.addItem(words, suffix)
        self.path_field = QLineEdit(str(scope.folder / self._file_name()))
        self.browse_button = QPushButton("&Choose...")
        self.browse_button.setAutoDefault(False)
        self.progress_bar = QProgressBar()
        self.progress_bar.setRange(0, 1000)
        self.words_label = QLabel()
        self.words_label.setTextFormat(Qt.TextFormat.PlainText)
        self.words_label.setWordWrap(True)

    def _view_words(self) -> str:
        if self._scope.view is None:
            return ""
        first, last = self._scope.view
        ends = (clock_text(ts_ns, self._scope.zone, 1) for ts_ns in self._scope.view_ns)
        return f": {grouped(last - first + 1)}, from {' to '.join(ends)}"

    def _file_name(self) -> str:
        day = date_text(self._scope.status.start_ns, self._scope.zone)
        plain_symbol = re.sub(r"[^\w.-]+", "-", self._scope.symbol).strip("-.") or "columns"
        return f"{plain_symbol}-{day}.parquet"

    def _lay_out(self) -> None:
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        ranges = QVBoxLayout()
        ranges.addWidget(self.range_choices.button(VIEW))
        ranges.addWidget(self.range_choices.button(SESSION))
        ranges.addWidget(self.range_choices.button(TIMES))
        times = QHBoxLayout()
        times.addSpacing(20)
        times.addWidget(self.from_field)
        times.addWidget(QLabel("and before"))
        times.addWidget(self.to_field)
        times.addStretch()
        ranges.addLayout(times)
        ranges.addWidget(self.remark_label)
        form.addRow("Range", ranges)
        form.addRow("Fo&rmat", self.format_box)
        file_row = QHBoxLayout()
        file_row.addWidget(self.path_field, 1)
        file_row.addWidget(self.browse_button)
        form.addRow("File", file_row)
        buttons = QDialogButtonBox()
        self.export_button = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.export_button.setDefault(True)
        self.cancel_button = buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self.cancel_button.setAutoDefault(False)  # Enter means Export
        buttons.accepted.connect(self._on_accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addWidget(self._form)
        column.addWidget(self.progress_bar)
        column.addWidget(self.words_label, 1)
        column.addWidget(buttons)
        self.resize(640, self.sizeHint().height())

    def _connect(self) -> None:
        for field in (self.from_field, self.to_field):
            field.textEdited.connect(self._on_time_edited)
        for edit in (self.from_field, self.to_field, self.path_field):
            edit.textChanged.connect(self._on_choice_changed)
        self.range_choices.idToggled.connect(self._on_choice_changed)
        self.path_field.textChanged.connect(self._on_path_changed)
        self.format_box.activated.connect(self._on_format_activated)
        self.browse_button.clicked.connect(self._on_browse)

    def _show_form(self) -> None:
        self._is_running = False
        self._form.setEnabled(True)
        self.progress_bar.hide()
        self._on_choice_changed()

    @Slot()
    def _on_choice_changed(self) -> None:
        """Say at once what is wrong with the choice."""
        try:
            self.choice()
        except VpdeskError as error:
            self.words_label.setText(str(error))
            self.export_button.setEnabled(False)
        else:
            self.words_label.setText("")
            self.export_button.setEnabled(True)

    @Slot()
    def _on_time_edited(self) -> None:
        self.range_choices.button(TIMES).setChecked(True)

    @Slot(str)
    def _on_path_changed(self, text: str) -> None:
        at = self.format_box.findData(Path(text.strip()).suffix)
        if at >= 0:
            self.format_box.setCurrentIndex(at)

    @Slot()
    def _on_format_activated(self) -> None:
        path = Path(self.path_field.text().strip())
        if path.name:
            stem = path.with_suffix("") if path.suffix in FORMATS else path
            self.path_field.setText(f"{stem}{self.format_box.currentData()}")

    @Slot()
    def _on_browse(self) -> None:
        dialog = QFileDialog(self, "Export columns", filter=";;".join(f"*{suffix}" for suffix in FORMATS))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # asked when it comes to writing
        dialog.setDefaultSuffix(self.format_box.currentData().removeprefix("."))
        dialog.selectFile(self.path_field.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.path_field.setText)
        dialog.open()

    @Slot()
    def _on_accept(self) -> None:
        if not self.export_button.isEnabled():
            return
        choice = self.choice()
        if os.path.lexists(choice.path):  # unlike Path's, it takes a name too long for the system
            self._ask_to_replace(choice)
        else:
            self._start(choice)

    def _ask_to_replace(self, choice: ExportChoice) -> None:
        question = QMessageBox(
            QMessageBox.Icon.Question,
            self.windowTitle(),
            f"{choice.path.name} exists already in {choice.path.parent}. Replace it?",
            QMessageBox.StandardButton.Cancel,
            self,
        )
        question.setTextFormat(Qt.TextFormat.PlainText)
        replace_button = question.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
        replace_button.clicked.connect(lambda: self._start(choice))
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.open()

    def _start(self, choice: ExportChoice) -> None:
        self._is_running = True
        self._form.setEnabled(False)
        self.export_button.setEnabled(False)
        self.words_label.setText(f"Writing {choice.path}")
        self.progress_bar.setValue(0)
        self.progress_bar.show()
        self.requested.emit(choice)
