"""The columns of a stream, plainly: a list of grids, closed and opened by the cadence."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tests.reference.engine import Trade
from tests.reference.field import drive
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import BOOK_STATE_SHIFT, BOOK_STATES, COLUMN_BREAK, COLUMN_IDLE, NO_TICK


@dataclass
class ReferenceColumn:
    """One column; ``grid`` is the dense grid at its last event, or the persisted one."""

    start_ns: int
    grid: Grid
    m2: int | None
    last_trade: int = NO_TICK
    n_events: int = 0
    flags: int = 0
    volume: dict[str, int] = field(default_factory=lambda: {"B": 0, "A": 0, "N": 0})

    def header(self, params: EngineParams) -> dict[str, int]:
        """Return the fields ``H_*`` by name."""
        grid = self.grid

        def tick(price_raw: int | None) -> int:
            return NO_TICK if price_raw is None else price_raw // params.tick_size

        has_spot = grid.spot_tick is not None
        return {
            "START_NS": self.start_ns,
            "CLOCK_NS": grid.ts_event,
            "EVENT_ID": grid.event_id,
            "SPOT_TICK": grid.spot_tick if has_spot else NO_TICK,  # type: ignore[dict-item]
            "CENTRE": grid.spot_tick // params.ticks_per_bucket if has_spot else 0,  # type: ignore[operator]
            "BEST_BID": tick(grid.best_bid),
            "BEST_ASK": tick(grid.best_ask),
            "VOLUME_BUY": self.volume["B"],
            "VOLUME_SELL": self.volume["A"],
            "VOLUME_NONE": self.volume["N"],
            "N_EVENTS": self.n_events,
            "FLAGS": self.flags | BOOK_STATES.index(grid.book_state) << BOOK_STATE_SHIFT,
            "LAST_TRADE": self.last_trade,
        }

    def drive(self, params: EngineParams) -> float:
        return 0.0 if self.m2 is None else drive(self.grid, params, self.m2)

    def planes(self, epoch_ns: int) -> dict[str, NDArray[np.float32]]:
        """Return what a ring keeps of the grid, by the names of `Columns`."""
        grid = self.grid
        # While no event has had a time, the clock is 0: then the epoch is not known yet.
        touched_s = np.where(grid.last_ts == 0, 0.0, (grid.last_ts - epoch_ns) / 1e9)
        planes = {name: getattr(grid, name) for name in ("pressure", "vacuum", "resistance", "force")}
        planes |= {"depth": grid.bid_depth + grid.ask_depth, "touched_s": touched_s}
        return {name: plane.astype(np.float32) for name, plane in planes.items()}


class ReferenceRing:
    """All columns since the start. A column of time begins at a multiple of ``column_ns``.

    A snapshot that starts the stream lies in one column of time, whatever the times of its old orders.
    """

    def __init__(self, column_ns: int, column_events: int, max_idle_columns: int) -> None:
        self.column_ns = column_ns
        self.column_events = column_events
        self.max_idle_columns = max_idle_columns
        self.columns: list[ReferenceColumn] = []
        self.is_started = False

    def observe(self, grid: Grid, m2: int | None, trade: Trade | None, *, is_snapshot: bool) -> None:
        """Take in the state right after one event; ``is_snapshot``: it carried the flag."""
        self.is_started = self.is_started or not is_snapshot
        if not self.columns:
            self._open(grid, m2, is_break=False)
        elif self.column_events:
            if self.columns[-1].n_events == self.column_events:
                self._open(grid, m2, is_break=False)
        elif self.is_started:
            self._pass_time(grid, m2)
        column = self.columns[-1]
        column.grid, column.m2 = grid, m2
        column.n_events += 1
        if trade is not None and trade.tick is not None and trade.size > 0:
            column.volume[trade.side] += trade.size
            column.last_trade = trade.tick

    def _pass_time(self, grid: Grid, m2: int | None) -> None:
        first = self.columns[-1].start_ns + self.column_ns
        if grid.ts_event < first:
            return
        n_idle = (grid.ts_event - first) // self.column_ns
        is_break = n_idle > self.max_idle_columns
        for n in range(0 if is_break else n_idle):
            self._persist(first + n * self.column_ns)
        self._open(grid, m2, is_break=is_break)

    def _persist(self, start_ns: int) -> None:
        last = self.columns[-1]
        self.columns.append(ReferenceColumn(start_ns, last.grid, last.m2, last.last_trade, flags=COLUMN_IDLE))

    def _open(self, grid: Grid, m2: int | None, *, is_break: bool) -> None:
        clock_ns = grid.ts_event
        start_ns = clock_ns if self.column_events else clock_ns - clock_ns % self.column_ns
        last_trade = self.columns[-1].last_trade if self.columns else NO_TICK
        flags = COLUMN_BREAK if is_break else 0
        self.columns.append(ReferenceColumn(start_ns, grid, m2, last_trade, flags=flags))
