"""Shows the program's log as it grows."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

MAX_LINES: Final = 20_000
MAX_READ_BYTES: Final = 1 << 20  # of what was written before the window opened
LOOK_MS: Final = 500


class ProgramLog(QObject):
    """What the window's actions do with the log.

    Signals
    -------
    noticed(str)
        A sentence for the user.
    """

    noticed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: LogWindow | None = None
        self.path: Path | None = None  # set by the application, which writes it

    def show(self) -> None:
        """Show the log, and what comes to it."""
        if self.path is None:
            self.noticed.emit("There is no log: its folder cannot be written.")
            return
        if self._shown is None:
            self._shown = LogWindow(self.path, self._window)
        self._shown.show()
        self._shown.raise_()
        self._shown.activateWindow()

    def open_folder(self) -> None:
        """Open the folder of the log in the system's file manager."""
        if self.path is None:
            self.noticed.emit("There is no log: its folder cannot be written.")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.path.parent))):
            self.noticed.emit(f"The log is {self.path}; no program here opens folders.")


class LogWindow(QDialog):
    """The end of a log file, followed while it is shown; lines can be filtered and copied.

    Parameters
    ----------
    path
        The file; it may be moved away and begun anew at any time.
    """

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Log of vpdesk")
        self._path = path
        self._offset = -1  # bytes read; -1 before the first look
        self._rest = b""  # of a line that was not written to its end
        self._lines: list[str] = []
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Show only lines that hold these words")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._show_all)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(MAX_LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        where = QLabel(str(path))
        where.setObjectName("muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setToolTip("Copy the lines selected, or else all that are shown")
        self.copy_button.clicked.connect(self._on_copy_clicked)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():  # Enter belongs to the field
            if isinstance(button, QPushButton):
                button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 12)
        for widget in (self.filter, self.text, where, buttons):
            column.addWidget(widget)
        self.resize(900, 480)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow the file."""
        super().showEvent(event)
        self.look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop following it."""
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Show what was written since the last look."""
        fresh = self._read_lines()
        self._lines = [*self._lines, *fresh][-MAX_LINES:]
        bar = self.text.verticalScrollBar()
        is_at_end = bar.value() == bar.maximum()
        shown = [line for line in fresh if self._is_wanted(line)]
        if shown:
            self.text.appendPlainText("\n".join(shown))
        if is_at_end:  # who reads further up is left alone
            bar.setValue(bar.maximum())

    def _read_lines(self) -> list[str]:
        """Return the whole lines written since the last look."""
        try:
            with self._path.open("rb") as file:
                n_bytes = file.seek(0, 2)
                if n_bytes < self._offset:  # the file was begun anew
                    self._offset, self._rest = 0, b""
                if self._offset < 0:
                    self._offset = max(0, n_bytes - MAX_READ_BYTES)
                file.seek(self._offset)
                data = self._rest + file.read(MAX_READ_BYTES)
                self._offset = file.tell()
        except OSError:
            return []
        *whole, self._rest = data.split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole]

    def _is_wanted(self, line: str) -> bool:
        return all(word in line.lower() for word in self.filter.text().lower().split())

    @Slot()
    def _show_all(self) -> None:
        self.text.setPlainText("\n".join(line for line in self._lines if self._is_wanted(line)))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    @Slot()
    def _on_copy_clicked(self) -> None:
        selected = self.text.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(selected or self.text.toPlainText())
