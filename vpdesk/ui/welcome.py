"""The start page: the ways to open a session, what was opened lately, and what to show at the next start."""

from collections.abc import Mapping
from functools import partial
from pathlib import PurePath
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vpdesk.ui.health_strip import ElidedLabel
from vpdesk.ui.parts.recent_files import RecentFile
from vpdesk.ui.preferences.settings import STARTS

_WIDTH_PX: Final = 500
_NAME_PX: Final = 260  # of a file's name; a longer one is cut in its middle
_PADDING_PX: Final = 10
_MAX_ROWS: Final = 7  # what a small screen holds; the menu has the others
_WAYS: Final = ("open", "live", "demo")


class WelcomePage(QWidget):
    """What the window shows while no session is open, or when it is asked for.

    Parameters
    ----------
    actions
        By id; "open", "live", "demo", "explain", and "start_" with each of `STARTS`.

    Signals
    -------
    recent_chosen(str), recent_unwanted(str)
        A recent file was clicked, or is to be taken off the list: its path.
    back_requested()
        Show the session again.
    """

    recent_chosen = Signal(str)
    recent_unwanted = Signal(str)
    back_requested = Signal()

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.back_button = QPushButton("Back to the session")
        self.back_button.clicked.connect(self.back_requested)
        self.back_button.hide()
        self.buttons = [self._way(actions[name]) for name in _WAYS]
        self.explain_button = self._way(actions["explain"])
        self.explain_button.setFlat(True)
        self.again_button = QPushButton()
        self.again_button.setFlat(True)
        self.again_button.clicked.connect(actions["live"].trigger)
        self.again_button.hide()
        self.recent_title = _heading("Opened lately")
        self.rows: list[RecentRow] = []
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self.start_box = QComboBox()
        self._fill_start_box()
        self._lay_out()

    # --- for the window ----------------------------------------------------------------------------

    def show_icons(self) -> None:
        """Take the icons of the actions: the theme has changed."""
        for button, name in zip(self.buttons, _WAYS, strict=True):
            button.setIcon(self._actions[name].icon())

    def show_recent(self, files: tuple[RecentFile, ...], missing: frozenset[str]) -> None:
        """Offer these files, newest first; those missing cannot be opened."""
        for row in self.rows:
            self._recent.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [RecentRow(file, file.path in missing) for file in files[:_MAX_ROWS]]
        for row in self.rows:
            row.button.clicked.connect(partial(self.recent_chosen.emit, row.file.path))
            row.remove_button.clicked.connect(partial(self.recent_unwanted.emit, row.file.path))
            self._recent.addWidget(row)
        self.recent_title.setVisible(bool(files))

    def show_last_live(self, last_used: Mapping[str, str]) -> None:
        """Offer the live feed that was used last; connecting asks first."""
        feed = ", ".join(filter(None, (last_used.get("dataset"), last_used.get("symbols"))))
        self.again_button.setText(f"Connect again to {feed}...")
        self.again_button.setVisible(bool(last_used.get("symbols")))

    def show_way_back(self, has_session: bool) -> None:
        """Offer to go back to the session, if there is one."""
        self.back_button.setVisible(has_session)

    # --- inside ------------------------------------------------------------------------------------

    def _way(self, action: QAction) -> QPushButton:
        button = QPushButton(action.text())
        button.setToolTip(action.toolTip())
        action.changed.connect(lambda: button.setToolTip(action.toolTip()))
        button.clicked.connect(action.trigger)
        return button

    def _fill_start_box(self) -> None:
        for index, name in enumerate(STARTS):
            action = self._actions[f"start_{name}"]
            self.start_box.addItem(action.text(), name)
            action.toggled.connect(partial(self._on_start_toggled, index))
        self.start_box.activated.connect(self._on_start_activated)

    def _lay_out(self) -> None:
        box = QWidget()
        box.setFixedWidth(_WIDTH_PX)
        inside = QVBoxLayout(box)
        inside.setSpacing(8)
        inside.addWidget(self.back_button)
        inside.addWidget(_heading("Drop a DBN file here, or choose"))
        for button in self.buttons:
            inside.addWidget(button)
        inside.addWidget(self.again_button)
        inside.addSpacing(10)
        inside.addWidget(self.recent_title)
        inside.addLayout(self._recent)
        inside.addSpacing(10)
        start = QHBoxLayout()
        start.addWidget(QLabel("When vpdesk starts, show"))
        start.addWidget(self.start_box, 1)
        inside.addLayout(start)
        inside.addWidget(self.explain_button)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(box, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def _on_start_toggled(self, index: int, is_on: bool) -> None:
        if is_on:
            self.start_box.setCurrentIndex(index)

    @Slot(int)
    def _on_start_activated(self, index: int) -> None:
        self._actions[f"start_{STARTS[index]}"].trigger()


class RecentRow(QWidget):
    """A file's name to click, what is known of it, and a button that takes it off the list."""

    def __init__(self, file: RecentFile, is_missing: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = file
        self.button = QPushButton()
        self.button.setObjectName("row")
        self.button.setFixedWidth(_NAME_PX + 2 * _PADDING_PX)
        self.button.setEnabled(not is_missing)
        self.button.setToolTip(file.path)
        self.button.setText(self._shortened(PurePath(file.path).name).replace("&", "&&"))
        self.about = ElidedLabel()
        self.about.show_text("not found" if is_missing else f"{file.symbol}  {file.about}".strip())
        self.about.setObjectName("muted")
        self.about.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.remove_button = QToolButton()
        self.remove_button.setText("Remove")
        self.remove_button.setToolTip("Take this file off the list")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addWidget(self.about, 1)
        row.addWidget(self.remove_button)

    def sizeHint(self) -> QSize:
        """Return the least height that holds a line."""
        return QSize(_WIDTH_PX, self.button.sizeHint().height())

    def _shortened(self, name: str) -> str:
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_PX)


def _heading(text: str) -> QLabel:
    heading = QLabel(text)
    heading.setObjectName("heading")
    heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return heading
