import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

from vpdesk.ui.parts.fitting import SEPARATOR, fitting

PARTS = ("Net", "pressure minus vacuum", "trades of at least 100")


@pytest.mark.parametrize("n_parts", [1, 2, 3])
def test_as_many_parts_are_said_as_have_room(qapp: QApplication, n_parts: int) -> None:
    metrics = QFontMetricsF(QFont())
    expected = SEPARATOR.join(PARTS[:n_parts])
    room_pt = metrics.horizontalAdvance(expected)
    assert fitting(SEPARATOR.join(PARTS), metrics, room_pt) == expected


def test_the_first_part_is_said_however_little_room_there_is(qapp: QApplication) -> None:
    assert fitting(SEPARATOR.join(PARTS), QFontMetricsF(QFont()), 0.0) == "Net"
