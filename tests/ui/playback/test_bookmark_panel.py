"""Bookmarks in the window: kept, visited, compared, exported and imported."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.session import LIVE, PLAYING, REPLAY, FakeSession
from vpdesk.core.params import EngineParams
from vpdesk.runtime.bookmarks import BookmarkShelf
from vpdesk.runtime.commands import Command, Pause, SeekEvent, SetParams
from vpdesk.runtime.status import SessionState, SessionStatus
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.playback.bookmark_panel import BookmarkPanel

FACTS = replace(REPLAY, content_id="c" * 32)
PARAMS = EngineParams(tick_size=250_000_000)
RESTING = replace(
    PLAYING, state=SessionState.PAUSED, event_id=500, params=PARAMS, column_ns=100_000_000, digest="d" * 32
)


class Desk:
    """A panel, and what it said."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.panel = BookmarkPanel(BookmarkShelf(folder))
        qtbot.addWidget(self.panel)
        self.sent: list[Command] = []
        self.said: list[str] = []
        self.panel.requested.connect(self.sent.append)
        self.panel.noticed.connect(self.said.append)
        self.panel.set_session(FACTS)

    def add_at(self, *event_ids: int) -> None:
        for event_id in event_ids:
            self.panel.show_status(replace(RESTING, event_id=event_id))
            self.panel.add()

    def arrive(self, **changes: object) -> SessionStatus:
        status = replace(RESTING, **changes)
        self.panel.show_status(status)
        return status


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path / "shelf")


def test_bookmarks_are_kept_in_order_with_their_notes(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.add_at(900, 100)
    desk.panel.table.item(0, 2).setText("the first")
    again = Desk(qtbot, tmp_path / "shelf").panel.bookmarks()
    assert [(one.event_id, one.note) for one in again] == [(100, "the first"), (900, "")]
    assert again[0].digest == RESTING.digest
    assert again[0].params == PARAMS


def test_another_file_has_none_of_them(desk: Desk) -> None:
    desk.add_at(100)
    desk.panel.set_session(replace(FACTS, content_id="e" * 32))
    assert desk.panel.bookmarks() == ()
    desk.panel.set_session(FACTS)
    assert len(desk.panel.bookmarks()) == 1


def test_next_and_previous_go_from_where_the_session_stands(desk: Desk) -> None:
    desk.add_at(100, 500, 900)
    desk.arrive(event_id=500)
    desk.panel.go_next()
    desk.panel.go_previous()
    assert desk.sent == [Pause(), SeekEvent(900), Pause(), SeekEvent(100)]


def test_the_identical_frame_is_said(desk: Desk) -> None:
    desk.add_at(100, 500)
    desk.panel.go_previous()
    desk.arrive(event_id=100)
    assert desk.panel.verdict.text().startswith("The identical frame: event 100, digest dddd")
    assert desk.panel.use_button.isHidden()


def test_a_digest_that_differs_is_said(desk: Desk) -> None:
    desk.add_at(100, 500)
    desk.panel.go_previous()
    desk.arrive(event_id=100, digest="e" * 32)
    assert desk.panel.verdict.text().startswith("Not the identical frame")
    assert "digests differ" in desk.said[-1]


def test_other_parameters_are_offered_and_then_compared(desk: Desk) -> None:
    desk.add_at(100)
    now = desk.arrive(params=replace(PARAMS, tau_s=0.5))
    desk.panel.go_previous()
    assert "tau_s 0.5 -> 2" in desk.panel.verdict.text()
    desk.arrive(params=now.params, event_id=100, digest="e" * 32)
    assert "identical" not in desk.panel.verdict.text()
    assert not desk.panel.use_button.isHidden()
    desk.panel.use_button.click()
    assert desk.sent[-2:] == [SetParams(PARAMS, 100_000_000, 0), SeekEvent(100)]
    desk.arrive(event_id=100)
    assert desk.panel.verdict.text().startswith("The identical frame")


def test_a_bookmark_set_while_playing_pauses_and_learns_its_digest(desk: Desk) -> None:
    desk.arrive(state=SessionState.PLAYING, digest="", event_id=700)
    desk.panel.add()
    assert desk.sent == [Pause()]
    desk.arrive(event_id=900)
    desk.panel.go_previous()
    desk.arrive(event_id=700)
    assert desk.panel.bookmarks()[0].digest == RESTING.digest


def test_a_colleague_lands_on_the_identical_frame(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.add_at(100, 500)
    desk.panel.export_to(str(tmp_path / "marks.json"))
    other = Desk(qtbot, tmp_path / "their shelf")
    other.arrive()
    other.panel.import_from(str(tmp_path / "marks.json"))
    assert other.sent == [Pause(), SeekEvent(100)]
    other.arrive(event_id=100)
    assert other.panel.verdict.text().startswith("The identical frame")
    assert other.panel.bookmarks() == desk.panel.bookmarks()


def test_bookmarks_of_another_file_are_refused_with_the_reason(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk.add_at(100)
    desk.panel.export_to(str(tmp_path / "marks.json"))
    other = Desk(qtbot, tmp_path / "their shelf")
    other.panel.set_session(replace(FACTS, content_id="e" * 32))
    other.panel.import_from(str(tmp_path / "marks.json"))
    assert other.sent == []
    assert other.said == [
        "1 bookmark was left out: made in another file or instrument (ESM4, GLBX.MDP3, content cccccccc "
        "instead of eeeeeeee)."
    ]


def test_what_is_no_file_of_bookmarks_is_a_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    desk.panel.import_from(str(tmp_path / "notes.txt"))
    desk.panel.export_to(str(tmp_path / "missing" / "marks.json"))
    assert desk.said[0] == "notes.txt is no file of bookmarks."
    assert desk.said[1].startswith("The bookmarks cannot be written to ")


def test_a_deleted_bookmark_stays_deleted(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.add_at(100, 500)
    desk.panel.table.selectRow(0)
    desk.panel.remove_selected()
    assert [one.event_id for one in Desk(qtbot, tmp_path / "shelf").panel.bookmarks()] == [500]


def test_keys_add_and_visit_bookmarks(window: MainWindow, qtbot: QtBot) -> None:
    session = FakeSession(FACTS, RESTING)
    window.set_session(session)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(window, Qt.Key.Key_B, control)
    assert [one.event_id for one in window.playback.bookmarks.bookmarks()] == [500]
    session.report(event_id=200)
    qtbot.waitUntil(lambda: window.transport._status is session.status)
    qtbot.keyClick(window, Qt.Key.Key_PageDown, control)
    assert session.sent[-1] == SeekEvent(500)


def test_a_live_session_has_no_bookmarks(window: MainWindow) -> None:
    window.set_session(FakeSession(LIVE))
    assert not window.actions_by_id["bookmark_add"].isEnabled()
    window.playback.bookmarks.add()
    assert window.playback.bookmarks.bookmarks() == ()
