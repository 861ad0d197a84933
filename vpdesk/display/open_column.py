"""A copy of a ring's newest column, read again and again into the same arrays."""

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import N_HEADERS, N_PLANES, GridRing


class OpenColumn:
    """The copy.

    Attributes
    ----------
    seq : int
    drive : float
    header : (N_HEADERS,) int64
    cells : (N_PLANES, W) float32
    """

    def __init__(self) -> None:
        self.seq = -1
        self.drive = 0.0
        self.header: NDArray[np.int64] = np.zeros(N_HEADERS, np.int64)
        self.cells: NDArray[np.float32] = np.zeros((N_PLANES, 1), np.float32)
        self._ids: NDArray[np.int64] = np.zeros(1, np.int64)

    def read(self, ring: GridRing) -> None:
        """Copy the column as it was last published. Thread: reader."""
        if self._ids.shape != (ring.width,):
            self.cells = np.zeros((N_PLANES, ring.width), np.float32)
            self._ids = np.zeros(ring.width, np.int64)
        self.seq, self.drive = ring.read_open(self.cells, self._ids, self.header)
