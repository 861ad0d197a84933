"""Where the window is: put back where it was, if any of it can be seen there."""

from typing import Final

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from vpdesk.ui.settings import SettingsFile

DEFAULT_SIZE: Final = QSize(1600, 940)
_SEEN_PX: Final = 100  # enough of a window to take hold of


def restore_place(window: QMainWindow, settings: SettingsFile) -> None:
    """Put the window and its docks where they were. Thread: UI."""
    chosen = settings.preferences
    restored = bool(chosen.geometry) and window.restoreGeometry(QByteArray(chosen.geometry))
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    is_seen = any(screen.intersected(window.frameGeometry()).width() > _SEEN_PX for screen in screens)
    if not restored or not is_seen:
        window.resize(DEFAULT_SIZE.boundedTo(screens[0].size()) if screens else DEFAULT_SIZE)
        if screens:
            window.move(screens[0].topLeft())
    if chosen.window_state:
        window.restoreState(QByteArray(chosen.window_state))


def remember_place(window: QMainWindow, settings: SettingsFile) -> None:
    """Keep where the window and its docks are. Thread: UI."""
    settings.prefer(
        geometry=bytes(window.saveGeometry().data()), window_state=bytes(window.saveState().data())
    )
