"""The whole grid for a reader on another thread, now and then: what a ladder needs and no column holds."""

import time
from collections.abc import Callable
from typing import Final

from vpdesk.core.engine import Engine
from vpdesk.core.grid import Grid

GRID_INTERVAL_S: Final = 1 / 15


class GridTap:
    """Keeps a recent grid of an engine.

    Parameters
    ----------
    now_s
        A steady clock.

    Attributes
    ----------
    grid : Grid or None
        Replaced whole and never changed, so any thread may read it. None before the first spot.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self.grid: Grid | None = None
        self._now_s = now_s
        self._due_s = 0.0
        self._engine: Engine | None = None

    def look(self, engine: Engine | None) -> None:
        """Take the grid if there is another one to see, at most every `GRID_INTERVAL_S`. Thread: engine."""
        event_id = None if self.grid is None else self.grid.event_id
        if engine is self._engine and (engine is None or engine.event_id == event_id):
            return
        now_s = self._now_s()
        if now_s < self._due_s:
            return
        self._due_s = now_s + GRID_INTERVAL_S
        self._engine = engine
        self.grid = None if engine is None or engine.spot_tick is None else engine.grid()
