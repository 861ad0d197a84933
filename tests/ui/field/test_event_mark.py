"""The cell of the event just applied, framed on the chart."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.ui.grabbing import bare, cell_at, field_pixels
from tests.ui.opening import open_chart
from vpdesk.core.ring import H_BEST_BID
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.ui.field.heatmap import HeatmapView

FRAME = 0xFFFFFFFF


@pytest.fixture
def view(qtbot: QtBot) -> HeatmapView:
    view = open_chart(qtbot, synthetic_ring(900, half_width=20).ring)
    bare(view)
    return view


def newest_bid(view: HeatmapView) -> int:
    ring = view._ring
    assert ring is not None
    columns = ring.read(ring.span().newest, ring.span().newest)
    return int(columns.headers[0, H_BEST_BID])


@pytest.mark.parametrize("axis", ["price", "spot"])
def test_the_frame_stands_around_the_newest_cell_at_the_price_of_the_event(
    view: HeatmapView, axis: str
) -> None:
    view.set_price_axis(axis)
    view.tick()
    tick = newest_bid(view)
    view.mark_event(tick)
    view.tick()
    rows, columns = np.nonzero(field_pixels(view) == FRAME)
    assert len(rows) > 0
    density = view.devicePixelRatioF()
    middle = (columns.min() + columns.max()) / 2 / density, (rows.min() + rows.max()) / 2 / density
    assert middle[1] == pytest.approx(view.price_y(tick), abs=view.viewport().px_per_row)
    column, _ = cell_at(view, *middle)
    ring = view._ring
    assert ring is not None
    assert column == pytest.approx(ring.span().newest, abs=3)


def test_without_an_event_nothing_is_framed(view: HeatmapView) -> None:
    before = field_pixels(view)
    view.mark_event(newest_bid(view))
    view.tick()
    assert (field_pixels(view) != before).any()
    view.mark_event(None)
    view.tick()
    assert (field_pixels(view) == before).all()


def test_a_view_of_earlier_columns_frames_nothing(view: HeatmapView) -> None:
    view.set_following(False)
    view.pan(-2.0, 0.0)
    view.tick()
    before = field_pixels(view)
    view.mark_event(newest_bid(view))
    view.tick()
    assert (field_pixels(view) == before).all()
