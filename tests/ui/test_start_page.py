from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from tests.fakes.session import FakeSession
from tests.ui.opening import open_window
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.parts.recent_files import RecentFile
from vpdesk.ui.preferences.settings import Preferences, SettingsFile

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def files(tmp_path: Path) -> tuple[RecentFile, RecentFile]:
    """One that is there and one that is not."""
    (tmp_path / "here & there.dbn").write_bytes(b"")
    return (
        RecentFile(str(tmp_path / "here & there.dbn"), "ESM4", "2024-03-15"),
        RecentFile(str(tmp_path / "gone.dbn"), "NQM4", "2024-03-16"),
    )


def _labels(window: MainWindow) -> list[tuple[str, str, bool]]:
    rows = window.welcome.rows
    return [(row.button.text(), row.about.text(), row.button.isEnabled()) for row in rows]


def test_recent_files_are_told_with_instrument_and_day_and_those_missing_are_greyed(
    window: MainWindow, qtbot: QtBot, files: tuple[RecentFile, RecentFile]
) -> None:
    window.remember_files(files)
    window.pages.show_start()
    here = ("here && there.dbn", "ESM4  2024-03-15", True)
    qtbot.waitUntil(lambda: _labels(window) == [here, ("gone.dbn", "not found", False)])
    menu = [(action.text(), action.isEnabled()) for action in window.files.recent_menu.actions()[:2]]
    path = files[0].path.replace("&", "&&")
    assert menu == [(path, True), (f"{files[1].path}  (not found)", False)]
    with qtbot.waitSignal(window.open_requested, timeout=1000) as asked:
        qtbot.mouseClick(window.welcome.rows[0].button, LEFT)
    assert asked.args == [[Path(files[0].path)]]


def test_files_are_taken_off_the_list_one_by_one_or_the_missing_or_all(
    window: MainWindow, qtbot: QtBot, files: tuple[RecentFile, RecentFile]
) -> None:
    here, gone = files
    window.remember_files(files)
    window.pages.show_start()
    qtbot.waitUntil(lambda: window.files.missing == {gone.path})
    menu = {action.text(): action for action in window.files.recent_menu.actions()}
    menu["Remove those not found"].trigger()
    assert window.files.recent() == (here,)
    qtbot.mouseClick(window.welcome.rows[0].remove_button, LEFT)
    assert window.files.recent() == ()
    assert window.welcome.rows == []
    assert not window.welcome.recent_title.isVisible()
    window.remember_files(files)
    menu = {action.text(): action for action in window.files.recent_menu.actions()}
    menu["Clear the list"].trigger()
    assert window.files.recent() == ()
    assert not window.files.recent_menu.isEnabled()


def test_a_file_that_came_back_can_be_opened_again(
    window: MainWindow, qtbot: QtBot, files: tuple[RecentFile, RecentFile]
) -> None:
    gone = files[1]
    window.remember_files((gone,))
    window.pages.show_start()
    qtbot.waitUntil(lambda: window.files.missing == {gone.path})
    Path(gone.path).write_bytes(b"")
    window.files.recent_menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: window.files.recent_menu.actions()[0].isEnabled())


def test_a_path_that_no_system_takes_is_missing_and_no_fault(window: MainWindow, qtbot: QtBot) -> None:
    window.remember_files((RecentFile("a\0b"), RecentFile("x" * 5000)))
    window.pages.show_start()
    qtbot.waitUntil(lambda: len(window.files.missing) == 2)


def test_the_start_page_is_left_by_escape_and_by_its_button(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    qtbot.keyClick(
        window.chart, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert window.welcome.isVisible()
    assert not window.transport.isVisible()
    assert not session.is_closed
    qtbot.keyClick(window.welcome.buttons[0], Qt.Key.Key_Escape)
    assert window.chart.isVisible()
    assert window.transport.isVisible()
    window.actions_by_id["start_page"].trigger()
    qtbot.mouseClick(window.welcome.back_button, LEFT)
    assert window.chart.isVisible()
    assert session.sent == []


def test_without_a_session_there_is_no_way_back(window: MainWindow, qtbot: QtBot) -> None:
    assert not window.welcome.back_button.isVisible()
    window.pages.show_session()
    assert window.welcome.isVisible()


def test_another_session_is_shown_even_while_the_start_page_is(
    window: MainWindow, session: FakeSession
) -> None:
    window.actions_by_id["start_page"].trigger()
    window.set_session(FakeSession())
    assert window.chart.isVisible()


def test_the_last_live_feed_is_offered_again(window: MainWindow, qtbot: QtBot) -> None:
    assert not window.welcome.again_button.isVisible()
    window._settings.prefer(live={"dataset": "GLBX.MDP3", "symbols": "ES.c.0, NQ.c.0"})
    window.pages.show_start()
    assert window.welcome.again_button.text() == "Connect again to GLBX.MDP3, ES.c.0, NQ.c.0..."
    with qtbot.waitSignal(window.live_requested, timeout=1000):
        qtbot.mouseClick(window.welcome.again_button, LEFT)


def test_what_is_shown_at_the_start_is_chosen_in_the_menu_or_on_the_page(
    window: MainWindow, qtbot: QtBot
) -> None:
    box = window.welcome.start_box
    assert box.currentData() == "demo"
    window.actions_by_id["start_last_file"].trigger()
    assert box.currentData() == "last_file"
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert window._settings.preferences.at_start == "start_page"
    assert window.actions_by_id["start_start_page"].isChecked()
    window.close()
    again = SettingsFile(window._settings.path)
    again.load()
    assert again.preferences.at_start == "start_page"


def test_the_page_fits_a_small_screen(qtbot: QtBot, tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "vpdesk.ini")
    many = tuple(
        RecentFile(f"/data/{'long ' * 30}{number}.dbn", "ESM4", "2024-03-15") for number in range(10)
    )
    settings.preferences = Preferences(recent_files=many, live={"symbols": "ES.c.0"})
    settings.save()
    window = open_window(qtbot, SettingsFile(settings.path), chart=FakeChart())
    assert (window.width(), window.height()) == (1280, 720)
    for row in window.welcome.rows:
        assert row.button.width() >= row.button.minimumSizeHint().width()
        assert row.about.width() >= row.about.fontMetrics().horizontalAdvance(row.about.text())
    bottom = window.welcome.start_box.mapTo(window, window.welcome.start_box.rect().bottomLeft())
    assert bottom.y() < window.health.mapTo(window, window.health.rect().topLeft()).y()
    window.close()
