"""Alerts in the window: watches the session's columns, and makes what it finds seen and heard."""

from dataclasses import replace
from datetime import tzinfo
from time import monotonic
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow

from vpdesk.display.alert_rules import MAX_RULES, AlertRule, AtPrice, NearSpot, Quantity
from vpdesk.display.alert_watch import AlertWatch, Firing
from vpdesk.display.reading import CellReading
from vpdesk.runtime.commands import Pause, SeekEvent
from vpdesk.runtime.session import Session
from vpdesk.ui.alerting.alert_dialog import AlertDialog, AlertUnits
from vpdesk.ui.alerting.alert_log import AlertLog, LogEntry, entry_of, missed_entry
from vpdesk.ui.alerting.alert_markers import AlertMarkers
from vpdesk.ui.alerting.alert_panel import AlertPanel
from vpdesk.ui.alerting.alert_sound import AlertSound
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.parts.dock_places import bring_forward
from vpdesk.ui.parts.theme import tabular
from vpdesk.ui.parts.words import quantity_unit
from vpdesk.ui.preferences.settings import SettingsFile

_WIDTH_PX: Final = 360
_STANDINGS_S: Final = 0.25  # between two looks at what the rules measure
_WORDS_MS: Final = 5000
_MOST_TOLD: Final = 5  # of the alerts of one mark, in its tool tip
_ROOM: Final = 0.35  # of the view, between a moment gone to and the right edge
_OF_LAYER: Final = {
    "pressure": Quantity.PRESSURE,
    "vacuum": Quantity.VACUUM,
    "depth": Quantity.DEPTH,
    "resistance": Quantity.DEPTH,
}


class Alerts(QObject):
    """Rules of the instrument shown, their dock, marks, log and sound. Every method is for the UI thread.

    Parameters
    ----------
    window
        Gets the dock, and the attention of the task bar.
    chart
        Gets the marks; its cell under the pointer can be made a rule.
    settings
        Where rules are remembered by instrument.
    mute_action
        Shows whether there is no sound.

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

    def __init__(
        self, window: QMainWindow, chart: HeatmapView, settings: SettingsFile, mute_action: QAction
    ) -> None:
        super().__init__(window)
        self._window = window
        self._chart = chart
        self._settings = settings
        self._mute_action = mute_action
        self._session: Session | None = None
        self._key = ("", "")
        self._units = AlertUnits()
        self.rules: tuple[AlertRule, ...] = ()
        self.watch = AlertWatch()
        self.log = AlertLog()
        self.sound = AlertSound(self)
        self.markers = AlertMarkers(tabular(window.font(), scale=0.9))
        chart.add_annotation(self.markers)
        self.panel = AlertPanel(self.log)
        self.panel.setMinimumWidth(_WIDTH_PX)
        self.dock = QDockWidget("Alerts", window)
        self.dock.setObjectName("alert_dock")
        self.dock.setWidget(self.panel)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()
        self._standings_due_s = 0.0
        self._words_timer = QTimer(self)
        self._words_timer.setSingleShot(True)
        self._words_timer.setInterval(_WORDS_MS)
        self._words_timer.timeout.connect(self._on_words_timer_timeout)
        self._connect()
        self.mute(settings.preferences.alerts_muted)

    # --- for the window ----------------------------------------------------------------------------

    def set_session(self, session: Session | None) -> None:
        """Take up another session, or none, or that it shows another instrument."""
        facts = session.facts if session is not None else None
        key = (facts.dataset, facts.symbol) if facts is not None else ("", "")
        is_other = session is not self._session or key != self._key
        self._session, self._key = session, key
        self._units = AlertUnits(0, quantity_unit(facts.dataset if facts is not None else ""))
        if is_other:
            self.log.clear()
        self.watch.start(is_live=facts is not None and facts.is_live)
        self._take_up(self._settings.preferences.alerts.get(self._key, ()))
        self._mark([])
        self._say("")

    def set_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self.log.set_zone(zone)

    def pull(self) -> None:
        """Check what is new; call it with every frame, also while the window cannot be seen."""
        session = self._session
        if session is None:
            return
        ring = session.ring
        if ring.published_seq >= 0 and ring.tick_size != self._units.tick_size:
            self._units = replace(self._units, tick_size=ring.tick_size)
            self._list_rules()
        news = self.watch.look(ring)
        if news.has_changed:
            self._mark(self.watch.firings)
        entries = [entry_of(one, *self._scale(session)) for one in news.firings]
        if news.n_missed:
            entries.insert(0, missed_entry(news.n_missed))
        if entries:
            self.log.add(entries)
        if news.firings:
            self._raise_alarm(entries[-1])
        now_s = monotonic()
        if now_s >= self._standings_due_s and self.dock.isVisible():
            self._standings_due_s = now_s + _STANDINGS_S
            self.panel.show_standings(self.watch.standings)

    # --- what the actions call ---------------------------------------------------------------------

    def show_panel(self) -> None:
        """Show the dock, or hide it."""
        if self.dock.isVisible() and not self.dock.visibleRegion().isEmpty():
            self.dock.hide()
            self.focus_returned.emit()
        else:
            bring_forward(self.dock)
            self.panel.rules.setFocus()

    def make_rule(self) -> None:
        """Let a rule be made from nothing."""
        self._ask(AlertRule(Quantity.VACUUM, 100.0, place=NearSpot(3)), None)

    def make_rule_here(self) -> None:
        """Let a rule be made of the cell under the pointer, or of the newest one at the spot."""
        reading = self._chart.reading()
        if reading is None or reading.k is None:
            self.noticed.emit("There is no cell yet to make an alert of.")
        else:
            self._ask(rule_of_cell(reading), None)

    def mute(self, is_muted: bool) -> None:
        """Make no sound, or make sounds again."""
        self.sound.is_muted = is_muted
        self._settings.prefer(alerts_muted=is_muted)
        self.panel.show_muted(is_muted)
        self._mute_action.setChecked(is_muted)

    # --- rules -------------------------------------------------------------------------------------

    def _ask(self, rule: AlertRule, row: int | None) -> None:
        """Let a rule be changed; no row: a new one."""
        if row is None and len(self.rules) >= MAX_RULES:
            self.noticed.emit(f"There are {MAX_RULES} alerts, as many as an instrument can have.")
            return
        title = "New alert" if row is None else "Change the alert"
        reading = self._chart.reading()
        price_raw = None if reading is None else reading.tick * reading.tick_size
        dialog = AlertDialog(rule, self._units, title, self._window, price_raw)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.made.connect(lambda made: self._keep_at(row, made))
        dialog.open()

    def add_rule(self, rule: AlertRule) -> None:
        """Watch for one more, and remember it for the instrument shown."""
        self._keep_at(None, rule)

    def _keep_at(self, row: int | None, rule: AlertRule) -> None:
        rules = list(self.rules)
        if row is None or row >= len(rules):
            row = len(rules)
            rules.append(rule)
        rules[row] = rule
        self._keep(tuple(rules))
        self.panel.select_rule(row)
        bring_forward(self.dock)

    def _keep(self, rules: tuple[AlertRule, ...]) -> None:
        """Watch for these, and remember them."""
        self._take_up(rules)
        if self._session is not None:
            kept = {key: its for key, its in self._settings.preferences.alerts.items() if key != self._key}
            self._settings.prefer(alerts={**kept, self._key: rules})

    def _take_up(self, rules: tuple[AlertRule, ...]) -> None:
        self.rules = rules
        self.watch.set_rules(rules)
        self._list_rules()

    def _list_rules(self) -> None:
        self.panel.show_rules(self.rules, self._units)
        self.panel.show_standings(self.watch.standings)
        self._standings_due_s = 0.0

    # --- showing -----------------------------------------------------------------------------------

    def _scale(self, session: Session) -> tuple[str, int, int]:
        return self._units.quantity_unit, session.ring.tick_size, session.ring.ticks_per_bucket

    def _mark(self, firings: list[Firing]) -> None:
        self.markers.set_firings(firings)
        self._chart.refresh()  # a session that rests brings no frame by itself

    def _raise_alarm(self, entry: LogEntry) -> None:
        """Make the newest alert heard and seen."""
        self.sound.play()
        self._say(f"{entry.what}: {entry.value}")
        QApplication.alert(self._window)

    def _say(self, words: str) -> None:
        self.markers.say(words)
        if words:
            self._words_timer.start()

    def _go_to(self, session: Session, firing: Firing) -> None:
        """Show the moment of an alert: play back to it, or scroll there where that cannot be."""
        if not session.facts.is_live:
            self.requested.emit(Pause())
            self.requested.emit(SeekEvent(firing.event_id + 1))  # its column has just closed, and is marked
            self._chart.set_following(True)
        elif firing.seq < session.ring.span().oldest:
            self.noticed.emit("The chart no longer holds that moment.")
        else:
            self._chart.set_following(False)
            view = self._chart.viewport()
            self._chart.set_viewport(view.ending_at(firing.seq + 1).moved(_ROOM * view.width_px, 0))

    # --- slots -------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.panel.new_wanted.connect(self.make_rule)
        self.panel.edit_wanted.connect(self._on_edit_wanted)
        self.panel.remove_wanted.connect(self._on_remove_wanted)
        self.panel.switched.connect(self._on_switched)
        self.panel.mute_wanted.connect(self.mute)
        self.panel.entry_chosen.connect(self._on_entry_chosen)
        self._chart.hovered.connect(self._on_chart_hovered)

    @Slot(int)
    def _on_edit_wanted(self, row: int) -> None:
        self._ask(self.rules[row], row)

    @Slot(int)
    def _on_remove_wanted(self, row: int) -> None:
        self._keep(self.rules[:row] + self.rules[row + 1 :])

    @Slot(int, bool)
    def _on_switched(self, row: int, is_on: bool) -> None:
        rules = list(self.rules)
        rules[row] = replace(rules[row], is_on=is_on)
        self._keep(tuple(rules))

    @Slot(object)
    def _on_entry_chosen(self, entry: LogEntry) -> None:
        if self._session is not None and entry.firing is not None:
            self._go_to(self._session, entry.firing)

    @Slot(object)
    def _on_chart_hovered(self, reading: CellReading | None) -> None:
        """Have the tool tip tell what the mark under the pointer stands for."""
        pointer = self._chart.placement().pointer_pt
        session = self._session
        if pointer is None or session is None:
            return
        firings = self.markers.firings_at(*pointer)
        if firings:
            entries = [entry_of(one, *self._scale(session)) for one in firings[-_MOST_TOLD:]]
            lines = [f"{entry.what}: {entry.value}" for entry in entries]
            if len(firings) > _MOST_TOLD:
                lines.insert(0, f"{len(firings)} alerts, the last of them:")
            self.markers.setToolTip("\n".join(lines))

    @Slot()
    def _on_words_timer_timeout(self) -> None:
        self._say("")


def rule_of_cell(reading: CellReading) -> AlertRule:
    """Return a rule for a cell's price, its threshold the value that the chart shows there."""
    quantity = _OF_LAYER.get(reading.layer, Quantity.NET)
    value = {
        Quantity.PRESSURE: reading.pressure,
        Quantity.VACUUM: reading.vacuum,
        Quantity.DEPTH: reading.depth,
    }.get(quantity, reading.net)
    threshold = float(f"{value or 0.0:.3g}")
    price_raw = reading.tick * reading.tick_size
    return AlertRule(quantity, threshold, is_above=threshold >= 0.0, place=AtPrice(price_raw))
