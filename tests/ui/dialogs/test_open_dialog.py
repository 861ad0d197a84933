import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vpdesk.ui.dialogs.open_dialog import (
    FileSummary,
    InstrumentRow,
    OpenDialog,
    TickSizeError,
    parse_tick_size,
    tick_size_text,
)

QUIET = InstrumentRow(1, 11, "ESU4", 5, None)
BUSY = InstrumentRow(1, 22, "ESM4", 900, 250_000_000, "definition")
INFERRED = InstrumentRow(2, 33, "CLM4", 70, 10_000_000, "inferred")
SUMMARY = FileSummary((("File", "day.dbn"), ("Dataset", "GLBX.MDP3")), (QUIET, BUSY, INFERRED))
ENTER = Qt.Key.Key_Return


@pytest.fixture
def dialog(qtbot: QtBot) -> OpenDialog:
    dialog = OpenDialog("day.dbn")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize(
    ("text", "raw"), [("0.25", 250_000_000), ("1e-9", 1), (" 5 ", 5_000_000_000), ("1000000", 10**15)]
)
def test_a_tick_size_is_read_exactly(text: str, raw: int) -> None:
    assert parse_tick_size(text) == raw
    assert parse_tick_size(tick_size_text(raw)) == raw


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-0.25",
        "a",
        "nan",
        "inf",
        "1e-10",
        "1000000.1",
        "0.1234567891",
        "1e999999999",
        "0.2" + "5" * 50,
    ],
)
def test_what_is_no_tick_size_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(TickSizeError, match=r"\.$"):
        parse_tick_size(text)


def test_while_reading_there_is_progress_and_nothing_to_open(dialog: OpenDialog) -> None:
    assert not dialog.open_button.isEnabled()
    assert dialog.progress_bar.maximum() == 0
    dialog.set_progress(0.4)
    assert dialog.progress_bar.value() == 400
    assert dialog.progress_bar.isVisible()
    assert not dialog.table.isVisible()


def test_the_busiest_instrument_is_chosen_and_opened_by_enter(dialog: OpenDialog, qtbot: QtBot) -> None:
    dialog.show_summary(SUMMARY)
    assert [dialog.table.item(row, 0).text() for row in range(3)] == ["ESM4", "CLM4", "ESU4"]
    assert dialog.tick_field.text() == "0.25"
    assert "definition" in dialog.tick_note.text()
    with qtbot.waitSignal(dialog.accepted_choice, timeout=1000) as opened:
        qtbot.keyClick(dialog, ENTER)
    assert opened.args == [BUSY, 250_000_000]


def test_another_instrument_brings_its_own_tick_size(dialog: OpenDialog, qtbot: QtBot) -> None:
    dialog.show_summary(SUMMARY)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    assert dialog.tick_field.text() == "0.01"
    assert "inferred" in dialog.tick_note.text()
    with qtbot.waitSignal(dialog.accepted_choice, timeout=1000) as opened:
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert opened.args == [INFERRED, 10_000_000]


def test_a_tick_size_that_is_not_known_must_be_typed(dialog: OpenDialog, qtbot: QtBot) -> None:
    dialog.show_summary(SUMMARY)
    dialog.table.selectRow(2)
    assert not dialog.open_button.isEnabled()
    qtbot.keyClicks(dialog.tick_field, "0.")
    qtbot.keyClicks(dialog.tick_field, "05")
    assert dialog.open_button.isEnabled()
    assert "you typed" in dialog.tick_note.text()
    with qtbot.waitSignal(dialog.accepted_choice, timeout=1000) as opened:
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert opened.args == [QUIET, 50_000_000]


def test_a_bad_tick_size_is_said_and_cannot_be_opened(dialog: OpenDialog, qtbot: QtBot) -> None:
    dialog.show_summary(SUMMARY)
    dialog.tick_field.clear()
    qtbot.keyClicks(dialog.tick_field, "-1")
    assert "above 0" in dialog.tick_note.text()
    assert not dialog.open_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.accepted_choice):
        qtbot.keyClick(dialog.tick_field, ENTER)
    assert dialog.isVisible()


@pytest.mark.parametrize(
    "summary",
    [
        FileSummary((), (BUSY,), problem="This is not a DBN file."),
        FileSummary((), ()),
        FileSummary((), (), "Empty."),
    ],
)
def test_a_file_with_a_problem_cannot_be_opened(
    dialog: OpenDialog, qtbot: QtBot, summary: FileSummary
) -> None:
    dialog.show_summary(summary)
    assert not dialog.open_button.isEnabled()
    assert dialog.problem_label.text() == summary.problem
    with qtbot.assertNotEmitted(dialog.accepted_choice):
        qtbot.keyClick(dialog, ENTER)


@pytest.mark.parametrize("is_reading", [True, False])
def test_escape_gives_up_at_any_time(dialog: OpenDialog, qtbot: QtBot, is_reading: bool) -> None:
    if not is_reading:
        dialog.show_summary(SUMMARY)
    with qtbot.waitSignal(dialog.cancelled, timeout=1000):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_names_from_a_file_are_shown_as_they_are(dialog: OpenDialog) -> None:
    dialog.show_summary(FileSummary((("File", "<b>bold</b>"),), (BUSY,)))
    label = dialog.facts_form.itemAt(0, dialog.facts_form.ItemRole.FieldRole).widget()
    assert label.textFormat() == Qt.TextFormat.PlainText
