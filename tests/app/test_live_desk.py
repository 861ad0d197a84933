"""The real window and the real client, from the dialog to the chart and back to nothing."""

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes.keyring import Keyring, without_key
from tests.live import wiring
from tests.live.wiring import KEY_TEXT, market
from vpdesk.app import live_desk
from vpdesk.app.desk import Desk
from vpdesk.app.live import LiveWish
from vpdesk.gateway.faults import Drop
from vpdesk.gateway.server import serving
from vpdesk.runtime.live_session import LiveSession
from vpdesk.sources.feed import LiveRequest
from vpdesk.sources.simulator import write_session
from vpdesk.ui.dialogs.live_dialog import LiveChoice, PracticeChoice

WAIT_MS = 20_000


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    return without_key(monkeypatch)


def session_of(desk: Desk, qtbot: QtBot, n_events: int) -> LiveSession:
    qtbot.waitUntil(
        lambda: desk.session is not None and desk.session.status.event_id >= n_events, timeout=WAIT_MS
    )
    assert isinstance(desk.session, LiveSession)
    return desk.session


def redirect(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Let the dialog's requests reach a gateway of ours: the dialog itself offers Databento's only."""

    def request_for(choice: LiveChoice) -> LiveRequest:
        return wiring.request(port, symbols=choice.symbols, stype_in=choice.stype_in)

    monkeypatch.setattr(live_desk, "request_for", request_for)


CHOICE = LiveChoice(wiring.DATASET, ("ES.c.0",), "continuous", key=KEY_TEXT, is_key_kept=True)


def test_the_dialog_is_tested_connected_and_remembered_without_the_key(
    desk: Desk,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    keyring: Keyring,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    with serving(wiring.gateway_for(market(2000))) as port:
        redirect(monkeypatch, port)
        desk.window.live_requested.emit()
        dialog = desk.live.dialog
        assert dialog is not None
        dialog.symbol_field.edit.setText("ES.c.0")
        dialog.key_field.edit.setText(KEY_TEXT)
        dialog.keep_box.setChecked(True)
        dialog.test_button.click()
        qtbot.waitUntil(lambda: dialog.test_note.text().startswith("It works"), timeout=WAIT_MS)
        dialog.connect_button.click()
        session = session_of(desk, qtbot, 1)
        assert session.facts.symbol == "ESM4"
        qtbot.waitUntil(lambda: desk.window.windowTitle() == "ESM4 GLBX.MDP3 live - vpdesk", timeout=WAIT_MS)
        desk.window.close()
    assert keyring.password == KEY_TEXT
    text = (tmp_path / "vpdesk.ini").read_text()
    assert "ES.c.0" in text
    everywhere = text + caplog.text + desk.window.windowTitle() + repr(session.status) + repr(CHOICE)
    everywhere += "".join(notice.text for notice in desk.window.notices.notices)
    assert KEY_TEXT[3:] not in everywhere


def test_a_refused_key_is_said_in_the_dialog(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(wiring.gateway_for(market(10), key="db-" + "x" * 29)) as port:
        redirect(monkeypatch, port)
        desk.window.live_requested.emit()
        dialog = desk.live.dialog
        assert dialog is not None
        dialog.test_requested.emit(CHOICE)
        qtbot.waitUntil(lambda: "refused the login" in dialog.test_note.text(), timeout=WAIT_MS)
        dialog.reject()
    assert desk.session is None


def test_a_key_store_that_refuses_is_said_and_does_not_keep_from_connecting(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, keyring: Keyring
) -> None:
    keyring.error = RuntimeError("locked")
    with serving(wiring.gateway_for(market(100))) as port:
        redirect(monkeypatch, port)
        desk.window.live_requested.emit()
        assert desk.live.dialog is not None
        desk.live.dialog.connect_requested.emit(CHOICE)
        session_of(desk, qtbot, 100)
        assert any("no keyring" in notice.text for notice in desk.window.notices.notices)
        desk.window.close()


def test_without_any_key_the_window_says_so(desk: Desk, qtbot: QtBot) -> None:
    desk.live.connect_to(LiveWish(LiveRequest("GLBX.MDP3", ("ES.c.0",), "continuous")))
    qtbot.waitUntil(lambda: bool(desk.window.notices.notices), timeout=WAIT_MS)
    assert desk.window.notices.notices[0].text.startswith("There is no Databento key")
    assert desk.session is None


def test_practice_plays_a_file_as_a_live_feed_and_leaves_no_thread(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    before = set(threading.enumerate())
    write_session(tmp_path / "day.dbn", 5.0, seed=3)
    desk.window.live_requested.emit()
    assert desk.live.dialog is not None
    desk.live.dialog.practice_requested.emit(PracticeChoice(tmp_path / "day.dbn", 100.0))
    session = session_of(desk, qtbot, 1000)
    assert desk.window.simulated_line.text() == session.facts.notice
    assert session.facts.notice.startswith("Practice: day.dbn, served at 100x")
    desk.window.close()
    assert desk.is_closed_cleanly
    left = {one.name for one in set(threading.enumerate()) - before if one.is_alive()}
    assert not {name for name in left if name.startswith("vpdesk")}


def test_the_window_is_closed_at_once_while_a_feed_is_being_reconnected(desk: Desk, qtbot: QtBot) -> None:
    gateway = wiring.gateway_for(market(3000), faults=[[Drop(60_000)]] * 50, speed=0.01, key=None)
    with serving(gateway) as port:
        desk.live.connect_to(LiveWish(wiring.request(port)))
        session = session_of(desk, qtbot, 1)
        qtbot.waitUntil(lambda: session.status.book_state == "stale", timeout=WAIT_MS)
        desk.window.close()
    assert desk.is_closed_cleanly
