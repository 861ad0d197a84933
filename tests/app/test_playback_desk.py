"""The real window over a real session: keys lead to moments that a straight run knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vpdesk.app import replay
from vpdesk.app.desk import Desk
from vpdesk.core.engine import Engine
from vpdesk.runtime.commands import SeekEvent
from vpdesk.runtime.index_cache import IndexCache
from vpdesk.runtime.replay_session import ReplaySession
from vpdesk.sources.simulator import write_session
from vpdesk.sources.tape import Tape

WAIT_MS = 20_000
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tape") / "a.mbo.dbn"
    write_session(path, 60.0, 3)
    return path


@pytest.fixture
def tape(path: Path) -> Iterator[Tape]:
    tape = replay.open_files([path], wait=True)
    yield tape
    tape.close()


@pytest.fixture
def desk(tape: Tape, desk: Desk) -> Desk:
    """The program at the start of a file; it ends before the tape is closed."""
    desk.show_session(replay.session_for(tape, is_playing=False), None)
    return desk


def session_of(desk: Desk) -> ReplaySession:
    assert isinstance(desk.session, ReplaySession)
    return desk.session


def wait_at(qtbot: QtBot, desk: Desk, event_id: int) -> str:
    """Wait until the window shows an event at rest; return its digest."""
    qtbot.waitUntil(
        lambda: desk.window._status.event_id == event_id and bool(desk.window._status.digest), timeout=WAIT_MS
    )
    return desk.window._status.digest


def straight_digest(desk: Desk, tape: Tape, event_id: int) -> str:
    engine = Engine(session_of(desk).params)
    engine.feed(tape.read(0, event_id))
    return engine.digest()


def test_keys_lead_to_the_moments_of_a_straight_run(desk: Desk, tape: Tape, qtbot: QtBot) -> None:
    window = desk.window
    window.send(SeekEvent(20_000))
    assert wait_at(qtbot, desk, 20_000) == straight_digest(desk, tape, 20_000)
    for _ in range(30):
        qtbot.keyClick(window, Qt.Key.Key_Right)
    assert wait_at(qtbot, desk, 20_030) == straight_digest(desk, tape, 20_030)
    for _ in range(50):
        qtbot.keyClick(window, Qt.Key.Key_Left)
    assert wait_at(qtbot, desk, 19_980) == straight_digest(desk, tape, 19_980)
    assert " order " in window._status.last_event


def test_a_colleague_with_the_same_file_lands_on_the_identical_frame(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    bookmarks = desk.window.playback.bookmarks
    for event_id in (12_345, 23_456):
        desk.window.send(SeekEvent(event_id))
        wait_at(qtbot, desk, event_id)
        qtbot.keyClick(desk.window, Qt.Key.Key_B, CONTROL)
    bookmarks.export_to(str(tmp_path / "marks.json"))
    bookmarks.table.selectRow(0)
    bookmarks.remove_selected()
    bookmarks.import_from(str(tmp_path / "marks.json"))
    qtbot.waitUntil(
        lambda: bookmarks.verdict.text().startswith("The identical frame: event 12"), timeout=WAIT_MS
    )
    qtbot.keyClick(desk.window, Qt.Key.Key_PageDown, CONTROL)
    wait_at(qtbot, desk, 23_456)


def test_the_index_is_kept_and_can_be_deleted_from_the_window(desk: Desk, qtbot: QtBot) -> None:
    cache = IndexCache()
    qtbot.waitUntil(lambda: cache.n_bytes() > 0, timeout=WAIT_MS)
    desk.window.actions_by_id["clear_caches"].trigger()
    qtbot.waitUntil(lambda: bool(desk.window.notices.notices), timeout=WAIT_MS)
    assert "of cached data deleted" in desk.window.notices.notices[-1].text
    assert cache.n_bytes() == 0


def test_a_change_of_parameters_keeps_the_moment_and_the_view(desk: Desk, tape: Tape, qtbot: QtBot) -> None:
    window = desk.window
    window.send(SeekEvent(20_000))
    wait_at(qtbot, desk, 20_000)
    window.chart.tick()
    before = window.chart.viewport()
    former = session_of(desk).params
    panel = window.playback.params
    panel.fields["tau_s"].setText("0.4")
    panel.apply()
    qtbot.waitUntil(lambda: window._status.params != former and bool(window._status.digest), timeout=WAIT_MS)
    assert wait_at(qtbot, desk, 20_000) == straight_digest(desk, tape, 20_000)
    qtbot.keyClick(window, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: window._status.params == former and bool(window._status.digest), timeout=WAIT_MS)
    assert wait_at(qtbot, desk, 20_000) == straight_digest(desk, tape, 20_000)
    window.chart.tick()
    assert window.chart.viewport() == before
