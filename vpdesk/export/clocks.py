"""The clock at any event of a tape, without keeping it for each.

A ring holds the time of a touch as float32, which is enough to dim a cell and not enough to store. The
cell's last event id is exact, and the clock at that event can be found again from the records.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 512  # records between two clocks that are kept: 16 kB for a million records


class EventClocks:
    """Clocks of the events noted so far, ns: the running maximum of ``ts_event``, 0 before any is defined.

    Parameters
    ----------
    read
        Returns records ``start .. stop - 1``, MBO_DTYPE, as often as asked.
    """

    def __init__(self, read: Callable[[int, int], NDArray[np.void]]) -> None:
        self._read = read
        self._n_events = 0
        self._clock_ns = 0
        self._block_clocks_ns: list[int] = []  # before the first record of each block

    def note(self, records: NDArray[np.void]) -> None:
        """Take in the next records."""
        if len(records) == 0:
            return
        clocks_ns = _clocks(records, self._clock_ns)
        firsts = np.arange(-self._n_events % BLOCK, len(records), BLOCK)
        before_ns = np.where(firsts == 0, self._clock_ns, clocks_ns[firsts - 1])
        self._block_clocks_ns.extend(before_ns.tolist())
        self._n_events += len(records)
        self._clock_ns = int(clocks_ns[-1])

    def at(self, event_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the clock right after each event, in the shape of `event_ids`; 0 for event 0."""
        ids, places = np.unique(event_ids, return_inverse=True)
        clocks_ns = np.zeros(len(ids), np.int64)
        blocks = (ids - 1) // BLOCK  # -1 for event 0
        for block in np.unique(blocks[ids > 0]).tolist():
            records = self._read(block * BLOCK, (block + 1) * BLOCK)
            of_block = blocks == block
            in_block = _clocks(records, self._block_clocks_ns[block])
            clocks_ns[of_block] = in_block[(ids[of_block] - 1) % BLOCK]
        return clocks_ns[places].reshape(event_ids.shape)


def _clocks(records: NDArray[np.void], before_ns: int) -> NDArray[np.int64]:
    """Return the clock after each record; as int64, an undefined ``ts_event`` is negative and loses."""
    ts_event = records["ts_event"].astype(np.int64)
    return np.maximum.accumulate(np.maximum(ts_event, before_ns))
