"""Bounds of the colours, typed."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale
from vpdesk.errors import VpdeskError
from vpdesk.ui.field.scale_editor import ScaleEditor, read_number

NET = Scale("asinh", -512.3456789, 512.3456789, 4.000000123, is_signed=True)
DEPTH = Scale("asinh", 0.0, 800.0, 12.0, is_signed=False)


@pytest.fixture
def editor(qtbot: QtBot) -> Iterator[ScaleEditor]:
    editor = ScaleEditor()
    qtbot.addWidget(editor)
    return editor


def _type(qtbot: QtBot, editor: ScaleEditor, name: str, text: str) -> None:
    edit = editor.fields[name].edit
    edit.clear()
    qtbot.keyClicks(edit, text)


def _problem(editor: ScaleEditor, name: str) -> str:
    note = editor.fields[name].note
    return note.text() if note.objectName() == "problem" else ""


def test_what_is_typed_is_shown_at_once(editor: ScaleEditor, qtbot: QtBot) -> None:
    editor.edit(LAYERS["depth"], "contracts", DEPTH)
    with qtbot.waitSignal(editor.scale_edited) as edited:
        _type(qtbot, editor, "high", "1.5k")
    assert edited.args[0].low == 0.0
    _type(qtbot, editor, "knee", "30")
    _type(qtbot, editor, "low", "2")
    assert editor._scale == Scale("asinh", 2.0, 1500.0, 30.0, is_signed=False)


def test_numbers_nobody_touched_stay_exact(editor: ScaleEditor, qtbot: QtBot) -> None:
    editor.edit(LAYERS["net"], "contracts/s", NET)
    _type(qtbot, editor, "knee", "5")
    assert editor._scale == Scale("asinh", NET.low, NET.high, 5.0, is_signed=True)


def test_both_sides_of_zero_stay_alike_until_told_otherwise(editor: ScaleEditor, qtbot: QtBot) -> None:
    editor.edit(LAYERS["net"], "contracts/s", NET)
    _type(qtbot, editor, "high", "80")
    assert (editor._scale.low, editor._scale.high) == (-80.0, 80.0)
    assert not editor.fields["low"].isEnabled()
    editor.even_box.click()
    _type(qtbot, editor, "low", "-20")
    assert (editor._scale.low, editor._scale.high) == (-20.0, 80.0)


@pytest.mark.parametrize(
    ("layer", "kind", "name", "text"),
    [
        ("depth", "asinh", "high", "much"),
        ("depth", "asinh", "high", "-3"),
        ("depth", "asinh", "high", "nan"),
        ("depth", "asinh", "high", "1e300"),
        ("depth", "asinh", "low", "inf"),
        ("depth", "asinh", "knee", "0"),
        ("depth", "log", "low", "0"),
        ("net", "asinh", "high", "-1"),
        ("net", "asinh", "high", "0"),
        ("net", "log", "knee", "9999"),
    ],
)
def test_what_makes_no_scale_is_said_beside_the_field_and_changes_nothing(
    editor: ScaleEditor, qtbot: QtBot, layer: str, kind: str, name: str, text: str
) -> None:
    start = NET if layer == "net" else DEPTH
    editor.edit(LAYERS[layer], "contracts", Scale(kind, start.low or 1.0, start.high, 4.0, start.is_signed))
    edits: list[Scale] = []
    editor.scale_edited.connect(edits.append)
    editor.fields[name].edit.setText(text)
    assert edits == []
    assert _problem(editor, name).endswith(".")
    assert not editor._ok.isEnabled()
    others = {"low", "high", "knee"} - {name}
    if not editor.even_box.isChecked():
        assert not any(_problem(editor, other) for other in others)


def test_escape_brings_the_former_scale_back(editor: ScaleEditor, qtbot: QtBot) -> None:
    editor.edit(LAYERS["net"], "contracts/s", NET)
    _type(qtbot, editor, "high", "80")
    with qtbot.waitSignal(editor.scale_edited) as edited:
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert edited.args == [NET]
    assert not editor.isVisible()


def test_escape_without_a_change_says_nothing(editor: ScaleEditor, qtbot: QtBot) -> None:
    editor.edit(LAYERS["net"], "contracts/s", NET)
    with qtbot.assertNotEmitted(editor.scale_edited):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)


def test_enter_keeps_what_was_typed(editor: ScaleEditor, qtbot: QtBot) -> None:
    editor.edit(LAYERS["net"], "contracts/s", NET)
    _type(qtbot, editor, "high", "80")
    with qtbot.assertNotEmitted(editor.scale_edited):
        qtbot.keyClick(editor.fields["high"].edit, Qt.Key.Key_Return)
    assert not editor.isVisible()


def test_colours_by_decades_start_where_they_bent_before(editor: ScaleEditor) -> None:
    editor.edit(LAYERS["depth"], "contracts", DEPTH)
    editor.kind_box.setCurrentIndex(editor.kind_box.findData("log"))
    assert editor._scale == Scale("log", 12.0, 800.0, 12.0, is_signed=False)
    assert not editor.fields["knee"].isVisible()


def test_the_fields_show_what_was_fitted(editor: ScaleEditor, qtbot: QtBot) -> None:
    editor.edit(LAYERS["depth"], "contracts", DEPTH)
    with qtbot.waitSignal(editor.fit_requested):
        editor.fit_button.click()
    with qtbot.assertNotEmitted(editor.scale_edited):
        editor.show_scale(Scale("asinh", 0.0, 99.0, 3.0, is_signed=False))
    assert editor.fields["high"].text() == "99"


def test_a_number_may_be_written_in_several_ways() -> None:
    texts = ("250", " 1.5k", "2e4", "\N{MINUS SIGN}3", "4M", "1G", ".5")
    assert [read_number(text) for text in texts] == [250, 1500, 2e4, -3, 4e6, 1e9, 0.5]
    for text in ("", "k", "1,5", "1e999", "0x10", "12 34"):
        with pytest.raises(VpdeskError):
            read_number(text)
