"""Joins slider and chart: the part of the session in view is drawn on the overview and moved there."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from vpdesk.core.ring import GridRing
from vpdesk.display.column_times import column_of_time, time_of_column
from vpdesk.display.viewport import MAX_PX_PER_COLUMN
from vpdesk.runtime.commands import SeekTime
from vpdesk.ui.heatmap import HeatmapView
from vpdesk.ui.throttle import Throttle
from vpdesk.ui.time_slider import TimeSlider

_SEEK_INTERVAL_MS: Final = 50
_FEWEST_COLUMNS: Final = 10.0
_SAME_COLUMNS: Final = 2.0  # whole pixels and whole columns do not meet: so much is the same range


class VisibleRange(QObject):
    """Shows on the slider what the chart shows, and obeys the hand on it.

    Signals
    -------
    requested(Command)
        A seek: the range was moved to where the chart holds no columns.
    """

    requested = Signal(object)

    def __init__(self, chart: HeatmapView, slider: TimeSlider, parent: QObject) -> None:
        super().__init__(parent)
        self._chart = chart
        self._slider = slider
        self._ring: GridRing | None = None
        self._seek = Throttle(_SEEK_INTERVAL_MS, self)
        self._seek.due.connect(self.requested)
        slider.range_dragged.connect(self._on_range_dragged)

    def show(self, ring: GridRing) -> None:
        """Draw what is in view; called when the window has pulled."""
        self._ring = ring
        first, last = self._chart.visible_columns()
        newest = ring.span().newest
        start_ns = time_of_column(ring, first)
        end_ns = time_of_column(ring, min(last, newest) + 1)
        self._slider.set_visible_range(None if start_ns is None or end_ns is None else (start_ns, end_ns))

    @Slot(object, object)
    def _on_range_dragged(self, start_ns: int, end_ns: int) -> None:
        ring = self._ring
        if ring is None:
            return
        first, end = column_of_time(ring, start_ns), column_of_time(ring, end_ns)
        if first is None or end is None:
            return
        span = ring.span()
        n_columns = min(max(end - first, _FEWEST_COLUMNS), float(ring.capacity))
        view = self._chart.viewport()
        left, right = view.x_range
        if abs(n_columns - (right - left)) >= _SAME_COLUMNS:
            view = replace(view, px_per_column=min(view.width_px / n_columns, MAX_PX_PER_COLUMN))
        is_elsewhere = end > span.newest + _SAME_COLUMNS or end <= span.oldest
        self._chart.set_following(is_elsewhere or end >= span.newest)
        self._chart.set_viewport(view.ending_at(span.newest + 1 if is_elsewhere else end))
        if is_elsewhere:
            self._seek.wish(SeekTime(end_ns))
