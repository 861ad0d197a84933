"""The colours of each layer.

Signed layers run through a dark middle, blue where liquidity builds and amber where it drains: the pair
that stays apart under every common colour blindness. The two halves rise evenly in lightness. The others
use maps of pyqtgraph.
"""

from functools import cache
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

N_COLOURS: Final = 1024

_DRAINING: Final = ("#0a0c10", "#3a2411", "#74430f", "#b8690f", "#ee9a25", "#ffd57e", "#fff5d8")
_BUILDING: Final = ("#0a0c10", "#0e2a4a", "#114a80", "#1b70b8", "#3f9ee6", "#97d2fb", "#e8f7ff")
_NAMED: Final = {"resistance": "viridis", "depth": "inferno", "age": "magma"}


@cache
def look_up_table(layer: str) -> NDArray[np.uint32]:
    """Return a layer's colours from its lowest to its highest value, (`N_COLOURS`,) uint32 0xffRRGGBB."""
    rgb = _map_of(layer).getLookupTable(nPts=N_COLOURS, alpha=False).astype(np.uint32)
    table: NDArray[np.uint32] = np.uint32(0xFF000000) | rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]
    table.flags.writeable = False  # shared by every caller
    return table


def _map_of(layer: str) -> pg.ColorMap:
    if layer in _NAMED:
        return pg.colormap.get(_NAMED[layer])
    if layer == "pressure":
        return _even(_BUILDING)
    if layer == "vacuum":
        return _even(_DRAINING)
    return _even((*_DRAINING[:0:-1], *_BUILDING))


def _even(colours: tuple[str, ...]) -> pg.ColorMap:
    return pg.ColorMap(np.linspace(0, 1, len(colours)), list(colours))
