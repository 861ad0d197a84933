"""The explaining page says things about its scenes; here they are held against what the engine computes."""

from collections.abc import Mapping

import numpy as np
import pytest

from vpdesk.app.lessons import SPOT_TICK, make_lessons
from vpdesk.core.ring import COLUMN_GAP, H_CENTRE, H_FLAGS
from vpdesk.display.layers import LAYERS
from vpdesk.display.lesson import Lesson


@pytest.fixture(scope="module")
def lessons() -> Mapping[str, Lesson]:
    return make_lessons()


def cells(lesson: Lesson, plane: str, tick: int) -> np.ndarray:
    """Return the values at a price, by column; ``tick`` counts from the first spot."""
    columns = lesson.ring.read(0, lesson.n_columns - 1)
    values: np.ndarray = getattr(columns, plane)
    index = SPOT_TICK + tick - columns.headers[:, H_CENTRE] + lesson.ring.half_width
    return values[np.arange(len(values)), index]


def at(lesson: Lesson, plane: str, tick: int, second: float) -> float:
    return float(cells(lesson, plane, tick)[round(second * 10)])


def test_every_scene_is_complete_and_every_callout_lies_in_it(lessons: Mapping[str, Lesson]) -> None:
    for lesson in lessons.values():
        span = lesson.ring.span()
        assert (span.oldest, span.newest) == (0, lesson.n_columns - 1)
        assert lesson.layer in LAYERS
        for callout in lesson.callouts:
            for column, tick in (
                (callout.column, callout.tick),
                (callout.words_column, callout.words_tick),
            ):
                assert 0 <= column < lesson.n_columns
                assert lesson.ticks[0] <= tick <= lesson.ticks[1]


def test_the_scenes_are_the_same_every_time(lessons: Mapping[str, Lesson]) -> None:
    for name, lesson in make_lessons().items():
        first, second = (one.ring.read(0, one.n_columns) for one in (lessons[name], lesson))
        assert first.tobytes() == second.tobytes()


def test_one_order_changes_one_price_and_stays(lessons: Mapping[str, Lesson]) -> None:
    pressure = cells(lessons["cell"], "pressure", -2)
    assert (pressure[:10] == 0).all()
    assert (pressure[10:] == pressure[10]).all()
    assert pressure[10] > 0
    assert cells(lessons["cell"], "pressure", 3).max() == 0


def test_pressure_rises_while_orders_come_and_fades_with_tau(lessons: Mapping[str, Lesson]) -> None:
    pressure = cells(lessons["pressure"], "pressure", -3)
    assert (np.diff(pressure[21:45]) > 0).all()
    assert pressure[110] / pressure[90] == pytest.approx(np.exp(-1), abs=0.06)  # 2 s later: a tau


def test_pulling_leaves_vacuum_at_those_prices_alone(lessons: Mapping[str, Lesson]) -> None:
    for tick in (2, 3, 4):
        assert cells(lessons["vacuum"], "vacuum", tick).max() > 20
    assert cells(lessons["vacuum"], "vacuum", 1).max() == 0
    assert cells(lessons["vacuum"], "pressure", 3).max() == 0


def test_a_fill_leaves_the_stronger_vacuum_than_a_pull_of_the_same_size(
    lessons: Mapping[str, Lesson],
) -> None:
    filled, pulled = (at(lessons["fill"], "vacuum", tick, 3.0) for tick in (1, 4))
    assert filled > 1.2 * pulled > 0


def test_equal_flows_are_dark_in_net_and_bright_in_both_its_parts(lessons: Mapping[str, Lesson]) -> None:
    lesson = lessons["net"]
    both, one = (at(lesson, "pressure", tick, 7.0) - at(lesson, "vacuum", tick, 7.0) for tick in (-5, -2))
    assert abs(both) < 0.1 * one
    assert at(lesson, "pressure", -5, 7.0) > 20


def test_balance_tells_one_sided_from_large(lessons: Mapping[str, Lesson]) -> None:
    net, balance = lessons["balance_net"], lessons["balance"]
    small, large = (at(net, "pressure", t, 7.0) - at(net, "vacuum", t, 7.0) for t in (3, -4))
    assert small < large
    assert at(balance, "force", 3, 7.0) > 0.6 > 0.3 > at(balance, "force", -4, 7.0)


def test_a_shade_stays_where_nothing_touches_it_and_fades_where_something_does(
    lessons: Mapping[str, Lesson],
) -> None:
    kept, faded = (cells(lessons["persistence"], "pressure", tick) for tick in (-3, 3))
    assert kept[25] == kept[-1] == pytest.approx(faded[25], rel=0.1)
    assert faded[-1] < 0.01 * kept[-1]
    assert lessons["dimmed"].is_dimmed


def test_resistance_falls_while_a_wall_is_pulled_and_comes_back_lower(lessons: Mapping[str, Lesson]) -> None:
    wall = cells(lessons["resistance"], "resistance", 4)
    assert wall[20] == pytest.approx(np.log(401), rel=1e-6)
    assert wall[50] < 0.7 * wall[20]
    assert wall[50] < wall[-1] < wall[20]
    assert wall[-1] == pytest.approx(np.log(161), rel=0.05)


def test_drive_is_up_with_support_and_down_with_the_reverse(lessons: Mapping[str, Lesson]) -> None:
    lesson = lessons["drive"]
    drive = lesson.ring.read(0, lesson.n_columns - 1).drive
    assert (drive[:15] == 0).all()
    assert drive[30] > 0.9
    assert drive[60] > 0.9  # "it stays high for a while, as both sums fade alike"
    assert drive[-1] < -0.8


def test_a_gap_is_flagged_and_the_field_begins_anew(lessons: Mapping[str, Lesson]) -> None:
    lesson = lessons["gap"]
    columns = lesson.ring.read(0, lesson.n_columns - 1)
    is_gap = (columns.headers[:, H_FLAGS] & COLUMN_GAP) != 0
    assert is_gap[51:80].all()
    assert not is_gap[:49].any()
    assert not is_gap[82:].any()
    assert at(lesson, "pressure", -2, 4.0) > 0 == at(lesson, "pressure", -2, 8.7)


def test_a_partial_book_shows_only_what_was_seen(lessons: Mapping[str, Lesson]) -> None:
    depth = cells(lessons["partial"], "depth", -4)
    assert depth[30] == 0
    assert depth[40] == 40
    assert cells(lessons["partial"], "depth", 4).max() == 0
