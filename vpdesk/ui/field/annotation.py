"""What other parts draw over the field without the chart knowing them."""

from abc import abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.ring import GridRing
from vpdesk.display.viewport import Viewport
from vpdesk.ui.field.placed_item import PlacedItem


@dataclass(frozen=True, slots=True)
class FieldFrame:
    """The frame just painted, for what is drawn over it.

    Parameters
    ----------
    ring
        What it was painted from; None for an empty field.
    viewport
        Columns and rows, in device pixels of the field.
    density
        Device pixels per point.
    is_relative
        Whether rows are distances from the spot (each column's own centre is row 0) instead of prices.
    base_bucket
        The bucket of row 0 in the newest column; 0 for absolute prices.
    open_seq
        The newest column.
    header : (N_HEADERS,) int64
        Of the newest column, fields ``H_*``, as it was painted.
    """

    ring: GridRing | None
    viewport: Viewport
    density: float
    is_relative: bool
    base_bucket: int
    open_seq: int
    header: NDArray[np.int64] = field(compare=False, repr=False)


class Annotation(PlacedItem):
    """Something painted over the field, in points of the field, told of every frame. Thread: UI."""

    @abstractmethod
    def show_frame(self, frame: FieldFrame) -> None:
        """Prepare what to paint over this frame; call ``update()`` only if it differs from the last."""
