from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from vpdesk.ui.dialogs.log_window import MAX_READ_BYTES, LogWindow
from vpdesk.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "vpdesk.log"
    path.write_text("one starts\ntwo warns\n")
    return path


def _shown(qtbot: QtBot, path: Path) -> LogWindow:
    log = LogWindow(path)
    qtbot.addWidget(log)
    with qtbot.waitExposed(log):
        log.show()
    return log


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_the_log_is_followed_line_by_line(qtbot: QtBot, path: Path) -> None:
    log = _shown(qtbot, path)
    assert log.text.toPlainText() == "one starts\ntwo warns"
    _append(path, "three is not yet")
    log.look()
    assert log.text.toPlainText() == "one starts\ntwo warns"
    _append(path, " complete\n")
    qtbot.waitUntil(lambda: log.text.toPlainText().endswith("\nthree is not yet complete"))


def test_a_log_that_is_begun_anew_is_followed_on(qtbot: QtBot, path: Path) -> None:
    log = _shown(qtbot, path)
    path.rename(path.with_suffix(".log.1"))
    log.look()
    path.write_text("anew\n")
    log.look()
    assert log.text.toPlainText() == "one starts\ntwo warns\nanew"


def test_only_the_end_of_a_long_log_is_read(qtbot: QtBot, path: Path) -> None:
    path.write_bytes(b"\xff long ago\n" + b"x" * 100 + b"\n" * 2 + b"y" * MAX_READ_BYTES + b"\nlast\n")
    log = _shown(qtbot, path)
    assert log.text.toPlainText().endswith("last")
    assert "long ago" not in log.text.toPlainText()


def test_lines_are_filtered_and_copied(qtbot: QtBot, path: Path) -> None:
    log = _shown(qtbot, path)
    qtbot.keyClicks(log.filter, "WARN")
    assert log.text.toPlainText() == "two warns"
    _append(path, "three starts\nfour warns\n")
    log.look()
    assert log.text.toPlainText() == "two warns\nfour warns"
    qtbot.mouseClick(log.copy_button, LEFT)
    assert QGuiApplication.clipboard().text() == "two warns\nfour warns"
    log.filter.clear()
    assert len(log.text.toPlainText().splitlines()) == 4


def test_the_menu_shows_the_log_and_its_folder(
    window: MainWindow, qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url)))
    window.program_log.path = path
    window.actions_by_id["log"].trigger()
    log = window.findChild(LogWindow)
    assert log.isVisible()
    window.actions_by_id["log_folder"].trigger()
    assert opened == [QUrl.fromLocalFile(str(path.parent))]
    assert str(path) in window.notices.notices[-1].text  # nothing opened it


def test_without_a_log_that_is_said(window: MainWindow) -> None:
    for name in ("log", "log_folder"):
        window.actions_by_id[name].trigger()
    (notice,) = window.notices.notices
    assert notice.text == "There is no log: its folder cannot be written."
    assert notice.count == 2
