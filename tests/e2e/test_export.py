"""Exports as a user makes them: from the window while it plays, and from the command line."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pytestqt.qtbot import QtBot

from tests.e2e.program import ROOT, TIMEOUT_S, assert_one_sentence, end, running, vpdesk
from tests.export.sessions import straight_run
from vpdesk.app.desk import Desk
from vpdesk.app.export import read_cadence
from vpdesk.core.params import EngineParams
from vpdesk.errors import VpdeskError
from vpdesk.export import writer
from vpdesk.runtime.commands import Pause, SeekEvent
from vpdesk.runtime.status import SessionState
from vpdesk.sources.simulator import START_NS, write_session
from vpdesk.sources.tape import Tape, open_tape
from vpdesk.ui.dialogs.export_dialog import SESSION, ExportDialog

LONG_MS = 120_000  # the first process of all compiles every kernel
S = 10**9


@pytest.fixture
def desk(qtbot: QtBot, desk: Desk, market_file: Path) -> Desk:
    """The program, paused in the middle of a file."""
    desk.open_now([market_file], None, None)
    qtbot.waitUntil(lambda: desk.session is not None and desk.session.status.is_complete, timeout=LONG_MS)
    desk.session.send(Pause())
    desk.session.send(SeekEvent(25_000))
    qtbot.waitUntil(lambda: desk.session.status.event_id == 25_000, timeout=LONG_MS)
    qtbot.waitUntil(lambda: desk.session.status.state is SessionState.PAUSED, timeout=LONG_MS)
    qtbot.wait(100)  # some frames
    return desk


def dialog_of(desk: Desk, path: Path) -> ExportDialog:
    desk.window.actions_by_id["export"].trigger()
    dialog = desk.exports.dialog
    assert dialog is not None
    dialog.path_field.setText(str(path))
    return dialog


def assert_rows_are_those_of_a_straight_run(path: Path, tape: Tape, params: EngineParams) -> int:
    table = pq.ParquetFile(path).read()
    expected, _ = straight_run(tape.read(0, tape.n_records), params, S // 10)
    seqs = table["seq"].to_numpy()
    for name in ("pressure", "vacuum", "last_event_id"):
        values = table[name].combine_chunks().flatten().to_numpy()
        assert values.tobytes() == getattr(expected, name)[seqs].tobytes()
    return table.num_rows


def test_the_columns_in_view_are_written_whole_though_the_session_stands_within_them(
    qtbot: QtBot, desk: Desk, tmp_path: Path, market_file: Path
) -> None:
    dialog = dialog_of(desk, tmp_path / "view.parquet")
    newest = desk.session.ring.span().newest
    first, _ = desk.window.chart.visible_columns()
    dialog.export_button.click()
    qtbot.waitUntil(lambda: dialog.cancel_button.text() == "Close", timeout=LONG_MS)
    tape = open_tape(market_file)
    n_rows = assert_rows_are_those_of_a_straight_run(dialog.choice().path, tape, desk.session.params)
    assert n_rows == newest - max(0, first) + 1
    assert pq.read_table(dialog.choice().path)["event_id"][-1].as_py() > 25_000
    dialog.reject()
    qtbot.waitUntil(lambda: desk.exports.dialog is None)


def test_an_export_survives_that_its_session_is_closed(
    qtbot: QtBot, desk: Desk, tmp_path: Path, market_file: Path
) -> None:
    dialog = dialog_of(desk, tmp_path / "all.parquet")
    former, params = desk.session, desk.session.params
    desk.open_now([market_file], None, None)
    qtbot.waitUntil(lambda: desk.session is not former, timeout=LONG_MS)
    dialog.range_choices.button(SESSION).click()
    dialog.export_button.click()
    qtbot.waitUntil(lambda: dialog.cancel_button.text() == "Close", timeout=LONG_MS)
    tape = open_tape(market_file)
    assert assert_rows_are_those_of_a_straight_run(tmp_path / "all.parquet", tape, params) > 150


@pytest.mark.parametrize("way", ["dialog", "window"])
def test_closing_while_writing_leaves_nothing(
    qtbot: QtBot, desk: Desk, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "SLICE_EVENTS", 500)
    monkeypatch.setattr(writer, "_share_done", lambda *_: time.sleep(0.02) or 0.0)  # a disk as slow as that
    folder = tmp_path / "exports"
    folder.mkdir()
    dialog = dialog_of(desk, folder / "all.parquet")
    dialog.range_choices.button(SESSION).click()
    dialog.export_button.click()
    qtbot.waitUntil(lambda: any(folder.iterdir()), timeout=LONG_MS)
    (dialog if way == "dialog" else desk.window).close()
    qtbot.waitUntil(lambda: not any(folder.iterdir()), timeout=LONG_MS)


def test_a_file_that_cannot_be_written_is_said_in_the_dialog(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    dialog = dialog_of(desk, tmp_path / "none" / "all.parquet")
    dialog.export_button.click()
    qtbot.waitUntil(lambda: "There is no folder" in dialog.words_label.text(), timeout=LONG_MS)
    assert dialog.export_button.isEnabled()
    dialog.reject()


# --- the command line ----------------------------------------------------------------------------------


def test_the_command_writes_the_columns_of_a_range(market_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "some.parquet"
    assert START_NS % (60 * S) == 0
    minute = (START_NS // (60 * S)) % (24 * 60)
    clock = f"{minute // 60:02d}:{minute % 60:02d}"

    done = vpdesk(
        "export", market_file, "-o", path, "--from", f"{clock}:05", "--to", f"{clock}:07.5",
        "--column", "250ms", "--half-width", "15", "--tau", "3",
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{path}: 10 columns, ")
    table = pq.read_table(path)
    assert table["start_ns"].cast("int64")[0].as_py() == START_NS + 5 * S
    facts = json.loads(table.schema.metadata[b"vpdesk"])
    assert (facts["K"], facts["params"]["tau_s"], facts["column_ns"]) == (15, 3.0, S // 4)


def test_of_a_file_cut_short_what_could_be_read_is_written_and_that_is_said(
    market_file: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.dbn.zst"
    cut.write_bytes(market_file.read_bytes()[:200_000])

    done = vpdesk("export", cut, "-o", tmp_path / "cut.parquet", "--column", "1s")

    assert_one_sentence(done)
    assert "cut short" in done.stderr
    n_rows = pq.read_metadata(tmp_path / "cut.parquet").num_rows
    assert f"{n_rows} columns were written" in re.sub(r"(?<=\d) (?=\d)", "", done.stderr)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("-o", "some.csv"), 1, "must end in .parquet or .arrow"),
        (("-o", "none/some.arrow"), 1, "There is no folder none"),
        (("-o", "some.arrow", "--column", "soon"), 2, "'soon' is no width of a column"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_in_one_sentence(
    market_file: Path, tmp_path: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    done = vpdesk("export", market_file, *options, cwd=tmp_path)
    assert_one_sentence(done, code)
    assert words in done.stderr


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("100ms", (S // 10, 0)),
        ("1s", (S, 0)),
        ("250 us", (250_000, 0)),
        ("5m", (300 * S, 0)),
        ("1 event", (86_400 * S, 1)),
        ("50 Events", (86_400 * S, 50)),
        ("50events", (86_400 * S, 50)),
    ],
)
def test_a_column_is_a_time_or_a_number_of_events(text: str, cadence: tuple[int, int]) -> None:
    assert read_cadence(text) == cadence


@pytest.mark.parametrize("text", ["", "0ms", "0 events", "100", "-1s", "1.5s", "25h", "1ns", "9" * 13 + "s"])
def test_what_is_no_column_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(VpdeskError, match=r"\.$"):
        read_cadence(text)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_export_that_is_interrupted_leaves_the_former_file_and_nothing_else(
    tmp_path: Path, number: signal.Signals
) -> None:
    source = tmp_path / "long.dbn"
    write_session(source, 60.0, seed=5)
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "some.parquet"
    path.write_text("the work of a day")
    columns = ("--column", "1 event", "--half-width", "500")  # takes longer than anybody waits
    with running("export", source, "-o", path, "--overwrite", *columns) as process:
        deadline = time.monotonic() + TIMEOUT_S
        while not any(one.suffix == ".part" and one.stat().st_size for one in folder.iterdir()):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        code, out, err = end(process, number)
    assert (code, out, err) == (1, "", "vpdesk: The command was interrupted.\n")
    assert [one.name for one in folder.iterdir()] == [path.name]
    assert path.read_text() == "the work of a day"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit can be set on the size of files")
def test_an_export_to_a_full_disk_leaves_the_former_file_and_nothing_else(
    market_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "some.parquet"
    path.write_text("the work of a day")
    script = "import resource, sys; from vpdesk.cli import main; "
    script += "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); sys.argv = sys.argv[1:]; main()"
    vpdesk("export", market_file, "-o", tmp_path / "first.parquet")  # what is kept of the file is kept now
    done = subprocess.run(
        [sys.executable, "-c", script, "vpdesk", "export", market_file, "-o", path, "--overwrite"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert_one_sentence(done)
    assert done.stderr == f"vpdesk: {path} cannot be written: file too large.\n"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["first.parquet", path.name]
    assert path.read_text() == "the work of a day"
