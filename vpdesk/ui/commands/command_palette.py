"""A list of every command, narrowed by typing, run by Enter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vpdesk.ui.commands.action_table import ACTIONS, ActionSpec
from vpdesk.ui.commands.actions import shortcut_text

_ROW_HEIGHT_PX: Final = 26
_WIDTH_PX: Final = 520
_STEPS: Final = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
_KEYS: Final = {*_STEPS, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}


def match_score(query: str, title: str, about: str) -> int | None:
    """Return how well `query` matches a command: 0 is best, None is not at all.

    Every word of the query must be found: at the head of a word of the title, inside the title, in what
    the command is about, or at the worst as letters of the title in their order.
    """
    title, about = title.lower(), about.lower()
    score = 0
    for word in query.lower().split():
        if any(part.startswith(word) for part in title.split()):
            continue
        if word in title:
            score += 1
        elif word in about:
            score += 5
        elif _is_subsequence(word, title):
            score += 10
        else:
            return None
    return score


@dataclass(frozen=True)
class _Command:
    title: str
    about: str  # is searched too
    action: QAction


class CommandPalette(QWidget):
    """Finds and runs an action of the table.

    Lies over its window and not in one of its own, for which Wayland would choose the place.

    Parameters
    ----------
    actions
        By id; a disabled one is listed but cannot be run.
    layout_actions
        Those that arrange the window as the user once saved it.
    """

    def __init__(
        self,
        actions: dict[str, QAction],
        window: QWidget,
        layout_actions: Sequence[QAction] = (),
    ) -> None:
        super().__init__(window)
        self.hide()
        self._window = window
        self._former_focus: QWidget | None = None
        self._commands = [_command(spec, actions[spec.id]) for spec in ACTIONS]
        self._commands += [
            _Command(f"Layouts: {action.data()}", f"View {action.toolTip()}", action)
            for action in layout_actions
        ]
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type what you want to do")
        self.field.textChanged.connect(self._on_text_changed)
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setMinimumHeight(12 * _ROW_HEIGHT_PX)
        self.list.itemActivated.connect(self._on_item_activated)
        self.list.itemClicked.connect(self._on_item_activated)
        frame = QFrame()
        frame.setObjectName("popup")
        frame.setFixedWidth(_WIDTH_PX)
        self._around = QVBoxLayout(self)
        self._around.addWidget(frame, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(frame)
        column.setContentsMargins(10, 10, 10, 10)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self._on_text_changed("")

    def open(self) -> None:
        """Show it in the upper middle of its window until something is chosen, or a click beside it."""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._former_focus = QApplication.focusWidget()
        self._window.installEventFilter(self)
        self._cover()
        self.show()
        self.raise_()
        self.field.setFocus()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close: the click was beside the list."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the keys back to who had them."""
        if self._former_focus is not None and shiboken6.isValid(self._former_focus):
            self._former_focus.setFocus()
        super().closeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys, Enter and Escape of the field act on the list; stay as large as the window."""
        if watched is not self.field:
            if event.type() == QEvent.Type.Resize:
                self._cover()
            return False
        if isinstance(event, QKeyEvent) and event.key() in _KEYS:
            if event.type() == QEvent.Type.ShortcutOverride:  # before the window's own use of these keys
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._act(event.key())
                return True
        return super().eventFilter(watched, event)

    def _act(self, key: int) -> None:
        if key == Qt.Key.Key_Escape:
            self.close()
        elif key in _STEPS:
            self._move(_STEPS[Qt.Key(key)])
        else:
            self._on_item_activated(self.list.currentItem())

    def _cover(self) -> None:
        self.setGeometry(self._window.rect())
        self._around.setContentsMargins(0, self.height() // 10, 0, 0)

    def _move(self, n_rows: int) -> None:
        row = self.list.currentIndex().row() + n_rows
        self._select(min(max(row, 0), self.list.topLevelItemCount() - 1))

    def _select(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        found = [(match_score(text, command.title, command.about), command) for command in self._commands]
        ranked = sorted(((score, one) for score, one in found if score is not None), key=lambda row: row[0])
        self.list.clear()
        for _, command in ranked:
            self.list.addTopLevelItem(_row(command))
        if not ranked:
            nothing = QTreeWidgetItem([f'Nothing found for "{text.strip()}"'])
            nothing.setDisabled(True)
            self.list.addTopLevelItem(nothing)
            nothing.setFirstColumnSpanned(True)
        self._select(0)

    @Slot(QTreeWidgetItem)
    def _on_item_activated(self, row: QTreeWidgetItem | None) -> None:
        if row is None or row.isDisabled():
            return
        action: QAction = row.data(0, Qt.ItemDataRole.UserRole)
        self.close()
        action.trigger()


def _command(spec: ActionSpec, action: QAction) -> _Command:
    title = f"{spec.submenu}: {spec.title}" if spec.submenu else spec.title
    return _Command(title, f"{spec.menu} {spec.tip}", action)


def _row(command: _Command) -> QTreeWidgetItem:
    row = QTreeWidgetItem([command.title, shortcut_text(command.action)])
    row.setToolTip(0, command.action.toolTip())
    row.setData(0, Qt.ItemDataRole.UserRole, command.action)
    row.setDisabled(not command.action.isEnabled())
    return row


def _is_subsequence(word: str, text: str) -> bool:
    letters = iter(text)
    return all(letter in letters for letter in word)
