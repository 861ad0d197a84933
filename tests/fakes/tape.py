"""A tape over an array."""

import numpy as np
from numpy.typing import NDArray


class ArrayTape:
    """Records in memory; `n_records` may be set lower, as a tape that still grows."""

    def __init__(self, records: NDArray[np.void]) -> None:
        self._records = records
        self.n_records = len(records)
        self.is_complete = True

    def read(self, start: int, stop: int) -> NDArray[np.void]:
        return self._records[start : min(stop, self.n_records)]
