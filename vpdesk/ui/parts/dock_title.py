"""The title of a dock, with buttons that are seen on a dark window; those of Qt are drawn for a light one."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from vpdesk.ui.parts.icons import icon
from vpdesk.ui.parts.theme import Tones

_ICON_PX: Final = 16


class DockTitle(QWidget):
    """Becomes the title of a dock: a drag moves it, a double click lets it float. Thread: UI."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("dock_title")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dock = dock
        label = QLabel(dock.windowTitle())
        dock.windowTitleChanged.connect(label.setText)
        self.float_button = _button()
        self.float_button.clicked.connect(self._on_float_clicked)
        self.close_button = _button()
        self.close_button.setToolTip("Close this panel")
        self.close_button.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 4, 3)
        row.setSpacing(2)
        row.addWidget(label, 1)
        row.addWidget(self.float_button)
        row.addWidget(self.close_button)
        dock.topLevelChanged.connect(self._on_top_level_changed)
        self._on_top_level_changed(dock.isFloating())
        dock.setTitleBarWidget(self)

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self.float_button.setIcon(icon("float", tones.muted, tones.line))
        self.close_button.setIcon(icon("close", tones.muted, tones.line))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the dock float, or put it back."""
        self._on_float_clicked()

    @Slot()
    def _on_float_clicked(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())
        self._dock.raise_()  # among tabs it would come back behind the others

    @Slot(bool)
    def _on_top_level_changed(self, is_floating: bool) -> None:
        self._dock.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, is_floating)  # draws its border
        self.float_button.setToolTip(
            "Put this panel back into the window" if is_floating else "Let this panel float"
        )


def _button() -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(_ICON_PX, _ICON_PX))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
