"""What traded in some columns of a ring, by row, from the trades that it still lists one by one."""

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import TRADE_CAPACITY, GridRing
from vpdesk.display import strip_kernels as kernels
from vpdesk.display.open_column import OpenColumn


def n_intact_trades(ring: GridRing, n_trades: int) -> int:
    """Return how many of the newest of ``n_trades`` are listed, and stay as they are while we read them."""
    # the writer may be at work on the last eighth
    return min(n_trades - ring.first_trade, TRADE_CAPACITY * 7 // 8)


def add_up_trades(
    ring: GridRing,
    open_column: OpenColumn,
    columns: tuple[int, int],
    low_row: int,
    rows_per_bin: int,
    volumes: NDArray[np.float64],
    *,
    is_relative: bool,
) -> float:
    """Add up the sizes of the trades of columns, the first to the last, by row. Thread: reader.

    Parameters
    ----------
    open_column
        Read before: of its trades there may be more by now, but not fewer.
    low_row
        Where the first bin begins; a row is a bucket, or if ``is_relative`` a distance from the spot.
    volumes : (3, n_bins) float64
        Set in place: bought, sold, aggressor unknown.

    Returns
    -------
    float
        What traded in the columns outside the bins.
    """
    n_trades = ring.published_trades
    rest: float = kernels.volume_by_price(
        ring.trades,
        n_trades,
        n_intact_trades(ring, n_trades),
        ring.headers,
        open_column.header,
        open_column.seq,
        *columns,
        ring.ticks_per_bucket,
        is_relative,
        low_row,
        rows_per_bin,
        volumes,
    )
    return rest
