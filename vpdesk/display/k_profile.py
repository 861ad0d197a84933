"""One column by k: pressure and vacuum on both sides of the spot, and what they make of the drive.

A column keeps the drive itself, and all that it was made of, but for one rounding: the times of the last
touches are float32 seconds, which late in a session is a few milliseconds. So the sums made from a column
are a little off; they are fitted to the drive, or withheld if more than that rounding parts them from it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.params import EngineParams
from vpdesk.core.ring import (
    COLUMN_GAP,
    H_CENTRE,
    H_CLOCK_NS,
    H_CLOSE_TICK_M2,
    H_EVENT_ID,
    H_FLAGS,
    H_SPOT_TICK,
    H_START_NS,
    NO_TICK,
    Columns,
    GridRing,
)

BELOW: Final = -1
ABOVE: Final = 1

_MOST_ROUNDING: Final = 0.005  # of the drive, which is shown with two decimals


@dataclass(frozen=True)
class DriveParts:
    """The sums that make a drive, in quantity / s: of pressure and vacuum, below and above the spot.

    Each bucket counts by its weight: how near it is to the spot, and how fresh.
    """

    pressure_below: float
    vacuum_above: float
    pressure_above: float
    vacuum_below: float
    floor: float

    @property
    def up(self) -> float:
        """What speaks for higher prices: building below, draining above."""
        return self.pressure_below + self.vacuum_above

    @property
    def down(self) -> float:
        """What speaks for lower prices: building above, draining below."""
        return self.pressure_above + self.vacuum_below

    @property
    def drive(self) -> float:
        """The drive that they make, in (-1, 1)."""
        return (self.up - self.down) / (self.up + self.down + self.floor)


@dataclass(frozen=True)
class KProfile:
    """A column by k, lowest first.

    Attributes
    ----------
    seq, start_ns, event_id, centre : int
        The column, its first instant, the last event in it, its bucket at k = 0.
    is_open, is_gap : bool
        Whether it is the newest one; whether the feed, and so the book, was missing.
    mid_k : float
        Where the mid price stands; bucket k covers ``k .. k + 1``.
    k : (W,) int32
    pressure, vacuum : (W,) float64, quantity / s
    depth : (W,) float64
    nearness, freshness : (W,) float64
        Factors of a bucket's weight in the drive, 0 .. 1.
    side : (W,) int8
        `BELOW` the spot, `ABOVE` it, or 0: astride.
    drive : float
        As the engine wrote it.
    parts : DriveParts or None
        What it is made of; None if that cannot be told from the column.
    """

    seq: int
    start_ns: int
    event_id: int
    centre: int
    tick_size: int
    ticks_per_bucket: int
    is_open: bool
    is_gap: bool
    mid_k: float
    k: NDArray[np.int32]
    pressure: NDArray[np.float64]
    vacuum: NDArray[np.float64]
    depth: NDArray[np.float64]
    nearness: NDArray[np.float64]
    freshness: NDArray[np.float64]
    side: NDArray[np.int8]
    drive: float
    parts: DriveParts | None

    @property
    def weight(self) -> NDArray[np.float64]:
        """How much a bucket counts in the drive, 0 .. 1; (W,)."""
        weight: NDArray[np.float64] = self.nearness * self.freshness * (self.side != 0)
        return weight

    def tick_of(self, i: int) -> int:
        """Return the lowest tick of the i-th bucket."""
        return (self.centre + int(self.k[i])) * self.ticks_per_bucket


def read_profile(ring: GridRing, params: EngineParams, seq: int) -> KProfile | None:
    """Read column `seq`; None where the ring holds no such column, or it has no spot yet. Thread: reader."""
    columns = ring.read(seq, seq)
    if columns.seq.size == 0 or int(columns.headers[0, H_SPOT_TICK]) == NO_TICK:
        return None
    header = columns.headers[0]
    drive = float(columns.drive[0])
    side = _sides(columns, ring.ticks_per_bucket)
    nearness = np.exp(-np.abs(columns.k) / params.drive_reach)
    freshness = _freshness(columns, ring.epoch_ns, params.tau_s)
    pressure, vacuum = columns.pressure[0].astype(float), columns.vacuum[0].astype(float)
    weight = nearness * freshness
    parts = drive_parts(pressure, vacuum, weight, side, params.force_floor)
    return KProfile(
        seq=seq,
        start_ns=int(header[H_START_NS]),
        event_id=int(header[H_EVENT_ID]),
        centre=int(header[H_CENTRE]),
        tick_size=ring.tick_size,
        ticks_per_bucket=ring.ticks_per_bucket,
        is_open=seq == ring.published_seq,
        is_gap=bool(int(header[H_FLAGS]) & COLUMN_GAP),
        mid_k=(int(header[H_CLOSE_TICK_M2]) + 1) / (2 * ring.ticks_per_bucket) - int(header[H_CENTRE]),
        k=columns.k,
        pressure=pressure,
        vacuum=vacuum,
        depth=columns.depth[0].astype(float),
        nearness=nearness,
        freshness=freshness,
        side=side,
        drive=drive,
        parts=fitted_parts(parts, drive),
    )


def drive_parts(
    pressure: NDArray[np.float64],
    vacuum: NDArray[np.float64],
    weight: NDArray[np.float64],
    side: NDArray[np.int8],
    floor: float,
) -> DriveParts:
    """Add up what makes the drive; all arrays (W,)."""
    is_below, is_above = side == BELOW, side == ABOVE
    return DriveParts(
        pressure_below=float(weight[is_below] @ pressure[is_below]),
        vacuum_above=float(weight[is_above] @ vacuum[is_above]),
        pressure_above=float(weight[is_above] @ pressure[is_above]),
        vacuum_below=float(weight[is_below] @ vacuum[is_below]),
        floor=floor,
    )


def fitted_parts(parts: DriveParts, drive: float) -> DriveParts | None:
    """Return the parts, with ``up`` and ``down`` shifted by their rounding so that they make `drive`.

    None if they are further from it than rounding explains: other parameters made the column.
    """
    if abs(parts.drive - drive) > _MOST_ROUNDING:
        return None
    total = parts.up + parts.down
    difference = drive * (total + parts.floor)
    up_factor = (total + difference) / (2 * parts.up) if parts.up > 0 else 1.0
    down_factor = (total - difference) / (2 * parts.down) if parts.down > 0 else 1.0
    return DriveParts(
        pressure_below=parts.pressure_below * up_factor,
        vacuum_above=parts.vacuum_above * up_factor,
        pressure_above=parts.pressure_above * down_factor,
        vacuum_below=parts.vacuum_below * down_factor,
        floor=parts.floor,
    )


def _sides(columns: Columns, ticks_per_bucket: int) -> NDArray[np.int8]:
    """Return on which side of the mid each bucket's middle lies."""
    header = columns.headers[0]
    buckets = int(header[H_CENTRE]) + columns.k.astype(np.int64)
    middle2 = 2 * buckets * ticks_per_bucket + ticks_per_bucket - 1
    return np.sign(middle2 - int(header[H_CLOSE_TICK_M2])).astype(np.int8)


def _freshness(columns: Columns, epoch_ns: int, tau_s: float) -> NDArray[np.float64]:
    clock_s = (int(columns.headers[0, H_CLOCK_NS]) - epoch_ns) * 1e-9
    age_s = np.maximum(clock_s - columns.touched_s[0].astype(float), 0.0)
    freshness: NDArray[np.float64] = np.where(columns.last_event_id[0] != 0, np.exp(-age_s / tau_s), 0.0)
    return freshness
