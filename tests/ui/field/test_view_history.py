"""Back to where the view rested, and forth again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from vpdesk.display.viewport import Viewport
from vpdesk.ui.field.view_history import ViewHistory

HOME = Viewport(100, 100, 3.0, 8.0)


@pytest.fixture
def chart(qtbot: QtBot) -> FakeChart:
    chart = FakeChart()
    qtbot.addWidget(chart)
    chart.set_following(False)
    return chart


@pytest.fixture
def history(chart: FakeChart) -> ViewHistory:
    history = ViewHistory(chart)
    chart.set_viewport(HOME)  # the first look
    return history


def rest_at(chart: FakeChart, history: ViewHistory, view: Viewport) -> None:
    chart.set_viewport(view)
    history._on_timer_timeout()


def test_steps_go_back_and_forth_in_order(chart: FakeChart, history: ViewHistory) -> None:
    places = [HOME.moved(100 * i, 10 * i) for i in range(4)]
    for place in places[1:]:
        rest_at(chart, history, place)
    back, forth = [], []
    while history.can_undo:
        history.undo()
        back.append(chart.viewport())
    while history.can_redo:
        history.redo()
        forth.append(chart.viewport())
    assert back == places[2::-1]
    assert forth == places[1:]


def test_a_drag_that_pauses_is_one_step(
    chart: FakeChart, history: ViewHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as held:
        held.setattr(QGuiApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
        rest_at(chart, history, HOME.moved(50, 0))
        chart.set_viewport(HOME.moved(100, 0))
    history._on_timer_timeout()
    history.undo()
    assert chart.viewport() == HOME
    assert not history.can_undo


def test_a_new_move_drops_what_lay_ahead(chart: FakeChart, history: ViewHistory) -> None:
    rest_at(chart, history, HOME.moved(100, 0))
    history.undo()
    assert history.can_redo
    chart.set_viewport(HOME.moved(0, 70))
    assert not history.can_redo  # at once, not when the hand has come to rest
    history._on_timer_timeout()
    assert not history.can_redo
    history.undo()
    assert chart.viewport() == HOME


def test_a_move_that_has_not_come_to_rest_can_be_undone(chart: FakeChart, history: ViewHistory) -> None:
    chart.set_viewport(HOME.moved(100, 0))
    assert history.can_undo
    history.undo()
    assert chart.viewport() == HOME
    history.redo()
    assert chart.viewport() == HOME.moved(100, 0)


def test_many_notches_are_one_step(chart: FakeChart, history: ViewHistory) -> None:
    for notch in range(1, 6):
        chart.set_viewport(HOME.moved(10 * notch, 0))
    history.undo()
    assert chart.viewport() == HOME
    assert not history.can_undo


def test_following_is_undone_with_the_move_that_ended_it(chart: FakeChart, history: ViewHistory) -> None:
    chart.set_following(True)
    history._on_timer_timeout()
    chart.set_following(False)
    rest_at(chart, history, HOME.moved(-400, 0))
    history.undo()
    assert chart.is_following
    history.redo()
    assert not chart.is_following
    assert chart.viewport() == HOME.moved(-400, 0)


def test_columns_that_come_while_following_are_no_steps(chart: FakeChart, history: ViewHistory) -> None:
    chart.set_following(True)
    history._on_timer_timeout()
    n_steps = len(history._looks)
    for _ in range(3):
        rest_at(chart, history, chart.viewport().moved(3, 0))
    assert len(history._looks) == n_steps


def test_a_window_of_another_size_is_no_step(chart: FakeChart, history: ViewHistory) -> None:
    rest_at(chart, history, HOME.resized(333, 177))
    assert not history.can_undo


def test_what_can_be_done_is_told(qtbot: QtBot, chart: FakeChart, history: ViewHistory) -> None:
    told: list[tuple[bool, bool]] = []
    history.changed.connect(lambda: told.append((history.can_undo, history.can_redo)))
    rest_at(chart, history, HOME.moved(100, 0))
    assert told[-1] == (True, False)
    history.undo()
    assert told[-1] == (False, True)
    history.redo()
    assert told[-1] == (True, False)
    history.clear()
    assert told[-1] == (False, False)


def test_a_hundred_steps_are_kept(chart: FakeChart, history: ViewHistory) -> None:
    for step in range(1, 150):
        rest_at(chart, history, HOME.moved(10 * step, 0))
    n_back = 0
    while history.can_undo:
        history.undo()
        n_back += 1
    assert n_back == 100


def test_no_step_leads_to_a_place_on_another_price_axis(chart: FakeChart, history: ViewHistory) -> None:
    rest_at(chart, history, HOME.moved(100, 0))
    chart.axes = ("spot",)
    on_spot_axis = HOME.moved(100, -5000)
    chart.set_viewport(on_spot_axis)
    history.undo()
    assert chart.viewport() == on_spot_axis
    rest_at(chart, history, on_spot_axis.moved(30, 0))
    history.undo()
    assert chart.viewport() == on_spot_axis
