"""A line to type into that says at once whether what stands there makes sense."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from vpdesk.errors import VpdeskError


class CheckedField(QLineEdit):
    """A line edit whose text is read by a function that raises a sentence when it cannot.

    Parameters
    ----------
    read
        Turns the text into a value, or raises `VpdeskError`.

    Signals
    -------
    committed(object)
        Enter was pressed on a good text: the value.
    left()
        The user is done (Enter on a good text, or Escape).
    """

    committed = Signal(object)
    left = Signal()

    def __init__(self, read: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self.problem = ""
        self.textEdited.connect(self._on_text_edited)
        self.returnPressed.connect(self._on_return_pressed)

    def value(self) -> object:
        """Return the value of the text.

        Raises
        ------
        VpdeskError
            The text makes no sense.
        """
        return self._read(self.text())

    def show_text(self, text: str) -> None:
        """Replace the text from outside, unless the user is typing."""
        if not self.hasFocus() and self.text() != text:
            self.setText(text)
            self._set_problem("")

    def check(self) -> bool:
        """Mark the field by what stands in it; return whether it makes sense."""
        try:
            self._read(self.text())
        except VpdeskError as error:
            self._set_problem(str(error))
            return False
        self._set_problem("")
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Drop the mark: what was typed and not entered has no effect."""
        super().focusOutEvent(event)
        self._set_problem("")

    def give_up(self) -> None:
        """Drop what was typed."""
        self._set_problem("")
        self.left.emit()

    @Slot(str)
    def _on_text_edited(self, text: str) -> None:
        if text.strip():
            self.check()
        else:
            self._set_problem("")

    @Slot()
    def _on_return_pressed(self) -> None:
        if self.check():
            value = self._read(self.text())
            self.left.emit()
            self.committed.emit(value)

    def _set_problem(self, problem: str) -> None:
        if problem:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), problem, self)
        elif self.problem:
            QToolTip.hideText()
        if problem != self.problem:
            self.problem = problem
            self.setProperty("problem", bool(problem))
            self.style().unpolish(self)  # a style sheet does not watch properties
            self.style().polish(self)
