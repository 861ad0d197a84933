"""Where a dock comes up, so that it can be read there."""

from typing import Final

from PySide6.QtWidgets import QDockWidget, QMainWindow

_LEAST_HEIGHT_PX: Final = 400  # of a dock that can be read


def bring_forward(dock: QDockWidget) -> None:
    """Show a dock: before a neighbour that is too low to be halved, else below it. Thread: UI."""
    window = dock.parentWidget()
    if isinstance(window, QMainWindow) and dock.isHidden() and not dock.isFloating():
        area = window.dockWidgetArea(dock)
        for other in window.findChildren(QDockWidget):
            is_beside = other.isVisible() and window.dockWidgetArea(other) == area
            if is_beside and not other.isFloating() and other.height() < 2 * _LEAST_HEIGHT_PX:
                window.tabifyDockWidget(other, dock)
                break
    dock.show()
    dock.raise_()
