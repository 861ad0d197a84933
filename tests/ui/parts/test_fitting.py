import pytest
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout
from PySide6.QtWidgets import QApplication

from vpdesk.ui.parts.fitting import SEPARATOR, fitting, unparted

PARTS = ("Net", "pressure minus vacuum", "trades of at least 100")


@pytest.mark.parametrize("n_parts", [1, 2, 3])
def test_as_many_parts_are_said_as_have_room(qapp: QApplication, n_parts: int) -> None:
    metrics = QFontMetricsF(QFont())
    expected = SEPARATOR.join(PARTS[:n_parts])
    room_pt = metrics.horizontalAdvance(expected)
    assert fitting(SEPARATOR.join(PARTS), metrics, room_pt) == expected


def test_the_first_part_is_said_however_little_room_there_is(qapp: QApplication) -> None:
    assert fitting(SEPARATOR.join(PARTS), QFontMetricsF(QFont()), 0.0) == "Net"


def lines_of(text: str, width_pt: float) -> list[str]:
    layout, lines = QTextLayout(text, QFont()), []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width_pt)
        lines.append(text[line.textStart() : line.textStart() + line.textLength()].strip())
    layout.endLayout()
    return lines


def test_no_line_ends_within_a_unit(qapp: QApplication) -> None:
    words = "vacuum 16 contracts/s"
    width_pt = QFontMetricsF(QFont()).horizontalAdvance("vacuum 16 contracts/") + 1
    assert lines_of(words, width_pt) == ["vacuum 16 contracts/", "s"]
    assert len(lines_of(unparted(words), width_pt)[-1]) > len("contracts/s")
