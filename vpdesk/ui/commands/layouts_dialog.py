"""The user's own layouts: show, rename, delete."""

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vpdesk.ui.commands.layouts import Layouts

_HINT: Final = "F2 or a double click renames a layout, Delete forgets it."
_NO_LAYOUT: Final = "There is none yet. Arrange the window, then Window, Layouts, Save this layout."


class LayoutsDialog(QDialog):
    """A list of the user's own layouts.

    Parameters
    ----------
    layouts
        What to change; changes are in force at once.
    """

    def __init__(self, layouts: Layouts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Layouts of your own")
        self._layouts = layouts
        self.list = QListWidget()
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.itemSelectionChanged.connect(self._enable_buttons)
        self.sentence = QLabel()
        self.sentence.setObjectName("muted")
        self.sentence.setWordWrap(True)
        self.show_button = self._button("Show", self._on_show_clicked)
        self.rename_button = self._button("Rename", self._on_rename_clicked)
        self.delete_button = self._button("Delete", self._on_delete_clicked)
        self.delete_button.setShortcut("Del")
        row = QHBoxLayout()
        for button in (self.show_button, self.rename_button, self.delete_button):
            row.addWidget(button)
        row.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 12)
        for part in (self.list, self.sentence):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(buttons)
        self.resize(420, 340)
        # queued: a name that is being edited must not lose its row meanwhile
        layouts.changed.connect(self._fill, Qt.ConnectionType.QueuedConnection)
        self._fill()

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    @Slot()
    def _fill(self) -> None:
        row = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for name in self._layouts.names():
            item = QListWidgetItem(name, self.list)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setData(Qt.ItemDataRole.UserRole, name)
        self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
        self.list.blockSignals(False)
        self.sentence.setText(_HINT if self.list.count() else _NO_LAYOUT)
        self._enable_buttons()

    @Slot()
    def _enable_buttons(self) -> None:
        for button in (self.show_button, self.rename_button, self.delete_button):
            button.setEnabled(self.list.currentItem() is not None)

    def _chosen(self) -> str:
        return str(self.list.currentItem().data(Qt.ItemDataRole.UserRole))

    @Slot()
    def _on_show_clicked(self) -> None:
        self._layouts.show_own(self._chosen())

    @Slot()
    def _on_rename_clicked(self) -> None:
        self.list.editItem(self.list.currentItem())

    @Slot()
    def _on_delete_clicked(self) -> None:
        self._layouts.delete(self._chosen())

    @Slot(QListWidgetItem)
    def _on_item_changed(self, item: QListWidgetItem) -> None:
        former = str(item.data(Qt.ItemDataRole.UserRole))
        trouble = self._layouts.rename(former, item.text())
        if trouble:
            self.list.blockSignals(True)
            item.setText(former)
            self.list.blockSignals(False)
            self.sentence.setText(trouble)
