"""The program as a user has it: from a file to pixels, and closed at any moment."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from tests.e2e.threads import engine_threads
from tests.ui.grabbing import grabbed
from vpdesk.app.desk import Desk
from vpdesk.core.engine import Engine
from vpdesk.runtime.commands import Pause, SeekEvent
from vpdesk.runtime.status import SessionState
from vpdesk.sources.tape import open_tape
from vpdesk.ui.dialogs.open_dialog import OpenDialog

LONG_MS = 60_000  # a first run compiles


def state(desk: Desk) -> SessionState | None:
    return desk.session.status.state if desk.session is not None else None


def test_a_file_opened_by_dialog_becomes_moving_pixels(qtbot: QtBot, desk: Desk, market_file: Path) -> None:
    desk.window.open_requested.emit([market_file])
    dialog = desk.window.findChild(OpenDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.open_button.isEnabled, timeout=LONG_MS)
    assert dialog.tick_field.text() == "0.25"
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state(desk) is SessionState.PLAYING, timeout=LONG_MS)
    qtbot.waitUntil(lambda: desk.session.status.event_id > 10_000, timeout=LONG_MS)
    qtbot.wait(100)
    first = grabbed(desk.window.chart)
    qtbot.waitUntil(lambda: desk.session.status.event_id > 13_000, timeout=LONG_MS)
    qtbot.wait(100)
    second = grabbed(desk.window.chart)
    assert len(np.unique(first)) > 50
    assert np.count_nonzero(first != second) > 1000


def test_a_seek_in_the_window_ends_in_the_digest_of_a_straight_run(
    qtbot: QtBot, desk: Desk, market_file: Path
) -> None:
    desk.open_now([market_file], None, None)
    qtbot.waitUntil(lambda: state(desk) is SessionState.PLAYING, timeout=LONG_MS)
    session = desk.session
    assert session is not None
    for target in (30_000, 9_000, 15_000):
        session.send(Pause())
        session.send(SeekEvent(target))
        qtbot.waitUntil(
            lambda target=target: session.status.event_id == target and bool(session.status.digest),
            timeout=LONG_MS,
        )
        straight = Engine(session.params)
        tape = open_tape([market_file])
        straight.feed(tape.read(0, target))
        tape.close()
        assert session.status.digest == straight.digest()


def test_a_dropped_file_asks_the_same_questions(qtbot: QtBot, desk: Desk, market_file: Path) -> None:
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(market_file))])
    event = QDropEvent(
        QPointF(QPoint(100, 100)),
        Qt.DropAction.CopyAction,
        dropped,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    desk.window.dropEvent(event)
    dialog = desk.window.findChild(OpenDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.open_button.isEnabled, timeout=LONG_MS)
    dialog.reject()
    assert desk.session is None


def test_a_bad_file_is_one_sentence_in_the_dialog(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "notes.dbn"
    bad.write_bytes(b"these are notes, not a market")
    desk.window.open_requested.emit([bad])
    dialog = desk.window.findChild(OpenDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.problem_label.text()), timeout=LONG_MS)
    assert "notes.dbn" in dialog.problem_label.text()
    assert not dialog.open_button.isEnabled()
    dialog.reject()


def test_a_cut_file_plays_what_it_has_and_says_so(
    qtbot: QtBot, desk: Desk, market_file: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.dbn.zst"
    content = market_file.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    desk.open_now([cut], None, None)
    qtbot.waitUntil(lambda: state(desk) is SessionState.PLAYING, timeout=LONG_MS)
    qtbot.waitUntil(
        lambda: desk.session.status.message.startswith("The file is cut short: "), timeout=LONG_MS
    )


def test_opening_another_file_ends_the_session_before(qtbot: QtBot, desk: Desk, market_file: Path) -> None:
    desk.open_now([market_file], None, None)
    qtbot.waitUntil(lambda: state(desk) is SessionState.PLAYING, timeout=LONG_MS)
    first = desk.session
    desk.open_now([market_file], None, None)
    qtbot.waitUntil(lambda: desk.session is not first, timeout=LONG_MS)
    assert first is not None
    qtbot.waitUntil(lambda: first.wait_closed(0), timeout=10_000)
    qtbot.waitUntil(lambda: state(desk) is SessionState.PLAYING, timeout=LONG_MS)


@pytest.mark.parametrize("moment", ["at once", "while preparing", "while playing", "while paused"])
def test_the_window_closes_cleanly_at_any_moment(
    qtbot: QtBot, desk: Desk, market_file: Path, moment: str
) -> None:
    desk.open_now([market_file], None, None)
    if moment != "at once":
        qtbot.waitUntil(lambda: desk.session is not None, timeout=LONG_MS)
    if moment in ("while playing", "while paused"):
        qtbot.waitUntil(lambda: state(desk) is SessionState.PLAYING, timeout=LONG_MS)
    if moment == "while paused":
        desk.session.send(Pause())
        qtbot.waitUntil(lambda: state(desk) is SessionState.PAUSED, timeout=LONG_MS)
    desk.window.close()
    assert desk.is_closed_cleanly
    qtbot.waitUntil(lambda: not engine_threads(), timeout=10_000)
