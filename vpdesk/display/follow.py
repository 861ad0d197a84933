"""How the view follows the market: calm while the spot is near the middle, smooth when it is not."""

from typing import Final

from vpdesk.display.viewport import Viewport

CALM_ZONE: Final = 0.22  # of the height, above and below the middle
_GLIDE: Final = 0.14  # of the remaining way, per frame


class SpotFollower:
    """Recentres a view on the spot, once the spot has left the calm zone, until it is in the middle."""

    def __init__(self) -> None:
        self.is_gliding = False

    def follow(self, view: Viewport, spot_row: float) -> Viewport:
        """Return the view of the next frame; ``spot_row`` is the spot's height in buckets."""
        way_px = spot_row * view.px_per_row - (view.bottom_px + view.height_px / 2)
        if abs(way_px) > view.height_px:  # another place altogether: gliding there would show nothing
            self.is_gliding = False
            return view.centred_on(spot_row)
        if abs(way_px) > CALM_ZONE * view.height_px:
            self.is_gliding = True
        if not self.is_gliding:
            return view
        step_px = round(way_px * _GLIDE)
        if step_px == 0:
            self.is_gliding = False
            return view
        return view.moved(0, step_px)
