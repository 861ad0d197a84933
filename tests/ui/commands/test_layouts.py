import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QInputDialog, QToolBar
from pytestqt.qtbot import QtBot

from tests.fakes.session import FakeSession
from tests.ui.opening import make_window, open_window
from vpdesk.ui.commands.command_palette import CommandPalette
from vpdesk.ui.commands.layouts import BUILT_IN
from vpdesk.ui.commands.layouts_dialog import LayoutsDialog
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.panels.strips import StripLayout
from vpdesk.ui.preferences import window_place
from vpdesk.ui.preferences.arrangement import MAX_ARRANGEMENTS, MAX_NAME, Arrangement
from vpdesk.ui.preferences.settings import Preferences, SettingsFile

DOCKS = ("inspector_dock", "direction_dock", "bookmark_dock", "params_dock")


@pytest.fixture
def desk(qtbot: QtBot, settings: SettingsFile) -> MainWindow:
    return _window(qtbot, settings)


def _window(qtbot: QtBot, settings: SettingsFile) -> MainWindow:
    window = open_window(qtbot, SettingsFile(settings.path), (1600, 900))
    window.set_session(FakeSession())
    return window


def _shown(window: MainWindow) -> set[str]:
    docks = {dock.objectName() for dock in window.findChildren(QDockWidget) if not dock.isHidden()}
    panels = {"ladder": window.panels.ladder, "strips": window.panels.strips}
    return docks | {name for name, panel in panels.items() if not panel.isHidden()}


# --- those that come with the program ------------------------------------------------------------


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_layout_shows_what_it_says_and_nothing_else(desk: MainWindow, name: str) -> None:
    for dock in desk.findChildren(QDockWidget):
        dock.setHidden(name != "chart")  # whatever was there before
    desk.findChild(QDockWidget, "params_dock").show()
    desk.actions_by_id[f"layout_{name}"].trigger()
    plan = BUILT_IN[name]
    panels = {"ladder"} if plan.has_ladder else set()
    panels |= {"strips"} if plan.has_strips else set()
    assert _shown(desk) == panels | set(plan.docks)
    assert all(desk.findChild(QDockWidget, dock) is not None for dock in plan.docks)


def test_a_layout_with_the_inspector_keeps_it_when_another_session_comes(desk: MainWindow) -> None:
    desk.actions_by_id["layout_study"].trigger()
    desk.set_session(FakeSession())
    assert "inspector_dock" in _shown(desk)


# --- the user's own ------------------------------------------------------------------------------


def test_a_layout_comes_back_in_another_window(
    desk: MainWindow, qtbot: QtBot, settings: SettingsFile
) -> None:
    desk.actions_by_id["layout_everything"].trigger()
    desk.panels.strips.set_layout(StripLayout(("spread", "drive", "volume", "events"), frozenset({"volume"})))
    desk.panels.strips.layout_changed.emit()
    params = desk.findChild(QDockWidget, "params_dock")
    desk.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, params)
    params.show()
    QApplication.processEvents()
    desk.layouts.save("morning")
    before, order = _shown(desk), desk.panels.strips.strip_layout()
    desk.actions_by_id["layout_chart"].trigger()
    assert _shown(desk) == set()
    desk.close()
    again = _window(qtbot, settings)
    assert _shown(again) == set()  # the last arrangement
    (action,) = again.layouts.own_actions
    action.trigger()
    assert _shown(again) == before
    assert again.dockWidgetArea(again.findChild(QDockWidget, "params_dock")) is (
        Qt.DockWidgetArea.LeftDockWidgetArea
    )
    layout = again.panels.strips.strip_layout()
    assert (layout.order, layout.hidden) == (order.order, order.hidden)
    assert again.findChild(QToolBar, "toolbar").isVisible()
    again.close()


def test_a_name_that_is_given_again_is_said_to_stand_for_something_else_now(
    desk: MainWindow, qtbot: QtBot
) -> None:
    for words in ("was saved as morning", "morning was replaced"):
        with qtbot.waitSignal(desk.layouts.done) as said:
            desk.layouts.save("morning")
        assert words in said.args[0]
    assert desk.layouts.names() == ("morning",)


def test_a_layout_is_in_the_menu_and_in_the_palette(desk: MainWindow, qtbot: QtBot) -> None:
    desk.layouts.save("a & b")
    desk.actions_by_id["layout_chart"].trigger()
    assert [action.text() for action in desk.layouts._menu.actions()][-1] == "a && b"
    palette = CommandPalette(desk.actions_by_id, desk, desk.layouts.own_actions)
    qtbot.keyClicks(palette.field, "layouts a & b")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert "ladder" in _shown(desk)


@pytest.mark.parametrize("state", [b"", b"garbage", b"\x00\x00\x00\xff\x00\x00\x00\x00\xfd"])
def test_damaged_bytes_cost_the_docks_and_no_more(qtbot: QtBot, settings: SettingsFile, state: bytes) -> None:
    settings.preferences = Preferences(
        window_state=state, arrangements={"old": Arrangement(state, ladder="no", strips="yes")}
    )
    settings.save()
    window = _window(qtbot, settings)
    window.layouts.show_own("old")
    assert _shown(window) & {"ladder", "strips"} == {"strips"}
    assert window.notices.notices[-1].text == "Of the layout old only ladder and strips could be read."
    assert window.chart.isVisible()
    window.close()


def test_names_are_checked_and_layouts_renamed_replaced_and_deleted(desk: MainWindow) -> None:
    for name, words in (
        ("  ", "1 to 40 letters"),
        ("x" * (MAX_NAME + 1), "1 to 40 letters"),
        ("study", "comes with the program"),
    ):
        desk.layouts.save(name)
        assert words in desk.notices.notices[-1].text
    assert desk.layouts.names() == ()
    for name in ("one", "two", "one"):
        desk.layouts.save(name)
    assert desk.layouts.names() == ("one", "two")
    assert "already" in desk.layouts.rename("one", "two")
    assert desk.layouts.rename("one", "three") == ""
    desk.layouts.delete("two")
    assert desk.layouts.names() == ("three",)
    for number in range(MAX_ARRANGEMENTS):
        desk.layouts.save(f"number {number}")
    assert len(desk.layouts.names()) == MAX_ARRANGEMENTS
    assert "delete one first" in desk.notices.notices[-1].text


def test_the_name_is_asked_for_and_the_list_edited(desk: MainWindow, qtbot: QtBot) -> None:
    desk.actions_by_id["layout_save"].trigger()
    question = desk.findChild(QInputDialog)
    question.setTextValue("evening")
    question.accept()
    assert desk.layouts.names() == ("evening",)
    desk.actions_by_id["layout_manage"].trigger()
    dialog = desk.findChild(LayoutsDialog)
    dialog.list.item(0).setText("night")
    assert desk.layouts.names() == ("night",)
    qtbot.waitUntil(lambda: dialog.list.item(0).data(Qt.ItemDataRole.UserRole) == "night")
    dialog.list.item(0).setText("Study")
    assert desk.layouts.names() == ("night",)
    assert "comes with the program" in dialog.sentence.text()
    dialog.delete_button.click()
    qtbot.waitUntil(lambda: dialog.list.count() == 0)
    assert desk.layouts.names() == ()
    assert not dialog.show_button.isEnabled()


# --- on another screen ---------------------------------------------------------------------------

LEFT_SCREEN, RIGHT_SCREEN = QRect(0, 0, 1920, 1080), QRect(1920, 0, 1280, 1024)


@pytest.mark.parametrize(
    ("place", "areas", "expected"),
    [
        (QRect(100, 100, 800, 600), [LEFT_SCREEN], QRect(100, 100, 800, 600)),
        (QRect(0, 0, 3840, 2160), [RIGHT_SCREEN], RIGHT_SCREEN),
        (QRect(-700, -50, 800, 600), [LEFT_SCREEN], QRect(0, 0, 800, 600)),
        (QRect(2000, 100, 1000, 700), [LEFT_SCREEN], QRect(920, 100, 1000, 700)),
        (QRect(2000, 900, 1000, 700), [LEFT_SCREEN, RIGHT_SCREEN], QRect(2000, 324, 1000, 700)),
        (QRect(1500, 0, 1000, 1000), [LEFT_SCREEN, RIGHT_SCREEN], QRect(1500, 0, 1000, 1000)),
        (QRect(9000, 9000, 500, 500), [LEFT_SCREEN, RIGHT_SCREEN], QRect(1420, 580, 500, 500)),
    ],
)
def test_a_place_is_brought_to_where_the_screens_show_it(
    place: QRect, areas: list[QRect], expected: QRect
) -> None:
    assert window_place.fitted(place, areas) == expected


def first_window(settings: SettingsFile, qtbot: QtBot) -> MainWindow:
    window = make_window(qtbot, settings)
    window_place.show_in_place(window, settings)
    return window


@pytest.mark.parametrize("height", [990, 1600])
def test_the_first_window_asks_for_no_position_which_would_hide_its_title_bar(
    qtbot: QtBot, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch, height: int
) -> None:
    monkeypatch.setattr(window_place, "screen_areas", lambda: [QRect(0, 0, 1920, height)])
    window = first_window(settings, qtbot)
    assert not window.isMaximized()
    assert window.size() == window_place.DEFAULT_SIZE
    assert not window.testAttribute(Qt.WidgetAttribute.WA_Moved)
    window.close()


class Order(QObject):
    """Notes when a window is shown and when a dock is put in front."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.ZOrderChange):
            self.seen.append(f"{watched.objectName()} {event.type().name}")
        return False


def test_a_floating_dock_comes_back_in_front_of_its_window(qtbot: QtBot, settings: SettingsFile) -> None:
    window = make_window(qtbot, settings)
    window.show()
    dock = window.findChild(QDockWidget, "params_dock")
    dock.show()
    dock.setFloating(True)
    window.close()
    again = make_window(qtbot, settings)
    again.setObjectName("window")
    order = Order()
    for watched in (again, again.findChild(QDockWidget, "params_dock")):
        watched.installEventFilter(order)
    window_place.show_in_place(again, settings)
    after = order.seen[order.seen.index("window Show") :]
    assert "params_dock Show" in after  # only what is shown after the window belongs to it on Wayland
    assert after[-1] == "params_dock ZOrderChange"
    qtbot.waitUntil(again.isActiveWindow)
    again.close()


@pytest.mark.parametrize("area", [QRect(0, 0, 1280, 720), QRect(0, 27, 1920, 945)])
def test_the_first_window_fills_a_screen_that_is_too_small_for_it(
    qtbot: QtBot, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch, area: QRect
) -> None:
    monkeypatch.setattr(window_place, "screen_areas", lambda: [area])
    window = first_window(settings, qtbot)
    assert window.isMaximized()
    assert window.normalGeometry().size() == window_place.DEFAULT_SIZE.boundedTo(area.size())
    window.close()
    window = first_window(settings, qtbot)  # a second start, in the same settings
    assert window.isMaximized()
    window.close()


@pytest.mark.parametrize("size", [QSize(700, 600), QSize(1396, 896)])
@pytest.mark.parametrize("corner", [QPoint(2, 2), QPoint(-300, 130), QPoint(500, 600), QPoint(0, -90)])
def test_a_window_brought_into_view_stays_where_it_is_at_every_start(
    qtbot: QtBot, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch, corner: QPoint, size: QSize
) -> None:
    screen = QRect(0, 0, 1400, 900)
    monkeypatch.setattr(window_place, "screen_areas", lambda: [screen])
    frames = []
    for _ in range(3):
        window = make_window(qtbot, SettingsFile(settings.path))
        window.show()
        if not frames:
            window.setMinimumSize(1, 1)
            window.setGeometry(QRect(corner, size))
        QApplication.processEvents()
        frames.append(window.frameGeometry())
        window.close()
    assert frames[1] == window_place.fitted(frames[0], [screen])
    assert frames[1].size() == frames[0].size()
    assert frames[2] == frames[1]


def test_on_a_smaller_screen_nothing_is_off_it(
    desk: MainWindow, qtbot: QtBot, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.resize(3000, 1800)
    desk.move(2500, 1500)
    params = desk.findChild(QDockWidget, "params_dock")
    params.show()
    params.setFloating(True)
    params.setGeometry(5000, 3000, 700, 500)
    desk.layouts.save("wide")
    desk.close()
    small = QRect(0, 0, 1280, 720)
    monkeypatch.setattr(window_place, "screen_areas", lambda: [small])
    again = make_window(qtbot, SettingsFile(settings.path))
    again.show()
    for name in ("as it was last", "wide"):
        if name == "wide":
            again.layouts.show_own(name)
        QApplication.processEvents()
        assert small.contains(again.frameGeometry())
        dock = again.findChild(QDockWidget, "params_dock")
        assert dock.isFloating()
        assert small.contains(dock.frameGeometry())
    again.close()
