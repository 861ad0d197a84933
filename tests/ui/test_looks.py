"""Light and dark, also when the system changes its mind while dialogs are open."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from tests.fakes.session import FakeSession
from tests.ui.grabbing import grabbed
from tests.ui.opening import open_window
from vpdesk.display.synthetic import synthetic_ring
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.parts import theme
from vpdesk.ui.parts.theme import DARK, LIGHT, Tones
from vpdesk.ui.preferences.settings import SettingsFile

ROLE = QPalette.ColorRole


class System:
    """Stands in for the platform's choice."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tones = DARK
        known = theme.resolve_tones

        def resolve(choice: str) -> Tones:
            return self.tones if choice == "system" else known(choice)

        monkeypatch.setattr("vpdesk.ui.looks.resolve_tones", resolve)

    def change(self, tones: Tones) -> None:
        self.tones = tones
        scheme = Qt.ColorScheme.Dark if tones.is_dark else Qt.ColorScheme.Light
        QApplication.styleHints().colorSchemeChanged.emit(scheme)
        QApplication.processEvents()


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    return System(monkeypatch)


def test_a_closed_window_dresses_nothing_any_more(
    system: System, window: MainWindow, chart: FakeChart
) -> None:
    window.close()
    told = chart.told["set_theme"]
    system.change(LIGHT)
    assert chart.told["set_theme"] == told
    window.close()  # once more, as a signal may


def _lightness(widget: QWidget) -> int:
    """Return how light the widget's background is painted, 0..255, near its edge."""
    picture = widget.grab().toImage()
    return QColor(picture.pixel(3, picture.height() - 3)).lightness()


def test_the_window_follows_the_system_while_that_is_wanted(
    system: System, window: MainWindow, chart: FakeChart
) -> None:
    system.change(LIGHT)
    assert chart.told["set_theme"] == (False,)
    assert window.palette().color(ROLE.Window) == QColor(LIGHT.window)
    window.actions_by_id["theme_dark"].trigger()
    system.change(LIGHT)
    assert chart.told["set_theme"] == (True,)
    assert window.palette().color(ROLE.Window) == QColor(DARK.window)


@pytest.mark.parametrize(
    "name",
    [
        "palette",
        "shortcuts",
        "change_shortcuts",
        "layout_save",
        "layout_manage",
        "alert_new",
        "anomalies",
        "about",
        "explain",
    ],
)
def test_an_open_dialog_changes_with_the_system(
    system: System, window: MainWindow, qtbot: QtBot, name: str
) -> None:
    window.actions_by_id[name].setEnabled(True)
    window.actions_by_id[name].trigger()
    kind, object_name = (QFrame, "popup") if name == "palette" else (QDialog, "")
    dialog = next(one for one in window.findChildren(kind, object_name) if one.isVisible())
    assert _lightness(dialog) < 60
    for tones, is_dark in ((LIGHT, False), (DARK, True), (LIGHT, False)):
        system.change(tones)
        assert (_lightness(dialog) < 60) == is_dark
        for label in dialog.findChildren(QLabel):
            text, ground = (label.palette().color(role) for role in (ROLE.WindowText, ROLE.Window))
            assert abs(text.lightness() - ground.lightness()) > 90, label.text()
    dialog.close()


def test_a_window_that_changed_looks_like_one_that_began_so(
    system: System, qtbot: QtBot, tmp_path: Path
) -> None:
    pictures = []
    for began in (LIGHT, DARK):
        system.tones = began
        window = open_window(qtbot, SettingsFile(tmp_path / f"{began.is_dark}.ini"), (1600, 900))
        window.draw_frames(False)  # they come by hand
        session = FakeSession()
        session.ring = synthetic_ring(300).ring
        window.set_session(session)
        window.actions_by_id["layout_everything"].trigger()
        window.show_notice("A sentence.", "and more")
        QApplication.processEvents()
        system.change(LIGHT)
        for _ in range(3):
            window.draw_frame()
            QApplication.processEvents()
        pictures.append(grabbed(window))
        window.close()
    differing = np.argwhere(pictures[0] != pictures[1])
    assert len(differing) == 0, (differing.min(0), differing.max(0))


def test_the_icons_of_the_actions_are_drawn_anew(system: System, window: MainWindow) -> None:
    def ink(name: str) -> int:
        image = window.actions_by_id[name].icon().pixmap(16, 16).toImage()
        seen = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        return max((color.alpha(), color.lightness()) for color in seen)[1]

    assert ink("open") > 150
    system.change(LIGHT)
    assert ink("open") < 100
    assert window.welcome.buttons[0].icon().cacheKey() == window.actions_by_id["open"].icon().cacheKey()
