"""Which files to open: the dialog, the recent ones, and those dropped on the window."""

import threading
from functools import partial
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from vpdesk.ui.parts.recent_files import RecentFile, with_newest
from vpdesk.ui.preferences.settings import SettingsFile

FILE_FILTER: Final = "DBN files (*.dbn *.dbn.zst);;All files (*)"


class FileChoices(QObject):
    """Asks the user for files and remembers those that were opened.

    Whether a recent file is still there is looked up on a thread, for its disk may be asleep or far away.

    Signals
    -------
    chosen(list[Path])
        Open these.
    recent_changed()
        The list of recent files, or what is missing of it, is another one.
    """

    chosen = Signal(list)
    recent_changed = Signal()
    _looked = Signal(object)

    def __init__(self, window: QWidget, settings: SettingsFile) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self.missing: frozenset[str] = frozenset()  # recent files that were not there a moment ago
        self.recent_menu = QMenu("Open &recent", window)
        self.recent_menu.aboutToShow.connect(self.look_for_missing)
        self._looked.connect(self._on_looked, Qt.ConnectionType.QueuedConnection)
        self._fill_recent_menu()

    def recent(self) -> tuple[RecentFile, ...]:
        """Return the files opened lately, newest first."""
        return self._settings.preferences.recent_files

    def ask(self) -> None:
        """Let the user choose files; does not wait."""
        dialog = QFileDialog(self._window, "Open files", filter=FILE_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.recent():
            dialog.setDirectory(str(Path(self.recent()[0].path).parent))
        dialog.filesSelected.connect(self._on_files_selected)
        dialog.open()

    def remember(self, files: tuple[RecentFile, ...]) -> None:
        """Put files that were opened at the head of the recent ones."""
        self.missing -= {file.path for file in files}
        self._set_recent(with_newest(self.recent(), files))

    @Slot(str)
    def forget(self, path: str) -> None:
        """Take a file off the list."""
        self._set_recent(tuple(file for file in self.recent() if file.path != path))

    def forget_missing(self) -> None:
        """Take the files that are not there any more off the list."""
        self._set_recent(tuple(file for file in self.recent() if file.path not in self.missing))

    def forget_all(self) -> None:
        """Clear the list."""
        self._set_recent(())

    @Slot()
    def look_for_missing(self) -> None:
        """Begin to look which of the recent files are still there."""
        paths = [file.path for file in self.recent()]
        threading.Thread(target=self._look, args=(paths,), name="vpdesk-recent", daemon=True).start()

    @Slot(str)
    def open_recent(self, path: str) -> None:
        """Open one of the recent files."""
        self.chosen.emit([Path(path)])

    # --- inside ------------------------------------------------------------------------------------

    def _set_recent(self, files: tuple[RecentFile, ...]) -> None:
        self._settings.prefer(recent_files=files)
        self._fill_recent_menu()
        self.recent_changed.emit()

    def _fill_recent_menu(self) -> None:
        menu, files = self.recent_menu, self.recent()
        menu.clear()
        for file in files:
            is_missing = file.path in self.missing
            text = file.path.replace("&", "&&")
            action = menu.addAction(f"{text}  (not found)" if is_missing else text)
            action.setEnabled(not is_missing)
            action.setToolTip(file.about)
            action.triggered.connect(partial(self.open_recent, file.path))
        menu.addSeparator()
        removal = menu.addAction("Remove those not found")
        removal.setEnabled(any(file.path in self.missing for file in files))
        removal.triggered.connect(self.forget_missing)
        menu.addAction("Clear the list").triggered.connect(self.forget_all)
        menu.setEnabled(bool(files))

    def _look(self, paths: list[str]) -> None:
        missing = frozenset(path for path in paths if not _is_there(path))
        if shiboken6.isValid(self):  # the window may have gone meanwhile
            self._looked.emit(missing)

    @Slot(object)
    def _on_looked(self, missing: frozenset[str]) -> None:
        if missing != self.missing:
            self.missing = missing
            self._fill_recent_menu()
            self.recent_changed.emit()

    @Slot(list)
    def _on_files_selected(self, names: list[str]) -> None:
        self.chosen.emit([Path(name) for name in names])


def local_files(data: QMimeData) -> list[Path]:
    """Return the files among what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # ValueError: a damaged settings file may hold a null character
        return False
