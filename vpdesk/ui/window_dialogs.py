"""The dialogs that explain the window and arrange it; each is made anew when it is asked for."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from vpdesk.ui.command_palette import CommandPalette
from vpdesk.ui.help_dialogs import AboutDialog, ShortcutSheet
from vpdesk.ui.layouts import Layouts
from vpdesk.ui.layouts_dialog import LayoutsDialog
from vpdesk.ui.shortcuts import Shortcuts
from vpdesk.ui.shortcuts_dialog import ShortcutsDialog


class WindowDialogs(QObject):
    """Opens them; none of them waits. Every method is for the UI thread."""

    def __init__(
        self, window: QWidget, actions: dict[str, QAction], shortcuts: Shortcuts, layouts: Layouts
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._shortcuts = shortcuts
        self._layouts = layouts

    def find_command(self) -> None:
        """Show the command palette."""
        palette = CommandPalette(self._actions, self._window, self._layouts.own_actions)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open()

    def show_shortcuts(self) -> None:
        """Show every key."""
        sheet = ShortcutSheet(self._actions, self._window)
        self._shortcuts.changed.connect(sheet.show_keys)
        _show(sheet)

    def change_shortcuts(self) -> None:
        """Let the user give actions other keys."""
        _show(ShortcutsDialog(self._shortcuts, self._window))

    def manage_layouts(self) -> None:
        """Let the user rename and delete layouts."""
        _show(LayoutsDialog(self._layouts, self._window))

    def show_about(self) -> None:
        """Show version and licence."""
        _show(AboutDialog(self._window))


def _show(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
