"""Where the chart was looked at before, to go back there step by step."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from vpdesk.display.viewport import Viewport
from vpdesk.ui.heatmap import HeatmapView

_SETTLED_MS: Final = 300  # a turn of the wheel or a drag is one step, not one per notch
_MAX_STEPS: Final = 100


@dataclass(frozen=True)
class _Look:
    view: Viewport
    is_following: bool

    def is_like(self, other: "_Look") -> bool:
        """Return whether only time has passed between the two."""
        if self.is_following != other.is_following:
            return False
        mine, others = self.view, other.view
        same_zoom = (mine.px_per_column, mine.px_per_row) == (others.px_per_column, others.px_per_row)
        same_place = (mine.left_px, mine.bottom_px) == (others.left_px, others.bottom_px)
        return same_zoom and (self.is_following or same_place)


class ViewHistory(QObject):
    """Remembers where the view came to rest.

    Parameters
    ----------
    chart
        Watched by its signals.
    """

    def __init__(self, chart: HeatmapView) -> None:
        super().__init__(chart)
        self._chart = chart
        self._looks: list[_Look] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        chart.view_changed.connect(self._on_chart_view_changed)
        chart.following_changed.connect(self._on_chart_view_changed)

    def clear(self) -> None:
        """Forget everything: another session is shown."""
        self._timer.stop()
        self._looks = []

    def undo(self) -> None:
        """Go back to where the view rested before."""
        self._timer.stop()
        self._settle()
        if len(self._looks) < 2:
            return
        self._looks.pop()
        look = self._looks[-1]
        self._chart.set_viewport(look.view)
        self._chart.set_following(look.is_following)

    def _settle(self) -> None:
        look = _Look(self._chart.viewport(), self._chart.is_following)
        if not self._looks or not look.is_like(self._looks[-1]):
            self._looks = [*self._looks[-_MAX_STEPS:], look]

    @Slot()
    def _on_chart_view_changed(self) -> None:
        if not self._looks:
            self._settle()  # the very first look is worth going back to
            return
        look = _Look(self._chart.viewport(), self._chart.is_following)
        if not look.is_like(self._looks[-1]):
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._settle()
