"""The plate of a measurement."""

import math

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.grabbing import field_pixels
from tests.ui.opening import open_chart
from vpdesk.display.measuring import Box
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.field.measure_item import MeasureItem


@pytest.fixture
def view(qtbot: QtBot) -> HeatmapView:
    return open_chart(qtbot, synthetic_ring(900, half_width=20).ring, (760, 400))


def box_at(view: HeatmapView, left: float, top: float, right: float, bottom: float) -> Box:
    """Return the box between places given as shares of the field."""
    now = view.viewport()
    columns = [now.column_at(share * (now.width_px - 1)) for share in (left, right)]
    rows = [now.row_at(share * (now.height_px - 1)) for share in (top, bottom)]
    return Box(columns[0], columns[1], rows[0], rows[1], is_relative=False)


def item_of(view: HeatmapView) -> MeasureItem:
    return view._tools.measurement


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    "shares",
    [
        (0.3, 0.3, 0.5, 0.6),
        (0.0, 0.0, 0.1, 0.1),
        (0.9, 0.9, 1.0, 1.0),
        (0.0, 0.0, 1.0, 1.0),
        (0.4, 0.8, 0.1, 0.2),
    ],
)
def test_the_plate_lies_whole_within_the_field_and_is_readable(
    view: HeatmapView, shares: tuple[float, float, float, float], theme: str
) -> None:
    view.set_theme(dark=theme == "dark")
    view.set_overlays(frozenset())
    view.tick()
    before = field_pixels(view)
    view._tools.measure(box_at(view, *shares))
    view.tick()
    item = item_of(view)
    plate = item._plate_rect(item._shape)
    assert item.boundingRect().contains(plate)
    density = view.devicePixelRatioF()
    left, top = (round(side * density) for side in (plate.left(), plate.top()))
    right, bottom = (round(side * density) for side in (plate.right(), plate.bottom()))
    shown = field_pixels(view)[top:bottom, left:right]
    assert (shown != before[top:bottom, left:right]).mean() > 0.95
    green = shown >> 8 & 255
    assert (green > 180).mean() > 0.02  # ink
    assert (green < 60).mean() > 0.6  # ground


def test_a_box_out_of_sight_has_no_plate(view: HeatmapView) -> None:
    view.set_overlays(frozenset())
    view.set_following(False)
    view.tick()
    view._tools.measure(box_at(view, 0.1, 0.3, 0.2, 0.5))
    view.tick()
    view.pan(0.6)
    view.tick()
    beside = field_pixels(view)
    view._tools.measure(None)
    view.tick()
    assert (field_pixels(view) == beside).all()


def test_a_huge_box_under_the_hand_is_measured_now_and_then_but_at_last_for_certain(
    view: HeatmapView,
) -> None:
    item = item_of(view)
    item.measure(box_at(view, 0.3, 0.3, 0.5, 0.6), is_drawn=True)
    view.refresh()
    view.tick()
    first = item.lines
    item._due_s = math.inf  # as after a look that took long
    larger = box_at(view, 0.2, 0.2, 0.6, 0.7)
    item.measure(larger, is_drawn=True)
    view.refresh()
    view.tick()
    assert item.lines == first
    item.measure(larger)
    view.refresh()
    view.tick()
    assert item.lines != first
