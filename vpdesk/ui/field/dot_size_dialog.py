"""Asks for the size of the smallest trade that is drawn."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget

_MOST_SIZE: Final = 10**9


class DotSizeDialog(QInputDialog):
    """A number that takes effect while it is typed. Thread: UI.

    Parameters
    ----------
    size
        Drawn from this size on now; 0 for all trades.
    unit
        Of quantity.
    """

    def __init__(self, size: int, unit: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Smallest trade drawn")
        self.setInputMode(QInputDialog.InputMode.IntInput)
        self.setLabelText(f"Draw trades of at least so many {unit} (0 draws all):")
        self.setIntRange(0, _MOST_SIZE)
        self.setIntValue(size)
