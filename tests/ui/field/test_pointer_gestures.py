"""What mouse, wheel and fingers do to a chart that is shown."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.grabbing import cell_at, field_pixels
from tests.ui.opening import open_chart
from vpdesk.display.measuring import Box
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.field.pointer_gestures import Tool

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEY, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
START, END = QPoint(150, 80), QPoint(350, 220)


@pytest.fixture
def writer() -> SyntheticWriter:
    return synthetic_ring(900, half_width=20)


@pytest.fixture
def view(qtbot: QtBot, writer: SyntheticWriter) -> HeatmapView:
    return open_chart(qtbot, writer.ring)


class Hand:
    """A hand on the mouse over a chart."""

    def __init__(self, view: HeatmapView, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEY):
        self.view, self.button, self.keys = view, button, keys
        self.canvas = view._canvas.viewport()

    def _send(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        place = QPointF(at)
        event = QMouseEvent(kind, place, self.canvas.mapToGlobal(place), button, held, self.keys)
        QApplication.sendEvent(self.canvas, event)
        self.view.tick()

    def press(self, at: QPoint) -> "Hand":
        self._send(QEvent.Type.MouseButtonPress, at, self.button, self.button)
        return self

    def move(self, *places: QPoint) -> "Hand":
        for at in places:
            self._send(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, self.button)
        return self

    def release(self, at: QPoint) -> None:
        self._send(QEvent.Type.MouseButtonRelease, at, self.button, Qt.MouseButton.NoButton)

    def drag(self, start: QPoint, end: QPoint) -> None:
        self.press(start).move((start + end) / 2, end).release(end)


def wheel(
    view: HeatmapView,
    turn: QPoint,
    keys: Qt.KeyboardModifier = NO_KEY,
    *,
    at: QPointF = QPointF(200, 120),  # noqa: B008 - a value, never changed
    pixels: QPoint = QPoint(),  # noqa: B008
    phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase,
) -> None:
    canvas = view._canvas.viewport()
    event = QWheelEvent(at, canvas.mapToGlobal(at), pixels, turn, Qt.MouseButton.NoButton, keys, phase, False)
    QApplication.sendEvent(canvas, event)
    view.tick()


def zooms(view: HeatmapView) -> tuple[float, float]:
    return view.viewport().px_per_column, view.viewport().px_per_row


# --- boxes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "end"), [(START, END), (END, START)])
@pytest.mark.parametrize("way", ["right button", "tool"])
def test_a_box_fills_the_field(view: HeatmapView, way: str, start: QPoint, end: QPoint) -> None:
    (first, high), (last, low) = cell_at(view, START.x(), START.y()), cell_at(view, END.x(), END.y())
    if way == "tool":
        view.arm(Tool.ZOOM)
    Hand(view, RIGHT if way == "right button" else LEFT).drag(start, end)
    (left, right), (bottom, top) = view.viewport().x_range, view.viewport().y_range
    assert not view.is_following
    assert left <= first + 1
    assert right >= last
    assert bottom <= low + 1
    assert top >= high
    # no more around it than whole pixels per cell make necessary
    assert right - left < 1.3 * (last - first + 1)
    assert top - bottom < 1.3 * (high - low + 1)
    assert (left + right) / 2 == pytest.approx((first + last + 1) / 2, abs=1)


def test_the_box_is_seen_while_it_is_drawn_and_gone_after(view: HeatmapView) -> None:
    view.set_overlays(frozenset())
    view.tick()
    before = field_pixels(view)
    hand = Hand(view, RIGHT).press(START).move(END)
    view._canvas.crosshair.setVisible(False)
    changed = np.argwhere((field_pixels(view) != before)[60:, :])  # below the words at the top
    rows, columns = changed.T / view.devicePixelRatioF()
    assert (columns.min(), columns.max()) == pytest.approx((START.x(), END.x()), abs=2)
    assert (rows.min() + 60, rows.max() + 60) == pytest.approx((START.y(), END.y()), abs=2)
    hand.release(START)  # too small by now
    assert np.array_equal(field_pixels(view)[60:], before[60:])


@pytest.mark.parametrize("end", [START + QPoint(200, 3), START + QPoint(3, 120)])
def test_a_box_that_is_too_small_zooms_nowhere(view: HeatmapView, end: QPoint) -> None:
    former = view.viewport()
    menus: list[QPoint] = []
    view.menu_requested.connect(menus.append)
    Hand(view, RIGHT).drag(START, end)
    assert view.viewport() == former
    assert view.is_following
    assert menus == []


def test_the_tool_serves_for_one_box_and_then_the_left_button_moves_again(view: HeatmapView) -> None:
    tools: list[Tool | None] = []
    view.tool_changed.connect(tools.append)
    view.arm(Tool.ZOOM)
    assert view._canvas.notice._text.startswith("Draw a box to zoom into")
    Hand(view).drag(START, END)
    assert tools == [Tool.ZOOM, None]
    zoom = zooms(view)
    Hand(view).drag(START, END)
    assert zooms(view) == zoom


def test_the_cursor_says_what_a_drag_will_do(view: HeatmapView) -> None:
    canvas = view._canvas.viewport()
    QTest.mouseMove(canvas, START)
    usual = canvas.cursor().shape()
    view.arm(Tool.MEASURE)
    QTest.mouseMove(canvas, START + QPoint(5, 5))
    assert canvas.cursor().shape() == Qt.CursorShape.BitmapCursor
    view.give_up()
    QTest.mouseMove(canvas, START)
    assert canvas.cursor().shape() == usual


def test_a_box_given_up_half_way_does_nothing(view: HeatmapView) -> None:
    former = view.viewport()
    hand = Hand(view, RIGHT).press(START).move(END)
    assert view.give_up()
    hand.move(END + QPoint(9, 9)).release(END)
    view.tick()
    assert view.viewport() == former
    assert not view.give_up()


def test_a_second_button_does_not_disturb_a_drag(view: HeatmapView) -> None:
    former = view.viewport()
    hand = Hand(view).press(START).move(START + QPoint(40, 0))
    both = QMouseEvent(
        QEvent.Type.MouseButtonPress, QPointF(START), QPointF(START), RIGHT, LEFT | RIGHT, NO_KEY
    )
    QApplication.sendEvent(hand.canvas, both)
    hand.move(START + QPoint(60, 0)).release(START + QPoint(60, 0))
    assert view.viewport().left_px == former.left_px - 60 * view.devicePixelRatioF()
    assert zooms(view) == (former.px_per_column, former.px_per_row)


def test_a_field_let_go_stands_still(view: HeatmapView, qtbot: QtBot) -> None:
    Hand(view).drag(START, END)
    former = view.viewport()
    qtbot.wait(60)
    view.tick()
    assert view.viewport() == former


def test_a_click_with_the_right_button_asks_for_the_menu(view: HeatmapView) -> None:
    places: list[QPoint] = []
    view.menu_requested.connect(places.append)
    QTest.mouseClick(view._canvas.viewport(), RIGHT, pos=START)
    assert places == [view._canvas.viewport().mapToGlobal(START)]
    QTest.mouseClick(view._canvas.viewport(), RIGHT, pos=QPoint(view._canvas.width() - 5, 50))
    assert len(places) == 1


def test_the_menu_key_asks_for_the_menu_at_the_pointer_or_else_in_the_middle(view: HeatmapView) -> None:
    places: list[QPoint] = []
    view.menu_requested.connect(places.append)
    canvas = view._canvas.viewport()
    key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(view._canvas, QEvent(QEvent.Type.Leave))
    QApplication.sendEvent(view, key)
    QTest.mouseMove(canvas, START + QPoint(3, 3))
    QApplication.sendEvent(view, key)
    middle = view._canvas.field_rect.center().toPoint()
    assert places == [canvas.mapToGlobal(middle), canvas.mapToGlobal(START + QPoint(3, 3))]


@pytest.mark.parametrize("keys", [NO_KEY, SHIFT])
def test_a_click_with_a_tool_pins_no_cell(view: HeatmapView, keys: Qt.KeyboardModifier) -> None:
    clicked: list[object] = []
    view.clicked.connect(clicked.append)
    if keys is NO_KEY:
        view.arm(Tool.MEASURE)
    hand = Hand(view, LEFT, keys)
    hand.press(START).release(START)
    assert clicked == []
    view.give_up()
    Hand(view).press(START).release(START)
    assert len(clicked) == 1


# the offscreen platform says so of every menu
@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_the_pointer_stays_known_while_a_menu_is_open_over_the_field(view: HeatmapView) -> None:
    canvas = view._canvas.viewport()
    QTest.mouseMove(canvas, START + QPoint(7, 7))
    reading = view._reading
    assert reading is not None
    menu = QMenu(view)
    menu.addAction("anything")
    menu.popup(canvas.mapToGlobal(START))
    QApplication.sendEvent(view._canvas, QEvent(QEvent.Type.Leave))
    assert view._reading == reading
    menu.close()
    QApplication.sendEvent(view._canvas, QEvent(QEvent.Type.Leave))
    assert view._reading is None


# --- wheel and fingers -----------------------------------------------------------------------------


def test_the_wheel_zooms_time_and_with_shift_prices_and_with_ctrl_both(view: HeatmapView) -> None:
    column_px, row_px = zooms(view)
    wheel(view, QPoint(0, 240))
    assert zooms(view)[0] > column_px
    assert zooms(view)[1] == row_px
    column_px, _ = zooms(view)
    wheel(view, QPoint(0, 240), SHIFT)
    assert zooms(view)[0] == column_px
    assert zooms(view)[1] > row_px
    column_px, row_px = zooms(view)
    wheel(view, QPoint(0, -240), CTRL)
    assert zooms(view)[0] < column_px
    assert zooms(view)[1] < row_px


def test_the_wheel_over_an_axis_zooms_that_axis(view: HeatmapView) -> None:
    column_px, row_px = zooms(view)
    field = view._canvas.field_rect
    wheel(view, QPoint(0, 240), at=QPointF(field.right() + 9, 100))
    assert zooms(view)[0] == column_px
    assert zooms(view)[1] > row_px
    row_px = zooms(view)[1]
    wheel(view, QPoint(0, 240), at=QPointF(200, field.bottom() + 9))
    assert zooms(view)[0] > column_px
    assert zooms(view)[1] == row_px


def test_a_wheel_turned_sideways_by_shift_zooms_prices(view: HeatmapView) -> None:
    row_px = zooms(view)[1]
    wheel(view, QPoint(240, 0), SHIFT)
    assert zooms(view)[1] > row_px


def test_two_fingers_sideways_move_in_time_by_as_many_points(view: HeatmapView) -> None:
    former = view.viewport()
    wheel(view, QPoint(30, 4), pixels=QPoint(17, 2))
    assert view.viewport().left_px == former.left_px - 17 * view.devicePixelRatioF()
    assert zooms(view) == (former.px_per_column, former.px_per_row)
    assert not view.is_following
    wheel(view, QPoint(-120, 0))  # a wheel that tells no points
    assert view.viewport().left_px > former.left_px


def test_fractions_of_a_notch_zoom_smoothly_both_ways(view: HeatmapView) -> None:
    column_px, row_px = zooms(view)
    for _ in range(24):
        wheel(view, QPoint(0, 5))
    fine = zooms(view)
    assert fine[0] == pytest.approx(column_px * 1.15, abs=0.5)  # whole pixels
    for _ in range(24):
        wheel(view, QPoint(0, -5))
    assert zooms(view) == pytest.approx((column_px, row_px), rel=1e-6)


def test_small_steps_of_the_wheel_get_past_cells_of_whole_pixels(view: HeatmapView) -> None:
    for keys in (NO_KEY, SHIFT):
        for _ in range(48):
            wheel(view, QPoint(0, 20), keys)  # six to a notch: 2 % each
    assert zooms(view) == pytest.approx((3 * 1.15**8, 12 * 1.15**8), abs=0.6)


def test_a_touchpad_that_runs_on_by_itself_moves_nothing(view: HeatmapView) -> None:
    former = view.viewport()
    wheel(view, QPoint(0, 60), phase=Qt.ScrollPhase.ScrollMomentum)
    wheel(view, QPoint(60, 0), phase=Qt.ScrollPhase.ScrollMomentum)
    assert view.viewport() == former


@pytest.mark.parametrize("place", ["field", "prices", "times"])
def test_a_pinch_zooms_at_the_pointer(view: HeatmapView, place: str) -> None:
    view.set_following(False)
    field = view._canvas.field_rect
    at = {
        "field": QPointF(200, 120),
        "prices": QPointF(field.right() + 9, 120),
        "times": QPointF(200, field.bottom() + 9),
    }[place]
    column, row = cell_at(view, 200, 120)
    column_px, row_px = zooms(view)
    canvas = view._canvas.viewport()
    for _ in range(8):
        pinch = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture,
            QPointingDevice.primaryPointingDevice(),
            2,
            at,
            at,
            canvas.mapToGlobal(at),
            0.06,
            QPointF(),
        )
        QApplication.sendEvent(canvas, pinch)
        view.tick()
    assert (zooms(view)[0] > column_px) == (place != "prices")
    assert (zooms(view)[1] > row_px) == (place != "times")
    if place == "field":
        assert cell_at(view, 200, 120) == pytest.approx((column, row), abs=1)


def test_two_fingers_on_the_screen_zoom_and_move(view: HeatmapView) -> None:
    view.set_following(False)
    canvas = view._canvas.viewport()
    screen = QTest.createTouchDevice()
    column_px, row_px = zooms(view)
    fingers = [QPoint(180, 120), QPoint(260, 160)]
    QTest.touchEvent(canvas, screen).press(0, fingers[0]).press(1, fingers[1]).commit()
    for step in range(1, 12):
        apart = QPoint(8 * step, 4 * step)
        QTest.touchEvent(canvas, screen).move(0, fingers[0] - apart).move(1, fingers[1] + apart).commit()
        view.tick()
    QTest.touchEvent(canvas, screen).release(0, fingers[0]).release(1, fingers[1]).commit()
    view.tick()
    assert zooms(view)[0] > 1.5 * column_px
    assert zooms(view)[1] > 1.5 * row_px


# --- measuring -------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["shift", "tool"])
@pytest.mark.parametrize("axis", ["price", "spot"])
def test_a_box_drawn_to_measure_is_of_the_cells_under_the_hand(
    view: HeatmapView, way: str, axis: str
) -> None:
    view.set_price_axis(axis)
    view.tick()
    corners = cell_at(view, START.x(), START.y()), cell_at(view, END.x(), END.y())
    former = view.viewport()
    if way == "tool":
        view.arm(Tool.MEASURE)
    Hand(view, LEFT, SHIFT if way == "shift" else NO_KEY).drag(START, END)
    box = view._tools.measurement.box
    assert box is not None
    assert ((box.start_seq, box.start_row), (box.end_seq, box.end_row)) == corners
    assert box.is_relative == (axis == "spot")
    assert view.viewport() == former
    lines = view._tools.measurement.lines
    assert any(line.startswith("Traded ") for line in lines)
    assert lines[0].startswith("k ") == (axis == "spot")


def shade_at(view: HeatmapView, x_pt: float, y_pt: float) -> int:
    density = view.devicePixelRatioF()
    return int(field_pixels(view)[round(y_pt * density), round(x_pt * density)])


def edges(view: HeatmapView, box: Box) -> tuple[float, float]:
    """Return where the left and the upper edge of a box are drawn, in points."""
    now, density = view.viewport(), view.devicePixelRatioF()
    return round(now.x_px(box.columns[0])) / density, round(now.y_px(box.rows[1] + 1)) / density


def test_a_measurement_stays_on_its_columns_and_prices(view: HeatmapView, writer: SyntheticWriter) -> None:
    Hand(view, LEFT, SHIFT).drag(START, END)
    view._canvas.crosshair.setVisible(False)
    box = view._tools.measurement.box
    assert box is not None
    for change in (lambda: writer.write(25), lambda: view.zoom(0.8, 0.9), lambda: view.pan(-0.05, 0.02)):
        change()
        view.tick()
        left, top = edges(view, box)
        assert shade_at(view, left + 30, top) == 0xFFFFFFFF
        assert shade_at(view, left, top + 30) == 0xFFFFFFFF


def test_a_measurement_is_out_of_sight_on_the_other_price_axis_and_comes_back(view: HeatmapView) -> None:
    Hand(view, LEFT, SHIFT).drag(START, END)
    said = view._tools.measurement.lines
    view.set_price_axis("spot")
    view.tick()
    assert view._tools.measurement.lines == ()
    view.set_price_axis("price")
    view.tick()
    assert view._tools.measurement.lines == said


def test_a_measurement_is_let_go_and_a_new_one_takes_its_place(view: HeatmapView) -> None:
    Hand(view, LEFT, SHIFT).drag(START, END)
    first = view._tools.measurement.box
    Hand(view, LEFT, SHIFT).drag(END, START)
    assert view._tools.measurement.box not in (None, first)
    view.set_overlays(frozenset())
    view._canvas.crosshair.setVisible(False)
    view.tick()
    measured = field_pixels(view)
    assert view.give_up()
    view.tick()
    assert (field_pixels(view) != measured).any()
    assert view._tools.measurement.box is None
    assert not view.give_up()


def test_columns_cut_otherwise_end_the_measurement(view: HeatmapView) -> None:
    Hand(view, LEFT, SHIFT).drag(START, END)
    other = synthetic_ring(300, half_width=20)
    other.ring.ticks_per_bucket = 4
    view.set_source(other.ring)
    view.tick()
    assert view._tools.measurement.lines == ()


def test_a_box_stays_where_it_was_begun_while_the_field_goes_on(
    view: HeatmapView, writer: SyntheticWriter
) -> None:
    begun = cell_at(view, START.x(), START.y())
    hand = Hand(view, LEFT, SHIFT).press(START).move(END)
    writer.write(20)
    view.tick()
    hand.move(END + QPoint(5, 5)).release(END)
    box = view._tools.measurement.box
    assert box is not None
    assert (box.start_seq, box.start_row) == begun
    assert box.end_seq == cell_at(view, END.x(), END.y())[0]
    Hand(view, LEFT, SHIFT).drag(START, END)  # another one begins anew
    box = view._tools.measurement.box
    assert box is not None
    assert box.start_seq == begun[0] + 20


def test_a_hand_beyond_the_field_measures_to_its_edge(view: HeatmapView) -> None:
    Hand(view, LEFT, SHIFT).drag(START, QPoint(-40, 2000))
    box = view._tools.measurement.box
    assert box is not None
    assert (box.end_seq, box.end_row) == cell_at(view, 0, view._canvas.field_rect.height() - 1)
