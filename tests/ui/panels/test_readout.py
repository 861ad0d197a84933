from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from vpdesk.display.reading import CellReading, read_cell
from vpdesk.display.synthetic import synthetic_ring, write_gap
from vpdesk.ui.panels.readout import ReadoutBar, reading_pairs
from vpdesk.ui.parts.times import resolve_zone


def _reading(row: int, layer: str = "net", *, with_gap: bool = False) -> CellReading:
    writer = synthetic_ring(300)
    if with_gap:
        write_gap(writer, 2)
    zone = resolve_zone("UTC", "")
    reading = read_cell(
        writer.ring, writer.ring.published_seq, row, is_relative=True, layer=layer, unit="lots/s", zone=zone
    )
    assert reading is not None
    return reading


@pytest.mark.parametrize("layer", ["net", "pressure", "age"])
def test_a_cell_is_read_out_whole(layer: str) -> None:
    reading = _reading(0, layer)
    shown = dict(reading_pairs(reading))
    assert next(iter(shown)) == "Price"
    assert shown["Price"].endswith("(0)")
    assert shown["Time"] == reading.time
    assert {"Pressure", "Vacuum", "Balance", "Resistance", "Depth", "bid", "ask", "book"} <= set(shown)
    assert "none" not in shown.values()


def test_what_has_no_values_says_why() -> None:
    assert dict(reading_pairs(_reading(1000)))["Net"] == "outside the band"
    assert dict(reading_pairs(_reading(0, with_gap=True)))["Net"] == "no feed"
    assert reading_pairs(None) == ()
    before_spot = dict(reading_pairs(replace(_reading(0), k=None)))
    assert before_spot["Net"] == "no spot yet"
    assert "Price" not in before_spot


def test_the_bar_never_widens_the_window_and_tells_all_in_its_tip(qtbot: QtBot) -> None:
    bar = ReadoutBar()
    qtbot.addWidget(bar)
    bar.resize(300, 24)
    bar.show_pairs(tuple((f"name {number}", "123456789") for number in range(30)))
    assert bar.minimumSizeHint().width() <= 300
    assert bar.toolTip().count("\n") == 29
    assert not bar.grab().isNull()


def test_a_shorter_number_keeps_its_place(qtbot: QtBot) -> None:
    bar = ReadoutBar()
    qtbot.addWidget(bar)
    bar.resize(600, 24)
    bar.show_pairs((("a", "123456789"), ("b", "1")))
    wide = list(bar._value_widths_px)
    bar.show_pairs((("a", "1"), ("b", "1")))
    assert bar._value_widths_px == wide
    bar.show_pairs((("other", "1"), ("b", "1")))
    assert bar._value_widths_px != wide
