"""Which way the field leans, and why: the drive and the profile by k of one moment, in a dock.

The moment is that under the pointer, or else that of the pinned cell, or else now.
"""

from datetime import UTC, tzinfo
from time import perf_counter
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vpdesk.display.k_profile import KProfile, read_profile
from vpdesk.display.reading import CellReading
from vpdesk.display.text import time_text, zone_text
from vpdesk.runtime.session import Session
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.panels.drive_gauge import DriveGauge
from vpdesk.ui.panels.inspector import InspectorDock
from vpdesk.ui.panels.k_profile_plot import KProfilePlot, reading_words
from vpdesk.ui.parts import turns
from vpdesk.ui.parts.fitting import unparted
from vpdesk.ui.parts.theme import Tones, tabular
from vpdesk.ui.parts.words import quantity_unit

_MARGIN_PT: Final = 8
_HINT: Final = (
    "Strong bars count in the drive: they are near the spot and fresh. Faint ones do not. "
    "Turn the wheel to see fewer buckets, or more."
)
_NO_COLUMN: Final = {
    "now": "There is no spot price yet.",
    "pointer": "There was no spot price at this time.",
    "pinned": "The column of the pinned cell is no longer kept.",
}


class ReadingDock(QDockWidget):
    """The directional reading. Every method is for the UI thread.

    Parameters
    ----------
    chart
        Its pointer chooses the moment.
    inspector
        Its pinned cell does while the pointer is elsewhere.
    """

    def __init__(self, chart: HeatmapView, inspector: InspectorDock, parent: QWidget | None = None) -> None:
        super().__init__("Direction", parent)
        self.setObjectName("direction_dock")
        self._chart = chart
        self._inspector = inspector
        self._session: Session | None = None
        self._zone: tzinfo | None = UTC
        self._unit = ""
        self._hovered: CellReading | None = None
        self._strips_pointer_pt: float | None = None
        self._due_s = 0.0
        self._mark: tuple[object, ...] | None = None  # of what is shown
        self._bucket: int | None = None  # under the pointer, in the profile
        self.profile: KProfile | None = None
        self._make_widgets()
        self._lay_out()
        chart.hovered.connect(self._on_chart_hovered)
        self.plot.pointed.connect(self._on_plot_pointed)
        self.hold_button.toggled.connect(self._on_hold_toggled)
        self.hide()

    # --- for the window ----------------------------------------------------------------------------

    def set_session(self, session: Session | None) -> None:
        """Take up another session, or none."""
        self._session = session
        self._unit = quantity_unit(session.facts.dataset) if session is not None else ""
        self._hovered = None
        self.hold_button.setChecked(False)
        self._refresh()

    def set_zone(self, zone: tzinfo | None) -> None:
        """Write times in this zone; None is the computer's own."""
        self._zone = zone
        self._refresh()

    def set_tones(self, tones: Tones) -> None:
        """Take the theme's colours."""
        self.gauge.set_tones(tones)
        self.plot.set_tones(tones)

    @Slot(object)
    def point_at(self, x_pt: float | None) -> None:
        """Take the moment at this x of the field, for a pointer outside of it; None for none."""
        self._strips_pointer_pt = x_pt

    def turn(self) -> None:
        """Show the dock, or hide it if it can be seen."""
        if self.isVisible() and not self.visibleRegion().isEmpty():
            self.hide()
            self._chart.setFocus()
        else:
            self.show()
            self.raise_()

    def pull(self) -> None:
        """Show what is new, some 15 times a second at the most; call it with every frame."""
        now_s = perf_counter()
        if self.isVisible() and now_s >= self._due_s:
            self._due_s = turns.next_turn_s(turns.DIRECTION, now_s)
            self._show_moment()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what was missed while hidden."""
        super().showEvent(event)
        self._refresh()

    # --- showing -----------------------------------------------------------------------------------

    def _refresh(self) -> None:
        self._mark = None
        self._due_s = 0.0
        self.pull()

    def _moment(self, session: Session) -> tuple[int, str]:
        """Return the column to show, and what chose it."""
        if self._hovered is not None:
            return self._hovered.seq, "pointer"
        if self._strips_pointer_pt is not None:
            place = self._chart.placement()
            return place.viewport.column_at(self._strips_pointer_pt * place.density), "pointer"
        if self._inspector.reading is not None:
            return self._inspector.reading.seq, "pinned"
        return session.ring.published_seq, "now"

    def _show_moment(self) -> None:
        session = self._session
        if session is None:
            self._show_profile(None, "now", "No session is open.")
            return
        seq, chooser = self._moment(session)
        ring = session.ring
        newest = ring.published_seq
        if chooser == "pointer" and seq > newest:
            seq, chooser = newest, "now"  # right of all there is
        profile = read_profile(ring, session.params, seq)
        state = None if profile is None else (profile.event_id, profile.is_gap, profile.is_open)
        mark = ring, ring.generation, session.params, seq, state, chooser
        if mark != self._mark:
            self._mark = mark
            self._show_profile(profile, chooser, _NO_COLUMN[chooser])

    def _show_profile(self, profile: KProfile | None, chooser: str, reason: str) -> None:
        """Show a profile; where there is none, or no book, the reason takes its place."""
        if profile is not None and profile.is_gap:
            reason = "The feed was away at this time: there is no book to read."
        self.moment_label.setText(reason if profile is None else self._headline(profile, chooser))
        self.profile = None if profile is None or profile.is_gap else profile
        self.gauge.show_profile(self.profile, self._unit)
        self.plot.show_profile(self.profile, self._scale_key())
        if self.profile is None and profile is not None:
            self.readout_label.setText(reason)
        else:
            self._show_readout()

    def _headline(self, profile: KProfile, chooser: str) -> str:
        time = f"{time_text(profile.start_ns, self._zone, 3)} {zone_text(profile.start_ns, self._zone)}"
        return f"Now  ·  {time}" if chooser == "now" else f"At {time}, {chooser}"

    def _scale_key(self) -> object:
        session = self._session
        return None if session is None else (session.facts.symbol, session.params)

    def _show_readout(self) -> None:
        if self.profile is None or self._bucket is None or self._bucket >= self.profile.k.size:
            self.readout_label.setText(_HINT)
        else:
            words = "\n".join(reading_words(self.profile, self._bucket, self._unit))
            self.readout_label.setText(unparted(words))

    # --- wiring ------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.moment_label = QLabel()
        self.moment_label.setFont(tabular(self.font()))
        self.hold_button = QToolButton()
        self.hold_button.setText("Hold scale")
        self.hold_button.setCheckable(True)
        self.hold_button.setToolTip("Fit the scale to this column and keep it; again lets it follow")
        self.gauge = DriveGauge()
        self.plot = KProfilePlot()
        self.readout_label = QLabel()
        self.readout_label.setObjectName("muted")
        self.readout_label.setFont(tabular(self.font(), scale=0.92))
        for label in (self.moment_label, self.readout_label):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # as high as its longest text, so that the profile keeps its place
        self.readout_label.setFixedHeight(4 * self.readout_label.fontMetrics().lineSpacing())
        self.readout_label.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.moment_label, 1)
        head.addWidget(self.hold_button)
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(_MARGIN_PT, _MARGIN_PT, _MARGIN_PT, _MARGIN_PT)
        column.addLayout(head)
        column.addWidget(self.gauge)
        column.addWidget(self.plot, 1)
        column.addWidget(self.readout_label)
        self.setWidget(panel)

    @Slot(object)
    def _on_chart_hovered(self, reading: CellReading | None) -> None:
        self._hovered = reading

    @Slot(object)
    def _on_plot_pointed(self, bucket: int | None) -> None:
        self._bucket = bucket
        self._show_readout()

    @Slot(bool)
    def _on_hold_toggled(self, is_held: bool) -> None:
        self.plot.hold_scale(is_held)
