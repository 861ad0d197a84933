"""What lies over the field at each frame: lines, trade dots, the marked and the pinned cell."""

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF

from vpdesk.core.ring import GridRing
from vpdesk.display.overlay_shapes import DotPool, TradeDots, step_line
from vpdesk.display.reading import CellReading
from vpdesk.display.window import TRACK_ASK, TRACK_BID, TRACK_SPOT, FieldWindow, FrameRequest
from vpdesk.ui.field.annotation import FieldFrame
from vpdesk.ui.field.field_canvas import FieldCanvas
from vpdesk.ui.field.overlays import ASK_COLOUR, BID_COLOUR, SPOT_COLOUR, StyledLine

OVERLAYS: Final = ("bid_ask", "spot", "last", "trades")

_USUAL_DOT: Final = 0.85  # quantile of the dots in view that gets the usual area
_ENOUGH_DOTS: Final = 30  # for that quantile to mean something


class FieldMarks:
    """Prepares the canvas's overlay and pin for a frame. Thread: UI.

    Attributes
    ----------
    overlays : frozenset of `OVERLAYS`
        Those that are drawn.
    marked_tick : int or None
        The price whose newest cell is framed.
    pin : CellReading or None
        The cell that bears the pin.
    """

    def __init__(self, canvas: FieldCanvas) -> None:
        self.overlays = frozenset(OVERLAYS) - {"spot"}
        self.marked_tick: int | None = None
        self.pin: CellReading | None = None
        self._canvas = canvas
        self._dots = DotPool()
        self._usual_dot_sizes: dict[int, float] = {}

    @property
    def least_dot_size(self) -> int:
        """Trades below this size get no dot."""
        return self._dots.least_size

    def set_least_dot_size(self, size: int) -> None:
        """Draw no trades below this size."""
        self._dots.least_size = size
        self.resize_dots()

    def resize_dots(self) -> None:
        """Settle anew which quantity gets a dot of the usual area."""
        self._usual_dot_sizes.clear()

    def show_frame(self, frame: FieldFrame, window: FieldWindow, request: FrameRequest) -> None:
        """Draw what belongs over the frame that ``window`` painted for ``request``."""
        overlay = self._canvas.overlay
        ring = frame.ring
        is_empty = ring is None or ring.published_seq < 0
        overlay.set_mark(QRectF() if is_empty else self._marked_cell(frame))
        self._canvas.pin.set_cell(self._pinned_cell(frame))
        if ring is None or is_empty:
            overlay.set_shapes([], None, 1.0)
            return
        dots = None
        if "trades" in self.overlays:
            dots = self._dots.dots(ring, request, window.open_seq, window.open_header)
        overlay.set_shapes(self._lines(ring, window, request), dots, self._usual_dot_size(dots))

    def _lines(self, ring: GridRing, window: FieldWindow, request: FrameRequest) -> list[StyledLine]:
        styles = []
        if "bid_ask" in self.overlays:
            styles += [(TRACK_BID, BID_COLOUR, False), (TRACK_ASK, ASK_COLOUR, False)]
        if "spot" in self.overlays:
            styles.append((TRACK_SPOT, SPOT_COLOUR, True))
        return [
            StyledLine(step_line(window.bins, track, request, ring.ticks_per_bucket), colour, is_dotted)
            for track, colour, is_dotted in styles
        ]

    def _marked_cell(self, frame: FieldFrame) -> QRectF:
        """Return the marked cell in device pixels of the field, empty for none."""
        if frame.ring is None or self.marked_tick is None:
            return QRectF()
        view = frame.viewport
        row = self.marked_tick // frame.ring.ticks_per_bucket - frame.base_bucket
        left, top = view.x_px(frame.open_seq), view.y_px(row + 1)
        return QRectF(left, top, view.px_per_column, view.px_per_row)

    def _pinned_cell(self, frame: FieldFrame) -> QRectF:
        """Return the pinned cell in points of the field, empty for none."""
        pin, view, density = self.pin, frame.viewport, frame.density
        if pin is None or frame.ring is None:
            return QRectF()
        row = pin.k if frame.is_relative else pin.tick // frame.ring.ticks_per_bucket
        if row is None:
            return QRectF()
        left, top = view.x_px(pin.seq), view.y_px(row + 1)
        size = (view.px_per_column / density, view.px_per_row / density)
        return QRectF(left / density, top / density, *size)

    def _usual_dot_size(self, dots: TradeDots | None) -> float:
        """Return the quantity that gets a dot of the usual area, settled once for each degree of pooling."""
        if dots is None or dots.sizes.size == 0:
            return 1.0
        settled = self._usual_dot_sizes.get(dots.coarseness)
        if settled is not None:
            return settled
        usual = float(np.quantile(dots.sizes, _USUAL_DOT))
        if dots.sizes.size >= _ENOUGH_DOTS:
            self._usual_dot_sizes[dots.coarseness] = usual
        return usual
