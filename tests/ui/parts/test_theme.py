import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from vpdesk.ui.parts.icons import SHAPES, icon
from vpdesk.ui.parts.theme import DARK, LIGHT, Tones, apply_tones, resolve_tones


def _luminance(colour: str) -> float:
    channels = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(colour).getRgbF()[:3]
    ]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def _contrast(a: str, b: str) -> float:
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tones", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_can_be_read(tones: Tones) -> None:
    for ground in (tones.window, tones.panel, tones.field):
        assert _contrast(tones.text, ground) > 10
        for colour in (tones.muted, tones.good, tones.caution, tones.bad):
            assert _contrast(colour, ground) > 4.5  # WCAG AA for small text
    assert _contrast(tones.on_accent, tones.accent) > 4.5


@pytest.mark.parametrize("tones", [DARK, LIGHT], ids=["dark", "light"])
def test_tones_reach_the_palette(qapp: QApplication, tones: Tones) -> None:
    apply_tones(qapp, tones)
    assert qapp.palette().window().color() == QColor(tones.window)
    assert qapp.palette().windowText().color() == QColor(tones.text)
    qapp.setStyleSheet("")


@pytest.mark.parametrize("tones", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton, QComboBox])
def test_boxes_rings_and_arrows_can_be_seen_in_both_themes(
    qapp: QApplication, qtbot: QtBot, tones: Tones, kind: type[QWidget]
) -> None:
    apply_tones(qapp, tones)
    widget = kind()
    qtbot.addWidget(widget)
    widget.resize(80, 24)
    image = widget.grab().toImage()
    middle = image.height() // 2
    colours = {image.pixelColor(x, middle).name() for x in range(image.width())}
    ground = tones.field if kind is QComboBox else tones.window
    assert max(_contrast(colour, ground) for colour in colours) > 3  # WCAG AA for what is no text
    qapp.setStyleSheet("")


def test_a_system_that_does_not_say_gets_the_dark_set(qapp: QApplication) -> None:
    assert qapp.styleHints().colorScheme() == Qt.ColorScheme.Unknown
    assert resolve_tones("system") is DARK
    assert (resolve_tones("dark"), resolve_tones("light")) == (DARK, LIGHT)


@pytest.mark.parametrize("name", SHAPES)
def test_every_icon_is_drawn_at_every_density(qapp: QApplication, name: str) -> None:
    for size_px in (16, 32, 64):
        image = icon(name, "#ffffff", "#888888").pixmap(size_px, size_px).toImage()
        alphas = [image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())]
        assert image.width() == size_px
        assert 0.01 < sum(alpha > 64 for alpha in alphas) / len(alphas) < 0.9
