"""How long a frame of the whole window takes: the field and everything around it, on a session that plays.

The window's own code draws; only its timer is replaced by a loop that takes the time.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from vpdesk.app import replay
from vpdesk.app.desk import Desk, make_application
from vpdesk.display.alert_rules import AlertRule, NearSpot, Quantity
from vpdesk.display.warm_up import warm_up
from vpdesk.errors import VpdeskError
from vpdesk.runtime.commands import Play, SeekEvent, SetSpeed
from vpdesk.runtime.replay_session import ReplaySession
from vpdesk.runtime.status import SessionState
from vpdesk.sources.tape import Tape
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.preferences.settings import SettingsFile

N_FRAMES: Final = 240
FRAME_S: Final = 1 / 60
N_COLUMNS: Final = 2000
COLUMNS_PER_S: Final = 60.0  # so that every frame scrolls
LEAST_SPEED: Final = 0.1
TIMEOUT_S: Final = 120.0
SETTLE_S: Final = 1.0
# All that costs something in a frame: rows of the table of actions, and alerts.
SHOWN: Final = ("show_ladder", "show_strips", "inspect", "direction", "volume_profile", "dim_by_age")
RULES: Final = (
    AlertRule(Quantity.DRIVE, 0.2),
    AlertRule(Quantity.VACUUM, 500.0, place=NearSpot(3)),
    AlertRule(Quantity.PULLED, 200.0, place=NearSpot(5)),
)
_RESTING: Final = (SessionState.PAUSED, SessionState.ENDED, SessionState.FAILED)


@dataclass(frozen=True)
class DeskTimes:
    """Milliseconds per frame, update and paint together.

    ``n_columns`` were in view, of columns ``n_buckets`` high; ``n_late`` frames took more than a sixtieth of
    a second.
    """

    n_columns: int
    n_buckets: int
    n_frames: int
    median_ms: float
    p99_ms: float
    n_late: int


def measure_desk(tape: Tape, size: tuple[int, int] = (1600, 900), n_frames: int = N_FRAMES) -> DeskTimes:
    """Play a tape from its middle on, with every panel and drawing shown. Thread: UI.

    It plays as fast as makes one new column a frame, or as much of that as it has left.

    Parameters
    ----------
    tape
        Stays the caller's.
    size
        Of the window, points.

    Raises
    ------
    VpdeskError
        The session failed.
    """
    app = make_application(["vpdesk"])
    warm_up()
    with tempfile.TemporaryDirectory(prefix="vpdesk-bench-", ignore_cleanup_errors=True) as folder:
        desk = Desk(SettingsFile(Path(folder) / "bench.ini"))
        desk.window.resize(*size)
        session = replay.session_for(tape, is_playing=False)
        desk.show_session(session, None)
        desk.window.show()
        try:
            return _measure(app, desk.window, session, tape, n_frames)
        finally:
            desk.window.close()


def _measure(
    app: QApplication, window: MainWindow, session: ReplaySession, tape: Tape, n_frames: int
) -> DeskTimes:
    session.send(SeekEvent(tape.n_records // 2))
    _wait(app, lambda: session.status.state in _RESTING and bool(session.status.digest))
    if session.status.state is SessionState.FAILED:
        raise VpdeskError(session.status.message)
    _show_everything(window)
    _run(app, SETTLE_S)  # the panels find their places
    first, last = window.chart.visible_columns()
    window.chart.zoom((last - first + 1) / N_COLUMNS)
    _run(app, SETTLE_S)  # the history comes
    session.send(SetSpeed(_scrolling_speed(session, tape, n_frames)))
    session.send(Play())
    window.draw_frames(False)
    times_ms = [_frame_ms(app, window) for _ in range(n_frames)]
    first, last = window.chart.visible_columns()
    span = session.ring.span()
    return DeskTimes(
        n_columns=max(0, min(last, span.newest) - max(first, span.oldest) + 1),
        n_buckets=session.ring.width,
        n_frames=n_frames,
        median_ms=statistics.median(times_ms),
        p99_ms=float(np.quantile(times_ms, 0.99)),
        n_late=sum(ms > FRAME_S * 1000 for ms in times_ms),
    )


def _show_everything(window: MainWindow) -> None:
    for name in SHOWN:
        action = window.actions_by_id[name]
        if not action.isChecked():
            action.trigger()
    for rule in RULES:
        window.alerts.add_rule(rule)


def _scrolling_speed(session: ReplaySession, tape: Tape, n_frames: int) -> float:
    """Return the speed that makes a column a frame, or less where the file would end under way."""
    left_s = (replay.session_span(tape.instrument)[1] - session.status.clock_ns) / 1e9
    scrolling = COLUMNS_PER_S * session.ring.column_ns / 1e9
    return max(LEAST_SPEED, min(scrolling, left_s / (n_frames * FRAME_S)))


def _frame_ms(app: QApplication, window: MainWindow) -> float:
    """Draw a frame as the window's timer does, paint it, and let the rest of its time pass."""
    start_s = time.perf_counter()
    window.alerts.pull()
    window.draw_frame()
    app.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)  # paints all that asked for it
    took_s = time.perf_counter() - start_s
    _run(app, FRAME_S - took_s)
    return took_s * 1000


def _run(app: QApplication, seconds: float) -> None:
    """Let the window live for a while."""
    end_s = time.perf_counter() + seconds
    app.processEvents()
    while time.perf_counter() < end_s:
        time.sleep(0.001)
        app.processEvents()


def _wait(app: QApplication, is_done: Callable[[], bool]) -> None:
    deadline_s = time.perf_counter() + TIMEOUT_S
    while not is_done():
        if time.perf_counter() > deadline_s:
            raise VpdeskError("The session did not come to its middle in time.")
        _run(app, 0.02)
