"""Joins slider and chart: the part of the session in view is drawn on the overview and moved there."""

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from vpdesk.core.ring import GridRing
from vpdesk.display.column_times import column_of_time, time_of_column
from vpdesk.display.viewport import MAX_PX_PER_COLUMN
from vpdesk.runtime.commands import SeekTime
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.parts.throttle import Throttle
from vpdesk.ui.playback.time_slider import TimeSlider

_SEEK_INTERVAL_MS: Final = 50
_FEWEST_COLUMNS: Final = 10.0
_SAME_COLUMNS: Final = 2.0  # whole pixels and whole columns do not meet: so much is the same range


@dataclass(frozen=True)
class _Shown:
    """What the chart showed last: times and prices, whatever columns and buckets there were."""

    start_ns: int
    end_ns: int
    low_tick: float
    high_tick: float


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
        self._shown: _Shown | None = None
        self._seek = Throttle(_SEEK_INTERVAL_MS, self)
        self._seek.due.connect(self.requested)
        slider.range_dragged.connect(self._on_range_dragged)

    def show(self, ring: GridRing) -> None:
        """Draw what is in view; called when the window has pulled."""
        former, self._ring = self._ring, ring
        if former is not None and _recipe(former) != _recipe(ring):
            self._carry_over(ring)
        left, right = self._chart.viewport().x_range
        newest = ring.span().newest
        start_ns, end_ns = time_of_column(ring, left), time_of_column(ring, right)
        last_ns = time_of_column(ring, min(right, newest + 1))
        if start_ns is None or end_ns is None or last_ns is None:
            self._slider.set_visible_range(None)
            return
        low, high = self._chart.viewport().y_range
        self._shown = _Shown(start_ns, end_ns, low * ring.ticks_per_bucket, high * ring.ticks_per_bucket)
        self._slider.set_visible_range((start_ns, last_ns))

    def forget(self) -> None:
        """Let go of the former session."""
        self._ring = self._shown = None
        self._slider.set_visible_range(None)

    def _carry_over(self, ring: GridRing) -> None:
        """Show the same times and prices as before, now that columns or buckets are cut otherwise."""
        shown = self._shown
        if shown is None:
            return
        first, end = column_of_time(ring, shown.start_ns), column_of_time(ring, shown.end_ns)
        if first is None or end is None:
            return
        end = max(end, first + _FEWEST_COLUMNS)
        rows = shown.low_tick / ring.ticks_per_bucket, shown.high_tick / ring.ticks_per_bucket
        view = self._chart.viewport()
        self._chart.set_viewport(view.showing((max(first, end - ring.capacity), end), rows))

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


def _recipe(ring: GridRing) -> tuple[int, int, int]:
    """Return how a ring cuts time and price."""
    return ring.column_ns, ring.column_events, ring.ticks_per_bucket
