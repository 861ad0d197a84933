"""What the desk shows at first."""

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vpdesk.app.desk import Desk
from vpdesk.sources.simulator import write_session
from vpdesk.ui.parts.recent_files import RecentFile
from vpdesk.ui.preferences.settings import Preferences, SettingsFile

LONG_MS = 60_000  # a first run compiles


def _started(folder: Path, preferences: Preferences) -> Desk:
    settings = SettingsFile(folder / "vpdesk.ini")
    settings.preferences = preferences
    settings.save()
    desk = Desk(SettingsFile(settings.path))
    desk.window.show()
    desk.open_first()
    return desk


def _close(desk: Desk) -> None:
    desk.window.close()
    QApplication.processEvents()
    QApplication.instance().setStyleSheet("")
    desk.window.deleteLater()


def test_the_first_start_plays_the_simulated_session(qtbot: QtBot, tmp_path: Path) -> None:
    desk = _started(tmp_path, Preferences())
    qtbot.waitUntil(lambda: desk.session is not None, timeout=LONG_MS)
    assert desk.session.facts.is_simulated
    _close(desk)


def test_the_last_file_is_opened_with_its_instrument_and_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "market.dbn.zst"
    write_session(path, 5.0, seed=3)
    desk = _started(tmp_path, Preferences(at_start="last_file", recent_files=(RecentFile(str(path)),)))
    qtbot.waitUntil(lambda: desk.session is not None, timeout=LONG_MS)
    (recent,) = desk.window.files.recent()
    assert recent.path == str(path)
    assert recent.symbol == desk.session.facts.symbol
    assert recent.about.startswith("20")
    _close(desk)


def test_a_last_file_that_is_gone_is_said_and_the_start_page_shown(qtbot: QtBot, tmp_path: Path) -> None:
    gone = RecentFile(str(tmp_path / "gone.dbn"), "ESM4")
    desk = _started(tmp_path, Preferences(at_start="last_file", recent_files=(gone,)))
    qtbot.waitUntil(lambda: bool(desk.window.notices.notices), timeout=LONG_MS)
    assert "gone.dbn" in desk.window.notices.notices[0].text
    assert desk.window.welcome.isVisible()
    _close(desk)


def test_the_start_page_opens_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    for preferences in (Preferences(at_start="start_page"), Preferences(at_start="last_file")):
        desk = _started(tmp_path, preferences)
        assert desk.window.welcome.isVisible()
        assert desk._job is None
        _close(desk)
