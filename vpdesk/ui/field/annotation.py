"""What other parts draw over the field without the chart knowing them."""

from abc import abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsItem

from vpdesk.core.ring import GridRing
from vpdesk.display.viewport import Viewport


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


class Annotation(QGraphicsItem):
    """Something painted over the field, in points of the field, told of every frame. Thread: UI."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()

    def set_rect(self, rect: QRectF) -> None:
        """Take the field's place in the scene."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect

    def boundingRect(self) -> QRectF:
        """Return what this item may paint on, in points of the scene."""
        return self._rect

    @abstractmethod
    def show_frame(self, frame: FieldFrame) -> None:
        """Prepare what to paint over this frame; call ``update()`` only if it differs from the last."""
