"""Lets the user give actions other keys."""

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vpdesk.ui.commands.action_table import ACTIONS, ActionSpec
from vpdesk.ui.commands.command_palette import match_score
from vpdesk.ui.commands.shortcuts import (
    DEFAULT_KEYS,
    MAX_KEYS,
    MENU_KEYS,
    Keys,
    Shortcuts,
    is_usable,
    native_text,
)
from vpdesk.ui.parts.tables import plain_table

_TITLES: Final = {spec.id: spec.title for spec in ACTIONS}
_HINT: Final = "Choose an action, press Enter or click below, then press its new key."
_SCATTERED: Final = 10  # a score of letters found here and there: too far off for a list of rows


class ShortcutsDialog(QDialog):
    """All actions with their keys; a key that is pressed is given to the one chosen, if it is free.

    A key that another action has is refused with a sentence, and a button swaps the two.

    Parameters
    ----------
    shortcuts
        What to change; changes are in force at once.
    """

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change shortcuts")
        self._shortcuts = shortcuts
        self._refused = ""  # the key that another action has
        self._names: list[str] = []  # ids of the actions listed, by row
        self._key_items: list[QTableWidgetItem] = []
        self._make_widgets()
        self._lay_out()
        shortcuts.changed.connect(self._show_keys)
        self._fill()
        self.search.setFocus()
        self.resize(780, 560)

    def chosen(self) -> str | None:
        """Return the id of the action chosen."""
        row = self.table.currentRow()
        return self._names[row] if 0 <= row < len(self._names) else None

    def choose(self, name: str) -> None:
        """Choose an action, if it is among those listed."""
        if name in self._names:
            self.table.selectRow(self._names.index(name))

    # --- widgets -----------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find an action by its name or its key")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._on_search_entered)
        self.table = plain_table(("Action", "Keys", "Usual keys", "Menu"))
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.currentCellChanged.connect(self._on_choice_changed)
        self.table.itemActivated.connect(self._on_row_activated)
        self.title = QLabel()
        self.title.setObjectName("heading")
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.keySequenceChanged.connect(self._on_key_pressed)
        self.keep_box = QCheckBox("Beside the keys it has")
        self.keep_box.setToolTip("Add the key, and leave the action the keys it has")
        self.default_button = self._button("Usual keys", "Give this action its usual keys back")
        self.default_button.clicked.connect(self._on_default_clicked)
        self.none_button = self._button("No key", "Leave this action without a key")
        self.none_button.clicked.connect(self._on_none_clicked)
        self.swap_button = self._button("Swap", "Give it the key, and the other action the keys of this one")
        self.swap_button.clicked.connect(self._on_swap_clicked)
        self.sentence = QLabel(_HINT)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        keys = QHBoxLayout()
        keys.addWidget(self.edit, 1)
        for widget in (self.keep_box, self.none_button, self.default_button):
            keys.addWidget(widget)
        words = QHBoxLayout()
        words.addWidget(self.sentence, 1)
        words.addWidget(self.swap_button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.reset_button = self._button("All usual keys...", "Give every action its usual keys back")
        self.reset_button.clicked.connect(self._on_reset_clicked)
        buttons.addButton(self.reset_button, QDialogButtonBox.ButtonRole.ResetRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 12)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.title)
        column.addLayout(keys)
        column.addLayout(words)
        column.addWidget(buttons)
        for button in self.findChildren(QPushButton):
            _let_enter_press(button)

    # --- what is shown -----------------------------------------------------------------------------

    @Slot()
    def _fill(self) -> None:
        """List the actions that match the search, and keep the choice if it is among them."""
        former = self.chosen()
        rows = [spec for spec in ACTIONS if self._matches(spec, self.search.text())]
        self._names = [spec.id for spec in rows]
        self._key_items = [QTableWidgetItem() for _ in rows]
        self.table.setRowCount(len(rows))
        for row, spec in enumerate(rows):
            title = QTableWidgetItem(spec.title)
            title.setToolTip(spec.tip)
            usual = QTableWidgetItem(native_text(DEFAULT_KEYS[spec.id]))
            place = QTableWidgetItem(f"{spec.menu}, {spec.submenu}" if spec.submenu else spec.menu)
            for column, item in enumerate((title, self._key_items[row], usual, place)):
                self.table.setItem(row, column, item)
        self._show_keys()
        self.table.selectRow(0)
        if former is not None:
            self.choose(former)
        self._on_choice_changed()

    def _matches(self, spec: ActionSpec, text: str) -> bool:
        keys = native_text(self._shortcuts.keys_of(spec.id))
        about = f"{spec.menu} {spec.submenu} {spec.tip} {keys}"
        score = match_score(text, spec.title, about)
        return score is not None and score < _SCATTERED

    @Slot()
    def _show_keys(self) -> None:
        for name, item in zip(self._names, self._key_items, strict=True):
            keys = self._shortcuts.keys_of(name)
            item.setText(native_text(keys))
            font = item.font()
            font.setBold(keys != DEFAULT_KEYS[name])
            item.setFont(font)
        self._show_buttons()

    def _show_buttons(self) -> None:
        name = self.chosen()
        keys: Keys = () if name is None else self._shortcuts.keys_of(name)
        self.title.setText(_TITLES[name] if name is not None else "No action is called so")
        self.edit.setEnabled(name is not None)
        self.keep_box.setEnabled(bool(keys))
        self.none_button.setEnabled(bool(keys))
        self.default_button.setEnabled(name is not None and keys != DEFAULT_KEYS[name])
        self.reset_button.setEnabled(bool(self._shortcuts.changes()))
        self.swap_button.setVisible(bool(self._refused))

    def _say(self, sentence: str, refused: str = "") -> None:
        self._refused = refused
        self.sentence.setText(sentence)
        self.edit.blockSignals(True)
        self.edit.clear()
        self.edit.blockSignals(False)
        self._show_buttons()

    # --- what the user does ------------------------------------------------------------------------

    @Slot()
    def _on_choice_changed(self) -> None:
        self._say(_HINT)

    @Slot()
    def _on_search_entered(self) -> None:
        self.edit.setFocus()

    @Slot()
    def _on_row_activated(self) -> None:
        self.edit.setFocus()

    @Slot(QKeySequence)
    def _on_key_pressed(self, sequence: QKeySequence) -> None:
        name, key = self.chosen(), sequence.toString()
        if name is None or not key:
            return
        shown = native_text((key,))
        owner = self._shortcuts.owner(key)
        if key in MENU_KEYS:
            self._say(f"{shown} opens the menu {MENU_KEYS[key]} and cannot do anything else.")
        elif not is_usable(key):
            self._say(f"{shown} cannot be used as a key.")
        elif owner == name:
            self._say(f"{_TITLES[name]} has {shown} already.")
        elif owner is not None:
            self._say(f"{shown} belongs to {_TITLES[owner]}; nothing was changed.", refused=key)
        else:
            former = self._shortcuts.keys_of(name) if self.keep_box.isChecked() else ()
            self._shortcuts.assign(name, (*former, key)[-MAX_KEYS:])
            self._say(f"{_TITLES[name]} now has {native_text(self._shortcuts.keys_of(name))}.")
        # the field takes every key, so it must be left without one
        (self.swap_button if self._refused else self.table).setFocus()

    @Slot()
    def _on_swap_clicked(self) -> None:
        name, key = self.chosen(), self._refused
        other = self._shortcuts.owner(key)
        if name is not None and other is not None:
            self._shortcuts.swap(name, key)
            others = native_text(self._shortcuts.keys_of(other)) or "no key"
            self._say(f"{_TITLES[name]} now has {native_text((key,))}, and {_TITLES[other]} {others}.")

    @Slot()
    def _on_none_clicked(self) -> None:
        name = self.chosen()
        if name is not None:
            self._shortcuts.assign(name, ())
            self._say(f"{_TITLES[name]} has no key; the command palette still finds it.")

    @Slot()
    def _on_default_clicked(self) -> None:
        name = self.chosen()
        if name is not None:
            losers = {self._shortcuts.owner(key) for key in DEFAULT_KEYS[name]} - {None, name}
            self._shortcuts.reset(name)
            lost = "".join(f" {_TITLES[loser]} lost it." for loser in sorted(filter(None, losers)))
            self._say(f"{_TITLES[name]} has its usual keys again.{lost}")

    @Slot()
    def _on_reset_clicked(self) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Change shortcuts")
        box.setText("Give every action its usual keys back?")
        reset = box.addButton("All usual keys", QMessageBox.ButtonRole.AcceptRole)
        reset.clicked.connect(self._reset_all)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.open()

    @Slot()
    def _reset_all(self) -> None:
        self._shortcuts.reset_all()
        self._say("Every action has its usual keys again.")


def _let_enter_press(button: QPushButton) -> None:
    """Let Enter press a button that has the focus, and no other one: elsewhere it belongs to the fields."""
    button.setAutoDefault(False)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        shortcut = QShortcut(QKeySequence(key), button, context=Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(button.click)
