"""A line to type into with a line below it: a hint, or what is wrong with what stands there."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from vpdesk.errors import VpdeskError


class NotedField(QWidget):
    """A line edit that is checked as it is typed, the sentence beside it.

    Parameters
    ----------
    read
        Turns the text into a value, or raises `VpdeskError`.
    edit, shown
        The line edit, if there is one already, and the widget to show that holds it.

    Signals
    -------
    changed()
        Another text.
    """

    changed = Signal()

    def __init__(
        self,
        read: Callable[[str], object],
        edit: QLineEdit | None = None,
        shown: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._hint = ""
        self.edit = edit or QLineEdit()
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(shown or self.edit)
        column.addWidget(self.note)
        self.setFocusProxy(shown or self.edit)
        self.edit.textChanged.connect(self._on_text_changed)
        self._show_note("", is_problem=False)

    def text(self) -> str:
        """Return what stands in the field."""
        return self.edit.text()

    def value(self) -> object:
        """Return what it means.

        Raises
        ------
        VpdeskError
            It makes no sense.
        """
        return self._read(self.edit.text())

    def is_good(self) -> bool:
        """Whether it makes sense; shows nothing."""
        try:
            self._read(self.edit.text())
        except VpdeskError:
            return False
        return True

    def set_hint(self, hint: str) -> None:
        """Show this where there is nothing wrong."""
        self._hint = hint
        self.check()

    def check(self) -> None:
        """Say what is wrong with what stands there; an empty field is not scolded."""
        problem = ""
        if self.edit.text().strip():
            try:
                self._read(self.edit.text())
            except VpdeskError as error:
                problem = str(error)
        self._show_note(problem or self._hint, is_problem=bool(problem))

    @Slot()
    def _on_text_changed(self) -> None:
        self.check()
        self.changed.emit()

    def _show_note(self, words: str, *, is_problem: bool) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))
        for widget in (self.edit, self.note):
            widget.setProperty("problem", is_problem)
        self.note.setObjectName("problem" if is_problem else "muted")
        for widget in (self.edit, self.note):
            widget.style().unpolish(widget)  # a style sheet watches neither names nor properties
            widget.style().polish(widget)
