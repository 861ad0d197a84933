"""What the axes of the field say for a view of a ring."""

from datetime import tzinfo
from typing import Final

import numpy as np

from vpdesk.core.ring import GridRing
from vpdesk.display import ticks
from vpdesk.display.text import date_text, price_text, signed, zone_text
from vpdesk.display.viewport import Viewport
from vpdesk.display.window import PooledBins
from vpdesk.ui.field.axes import AxisLabel

_TIME_GAP_PT: Final = 96
_PRICE_GAP_PT: Final = 34


def price_labels(view: Viewport, density: float, ring: GridRing, *, is_relative: bool) -> list[AxisLabel]:
    """Return round prices, or round distances from the spot; places in points from the top."""
    n_most = max(2, int(view.height_px / density / _PRICE_GAP_PT))
    if is_relative:
        prices = ticks.relative_ticks(view.y_range, n_most)
    else:
        prices = ticks.price_ticks(view.y_range, n_most, ring.tick_size, ring.ticks_per_bucket)
    return [AxisLabel(view.y_px(tick.place) / density, tick.text) for tick in prices]


def time_labels(
    view: Viewport, density: float, ring: GridRing, bins: PooledBins, zone: tzinfo | None
) -> list[AxisLabel]:
    """Return round times, or the times of round columns where these cover events; places in points."""
    n_columns = view.columns_per_bin
    first = bins.first_bin * n_columns
    gap = _TIME_GAP_PT * density / view.px_per_column
    if ring.column_events:
        times = ticks.column_ticks(bins.starts_ns, first, n_columns, gap, zone)
    else:
        times = ticks.time_ticks(bins.starts_ns, first, n_columns, ring.column_ns, gap, zone)
    places_px = [view.x_px(tick.place) for tick in times]
    return [
        AxisLabel(place_px / density, tick.text)
        for tick, place_px in zip(times, places_px, strict=True)
        if 0 <= place_px <= view.width_px
    ]


def corner_text(bins: PooledBins, zone: tzinfo | None) -> str:
    """Return the date of the newest column in view, and the zone of all times."""
    known = np.flatnonzero(bins.starts_ns)
    if known.size == 0:
        return ""
    newest_ns = int(bins.starts_ns[known[-1]])
    return f"{date_text(newest_ns, zone)}\n{zone_text(newest_ns, zone)}"


def row_text(row: int, ring: GridRing, *, is_relative: bool) -> str:
    """Return a row's price, or its distance from the spot."""
    if is_relative:
        return signed(row)
    return price_text(row * ring.ticks_per_bucket, ring.tick_size)
