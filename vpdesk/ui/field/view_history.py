"""Where the chart was looked at before, to go back there step by step, and forth again."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from vpdesk.display.viewport import Viewport
from vpdesk.ui.field.heatmap import HeatmapView

_SETTLED_MS: Final = 300  # a turn of the wheel or a drag is one step, not one per notch
_MAX_STEPS: Final = 100


@dataclass(frozen=True)
class _Look:
    view: Viewport
    is_following: bool

    def is_like(self, other: "_Look") -> bool:
        """Return whether only time has passed between the two, or the window has another size."""
        if self.is_following != other.is_following:
            return False
        mine, others = self.view, other.view
        if (mine.px_per_column, mine.px_per_row) != (others.px_per_column, others.px_per_row):
            return False
        if self.is_following:
            return True
        # what a window of another size keeps: the right edge and the middle height
        right_px, higher_px = (_right_px(mine) - _right_px(others), _middle_px(mine) - _middle_px(others))
        return abs(right_px) <= 1 and abs(higher_px) <= 1


class ViewHistory(QObject):
    """Remembers where the view came to rest. A new move after steps back drops what lay ahead.

    Parameters
    ----------
    chart
        Watched by its signals.

    Signals
    -------
    changed()
        `can_undo` or `can_redo` may differ.
    """

    changed = Signal()

    def __init__(self, chart: HeatmapView) -> None:
        super().__init__(chart)
        self._chart = chart
        self._looks: list[_Look] = []
        self._at = -1  # the look that is shown
        self._axes: tuple[object, ...] = ()  # what the looks were measured in
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        chart.view_changed.connect(self._on_chart_view_changed)
        chart.following_changed.connect(self._on_chart_view_changed)

    @property
    def can_undo(self) -> bool:
        """Whether there is a look to go back to."""
        return self._at > 0 or self._timer.isActive()

    @property
    def can_redo(self) -> bool:
        """Whether a look was left by `undo`."""
        return self._at < len(self._looks) - 1 and not self._timer.isActive()

    def clear(self) -> None:
        """Forget everything: another session is shown."""
        self._timer.stop()
        self._looks, self._at = [], -1
        self.changed.emit()

    def undo(self) -> None:
        """Go back to where the view rested before."""
        self._drop_looks_on_other_axes()
        self._settle()
        if self.can_undo:
            self._go_to(self._at - 1)

    def redo(self) -> None:
        """Go forth again to what `undo` left."""
        self._drop_looks_on_other_axes()
        self._settle()
        if self.can_redo:
            self._go_to(self._at + 1)

    def _go_to(self, at: int) -> None:
        look, self._at = self._looks[at], at
        self._chart.set_viewport(look.view)
        self._chart.set_following(look.is_following)
        self._timer.stop()  # that was no move of the user's
        self.changed.emit()

    def _settle(self) -> None:
        self._timer.stop()
        look = _Look(self._chart.viewport(), self._chart.is_following)
        if self._is_elsewhere(look):
            self._looks = [*self._looks[: self._at + 1][-_MAX_STEPS:], look]
            self._at = len(self._looks) - 1
        self.changed.emit()

    def _drop_looks_on_other_axes(self) -> None:
        """Forget looks whose rows or columns stand for something else by now."""
        axes = self._chart.axes_meaning()
        if axes != self._axes:
            self._axes = axes
            self._timer.stop()
            self._looks, self._at = [], -1

    def _is_elsewhere(self, look: _Look) -> bool:
        return self._at < 0 or not look.is_like(self._looks[self._at])

    @Slot()
    def _on_chart_view_changed(self) -> None:
        self._drop_looks_on_other_axes()
        if not self._looks:
            self._settle()  # the very first look is worth going back to
        elif self._is_elsewhere(_Look(self._chart.viewport(), self._chart.is_following)):
            self._timer.start()
            self.changed.emit()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._settle()
        else:
            self._timer.start()  # a drag that pauses is one step still


def _right_px(view: Viewport) -> int:
    return view.left_px + view.width_px


def _middle_px(view: Viewport) -> float:
    return view.bottom_px + view.height_px / 2
