"""Everything known of one cell at one column."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import numpy as np

from vpdesk.core.events import PRICE_SCALE
from vpdesk.core.ring import (
    BOOK_STATE_SHIFT,
    BOOK_STATES,
    COLUMN_BREAK,
    COLUMN_GAP,
    COLUMN_IDLE,
    H_BEST_ASK,
    H_BEST_BID,
    H_CENTRE,
    H_CLOCK_NS,
    H_EVENT_ID,
    H_FLAGS,
    H_SPOT_TICK,
    H_START_NS,
    NO_TICK,
    Columns,
    GridRing,
)
from vpdesk.display.text import moment_text

_PLANES: Final = ("pressure", "vacuum", "resistance", "force", "depth")
_NO_VALUES: Final[Mapping[str, None]] = dict.fromkeys((*_PLANES, "age_s"))


@dataclass(frozen=True, slots=True)
class CellReading:
    """A cell as its column shows it.

    Parameters
    ----------
    seq
        The column.
    tick
        The bucket's lowest tick.
    bucket, k
        Absolute, and counted from the column's centre.
    price
        Of the bucket's lowest tick, in currency units.
    start_ns, clock_ns, event_id
        The column's first instant; the last event it shows.
    time
        ``start_ns`` in words, with its zone.
    layer, unit
        What the field shows.
    age_s
        Column's clock minus the cell's last touch; None: never touched.
    last_event_id
        The event that last touched the cell; 0: none.
    best_bid_tick, best_ask_tick, spot_tick
        At the end of the column, None where there is none.
    is_in_band
        Whether the column has this cell; if not, all its values are None.
    """

    seq: int
    tick: int
    bucket: int
    k: int | None
    price: float
    tick_size: int
    ticks_per_bucket: int
    start_ns: int
    clock_ns: int
    event_id: int
    time: str
    layer: str
    unit: str
    pressure: float | None
    vacuum: float | None
    resistance: float | None
    force: float | None
    depth: float | None
    age_s: float | None
    last_event_id: int
    best_bid_tick: int | None
    best_ask_tick: int | None
    spot_tick: int | None
    book_state: str
    drive: float
    is_in_band: bool
    is_gap: bool
    is_idle: bool
    is_after_break: bool
    is_open: bool

    @property
    def net(self) -> float | None:
        """Pressure minus vacuum."""
        if self.pressure is None or self.vacuum is None:
            return None
        return self.pressure - self.vacuum

    @property
    def value(self) -> float | None:
        """What the field shows; None outside the band."""
        match self.layer:
            case "net":
                return self.net
            case "balance":
                return self.force
            case "age":
                return self.age_s
        value: float | None = getattr(self, self.layer)
        return value


def read_cell(
    ring: GridRing, seq: int, row: int, *, is_relative: bool, layer: str, unit: str, zone: tzinfo | None
) -> CellReading | None:
    """Read the cell at column ``seq`` and ``row`` (a bucket, or k if ``is_relative``).

    Returns None where the ring holds no such column (any more). Thread: reader.
    """
    columns = ring.read(seq, seq)
    if columns.seq.size == 0:
        return None
    header = columns.headers[0]
    has_centre = int(header[H_SPOT_TICK]) != NO_TICK
    centre = int(header[H_CENTRE])
    bucket = row + centre if is_relative and has_centre else row
    k = bucket - centre if has_centre else None
    flags = int(header[H_FLAGS])
    is_gap = bool(flags & COLUMN_GAP)
    i = None if k is None or abs(k) > ring.half_width or is_gap else k + ring.half_width
    tick = bucket * ring.ticks_per_bucket
    return CellReading(
        seq=seq,
        tick=tick,
        bucket=bucket,
        k=k,
        price=tick * ring.tick_size / PRICE_SCALE,
        tick_size=ring.tick_size,
        ticks_per_bucket=ring.ticks_per_bucket,
        start_ns=int(header[H_START_NS]),
        clock_ns=int(header[H_CLOCK_NS]),
        event_id=int(header[H_EVENT_ID]),
        time=moment_text(int(header[H_START_NS]), zone),
        layer=layer,
        unit=unit,
        **(_NO_VALUES if i is None else _values_of(ring, columns, i)),
        last_event_id=0 if i is None else int(columns.last_event_id[0, i]),
        best_bid_tick=_tick_or_none(header[H_BEST_BID]),
        best_ask_tick=_tick_or_none(header[H_BEST_ASK]),
        spot_tick=_tick_or_none(header[H_SPOT_TICK]),
        book_state=BOOK_STATES[flags >> BOOK_STATE_SHIFT & 7],
        drive=float(columns.drive[0]),
        is_in_band=i is not None,
        is_gap=is_gap,
        is_idle=bool(flags & COLUMN_IDLE),
        is_after_break=bool(flags & COLUMN_BREAK),
        is_open=seq == ring.published_seq,
    )


def _values_of(ring: GridRing, columns: Columns, i: int) -> dict[str, float | None]:
    """Return what the first of some columns holds in cell ``i`` from its lowest, by field of a reading."""
    values: dict[str, float | None] = {name: float(getattr(columns, name)[0, i]) for name in _PLANES}
    values["age_s"] = None
    if columns.last_event_id[0, i]:
        now_s = (int(columns.headers[0, H_CLOCK_NS]) - ring.epoch_ns) * 1e-9
        values["age_s"] = max(0.0, now_s - float(columns.touched_s[0, i]))
    return values


def _tick_or_none(tick: np.int64) -> int | None:
    return None if int(tick) == NO_TICK else int(tick)
