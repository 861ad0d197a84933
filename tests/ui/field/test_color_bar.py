"""The colour bar: what it says, and how its handles are moved."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from pytestqt.qtbot import QtBot

from vpdesk.display.layers import LAYERS
from vpdesk.display.scale import Scale
from vpdesk.ui.field.color_bar import ColorBar
from vpdesk.ui.parts.color_maps import look_up_table
from vpdesk.ui.parts.theme import DARK, LIGHT

SIGNED = Scale("asinh", -500.0, 500.0, 4.0, is_signed=True)
KEYS = Qt.Key


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[ColorBar]:
    bar = ColorBar()
    qtbot.addWidget(bar)
    bar.set_layer(LAYERS["net"], "contracts/s", look_up_table("net"))
    bar.set_scale(SIGNED)
    bar.resize(bar.sizeHint().width(), 500)
    with qtbot.waitExposed(bar):
        bar.show()
    bar.activateWindow()
    bar.setFocus()
    return bar


def _written(bar: ColorBar, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, float]]:
    """Return what the bar writes, each with its right end and its top."""
    texts = []
    write, metrics = bar._write, QFontMetricsF(bar._metrics())

    def note(painter: object, colour: str, top: float, text: str, left: float = 8) -> None:
        texts.append((text, left + metrics.horizontalAdvance(text), top))
        write(painter, colour, top, text, left)

    monkeypatch.setattr(bar, "_write", note)
    bar.grab()
    return texts


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("height", [60, 160, 240, 320, 500, 1900])
def test_nothing_on_the_bar_is_cut_off_or_overlaps_at_any_height(
    bar: ColorBar, monkeypatch: pytest.MonkeyPatch, layer: object, height: int
) -> None:
    bar.set_layer(layer, layer.unit.format(quantity="contracts"), look_up_table(layer.name))
    low, high = layer.bounds or ((-88_800.0, 88_800.0) if layer.is_signed else (0.0, 88_800.0))
    bar.set_scale(Scale.of(layer.transform, low, high, layer.is_signed))
    bar.resize(bar.sizeHint().width(), height)
    texts = _written(bar, monkeypatch)
    assert all(right <= bar.width() and top >= 0 for _, right, top in texts)
    assert max(top for *_, top in texts) + bar._row_height() <= height
    tops = sorted(top for *_, top in texts)
    assert all(b - a >= bar._row_height() - 1 for a, b in pairwise(tops))


def test_the_bar_names_layer_unit_and_both_ends(bar: ColorBar, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text, *_ in _written(bar, monkeypatch)]
    assert {"Net", "contracts/s", "building", "draining", "data gap", "outside", "no data"} <= set(texts)
    assert texts.index("building") < texts.index("draining")


def test_a_layer_without_a_unit_says_so(bar: ColorBar, monkeypatch: pytest.MonkeyPatch) -> None:
    bar.set_layer(LAYERS["balance"], "", look_up_table("balance"))
    assert "no unit" in [text for text, *_ in _written(bar, monkeypatch)]


@pytest.mark.parametrize("tones", [DARK, LIGHT], ids=["dark", "light"])
def test_the_legend_shows_the_shades_of_the_field(bar: ColorBar, tones: object) -> None:
    bar.set_tones(tones)
    image = bar.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    density = image.devicePixelRatio()
    for index, (shade, _, meaning) in enumerate(bar._legend()):
        row = bar._legend_rect(index)
        at = QPointF(15, row.center().y())
        pixel = image.pixelColor(round(at.x() * density), round(at.y() * density))
        expected = ("hatch_dark", "hatch_light") if shade == "gap" else (shade,)
        assert pixel in [QColor(getattr(bar._shades, name)) for name in expected]
        assert bar._tip_at(at) == meaning


def test_arrow_keys_move_the_chosen_bound_and_the_other_one_with_it(bar: ColorBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.scale_dragged) as up:
        qtbot.keyClick(bar, KEYS.Key_Up)
    assert up.args[0].high > SIGNED.high
    assert up.args[0].low == -up.args[0].high
    qtbot.keyClick(bar, KEYS.Key_Left)  # now the low one
    with qtbot.waitSignal(bar.scale_dragged) as back:
        qtbot.keyClick(bar, KEYS.Key_Up)
    assert back.args[0].high == pytest.approx(SIGNED.high, rel=0.02)


def test_bounds_that_are_not_even_move_alone(bar: ColorBar, qtbot: QtBot) -> None:
    bar.set_scale(Scale("asinh", -100.0, 500.0, 4.0, is_signed=True))
    with qtbot.waitSignal(bar.scale_dragged) as moved:
        qtbot.keyClick(bar, KEYS.Key_Down)
    assert moved.args[0].low == -100.0
    assert moved.args[0].high < 500.0


def test_a_bound_stops_before_it_meets_the_other(bar: ColorBar, qtbot: QtBot) -> None:
    bar.set_layer(LAYERS["depth"], "contracts", look_up_table("depth"))
    bar.set_scale(Scale("linear", 0.0, 1.0, 0.1, is_signed=False))
    for _ in range(300):
        qtbot.keyClick(bar, KEYS.Key_Down)
    assert bar._scale.low < bar._scale.high


@pytest.mark.parametrize("key", [KEYS.Key_Return, KEYS.Key_Enter])
def test_enter_asks_for_numbers(bar: ColorBar, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(bar.edit_requested):
        qtbot.keyClick(bar, key)


def test_a_double_click_asks_for_numbers(bar: ColorBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.edit_requested):
        qtbot.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(15, 200))


def test_a_handle_tells_its_bound(bar: ColorBar) -> None:
    assert bar._tip_at(QPointF(15, bar.handle_y("high"))) == "High: 500 contracts/s"
    assert bar._tip_at(QPointF(15, bar.handle_y("low"))) == "Low: \N{MINUS SIGN}500 contracts/s"
    assert "Enter" in bar._tip_at(QPointF(15, 250))
