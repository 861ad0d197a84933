"""Which files to open: the dialog, the recent ones, and those dropped on the window."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from vpdesk.ui.settings import MAX_RECENT, SettingsFile

FILE_FILTER: Final = "DBN files (*.dbn *.dbn.zst);;All files (*)"


class FileChoices(QObject):
    """Asks the user for files and remembers those that were opened.

    Signals
    -------
    chosen(list[Path])
        Open these.
    recent_changed()
        Another file was remembered.
    """

    chosen = Signal(list)
    recent_changed = Signal()

    def __init__(self, window: QWidget, settings: SettingsFile) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self.recent_menu = QMenu("Open &recent", window)
        self._fill_recent_menu()

    def recent(self) -> tuple[str, ...]:
        """Return the paths of the files opened lately, newest first."""
        return self._settings.preferences.recent_files

    def ask(self) -> None:
        """Let the user choose files; does not wait."""
        dialog = QFileDialog(self._window, "Open files", filter=FILE_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.recent():
            dialog.setDirectory(str(Path(self.recent()[0]).parent))
        dialog.filesSelected.connect(self._on_files_selected)
        dialog.open()

    def remember(self, paths: list[Path]) -> None:
        """Put files that were opened at the head of the recent ones."""
        known = [str(path) for path in paths]
        known += [path for path in self.recent() if path not in known]
        self._settings.prefer(recent_files=tuple(known[:MAX_RECENT]))
        self._fill_recent_menu()
        self.recent_changed.emit()

    def _fill_recent_menu(self) -> None:
        self.recent_menu.clear()
        for path in self.recent():
            action = self.recent_menu.addAction(path.replace("&", "&&"))
            action.setProperty("path", path)
            action.triggered.connect(self._on_recent_triggered)
        self.recent_menu.setEnabled(bool(self.recent()))

    @Slot(list)
    def _on_files_selected(self, names: list[str]) -> None:
        self.chosen.emit([Path(name) for name in names])

    @Slot()
    def _on_recent_triggered(self) -> None:
        self.open_recent(self.sender().property("path"))

    @Slot(str)
    def open_recent(self, path: str) -> None:
        """Open one of the recent files."""
        self.chosen.emit([Path(path)])


def local_files(data: QMimeData) -> list[Path]:
    """Return the files among what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
