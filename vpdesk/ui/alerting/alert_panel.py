"""The dock of alerts: the rules of the instrument shown with where they stand, and what was raised."""

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vpdesk.display.alert_kernels import (
    STANDING_FALSE,
    STANDING_OUTSIDE,
    STANDING_TRUE,
    STANDING_UNKNOWN,
    STANDING_YOUNG,
)
from vpdesk.display.alert_rules import AlertRule, figure_text, rule_words, value_text
from vpdesk.display.alert_watch import Standing
from vpdesk.ui.alerting.alert_dialog import AlertUnits
from vpdesk.ui.alerting.alert_log import AlertLog, LogEntry
from vpdesk.ui.parts.tables import plain_table

_STANDINGS: Final = {
    STANDING_UNKNOWN: ("\N{EN DASH}", "Nothing to check: there is no book or no feed."),
    STANDING_OUTSIDE: ("outside the band", "The price is not among those that are computed now."),
    STANDING_YOUNG: ("too early", "The chart does not hold enough of what was before."),
}
_CELL_ROOM_PX: Final = 26
_RULE_PADDING_PX: Final = 8
_TABLE_KEYS: Final = frozenset(
    [
        *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home),
        Qt.Key.Key_End,
    ]
)
_RULE_KEYS: Final = _TABLE_KEYS | {Qt.Key.Key_Space, Qt.Key.Key_Delete}


class _RuleDelegate(QStyledItemDelegate):
    """Asks for the height in which a rule is read whole: Qt breaks its lines as if it had no padding."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        option.rect = option.rect.adjusted(0, 0, -2 * _RULE_PADDING_PX, 0)
        return super().sizeHint(option, index)


class AlertPanel(QWidget):
    """Rules and log.

    Signals
    -------
    new_wanted(), edit_wanted(int), remove_wanted(int)
        Make a rule; change or drop the rule of this row.
    switched(int, bool)
        Turn the rule of this row on or off.
    mute_wanted(bool)
        Make no sound, or make sounds again.
    entry_chosen(LogEntry)
        Go to the moment of an alert.
    """

    new_wanted = Signal()
    edit_wanted = Signal(int)
    remove_wanted = Signal(int)
    switched = Signal(int, bool)
    mute_wanted = Signal(bool)
    entry_chosen = Signal(object)

    def __init__(self, log: AlertLog, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log = log
        self._rules: tuple[AlertRule, ...] = ()
        self._units = AlertUnits()
        self._is_filling = False
        self._make_tables()
        self.hint = QLabel(
            "No rules yet. Ctrl+Shift+H makes one of the cell under the pointer. "
            "Rules are checked as each column of the chart closes."
        )
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)
        self.mute_box = QCheckBox("Mute")
        self.mute_box.setToolTip("Make no sound")
        self.mute_box.toggled.connect(self.mute_wanted)
        self._lay_out()

    def show_rules(self, rules: tuple[AlertRule, ...], units: AlertUnits) -> None:
        """List these rules."""
        row = self.rules.currentRow()
        self._rules, self._units = rules, units
        self._is_filling = True
        self.rules.setRowCount(len(rules))
        for number, rule in enumerate(rules):
            words = rule_words(rule, units.quantity_unit, units.tick_size)
            item = QTableWidgetItem(words)
            item.setToolTip(f"{words}.")
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if rule.is_on else Qt.CheckState.Unchecked)
            self.rules.setItem(number, 0, item)
            self.rules.setItem(number, 1, QTableWidgetItem())
        self._is_filling = False
        if rules:
            self.rules.setCurrentCell(min(max(row, 0), len(rules) - 1), 0)
        self.hint.setVisible(not rules)
        self._enable_buttons()

    def select_rule(self, row: int) -> None:
        """Put the cursor on a rule."""
        self.rules.setCurrentCell(row, 0)

    def show_standings(self, standings: tuple[Standing, ...]) -> None:
        """Show what each rule measures now."""
        self._is_filling = True
        for row, (rule, standing) in enumerate(zip(self._rules, standings, strict=True)):
            text, tip = self._standing_words(rule, standing)
            item = self.rules.item(row, 1)
            if item is not None and item.text() != text:
                item.setText(text)
                item.setToolTip(tip)
        self._is_filling = False

    def show_muted(self, is_muted: bool) -> None:
        """Show whether there is no sound."""
        self.mute_box.setChecked(is_muted)

    def _standing_words(self, rule: AlertRule, standing: Standing) -> tuple[str, str]:
        if not rule.is_on:
            return "off", "This rule is turned off."
        if standing.code in (STANDING_FALSE, STANDING_TRUE):
            figure = figure_text(rule.quantity, standing.value)
            value = value_text(rule.quantity, standing.value, self._units.quantity_unit)
            if standing.code == STANDING_TRUE:
                return f"{figure} \N{BULLET}", f"{value}: the condition holds now."
            return figure, f"{value} now."
        return _STANDINGS[standing.code]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the keys that move in a table from being the window's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if is_plain and event.key() in (_RULE_KEYS if watched is self.rules else _TABLE_KEYS):
                event.accept()
                return True
        is_key = watched is self.rules and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            self._on_remove_clicked()
            return True
        return super().eventFilter(watched, event)

    # --- inside ------------------------------------------------------------------------------------

    def _make_tables(self) -> None:
        self.rules = plain_table(("Alert", "Now"))
        self.rules.setAccessibleName("Alert rules")
        self.rules.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.rules.horizontalHeader().setStretchLastSection(False)
        self.rules.setWordWrap(True)  # a rule is read whole
        self.rules.setStyleSheet(f"QTableView::item {{ padding: 4px {_RULE_PADDING_PX}px; }}")
        self.rules.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.rules.setItemDelegateForColumn(0, _RuleDelegate(self.rules))
        self.rules.activated.connect(self._on_rule_activated)
        self.rules.itemChanged.connect(self._on_item_changed)
        self.rules.itemSelectionChanged.connect(self._enable_buttons)
        self.log = QTableView()
        self.log.setModel(self._log)
        self.log.setAccessibleName("Alerts that were raised")
        self.log.verticalHeader().hide()
        self.log.verticalHeader().setDefaultSectionSize(self.rules.verticalHeader().defaultSectionSize())
        self.log.setShowGrid(False)
        self.log.setWordWrap(False)
        self.log.setAlternatingRowColors(True)
        self.log.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.log.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.log.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        self.log.setColumnWidth(0, self.fontMetrics().horizontalAdvance("00:00:00.0") + _CELL_ROOM_PX)
        self.log.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.log.activated.connect(self._on_entry_activated)
        for table in (self.rules, self.log):
            table.installEventFilter(self)

    def _lay_out(self) -> None:
        self.new_button = _button("New...", "Make a rule", self.new_wanted.emit)
        self.edit_button = _button("Edit...", "Change the selected rule  (Enter)", self._on_edit_clicked)
        self.remove_button = _button("Remove", "Drop the selected rule  (Del)", self._on_remove_clicked)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(8, 8, 8, 4)
        column.addWidget(self.hint)
        column.addWidget(self.rules, 1)
        column.addLayout(_row(self.new_button, self.edit_button, self.remove_button, self.mute_box))
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(8, 4, 8, 8)
        column.addWidget(self.log, 1)
        column.addLayout(
            _row(
                _button("Copy", "Copy the log as text", self._on_copy_clicked),
                _button("Clear", "Forget the log", self._log.clear),
            )
        )
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(above)
        parts.addWidget(below)
        parts.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(parts)

    @Slot()
    def _enable_buttons(self) -> None:
        has_rule = 0 <= self.rules.currentRow() < len(self._rules)
        self.edit_button.setEnabled(has_rule)
        self.remove_button.setEnabled(has_rule)

    @Slot(QModelIndex)
    def _on_rule_activated(self, index: QModelIndex) -> None:
        self.edit_wanted.emit(index.row())

    @Slot(QTableWidgetItem)
    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        if not self._is_filling and item.column() == 0:
            self.switched.emit(item.row(), item.checkState() == Qt.CheckState.Checked)

    @Slot()
    def _on_edit_clicked(self) -> None:
        self.edit_wanted.emit(self.rules.currentRow())

    @Slot()
    def _on_remove_clicked(self) -> None:
        if 0 <= self.rules.currentRow() < len(self._rules):
            self.remove_wanted.emit(self.rules.currentRow())

    @Slot(QModelIndex)
    def _on_entry_activated(self, index: QModelIndex) -> None:
        entry: LogEntry = self._log.entries[index.row()]
        self.entry_chosen.emit(entry)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._log.text())


def _button(text: str, tip: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.clicked.connect(slot)
    return button


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
