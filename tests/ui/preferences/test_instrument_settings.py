from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from vpdesk.display.scale import Scale
from vpdesk.ui.preferences.instrument_settings import (
    MAX_INSTRUMENTS,
    InstrumentKey,
    InstrumentSettings,
    read_instruments,
    with_instrument,
    write_instruments,
)

FULL = InstrumentSettings(
    {
        "net": Scale("asinh", -1 / 3, 2 / 3, 1e-7, is_signed=True),
        "age": Scale("log", 0.1, 600.0, 0.1, is_signed=False),
    },
    (0.1, 13.7),
    25,
)
ONLY_AGE, ONLY_NET = ({name: FULL.scales[name]} for name in ("age", "net"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.ini"


def _write(path: Path, known: dict[InstrumentKey, InstrumentSettings]) -> None:
    store = QSettings(str(path), QSettings.Format.IniFormat)
    write_instruments(store, known)
    store.sync()


def _read(path: Path) -> dict[InstrumentKey, InstrumentSettings]:
    return read_instruments(QSettings(str(path), QSettings.Format.IniFormat))


def test_every_number_comes_back_exactly(path: Path) -> None:
    known = {("GLBX.MDP3", "ES,M4"): FULL, ("XNAS.ITCH", 'A "B"\\c ü'): InstrumentSettings()}
    _write(path, known)
    assert _read(path) == known
    assert list(_read(path)) == list(known)


@pytest.mark.parametrize(
    ("former", "damage", "kept"),
    [
        ("asinh -0.3333333333333333", "asinh 5", replace(FULL, scales=ONLY_AGE)),
        ("asinh -0.3333333333333333", "sepia -1", replace(FULL, scales=ONLY_AGE)),
        ("log 0.1 600.0 0.1", "log", replace(FULL, scales=ONLY_NET)),
        ("0.1 13.7", "0.1 nan", replace(FULL, zoom_pt=None)),
        ("0.1 13.7", "1e9 2", replace(FULL, zoom_pt=None)),
        ("least_dot_size=25", "least_dot_size=-12", replace(FULL, least_dot_size=0)),
        ("least_dot_size=25", "least_dot_size=1e400", replace(FULL, least_dot_size=0)),
        ("least_dot_size=25", "least_dot_size=@Invalid()", replace(FULL, least_dot_size=0)),
    ],
)
def test_a_damaged_value_is_dropped_and_the_rest_kept(
    path: Path, former: str, damage: str, kept: InstrumentSettings
) -> None:
    _write(path, {("GLBX.MDP3", "ESM4"): FULL})
    text = path.read_text()
    assert former in text
    path.write_text(text.replace(former, damage))
    assert _read(path) == {("GLBX.MDP3", "ESM4"): kept}


def test_an_entry_without_a_symbol_is_dropped(path: Path) -> None:
    _write(path, {("GLBX.MDP3", "ESM4"): FULL, ("GLBX.MDP3", "NQM4"): FULL})
    path.write_text(path.read_text().replace("symbol=ESM4", "symbol="))
    assert list(_read(path)) == [("GLBX.MDP3", "NQM4")]


def test_a_count_that_is_damaged_does_not_hang(path: Path) -> None:
    _write(path, {("GLBX.MDP3", "ESM4"): FULL})
    path.write_text(path.read_text().replace("size=1\n", "size=2000000000\n"))
    assert _read(path) == {("GLBX.MDP3", "ESM4"): FULL}


def test_the_instruments_shown_last_are_kept() -> None:
    known: dict[InstrumentKey, InstrumentSettings] = {}
    for number in range(MAX_INSTRUMENTS):
        known = with_instrument(known, ("", f"I{number}"), InstrumentSettings())
    known = with_instrument(known, ("", "I0"), FULL)  # shown again
    known = with_instrument(known, ("", "new"), FULL)
    assert len(known) == MAX_INSTRUMENTS
    assert known["", "I0"] == FULL
    assert ("", "I1") not in known
