from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from tests.fakes.chart import FakeChart
from tests.fakes.session import FakeSession
from tests.ui.opening import make_window
from vpdesk.ui.commands.command_palette import CommandPalette
from vpdesk.ui.commands.shortcuts import DEFAULT_KEYS, MAX_KEYS, MENU_KEYS, effective_keys
from vpdesk.ui.commands.shortcuts_dialog import ShortcutsDialog
from vpdesk.ui.dialogs.help_dialogs import ShortcutSheet
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import Preferences, SettingsFile

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier

SOME_KEYS = sorted({key for keys in DEFAULT_KEYS.values() for key in keys})[:12]


def _is_unambiguous(keys_by_id: Mapping[str, tuple[str, ...]]) -> bool:
    keys = [key for keys in keys_by_id.values() for key in keys]
    return len(keys) == len(set(keys))


# --- what is kept ----------------------------------------------------------------------------------


def test_the_defaults_need_no_change() -> None:
    assert effective_keys({}) == dict(DEFAULT_KEYS)
    assert _is_unambiguous(DEFAULT_KEYS)
    assert not set(MENU_KEYS) & {key for keys in DEFAULT_KEYS.values() for key in keys}


@pytest.mark.parametrize(
    "damaged",
    [
        {"no_such_action": ("Ctrl+9",)},
        {"open": ("no key at all",)},
        {"open": ("",)},
        {"open": ("Ctrl+K, Ctrl+O",)},
        {"open": ("Alt+F",)},
        {"open": ("Ctrl+9", "Ctrl+9")},
        {"open": tuple(f"Ctrl+Alt+{digit}" for digit in range(MAX_KEYS + 1))},
        {"open": ("Ctrl+K",)},
        {"open": ("Ctrl+9",), "live": ("Ctrl+9",), "demo": ("Ctrl+O",)},
    ],
    ids=lambda damaged: str(damaged)[:40],
)
def test_entries_that_make_no_sense_or_conflict_are_left_out(damaged: dict[str, tuple[str, ...]]) -> None:
    keys = effective_keys(damaged)
    assert _is_unambiguous(keys)
    assert set(keys) == set(DEFAULT_KEYS)
    assert {name for name in keys if keys[name] != DEFAULT_KEYS[name]} <= {"live", "demo"}


@given(
    st.dictionaries(
        st.sampled_from(sorted(DEFAULT_KEYS)), st.lists(st.sampled_from(SOME_KEYS), max_size=3).map(tuple)
    )
)
def test_whatever_is_stored_every_key_has_one_meaning(changed: dict[str, tuple[str, ...]]) -> None:
    keys = effective_keys(changed)
    assert _is_unambiguous(keys)
    assert all(keys[name] in (changed.get(name), DEFAULT_KEYS[name]) for name in keys)


def test_two_actions_may_have_swapped_keys() -> None:
    swapped = {"open": DEFAULT_KEYS["live"], "live": DEFAULT_KEYS["open"]}
    assert {name: effective_keys(swapped)[name] for name in swapped} == swapped


# --- in force --------------------------------------------------------------------------------------


def test_a_changed_key_acts_and_is_told_everywhere(
    window: MainWindow, session: FakeSession, chart: FakeChart, qtbot: QtBot
) -> None:
    sheet = ShortcutSheet(window.actions_by_id, window)
    window.shortcuts.changed.connect(sheet.show_keys)
    window.shortcuts.assign("layer_depth", ("Y",))
    qtbot.keyClick(chart, Qt.Key.Key_6)
    assert chart.layer != "depth"
    qtbot.keyClick(chart, Qt.Key.Key_Y)
    assert chart.layer == "depth"
    action = window.actions_by_id["layer_depth"]
    assert action.toolTip().endswith("(Y)")
    palette = CommandPalette(window.actions_by_id, window)
    palette.field.setText("depth")
    assert palette.list.topLevelItem(0).text(1) == "Y"
    rows = {sheet.table.item(row, 2).text(): row for row in range(sheet.table.rowCount())}
    assert sheet.table.item(rows["Depth"], 0).text() == "Y"


def test_only_differences_are_kept_and_they_last(qtbot: QtBot, window: MainWindow, chart: FakeChart) -> None:
    window.shortcuts.assign("layer_depth", ("Y", "Shift+Y"))
    window.shortcuts.assign("quit", ())
    assert window._settings.preferences.keys == {"layer_depth": ("Y", "Shift+Y"), "quit": ()}
    window.close()
    again = make_window(qtbot, SettingsFile(window._settings.path), FakeChart())
    assert again.actions_by_id["layer_depth"].shortcuts() == [QKeySequence("Y"), QKeySequence("Shift+Y")]
    assert again.actions_by_id["quit"].shortcuts() == []
    again.shortcuts.reset_all()
    assert again._settings.preferences.keys == {}
    again.close()


def test_damaged_keys_in_the_settings_file_cost_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "vpdesk.ini")
    settings.preferences = Preferences(keys={"open": ("Ctrl+9",)})
    settings.save()
    text = settings.path.read_text()
    assert "open=Ctrl+9" in text
    settings.path.write_text(text.replace("open=Ctrl+9", "open=@ByteArray(Ctrl+9)\nlive=Ctrl+K\nquit=F9"))
    window = make_window(qtbot, SettingsFile(settings.path), FakeChart())
    assert window.shortcuts.changes() == {"quit": ("F9",)}
    window.close()


def test_letters_typed_into_a_field_are_no_keys(
    window: MainWindow, session: FakeSession, chart: FakeChart, qtbot: QtBot
) -> None:
    window.playback.show_params()
    fields = [field for field in window.findChildren(QLineEdit) if field.isVisible() and field.isEnabled()]
    assert len(fields) > 3
    letters = [key for keys in DEFAULT_KEYS.values() for key in keys if len(key) == 1 and key.isalnum()]
    fired: list[str] = []
    for name, action in window.actions_by_id.items():
        action.triggered.connect(lambda _, name=name: fired.append(name))
    for field in fields:
        field.setFocus()
        for letter in letters:
            qtbot.keyClicks(field, letter.lower())
    assert fired == []


# --- the dialog ------------------------------------------------------------------------------------


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> ShortcutsDialog:
    window.dialogs.change_shortcuts()
    dialog = window.findChild(ShortcutsDialog)
    assert dialog is not None
    qtbot.waitExposed(dialog)
    return dialog


def _press(dialog: ShortcutsDialog, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    dialog.edit.setFocus()
    qtbot.keyClick(dialog.edit, key, modifier)


def test_the_search_finds_by_name_and_by_key(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    everything = dialog.table.rowCount()
    assert everything == len(DEFAULT_KEYS)
    qtbot.keyClicks(dialog.search, "ctrl+k")
    assert dialog.chosen() == "palette"
    dialog.search.setText("fit col")
    assert dialog.chosen() == "fit_scale"
    dialog.search.setText("no such thing at all")
    assert dialog.chosen() is None
    assert not dialog.edit.isEnabled()


def test_a_free_key_is_given_at_once(dialog: ShortcutsDialog, window: MainWindow, qtbot: QtBot) -> None:
    dialog.choose("open")
    _press(dialog, qtbot, Qt.Key.Key_9, CTRL)
    assert window.shortcuts.keys_of("open") == ("Ctrl+9",)
    assert "now has Ctrl+9" in dialog.sentence.text()
    assert dialog.focusWidget() is dialog.table
    dialog.keep_box.setChecked(True)
    _press(dialog, qtbot, Qt.Key.Key_8, CTRL)
    assert window.shortcuts.keys_of("open") == ("Ctrl+9", "Ctrl+8")


def test_a_key_in_use_is_refused_with_a_sentence_and_swapped_on_wish(
    dialog: ShortcutsDialog, window: MainWindow, qtbot: QtBot
) -> None:
    dialog.choose("open")
    _press(dialog, qtbot, Qt.Key.Key_K, CTRL)
    assert dialog.sentence.text() == "Ctrl+K belongs to Find a command...; nothing was changed."
    assert window.shortcuts.changes() == {}
    assert dialog.focusWidget() is dialog.swap_button
    dialog.search.setFocus()
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)  # belongs to the field
    assert window.shortcuts.changes() == {}
    dialog.swap_button.setFocus()
    qtbot.keyClick(dialog.swap_button, Qt.Key.Key_Return)
    assert window.shortcuts.changes() == {"open": ("Ctrl+K",), "palette": ("Ctrl+O",)}
    assert not dialog.swap_button.isVisible()


def test_the_keys_of_the_menus_are_refused(dialog: ShortcutsDialog, window: MainWindow, qtbot: QtBot) -> None:
    dialog.choose("open")
    _press(dialog, qtbot, Qt.Key.Key_F, ALT)
    assert dialog.sentence.text() == "Alt+F opens the menu File and cannot do anything else."
    assert window.shortcuts.changes() == {}


def test_keys_are_taken_away_and_given_back(
    dialog: ShortcutsDialog, window: MainWindow, qtbot: QtBot
) -> None:
    dialog.choose("palette")
    qtbot.mouseClick(dialog.none_button, LEFT)
    dialog.choose("open")
    _press(dialog, qtbot, Qt.Key.Key_K, CTRL)
    assert window.shortcuts.changes() == {"palette": (), "open": ("Ctrl+K",)}
    dialog.choose("palette")
    qtbot.mouseClick(dialog.default_button, LEFT)
    assert window.shortcuts.changes() == {"open": ()}
    assert dialog.sentence.text().endswith("Open files... lost it.")
    qtbot.mouseClick(dialog.reset_button, LEFT)
    box = dialog.findChild(QMessageBox)
    assert box is not None
    box.buttons()[0].click()
    assert window.shortcuts.changes() == {}


def test_enter_in_the_search_goes_to_the_key_and_closes_nothing(
    dialog: ShortcutsDialog, qtbot: QtBot
) -> None:
    qtbot.keyClicks(dialog.search, "fit")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.edit


def test_a_dialog_is_open_once(window: MainWindow, qtbot: QtBot) -> None:
    for _ in range(3):
        window.dialogs.change_shortcuts()
        window.dialogs.show_shortcuts()
    assert len(window.findChildren(ShortcutsDialog)) == 1
    (sheet,) = window.findChildren(ShortcutSheet)
    window.shortcuts.assign("open", ("F4",))
    assert sheet.table.item(0, 0).text() == "F4"
