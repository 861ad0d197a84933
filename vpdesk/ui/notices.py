"""Sentences for the user above the chart: they never block, and repeated ones are counted, not stacked."""

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

MAX_NOTICES: Final = 3  # the chart must stay in view on a small screen


class Notice(QFrame):
    """One sentence with the number of times it came, and a button to close it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.text = text
        self.count = 1
        self._label = QLabel(text)
        self._label.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold markup
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.times = QLabel()
        self.times.setObjectName("muted")
        self.close_button = QToolButton()
        self.close_button.setObjectName("close")
        self.close_button.setText("Close")
        self.close_button.setToolTip("Close this notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.addWidget(self._label, 1)
        row.addWidget(self.times)
        row.addWidget(self.close_button)

    def repeat(self) -> None:
        """Count one more."""
        self.count += 1
        self.times.setText(f"{self.count} times")


class NoticeBar(QWidget):
    """The newest few notices, oldest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notices: list[Notice] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_notice(self, text: str) -> None:
        """Show a sentence, or count it if it is shown already. Thread: UI."""
        for notice in self.notices:
            if notice.text == text:
                notice.repeat()
                return
        notice = Notice(text)
        notice.close_button.clicked.connect(self._on_close_clicked)
        self.notices.append(notice)
        self._column.addWidget(notice)
        while len(self.notices) > MAX_NOTICES:
            self._remove(self.notices[0])

    def clear(self) -> None:
        """Remove every notice."""
        for notice in tuple(self.notices):
            self._remove(notice)

    @Slot()
    def _on_close_clicked(self) -> None:
        button = self.sender()
        for notice in tuple(self.notices):
            if notice.close_button is button:
                self._remove(notice)

    def _remove(self, notice: Notice) -> None:
        self.notices.remove(notice)
        self._column.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
