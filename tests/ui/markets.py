"""A session of a simulated market that stands still, made by the engine itself."""

import numpy as np
from numpy.typing import NDArray

from tests.fakes.session import FakeSession
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.sources.simulator import simulate

PARAMS = EngineParams(tick_size=250_000_000, half_width=20)


def simulated_records(seconds: float, seed: int = 5) -> NDArray[np.void]:
    """Return the records of so many seconds."""
    return np.concatenate(list(simulate(seconds, seed=seed)))


class MarketSession(FakeSession):
    """The engine after these records; `feed` goes on."""

    def __init__(self, records: NDArray[np.void], params: EngineParams = PARAMS) -> None:
        super().__init__()
        self.params = params
        self.engine = Engine(params)
        self.ring = GridRing(params.half_width, 1024)
        self.feed(records)

    def feed(self, records: NDArray[np.void]) -> None:
        """Apply more records."""
        self.engine.feed(records, self.ring)
        self.grid = self.engine.grid()
