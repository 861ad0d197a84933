import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.grabbing import channels, image_pixels
from vpdesk.app.lessons import make_lessons
from vpdesk.core.params import DEFAULT_WEIGHTS
from vpdesk.display.layers import LAYERS
from vpdesk.display.lesson import Lesson
from vpdesk.ui.explain.explain_page import ExplainPage
from vpdesk.ui.explain.explain_text import SECTION_OF_LAYER, SECTIONS
from vpdesk.ui.explain.lesson_picture import FIELD_WIDTH_PT, WIDTH_PT, draw_lesson
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.parts.theme import DARK, LIGHT

README = Path(__file__).resolve().parents[3] / "README.md"


@pytest.fixture(scope="module")
def lessons() -> Mapping[str, Lesson]:
    return make_lessons()


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[ExplainPage]:
    page = ExplainPage()
    qtbot.addWidget(page)
    yield page
    page.close()


def n_pictures(page: ExplainPage) -> int:
    return page.browser.toHtml().count("<img ")


def test_the_words_are_there_before_the_pictures_which_are_asked_for_once(
    page: ExplainPage, lessons: Mapping[str, Lesson], qtbot: QtBot
) -> None:
    asked = QSignalSpy(page.lessons_requested)
    page.explain()
    for section in SECTIONS:
        assert section.title in page.browser.toPlainText()
    assert n_pictures(page) == 0

    page.show_lessons(lessons)
    assert not page.is_drawn  # they are drawn between frames, not at once
    qtbot.waitUntil(lambda: page.is_drawn, timeout=20_000)
    page.close()
    page.explain()

    assert n_pictures(page) == len(lessons)
    assert asked.count() == 1


def test_every_lesson_is_shown_with_a_caption_and_every_picture_has_a_lesson(
    lessons: Mapping[str, Lesson],
) -> None:
    shown = [name for section in SECTIONS for name, _ in section.pictures]
    assert sorted(shown) == sorted(lessons)
    assert all(caption.endswith((".", "”.")) for section in SECTIONS for _, caption in section.pictures)


def test_a_picture_has_the_fields_colours_and_the_themes_ground(
    lessons: Mapping[str, Lesson], qapp: QApplication
) -> None:
    for tones in (DARK, LIGHT):
        image = draw_lesson(lessons["net"], tones, 2.0)
        assert image.width() == 2 * WIDTH_PT
        assert image.pixelColor(image.width() - 3, 3).name() == tones.window
        pixels = channels(image_pixels(image)[:, image.width() // 2 :])
        blue = pixels[..., 0] - pixels[..., 2] > 60
        amber = pixels[..., 2] - pixels[..., 0] > 60
        assert min(blue.sum(), amber.sum()) > 5000


def test_the_open_column_ends_at_the_fields_edge(lessons: Mapping[str, Lesson], qapp: QApplication) -> None:
    image = draw_lesson(lessons["pressure"], DARK, 1.0)
    left = WIDTH_PT - FIELD_WIDTH_PT - 62
    row = [image.pixelColor(x, 9 * 17 + 4) for x in range(left, left + FIELD_WIDTH_PT)]
    assert max(colour.blue() for colour in row) > 200
    assert QColor(DARK.window) not in row


def test_another_theme_draws_the_pictures_again(
    page: ExplainPage, lessons: Mapping[str, Lesson], qtbot: QtBot
) -> None:
    page.explain()
    page.show_lessons(lessons)
    qtbot.waitUntil(lambda: page.is_drawn, timeout=20_000)
    page.set_tones(LIGHT)
    qtbot.waitUntil(lambda: page.is_drawn, timeout=20_000)
    assert LIGHT.muted in page.browser.toHtml()
    assert n_pictures(page) == len(lessons)


def test_keys_scroll_a_section_is_found_and_escape_closes(page: ExplainPage, qtbot: QtBot) -> None:
    page.explain()
    page.resize(900, 400)
    bar = page.browser.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.keyClick(page.browser, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    page.explain("limits")
    assert bar.value() > 0.7 * bar.maximum()
    qtbot.keyClick(page.browser, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_the_text_can_be_selected(page: ExplainPage) -> None:
    assert page.browser.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


def test_f2_explains(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window.chart, Qt.Key.Key_F2)
    assert window.explanation.isVisible()
    window.explanation.close()


def test_the_inspector_leads_to_what_its_layer_means(window: MainWindow, qtbot: QtBot) -> None:
    assert set(SECTION_OF_LAYER) == set(LAYERS)
    assert set(SECTION_OF_LAYER.values()) <= {section.name for section in SECTIONS}
    window.choices.show_layer("age")
    window.inspector.show()
    qtbot.mouseClick(window.inspector.explain_button, Qt.MouseButton.LeftButton)
    page = window.explanation
    assert page.isVisible()
    assert page.browser.verticalScrollBar().value() > 0
    page.close()


def test_the_formulas_are_those_of_readme_with_the_default_weights() -> None:
    """What a formula says must not depend on where it is read."""
    readme = _plain(README.read_text("utf-8"))
    formulas = [
        formula for section in SECTIONS for formula in re.findall(r"<pre>(.*?)</pre>", section.html, re.S)
    ]
    assert len(formulas) == 6
    for formula in formulas:
        assert _plain(formula) in readme
    weights = {f"{weight:g}" for weight in DEFAULT_WEIGHTS.values()} - {"1"}
    assert all(weight in "".join(formulas) for weight in weights)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("&minus;", "\N{MINUS SIGN}"))
