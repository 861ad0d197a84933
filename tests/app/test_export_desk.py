"""What a live window has seen is exported while the feed goes on; the feed does not notice."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pytestqt.qtbot import QtBot

from tests.export.sessions import straight_run
from vpdesk.app import live
from vpdesk.app.desk import Desk
from vpdesk.export.schema import METADATA_KEY
from vpdesk.runtime.commands import SetRecording
from vpdesk.runtime.live_session import LiveSession
from vpdesk.sources.simulator import write_session
from vpdesk.sources.tape import open_tape
from vpdesk.ui.dialogs.export_dialog import SESSION, ExportDialog
from vpdesk.ui.dialogs.live_dialog import PracticeChoice

WAIT_MS = 20_000


@pytest.fixture(scope="module")
def market_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("market") / "day.dbn"
    write_session(path, 20.0, seed=3)
    return path


@pytest.fixture
def desk(qtbot: QtBot, desk: Desk, market_file: Path) -> Desk:
    """The program, on a feed that plays a file at twice its speed."""
    desk.live.open_dialog()
    assert desk.live.dialog is not None
    desk.live.dialog.practice_requested.emit(PracticeChoice(market_file, 2.0))
    qtbot.waitUntil(
        lambda: desk.session is not None and desk.session.ring.published_seq >= 8, timeout=WAIT_MS
    )
    desk.live.dialog.reject()
    return desk


def dialog_of(desk: Desk, path: Path) -> ExportDialog:
    desk.window.actions_by_id["export"].trigger()
    dialog = desk.exports.dialog
    assert dialog is not None
    dialog.path_field.setText(str(path))
    return dialog


def test_what_was_seen_is_written_while_the_feed_goes_on(
    qtbot: QtBot, desk: Desk, tmp_path: Path, market_file: Path
) -> None:
    dialog = dialog_of(desk, tmp_path / "seen.parquet")
    assert dialog.remark_label.isVisible()
    assert "A recording (Ctrl+R) holds every record from its beginning on" in dialog.remark_label.text()
    dialog.range_choices.button(SESSION).click()
    dialog.export_button.click()
    qtbot.waitUntil(lambda: dialog.cancel_button.text() == "Close", timeout=WAIT_MS)
    event_id = desk.session.status.event_id
    table = pq.ParquetFile(tmp_path / "seen.parquet").read()
    about = json.loads(table.schema.metadata[METADATA_KEY])
    assert (about["source"], about["symbol"]) == ("live", desk.session.facts.symbol)
    tape = open_tape(market_file)
    expected, _ = straight_run(tape.read(0, tape.n_records), desk.session.params, about["column_ns"])
    tape.close()
    n_closed = table.num_rows - 1
    assert n_closed >= 8
    for name in ("pressure", "vacuum", "depth", "last_event_id"):
        values = table[name].combine_chunks().flatten().to_numpy().reshape(table.num_rows, -1)
        assert values[:n_closed].tobytes() == getattr(expected, name)[:n_closed].tobytes()
    qtbot.waitUntil(lambda: desk.session.status.event_id > event_id, timeout=WAIT_MS)
    assert desk.session.status.live.n_gaps == 0


def test_a_recording_under_way_is_named_in_the_dialog_and_in_the_file(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.session
    assert isinstance(session, LiveSession)
    monkeypatch.setattr(live, "recordings_folder", lambda: tmp_path)
    session.send(SetRecording(True))
    qtbot.waitUntil(lambda: session.recording is not None and session.recording.n_bytes > 0, timeout=WAIT_MS)
    recording = session.recording.path
    dialog = dialog_of(desk, tmp_path / "seen.parquet")
    assert f"The recording {recording} holds every record since it began" in dialog.remark_label.text()
    dialog.export_button.click()
    qtbot.waitUntil(lambda: dialog.cancel_button.text() == "Close", timeout=WAIT_MS)
    about = json.loads(pq.read_schema(tmp_path / "seen.parquet").metadata[METADATA_KEY])
    assert about["recording"] == recording.name
