"""The alerts of a session, newest first, as a table that can be copied."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from vpdesk.display.alert_rules import rule_words, short_name, value_text
from vpdesk.display.alert_watch import Firing
from vpdesk.display.text import moment_text, price_text, time_text, zone_text
from vpdesk.figures import grouped

MAX_ENTRIES: Final = 1000
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An alert in words, or a remark about columns that could not be checked.

    Parameters
    ----------
    firing
        None for a remark.
    clock_ns
        When, 0 if it belongs to no moment.
    short
        What was measured where, in a few words, or the remark.
    what, value, where
        The rule's sentence; what was measured; the price at which, "" for no single one.
    """

    firing: Firing | None
    clock_ns: int
    short: str
    what: str = ""
    value: str = ""
    where: str = ""


def entry_of(firing: Firing, quantity_unit: str, tick_size: int, ticks_per_bucket: int) -> LogEntry:
    """Put an alert into words."""
    quantity = firing.rule.quantity
    value = value_text(quantity, firing.value, quantity_unit)
    short, where = f"{short_name(quantity)} {value}", ""
    if firing.bucket is not None:
        where = price_text(firing.bucket * ticks_per_bucket, tick_size)
        short = f"{short} at {where}"
    what = rule_words(firing.rule, quantity_unit, tick_size)
    return LogEntry(firing, firing.clock_ns, short, what, value, where)


def missed_entry(n_columns: int) -> LogEntry:
    """Say that columns were overwritten before they could be checked."""
    columns = "1 column" if n_columns == 1 else f"{grouped(n_columns)} columns"
    return LogEntry(None, 0, f"{columns} passed too fast to check")


class AlertLog(QAbstractTableModel):
    """Entries, newest first; an alert whose moment is played again moves to the top."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[LogEntry] = []
        self._zone: tzinfo | None = UTC

    def add(self, entries: list[LogEntry]) -> None:
        """Put entries on top, the last one uppermost."""
        entries = entries[-MAX_ENTRIES:]
        new = {_key(entry) for entry in entries if entry.firing is not None}
        for row in reversed([row for row, one in enumerate(self.entries) if _key(one) in new]):
            self._drop(row, row)
        self.beginInsertRows(QModelIndex(), 0, len(entries) - 1)
        self.entries[:0] = entries[::-1]
        self.endInsertRows()
        if len(self.entries) > MAX_ENTRIES:
            self._drop(MAX_ENTRIES, len(self.entries) - 1)

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self.entries.clear()
        self.endResetModel()

    def set_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self.beginResetModel()
        self._zone = zone
        self.endResetModel()

    def text(self) -> str:
        """Return all entries, oldest first, one line each."""
        lines = []
        for entry in reversed(self.entries):
            when = moment_text(entry.clock_ns, self._zone) if entry.clock_ns else ""
            event = str(entry.firing.event_id) if entry.firing is not None else ""
            lines.append("\t".join((when, event, entry.what or entry.short, entry.value, entry.where)))
        return "\n".join(["time\tevent\talert\tvalue\tprice", *lines])

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return how many entries there are."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return 2: time and alert."""
        return 0 if parent.isValid() else 2

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            when = f"{moment_text(entry.clock_ns, self._zone)}\n" if entry.clock_ns else ""
            return f"{when}{entry.short}\n{entry.what}".rstrip()
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        when = time_text(entry.clock_ns, self._zone, 1) if entry.clock_ns else ""
        return (when, entry.short)[index.column()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        now_ns = self.entries[0].clock_ns if self.entries else 0
        return (f"Time, {zone_text(now_ns, self._zone)}", "Alert")[section]

    def _drop(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self.entries[first : last + 1]
        self.endRemoveRows()


def _key(entry: LogEntry) -> object:
    return None if entry.firing is None else (entry.firing.rule, entry.firing.event_id)
