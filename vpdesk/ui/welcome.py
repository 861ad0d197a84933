"""What the window shows while no session is open: the ways to open one."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

_WIDTH_PX: Final = 300
_WAYS: Final = ("open", "live", "demo")


class WelcomePage(QWidget):
    """The ways to open a session, and the files opened lately.

    Signals
    -------
    recent_chosen(str)
        A recent file was clicked: its path.
    """

    recent_chosen = Signal(str)

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel("Drop a DBN file here, or choose")
        heading.setObjectName("heading")
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.buttons: list[QPushButton] = []
        self._actions = [actions[name] for name in _WAYS]
        self._recent = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(heading)
        column.addSpacing(8)
        box = QWidget()
        box.setFixedWidth(_WIDTH_PX)
        ways = QVBoxLayout(box)
        ways.setSpacing(8)
        for action in self._actions:
            button = QPushButton(action.text())
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self.buttons.append(button)
            ways.addWidget(button)
        column.addWidget(box, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(16)
        column.addLayout(self._recent)
        column.addStretch(3)

    def show_icons(self) -> None:
        """Take the icons of the actions: the theme has changed."""
        for button, action in zip(self.buttons, self._actions, strict=True):
            button.setIcon(action.icon())

    def show_recent(self, paths: tuple[str, ...]) -> None:
        """Offer these files, newest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for path in paths[:5]:
            button = QPushButton(path)
            button.setFlat(True)
            button.setProperty("path", path)
            button.clicked.connect(self._on_recent_clicked)
            self._recent.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    @Slot()
    def _on_recent_clicked(self) -> None:
        self.recent_chosen.emit(self.sender().property("path"))
