from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.live.wiring import KEY_TEXT
from vpdesk.errors import VpdeskError
from vpdesk.ui.dialogs.live_dialog import (
    DATASETS,
    STYPES,
    LiveChoice,
    LiveDialog,
    LiveFieldError,
    PracticeChoice,
    read_dataset,
    read_existing_file,
    read_symbols,
)

ENTER = Qt.Key.Key_Return


def read_key(text: str) -> object:
    if not text.startswith("db-") or len(text) != 32:
        raise VpdeskError("A key is db- and 29 characters.")
    return text


def read_start(text: str) -> int:
    if text != "14:30":
        raise VpdeskError("That is no time.")
    return 1430


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., LiveDialog]:
    def make_dialog(**last_used: str) -> LiveDialog:
        dialog = LiveDialog(last_used, read_key, read_start)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make_dialog


@pytest.fixture
def dialog(make: Callable[..., LiveDialog]) -> LiveDialog:
    return make()


def fill(dialog: LiveDialog, qtbot: QtBot, *, symbol: str = "ES.c.0", key: str = KEY_TEXT) -> None:
    qtbot.keyClicks(dialog.symbol_field.edit, symbol)
    qtbot.keyClicks(dialog.key_field.edit, key)


@pytest.mark.parametrize("code", [code for code, _ in DATASETS])
def test_a_dataset_is_its_code_with_or_without_words(code: str) -> None:
    assert read_dataset(f" {code.lower()}  whatever it is") == code


@pytest.mark.parametrize("text", ["", "ES", "GLBX", "GLBX.", ".MDP3", "http://x"])
def test_what_is_no_dataset_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(LiveFieldError, match=r"\.$"):
        read_dataset(text)


@pytest.mark.parametrize(
    ("stype_in", "text", "symbols"),
    [
        ("continuous", "ES.c.0", ("ES.c.0",)),
        ("continuous", "ES.c.0, NQ.v.1 ES.c.0", ("ES.c.0", "NQ.v.1")),
        ("parent", "ES.FUT", ("ES.FUT",)),
        ("raw_symbol", "BRK.B", ("BRK.B",)),
        ("instrument_id", "5602", ("5602",)),
    ],
)
def test_symbols_are_read_each_once(stype_in: str, text: str, symbols: tuple[str, ...]) -> None:
    assert read_symbols(text, stype_in) == symbols


@pytest.mark.parametrize("stype_in", [name for name, *_ in STYPES])
def test_every_way_to_name_a_symbol_takes_its_own_example_and_no_empty_text(stype_in: str) -> None:
    example = next(example for name, _, example, _ in STYPES if name == stype_in)
    assert read_symbols(example.split()[0], stype_in)
    with pytest.raises(LiveFieldError, match="such as"):
        read_symbols(" , ", stype_in)


def test_a_symbol_of_another_form_is_said_under_its_field_as_it_is_typed(
    dialog: LiveDialog, qtbot: QtBot
) -> None:
    fill(dialog, qtbot, symbol="ESZ5")
    assert "ESZ5 has another form than ES.c.0" in dialog.symbol_field.note.text()
    assert dialog.symbol_field.note.objectName() == "problem"
    assert not dialog.connect_button.isEnabled()
    dialog.stype_box.setCurrentIndex(dialog.stype_box.findData("raw_symbol"))
    assert dialog.symbol_field.note.objectName() == "muted"
    assert dialog.connect_button.isEnabled()


def test_enter_connects_to_what_was_filled_in(dialog: LiveDialog, qtbot: QtBot) -> None:
    fill(dialog, qtbot, symbol="ES.c.0, NQ.c.0")
    qtbot.keyClicks(dialog.tick_field.edit, "0.25")
    with qtbot.waitSignal(dialog.connect_requested, timeout=1000) as asked:
        qtbot.keyClick(dialog, ENTER)
    assert asked.args == [
        LiveChoice("GLBX.MDP3", ("ES.c.0", "NQ.c.0"), "continuous", tick_size=250_000_000, key=KEY_TEXT)
    ]
    assert not dialog.isVisible()


def test_a_key_without_the_form_of_one_is_said_under_its_field(dialog: LiveDialog, qtbot: QtBot) -> None:
    fill(dialog, qtbot, key="db-short")
    assert dialog.key_field.note.text() == "A key is db- and 29 characters."
    assert not dialog.connect_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.connect_requested):
        qtbot.keyClick(dialog, ENTER)


@pytest.mark.parametrize("origin", ["environment", "key store"])
def test_a_key_found_on_this_machine_need_not_be_typed(dialog: LiveDialog, qtbot: QtBot, origin: str) -> None:
    qtbot.keyClicks(dialog.symbol_field.edit, "ES.c.0")
    assert not dialog.connect_button.isEnabled()
    dialog.show_key_origin(origin)
    assert dialog.connect_button.isEnabled()
    assert not dialog.keep_box.isEnabled(), "only a typed key can be remembered"
    with qtbot.waitSignal(dialog.connect_requested, timeout=1000) as asked:
        qtbot.keyClick(dialog, ENTER)
    assert asked.args[0].key == ""


def test_a_typed_key_is_remembered_only_when_asked(dialog: LiveDialog, qtbot: QtBot) -> None:
    fill(dialog, qtbot)
    dialog.keep_box.setChecked(True)
    with qtbot.waitSignal(dialog.connect_requested, timeout=1000) as asked:
        qtbot.keyClick(dialog, ENTER)
    assert asked.args[0].is_key_kept


def test_the_key_is_shown_nowhere_and_not_among_what_is_remembered(dialog: LiveDialog, qtbot: QtBot) -> None:
    fill(dialog, qtbot)
    assert dialog.key_field.edit.echoMode() == QLineEdit.EchoMode.Password
    assert KEY_TEXT[3:] not in dialog.key_field.edit.displayText()
    assert KEY_TEXT[3:] not in repr(dialog.last_used())
    with qtbot.waitSignal(dialog.test_requested, timeout=1000) as asked:
        qtbot.mouseClick(dialog.test_button, Qt.MouseButton.LeftButton)
    assert asked.args[0].key == KEY_TEXT
    assert KEY_TEXT[3:] not in repr(asked.args[0])


def test_a_start_time_is_asked_for_and_checked_only_when_it_is_meant(
    dialog: LiveDialog, qtbot: QtBot
) -> None:
    fill(dialog, qtbot)
    assert not dialog.time_field.isVisible()
    dialog.start_box.setCurrentIndex(dialog.start_box.findData("time"))
    assert dialog.time_field.isVisible()
    assert not dialog.connect_button.isEnabled()
    qtbot.keyClicks(dialog.time_field.edit, "14:3")
    assert dialog.time_field.note.text() == "That is no time."
    qtbot.keyClicks(dialog.time_field.edit, "0")
    with qtbot.waitSignal(dialog.connect_requested, timeout=1000) as asked:
        qtbot.keyClick(dialog, ENTER)
    assert (asked.args[0].start, asked.args[0].start_ns) == ("time", 1430)


def test_a_test_says_that_it_runs_and_what_came_of_it(dialog: LiveDialog, qtbot: QtBot) -> None:
    fill(dialog, qtbot)
    qtbot.mouseClick(dialog.test_button, Qt.MouseButton.LeftButton)
    assert dialog.test_note.text() == "Connecting..."
    assert not dialog.test_button.isEnabled()
    dialog.show_test_result(False, "The gateway refused the key.")
    assert dialog.test_note.objectName() == "problem"
    assert dialog.test_button.isEnabled()
    dialog.show_test_result(True, "It works.")
    assert dialog.test_note.text() == "It works."
    qtbot.keyClicks(dialog.symbol_field.edit, "1")
    assert dialog.test_note.text() == "", "it was said of something else"


@pytest.mark.parametrize("text", ["~no-such-user/day.dbn", "x" * 5000, "a\0b", "/"])
def test_what_cannot_be_a_file_to_practise_with_is_said(text: str) -> None:
    with pytest.raises(LiveFieldError, match="Choose a DBN file"):
        read_existing_file(text)


def test_a_file_to_practise_with_needs_no_key(dialog: LiveDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.tabs.setCurrentIndex(1)
    assert dialog.connect_button.text() == "Start"
    qtbot.keyClicks(dialog.file_field.edit, str(tmp_path / "day.dbn"))
    assert dialog.file_field.note.text() == "Choose a DBN file (.dbn or .dbn.zst)."
    (tmp_path / "day.dbn2").touch()
    qtbot.keyClicks(dialog.file_field.edit, "2")
    dialog.speed_field.edit.setText("10x")
    with qtbot.waitSignal(dialog.practice_requested, timeout=1000) as asked:
        qtbot.keyClick(dialog, ENTER)
    assert asked.args == [PracticeChoice(tmp_path / "day.dbn2", 10.0)]


def test_what_was_last_used_is_filled_in_again(make: Callable[..., LiveDialog], qtbot: QtBot) -> None:
    first = make()
    fill(first, qtbot, symbol="ES.FUT")
    first.stype_box.setCurrentIndex(first.stype_box.findData("parent"))
    first.dataset_field.edit.setText("IFEU.IMPACT")
    first.speed_field.edit.setText("max")
    first.tabs.setCurrentIndex(1)
    second = make(**first.last_used())
    assert second.last_used() == first.last_used()
    assert second.key_field.text() == ""


def test_escape_gives_up(dialog: LiveDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.connect_requested), qtbot.waitSignal(dialog.rejected, timeout=1000):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
