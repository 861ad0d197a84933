import pytest
from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vpdesk.ui.window_extent import WindowExtent

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
def extent(window: QWidget, action: QAction) -> WindowExtent:
    return WindowExtent(window, action)


def fill_screen(qtbot: QtBot, window: QWidget, extent: WindowExtent) -> None:
    former = window.size()
    extent.show_full_screen(True)
    qtbot.waitUntil(lambda: window.size() != former)


def test_a_window_that_filled_the_screen_has_its_former_size_whatever_the_desktop_makes_of_it(
    qtbot: QtBot, window: QWidget, extent: WindowExtent
) -> None:
    for _ in range(2):
        fill_screen(qtbot, window, extent)
        extent.show_full_screen(False)
        window.resize(LESS_ITS_FRAME)
        qtbot.waitUntil(lambda: window.size() == SIZE)


def test_a_window_that_has_its_size_again_can_be_resized(
    qtbot: QtBot, window: QWidget, extent: WindowExtent
) -> None:
    fill_screen(qtbot, window, extent)
    extent.show_full_screen(False)
    qtbot.waitUntil(lambda: window.size() == SIZE)
    window.resize(LESS_ITS_FRAME)
    QApplication.processEvents()
    assert window.size() == LESS_ITS_FRAME


def test_a_maximized_window_is_maximized_after_it_filled_the_screen(
    qtbot: QtBot, window: QWidget, extent: WindowExtent
) -> None:
    window.showMaximized()
    extent.show_full_screen(True)
    extent.show_full_screen(False)
    assert window.windowState() == Qt.WindowState.WindowMaximized
    qtbot.waitUntil(lambda: window.size() != SIZE)
    window.resize(LESS_ITS_FRAME)  # as a desktop does that has less room by now
    QApplication.processEvents()
    assert window.size() == LESS_ITS_FRAME


def test_the_action_tells_whether_the_screen_is_filled_also_when_the_desktop_did_it(
    window: QWidget, action: QAction, extent: WindowExtent
) -> None:
    window.setWindowState(Qt.WindowState.WindowFullScreen)
    assert action.isChecked()
    window.setWindowState(Qt.WindowState.WindowNoState)
    assert not action.isChecked()


def test_the_normal_place_is_not_the_size_that_is_told_before_the_window_is_said_to_be_maximized(
    qtbot: QtBot, window: QWidget, extent: WindowExtent
) -> None:
    small = QRect(20, 30, 350, 250)
    with qtbot.waitSignal(extent.findChild(QTimer).timeout):  # a desktop says at once what belongs together
        window.setGeometry(small)
    window.resize(SIZE)
    window.setWindowState(Qt.WindowState.WindowMaximized)
    assert window.normalGeometry().size() == SIZE
    assert extent.normal_place == small
    window.setWindowState(Qt.WindowState.WindowNoState)
    assert extent.normal_place == window.geometry()


def test_the_normal_place_of_a_window_that_was_never_seen_there_is_what_qt_says(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    extent = WindowExtent(window, QAction("Full screen", window))
    window.resize(SIZE)
    window.showMaximized()
    assert extent.normal_place == window.normalGeometry()
    assert extent.normal_place.size() == SIZE
