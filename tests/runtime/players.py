"""Players of a simulated market, on a clock that a test moves."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.fakes.tape import ArrayTape
from vpdesk.core.params import EngineParams
from vpdesk.runtime.indexer import Indexer
from vpdesk.runtime.keyframes import Keyframes
from vpdesk.runtime.player import Cadence, Player
from vpdesk.sources.simulator import simulate

PARAMS: Final = EngineParams(tick_size=250_000_000, half_width=20)
CADENCE: Final = Cadence(100_000_000)


class Clock:
    """A clock on the wall that moves when it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@cache
def market() -> NDArray[np.void]:
    """Return the records of ten simulated seconds; not to be written to."""
    return np.concatenate(list(simulate(10.0, seed=5)))


def span(records: NDArray[np.void]) -> tuple[int, int]:
    """Return the clock at the beginning and the end of `market`, ns."""
    return int(records["ts_event"].max()) - 10_000_000_000, int(records["ts_event"].max())


def make_player(
    records: NDArray[np.void], cadence: Cadence = CADENCE, *, spacing: int = 1500, columns: int = 4096
) -> tuple[Player, Clock]:
    """Return a player at the start of some records, with little history, and the clock that it goes by."""
    clock = Clock()
    keyframes = Keyframes(1 << 28, spacing)
    player = Player(ArrayTape(records), PARAMS, cadence, keyframes, clock, ring_columns=columns)
    player.history_columns = 20
    return player, clock


def index(player: Player, records: NDArray[np.void]) -> Indexer:
    """Give a player the keyframes of its whole tape."""
    indexer = Indexer(player.tape, player.params, player.cadence, player.keyframes, *span(records))
    while not indexer.is_done:
        assert indexer.step()
    return indexer
