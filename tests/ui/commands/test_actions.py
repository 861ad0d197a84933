from operator import attrgetter

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from tests.fakes.session import FakeSession
from vpdesk.display.layers import LAYERS
from vpdesk.ui.commands.action_table import ACTIONS, TOOLBAR
from vpdesk.ui.commands.command_palette import CommandPalette
from vpdesk.ui.dialogs.help_dialogs import ShortcutSheet
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.parts.icons import SHAPES

KEYS = [keys for spec in ACTIONS for keys in spec.shortcuts]


def _menu_actions(menu: QMenu) -> list[str]:
    names = []
    for action in menu.actions():
        submenu = action.menu()
        names += _menu_actions(submenu) if isinstance(submenu, QMenu) else [action.objectName()]
    return names


def test_ids_and_shortcuts_are_unique() -> None:
    ids = [spec.id for spec in ACTIONS]
    assert len(set(ids)) == len(ids)
    sequences = [QKeySequence(keys).toString() for keys in KEYS]
    assert "" not in sequences
    assert len(set(sequences)) == len(sequences)


def test_every_row_names_a_method_of_the_window_and_a_known_icon(window: MainWindow) -> None:
    for spec in ACTIONS:
        assert callable(attrgetter(spec.callback)(window))
        assert not spec.icon or spec.icon in SHAPES
        assert spec.tip


def test_every_layer_has_an_action() -> None:
    assert [spec.argument for spec in ACTIONS if spec.choice == "layer"] == list(LAYERS)


def test_every_action_is_in_a_menu_once(window: MainWindow) -> None:
    menus = [action.menu() for action in window.menuBar().actions()]
    found = [name for menu in menus if isinstance(menu, QMenu) for name in _menu_actions(menu) if name]
    assert sorted(found) == sorted(spec.id for spec in ACTIONS)


def test_the_toolbar_names_only_actions_and_choices() -> None:
    choices = {f"...{spec.choice}" for spec in ACTIONS}
    assert set(TOOLBAR) <= {spec.id for spec in ACTIONS} | choices | {""}


def test_the_shortcut_sheet_is_complete(window: MainWindow) -> None:
    sheet = ShortcutSheet(window.actions_by_id, window)
    table = sheet.table
    shown = {table.item(row, 2).text(): table.item(row, 0).text() for row in range(table.rowCount())}
    for spec in ACTIONS:
        for keys in spec.shortcuts:
            native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            assert native in shown[spec.title].split(" or ")


def test_the_palette_finds_and_runs_every_action(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    for spec in ACTIONS:
        palette = CommandPalette(window.actions_by_id, window)
        action = window.actions_by_id[spec.id]
        action.setEnabled(True)  # no session can do all of them
        action.triggered.disconnect()  # the effect is tested elsewhere; here, that it is reached
        palette.field.setText(f"{spec.submenu} {spec.title}")
        with qtbot.waitSignal(action.triggered, timeout=1000):
            qtbot.keyClick(palette.field, Qt.Key.Key_Return)


def test_the_palette_lists_a_disabled_action_but_does_not_run_it(window: MainWindow, qtbot: QtBot) -> None:
    palette = CommandPalette(window.actions_by_id, window)
    qtbot.keyClicks(palette.field, "next event")
    with qtbot.assertNotEmitted(window.actions_by_id["step_event_forward"].triggered):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)


def test_a_choice_whose_list_was_left_is_not_highlighted_any_more(window: MainWindow) -> None:
    (button,) = (one for one in window.toolbar.findChildren(QToolButton) if one.menu() is not None)
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # as on Wayland, where the list takes the pointer
    button.menu().aboutToHide.emit()
    assert not button.underMouse()


def test_the_palette_says_so_when_nothing_is_found(window: MainWindow, qtbot: QtBot) -> None:
    palette = CommandPalette(window.actions_by_id, window)
    qtbot.keyClicks(palette.field, " qqqq ")
    (row,) = (palette.list.topLevelItem(i) for i in range(palette.list.topLevelItemCount()))
    assert row.text(0) == 'Nothing found for "qqqq"'
    assert row.isDisabled()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(palette.field, key)
    palette.field.setText("log")
    assert not palette.list.topLevelItem(0).text(0).startswith("Nothing")


def test_the_palette_moves_with_the_arrow_keys(window: MainWindow, qtbot: QtBot) -> None:
    palette = CommandPalette(window.actions_by_id, window)
    for key, row in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Up, 1), (Qt.Key.Key_PageUp, 0)):
        qtbot.keyClick(palette.field, key)
        assert palette.list.currentIndex().row() == row


def opened_palette(window: MainWindow, qtbot: QtBot) -> CommandPalette:
    qtbot.keyClick(window.chart, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    (palette,) = window.findChildren(CommandPalette)
    QApplication.processEvents()
    assert QApplication.focusWidget() is palette.field
    return palette


def is_closed(window: MainWindow) -> bool:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return not window.findChildren(CommandPalette) and QApplication.focusWidget() is window.chart


def test_the_palette_lies_over_the_window_whatever_its_size(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened_palette(window, qtbot)
    for size in ((1280, 720), (1500, 800)):
        window.resize(*size)
        QApplication.processEvents()
        frame = palette.findChild(QFrame, "popup")
        place = QRect(frame.mapTo(window, QPoint(0, 0)), frame.size())
        assert window.rect().contains(place)
        assert abs(place.center().x() - window.rect().center().x()) <= 1


def test_while_the_palette_is_open_no_plain_key_does_anything_else(
    window: MainWindow, session: FakeSession, qtbot: QtBot
) -> None:
    palette = opened_palette(window, qtbot)
    done: list[str] = []
    keys: set[Qt.Key] = set()
    for name, action in window.actions_by_id.items():
        action.triggered.connect(lambda *_, name=name: done.append(name))
        keys |= {each[0].key() for each in action.shortcuts() if not each[0].keyboardModifiers()}
    typed = keys & {Qt.Key(code) for code in range(0x20, 0x7F)}
    moving = keys & {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Down}
    assert len(typed) > 20
    assert len(moving) == 5
    for key in (*moving, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, *typed):
        qtbot.keyClick(palette.field, key)
    assert done == []
    assert len(palette.field.text()) >= len(typed)


@pytest.mark.parametrize("how", ["escape", "the same key", "a click beside it"])
def test_the_palette_closes_and_gives_the_keys_back(window: MainWindow, qtbot: QtBot, how: str) -> None:
    palette = opened_palette(window, qtbot)
    if how == "escape":
        qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    elif how == "the same key":
        qtbot.keyClick(palette.field, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    else:
        qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert is_closed(window)
