from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from vpdesk.ui.parts.vertical_scroll import VerticalScroll


def test_the_area_grows_with_the_width_of_its_content(qtbot: QtBot) -> None:
    content = QLabel("short")
    area = VerticalScroll(content)
    qtbot.addWidget(area)
    area.show()
    narrow = area.minimumSizeHint().width()
    content.setText("a text that needs a lot more room than the one before\n" * 50)
    assert area.minimumSizeHint().width() > narrow + 100
    area.resize(area.minimumSizeHint().width(), 100)
    qtbot.waitUntil(lambda: area.verticalScrollBar().isVisible())
    assert content.width() <= area.viewport().width()
