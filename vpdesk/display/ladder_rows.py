"""The rows of the price ladder: what rests, happened and traded in each row of pixels of the field."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.grid import Grid
from vpdesk.core.ring import H_LAST_TRADE, NO_TICK, GridRing
from vpdesk.display.open_column import OpenColumn
from vpdesk.display.placement import FieldPlacement
from vpdesk.display.traded import add_up_trades

# Quantities of `LadderRows.values`, in its order.
BID: Final = 0
ASK: Final = 1
ADDED: Final = 2
PULLED: Final = 3
FILLED: Final = 4
BOUGHT: Final = 5
SOLD: Final = 6
UNKNOWN: Final = 7  # traded, aggressor unknown
PRESSURE: Final = 8
VACUUM: Final = 9
N_VALUES: Final = 10


@dataclass(frozen=True)
class LadderRows:
    """Rows from the highest price to the lowest; a row is one bucket, or several where pixels are scarce.

    Attributes
    ----------
    tops_px : (n + 1,) int64
        Upper edge of each row in device pixels of the field; the last is the lower edge of the last row.
    buckets : (n,) int64
        Lowest bucket of each row.
    values : (N_VALUES, n) float64
        Sums over the row's buckets. Quantity, but `PRESSURE` and `VACUUM`: quantity / s.
    is_in_band : (n,) bool
        Whether the grid has any of the row's buckets.
    bid_row, ask_row, spot_row, last_row : int
        Where best bid, best ask, spot and last trade are; -1: nowhere in view.
    buckets_per_row : int
    """

    tops_px: NDArray[np.int64]
    buckets: NDArray[np.int64]
    values: NDArray[np.float64]
    is_in_band: NDArray[np.bool_]
    bid_row: int
    ask_row: int
    spot_row: int
    last_row: int
    buckets_per_row: int

    @property
    def n_rows(self) -> int:
        """How many rows are in view."""
        return self.buckets.size

    def row_at(self, y_px: float) -> int:
        """Return the row under a device pixel of the field; -1 if there is none."""
        row = int(np.searchsorted(self.tops_px, y_px, side="right")) - 1
        return row if 0 <= row < self.n_rows else -1


class LadderSource:
    """Makes rows of a ring and a grid; keeps the arrays that this takes. Thread: the reader's."""

    def __init__(self) -> None:
        self._traded: NDArray[np.float64] = np.zeros((3, 1))
        self._open = OpenColumn()

    def rows(self, ring: GridRing, grid: Grid, place: FieldPlacement) -> LadderRows:
        """Return the rows in view."""
        self._open.read(ring)
        per_row = place.viewport.rows_per_bin
        tops_px, numbers = place.viewport.row_edges_px()
        n_rows, lowest = numbers.size, int(numbers[-1])
        buckets = place.base_bucket + numbers * per_row
        low_bucket = place.base_bucket + lowest * per_row
        values = np.zeros((N_VALUES, n_rows))
        known, first = _grid_buckets(grid, ring)
        index = (np.arange(known) + first - low_bucket) // per_row
        is_seen = (index >= 0) & (index < n_rows)
        index = n_rows - 1 - index[is_seen]  # the highest price comes first
        for name, plane in (
            (BID, grid.bid_depth),
            (ASK, grid.ask_depth),
            (ADDED, grid.added),
            (PULLED, grid.pulled),
            (FILLED, grid.filled),
            (PRESSURE, grid.pressure),
            (VACUUM, grid.vacuum),
        ):
            values[name] = np.bincount(index, weights=plane[:known][is_seen], minlength=n_rows)
        values[BOUGHT : UNKNOWN + 1] = self._traded_in(ring, place, low_bucket, per_row, n_rows)[:, ::-1]
        is_in_band = np.bincount(index, minlength=n_rows) > 0
        spot, last = grid.spot_tick, int(self._open.header[H_LAST_TRADE])
        per_bucket = ring.ticks_per_bucket

        def row_of(bucket: int | None) -> int:
            if bucket is None:
                return -1
            row = n_rows - 1 - (bucket - low_bucket) // per_row
            return row if 0 <= row < n_rows else -1

        return LadderRows(
            tops_px=tops_px,
            buckets=buckets,
            values=values,
            is_in_band=is_in_band,
            bid_row=row_of(_bucket_of(grid.best_bid, ring)),
            ask_row=row_of(_bucket_of(grid.best_ask, ring)),
            spot_row=row_of(None if spot is None else spot // per_bucket),
            last_row=row_of(None if last == NO_TICK else last // per_bucket),
            buckets_per_row=per_row,
        )

    def _traded_in(
        self, ring: GridRing, place: FieldPlacement, low_bucket: int, per_row: int, n_rows: int
    ) -> NDArray[np.float64]:
        """Return what traded in the columns in view: bought, sold, unknown by row, lowest first."""
        if self._traded.shape[1] != n_rows:
            self._traded = np.zeros((3, n_rows))
        columns = place.viewport.columns
        add_up_trades(ring, self._open, columns, low_bucket, per_row, self._traded, is_relative=False)
        return self._traded


def _grid_buckets(grid: Grid, ring: GridRing) -> tuple[int, int]:
    """Return how many buckets the grid has, and the lowest."""
    if grid.spot_tick is None:
        return 0, 0
    return grid.price.size, int(grid.price[0]) // (ring.tick_size * ring.ticks_per_bucket)


def _bucket_of(price_raw: int | None, ring: GridRing) -> int | None:
    return None if price_raw is None else price_raw // (ring.tick_size * ring.ticks_per_bucket)
