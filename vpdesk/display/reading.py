"""Everything known of one cell at one column."""

from dataclasses import dataclass
from datetime import tzinfo

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
    GridRing,
)
from vpdesk.display.text import moment_text


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
    layer, value, unit
        What the field shows; None outside the band.
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
    value: float | None
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
    is_in_band = k is not None and abs(k) <= ring.half_width and not is_gap
    tick = bucket * ring.ticks_per_bucket
    cells: dict[str, float | None] = dict.fromkeys(("pressure", "vacuum", "resistance", "force", "depth"))
    age_s: float | None = None
    last_event_id = 0
    if is_in_band and k is not None:
        i = k + ring.half_width
        cells = {name: float(getattr(columns, name)[0, i]) for name in cells}
        last_event_id = int(columns.last_event_id[0, i])
        if last_event_id:
            now_s = (int(header[H_CLOCK_NS]) - ring.epoch_ns) * 1e-9
            age_s = max(0.0, now_s - float(columns.touched_s[0, i]))
    net = cells["pressure"] - cells["vacuum"] if is_in_band else None  # type: ignore[operator]
    shown = {**cells, "balance": cells["force"], "age": age_s, "net": net}
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
        value=shown[layer],
        **cells,
        age_s=age_s,
        last_event_id=last_event_id,
        best_bid_tick=_tick_or_none(header[H_BEST_BID]),
        best_ask_tick=_tick_or_none(header[H_BEST_ASK]),
        spot_tick=_tick_or_none(header[H_SPOT_TICK]),
        book_state=BOOK_STATES[flags >> BOOK_STATE_SHIFT & 7],
        drive=float(columns.drive[0]),
        is_in_band=is_in_band,
        is_gap=is_gap,
        is_idle=bool(flags & COLUMN_IDLE),
        is_after_break=bool(flags & COLUMN_BREAK),
        is_open=seq == ring.published_seq,
    )


def _tick_or_none(tick: np.int64) -> int | None:
    return None if int(tick) == NO_TICK else int(tick)
