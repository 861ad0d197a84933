"""A window with fakes around it, for every test of the window's parts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from tests.fakes.session import FakeSession
from tests.ui.opening import open_window
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import SettingsFile


@pytest.fixture
def chart(qapp: QApplication) -> FakeChart:
    return FakeChart()


@pytest.fixture
def settings(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "vpdesk.ini")


@pytest.fixture
def window(qtbot: QtBot, chart: FakeChart, settings: SettingsFile) -> Iterator[MainWindow]:
    window = open_window(qtbot, settings, chart=chart)
    window.activateWindow()
    window.chart.setFocus()
    yield window
    QApplication.instance().setStyleSheet("")


@pytest.fixture
def session(window: MainWindow) -> FakeSession:
    session = FakeSession()
    window.set_session(session)
    return session
