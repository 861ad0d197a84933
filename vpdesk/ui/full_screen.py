"""Fills the screen with the window, and gives it back the size it had."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QWidget


class FullScreen(QObject):
    """Whether the window fills the screen, by our wish or by the desktop's. Thread: UI.

    Parameters
    ----------
    action
        Is checked while the window fills the screen.
    """

    def __init__(self, window: QWidget, action: QAction) -> None:
        super().__init__(window)
        self._window = window
        self._action = action
        self._was_full = window.isFullScreen()
        self._former_size = QSize()  # of the window while it did not fill the screen
        self._is_size_due = False
        window.installEventFilter(self)

    def turn(self, is_full: bool) -> None:
        """Fill the screen, or stop doing so."""
        state, full = self._window.windowState(), Qt.WindowState.WindowFullScreen
        self._window.setWindowState(state | full if is_full else state & ~full)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's state, and mend the size that it comes back with."""
        if event.type() == QEvent.Type.WindowStateChange:
            self._follow_state()
        elif isinstance(event, QResizeEvent) and self._is_size_due:
            self._is_size_due = False
            # on Wayland Qt forgets the frame, and would make the window smaller by it every time
            QTimer.singleShot(0, self, self._give_size_back)
        return False

    def _follow_state(self) -> None:
        is_full = self._window.isFullScreen()
        if is_full and not self._was_full:
            self._former_size = self._window.normalGeometry().size()
        is_normal = self._window.windowState() == Qt.WindowState.WindowNoState
        self._is_size_due = self._was_full and is_normal and self._window.size() != self._former_size
        self._was_full = is_full
        self._action.setChecked(is_full)

    def _give_size_back(self) -> None:
        if self._window.windowState() == Qt.WindowState.WindowNoState:
            self._window.resize(self._former_size)
