"""Columns drawn from a formula: something to paint without a feed, for measurements and tests.

The pattern is a random walk of the spot with liquidity that builds below, drains above and persists
where nothing happens. It is not a market; the simulator is.
"""

from typing import Final

import numpy as np

from vpdesk.core.ring import (
    BOOK_STATE_SHIFT,
    BOOK_STATES,
    C_N_TRADES,
    C_OLDEST,
    C_SEQ,
    COLUMN_BREAK,
    COLUMN_GAP,
    DEPTH,
    FORCE,
    H_BEST_ASK,
    H_BEST_BID,
    H_CENTRE,
    H_CLOCK_NS,
    H_CLOSE_TICK_M2,
    H_EVENT_ID,
    H_FLAGS,
    H_LAST_TRADE,
    H_SPOT_TICK,
    H_START_NS,
    N_PLANES,
    PRESSURE,
    RESISTANCE,
    TOUCHED_S,
    TRADE_CAPACITY,
    VACUUM,
    GridRing,
)

START_NS: Final = 1_715_000_400_000_000_000  # 2024-05-06 13:00 UTC
_VALID: Final = BOOK_STATES.index("valid") << BOOK_STATE_SHIFT


class SyntheticWriter:
    """Writes columns into a ring the way the engine does: the next one is a copy with a few cells changed.

    Parameters
    ----------
    ring
        Filled from its first column on; ``tick_size`` and ``ticks_per_bucket`` must be set.
    start_tick
        Where the spot begins.
    n_touches
        Cells changed per column.
    """

    def __init__(
        self, ring: GridRing, *, seed: int = 7, start_tick: int = 20_400, n_touches: int = 14
    ) -> None:
        self.ring = ring
        self._random = np.random.default_rng(seed)
        self._spot = float(start_tick)
        self._drift = 0.0
        self._n_touches = n_touches
        self._event_id = 0
        self._last_trade = start_tick
        self._cells = np.zeros((N_PLANES, ring.width), np.float32)
        self._ids = np.zeros(ring.width, np.int64)
        self._first_bucket: int | None = None
        ring.epoch_ns = START_NS

    def write(self, n_columns: int, flags: int = 0) -> None:
        """Close the open column and write ``n_columns`` more; ``flags`` go into each of them."""
        ring = self.ring
        for done in range(n_columns):
            if done % ring.columns_per_batch == 0:
                ring.announce(ring.columns_per_batch)
            self._write_column(flags)
            if (done + 1) % ring.columns_per_batch == 0:
                ring.publish()
        ring.publish()

    def touch(self, bucket: int, pressure: float, vacuum: float = 0.0) -> None:
        """Change one cell of the open column, as an event would."""
        ring = self.ring
        seq = int(ring.cursor[C_SEQ])
        slot, index = seq % ring.capacity, bucket % ring.width
        ring.announce(ring.columns_per_batch)
        self._event_id += 1
        self._cells[[PRESSURE, VACUUM], index] = pressure, vacuum
        self._ids[index] = self._event_id
        ring.cells[slot] = self._cells
        ring.last_event_ids[slot] = self._ids
        ring.headers[slot, H_EVENT_ID] = self._event_id
        ring.publish()

    def _write_column(self, flags: int) -> None:
        ring = self.ring
        seq = int(ring.cursor[C_SEQ]) + 1
        slot = seq % ring.capacity
        start_ns = START_NS + seq * ring.column_ns
        clock_ns = start_ns + ring.column_ns * 9 // 10
        self._move_spot()
        spot_tick = int(np.floor(self._spot))
        centre = spot_tick // ring.ticks_per_bucket
        self._follow(centre)
        self._touch_cells(centre, (clock_ns - START_NS) * 1e-9)
        if flags & COLUMN_GAP == 0:
            self._trade(seq, spot_tick, clock_ns)
        ring.cells[slot] = self._cells
        ring.last_event_ids[slot] = self._ids
        header = ring.headers[slot]
        header[:] = 0
        header[H_START_NS], header[H_CLOCK_NS] = start_ns, clock_ns
        header[H_EVENT_ID] = self._event_id
        header[H_SPOT_TICK], header[H_CENTRE] = spot_tick, centre
        header[H_BEST_BID], header[H_BEST_ASK] = spot_tick, spot_tick + 1
        header[H_CLOSE_TICK_M2] = 2 * spot_tick + 1
        header[H_LAST_TRADE] = self._last_trade
        header[H_FLAGS] = flags | _VALID
        ring.drive[slot] = np.tanh(self._drift * 20)
        if seq == 0:
            ring.cursor[C_OLDEST] = 0
        ring.cursor[C_SEQ] = seq

    def _move_spot(self) -> None:
        self._drift = 0.97 * self._drift + 0.012 * float(self._random.standard_normal())
        self._spot += self._drift + 0.08 * float(self._random.standard_normal())

    def _follow(self, centre: int) -> None:
        """Give buckets that come into view their starting values."""
        width, half_width = self.ring.width, self.ring.half_width
        first = centre - half_width
        old_first = first - width if self._first_bucket is None else self._first_bucket
        entering = range(max(first, old_first + width), first + width)
        leaving = range(first, min(old_first, first + width))
        for bucket in (*entering, *leaving):
            self._start_cell(bucket)
        self._first_bucket = first

    def _start_cell(self, bucket: int) -> None:
        index = bucket % self.ring.width
        wall = 4.0 if bucket % 10 == 0 else 1.0
        self._cells[:, index] = 0
        self._cells[DEPTH, index] = wall * (20 + 60 * self._random.random())
        self._cells[RESISTANCE, index] = np.log1p(self._cells[DEPTH, index])
        self._ids[index] = 0

    def _touch_cells(self, centre: int, now_s: float) -> None:
        offsets = np.rint(self._random.laplace(0, 0.13 * self.ring.half_width, self._n_touches))
        offsets = np.clip(offsets, -self.ring.half_width, self.ring.half_width).astype(np.int64)
        index = (centre + offsets) % self.ring.width
        n = index.size
        wave = np.sin(offsets / 5.0 + now_s / 17.0) + 0.5 * np.sign(offsets) * np.sin(now_s / 41.0)
        flow = self._random.lognormal(1.5, 1.2, n) * np.exp(-np.abs(offsets) / (0.4 * self.ring.half_width))
        builds = wave + 0.7 * self._random.standard_normal(n) > 0
        self._cells[PRESSURE, index] = np.where(builds, flow, 0.15 * flow)
        self._cells[VACUUM, index] = np.where(builds, 0.15 * flow, flow)
        net = self._cells[PRESSURE, index] - self._cells[VACUUM, index]
        self._cells[FORCE, index] = net / (self._cells[PRESSURE, index] + self._cells[VACUUM, index] + 1)
        self._cells[DEPTH, index] = np.maximum(self._cells[DEPTH, index] + net * 0.4, 0)
        self._cells[RESISTANCE, index] = np.log1p(self._cells[DEPTH, index])
        self._cells[TOUCHED_S, index] = now_s
        self._ids[index] = self._event_id + 1 + np.arange(n)
        self._event_id += n

    def _trade(self, seq: int, spot_tick: int, clock_ns: int) -> None:
        if self._random.random() > 0.35:
            return
        ring = self.ring
        is_buy = self._random.random() < 0.5 + 4 * np.clip(self._drift, -0.1, 0.1)
        self._last_trade = spot_tick + 1 if is_buy else spot_tick
        size = int(np.ceil(self._random.lognormal(1.2, 1.1)))
        count = int(ring.cursor[C_N_TRADES])
        ring.trades[count % TRADE_CAPACITY] = (
            seq, self._event_id, clock_ns, self._last_trade, size, 1 if is_buy else -1
        )  # fmt: skip
        ring.cursor[C_N_TRADES] = count + 1


def synthetic_ring(
    n_columns: int, half_width: int = 40, *, capacity: int = 8192, seed: int = 7
) -> SyntheticWriter:
    """Return a writer whose ring holds ``n_columns`` of a quarter-point instrument, 100 ms each."""
    ring = GridRing(half_width, capacity)
    ring.tick_size = 250_000_000
    writer = SyntheticWriter(ring, seed=seed)
    writer.write(n_columns)
    return writer


def write_gap(writer: SyntheticWriter, n_columns: int) -> None:
    """Write columns without a feed."""
    writer.write(n_columns, COLUMN_GAP)


def write_after_break(writer: SyntheticWriter) -> None:
    """Write the column after a silence that was cut out."""
    writer.write(1, COLUMN_BREAK)
