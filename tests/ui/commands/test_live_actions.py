"""What the window can do with a live session, by the keys of the action table."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.live import HEALTH, LIVE_STATUS
from tests.fakes.session import LIVE, FakeSession
from vpdesk.runtime.commands import SelectInstrument, SetRecording
from vpdesk.ui.commands.action_table import ACTIONS, Needs
from vpdesk.ui.main_window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def live(window: MainWindow) -> Iterator[FakeSession]:
    session = FakeSession(LIVE, LIVE_STATUS)
    window.set_session(session)
    session.sent.clear()
    return session


def test_live_actions_need_a_live_session_and_playback_actions_none(
    window: MainWindow, live: FakeSession
) -> None:
    def enabled(needs: Needs) -> set[bool]:
        return {window.actions_by_id[spec.id].isEnabled() for spec in ACTIONS if spec.needs is needs}

    assert enabled(Needs.LIVE) == {True}
    assert enabled(Needs.REPLAY) == {False}
    window.set_session(FakeSession())
    assert enabled(Needs.LIVE) == {False}
    assert enabled(Needs.REPLAY) == {True}


def test_one_key_begins_and_ends_a_recording_and_the_mark_follows_the_session(
    window: MainWindow, live: FakeSession, qtbot: QtBot
) -> None:
    action = window.actions_by_id["record"]
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    live.report(live=replace(HEALTH, is_recording=True, recording="recording"))
    qtbot.waitUntil(lambda: window.health.recording_label.isVisible(), timeout=1000)
    assert action.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    live.report(live=replace(HEALTH, recording="Recording stopped: the disk is full."))
    qtbot.waitUntil(lambda: not action.isChecked(), timeout=1000)
    assert live.sent == [SetRecording(True), SetRecording(False)]


def test_the_notice_of_a_lost_connection_goes_when_it_is_back(
    window: MainWindow, live: FakeSession, qtbot: QtBot
) -> None:
    def shown() -> list[tuple[str, bool]]:
        return [(one.text, one.passing.isActive()) for one in window.notices.notices]

    for _ in range(2):
        live.report(trouble="The connection ended.")
        qtbot.waitUntil(lambda: shown()[-1:] == [("The connection ended.", False)], timeout=1000)
        live.report(trouble="", relief="Connected again.")
        qtbot.waitUntil(lambda: shown()[-1:] == [("Connected again.", True)], timeout=1000)
        assert ("The connection ended.", False) not in shown()
        live.report(relief="")


def test_keys_go_round_the_instruments(window: MainWindow, live: FakeSession, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_J, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_J, CTRL | SHIFT)
    assert live.sent == [SelectInstrument(1, 22), SelectInstrument(1, 33)]


def test_title_and_colour_scales_follow_the_instrument_that_the_session_shows(
    window: MainWindow, live: FakeSession, qtbot: QtBot
) -> None:
    live.facts = replace(LIVE, symbol="ESH6", title="ESH6 GLBX.MDP3 live")
    live.report(event_id=1)
    qtbot.waitUntil(lambda: window.windowTitle() == "ESH6 GLBX.MDP3 live - vpdesk", timeout=1000)


def test_ctrl_l_asks_for_the_live_dialog(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.live_requested, timeout=1000):
        qtbot.keyClick(window, Qt.Key.Key_L, CTRL)
