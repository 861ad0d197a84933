"""The dialogs that explain the window and arrange it; each is made anew when it is asked for."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from vpdesk.ui.commands.command_palette import CommandPalette
from vpdesk.ui.commands.layouts import Layouts
from vpdesk.ui.commands.layouts_dialog import LayoutsDialog
from vpdesk.ui.commands.shortcuts import Shortcuts
from vpdesk.ui.commands.shortcuts_dialog import ShortcutsDialog
from vpdesk.ui.dialogs.help_dialogs import AboutDialog, ShortcutSheet

D = TypeVar("D", bound=QDialog)


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
        """Show the command palette; close it if it is shown."""
        for palette in self._window.findChildren(CommandPalette):
            palette.close()
            return
        CommandPalette(self._actions, self._window, self._layouts.own_actions).open()

    def show_shortcuts(self) -> None:
        """Show every key."""
        sheet = self._show(ShortcutSheet, lambda: ShortcutSheet(self._actions, self._window))
        self._shortcuts.changed.connect(sheet.show_keys, Qt.ConnectionType.UniqueConnection)

    def change_shortcuts(self) -> None:
        """Let the user give actions other keys."""
        self._show(ShortcutsDialog, lambda: ShortcutsDialog(self._shortcuts, self._window))

    def manage_layouts(self) -> None:
        """Let the user rename and delete layouts."""
        self._show(LayoutsDialog, lambda: LayoutsDialog(self._layouts, self._window))

    def show_about(self) -> None:
        """Show version and licence."""
        self._show(AboutDialog, lambda: AboutDialog(self._window))

    def _show(self, kind: type[D], make: Callable[[], D]) -> D:
        """Show the dialog that is open already, or else a new one."""
        dialog = next((one for one in self._window.findChildren(kind) if one.isVisible()), None)
        if dialog is None:
            dialog = make()
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog
