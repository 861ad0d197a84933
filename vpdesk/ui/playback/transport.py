"""The bar under the chart: play, step, speed, slider, time, go to."""

from datetime import UTC, tzinfo
from typing import Final

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from vpdesk.runtime.commands import Command, Pause, Play, SeekTime, SetSpeed
from vpdesk.runtime.status import SessionState, SessionStatus
from vpdesk.ui.parts.fields import CheckedField
from vpdesk.ui.parts.speeds import next_speed, parse_speed, speed_text
from vpdesk.ui.parts.theme import tabular
from vpdesk.ui.parts.throttle import Throttle
from vpdesk.ui.parts.times import duration_text, parse_go_to, time_text
from vpdesk.ui.playback.time_slider import TimeSlider

SCRUB_INTERVAL_MS: Final = 50  # a seek may take longer; more wishes than this would only queue up
SILENCE_SHOWN_MS: Final = 4000
_FOLLOW_LIMIT_MS: Final = 1000  # how long the handle waits for the session to arrive

_BUTTONS: Final = (
    "step_column_back",
    "step_event_back",
    "play_pause",
    "step_event_forward",
    "step_column_forward",
)


class TransportBar(QWidget):
    """Shows where a session stands and says where the user wants it.

    Signals
    -------
    requested(Command)
        What to send to the session.
    focus_returned()
        Typing is over; the keyboard belongs to the window again.
    """

    requested = Signal(object)
    focus_returned = Signal()

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._status = SessionStatus()
        self._zone: tzinfo | None = UTC
        self._speed = 1.0
        self._is_playing = False
        self._since_release = QElapsedTimer()
        self._release_clock_ns = 0
        self._last_sought_ns: int | None = None  # since the slider was pressed
        self.play_action = actions["play_pause"]
        self._play_icon, self._pause_icon = QIcon(), QIcon()
        self.slider = TimeSlider()
        self.slider.pressed.connect(self._on_slider_pressed)
        self.slider.dragged.connect(self._on_slider_dragged)
        self.slider.released.connect(self._on_slider_released)
        self._scrub = Throttle(SCRUB_INTERVAL_MS, self)
        self._scrub.due.connect(self._on_scrub_due)
        self.speed_field = CheckedField(parse_speed)
        self.speed_field.committed.connect(self._on_speed_committed)
        self.go_to_field = CheckedField(self._read_go_to)
        self.go_to_field.committed.connect(self._on_go_to_committed)
        self.clock_label = QLabel()
        self.note_label = QLabel()
        self.note_label.setObjectName("muted")
        self._n_silences = 0
        self._silence_timer = QTimer(self)
        self._silence_timer.setSingleShot(True)
        self._silence_timer.setInterval(SILENCE_SHOWN_MS)
        self._silence_timer.timeout.connect(self._show_note)
        self._replay_part = self._make_replay_part(actions)
        self._lay_out()

    @property
    def is_playing(self) -> bool:
        """Whether the session plays, or was just told to."""
        return self._is_playing

    def set_live(self, is_live: bool) -> None:
        """Hide what has no meaning for a live session."""
        for widget in self._replay_part:
            widget.setVisible(not is_live)

    def set_icons(self, play: QIcon, pause: QIcon) -> None:
        """Take the two faces of the play button."""
        self._play_icon, self._pause_icon = play, pause
        self._show_playing()

    def set_zone(self, zone: tzinfo | None) -> None:
        """Show and read times in `zone` (None: the computer's own)."""
        self._zone = zone
        self.slider.zone = zone
        self.show_status(self._status)

    def show_status(self, status: SessionStatus) -> None:
        """Show a new status. Thread: UI."""
        self._status = status
        self._is_playing = status.state is SessionState.PLAYING
        self._show_playing()
        self._show_speed(status.speed)
        self.slider.set_span(status.start_ns, max(status.end_ns, status.start_ns))
        if self._has_followed(status):
            self.slider.set_clock(status.clock_ns)
        if status.n_silences > self._n_silences:
            self._silence_timer.start()
        self._n_silences = status.n_silences
        self._show_note()
        if not self.slider.is_dragging:
            self.clock_label.setText(time_text(status.clock_ns, self._zone))

    @Slot()
    def _show_note(self) -> None:
        """Say for a while that a silence was skipped, or else how far the pass ahead is."""
        text = ""
        if self._silence_timer.isActive():
            text = f"skipped {duration_text(self._status.silence_s)} without events"
        elif self._status.index_progress is not None:
            text = f"indexing {self._status.index_progress:.0%}"
        self.note_label.setText(text)

    def play_or_pause(self) -> None:
        """Ask for the other of the two."""
        self._is_playing = not self._is_playing  # two quick presses must not ask for the same twice
        self._show_playing()
        self.requested.emit(Play() if self._is_playing else Pause())

    def change_speed(self, direction: int) -> None:
        """Ask for the next speed up (+1) or down (-1)."""
        self._ask_for_speed(next_speed(self._speed, direction))

    def type_speed(self) -> None:
        """Put the keyboard into the speed field."""
        self.speed_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.speed_field.selectAll()

    def type_go_to(self) -> None:
        """Put the keyboard into the go-to field."""
        self.go_to_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.go_to_field.selectAll()

    def give_up_typing(self) -> bool:
        """Leave a field without effect; return whether one was being typed into."""
        for field in (self.speed_field, self.go_to_field):
            if field.hasFocus():
                field.give_up()
                return True
        return False

    def _make_replay_part(self, actions: dict[str, QAction]) -> list[QWidget]:
        self._buttons = [_button(actions[name]) for name in _BUTTONS]
        slower, faster = _button(actions["slower"]), _button(actions["faster"])
        digits = QFontMetrics(self.font())
        self.speed_field.setFont(tabular(self.font()))
        self.speed_field.setFixedWidth(digits.horizontalAdvance("10000x") + 22)
        self.speed_field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.speed_field.setToolTip(actions["set_speed"].toolTip())
        self.speed_field.setAccessibleName("Speed")
        self.speed_field.left.connect(self._on_field_left)
        self.go_to_field.setFont(tabular(self.font()))
        self.go_to_field.setFixedWidth(digits.horizontalAdvance("2024-03-15 13:30:00.0") + 18)
        self.go_to_field.setPlaceholderText("Go to time or event")
        self.go_to_field.setToolTip(
            "A time (13:30:05.25), a date and time, an event number, or a step (+30s, -500ms)  (Ctrl+G)"
        )
        self.go_to_field.setAccessibleName("Go to time or event")
        self.go_to_field.left.connect(self._on_field_left)
        self._speed_part: list[QWidget] = [slower, self.speed_field, faster]
        return [*self._buttons, *self._speed_part, self.slider, self.go_to_field]

    def _lay_out(self) -> None:
        self.clock_label.setFont(tabular(self.font()))
        self.clock_label.setMinimumWidth(
            QFontMetrics(self.font()).horizontalAdvance("2024-03-15 13:30:00.000000000 CDT") + 6
        )
        self.clock_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.clock_label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clock_label.setToolTip("The session's time, by the venue's clock")
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in self._buttons:
            row.addWidget(button)
        row.addSpacing(8)
        for widget in self._speed_part:
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.slider, 1)
        row.addSpacing(8)
        clock = QVBoxLayout()
        clock.setSpacing(0)
        clock.addWidget(self.clock_label)
        clock.addWidget(self.note_label)
        row.addLayout(clock)
        row.addWidget(self.go_to_field)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.addLayout(row)

    def _has_followed(self, status: SessionStatus) -> bool:
        """Return False while the handle stands where the user put it and the session is on its way."""
        if not self._since_release.isValid():
            return True
        is_late = self._since_release.hasExpired(_FOLLOW_LIMIT_MS)
        has_moved = status.clock_ns != self._release_clock_ns and status.state is not SessionState.SEEKING
        if is_late or has_moved:
            self._since_release.invalidate()
        return not self._since_release.isValid()

    def _show_playing(self) -> None:
        self.play_action.setText("Pause" if self._is_playing else "Play")
        self.play_action.setIcon(self._pause_icon if self._is_playing else self._play_icon)

    def _show_speed(self, speed: float) -> None:
        self._speed = speed
        self.speed_field.show_text(speed_text(speed))

    def _ask_for_speed(self, speed: float) -> None:
        self._show_speed(speed)
        self.requested.emit(SetSpeed(speed))

    def _read_go_to(self, text: str) -> Command:
        return parse_go_to(text, self._status, self._zone)

    @Slot(object)
    def _on_slider_dragged(self, ts_ns: int) -> None:
        self.clock_label.setText(time_text(ts_ns, self._zone))
        self._scrub.wish(SeekTime(ts_ns))

    @Slot()
    def _on_slider_pressed(self) -> None:
        self._last_sought_ns = None

    @Slot(object)
    def _on_slider_released(self, ts_ns: int) -> None:
        self._release_clock_ns = self._status.clock_ns
        self._since_release.start()
        self.clock_label.setText(time_text(ts_ns, self._zone))
        self._scrub.cancel()
        if self._last_sought_ns != ts_ns:
            self._on_scrub_due(SeekTime(ts_ns))

    @Slot(object)
    def _on_scrub_due(self, command: SeekTime) -> None:
        self._last_sought_ns = command.ts_ns
        self.requested.emit(command)

    @Slot(object)
    def _on_speed_committed(self, speed: float) -> None:
        self._ask_for_speed(speed)
        self.speed_field.setText(speed_text(speed))

    @Slot(object)
    def _on_go_to_committed(self, command: Command) -> None:
        self.go_to_field.clear()
        self.requested.emit(command)

    @Slot()
    def _on_field_left(self) -> None:
        self.focus_returned.emit()
        self.speed_field.setText(speed_text(self._speed))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
