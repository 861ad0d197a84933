"""The axes of the field at each frame: labels, the last price, and what is under the pointer."""

from datetime import UTC, tzinfo

from vpdesk.core.ring import H_LAST_TRADE, NO_TICK, GridRing
from vpdesk.display.overlay_shapes import price_y_px
from vpdesk.display.text import price_text, time_text
from vpdesk.display.window import FieldWindow
from vpdesk.ui.field.annotation import FieldFrame
from vpdesk.ui.field.axes import AxisLabel
from vpdesk.ui.field.axis_labels import corner_text, price_labels, row_text, time_labels
from vpdesk.ui.field.field_canvas import FieldCanvas
from vpdesk.ui.parts.theme import DARK, Tones


class FieldAxes:
    """Prepares the canvas's axes. Thread: UI.

    Attributes
    ----------
    zone : tzinfo or None
        Times are written in it; None is the computer's own.
    tones : Tones
    shows_last : bool
        Whether the last price has a badge.
    """

    def __init__(self, canvas: FieldCanvas) -> None:
        self.zone: tzinfo | None = UTC
        self.tones: Tones = DARK
        self.shows_last = True
        self._canvas = canvas

    def show_frame(self, frame: FieldFrame, window: FieldWindow) -> None:
        """Label the frame that ``window`` painted."""
        canvas, ring = self._canvas, frame.ring
        if ring is None or ring.published_seq < 0:
            canvas.prices.set_labels(())
            canvas.times.set_labels(())
            canvas.prices.set_badges(())
            canvas.corner.set_text("")
            return
        view, bins = frame.viewport, window.bins
        prices = price_labels(view, frame.density, ring, is_relative=frame.is_relative)
        canvas.fit_price_width(max((label.text for label in prices), key=len, default=""))
        canvas.prices.set_labels(prices)
        canvas.times.set_labels(time_labels(view, frame.density, ring, bins, self.zone))
        canvas.corner.set_text(corner_text(bins, self.zone))

    def show_pointer(
        self,
        frame: FieldFrame,
        window: FieldWindow,
        x_pt: float | None,
        y_pt: float | None,
        start_ns: int | None,
    ) -> None:
        """Put badges where the pointer is, each if that is known, and at the last price.

        ``start_ns`` is when the column under it begins.
        """
        times = []
        if x_pt is not None and start_ns is not None:
            times.append(self._pointer_badge(x_pt, time_text(start_ns, self.zone, 3)))
        self._canvas.times.set_badges(times)
        ring = frame.ring
        if ring is None or ring.published_seq < 0:
            return
        prices = self._last_badge(frame, ring, window)
        if y_pt is not None:
            row = frame.viewport.row_at(y_pt * frame.density)
            text = row_text(row, ring, is_relative=frame.is_relative)
            prices.append(self._pointer_badge(y_pt, text))
        self._canvas.prices.set_badges(prices)

    def _last_badge(self, frame: FieldFrame, ring: GridRing, window: FieldWindow) -> list[AxisLabel]:
        header = window.open_header
        last = int(header[H_LAST_TRADE])
        if not self.shows_last or last == NO_TICK:
            return []
        centre = header if frame.is_relative else None
        y_pt = price_y_px(frame.viewport, last, ring.ticks_per_bucket, centre) / frame.density
        return [AxisLabel(y_pt, price_text(last, ring.tick_size), self.tones.accent, self.tones.on_accent)]

    def _pointer_badge(self, place_pt: float, text: str) -> AxisLabel:
        return AxisLabel(place_pt, text, self.tones.text, self.tones.window)
