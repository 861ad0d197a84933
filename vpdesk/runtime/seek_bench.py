"""How long it takes to go to a random moment of an indexed session, chart filled."""

import random
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.params import EngineParams
from vpdesk.runtime.indexer import Indexer
from vpdesk.runtime.keyframes import KEYFRAME_EVENTS, MAX_KEYFRAME_BYTES, Keyframes
from vpdesk.runtime.player import Cadence, Player, RecordTape


class RecordsInMemory:
    """A complete tape over (n,) records of MBO_DTYPE."""

    is_complete = True

    def __init__(self, records: NDArray[np.void]) -> None:
        self.n_records = len(records)
        self._records = records

    def read(self, start: int, stop: int) -> NDArray[np.void]:
        """Return records ``start .. stop - 1``, a view."""
        return self._records[start:stop]


@dataclass(frozen=True)
class SeekTimes:
    """What was measured: milliseconds of wall time, to the new state with its chart filled.

    ``n_keyframes`` and ``index_s`` describe the index that the seeks used.
    """

    forward_median_ms: float
    forward_p99_ms: float
    back_median_ms: float
    back_p99_ms: float
    step_back_median_ms: float
    step_back_p99_ms: float
    n_keyframes: int
    index_s: float


def measure_seeks(
    tape: RecordTape,
    params: EngineParams,
    cadence: Cadence,
    span_ns: tuple[int, int],
    *,
    n_seeks: int = 100,
    history_columns: int = 2048,
    seed: int = 1,
) -> SeekTimes:
    """Index a complete tape, then go to random events, and one event back from each.

    Parameters
    ----------
    tape
        Complete and not empty.
    params, cadence
        As in `Player`.
    span_ns
        Clock of the first and the last record, ns.
    n_seeks, seed
        How many places, and which.
    history_columns
        How many true columns the chart must show before each place.
    """
    keyframes = Keyframes(MAX_KEYFRAME_BYTES, KEYFRAME_EVENTS)
    began_s = time.perf_counter()
    indexer = Indexer(tape, params, cadence, keyframes, *span_ns)
    while not indexer.is_done:
        indexer.step()
    index_s = time.perf_counter() - began_s
    player = Player(tape, params, cadence, keyframes, time.monotonic)
    player.history_columns = history_columns
    dice = random.Random(seed)
    forward_ms: list[float] = []
    back_ms: list[float] = []
    step_back_ms: list[float] = []
    for _ in range(n_seeks):
        target = dice.randrange(tape.n_records + 1)
        times_ms = forward_ms if target >= player.position else back_ms
        times_ms.append(_timed_ms(player, target))
        step_back_ms.append(_timed_ms(player, max(0, player.position - 1)))
    return SeekTimes(*_spread(forward_ms), *_spread(back_ms), *_spread(step_back_ms), len(keyframes), index_s)


def _spread(times_ms: list[float]) -> tuple[float, float]:
    """Return median and 99th percentile, 0 for nothing."""
    if not times_ms:
        return 0.0, 0.0
    median, p99 = np.percentile(times_ms, [50, 99])
    return float(median), float(p99)


def _timed_ms(player: Player, event_id: int) -> float:
    began_s = time.perf_counter()
    player.go_to_event(event_id)
    while player.is_travelling:
        player.step()
    return (time.perf_counter() - began_s) * 1e3
