"""Sentences for the user above the chart: they never block, and repeated ones are counted, not stacked."""

import logging
from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

PASSING_MS: Final = 6000
MAX_NOTICES: Final = 3  # the chart must stay in view on a small screen

_log = logging.getLogger(__name__)


class Notice(QFrame):
    """One sentence with the number of times it came, a button to close it, and one for more if there is."""

    def __init__(self, text: str, details: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.text = text
        self.details = details
        self.count = 1
        self._label = QLabel(text)
        self._label.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold markup
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.times = QLabel()
        self.times.setObjectName("muted")
        self.details_button = QToolButton()
        self.details_button.setObjectName("close")
        self.details_button.setText("Details")
        self.details_button.setToolTip("Show what lies behind it, in technical words")
        self.details_button.setVisible(bool(details))
        self.details_button.clicked.connect(self._on_details_clicked)
        self.close_button = QToolButton()
        self.close_button.setObjectName("close")
        self.close_button.setText("Close")
        self.close_button.setToolTip("Close this notice")
        self.passing = QTimer(self)
        self.passing.setSingleShot(True)
        self.passing.setInterval(PASSING_MS)
        self.passing.timeout.connect(self.close_button.click)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.addWidget(self._label, 1)
        row.addWidget(self.times)
        row.addWidget(self.details_button)
        row.addWidget(self.close_button)

    def repeat(self, details: str = "") -> None:
        """Count one more; its details replace the former ones."""
        self.details = details
        self.details_button.setVisible(bool(details))
        self.count += 1
        self.times.setText(f"{self.count} times")

    @Slot()
    def _on_details_clicked(self) -> None:
        dialog = DetailsDialog(self.text, self.details, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


class DetailsDialog(QDialog):
    """What lies behind a sentence, to read and to copy."""

    def __init__(self, text: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Details")
        sentence = QLabel(text)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        self.report = QPlainTextEdit(f"{text}\n\n{details}")
        self.report.setReadOnly(True)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 12)
        for widget in (sentence, self.report, buttons):
            column.addWidget(widget)
        self.resize(680, 300)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())


class NoticeBar(QWidget):
    """The newest few notices, oldest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notices: list[Notice] = []
        self._of_session: set[str] = set()
        self._trouble = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_notice(self, text: str, details: str = "") -> None:
        """Show a sentence, or count it if it is shown already. Thread: UI."""
        for notice in self.notices:
            if notice.text == text:
                notice.repeat(details)
                return
        _log.info("notice: %s", text)
        notice = Notice(text, details)
        notice.close_button.clicked.connect(self._on_close_clicked)
        self.notices.append(notice)
        self._column.addWidget(notice)
        while len(self.notices) > MAX_NOTICES:
            self._remove(self.notices[0])

    def show_passing(self, text: str) -> None:
        """Show a sentence that goes by itself: something went well, and nothing is to be done. Thread: UI."""
        self.show_notice(text)
        next(notice for notice in self.notices if notice.text == text).passing.start()

    def show_of_session(self, text: str) -> None:
        """Show a sentence that concerns the session shown, until `forget_session`. Thread: UI."""
        self._of_session.add(text)
        self.show_notice(text)

    def follow_trouble(self, text: str) -> None:
        """Show what the session suffers from, in place of what it did before; "" for nothing. Thread: UI."""
        if text == self._trouble:
            return  # also where the user has closed it
        self.withdraw(self._trouble)
        self._trouble = text
        if text:
            self.show_notice(text)

    def forget_session(self) -> None:
        """Remove what concerns the former session: it would be read as being about the next. Thread: UI."""
        for text in self._of_session:
            self.withdraw(text)
        self._of_session.clear()
        self.follow_trouble("")

    def withdraw(self, text: str) -> None:
        """Remove a sentence that holds no more, if it is still shown. Thread: UI."""
        for notice in tuple(self.notices):
            if notice.text == text:
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
