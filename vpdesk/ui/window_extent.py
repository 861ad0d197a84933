"""Whether the window fills the screen, and the place it has when it does not."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QWidget

_SETTLED_MS: Final = 200  # desktops tell of the size of a maximized window before they say that it is one


class WindowExtent(QObject):
    """Follows whether the window fills the screen, by our wish or by the desktop's. Thread: UI.

    Parameters
    ----------
    full_screen
        Is checked while the window fills the screen.
    """

    def __init__(self, window: QWidget, full_screen: QAction) -> None:
        super().__init__(window)
        self._window = window
        self._full_screen = full_screen
        self._was_full = window.isFullScreen()
        self._normal_place = QRect()
        self._former_size = QSize()  # of the window before it filled the screen
        self._is_size_due = False
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLED_MS)
        self._settling.timeout.connect(self._note_place)
        window.installEventFilter(self)

    @property
    def normal_place(self) -> QRect:
        """Where the window is, or would be if it were neither maximized nor filled the screen.

        Qt's own word for that is where the window was maximized, when the desktop did it on Wayland.
        """
        if self._is_normal():
            return self._window.geometry()
        return self._normal_place if self._normal_place.isValid() else self._window.normalGeometry()

    def show_full_screen(self, is_full: bool) -> None:
        """Fill the screen, or stop doing so."""
        self._note_place()
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
        elif event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._settling.start()
        return False

    def _is_normal(self) -> bool:
        return self._window.windowState() == Qt.WindowState.WindowNoState

    def _follow_state(self) -> None:
        is_full = self._window.isFullScreen()
        if is_full and not self._was_full:
            self._former_size = self.normal_place.size()
        self._is_size_due = self._was_full and self._is_normal() and self._window.size() != self._former_size
        self._was_full = is_full
        self._full_screen.setChecked(is_full)

    def _give_size_back(self) -> None:
        if self._is_normal():
            self._window.resize(self._former_size)

    @Slot()
    def _note_place(self) -> None:
        if self._is_normal() and self._window.isVisible():
            self._normal_place = self._window.geometry()
