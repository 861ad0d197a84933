from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.fakes.session import END_NS, LIVE, PLAYING, START_NS, FakeSession
from vpdesk.runtime.commands import (
    MAX_SPEED,
    Pause,
    Play,
    SeekEvent,
    SeekTime,
    SetSpeed,
    Step,
)
from vpdesk.runtime.status import SessionState
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.playback.transport import SCRUB_INTERVAL_MS, TransportBar

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def _pulled(qtbot: QtBot, window: MainWindow, session: FakeSession) -> None:
    qtbot.waitUntil(lambda: window.transport._status is session.status)


def _button(transport: TransportBar, action_id: str) -> QToolButton:
    buttons = transport.findChildren(QToolButton)
    return next(button for button in buttons if button.defaultAction().objectName() == action_id)


@pytest.mark.parametrize(
    ("key", "modifier", "command"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, Step("event", 1)),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, Step("event", -1)),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, Step("column", 1)),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, Step("column", -1)),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, Step("trade", 1)),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier, Step("best", -1)),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, SeekEvent(0)),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, SeekEvent(PLAYING.n_records)),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, Pause()),
        (Qt.Key.Key_Period, Qt.KeyboardModifier.NoModifier, SetSpeed(20.0)),
        (Qt.Key.Key_Comma, Qt.KeyboardModifier.NoModifier, SetSpeed(5.0)),
        (Qt.Key.Key_Minus, Qt.KeyboardModifier.NoModifier, SetSpeed(5.0)),
    ],
)
def test_a_key_sends_its_command(
    window: MainWindow,
    session: FakeSession,
    qtbot: QtBot,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    command: object,
) -> None:
    qtbot.keyClick(window.chart, key, modifier)
    assert session.sent == [command]


@pytest.mark.parametrize(
    ("action_id", "command"),
    [
        ("step_event_back", Step("event", -1)),
        ("step_event_forward", Step("event", 1)),
        ("step_column_back", Step("column", -1)),
        ("step_column_forward", Step("column", 1)),
        ("play_pause", Pause()),
        ("faster", SetSpeed(20.0)),
    ],
)
def test_a_button_sends_its_command(
    window: MainWindow, session: FakeSession, qtbot: QtBot, action_id: str, command: object
) -> None:
    qtbot.mouseClick(_button(window.transport, action_id), LEFT)
    assert session.sent == [command]


def test_two_quick_presses_of_space_pause_and_play(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    qtbot.keyClick(window.chart, Qt.Key.Key_Space)
    qtbot.keyClick(window.chart, Qt.Key.Key_Space)
    assert session.sent == [Pause(), Play()]


def test_the_play_button_follows_the_session(window: MainWindow, session: FakeSession, qtbot: QtBot) -> None:
    assert window.transport.is_playing
    session.report(state=SessionState.PAUSED)
    _pulled(qtbot, window, session)
    assert not window.transport.is_playing
    assert window.actions_by_id["play_pause"].text() == "Play"


def test_the_status_is_shown(window: MainWindow, session: FakeSession, qtbot: QtBot) -> None:
    session.report(speed=MAX_SPEED, clock_ns=START_NS + 1)
    _pulled(qtbot, window, session)
    assert window.transport.speed_field.text() == "max"
    assert window.transport.clock_label.text() == "2024-03-15 13:30:00.000000001 UTC"
    assert window.transport.slider.shown_ns == START_NS + 1


def test_a_drag_sends_throttled_seeks_and_the_last_one_exactly(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    slider = window.transport.slider
    middle = slider.height() // 2
    qtbot.mousePress(slider, LEFT, NO_MODIFIER, QPoint(10, middle))
    for x in range(10, slider.width(), 2):
        qtbot.mouseMove(slider, QPoint(x, middle))
    assert slider.is_dragging
    shown = slider.shown_ns
    session.report(event_id=1)  # the session is still elsewhere: the handle stays with the mouse
    _pulled(qtbot, window, session)
    assert slider.shown_ns == shown
    at = QPoint(slider.width() // 3, middle)
    qtbot.mouseRelease(slider, LEFT, NO_MODIFIER, at)
    moves = slider.width() // 2
    assert 2 <= len(session.sent) < moves / 4
    assert all(isinstance(command, SeekTime) for command in session.sent)
    assert session.sent[-1] == SeekTime(slider.shown_ns)
    assert abs((slider.shown_ns - START_NS) / (END_NS - START_NS) - 1 / 3) < 0.02


def test_the_ends_of_the_slider_are_the_exact_ends_of_the_session(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    slider = window.transport.slider
    for x in (0, slider.width() - 1, slider.width() - 1):
        qtbot.mouseClick(slider, LEFT, NO_MODIFIER, QPoint(x, 10))
        qtbot.wait(2 * SCRUB_INTERVAL_MS)  # nothing more may come
    assert session.sent == [SeekTime(START_NS), SeekTime(END_NS), SeekTime(END_NS)]


def test_the_handle_waits_for_the_session_and_then_follows_it(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    slider = window.transport.slider
    qtbot.mouseClick(slider, LEFT, NO_MODIFIER, QPoint(slider.width() - 1, 10))
    session.report(state=SessionState.SEEKING)
    _pulled(qtbot, window, session)
    assert slider.shown_ns == END_NS
    session.report(state=SessionState.PAUSED, clock_ns=END_NS - 5)
    _pulled(qtbot, window, session)
    assert slider.shown_ns == END_NS - 5


def test_the_overview_is_drawn_above_the_track(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    slider = window.transport.slider
    plain = slider.grab().toImage()
    spot = np.full(64, np.nan)
    spot[:40] = 20_400 + np.arange(40) % 7
    n_events = np.zeros(64, np.int64)
    n_events[:40] = 1000
    session.overview = SimpleNamespace(
        start_ns=START_NS,
        end_ns=END_NS,
        spot_tick=spot,
        n_events=n_events,
        book_state=np.zeros(n_events.size, np.int64),
    )
    session.report(event_id=1)
    _pulled(qtbot, window, session)
    drawn = slider.grab().toImage()
    changed = [
        x for x in range(drawn.width()) if any(drawn.pixel(x, y) != plain.pixel(x, y) for y in range(18))
    ]
    assert changed
    assert 0.55 < max(changed) / drawn.width() < 0.7  # what is not yet read stays empty


def test_a_slider_without_a_span_asks_for_nothing(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    session.report(start_ns=0, end_ns=0, clock_ns=0)
    _pulled(qtbot, window, session)
    qtbot.mouseClick(window.transport.slider, LEFT, NO_MODIFIER, QPoint(50, 10))
    assert session.sent == []


def test_a_speed_is_typed(window: MainWindow, session: FakeSession, qtbot: QtBot) -> None:
    field = window.transport.speed_field
    qtbot.keyClick(window.chart, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert field.hasFocus()
    qtbot.keyClicks(field, "0.5x")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.sent == [SetSpeed(0.5)]
    assert not field.hasFocus()


def test_a_bad_speed_is_marked_and_not_sent(window: MainWindow, session: FakeSession, qtbot: QtBot) -> None:
    field = window.transport.speed_field
    window.transport.type_speed()
    qtbot.keyClicks(field, "1001")
    assert "0.1x to 1000x" in field.problem
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.sent == []
    assert field.hasFocus()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "10x"
    assert field.problem == ""
    assert not field.hasFocus()


def test_a_status_does_not_overwrite_what_is_being_typed(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    window.transport.type_speed()
    qtbot.keyClicks(window.transport.speed_field, "12")
    session.report(speed=3.0)
    _pulled(qtbot, window, session)
    assert window.transport.speed_field.text() == "12"


@pytest.mark.parametrize(
    ("typed", "command"),
    [("14:00", SeekTime(START_NS + 1800 * 10**9)), ("42", SeekEvent(42))],
)
def test_go_to_takes_times_and_events(
    window: MainWindow, session: FakeSession, qtbot: QtBot, typed: str, command: object
) -> None:
    qtbot.keyClick(window.chart, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    field = window.transport.go_to_field
    assert field.hasFocus()
    qtbot.keyClicks(field, typed)
    assert field.problem == ""
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.sent == [command]
    assert field.text() == ""


def test_go_to_marks_a_bad_text_as_it_is_typed(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    window.transport.type_go_to()
    field = window.transport.go_to_field
    qtbot.keyClicks(field, "yesterday")
    assert field.problem.endswith(".")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.sent == []


def test_keys_typed_into_a_field_are_no_shortcuts(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    window.transport.type_go_to()
    field = window.transport.go_to_field
    qtbot.keyClicks(field, "13:30 ,.+-1ps")
    qtbot.keyClick(field, Qt.Key.Key_Left)
    assert field.text() == "13:30 ,.+-1ps"
    assert session.sent == []


def test_a_live_session_shows_the_time_and_no_replay(window: MainWindow, qtbot: QtBot) -> None:
    window.set_session(FakeSession(LIVE))
    assert window.transport.clock_label.isVisible()
    assert not window.transport.slider.isVisible()
    assert not window.transport.go_to_field.isVisible()
    assert not window.actions_by_id["step_event_forward"].isEnabled()
    window.set_session(FakeSession())
    assert window.transport.slider.isVisible()
