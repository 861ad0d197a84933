"""The last events that touched a price, newest first, each with a jump to it."""

from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from vpdesk.core.cell_report import CellReport, PriceEvent
from vpdesk.display.terms import before_text, event_words
from vpdesk.display.text import moment_text
from vpdesk.figures import grouped
from vpdesk.ui.parts.theme import DARK, Tones, tabular

_ID_COLUMN: Final = 0
_KEYS: Final = frozenset(
    [
        *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
        *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Enter),
    ]
)


class EventList(QTreeWidget):
    """Events of a report. Every method is for the UI thread.

    Signals
    -------
    chosen(int)
        Go to this event: its number was clicked, or Enter pressed on it.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tones: Tones = DARK
        self.can_jump = False
        self.setHeaderLabels(["Event", "Before", "What touched this price"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFont(tabular(self.font()))
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setAccessibleName("Events that touched this price")
        self.itemActivated.connect(self._on_item_activated)
        self.itemClicked.connect(self._on_item_clicked)

    def show_report(self, report: CellReport, zone: tzinfo | None) -> None:
        """Show the events of a report; the one that was chosen stays current, or else the newest is."""
        current = self.currentItem()
        is_chosen = current is not None and self.indexOfTopLevelItem(current) > 0
        current_id = _event_id(current) if current is not None and is_chosen else None
        self.clear()
        for event in reversed(report.events):
            item = self._item(event, report.clock_ns, zone)
            self.addTopLevelItem(item)
            if event.event_id == current_id:
                self.setCurrentItem(item)
        newest = self.topLevelItem(0)
        if self.currentItem() is None and newest is not None:
            self.setCurrentItem(newest)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move in the list from being the window's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if is_plain and event.key() in _KEYS:
                event.accept()
                return True
        return super().event(event)

    def _item(self, event: PriceEvent, clock_ns: int, zone: tzinfo | None) -> QTreeWidgetItem:
        words = event_words(event)
        item = QTreeWidgetItem([grouped(event.event_id), before_text(event, clock_ns), words])
        item.setData(_ID_COLUMN, Qt.ItemDataRole.UserRole, event.event_id)
        moment = "no time" if event.ts_event is None else moment_text(event.ts_event, zone)
        for column in range(3):
            item.setToolTip(column, f"{words}\n{moment}")
        if self.can_jump:
            item.setForeground(_ID_COLUMN, QColor(self.tones.accent))
        if event.is_elsewhere:
            item.setForeground(2, QColor(self.tones.muted))
        return item

    @Slot(QTreeWidgetItem, int)
    def _on_item_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == _ID_COLUMN:
            self._choose(item)

    @Slot(QTreeWidgetItem, int)
    def _on_item_activated(self, item: QTreeWidgetItem, column: int) -> None:
        self._choose(item)

    def _choose(self, item: QTreeWidgetItem) -> None:
        if self.can_jump:
            self.chosen.emit(_event_id(item))


def _event_id(item: QTreeWidgetItem) -> int:
    return int(item.data(_ID_COLUMN, Qt.ItemDataRole.UserRole))
