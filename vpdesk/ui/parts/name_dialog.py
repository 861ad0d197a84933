"""Asks for a name."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLabel, QWidget

_LEAST_WIDTH_PT: Final = 320  # shows the title, beside the buttons that some desktops put there


def name_dialog(title: str, label: str, parent: QWidget) -> QInputDialog:
    """Return a dialog for a name, to be opened; it ends when it is closed. Thread: UI."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    for part in dialog.findChildren(QLabel):  # its layout would undo a width of the dialog itself
        part.setMinimumWidth(_LEAST_WIDTH_PT)
    return dialog
