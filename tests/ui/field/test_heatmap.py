"""The field on grabbed pixels, and what the pointer does to it."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.grabbing import bare, cell_at, field_pixels
from tests.ui.opening import open_chart
from vpdesk.core.ring import H_SPOT_TICK, NO_TICK, GridRing
from vpdesk.display.colours import DARK_SHADES
from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring, write_gap
from vpdesk.ui.field.heatmap import OVERLAYS, HeatmapView
from vpdesk.ui.parts.color_maps import look_up_table


@pytest.fixture
def writer() -> SyntheticWriter:
    return synthetic_ring(900, half_width=20)


@pytest.fixture
def view(qtbot: QtBot, writer: SyntheticWriter) -> HeatmapView:
    view = open_chart(qtbot, writer.ring)
    view.fit_scale()  # frozen from here on
    view.tick()
    return view


def wheel(view: HeatmapView, at: QPointF, steps: int, shift: bool = False) -> None:
    canvas = view._canvas.viewport()
    modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)
    view.tick()


def drag(qtbot: QtBot, view: HeatmapView, start: QPoint, end: QPoint) -> None:
    canvas = view._canvas.viewport()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    for at in (start + (end - start) / 2, end):
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(at),
            canvas.mapToGlobal(QPointF(at)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(canvas, move)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    view.tick()


def test_the_screen_shows_the_painted_pixels_one_to_one(view: HeatmapView) -> None:
    bare(view)
    assert np.array_equal(field_pixels(view), view._window.pixels.assembled())


@pytest.mark.parametrize("layer", LAYERS)
def test_every_pixel_of_the_field_is_a_colour_of_the_layer_or_a_named_shade(
    view: HeatmapView, writer: SyntheticWriter, layer: str
) -> None:
    write_gap(writer, 30)
    writer.write(20)
    view.set_layer(layer)
    bare(view)
    view.pan(0.3, 0.2)
    for _ in range(6):
        view.tick()
        allowed = {*look_up_table(layer).tolist(), DARK_SHADES.outside, DARK_SHADES.empty, DARK_SHADES.never}
        allowed |= {DARK_SHADES.hatch_dark, DARK_SHADES.hatch_light}
        assert set(np.unique(field_pixels(view)).tolist()) <= allowed
        view.zoom(0.5, 0.7)


def test_columns_that_are_not_there_yet_look_like_nothing_and_not_like_zero(
    view: HeatmapView, writer: SyntheticWriter
) -> None:
    bare(view)
    view.pan(0.5)
    view.tick()
    right_half = field_pixels(view)[:, -100:]
    assert (right_half == DARK_SHADES.empty).all()


def test_untouched_cells_keep_their_shade_to_the_bit_while_the_picture_scrolls(
    view: HeatmapView, writer: SyntheticWriter
) -> None:
    bare(view)
    # once the view has come to rest on the spot
    for _ in range(60):
        view.tick()
    before, former = field_pixels(view), view.viewport()
    for _ in range(12):
        writer.write(1)
        view.tick()
        after, now = field_pixels(view), view.viewport()
        shift, rise = now.left_px - former.left_px, now.bottom_px - former.bottom_px
        if rise == 0:
            kept = before[:, shift : -int(now.px_per_column)]
            assert np.array_equal(after[:, : kept.shape[1]], kept)


def test_nothing_is_repainted_when_nothing_changed(view: HeatmapView, writer: SyntheticWriter) -> None:
    while view.tick():
        pass
    assert not view.tick()
    writer.write(1)
    assert view.tick()


def test_the_newest_column_is_the_right_edge_while_following(
    view: HeatmapView, writer: SyntheticWriter
) -> None:
    writer.write(37)
    view.tick()
    assert view.visible_columns()[1] == writer.ring.published_seq
    for factor in (0.3, 0.3, 5, 4):
        view.zoom(factor)
        view.tick()
        first, last = view.visible_columns()
        assert first < writer.ring.published_seq <= last


def test_dragging_the_field_moves_it_and_stops_following(qtbot: QtBot, view: HeatmapView) -> None:
    former = view.viewport()
    with qtbot.waitSignal(view.following_changed) as signal:
        drag(qtbot, view, QPoint(200, 150), QPoint(290, 110))
    assert signal.args == [False]
    now = view.viewport()
    moved_px = (now.left_px - former.left_px, now.bottom_px - former.bottom_px)
    assert moved_px == tuple(side_pt * view.devicePixelRatioF() for side_pt in (-90, -40))


def test_a_free_view_stays_where_it_is_while_columns_come(view: HeatmapView, writer: SyntheticWriter) -> None:
    view.pan(-0.5)
    view.tick()
    former = view.viewport()
    writer.write(50)
    view.tick()
    assert view.viewport() == former


def test_a_double_click_follows_the_market_again(qtbot: QtBot, view: HeatmapView) -> None:
    view.pan(-0.5)
    with qtbot.waitSignal(view.following_changed) as signal:
        qtbot.mouseDClick(view._canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert signal.args == [True]
    view.tick()
    assert view.visible_columns()[1] == view._ring.published_seq


def test_the_wheel_zooms_time_at_the_pointer_and_prices_with_shift(view: HeatmapView) -> None:
    view.set_following(False)
    at = QPointF(200, 120)
    column, row = cell_at(view, 200, 120)
    px_per_column, px_per_row = view.viewport().px_per_column, view.viewport().px_per_row
    wheel(view, at, 4)
    assert view.viewport().px_per_column > px_per_column
    assert view.viewport().px_per_row == px_per_row
    assert abs(cell_at(view, 200, 120)[0] - column) <= 1
    wheel(view, at, 4, shift=True)
    assert view.viewport().px_per_row > px_per_row
    assert abs(cell_at(view, 200, 120)[1] - row) <= 1


def test_dragging_an_axis_zooms_it_alone(qtbot: QtBot, view: HeatmapView) -> None:
    former = view.viewport()
    x = round(view._canvas.field_rect.right()) + 10
    drag(qtbot, view, QPoint(x, 100), QPoint(x, 200))
    assert view.viewport().px_per_row < former.px_per_row
    assert view.viewport().px_per_column == former.px_per_column
    assert view.is_following


def test_pointing_at_a_cell_reads_it_and_leaving_ends_the_reading(qtbot: QtBot, view: HeatmapView) -> None:
    at = QPoint(300, 150)
    with qtbot.waitSignal(view.hovered) as signal:
        qtbot.mouseMove(view._canvas.viewport(), at)
    reading = signal.args[0]
    assert (reading.seq, reading.bucket) == cell_at(view, 300, 150)
    with qtbot.waitSignal(view.hovered) as signal:
        QApplication.sendEvent(view._canvas, QEvent(QEvent.Type.Leave))
    assert signal.args == [None]


def test_the_reading_tells_the_value_that_is_painted(qtbot: QtBot, view: HeatmapView) -> None:
    bare(view)
    for x, y in ((50, 150), (300, 180), (400, 210)):
        reading = view._read_at(QPointF(x, y))
        bits = np.float32(reading.value).view(np.uint32) >> 16
        density = round(view.devicePixelRatioF())
        assert view._window.pixels.assembled()[y * density, x * density] == view._table[bits]


def test_a_click_is_told_and_a_drag_is_not(qtbot: QtBot, view: HeatmapView) -> None:
    readings: list[object] = []
    view.clicked.connect(readings.append)
    qtbot.mouseClick(view._canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    assert len(readings) == 1
    drag(qtbot, view, QPoint(150, 150), QPoint(220, 150))
    assert len(readings) == 1


def test_colours_stay_frozen_until_someone_asks(view: HeatmapView, writer: SyntheticWriter) -> None:
    former = view.scale()
    writer.touch(int(view._window.open_header[4]), 1e6)
    writer.write(300)
    view.tick()
    assert view.scale() == former


def test_a_handle_dragged_on_the_colour_bar_moves_both_bounds_of_a_signed_layer(
    qtbot: QtBot, view: HeatmapView
) -> None:
    bar, former = view._bar, view.scale()
    y = round(bar.handle_y("high"))
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(15, y))
    with qtbot.waitSignal(view.scale_changed) as signal:
        qtbot.mouseMove(bar, QPoint(15, y + 40))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(15, y + 40))
    now = signal.args[0]
    assert now.high < former.high
    assert now.low == -now.high
    with qtbot.waitSignal(view.scale_edit_requested):
        qtbot.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(15, 200))


def test_each_layer_keeps_its_own_scale(view: HeatmapView) -> None:
    view.set_scale(Scale.of("linear", -5.0, 5.0, is_signed=True))
    net = view.scale()
    view.set_layer("depth")
    view.tick()
    assert view.scale() != net
    view.set_layer("net")
    assert view.scale() == net


def test_a_layer_just_chosen_is_fitted_to_its_own_values(view: HeatmapView) -> None:
    view.set_layer("depth")
    view.fit_scale()
    fitted = view.scale()
    view.tick()
    view.fit_scale()
    assert view.scale() == fitted


def test_a_view_of_few_columns_is_fitted_to_where_a_journey_ends_not_to_its_beginning(qtbot: QtBot) -> None:
    view = HeatmapView()
    qtbot.addWidget(view)
    view.resize(640, 400)
    writer = synthetic_ring(300, half_width=20)
    view.set_source(writer.ring)
    view.zoom(20.0)
    view.tick()
    on_the_way = view.scale()
    assert not view.is_scale_settled()
    writer.write(1000)
    view.tick()
    assert view.is_scale_settled()
    assert view.scale() != on_the_way


@pytest.mark.parametrize("width_pt", [330, 480, 900])
def test_the_words_in_the_upper_corners_never_meet(view: HeatmapView, width_pt: int) -> None:
    view.set_least_dot_size(1000)
    view.set_following(False)
    view.resize(width_pt, 400)
    QApplication.processEvents()
    caption, notice = view._canvas.caption.boundingRect(), view._canvas.notice.boundingRect()
    assert 0 < caption.left() < caption.right() < notice.left() < notice.right()
    assert notice.right() <= view._canvas.field_rect.right()


@pytest.mark.parametrize("axis", ["price", "spot"])
def test_before_the_first_spot_there_is_no_cell_at_the_spot(
    view: HeatmapView, writer: SyntheticWriter, axis: str
) -> None:
    view.set_price_axis(axis)
    assert view.reading() is not None
    writer.ring.headers[:, H_SPOT_TICK] = NO_TICK
    writer.ring.publish()
    view.tick()
    assert view.reading() is None


def test_another_ring_of_the_same_market_leaves_the_view_where_it_is(view: HeatmapView) -> None:
    view.pan(-0.4)
    view.tick()
    former = view.viewport()
    view.set_source(synthetic_ring(900, half_width=20, seed=8).ring)
    view.tick()
    assert view.viewport() == former


def test_switching_the_price_axis_keeps_the_middle_of_the_field(view: HeatmapView) -> None:
    bare(view)
    absolute = view.viewport()
    view.set_price_axis("spot")
    view.tick()
    assert abs(sum(view.viewport().y_range) / 2) <= 20
    view.set_price_axis("price")
    view.tick()
    assert view.viewport().bottom_px == pytest.approx(absolute.bottom_px, abs=1)


def test_every_choice_works_without_a_source_and_before_the_first_column(qtbot: QtBot) -> None:
    view = HeatmapView()
    qtbot.addWidget(view)
    view.resize(640, 400)
    view.show()
    for ring in (None, GridRing(5, 64)):
        view.set_source(ring)
        for layer in LAYERS:
            view.set_layer(layer)
            view.fit_scale()
            view.fit_scale("log")
        view.set_overlays(frozenset(OVERLAYS))
        view.set_age_dimming(True)
        view.set_price_axis("spot")
        view.fit()
        view.zoom(3, 3)
        view.pan(0.1, 0.1)
        view.go_to_first()
        view.go_to_newest()
        view.set_theme(False)
        qtbot.mouseMove(view._canvas.viewport(), QPoint(100, 100))
        view.tick()
        assert not view.grab().isNull()


def test_a_picture_has_the_size_that_was_asked_for(view: HeatmapView) -> None:
    density = view.devicePixelRatioF()
    for size in ((640, 400), (1000, 300)):
        picture = view.picture(*size)
        assert (picture.width(), picture.height()) == tuple(round(side * density) for side in size)


def test_the_two_halves_of_the_signed_map_get_lighter_from_the_middle_out() -> None:
    colours = look_up_table("net").astype(np.int64)
    channels = np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255])
    luminance = np.array([0.2126, 0.7152, 0.0722]) @ channels
    middle = luminance.size // 2
    assert (np.diff(luminance[middle:]) >= -0.5).all()
    assert (np.diff(luminance[:middle]) <= 0.5).all()
    assert np.abs(luminance - luminance[::-1]).max() < 32  # equal magnitudes look equally strong
    assert luminance[middle] < 20


def test_where_nothing_is_in_view_the_way_back_is_said(view: HeatmapView, qtbot: QtBot) -> None:
    view.set_way_back("End goes back")
    hint = view._empty_hint
    view.tick()
    assert not hint.is_shown
    view.pan(0.0, 30.0)
    view.tick()
    assert hint.is_shown
    assert hint.text == "No data here  ·  End goes back"
    plate = field_pixels(view)[150:250, 100:500]
    view.go_to_newest()
    view.tick()
    assert not hint.is_shown
    assert len(np.unique(plate)) > 10  # words in the middle of one flat shade


def test_dragging_and_panning_end_while_columns_are_in_view(view: HeatmapView, qtbot: QtBot) -> None:
    span = view._ring.span()  # type: ignore[union-attr]
    for side, column in ((-1, span.newest), (1, span.oldest)):
        for _ in range(20):
            view.pan(-0.9 * side)
            drag(qtbot, view, QPoint(300, 150), QPoint(300 + 200 * side, 150))
        first, last = view.visible_columns()
        assert first <= column <= last
        assert not view._empty_hint.is_shown
