"""The program without a session, for tests that give it one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from vpdesk.app.desk import Desk
from vpdesk.core.engine import warm_up
from vpdesk.display.warm_up import warm_up as warm_up_display
from vpdesk.ui.preferences.settings import SettingsFile


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """Whatever it is given, it must end in good order."""
    warm_up()
    warm_up_display()
    desk = Desk(SettingsFile(tmp_path / "vpdesk.ini"))
    qtbot.addWidget(desk.window)
    with qtbot.waitExposed(desk.window):
        desk.window.show()
    desk.window.activateWindow()
    yield desk
    desk.window.close()
    assert desk.is_closed_cleanly
