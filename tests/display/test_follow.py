from itertools import pairwise

from vpdesk.display.follow import CALM_ZONE, SpotFollower
from vpdesk.display.viewport import Viewport

VIEW = Viewport(800, 600, 3, 8).centred_on(20_400)


def test_the_view_stands_still_while_the_spot_is_near_the_middle() -> None:
    follower = SpotFollower()
    reach = int(CALM_ZONE * 600 / 8) - 1
    for row in (20_400, 20_400 + reach, 20_400 - reach):
        assert follower.follow(VIEW, row) == VIEW


def test_a_spot_that_leaves_the_calm_zone_glides_back_to_the_middle_and_stops() -> None:
    follower, view = SpotFollower(), VIEW
    heights = []
    for _ in range(200):
        view = follower.follow(view, 20_420)
        heights.append(view.bottom_px)
    assert heights == sorted(heights)
    assert max(b - a for a, b in pairwise(heights)) < 600 * 0.1
    assert abs(sum(view.y_range) / 2 - 20_420) < 1
    assert not follower.is_gliding


def test_a_spot_in_another_place_altogether_is_shown_at_once() -> None:
    assert abs(sum(SpotFollower().follow(VIEW, 90_000).y_range) / 2 - 90_000) < 0.1
