"""A list of every command, narrowed by typing, run by Enter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
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


class CommandPalette(QDialog):
    """Finds and runs an action of the table.

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
        parent: QWidget | None = None,
        layout_actions: Sequence[QAction] = (),
    ) -> None:
        super().__init__(parent)
        self._commands = [_command(spec, actions[spec.id]) for spec in ACTIONS]
        self._commands += [
            _Command(f"Layouts: {action.data()}", f"View {action.toolTip()}", action)
            for action in layout_actions
        ]
        self.setWindowTitle("Commands")
        self.setMinimumWidth(_WIDTH_PX)
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
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self._on_text_changed("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys and Enter of the field act on the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
            if event.key() in steps:
                self._move(steps[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_item_activated(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

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
        self.accept()
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
