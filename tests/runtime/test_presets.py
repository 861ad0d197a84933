from dataclasses import replace
from pathlib import Path

import pytest

from vpdesk.core.params import EngineParams
from vpdesk.errors import EngineError
from vpdesk.runtime.presets import Preset, PresetFile, built_in

PARAMS = EngineParams(tick_size=250_000_000, half_width=30, tau_s=0.7, weights={"v_pull": 3.0})
ONE = Preset.of(PARAMS, 50_000_000, 0)


def test_a_preset_gives_back_the_parameters_for_any_instrument() -> None:
    assert ONE.params(250_000_000) == PARAMS
    assert ONE.params(10_000_000) == replace(PARAMS, tick_size=10_000_000)


def test_presets_come_back_as_they_were(tmp_path: Path) -> None:
    file = PresetFile(tmp_path / "new" / "presets.json")
    assert file.load() == ({}, "")
    assert file.save({"mine": ONE, "events": Preset.of(PARAMS, 1, 50)}) == ""
    assert file.load() == ({"mine": ONE, "events": Preset.of(PARAMS, 1, 50)}, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "7",
        '{"version": 2, "presets": {}}',
        '{"version": 1, "presets": {"": {}}}',
        '{"version": 1, "presets": {"a": {"parameters": {"tau_s": 0}, "column_ns": 1, "column_events": 0}}}',
        '{"version": 1, "presets": {"a": {"parameters": {}, "column_ns": "x", "column_events": 0}}}',
    ],
)
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, text: str) -> None:
    file = PresetFile(tmp_path / "presets.json")
    file.path.write_text(text)
    presets, sentence = file.load()
    assert presets == {}
    assert sentence.startswith("The file of presets was damaged; it was set aside as ")
    assert not file.path.exists()


def test_a_folder_that_cannot_be_written_costs_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cannot be kept" in PresetFile(tmp_path / "file" / "presets.json").save({"mine": ONE})


def test_a_preset_that_does_not_suit_an_instrument_says_so() -> None:
    wide = Preset.of(replace(PARAMS, tick_size=1, half_width=4000, ticks_per_bucket=10**6), 1, 0)
    with pytest.raises(EngineError, match="spans more than any price can"):
        wide.params(10**12)


def test_the_built_in_presets_are_sound() -> None:
    assert {name: one.params(1).tau_s for name, one in built_in().items()} == {
        "Standard": 2.0,
        "Quick": 0.5,
        "Slow": 10.0,
    }
