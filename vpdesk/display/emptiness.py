"""Whether a view shows nothing of a ring that holds something."""

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import COLUMN_GAP, H_CENTRE, H_FLAGS, H_SPOT_TICK, NO_TICK, GridRing
from vpdesk.display.viewport import Viewport


def shows_nothing(
    ring: GridRing, view: Viewport, open_header: NDArray[np.int64], *, is_relative: bool
) -> bool:
    """Return whether no cell of the band and no gap is in view; but not before the first spot.

    ``open_header`` is that of the newest column. Thread: reader.
    """
    span = ring.span()
    if span.newest < span.oldest or int(open_header[H_SPOT_TICK]) == NO_TICK:
        return False
    first, last = view.columns
    first, last = max(first, span.oldest), min(last, span.newest)
    if first > last:
        return True
    low, high = view.row_at(view.height_px - 1), view.row_at(0)
    low, high = low - ring.half_width, high + ring.half_width  # of the centres that would be seen
    if is_relative:
        return not low <= 0 <= high
    header = open_header if last == span.newest else ring.headers[last & (ring.capacity - 1)]
    if int(header[H_SPOT_TICK]) != NO_TICK and low <= int(header[H_CENTRE]) <= high:
        return False  # as nearly always: the other columns need not be looked at
    slots = np.arange(first, last + (last < span.newest)) & (ring.capacity - 1)
    centres, flags = ring.headers[slots, H_CENTRE], ring.headers[slots, H_FLAGS]
    is_seen = (low <= centres) & (centres <= high) & (ring.headers[slots, H_SPOT_TICK] != NO_TICK)
    return not bool(np.any(is_seen | (flags & COLUMN_GAP != 0)))
