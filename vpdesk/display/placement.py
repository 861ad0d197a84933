"""Where the field stands on the screen, for what is lined up with it."""

from dataclasses import dataclass

from vpdesk.display.viewport import Viewport


@dataclass(frozen=True, slots=True)
class FieldPlacement:
    """The field's pixels and what they mean at its last frame.

    Parameters
    ----------
    viewport
        Columns and rows, in device pixels of the field.
    density
        Device pixels per point of the screen.
    left_pt
        From the chart's left edge to the field's.
    base_bucket
        The bucket of row 0: 0 for absolute prices, the newest centre if heights are relative to the spot.
    pointer_pt
        The pointer, in points of the field; None if it is elsewhere.
    """

    viewport: Viewport
    density: float = 1.0
    left_pt: int = 0
    base_bucket: int = 0
    pointer_pt: tuple[float, float] | None = None
