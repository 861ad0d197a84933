"""The window: puts the widgets together and carries wishes to the session.

It pulls: one timer looks at the session's ring and status, and draws what is new. It waits for nothing
and opens nothing itself; what needs a file or a feed is asked of the application by a signal.
"""

import logging
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from vpdesk.core.ring import GridRing
from vpdesk.display.reading import CellReading
from vpdesk.runtime.commands import (
    CancelWork,
    Command,
    SetSpeed,
)
from vpdesk.runtime.session import Session, SessionFacts
from vpdesk.runtime.status import SessionStatus
from vpdesk.ui.alerting.alerts import Alerts
from vpdesk.ui.chart.chart_choices import ChartChoices
from vpdesk.ui.chart.chart_panels import ChartPanels
from vpdesk.ui.chart.volume_profile import VolumeProfileChoice
from vpdesk.ui.commands.actions import enable_actions, make_actions
from vpdesk.ui.commands.bars import ChoiceButtons, fill_menus, make_toolbar
from vpdesk.ui.commands.layouts import Layouts
from vpdesk.ui.commands.shortcuts import Shortcuts
from vpdesk.ui.dialogs.file_choices import FileChoices, local_files
from vpdesk.ui.dialogs.help_dialogs import AnomalyDialog
from vpdesk.ui.dialogs.log_window import ProgramLog
from vpdesk.ui.dialogs.picture_saver import PictureSaver
from vpdesk.ui.explain.explain_page import ExplainPage
from vpdesk.ui.field.chart_navigation import ChartNavigation
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.health_strip import HealthStrip
from vpdesk.ui.looks import Looks
from vpdesk.ui.pages import Pages
from vpdesk.ui.panels.inspector import InspectorDock
from vpdesk.ui.panels.reading_dock import ReadingDock
from vpdesk.ui.panels.readout import ReadoutBar, reading_pairs
from vpdesk.ui.parts.dock_title import DockTitle
from vpdesk.ui.parts.fitting import SEPARATOR
from vpdesk.ui.parts.frame_rate import FrameRate
from vpdesk.ui.parts.icons import icon
from vpdesk.ui.parts.notices import NoticeBar
from vpdesk.ui.parts.recent_files import RecentFile
from vpdesk.ui.parts.theme import Tones
from vpdesk.ui.parts.words import quantity_unit
from vpdesk.ui.playback.playback_docks import PlaybackDocks
from vpdesk.ui.playback.transport import TransportBar
from vpdesk.ui.playback.visible_range import VisibleRange
from vpdesk.ui.preferences.settings import SettingsFile
from vpdesk.ui.preferences.window_place import remember_place, restore_place
from vpdesk.ui.session_wishes import SessionWishes
from vpdesk.ui.welcome import WelcomePage
from vpdesk.ui.window_dialogs import WindowDialogs
from vpdesk.ui.window_extent import WindowExtent

FRAME_INTERVAL_MS: Final = 16
_WAY_BACK: Final = f"{{newest_column}} follows the market{SEPARATOR}{{fit_view}} shows everything"

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """The heatmap with everything around it.

    Parameters
    ----------
    chart
        Shows the ring; the window takes it over.
    settings
        Where the preferences are kept.

    Signals
    -------
    open_requested(list[Path])
        Open these files (dialog, drag and drop, recent files).
    caches_unwanted()
        Delete what is kept to open files faster.
    demo_requested(), live_requested()
        Play the simulated session; connect to a feed.
    export_requested()
        Write columns of the session to a file.
    closed()
        The window is gone and its timer stopped; the application ends the rest.
    """

    open_requested = Signal(list)
    caches_unwanted = Signal()
    demo_requested = Signal()
    live_requested = Signal()
    export_requested = Signal()
    closed = Signal()

    def __init__(self, chart: HeatmapView, settings: SettingsFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("vpdesk")
        self.setAcceptDrops(True)
        self._settings = settings
        damage = settings.load()
        self._session: Session | None = None
        self._ring: GridRing | None = None
        self._facts: SessionFacts | None = None
        self._status = SessionStatus()
        self.last_words = ""  # a sentence that came too late for the window to show
        self.wishes = SessionWishes(self.send)
        self.chart = chart
        self.actions_by_id = make_actions(self)
        self.shortcuts = Shortcuts(self.actions_by_id, settings.preferences.keys, self)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._frame_rate = FrameRate()
        self._frame_timer = QTimer(self)
        self._frame_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame_timer.setInterval(FRAME_INTERVAL_MS)
        self._frame_timer.timeout.connect(self._on_frame_timer_timeout)
        self._apply_preferences()
        self.set_session(None)
        self._frame_timer.start()
        if damage:
            self.notices.show_notice(damage)

    # --- for the application -----------------------------------------------------------------------

    def set_session(self, session: Session | None) -> None:
        """Show a session, or none. The former one is let go, not closed. Thread: UI."""
        self._session = session
        self._ring = None
        self._status = SessionStatus()
        facts = session.facts if session else None
        self._facts = facts
        self.setWindowTitle(f"{facts.title} - vpdesk" if facts else "vpdesk")
        self.simulated_line.setText(self.shortcuts.with_keys(facts.notice) if facts else "")
        self.simulated_line.setVisible(bool(facts and facts.notice))
        self.pages.set_has_session(session is not None)
        self.transport.set_live(bool(facts and facts.is_live))
        self._forget_former()
        self.playback.set_session(facts)
        self.pictures.set_session(session)
        self.inspector.set_session(session)
        self.alerts.set_session(session)
        self.direction.set_session(session)
        enable_actions(self.actions_by_id, facts)
        self.choices.set_instrument(facts.symbol if facts else "", facts.dataset if facts else "")
        unit = quantity_unit(facts.dataset if facts else "")
        self.panels.set_quantity_unit(unit)
        self.volume_profile.set_quantity_unit(unit)
        if session is not None:
            self.wishes.begin(session, self._settings.preferences.speed)
            self.draw_frame()

    def remember_files(self, files: tuple[RecentFile, ...]) -> None:
        """Put files that were opened at the head of the recent ones. Thread: UI."""
        self.files.remember(files)

    def draw_frames(self, is_drawing: bool) -> None:
        """Draw a frame whenever one is due, or only when `draw_frame` is called. Thread: UI."""
        if is_drawing:
            self._frame_timer.start()
        else:
            self._frame_timer.stop()

    def draw_frame(self) -> None:
        """Draw what is new. Thread: UI."""
        session = self._session
        if session is None:
            return
        ring = session.ring
        if ring is not self._ring:
            self._ring = ring
            self.chart.set_source(ring)
        if self.chart.tick():
            self._frame_rate.count()
        self.panels.refresh(ring, session.grid)
        self.inspector.pull()
        self.direction.pull()
        self.visible_range.show(ring)
        status = session.status
        if status is not self._status:
            self._show_status(session, status)

    @Slot(str)
    @Slot(str, str)
    def show_notice(self, text: str, details: str = "") -> None:
        """Show a sentence above the chart, with what lies behind it on demand. Thread: UI."""
        self.notices.show_notice(text, details)

    # --- what the actions call ---------------------------------------------------------------------

    def copy_readout(self) -> None:
        """Copy the values under the pointer."""
        QGuiApplication.clipboard().setText(self.readout.text())

    @Slot(object)
    def send(self, command: Command) -> None:
        """Send a command to the session, if there is one."""
        if self._session is None:
            return
        self._session.send(command)
        if isinstance(command, SetSpeed) and not self._session.facts.is_simulated:
            self._settings.prefer(speed=command.speed)

    def cancel_work(self) -> None:
        """Leave a field, a tool or the start page, or give up the work under way, or let the pin go."""
        if self.transport.give_up_typing() or (self.pages.is_session_shown and self.chart.give_up()):
            return
        if not self.pages.is_session_shown:
            self.pages.show_session()
        elif self._status.progress is not None:
            self.send(CancelWork())
        else:
            self.inspector.unpin()

    def inspect_cell(self) -> None:
        """Pin the cell under the pointer, or else the newest one at the spot."""
        self.inspector.pin_pointed()

    def show_anomalies(self) -> None:
        """Show what was odd in the feed."""
        self.anomalies.show_counts(self._status.anomalies)
        self.anomalies.show()
        self.anomalies.raise_()

    # --- Qt ----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        _take_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the files dropped."""
        if _take_files(event):
            self.open_requested.emit(local_files(event.mimeData()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop pulling, keep the preferences, and tell the application."""
        self._frame_timer.stop()
        self.looks.stop_following()
        self.choices.remember_zoom()
        remember_place(self, self._settings, self.extent.normal_place)
        self.last_words = self._settings.save()
        if self.last_words:
            _log.warning(self.last_words)
        event.accept()
        self.closed.emit()

    # --- inside ------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.transport = TransportBar(self.actions_by_id)
        self.health = HealthStrip()
        self.readout = ReadoutBar()
        self.notices = NoticeBar()
        self.simulated_line = QLabel()
        self.simulated_line.setObjectName("simulated")
        self.simulated_line.setTextFormat(Qt.TextFormat.PlainText)
        self.simulated_line.setWordWrap(True)
        self.looks = Looks(self, self._settings, self.actions_by_id)
        self.extent = WindowExtent(self, self.actions_by_id["full_screen"])
        self.files = FileChoices(self, self._settings)
        self.pictures = PictureSaver(self, self.chart)
        self.welcome = WelcomePage(self.actions_by_id)
        self.anomalies = AnomalyDialog(self)
        self.explanation = ExplainPage(self)
        self.choices = ChartChoices(self.chart, self._settings, self.actions_by_id, self)
        self.panels = ChartPanels(self.chart, self._settings, self.actions_by_id)
        self.playback = PlaybackDocks(self)
        self.inspector = InspectorDock(self.chart, self)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.inspector)
        self.direction = ReadingDock(self.chart, self.inspector, self)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.direction)
        self.volume_profile = VolumeProfileChoice(
            self.chart, self._settings, self.actions_by_id["volume_profile"], self
        )
        self.alerts = Alerts(self, self.chart, self._settings, self.actions_by_id["mute_alerts"])
        self.tabifyDockWidget(self.playback.params_dock, self.alerts.dock)
        self.navigation = ChartNavigation(self.chart, self.choices.history, self.actions_by_id)
        self.visible_range = VisibleRange(self.chart, self.transport.slider, self)
        self._choice_buttons = ChoiceButtons()
        self._dock_titles = [DockTitle(dock) for dock in self.findChildren(QDockWidget)]

    def _lay_out(self) -> None:
        menus = fill_menus(self.menuBar(), self.actions_by_id)
        self.layouts = Layouts(self, self.panels, self._settings, menus["Window > Layouts"])
        self.program_log = ProgramLog(self)
        self.dialogs = WindowDialogs(self, self.actions_by_id, self.shortcuts, self.layouts)
        menus["File"].insertMenu(self.actions_by_id["live"], self.files.recent_menu)
        self.toolbar = make_toolbar(self.actions_by_id, self._choice_buttons)
        self.addToolBar(self.toolbar)
        chart_page = QWidget()
        _stack(chart_page, self.simulated_line, self.readout, self.panels, stretched=self.panels)
        self.pages = Pages(self.welcome, chart_page, self.files, self._settings)
        centre = QWidget()
        _stack(centre, self.notices, self.pages, stretched=self.pages)
        self.setCentralWidget(centre)
        self.statusBar().setSizeGripEnabled(False)
        foot = QWidget()  # below the docks too: a narrow centre must not squeeze the transport
        _stack(foot, self.transport, self.health, stretched=self.health)
        self.statusBar().addPermanentWidget(foot, 1)

    def _connect(self) -> None:
        for part in (self.transport, self.playback, self.visible_range, self.inspector, self.alerts):
            part.requested.connect(self.send)
        for lender in (self.transport, self.playback, self.alerts):
            lender.focus_returned.connect(self._on_focus_returned)
        for teller in (self.layouts, self.program_log, self.playback, self.alerts):
            teller.noticed.connect(self.show_notice)
        strips = self.panels.strips
        for clock in (self.transport, self.playback, self.inspector, self.alerts, self.direction, strips):
            self.choices.zone_changed.connect(clock.set_zone)
        self.health.anomalies_requested.connect(self.show_anomalies)
        self.health.cancel_requested.connect(self._on_cancel_requested)
        self.health.instrument_chosen.connect(self.send)
        self.pictures.done.connect(self.notices.show_passing)
        self.pictures.failed.connect(self.show_notice)
        shown = self.toolbar.toggleViewAction()
        self.actions_by_id["show_toolbar"].setChecked(shown.isChecked())
        shown.toggled.connect(self.actions_by_id["show_toolbar"].setChecked)
        self.files.chosen.connect(self.open_requested)
        self.pages.turned.connect(self._on_page_turned)
        self.shortcuts.changed.connect(self._on_shortcuts_changed)
        self.layouts.done.connect(self.notices.show_passing)
        self.looks.tones_changed.connect(self._on_tones_changed)
        self.choices.scale_shown.connect(self._on_scale_shown)
        self.choices.scale_shown.connect(self.inspector.refresh)
        self.chart.hovered.connect(self._on_chart_hovered)
        self.inspector.noticed.connect(self.notices.show_passing)
        self.inspector.explanation_requested.connect(self.explanation.explain)
        self.panels.strips.pointed.connect(self.direction.point_at)

    def _apply_preferences(self) -> None:
        self._show_keys()
        self.choices.apply()
        self.panels.apply()
        self.volume_profile.apply()
        self.looks.show_theme(self._settings.preferences.theme)
        self.actions_by_id[f"start_{self._settings.preferences.at_start}"].setChecked(True)
        restore_place(self, self._settings)

    def _forget_former(self) -> None:
        """Let go of all that was shown of the former session."""
        self.notices.forget_session()
        self.chart.set_source(None)
        self.panels.refresh(None, None)
        self.readout.show_pairs(())
        self.readout.show_hint("")
        self.transport.show_status(self._status)
        self.transport.slider.set_overview(None)
        self.visible_range.forget()
        self.chart.mark_event(None)
        for name in ("indexing", "skip_silences"):  # as every session begins
            self.actions_by_id[name].setChecked(True)
        self.anomalies.show_counts(())
        self.health.show_nothing()

    def _show_status(self, session: Session, status: SessionStatus) -> None:
        former = self._status.message.splitlines()
        for sentence in status.message.splitlines():
            if sentence not in former:
                self.notices.show_of_session(sentence)
        self.notices.follow_trouble(status.trouble)
        if status.relief and status.relief != self._status.relief:
            self.notices.show_passing(status.relief)
        self._status = status
        self.wishes.show_status(status)
        self.transport.show_status(status)
        self.transport.slider.set_overview(getattr(session, "overview", None))
        self.playback.show_status(status)
        self.chart.mark_event(status.last_tick)
        self.readout.show_hint(status.last_event)
        self.wishes.ask_for_history(session, self.chart.visible_columns()[0])
        self.health.show_status(status, session.facts)
        self._follow_facts(session.facts)
        live = status.live
        self.actions_by_id["record"].setChecked(live is not None and live.is_recording)
        self.anomalies.show_counts(status.anomalies)
        self.panels.ladder.set_stale(status.book_state == "stale")

    def _follow_facts(self, facts: SessionFacts) -> None:
        """Take up that a live session shows another instrument."""
        if facts is not self._facts:
            self._facts = facts
            self.setWindowTitle(f"{facts.title} - vpdesk")
            self.choices.set_instrument(facts.symbol, facts.dataset)
            self.inspector.set_session(self._session)
            self.alerts.set_session(self._session)
            self.direction.set_session(self._session)

    @Slot()
    def _on_frame_timer_timeout(self) -> None:
        self.alerts.pull()  # also while nothing is drawn: that is when alerts matter most
        if not self.isMinimized():
            self.draw_frame()
        rate = self._frame_rate.take()
        if rate is not None:
            self.health.show_frame_rate(rate)

    @Slot(str)
    def _on_scale_shown(self, kind: str) -> None:
        self._choice_buttons.show_choice("scale", f"Scale: {kind}")

    @Slot()
    def _on_shortcuts_changed(self) -> None:
        self._settings.prefer(keys=self.shortcuts.changes())
        self._show_keys()

    def _show_keys(self) -> None:
        """Name the keys in what is said about them."""
        self.chart.set_way_back(self.shortcuts.with_keys(_WAY_BACK))
        self.simulated_line.setText(self.shortcuts.with_keys(self._facts.notice) if self._facts else "")

    @Slot(object)
    def _on_chart_hovered(self, reading: CellReading | None) -> None:
        self.readout.show_pairs(reading_pairs(reading))

    @Slot(bool)
    def _on_page_turned(self, is_session: bool) -> None:
        self.transport.setVisible(is_session)
        if is_session:
            self.chart.setFocus()

    @Slot()
    def _on_focus_returned(self) -> None:
        self.chart.setFocus()

    @Slot()
    def _on_cancel_requested(self) -> None:
        self.send(CancelWork())

    @Slot(object)
    def _on_tones_changed(self, tones: Tones) -> None:
        play, pause = (icon(name, tones.text, tones.line) for name in ("play", "pause"))
        self.transport.set_icons(play, pause)
        self.welcome.show_icons()
        for title in self._dock_titles:
            title.set_tones(tones)
        self.chart.set_theme(tones.is_dark)
        self.explanation.set_tones(tones)
        self.pictures.set_tones(tones)
        self.panels.set_tones(tones)
        self.inspector.set_tones(tones)
        self.direction.set_tones(tones)


def _take_files(event: QDropEvent) -> bool:
    """Accept local files, to read them. What proposes to move them would delete its own if we agreed."""
    for action in (Qt.DropAction.CopyAction, Qt.DropAction.LinkAction):
        if event.possibleActions() & action and local_files(event.mimeData()):
            event.setDropAction(action)
            event.accept()
            return True
    event.ignore()
    return False


def _stack(parent: QWidget, *widgets: QWidget, stretched: QWidget) -> None:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget, 1 if widget is stretched else 0)
