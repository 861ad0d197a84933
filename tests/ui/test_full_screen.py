import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vpdesk.ui.full_screen import FullScreen

SIZE = QSize(400, 300)
LESS_ITS_FRAME = QSize(394, 267)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(SIZE)
    window.show()
    return window


@pytest.fixture
def action(window: QWidget) -> QAction:
    action = QAction("Full screen", window)
    action.setCheckable(True)
    return action


@pytest.fixture
def full_screen(window: QWidget, action: QAction) -> FullScreen:
    return FullScreen(window, action)


def fill_screen(qtbot: QtBot, window: QWidget, full_screen: FullScreen) -> None:
    former = window.size()
    full_screen.turn(True)
    qtbot.waitUntil(lambda: window.size() != former)


def test_a_window_that_filled_the_screen_has_its_former_size_whatever_the_desktop_makes_of_it(
    qtbot: QtBot, window: QWidget, full_screen: FullScreen
) -> None:
    for _ in range(2):
        fill_screen(qtbot, window, full_screen)
        full_screen.turn(False)
        window.resize(LESS_ITS_FRAME)
        qtbot.waitUntil(lambda: window.size() == SIZE)


def test_a_window_that_has_its_size_again_can_be_resized(
    qtbot: QtBot, window: QWidget, full_screen: FullScreen
) -> None:
    fill_screen(qtbot, window, full_screen)
    full_screen.turn(False)
    qtbot.waitUntil(lambda: window.size() == SIZE)
    window.resize(LESS_ITS_FRAME)
    QApplication.processEvents()
    assert window.size() == LESS_ITS_FRAME


def test_a_maximized_window_is_maximized_after_it_filled_the_screen(
    qtbot: QtBot, window: QWidget, full_screen: FullScreen
) -> None:
    window.showMaximized()
    full_screen.turn(True)
    full_screen.turn(False)
    assert window.windowState() == Qt.WindowState.WindowMaximized
    qtbot.waitUntil(lambda: window.size() != SIZE)
    window.resize(LESS_ITS_FRAME)  # as a desktop does that has less room by now
    QApplication.processEvents()
    assert window.size() == LESS_ITS_FRAME


def test_the_action_tells_whether_the_screen_is_filled_also_when_the_desktop_did_it(
    window: QWidget, action: QAction, full_screen: FullScreen
) -> None:
    window.setWindowState(Qt.WindowState.WindowFullScreen)
    assert action.isChecked()
    window.setWindowState(Qt.WindowState.WindowNoState)
    assert not action.isChecked()
