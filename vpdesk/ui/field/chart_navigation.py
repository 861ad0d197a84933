"""Moving about in the chart: its tools, its menu, and going back to where it was."""

from typing import Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from vpdesk.ui.field.field_menu import FieldMenu
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.field.pointer_gestures import Tool
from vpdesk.ui.field.view_history import ViewHistory

_TOOL_ACTIONS: Final = {Tool.ZOOM: "box_zoom", Tool.MEASURE: "measure"}


class ChartNavigation(QObject):
    """Carries the wish for a tool to the chart, and shows by the actions what can be done. Thread: UI."""

    def __init__(self, chart: HeatmapView, history: ViewHistory, actions: dict[str, QAction]) -> None:
        super().__init__(chart)
        self._chart = chart
        self._history = history
        self._actions = actions
        self._menu = FieldMenu(chart, actions)
        chart.tool_changed.connect(self._on_chart_tool_changed)
        history.changed.connect(self.show_history)

    def box_zoom(self, is_on: bool) -> None:
        """Let the next box drawn with the left button be zoomed into, or not."""
        self._chart.arm(Tool.ZOOM if is_on else None)

    def measure(self, is_on: bool) -> None:
        """Let the next box drawn with the left button be measured, or not."""
        self._chart.arm(Tool.MEASURE if is_on else None)

    @Slot()
    def show_history(self) -> None:
        """Enable the actions that go somewhere."""
        self._actions["undo_view"].setEnabled(self._history.can_undo)
        self._actions["redo_view"].setEnabled(self._history.can_redo)

    @Slot(object)
    def _on_chart_tool_changed(self, tool: Tool | None) -> None:
        for one, name in _TOOL_ACTIONS.items():
            self._actions[name].setChecked(one is tool)
