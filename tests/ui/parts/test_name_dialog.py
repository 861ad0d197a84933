from PySide6.QtWidgets import QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from vpdesk.ui.parts.name_dialog import name_dialog


def test_it_tells_the_name_and_is_gone(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    names: list[str] = []
    dialog = name_dialog("Save this layout", "Name:", window)
    dialog.textValueSelected.connect(names.append)
    dialog.open()
    assert dialog.width() >= dialog.fontMetrics().horizontalAdvance(dialog.windowTitle()) + 120
    dialog.setTextValue("Mine")
    dialog.accept()
    assert names == ["Mine"]
    qtbot.waitUntil(lambda: window.findChild(QInputDialog) is None)
