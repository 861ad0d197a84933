"""The axes beside the field: no label runs into another."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from vpdesk.ui.field.axes import AxisLabel, TimeAxis
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
