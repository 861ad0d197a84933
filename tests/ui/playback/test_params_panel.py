"""Parameters in the window: checked as typed, applied, kept under names, compared."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.session import PLAYING, FakeSession
from vpdesk.core.params import EngineParams
from vpdesk.runtime.commands import Command, SetParams
from vpdesk.runtime.presets import PresetFile
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.playback.params_panel import ParamsPanel

PARAMS = EngineParams(tick_size=250_000_000, half_width=80)
STATUS = replace(PLAYING, params=PARAMS, column_ns=100_000_000)


class Desk:
    """A panel, and what it said."""

    def __init__(self, qtbot: QtBot, path: Path) -> None:
        self.panel = ParamsPanel(PresetFile(path))
        qtbot.addWidget(self.panel)
        self.sent: list[Command] = []
        self.said: list[str] = []
        self.panel.requested.connect(self.sent.append)
        self.panel.noticed.connect(self.said.append)
        self.panel.show_status(STATUS)
        self.panel.list_presets()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path / "presets.json")


def test_the_fields_show_what_is_in_force(desk: Desk) -> None:
    texts = {name: field.text() for name, field in desk.panel.fields.items()}
    assert texts["tau_s"] == "2"
    assert texts["half_width"] == "80"
    assert texts["column"] == "100 ms"
    assert texts["weight_v_fill"] == "1.5"
    assert not desk.panel.apply_button.isEnabled()


@pytest.mark.parametrize(
    ("name", "text", "command"),
    [
        ("tau_s", "0.5", SetParams(replace(PARAMS, tau_s=0.5), 100_000_000)),
        ("half_width", "40", SetParams(replace(PARAMS, half_width=40), 100_000_000)),
        ("weight_j_add", "0", SetParams(replace(PARAMS, weights={"j_add": 0.0}), 100_000_000)),
        ("column", "50 events", SetParams(PARAMS, 1, 50)),
        ("column", "1 s", SetParams(PARAMS, 10**9)),
    ],
)
def test_enter_applies_what_was_typed(
    desk: Desk, qtbot: QtBot, name: str, text: str, command: Command
) -> None:
    field = desk.panel.fields[name]
    field.clear()
    qtbot.keyClicks(field, text)
    assert desk.panel.apply_button.isEnabled()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert desk.sent == [command]


@pytest.mark.parametrize(
    ("name", "text"),
    [("tau_s", "0"), ("tau_s", "x"), ("half_width", "2.5"), ("half_width", "99999"), ("column", "soon"),
     ("weight_v_add", "-1"), ("tau_s", "nan"), ("ticks_per_bucket", "0")],
)  # fmt: skip
def test_what_makes_no_sense_is_marked_and_not_applied(
    desk: Desk, qtbot: QtBot, name: str, text: str
) -> None:
    field = desk.panel.fields[name]
    field.clear()
    qtbot.keyClicks(field, text)
    assert field.problem
    assert not desk.panel.apply_button.isEnabled()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.panel.apply()
    assert desk.sent == []
    desk.panel.revert_button.click()
    assert not desk.panel.is_changed()


def test_what_is_being_typed_survives_a_status(desk: Desk) -> None:
    desk.panel.fields["tau_s"].setText("0.7")
    desk.panel.show_status(replace(STATUS, event_id=9))
    assert desk.panel.fields["tau_s"].text() == "0.7"


def test_two_sets_are_swapped_back_and_forth(desk: Desk) -> None:
    quick = replace(PARAMS, tau_s=0.5)
    desk.panel.swap()
    assert desk.sent == []
    assert "nothing to compare" in desk.said[0]
    desk.panel.show_status(replace(STATUS, params=quick))
    assert desk.panel.comparison.text() == "Swap (X): tau_s 0.5 -> 2"
    desk.panel.swap()
    desk.panel.show_status(STATUS)
    desk.panel.swap()
    assert desk.sent == [SetParams(PARAMS, 100_000_000), SetParams(quick, 100_000_000)]


def test_a_preset_is_kept_chosen_and_deleted(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.panel.fields["tau_s"].setText("0.25")
    desk.panel.save_preset("mine")
    again = Desk(qtbot, tmp_path / "presets.json")
    assert list(again.panel.presets()) == ["Standard", "Quick", "Slow", "mine"]
    again.panel.show_preset("mine")
    again.panel.apply()
    assert again.sent == [SetParams(replace(PARAMS, tau_s=0.25), 100_000_000)]
    again.panel.preset_box.setCurrentText("mine")
    again.panel.delete_preset()
    assert "mine" not in Desk(qtbot, tmp_path / "presets.json").panel.presets()


@pytest.mark.parametrize("name", ["", "  ", "Standard", "x" * 61, "a\nb"])
def test_a_bad_name_for_a_preset_is_a_sentence(desk: Desk, name: str) -> None:
    desk.panel.save_preset(name)
    assert len(desk.said) == 1
    assert list(desk.panel.presets()) == ["Standard", "Quick", "Slow"]


def test_a_damaged_file_of_presets_is_said_once(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "presets.json").write_text("{")
    desk = Desk(qtbot, tmp_path / "presets.json")
    desk.panel.list_presets()
    assert len(desk.said) == 1
    assert "damaged" in desk.said[0]


def test_a_key_swaps_in_the_window(window: MainWindow, qtbot: QtBot) -> None:
    session = FakeSession(status=STATUS)
    window.set_session(session)
    session.report(params=replace(PARAMS, tau_s=9.0))
    qtbot.waitUntil(lambda: window.transport._status is session.status)
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert session.sent[-1] == SetParams(PARAMS, 100_000_000)
