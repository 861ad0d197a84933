"""A market and the program, for tests of the whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.e2e.threads import engine_threads
from vpdesk.app.desk import Desk
from vpdesk.sources.simulator import write_session
from vpdesk.ui.preferences.settings import SettingsFile


@pytest.fixture(scope="session")
def market_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("market") / "market.dbn.zst"
    write_session(path, 20.0, seed=3)
    return path


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """The program without a session; none of its threads may outlive it."""
    desk = Desk(SettingsFile(tmp_path / "vpdesk.ini"))
    desk.window.resize(1280, 720)
    desk.window.show()
    yield desk
    desk.window.close()
    QApplication.processEvents()
    QApplication.instance().setStyleSheet("")
    qtbot.waitUntil(lambda: not engine_threads(), timeout=10_000)
    desk.window.deleteLater()
