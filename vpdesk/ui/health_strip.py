"""The bottom line of the window: what the session does and whether it is well, always in view."""

import math
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from vpdesk.display.text import rate_text
from vpdesk.figures import bytes_text, grouped
from vpdesk.runtime.commands import SelectInstrument
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import LiveHealth, LiveInstrument, SessionStatus
from vpdesk.ui.parts.theme import tabular
from vpdesk.ui.parts.words import BOOK_STATES, lag_text, quiet_text, state_words

QUIET_S: Final = 3.0  # without an order, and that is said in place of the lag
_PROGRESS_STEPS: Final = 1000


class ElidedLabel(QLabel):
    """A label that gives way: it shows as much of its text as fits, and all of it as a tip."""

    def __init__(self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._full = ""
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show `text`, shortened if it must be."""
        if text != self._full:
            self._full = text
            self._elide()

    @property
    def full_text(self) -> str:
        """The whole text."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to the new width."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._full, self._mode, self.width())
        self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


class HealthStrip(QWidget):
    """Source, state, event, rates, book state, anomalies, progress; of a live feed its lag and recording.

    Signals
    -------
    anomalies_requested()
        The count of anomalies was clicked.
    cancel_requested()
        The cancel button beside the progress bar was clicked.
    instrument_chosen(SelectInstrument)
        Another instrument of the live feed was chosen.
    """

    anomalies_requested = Signal()
    cancel_requested = Signal()
    instrument_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state_label = QLabel()
        self.source_label = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        self.source_label.setObjectName("muted")
        self.progress_bar = QProgressBar()
        self.progress_bar.setRange(0, _PROGRESS_STEPS)
        self.progress_bar.setFixedWidth(120)
        self.cancel_button = QToolButton()
        self.cancel_button.setObjectName("cancel")
        self.cancel_button.setText("Cancel")
        self.cancel_button.setToolTip("Give up the work under way  (Esc)")
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.event_label = self._figure("event 999 999 999 of 999 999 999", "The event last applied")
        self.rate_label = self._figure("88.8M/s", "Events applied per second of your time")
        self.frames_label = self._figure("60 frames/s", "Pictures painted in the last second")
        self.instrument_box = QComboBox()
        self.instrument_box.setToolTip("The instruments of this feed  (Ctrl+J)")
        self.instrument_box.activated.connect(self._on_instrument_activated)
        self._instruments: tuple[LiveInstrument, ...] = ()
        self.lag_label = self._figure("lag 999 ms, 999 k queued", "")
        self.recording_label = QLabel()
        self.recording_label.setObjectName("badge")
        self.book_badge = QLabel()
        self.book_badge.setObjectName("badge")
        self.anomaly_button = QToolButton()
        self.anomaly_button.setObjectName("badge")
        self.anomaly_button.clicked.connect(self.anomalies_requested)
        self._lay_out()
        self.show_nothing()

    def show_nothing(self) -> None:
        """Show that no session is open."""
        self.state_label.setText("No session")
        self.source_label.show_text("")
        for widget in (*self._session_part(), *self._work_part(), *self._live_part()):
            widget.hide()

    def show_status(self, status: SessionStatus, facts: SessionFacts) -> None:
        """Show a new status. Thread: UI."""
        for widget in self._session_part():
            widget.show()
        self.state_label.setText(state_words(status, facts))
        source = status.source or facts.title
        reason = status.live.reason if status.live is not None else ""
        self.source_label.show_text(f"{source}: {reason}" if reason else source)
        self._show_progress(status.progress)
        total = "" if facts.is_live else f" of {grouped(status.n_records)}{'' if status.is_complete else '+'}"
        self.event_label.setText(f"event {grouped(status.event_id)}{total}")
        self.rate_label.setText(rate_text(status.events_per_s))
        self._show_book_state(status.book_state)
        self._show_anomaly_count(sum(count for _, count in status.anomalies))
        self._show_live(status.live)

    def show_frame_rate(self, frames_per_s: float) -> None:
        """Show how many pictures were painted in the last second."""
        self.frames_label.setText(f"{frames_per_s:.0f} frames/s")

    def _figure(self, widest: str, tip: str) -> QLabel:
        label = QLabel()
        label.setFont(tabular(self.font()))
        label.setMinimumWidth(_room_for(widest, QFontMetricsF(label.font())))
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setToolTip(tip)
        return label

    def _session_part(self) -> tuple[QWidget, ...]:
        figures = (self.event_label, self.rate_label, self.frames_label)
        return (*figures, self.book_badge, self.anomaly_button)

    def _work_part(self) -> tuple[QWidget, ...]:
        return (self.progress_bar, self.cancel_button)

    def _live_part(self) -> tuple[QWidget, ...]:
        return (self.instrument_box, self.lag_label, self.recording_label)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 8, 3)
        row.setSpacing(12)
        row.addWidget(self.state_label)
        row.addWidget(self.source_label, 1)
        row.addWidget(self.instrument_box)
        row.addWidget(self.recording_label)
        row.addWidget(self.lag_label)
        row.addWidget(self.progress_bar)
        row.addWidget(self.cancel_button)
        for widget in (self.event_label, self.rate_label, self.frames_label):
            row.addWidget(widget)
        row.addWidget(self.book_badge)
        row.addWidget(self.anomaly_button)

    def _show_progress(self, progress: float | None) -> None:
        for widget in self._work_part():
            widget.setVisible(progress is not None)
        if progress is not None:
            self.progress_bar.setValue(round(min(max(progress, 0.0), 1.0) * _PROGRESS_STEPS))

    def _show_live(self, live: LiveHealth | None) -> None:
        self.lag_label.setVisible(live is not None and live.lag_s is not None)
        self.recording_label.setVisible(live is not None and bool(live.recording))
        self.instrument_box.setVisible(live is not None and len(live.instruments) > 1)
        _set_tone(self.state_label, "" if live is None or live.is_well else "caution")
        if live is None:
            return
        if live.quiet_s >= QUIET_S:
            self.lag_label.setText(f"nothing for {quiet_text(live.quiet_s)}")
            self.lag_label.setToolTip("No order came: the market is quiet. A lost connection would be told.")
        elif live.lag_s is not None:
            queued = f", {grouped(live.queued_records)} queued" if live.queued_records else ""
            self.lag_label.setText(f"lag {lag_text(live.lag_s)}{queued}")
            self.lag_label.setToolTip(
                "From the socket to the engine; the records themselves are old"
                if live.is_old_data
                else "Now less the moment at which the last record was received at the venue (ts_recv)"
            )
        doing = "recording" if live.is_recording else "recorded"
        self.recording_label.setText(f"{doing} {bytes_text(live.recorded_bytes)}")
        self.recording_label.setToolTip(f"{live.recording}  (Ctrl+R)")
        _set_tone(self.recording_label, "bad" if live.is_recording else "")
        self._show_instruments(live.instruments)

    def _show_instruments(self, instruments: tuple[LiveInstrument, ...]) -> None:
        known = [(one.publisher_id, one.instrument_id, one.symbol) for one in self._instruments]
        self._instruments = instruments
        if known != [(one.publisher_id, one.instrument_id, one.symbol) for one in instruments]:
            self.instrument_box.clear()
            self.instrument_box.addItems([one.symbol for one in instruments])
        shown = next((i for i, one in enumerate(instruments) if one.is_shown), -1)
        if shown != self.instrument_box.currentIndex() and not self.instrument_box.view().isVisible():
            self.instrument_box.setCurrentIndex(shown)

    @Slot(int)
    def _on_instrument_activated(self, index: int) -> None:
        one = self._instruments[index]
        self.instrument_chosen.emit(SelectInstrument(one.publisher_id, one.instrument_id))

    def _show_book_state(self, book_state: str) -> None:
        tone, meaning = BOOK_STATES.get(book_state, ("", ""))
        self.book_badge.setText(f"book {book_state}")
        self.book_badge.setToolTip(meaning)
        _set_tone(self.book_badge, tone)

    def _show_anomaly_count(self, count: int) -> None:
        noun = "anomaly" if count == 1 else "anomalies"
        self.anomaly_button.setText(f"{grouped(count)} {noun}" if count else "no anomalies")
        self.anomaly_button.setToolTip("What was odd in the feed, and how often  (Ctrl+I)")
        _set_tone(self.anomaly_button, "caution" if count else "")


def _room_for(widest: str, metrics: QFontMetricsF) -> int:
    """Return the width of a text with whatever digits: kerning and hinting give some of them a point more."""
    digit = max(metrics.horizontalAdvance(one) for one in "0123456789")
    return math.ceil(sum(digit if one.isdigit() else metrics.horizontalAdvance(one) for one in widest)) + 1


def _set_tone(widget: QWidget, tone: str) -> None:
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)  # a style sheet does not watch properties
        widget.style().polish(widget)
