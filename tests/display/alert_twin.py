"""Alert rules judged the slow way: from copies of columns, one at a time, as `alert_rules` describes them."""

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import (
    BOOK_STATE_SHIFT,
    BOOK_STATES,
    COLUMN_GAP,
    H_CENTRE,
    H_EVENT_ID,
    H_FLAGS,
    H_SPOT_TICK,
    H_START_NS,
    NO_TICK,
    T_SEQ,
    T_SIZE,
    T_TICK,
    Columns,
    GridRing,
)
from vpdesk.display.alert_rules import AlertRule, AtPrice, NearSpot, Quantity


class _Twin:
    """One rule over copies of all columns; column i of the copies is column i of the session."""

    def __init__(self, rule: AlertRule, columns: Columns, trades: NDArray[np.int64], ring: GridRing) -> None:
        self.rule = rule
        self.columns = columns
        self.trades = trades
        self.ring = ring

    def is_usable(self, i: int) -> bool:
        header = self.columns.headers[i]
        flags = int(header[H_FLAGS])
        state = BOOK_STATES[flags >> BOOK_STATE_SHIFT & 7]
        return (
            state not in ("empty", "snapshot") and not flags & COLUMN_GAP and header[H_SPOT_TICK] != NO_TICK
        )

    def buckets(self, i: int) -> list[int]:
        centre = int(self.columns.headers[i, H_CENTRE])
        band = range(centre - self.ring.half_width, centre + self.ring.half_width + 1)
        match self.rule.place:
            case AtPrice(price_raw):
                chosen = [price_raw // self.ring.tick_size // self.ring.ticks_per_bucket]
            case NearSpot(reach, side):
                low = 1 if side == "above" else -reach
                high = -1 if side == "below" else reach
                chosen = list(range(centre + low, centre + high + 1))
            case _:
                chosen = list(band)
        return [bucket for bucket in chosen if bucket in band]

    def cell(self, plane: NDArray[np.generic], i: int, bucket: int) -> float:
        return float(plane[i, bucket - int(self.columns.headers[i, H_CENTRE]) + self.ring.half_width])

    def is_so(self, i: int) -> bool | None:
        """Return whether the condition holds at column i; None if that is not known."""
        rule, columns = self.rule, self.columns
        if not self.is_usable(i):
            return None
        if rule.quantity is Quantity.DRIVE:
            return bool(
                columns.drive[i] > rule.threshold if rule.is_above else columns.drive[i] < rule.threshold
            )
        buckets = self.buckets(i)
        is_every = rule.quantity.is_of_every_cell and not rule.is_above
        if not buckets:
            return None if is_every else False
        if rule.quantity.is_pulled:
            return self.pulled(i, buckets) > rule.threshold
        values = {
            Quantity.PRESSURE: columns.pressure,
            Quantity.VACUUM: columns.vacuum,
            Quantity.NET: columns.pressure - columns.vacuum,
            Quantity.DEPTH: columns.depth,
        }[rule.quantity]
        cells = {bucket: self.cell(values, i, bucket) for bucket in buckets}
        if is_every:
            return max(cells.values()) < rule.threshold
        if rule.quantity is not Quantity.DEPTH:  # flows count where they have just been touched
            former_id = int(columns.headers[i - 1, H_EVENT_ID]) if i else 0
            touched = [b for b in buckets if self.cell(columns.last_event_id, i, b) > former_id]
            cells = {bucket: cells[bucket] for bucket in touched}
        return any(v > rule.threshold if rule.is_above else v < rule.threshold for v in cells.values())

    def pulled(self, i: int, buckets: list[int]) -> float:
        falls = dict.fromkeys(buckets, 0.0)
        greatest = {bucket: self.cell(self.columns.depth, i, bucket) for bucket in buckets}
        from_ns = int(self.columns.headers[i, H_START_NS]) - round(self.rule.window_s * 1e9)
        for c in range(i - 1, -1, -1):
            is_within = int(self.columns.headers[c, H_START_NS]) >= from_ns or c == i - 1
            if not is_within or not self.is_usable(c):
                break
            centre = int(self.columns.headers[c, H_CENTRE])
            for bucket in buckets:
                if abs(bucket - centre) > self.ring.half_width:
                    continue
                then = self.cell(self.columns.depth, c, bucket)
                fall = then - self.cell(self.columns.depth, i, bucket) - self.traded(c, i, bucket)
                falls[bucket] = max(falls[bucket], fall)
                greatest[bucket] = max(greatest[bucket], then)
        total = sum(falls.values())
        if self.rule.quantity is Quantity.PULLED:
            return total
        return 100 * total / sum(greatest.values()) if any(greatest.values()) else 0.0

    def traded(self, after: int, until: int, bucket: int) -> int:
        is_here = self.trades[:, T_TICK] // self.ring.ticks_per_bucket == bucket
        is_then = (self.trades[:, T_SEQ] > after) & (self.trades[:, T_SEQ] <= until)
        return int(self.trades[is_here & is_then, T_SIZE].sum())


def expected_firings(
    ring: GridRing, rules: tuple[AlertRule, ...], first: int, last: int
) -> list[tuple[AlertRule, int]]:
    """Return rule and column of every alert of a session whose columns are all held."""
    columns, trades = ring.read(first, last), ring.read_trades(first, last)
    found = []
    for number, rule in enumerate(rules):
        twin = _Twin(rule, columns, trades, ring)
        was_so, so_ns = False, -(2**62)
        for i in range(len(columns.seq)):
            is_so, start_ns = twin.is_so(i), int(columns.headers[i, H_START_NS])
            if is_so and not was_so and start_ns - so_ns > round(rule.pause_s * 1e9):
                found.append((i, number, rule))
            was_so = is_so is None or is_so
            if was_so:
                so_ns = start_ns
    return [(rule, i) for i, _, rule in sorted(found, key=lambda one: one[:2])]
