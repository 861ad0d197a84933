"""The list of bookmarks: moments of this file with a note, and whether a visit shows the identical frame."""

from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vpdesk.display.text import moment_text, time_text, zone_text
from vpdesk.figures import grouped
from vpdesk.runtime.bookmarks import (
    Bookmark,
    BookmarkError,
    BookmarkShelf,
    differences,
    read_bookmarks,
    tidy_note,
    write_bookmarks,
)
from vpdesk.runtime.commands import Pause, SeekEvent, SetParams
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionStatus
from vpdesk.ui.parts.tables import plain_table

FILE_FILTER: Final = "Bookmarks (*.json)"
_NOTE: Final = 2  # column of the table


class BookmarkPanel(QWidget):
    """Bookmarks of the file shown, kept by its content.

    Signals
    -------
    requested(Command)
        What to send to the session.
    noticed(str)
        A sentence for the user.
    """

    requested = Signal(object)
    noticed = Signal(str)

    def __init__(self, shelf: BookmarkShelf | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf or BookmarkShelf()
        self._facts: SessionFacts | None = None
        self._status = SessionStatus()
        self._zone: tzinfo | None = UTC
        self._bookmarks: list[Bookmark] = []
        self._visited: Bookmark | None = None  # on the way there, until its digest was compared
        self._is_filling = False
        self.table = plain_table(("Event", "Time", "Note"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.table.cellDoubleClicked.connect(self._on_cell_double_clicked)
        self.table.itemChanged.connect(self._on_item_changed)
        self.verdict = QLabel("A double click goes to a bookmark; F2 changes its note.")
        self.verdict.setObjectName("muted")
        self.verdict.setWordWrap(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.use_button = QPushButton("Use its parameters")
        self.use_button.clicked.connect(self._on_use_clicked)
        self.use_button.hide()
        self._lay_out()

    # --- for the window ----------------------------------------------------------------------------

    def set_session(self, facts: SessionFacts | None) -> None:
        """Show the bookmarks of a file, or none."""
        self._facts = facts
        self._status = SessionStatus()
        self._visited = None
        self._bookmarks = []
        if facts is not None and facts.content_id:
            found, trouble = self._shelf.load(facts.content_id, facts.symbol)
            self._bookmarks = list(found)
            if trouble:
                self.noticed.emit(trouble)
        self._fill()

    def set_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self._zone = zone
        self._fill()

    def show_status(self, status: SessionStatus) -> None:
        """Compare the digest when a bookmark was reached."""
        self._status = status
        visited = self._visited
        if visited is None or not status.digest or status.event_id != visited.event_id:
            return
        if (status.params, status.column_ns, status.column_events) == _recipe(visited):
            self._visited = None
            self._compare(visited, status.digest)

    def bookmarks(self) -> tuple[Bookmark, ...]:
        """Return what is listed."""
        return tuple(self._bookmarks)

    # --- what the actions call ---------------------------------------------------------------------

    def add(self) -> None:
        """Bookmark the moment shown, and let its note be typed."""
        status, facts = self._status, self._facts
        if facts is None or not facts.content_id or status.params is None:
            return
        if not status.digest:
            self.requested.emit(Pause())
        bookmark = Bookmark(
            "",
            facts.content_id,
            facts.dataset,
            facts.symbol,
            status.event_id,
            status.clock_ns,
            status.params,
            status.column_ns,
            status.column_events,
            status.digest,
        )
        self._bookmarks.append(bookmark)
        self._keep()
        row = self._bookmarks.index(bookmark)
        self.table.selectRow(row)
        note = self.table.item(row, _NOTE)
        if self.isVisible() and note is not None:
            self.table.setFocus()
            self.table.editItem(note)
        else:
            self.noticed.emit(
                f"Event {grouped(status.event_id)} was bookmarked; Ctrl+Shift+B shows the list."
            )

    def go_next(self) -> None:
        """Go to the next bookmark after the moment shown."""
        later = [one for one in self._bookmarks if one.event_id > self._status.event_id]
        if later:
            self._visit(later[0])

    def go_previous(self) -> None:
        """Go to the last bookmark before the moment shown."""
        earlier = [one for one in self._bookmarks if one.event_id < self._status.event_id]
        if earlier:
            self._visit(earlier[-1])

    def remove_selected(self) -> None:
        """Drop the bookmark that is selected."""
        row = self.table.currentRow()
        if 0 <= row < len(self._bookmarks):
            del self._bookmarks[row]
            self._keep()

    def ask_for_export(self) -> None:
        """Let the user choose where to write the bookmarks; does not wait."""
        dialog = QFileDialog(self, "Export bookmarks", filter=FILE_FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def ask_for_import(self) -> None:
        """Let the user choose a file of bookmarks; does not wait."""
        dialog = QFileDialog(self, "Import bookmarks", filter=FILE_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    @Slot(str)
    def export_to(self, name: str) -> None:
        """Write all bookmarks of this file."""
        try:
            write_bookmarks(Path(name), self._bookmarks)
        except BookmarkError as error:
            self.noticed.emit(str(error))
        else:
            self.noticed.emit(f"{_count(len(self._bookmarks))} written to {name}.")

    @Slot(str)
    def import_from(self, name: str) -> None:
        """Add the bookmarks of a file that belong to this session, and go to the first of them."""
        facts = self._facts
        try:
            found = read_bookmarks(Path(name))
        except BookmarkError as error:
            self.noticed.emit(str(error))
            return
        if facts is None:
            return
        ours = [one for one in found if (one.content_id, one.symbol) == (facts.content_id, facts.symbol)]
        foreign = [one for one in found if one not in ours]
        if foreign:
            other = foreign[0]
            self.noticed.emit(
                f"{_count(len(foreign))} left out: made in another file or instrument "
                f"({other.symbol or 'no symbol'}, {other.dataset or 'no dataset'}, "
                f"content {other.content_id[:8]} instead of {facts.content_id[:8]})."
            )
        if ours:
            self._bookmarks += [one for one in ours if one not in self._bookmarks]
            self._keep()
            self._visit(ours[0])

    # --- inside ------------------------------------------------------------------------------------

    def _visit(self, bookmark: Bookmark) -> None:
        self._visited = bookmark
        self.table.selectRow(self._bookmarks.index(bookmark))
        status = self._status
        is_same = (status.params, status.column_ns, status.column_events) == _recipe(bookmark)
        self.use_button.setVisible(not is_same)
        self.requested.emit(Pause())
        self.requested.emit(SeekEvent(bookmark.event_id))
        if is_same:
            self.verdict.setText(f"Going to event {grouped(bookmark.event_id)}...")
        elif status.params is not None:
            how = differences(status.params, bookmark.params) or "another column cadence"
            self.verdict.setText(f"The same event, but the bookmark was made with other parameters: {how}.")

    def _compare(self, bookmark: Bookmark, digest: str) -> None:
        at = f"event {grouped(bookmark.event_id)}, digest {digest}"
        if not bookmark.digest:  # it was set while playing; now its digest is known
            self._bookmarks[self._bookmarks.index(bookmark)] = replace(bookmark, digest=digest)
            self._keep()
            self.verdict.setText(f"At {at}.")
        elif bookmark.digest == digest:
            self.verdict.setText(f"The identical frame: {at}.")
        else:
            self.verdict.setText(f"Not the identical frame: at {at}, the bookmark has {bookmark.digest}.")
            self.noticed.emit(
                f"Event {grouped(bookmark.event_id)} does not show what the bookmark was made of: "
                "the digests differ. It may be from another version of vpdesk."
            )

    def _keep(self) -> None:
        self._bookmarks.sort(key=lambda one: one.event_id)
        self._fill()
        if self._facts is not None and self._facts.content_id:
            trouble = self._shelf.save(self._facts.content_id, self._facts.symbol, self._bookmarks)
            if trouble:
                self.noticed.emit(trouble)

    def _fill(self) -> None:
        self._is_filling = True
        now_ns = self._bookmarks[0].clock_ns if self._bookmarks else self._status.clock_ns
        self.table.setHorizontalHeaderLabels(("Event", f"Time, {zone_text(now_ns, self._zone)}", "Note"))
        self.table.setRowCount(len(self._bookmarks))
        for row, one in enumerate(self._bookmarks):
            when = time_text(one.clock_ns, self._zone, 3)
            for column, text in enumerate((grouped(one.event_id), when, one.note)):
                item = QTableWidgetItem(text)
                item.setToolTip(f"{moment_text(one.clock_ns, self._zone)}  {one.note}")
                if column != _NOTE:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.table.setItem(row, column, item)
        self._is_filling = False

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for text, tip, slot in (
            ("Add", "Bookmark this moment  (Ctrl+B)", self.add),
            ("Delete", "Drop the selected bookmark", self.remove_selected),
            ("Import...", "Add the bookmarks of a file", self.ask_for_import),
            ("Export...", "Write these bookmarks to a file", self.ask_for_export),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.table, 1)
        column.addWidget(self.verdict)
        column.addWidget(self.use_button)
        column.addLayout(buttons)

    @Slot(int, int)
    def _on_cell_double_clicked(self, row: int, column: int) -> None:
        self._visit(self._bookmarks[row])

    @Slot(QTableWidgetItem)
    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        if self._is_filling or item.column() != _NOTE:
            return
        row = item.row()
        self._bookmarks[row] = replace(self._bookmarks[row], note=tidy_note(item.text()))
        self._keep()
        self.table.selectRow(row)

    @Slot()
    def _on_use_clicked(self) -> None:
        row = self.table.currentRow()
        if not 0 <= row < len(self._bookmarks):
            return
        one = self._bookmarks[row]
        self.use_button.hide()
        self._visited = one
        self.verdict.setText(f"Computing event {grouped(one.event_id)} with its parameters...")
        self.requested.emit(SetParams(one.params, one.column_ns, one.column_events))
        self.requested.emit(SeekEvent(one.event_id))


def _recipe(one: Bookmark) -> tuple[object, int, int]:
    return one.params, one.column_ns, one.column_events


def _count(n: int) -> str:
    return "1 bookmark was" if n == 1 else f"{n} bookmarks were"
