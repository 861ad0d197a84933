"""Where columns stand in time, and where a time stands among the columns of a ring."""

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import H_START_NS, GridRing, Span


def time_of_column(ring: GridRing, seq: float) -> int | None:
    """Return the instant (ns) at which a column begins; None for an empty ring.

    Beyond the columns that there are, the usual length of a column is taken.
    """
    span = ring.span()
    if span.newest < span.oldest:
        return None
    within = int(min(max(seq, span.oldest), span.newest))
    start_ns = int(ring.headers[within & (ring.capacity - 1), H_START_NS])
    return start_ns + round((seq - within) * _column_ns(ring, span))


def column_of_time(ring: GridRing, ts_ns: int) -> float | None:
    """Return the column (with its fraction beyond the known ones) at an instant; None for an empty ring."""
    span = ring.span()
    if span.newest < span.oldest:
        return None
    starts_ns = _starts_ns(ring, span)
    if ts_ns < starts_ns[0]:
        return span.oldest - (int(starts_ns[0]) - ts_ns) / _column_ns(ring, span)
    if ts_ns > starts_ns[-1]:
        return span.newest + (ts_ns - int(starts_ns[-1])) / _column_ns(ring, span)
    return float(span.oldest + int(np.searchsorted(starts_ns, ts_ns, side="right")) - 1)


def _starts_ns(ring: GridRing, span: Span) -> NDArray[np.int64]:
    slots = np.arange(span.oldest, span.newest + 1) & (ring.capacity - 1)
    starts_ns: NDArray[np.int64] = ring.headers[slots, H_START_NS]
    return starts_ns


def _column_ns(ring: GridRing, span: Span) -> float:
    """Return the length of a column, on average where columns are cut by events."""
    if not ring.column_events:
        return float(ring.column_ns)
    ends_ns = ring.headers[np.array([span.oldest, span.newest]) & (ring.capacity - 1), H_START_NS]
    return max(1.0, float(ends_ns[1] - ends_ns[0]) / max(1, span.newest - span.oldest))
