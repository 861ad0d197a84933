"""Moving about in the chart by the window's own keys and menu."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from tests.fakes.session import LIVE, REPLAY, FakeSession
from tests.ui.opening import make_window, open_window
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.runtime.commands import CancelWork, Step
from vpdesk.ui.field.pointer_gestures import Tool
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import SettingsFile

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
START, END = QPoint(150, 80), QPoint(350, 220)
TRADES = 3  # the synthetic market's, of which some are smaller and some larger


@pytest.fixture
def desk(qtbot: QtBot, settings: SettingsFile) -> Iterator[MainWindow]:
    window = open_window(qtbot, settings)
    window.draw_frames(False)  # they come by hand
    window.activateWindow()
    show(window, FakeSession(REPLAY))
    yield window
    QApplication.instance().setStyleSheet("")


def show(window: MainWindow, session: FakeSession) -> None:
    session.ring = synthetic_ring(900, half_width=20).ring
    window.set_session(session)
    for _ in range(3):
        window.draw_frame()


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, keys: Qt.KeyboardModifier | None = None) -> None:
    qtbot.keyClick(window.chart, key, keys or Qt.KeyboardModifier.NoModifier)
    window.draw_frame()


def drag(window: MainWindow, start: QPoint = START, end: QPoint = END, button: Qt.MouseButton = LEFT) -> None:
    canvas = window.chart._canvas.viewport()
    kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)
    for kind, at in zip(kinds, (start, end, end), strict=True):
        place = QPointF(at)
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else button
        event = QMouseEvent(
            kind, place, canvas.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(canvas, event)
    window.draw_frame()


def zooms(window: MainWindow) -> tuple[float, float]:
    view = window.chart.viewport()
    return view.px_per_column, view.px_per_row


def test_z_zooms_into_one_box_and_escape_leaves_it(qtbot: QtBot, desk: MainWindow) -> None:
    action, former = desk.actions_by_id["box_zoom"], zooms(desk)
    press(qtbot, desk, Qt.Key.Key_Z)
    assert action.isChecked()
    press(qtbot, desk, Qt.Key.Key_Escape)
    assert not action.isChecked()
    drag(desk)
    assert zooms(desk) == former
    press(qtbot, desk, Qt.Key.Key_Z)
    drag(desk)
    assert zooms(desk) > former
    assert not action.isChecked()
    press(qtbot, desk, Qt.Key.Key_Z)
    press(qtbot, desk, Qt.Key.Key_Z)
    assert desk.chart._canvas.gestures.tool is None


def test_r_measures_one_box_which_escape_takes_away(qtbot: QtBot, desk: MainWindow) -> None:
    press(qtbot, desk, Qt.Key.Key_R)
    assert desk.actions_by_id["measure"].isChecked()
    assert not desk.actions_by_id["box_zoom"].isChecked()
    press(qtbot, desk, Qt.Key.Key_Z)  # one tool at a time
    assert not desk.actions_by_id["measure"].isChecked()
    press(qtbot, desk, Qt.Key.Key_R)
    drag(desk)
    measurement = desk.chart._tools.measurement
    assert any(line.startswith("Traded ") and "contracts" in line for line in measurement.lines)
    press(qtbot, desk, Qt.Key.Key_Escape)
    assert measurement.box is None


def test_escape_ends_one_thing_at_a_time(qtbot: QtBot, desk: MainWindow) -> None:
    session = desk._session
    session.report(progress=0.5)
    desk.draw_frame()
    desk.inspect_cell()
    press(qtbot, desk, Qt.Key.Key_R)
    press(qtbot, desk, Qt.Key.Key_Escape)
    assert CancelWork() not in session.sent
    press(qtbot, desk, Qt.Key.Key_Escape)
    assert session.sent.count(CancelWork()) == 1
    assert desk.inspector.reading is not None


def test_zooms_are_undone_and_redone_by_key_and_only_where_there_is_something(
    qtbot: QtBot, desk: MainWindow
) -> None:
    undo, redo = desk.actions_by_id["undo_view"], desk.actions_by_id["redo_view"]
    assert not undo.isEnabled()
    assert not redo.isEnabled()
    former = zooms(desk)
    drag(desk, button=RIGHT)
    zoomed = zooms(desk)
    assert zoomed > former
    press(qtbot, desk, Qt.Key.Key_Z, CTRL)
    assert zooms(desk) == former
    assert desk.chart.is_following
    assert not undo.isEnabled()
    for key, keys in ((Qt.Key.Key_Y, CTRL), (Qt.Key.Key_Z, CTRL | SHIFT)):
        assert redo.isEnabled()
        press(qtbot, desk, key, keys)
        assert zooms(desk) == zoomed
        assert not redo.isEnabled()
        press(qtbot, desk, Qt.Key.Key_Z, CTRL)
    show(desk, FakeSession(REPLAY))
    assert not undo.isEnabled()
    assert not redo.isEnabled()


def test_0_shows_the_usual_zoom_where_one_is(qtbot: QtBot, desk: MainWindow) -> None:
    press(qtbot, desk, Qt.Key.Key_0)  # the window has its final height by now
    usual = zooms(desk)
    drag(desk, button=RIGHT)
    left, right = desk.chart.visible_columns()
    press(qtbot, desk, Qt.Key.Key_0)
    assert zooms(desk) == usual
    assert not desk.chart.is_following
    shown = desk.chart.visible_columns()
    assert sum(shown) / 2 == pytest.approx((left + right) / 2, abs=2)
    desk.chart.set_following(True)
    desk.chart.zoom(3.0, 0.5)
    press(qtbot, desk, Qt.Key.Key_0)
    assert zooms(desk) == usual
    assert desk.chart.is_following
    assert desk.chart.visible_columns()[1] == 899


def test_arrows_home_and_end_step_a_replay(qtbot: QtBot, desk: MainWindow) -> None:
    former = desk.chart.viewport()
    press(qtbot, desk, Qt.Key.Key_Right)
    press(qtbot, desk, Qt.Key.Key_Left)
    press(qtbot, desk, Qt.Key.Key_Home)
    assert Step("event", 1) in desk._session.sent
    assert Step("event", -1) in desk._session.sent
    assert desk.chart.viewport() == former


def test_arrows_home_and_end_move_in_a_live_session(qtbot: QtBot, desk: MainWindow) -> None:
    session = FakeSession(LIVE)
    show(desk, session)
    first, last = desk.chart.visible_columns()
    press(qtbot, desk, Qt.Key.Key_Left)
    assert desk.chart.visible_columns()[0] < first
    assert not desk.chart.is_following
    press(qtbot, desk, Qt.Key.Key_Right)
    assert desk.chart.visible_columns() == (first, last)
    press(qtbot, desk, Qt.Key.Key_Home)
    assert desk.chart.visible_columns()[0] == 0
    press(qtbot, desk, Qt.Key.Key_End)
    assert desk.chart.is_following
    assert desk.chart.visible_columns()[1] == 899
    assert not any(isinstance(command, Step) for command in session.sent)


def test_pages_and_arrows_move_the_view(qtbot: QtBot, desk: MainWindow) -> None:
    first, _ = desk.chart.visible_columns()
    low, _ = desk.chart.viewport().y_range
    press(qtbot, desk, Qt.Key.Key_PageUp)
    assert desk.chart.visible_columns()[0] < first
    press(qtbot, desk, Qt.Key.Key_PageDown)
    assert desk.chart.visible_columns()[0] == first
    press(qtbot, desk, Qt.Key.Key_Up)
    assert desk.chart.viewport().y_range[0] > low
    press(qtbot, desk, Qt.Key.Key_Down)
    assert desk.chart.viewport().y_range[0] == low


# the offscreen platform says so of every menu
@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_the_menu_of_the_field_is_about_the_place_where_it_was_opened(qtbot: QtBot, desk: MainWindow) -> None:
    canvas, menu = desk.chart._canvas.viewport(), desk.navigation._menu.menu
    qtbot.mouseMove(canvas, END)
    qtbot.mouseMove(canvas, START)
    reading = desk.chart.reading()
    qtbot.mouseClick(canvas, RIGHT, pos=START)
    assert menu.isVisible()
    assert menu.pos() == canvas.mapToGlobal(START)
    names = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    assert {"inspect", "copy_readout", "measure", "fit_view", "reset_zoom", "undo_view"} <= set(names)
    QApplication.sendEvent(desk.chart._canvas, QEvent(QEvent.Type.Leave))
    menu.setActiveAction(desk.actions_by_id["inspect"])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert not menu.isVisible()
    assert desk.inspector.reading == reading


def ask_for_dot_size(window: MainWindow) -> QInputDialog:
    window.actions_by_id["least_dot_size"].trigger()
    dialog = window.findChild(QInputDialog)
    assert isinstance(dialog, QInputDialog)
    return dialog


def test_the_smallest_trade_drawn_is_chosen_in_numbers_seen_at_once_and_remembered(
    qtbot: QtBot, desk: MainWindow, settings: SettingsFile
) -> None:
    caption, marks = desk.chart._canvas.caption, desk.chart._marks
    assert "trades" not in caption._text
    dialog = ask_for_dot_size(desk)
    dialog.setIntValue(20)
    desk.draw_frame()
    assert caption._text.endswith("trades ≥ 20")
    n_filtered = len(desk.chart._canvas.overlay._dots.sizes)
    dialog.reject()
    desk.draw_frame()
    assert marks.least_dot_size == 0
    assert len(desk.chart._canvas.overlay._dots.sizes) > n_filtered
    dialog.deleteLater()
    QApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)
    dialog = ask_for_dot_size(desk)
    dialog.setIntValue(TRADES)
    dialog.accept()
    desk.actions_by_id["overlay_trades"].trigger()
    assert "trades" not in caption._text
    desk.actions_by_id["overlay_trades"].trigger()
    desk.close()
    again = make_window(qtbot, SettingsFile(settings.path))
    assert again.chart._marks.least_dot_size == 0  # no instrument yet
    again.set_session(FakeSession(REPLAY))
    assert again.chart._marks.least_dot_size == TRADES
    again.close()


def test_the_wheel_over_the_field_can_be_undone(qtbot: QtBot, desk: MainWindow) -> None:
    canvas, former = desk.chart._canvas.viewport(), zooms(desk)
    at = QPointF(START)
    for _ in range(3):
        turn = QWheelEvent(
            at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, CTRL,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(canvas, turn)
    assert zooms(desk) > former
    press(qtbot, desk, Qt.Key.Key_Z, CTRL)
    assert zooms(desk) == former


def test_a_tool_is_let_go_with_the_session(qtbot: QtBot, desk: MainWindow) -> None:
    press(qtbot, desk, Qt.Key.Key_R)
    drag(desk)
    show(desk, FakeSession(REPLAY))
    assert desk.chart._tools.measurement.box is None
    assert desk.chart._canvas.gestures.tool is not Tool.MEASURE
