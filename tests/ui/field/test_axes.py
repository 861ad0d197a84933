"""The axes beside the field: no label runs into another."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem

from vpdesk.ui.field.axes import AxisLabel, PriceAxis, TimeAxis
from vpdesk.ui.parts.theme import DARK


@pytest.fixture
def axis(qapp: QApplication) -> TimeAxis:
    axis = TimeAxis(DARK, QFont())
    axis.set_rect(QRectF(50, 0, 600, 28))
    return axis


@pytest.mark.parametrize("offset", range(-40, 60, 7))
@pytest.mark.parametrize("text", ["13:00", "13:00:00.000"])
def test_labels_near_an_edge_are_whole_and_never_overlap(axis: TimeAxis, offset: int, text: str) -> None:
    places = [50 + offset + 96 * number for number in range(7)]
    axis.set_labels([AxisLabel(place, text) for place in places if 50 <= place <= 650])
    spans = [
        (axis._text_at(label).x(), axis._text_at(label).x() + axis.text_width(label.text))
        for label in axis._labels
    ]
    assert len(spans) >= 4
    assert spans[0][0] >= 50
    assert spans[-1][1] <= 650
    assert all(right < left for (_, right), (left, _) in pairwise(spans))


@pytest.mark.parametrize("distance_pt", range(-40, 41, 4))
def test_a_label_is_shown_whole_or_not_at_all_beside_a_badge(qapp: QApplication, distance_pt: int) -> None:
    axis = PriceAxis(DARK, QFont())
    axis.set_rect(QRectF(0, 0, 80, 300))

    def painted(labels: list[AxisLabel], badges: list[AxisLabel]) -> QImage:
        axis.set_labels(labels)
        axis.set_badges(badges)
        image = QImage(80, 300, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        axis.paint(painter, QStyleOptionGraphicsItem())
        painter.end()
        return image

    label, badge = (
        AxisLabel(150.0 + distance_pt, "5004.00"),
        AxisLabel(150.0, "5004.25", "#3366aa", "#ffffff"),
    )
    tick_alone = AxisLabel(label.place_px, "")
    both = painted([label, tick_alone], [badge])
    without = painted([tick_alone], [badge])
    text = axis._badge_rect(label).toRect()
    is_shown = both.copy(text) != without.copy(text)
    assert is_shown == (not text.intersects(axis._badge_rect(badge).toRect()))
    if is_shown:
        assert both.copy(text) == painted([label], []).copy(text)
