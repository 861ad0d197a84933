from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QCursor
from PySide6.QtWidgets import QApplication

from vpdesk.ui.field.tool_cursors import measure_cursor, zoom_cursor

WHITE = QColor("white")


@pytest.mark.parametrize("make", [zoom_cursor, measure_cursor])
@pytest.mark.parametrize("density", [1.0, 1.5, 2.0])
def test_a_cursor_has_one_size_and_the_pixels_of_its_screen(
    qapp: QApplication, make: Callable[[float], QCursor], density: float
) -> None:
    cursor = make(density)
    assert cursor.hotSpot() == QPoint(10, 10)
    assert cursor.pixmap().deviceIndependentSize().toTuple() == (32, 32)
    picture = cursor.pixmap().toImage()
    assert picture.width() == 32 * density
    point = int(10.5 * density)
    assert picture.pixelColor(point, point) == WHITE  # the cross lies on the hot spot
