"""What goes with playback beside the chart: bookmarks, parameters, the digest."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMessageBox, QWidget

from vpdesk.figures import grouped
from vpdesk.runtime.commands import SetIndexing, SkipSilences
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionStatus
from vpdesk.ui.parts.dock_places import bring_forward
from vpdesk.ui.playback.bookmark_panel import BookmarkPanel
from vpdesk.ui.playback.params_panel import ParamsPanel

_WIDTH_PX: Final = 360


class PlaybackDocks(QObject):
    """The docks of a replayed session; the window shows and hides them.

    Signals
    -------
    requested(Command)
        What to send to the session.
    noticed(str)
        A sentence for the user.
    focus_returned()
        The keyboard belongs to the chart again.
    """

    requested = Signal(object)
    noticed = Signal(str)
    focus_returned = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._status = SessionStatus()
        self.bookmarks = BookmarkPanel()
        self.params = ParamsPanel()
        self.bookmark_dock = self._dock("Bookmarks", "bookmark_dock", self.bookmarks)
        self.params_dock = self._dock("Parameters", "params_dock", self.params)
        self.params_dock.visibilityChanged.connect(self._on_params_visible)
        window.tabifyDockWidget(self.bookmark_dock, self.params_dock)
        for panel in (self.bookmarks, self.params):
            panel.requested.connect(self.requested)
            panel.noticed.connect(self.noticed)
        self.params.focus_returned.connect(self.focus_returned)

    def set_session(self, facts: SessionFacts | None) -> None:
        """Take up another session, or none."""
        self._status = SessionStatus()
        self.bookmarks.set_session(facts)
        self.params.set_session()

    def set_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self.bookmarks.set_zone(zone)

    def show_status(self, status: SessionStatus) -> None:
        """Pass a new status on."""
        self._status = status
        self.params.show_status(status)
        self.bookmarks.show_status(status)

    # --- what the actions call ---------------------------------------------------------------------

    def show_bookmarks(self) -> None:
        """Show the list of bookmarks, or hide it."""
        self._turn(self.bookmark_dock, self.bookmarks.table.setFocus)

    def show_params(self) -> None:
        """Show the parameters, or hide them."""
        self._turn(self.params_dock, self.params.fields["tau_s"].setFocus)

    def set_indexing(self, is_on: bool) -> None:
        """Let the pass ahead run, or rest."""
        self.requested.emit(SetIndexing(is_on))

    def skip_silences(self, is_on: bool) -> None:
        """Pass over long pauses of the feed, or wait through them."""
        self.requested.emit(SkipSilences(is_on))

    def show_digest(self) -> None:
        """Show what stands for the complete state, to compare with a straight run."""
        status = self._status
        if not status.digest:
            self.noticed.emit("The digest is known while the session rests: pause it first.")
            return
        line = f"{status.event_id} {status.digest}"
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Digest")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Event {grouped(status.event_id)}\n{status.digest}")
        box.setInformativeText(
            "It stands for the complete state of book and field. With the same parameters, "
            "vpdesk digest prints the same line for a straight run through the file."
        )
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = box.addButton("Copy", QMessageBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(line))
        box.addButton(QMessageBox.StandardButton.Close)
        box.open()

    # --- inside ------------------------------------------------------------------------------------

    def _dock(self, title: str, name: str, panel: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(panel)
        panel.setMinimumWidth(_WIDTH_PX)
        self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        dock.hide()
        return dock

    @Slot(bool)
    def _on_params_visible(self, is_visible: bool) -> None:
        if is_visible:
            self.params.list_presets()

    def _turn(self, dock: QDockWidget, focus: Callable[[], None]) -> None:
        if dock.isVisible() and not dock.visibleRegion().isEmpty():
            dock.hide()
            self.focus_returned.emit()
        else:
            bring_forward(dock)
            focus()
