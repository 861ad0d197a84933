"""Menus and toolbar, made from the table of actions."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QToolBar, QToolButton

from vpdesk.ui.commands.action_table import ACTIONS, MENUS, TOOLBAR

_WITH_TEXT: Final = frozenset({"open", "live", "follow"})  # icons alone would not say enough


def fill_menus(bar: QMenuBar, actions: dict[str, QAction]) -> dict[str, QMenu]:
    """Fill the menu bar; return its menus by title, submenus as "Window > Layouts"."""
    menus = {title: bar.addMenu(f"&{title}") for title in MENUS}
    sections: dict[str, str] = {}
    for spec in ACTIONS:
        menu = menus[spec.menu]
        if sections.setdefault(spec.menu, spec.section) != spec.section:
            menu.addSeparator()
            sections[spec.menu] = spec.section
        if spec.submenu:
            name = f"{spec.menu} > {spec.submenu}"
            if name not in menus:
                menus[name] = menu.addMenu(spec.submenu)
            menu = menus[name]
        menu.addAction(actions[spec.id])
    return menus


class ChoiceButtons:
    """Toolbar buttons that open a choice as a list and show the one in force."""

    def __init__(self) -> None:
        self._buttons: dict[str, QToolButton] = {}

    def add(self, bar: QToolBar, choice: str, actions: dict[str, QAction]) -> None:
        """Add the button for one `ActionSpec.choice`."""
        button = QToolButton(bar)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.addActions([actions[spec.id] for spec in ACTIONS if spec.choice == choice])
        button.setMenu(menu)
        # on Wayland a button is not told that the pointer went into its menu, and would stay highlighted
        menu.aboutToHide.connect(lambda: QApplication.sendEvent(button, QEvent(QEvent.Type.Leave)))
        bar.addWidget(button)
        self._buttons[choice] = button

    def show_choice(self, choice: str, words: str) -> None:
        """Show which one is in force."""
        self._buttons[choice].setText(words)


def make_toolbar(actions: dict[str, QAction], choices: ChoiceButtons) -> QToolBar:
    """Make the toolbar of `TOOLBAR`; what does not fit moves behind its arrow."""
    bar = QToolBar("Toolbar")
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(16, 16))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for entry in TOOLBAR:
        if not entry:
            bar.addSeparator()
        elif entry.startswith("..."):
            choices.add(bar, entry.removeprefix("..."), actions)
        else:
            bar.addAction(actions[entry])
            button = bar.widgetForAction(actions[entry])
            if entry in _WITH_TEXT and isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return bar
