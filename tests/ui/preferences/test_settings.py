import os
import re
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from vpdesk.display.scale import Scale
from vpdesk.runtime.commands import MAX_SPEED
from vpdesk.ui.panels.strips import StripLayout
from vpdesk.ui.parts.recent_files import MAX_RECENT, RecentFile
from vpdesk.ui.preferences.arrangement import Arrangement
from vpdesk.ui.preferences.instrument_settings import InstrumentSettings
from vpdesk.ui.preferences.settings import Preferences, SettingsFile

NET = Scale("asinh", -12.5, 1e9, 0.3, is_signed=True)
AGE = Scale("log", 0.1, 600.0, 0.1, is_signed=False)
FULL = Preferences(
    layer="depth",
    price_axis="spot",
    dims_by_age=True,
    overlays=frozenset({"spot"}),
    theme="light",
    time_zone="exchange",
    speed=MAX_SPEED,
    recent_files=(RecentFile("/data/a b.dbn", "ES,M4", "2024-03-15"), RecentFile("/data/ü,;=.dbn.zst")),
    at_start="last_file",
    arrangements={
        "two; words": Arrangement(
            b"\x00;\n", "yes", "no", StripLayout(hidden=frozenset({"spread"})), 300, 200
        ),
        "usual": Arrangement(),
    },
    keys={"open": ("Ctrl+,", "Ctrl+;", '"'), "quit": (), "palette": ("/",)},
    place_pt=(-120, 0, 1600, 900),
    frame_pt=(1, 20, 1, 5),
    extent="maximized",
    window_state=b"\xfe;=\n",
    instruments={
        ("GLBX.MDP3", "ES,M4"): InstrumentSettings({"net": NET}, (0.1, 13.7), 25),
        ("", "ESM4"): InstrumentSettings({"age": AGE}),
    },
    live={"dataset": "GLBX.MDP3", "symbols": "ES.c.0, NQ.c.0", "page": "practice"},
    ladder="no",
    strips="yes",
    strip_layout=StripLayout(
        order=("spread", "drive", "events", "volume"),
        hidden=frozenset({"drive"}),
        collapsed=frozenset(),
        heights=(("volume", 120), ("spread", 40)),
    ),
    ladder_width=321,
    strips_height=222,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "vpdesk.ini"


def _saved(path: Path, preferences: Preferences) -> str:
    settings = SettingsFile(path)
    settings.preferences = preferences
    return settings.save()


def _loaded(path: Path) -> tuple[Preferences, str]:
    settings = SettingsFile(path)
    sentence = settings.load()
    return settings.preferences, sentence


def test_what_was_saved_comes_back(path: Path) -> None:
    assert _saved(path, FULL) == ""
    assert _loaded(path) == (FULL, "")


def test_without_a_file_there_are_defaults_and_nothing_to_say(path: Path) -> None:
    assert _loaded(path) == (Preferences(), "")
    assert not path.exists()


def test_the_default_file_lies_in_the_users_configuration_folder() -> None:
    assert SettingsFile().path.is_relative_to(platformdirs.user_config_dir())


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe garbage", b"not an ini file at all", b"[window]\nlayer=net\n", b"version=99\n"],
)
def test_a_file_that_makes_no_sense_is_set_aside_and_said(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    preferences, sentence = _loaded(path)
    aside = path.with_name("vpdesk.damaged.ini")
    assert preferences == Preferences()
    assert str(aside) in sentence
    assert sentence.endswith(".")
    assert not path.exists()
    assert aside.read_bytes() == content


def test_a_value_out_of_range_falls_back_alone(path: Path) -> None:
    _saved(path, FULL)
    text = path.read_text()
    text = text.replace("layer=depth", "layer=everything").replace("speed=inf", "speed=-3")
    path.write_text(text.replace("log 0.1 600.0", "log 0.1 nan"))
    preferences, sentence = _loaded(path)
    assert sentence == ""
    assert (preferences.layer, preferences.speed, preferences.theme) == ("net", 1.0, "light")
    assert preferences.instruments["", "ESM4"] == InstrumentSettings()
    assert preferences.instruments["GLBX.MDP3", "ES,M4"].scales == {"net": NET}


def test_recent_files_are_limited(path: Path) -> None:
    many = tuple(RecentFile(f"/data/{number}.dbn") for number in range(50))
    _saved(path, Preferences(recent_files=many))
    assert _loaded(path)[0].recent_files == many[:MAX_RECENT]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file stands where the folder should be")
    assert "cannot be saved" in _saved(tmp_path / "config" / "vpdesk.ini", FULL)


def test_an_arrangement_of_strips_that_makes_no_sense_is_left_out(path: Path) -> None:
    _saved(path, FULL)
    text = path.read_text()
    text = text.replace("strip_order=spread drive", "strip_order=nothing drive")
    text = text.replace("strips_hidden=drive", "strips_hidden=drive volume events spread")
    text = text.replace("volume:120", "volume:99999999 orderbook:3").replace(
        "ladder_width=321", "ladder_width=-1"
    )
    path.write_text(text)
    loaded, sentence = _loaded(path)
    assert sentence == ""
    assert loaded.strip_layout.order == ("drive", "events", "volume")
    assert loaded.strip_layout.hidden == frozenset()
    assert dict(loaded.strip_layout.heights) == {"volume": 0, "spread": 40}
    assert loaded.ladder_width == 0


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        *(("frame_pt", text) for text in ("1 20 1", "1 20 1 5 7", "", "none", "1 20 -1 5", "1 nan 1 5")),
        *(("place_pt", text) for text in ("0 0 1600", "0 0 0 900", "0 0 1600 1e9", "inf 0 1600 900", "?")),
    ],
)
def test_a_place_that_makes_no_sense_is_not_known(path: Path, name: str, stored: str) -> None:
    _saved(path, FULL)
    text = re.sub(f"{name}=.*", f"{name}={stored}", path.read_text())
    path.write_text(text)
    os.utime(path, ns=(1, 1))
    loaded, _ = _loaded(path)
    assert getattr(loaded, name) == ()
    assert replace(loaded, **{name: getattr(FULL, name)}) == FULL


@pytest.mark.parametrize("name", ["window_state"])
def test_bytes_for_qt_that_were_damaged_are_not_given_to_it(path: Path, name: str) -> None:
    state = bytes(range(65, 91))
    _saved(path, Preferences(**{name: state}))
    text = path.read_text()
    assert "KLMNO" in text
    path.write_text(text.replace("KLMNO", "KLNMO"))
    os.utime(path, ns=(1, 1))  # QSettings reads a file of the same length again only when its time is another
    preferences, sentence = _loaded(path)
    assert (getattr(preferences, name), sentence) == (b"", "")
