"""How much traded at each price of the visible range, in the very rows of the field."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import GridRing
from vpdesk.display import strip_kernels as kernels
from vpdesk.display.open_column import OpenColumn
from vpdesk.display.traded import add_up_trades
from vpdesk.display.viewport import Viewport

_GRID_FROM_PX: Final = 4  # rows this high keep their last pixel free, so that neighbours can be told apart


@dataclass(frozen=True)
class VolumeProfile:
    """Rows from the highest price to the lowest; a row is one bucket, or several where pixels are scarce.

    Attributes
    ----------
    tops_px : (n + 1,) int64
        Upper edge of each row in device pixels of the field; the last is the lower edge of the last row.
    rows : (n,) int64
        Lowest bucket of each row, or its lowest k.
    volumes : (3, n) float64
        Bought, sold, aggressor unknown.
    buckets_per_row : int
    elsewhere : float
        Traded in the visible time at prices out of view.
    unlisted : float
        Traded in the visible time, in trades that are no longer kept one by one.
    """

    tops_px: NDArray[np.int64]
    rows: NDArray[np.int64]
    volumes: NDArray[np.float64]
    buckets_per_row: int
    elsewhere: float
    unlisted: float

    @property
    def totals(self) -> NDArray[np.float64]:
        """Traded in each row; (n,)."""
        totals: NDArray[np.float64] = self.volumes.sum(axis=0)
        return totals

    @property
    def control_row(self) -> int:
        """Index of the row in which most traded, the point of control; -1 if nothing did."""
        totals = self.totals
        return int(np.argmax(totals)) if totals.any() else -1


class VolumeSource:
    """Makes profiles of a ring; keeps the arrays that this takes. Thread: the reader's."""

    def __init__(self) -> None:
        self._open = OpenColumn()

    def read(self, ring: GridRing, view: Viewport, *, is_relative: bool) -> VolumeProfile:
        """Return what traded in view, by price, or by distance from the spot of its own time."""
        self._open.read(ring)
        first, last = view.columns
        first, last = max(first, ring.span().oldest, 0), min(last, self._open.seq)
        tops_px, numbers = view.row_edges_px()
        per_row = view.rows_per_bin
        volumes = np.zeros((3, numbers.size))
        low_row = int(numbers[-1]) * per_row
        elsewhere = add_up_trades(
            ring, self._open, (first, last), low_row, per_row, volumes, is_relative=is_relative
        )
        traded = kernels.traded_in(ring.headers, self._open.header, self._open.seq, first, last)
        unlisted = max(0.0, traded - elsewhere - float(volumes.sum()))
        return VolumeProfile(tops_px, numbers * per_row, volumes[:, ::-1], per_row, elsewhere, unlisted)


def profile_pixels(profile: VolumeProfile, width_px: int, palette: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Paint the rows as bars from the right edge, the longest as wide as the picture.

    palette : (4,) uint32, colours of bought, sold, unknown, and of the ground.
    Returns (height of all rows, width_px) uint32.
    """
    heights_px = np.diff(profile.tops_px)
    row_of_px = np.repeat(np.arange(heights_px.size), heights_px)
    most = max(float(profile.totals.max()), 1.0)
    ends_px = np.ceil(np.cumsum(profile.volumes, axis=0) / most * width_px).astype(np.int16)[:, row_of_px]
    if heights_px.max() >= _GRID_FROM_PX:
        ends_px[:, profile.tops_px[1:] - 1] = 0
    from_right_px = np.arange(width_px, dtype=np.int16)[::-1]
    shades = np.zeros((row_of_px.size, width_px), np.uint8)
    for end_px in ends_px:
        shades += from_right_px >= end_px[:, None]
    pixels: NDArray[np.uint32] = palette[shades]
    return pixels
