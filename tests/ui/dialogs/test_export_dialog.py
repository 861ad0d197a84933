from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from tests.fakes.session import END_NS, PLAYING, START_NS
from vpdesk.ui.dialogs.export_dialog import (
    SESSION,
    TIMES,
    VIEW,
    ExportChoice,
    ExportDialog,
    ExportScope,
)

S = 10**9
ENTER = Qt.Key.Key_Return
LEFT = Qt.MouseButton.LeftButton


def scope(folder: Path, view: tuple[int, int] | None = (700, 1899)) -> ExportScope:
    return ExportScope("ES c/0", PLAYING, UTC, view, (START_NS + 70 * S, START_NS + 190 * S), folder)


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    dialog = ExportDialog(scope(tmp_path))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def retype(qtbot: QtBot, edit: object, text: str) -> None:
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def test_enter_exports_the_columns_in_view_beside_the_source(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    words = dialog.range_choices.button(VIEW).text()
    assert words.endswith("200, from 13:31:10.0 to 13:33:10.0")
    with qtbot.waitSignal(dialog.requested, timeout=1000) as asked:
        qtbot.keyClick(dialog, ENTER)
    assert asked.args == [ExportChoice(tmp_path / "ES-c-0-2024-03-15.parquet", seqs=(700, 1899))]


def test_the_whole_session_has_no_bounds(dialog: ExportDialog) -> None:
    dialog.range_choices.button(SESSION).click()
    choice = dialog.choice()
    assert (choice.seqs, choice.times_ns) == (None, None)


def test_typing_a_time_chooses_the_range_of_times(dialog: ExportDialog, qtbot: QtBot) -> None:
    retype(qtbot, dialog.from_field, "13:31")
    assert dialog.range_choices.checkedId() == TIMES
    assert dialog.choice().times_ns == (START_NS + 60 * S, START_NS + 190 * S)
    retype(qtbot, dialog.to_field, "13:32:00.5")
    assert dialog.choice().times_ns == (START_NS + 60 * S, START_NS + 120 * S + S // 2)


@pytest.mark.parametrize(
    ("from_text", "to_text", "words"),
    [
        ("13:40", "13:31", "ends before it begins"),
        ("13:31", "13:31", "ends before it begins"),
        ("noon", "13:31", "such as"),
        ("12345", "13:31", "Type a time"),
        ("03:00", "13:31", "The session runs from"),
        ("13:31", "", "such as"),
    ],
)
def test_times_that_make_no_sense_are_said_and_cannot_be_exported(
    dialog: ExportDialog, qtbot: QtBot, from_text: str, to_text: str, words: str
) -> None:
    dialog.range_choices.button(TIMES).click()
    dialog.from_field.setText(from_text)
    dialog.to_field.setText(to_text)
    assert words in dialog.words_label.text()
    assert not dialog.export_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.requested):
        qtbot.keyClick(dialog.path_field, ENTER)
    dialog.range_choices.button(SESSION).click()
    assert (dialog.words_label.text(), dialog.export_button.isEnabled()) == ("", True)


def test_format_and_name_follow_each_other(dialog: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClick(dialog.format_box, Qt.Key.Key_Down)
    assert dialog.path_field.text() == str(tmp_path / "ES-c-0-2024-03-15.arrow")
    retype(qtbot, dialog.path_field, str(tmp_path / "v1.2.parquet"))
    assert dialog.format_box.currentData() == ".parquet"
    retype(qtbot, dialog.path_field, str(tmp_path / "v1.2"))
    assert not dialog.export_button.isEnabled()
    dialog.format_box.activated.emit(0)
    assert dialog.path_field.text() == str(tmp_path / "v1.2.parquet")


@pytest.mark.parametrize("text", ["", "out.parquet", "/tmp/out.csv", "/tmp/", "~no-such-user/out.arrow"])
def test_a_name_that_cannot_be_written_is_said_at_once(dialog: ExportDialog, qtbot: QtBot, text: str) -> None:
    dialog.path_field.setText(text)
    assert dialog.words_label.text().endswith(".")
    assert not dialog.export_button.isEnabled()


def test_without_columns_in_view_the_whole_session_is_offered(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(scope(tmp_path, view=None))
    qtbot.addWidget(dialog)
    assert not dialog.range_choices.button(VIEW).isEnabled()
    assert dialog.range_choices.checkedId() == SESSION
    assert dialog.from_field.text().startswith("2024-03-15 13:30:00")
    dialog.range_choices.button(TIMES).click()
    assert dialog.choice().times_ns == (START_NS, END_NS)


def test_progress_then_what_was_written_then_close(dialog: ExportDialog, qtbot: QtBot) -> None:
    dialog.export_button.click()
    assert dialog.progress_bar.isVisible()
    assert not dialog.export_button.isEnabled()
    assert not dialog.path_field.isEnabled()
    dialog.set_progress(0.25)
    assert dialog.progress_bar.value() == 250
    dialog.show_done("1200 columns")
    assert dialog.words_label.text() == "1200 columns"
    assert dialog.cancel_button.text() == "Close"
    with qtbot.assertNotEmitted(dialog.cancelled):
        qtbot.mouseClick(dialog.cancel_button, LEFT)
    assert not dialog.isVisible()


def test_enter_closes_when_all_is_written(dialog: ExportDialog, qtbot: QtBot) -> None:
    dialog.export_button.click()
    dialog.show_done("1200 columns")
    qtbot.keyClick(dialog.cancel_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_a_problem_is_said_and_the_choice_can_be_changed(dialog: ExportDialog) -> None:
    dialog.export_button.click()
    dialog.show_problem("The disk is full.")
    assert dialog.focusWidget() is dialog.path_field  # typing does not reach a button
    assert dialog.words_label.text() == "The disk is full."
    assert not dialog.progress_bar.isVisible()
    assert dialog.path_field.isEnabled()
    assert dialog.export_button.isEnabled()


def test_escape_while_writing_gives_up_once(dialog: ExportDialog, qtbot: QtBot) -> None:
    dialog.export_button.click()
    with qtbot.waitSignal(dialog.cancelled, timeout=1000):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    with qtbot.assertNotEmitted(dialog.cancelled):
        dialog.reject()


def test_escape_before_writing_gives_nothing_up(dialog: ExportDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.cancelled):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_file_that_exists_is_replaced_only_when_that_was_asked(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    path = dialog.choice().path
    path.write_bytes(b"older")
    with qtbot.assertNotEmitted(dialog.requested):
        dialog.export_button.click()
        question = dialog.findChild(QMessageBox)
        assert question.text() == f"{path.name} exists already in {tmp_path}. Replace it?"
        qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert dialog.export_button.isEnabled()
    dialog.export_button.click()
    question = dialog.findChildren(QMessageBox)[-1]
    replace_button = next(button for button in question.buttons() if button.text() == "Replace")
    with qtbot.waitSignal(dialog.requested, timeout=1000) as asked:
        replace_button.click()
    assert asked.args == [ExportChoice(path, seqs=(700, 1899))]


def test_a_feed_names_what_is_kept_and_what_is_not(qtbot: QtBot, tmp_path: Path) -> None:
    words = {"whole": "&All that is kept: 900 columns", "remark": "Kept for a while only."}
    dialog = ExportDialog(replace(scope(tmp_path), **words))
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.range_choices.button(SESSION).text() == words["whole"]
    assert dialog.remark_label.isVisible()
    assert dialog.remark_label.text() == words["remark"]
