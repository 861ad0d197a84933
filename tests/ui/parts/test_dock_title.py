from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QToolButton
from pytestqt.qtbot import QtBot

from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.parts.dock_title import DockTitle


@pytest.fixture
def dock(qtbot: QtBot) -> Iterator[QDockWidget]:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = QDockWidget("Panel", window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.show()
    yield dock
    window.close()


@pytest.fixture
def title(dock: QDockWidget) -> DockTitle:
    return DockTitle(dock)


def test_its_button_lets_the_dock_float_and_says_that_it_brings_it_back(
    qtbot: QtBot, dock: QDockWidget, title: DockTitle
) -> None:
    for is_floating, tip in ((True, "Put this panel back into the window"), (False, "Let this panel float")):
        qtbot.mouseClick(title.float_button, Qt.MouseButton.LeftButton)
        assert dock.isFloating() == is_floating
        assert title.float_button.toolTip() == tip


def test_a_double_click_lets_the_dock_float_and_puts_it_back_before_other_tabs(
    qtbot: QtBot, dock: QDockWidget, title: DockTitle
) -> None:
    window = dock.parentWidget()
    assert isinstance(window, QMainWindow)
    others = [QDockWidget(name, window) for name in ("One", "Two")]
    for other in others:
        window.tabifyDockWidget(dock, other)
    for is_floating in (True, False):
        qtbot.mouseDClick(title, Qt.MouseButton.LeftButton)
        assert dock.isFloating() == is_floating
        QApplication.processEvents()
    assert len(window.tabifiedDockWidgets(dock)) == 2
    assert not dock.visibleRegion().isEmpty()


def test_the_other_button_closes_the_dock(qtbot: QtBot, dock: QDockWidget, title: DockTitle) -> None:
    qtbot.mouseClick(title.close_button, Qt.MouseButton.LeftButton)
    assert dock.isHidden()


def test_only_a_dock_that_floats_has_a_border(window: MainWindow) -> None:
    dock = window.inspector
    dock.show()
    edge = QColor(window.looks.tones().muted)
    assert dock.grab().toImage().pixelColor(0, dock.height() // 2) != edge
    dock.setFloating(True)
    assert dock.grab().toImage().pixelColor(0, dock.height() // 2) == edge


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_dock_of_the_window_has_buttons_that_are_seen(window: MainWindow, theme: str) -> None:
    window.looks.show_theme(theme)
    docks = window.findChildren(QDockWidget)
    assert len(docks) >= 4
    for dock in docks:
        dock.show()
        for button in dock.titleBarWidget().findChildren(QToolButton):
            assert _contrast(button) > 60


def _contrast(button: QToolButton) -> float:
    """Return the range of lightness within a button, of 255."""
    picture = button.grab().toImage()
    lightness = [
        QColor(picture.pixel(x, y)).lightness()
        for x in range(picture.width())
        for y in range(picture.height())
    ]
    return max(lightness) - min(lightness)
