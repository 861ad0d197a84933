"""The pass ahead: keyframes and the overview of a whole session, at full engine speed.

It reads the same tape as the player with an engine of its own, so playing never waits for it. Like the
player it does bounded steps and knows no thread.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import BOOK_STATES
from vpdesk.runtime.keyframes import Keyframes
from vpdesk.runtime.player import SCOUT_COLUMNS, Cadence, RecordTape, keyframe_of

SLICE_EVENTS: Final = 1 << 15
N_BINS: Final = 1024
SUSPECT: Final = BOOK_STATES.index("suspect")


@dataclass(frozen=True)
class Overview:
    """A session at a glance, in bins of equal time.

    Attributes
    ----------
    start_ns, end_ns : int
        The session's clock from its first to its last record; bin i covers one n-th of it.
    spot_tick : (n,) float64
        Centre at the end of the bin; NaN before the first spot and where not yet read.
    n_events, volume : (n,) int64
    book_state : (n,) int64
        Of the end of the bin, an index into `BOOK_STATES`; "suspect" if the venue reported a gap in the bin.
    n_done : int
        Bins that are complete.
    """

    start_ns: int
    end_ns: int
    spot_tick: NDArray[np.float64]
    n_events: NDArray[np.int64]
    volume: NDArray[np.int64]
    book_state: NDArray[np.int64]
    n_done: int


class Indexer:
    """Takes keyframes and the overview of a tape.

    Parameters
    ----------
    tape
        The records.
    params, cadence
        Those of the player that will use the keyframes.
    keyframes
        Receives them, at its own spacing.
    start_ns, end_ns
        Time span of the tape's records.
    """

    def __init__(
        self,
        tape: RecordTape,
        params: EngineParams,
        cadence: Cadence,
        keyframes: Keyframes,
        start_ns: int,
        end_ns: int,
    ) -> None:
        self._tape = tape
        self._keyframes = keyframes
        self._engine = Engine(params)
        self._ring = cadence.new_ring(params.half_width, SCOUT_COLUMNS)
        self._next_keyframe = keyframes.spacing_events
        self._bin = 0
        self._start_ns, self._end_ns = start_ns, max(end_ns, start_ns + 1)
        self._spot_tick = np.full(N_BINS, np.nan)
        self._n_events = np.zeros(N_BINS, np.int64)
        self._volume = np.zeros(N_BINS, np.int64)
        self._book_state = np.zeros(N_BINS, np.int64)

    @property
    def position(self) -> int:
        """Records read."""
        return self._engine.event_id

    @property
    def is_done(self) -> bool:
        """Whether the whole tape has been read."""
        return self._tape.is_complete and self.position >= self._tape.n_records

    def overview(self) -> Overview:
        """Return the overview as far as it goes; copies."""
        return Overview(
            self._start_ns,
            self._end_ns,
            self._spot_tick.copy(),
            self._n_events.copy(),
            self._volume.copy(),
            self._book_state.copy(),
            N_BINS if self.is_done else self._bin,
        )

    def step(self) -> bool:
        """Read one slice; False if there was nothing to read."""
        engine = self._engine
        n = min(SLICE_EVENTS, self._next_keyframe - engine.event_id)
        records = self._tape.read(engine.event_id, engine.event_id + n)
        if len(records) == 0:
            return False
        bin_end_ns = self._bin_end_ns()
        fed = engine.feed(records, self._ring, until_ns=bin_end_ns)
        spot = engine.spot_tick
        self._n_events[self._bin] += fed
        self._volume[self._bin] += int(records["size"][:fed][records["action"][:fed] == b"T"].sum())
        self._spot_tick[self._bin] = np.nan if spot is None else spot
        if self._book_state[self._bin] != SUSPECT:
            self._book_state[self._bin] = BOOK_STATES.index(engine.book_state)
        if fed < len(records):
            self._bin += 1  # the last bin has no end, so there is a next one
        if engine.event_id == self._next_keyframe:
            self._keyframes.add(keyframe_of(engine, self._ring))
            self._next_keyframe += self._keyframes.spacing_events
        return True

    def _bin_end_ns(self) -> int | None:
        if self._bin == N_BINS - 1:
            return None
        span_ns = self._end_ns - self._start_ns
        return self._start_ns + span_ns * (self._bin + 1) // N_BINS - 1
