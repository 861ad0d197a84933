"""What a click with the right button on the field offers."""

from typing import Final

from PySide6.QtCore import QObject, QPoint, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from vpdesk.ui.field.heatmap import HeatmapView

_ENTRIES: Final = (
    *("inspect", "copy_readout", ""),
    *("measure", "box_zoom", ""),
    *("fit_view", "reset_zoom", "follow", "undo_view", "redo_view"),
)


class FieldMenu(QObject):
    """Opens the menu where the chart asks for it. Thread: UI."""

    def __init__(self, chart: HeatmapView, actions: dict[str, QAction]) -> None:
        super().__init__(chart)
        self._chart = chart
        self.menu = QMenu(chart)
        for entry in _ENTRIES:
            if entry:
                self.menu.addAction(actions[entry])
            else:
                self.menu.addSeparator()
        self.menu.aboutToHide.connect(self._on_menu_about_to_hide)
        chart.menu_requested.connect(self._on_chart_menu_requested)

    @Slot(object)
    def _on_chart_menu_requested(self, at: QPoint) -> None:
        self.menu.popup(at)

    @Slot()
    def _on_menu_about_to_hide(self) -> None:
        QTimer.singleShot(0, self._chart.look_for_pointer)  # after the action, which is about the old place
