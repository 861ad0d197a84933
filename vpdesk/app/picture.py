"""``vpdesk picture``: a moment of a session as a PNG, drawn without a display by the window's own code."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vpdesk.app import environment
from vpdesk.app.options import read_size, read_tick_size, read_time
from vpdesk.app.output_file import check_output
from vpdesk.app.progress import progress_bar
from vpdesk.errors import OptionError, VpdeskError

if TYPE_CHECKING:
    from vpdesk.runtime.replay_session import ReplaySession
    from vpdesk.sources.tape import Tape
    from vpdesk.ui.dialogs.picture_saver import Picture
    from vpdesk.ui.field.heatmap import HeatmapView
    from vpdesk.ui.main_window import MainWindow

Arrange = Callable[["MainWindow"], None]

TIMEOUT_S: Final = 600.0
SETTLE_S: Final = 0.15  # some frames of the window's timer
HISTORY_S: Final = 5.0  # most that is waited for columns before the moment asked for
QUIET_S: Final = 2.5  # the rates in the health strip are of the last second
LAYERS: Final = ("net", "balance", "pressure", "vacuum", "resistance", "depth", "age")


@dataclass(frozen=True)
class Wish:
    """What to draw; the words of the command line, not yet checked."""

    files: tuple[Path, ...]
    output: Path
    at: str | None
    size: str
    layer: str
    columns: int
    theme: str
    whole_window: bool
    instrument: str | None
    tick_size: str | None
    may_replace: bool


def draw(wish: Wish, arrange: "Arrange | None" = None) -> str:
    """Draw a picture; return one line about it. `arrange` may do what a user would do before.

    Raises
    ------
    VpdeskError
        The wish makes no sense, or the files cannot be used, or the picture cannot be written.
    """
    size = read_size(wish.size)
    if wish.layer not in LAYERS:
        raise OptionError(f"{wish.layer!r} is no layer; the layers are {', '.join(LAYERS)}.")
    if wish.theme not in ("dark", "light"):
        raise OptionError(f"{wish.theme!r} is no theme; give dark or light.")
    check_output(wish.output, may_replace=wish.may_replace)
    environment.draw_off_screen()
    environment.check_qt()
    environment.log_qt_messages()
    tape = _open(wish)
    start_ns = tape.instrument.first_ts_ns
    at_ns = read_time(wish.at, start_ns) if wish.at is not None else None
    from vpdesk.app.desk import make_application
    from vpdesk.ui.dialogs.picture_saver import write_picture

    make_application(["vpdesk"])
    picture = _draw_session(wish, tape, at_ns, size, arrange)
    tape.close()
    write_picture(picture, wish.output)
    note = f"; {tape.problem}" if tape.problem else ""
    return f"{wish.output}: event {picture.texts['Event']}, digest {picture.texts['Digest']}{note}"


def _open(wish: Wish) -> "Tape":
    from vpdesk.app import replay

    with progress_bar("reading") as tell:
        if not wish.files:
            return replay.open_demo(progress=tell, wait=True)
        return replay.open_files(
            list(wish.files), wish.instrument, read_tick_size(wish.tick_size), progress=tell, wait=True
        )


def _draw_session(
    wish: Wish, tape: "Tape", at_ns: int | None, size: tuple[int, int], arrange: "Arrange | None"
) -> "Picture":
    from PySide6.QtCore import QTemporaryDir

    from vpdesk.app import replay
    from vpdesk.app.desk import Desk
    from vpdesk.runtime.commands import SeekEvent, SeekTime
    from vpdesk.ui.dialogs.picture_saver import CHART, WINDOW
    from vpdesk.ui.preferences.settings import SettingsFile

    folder = QTemporaryDir()
    desk = Desk(SettingsFile(Path(folder.path()) / "picture.ini"))
    window = desk.window
    window.looks.show_theme(wish.theme)
    window.actions_by_id[f"layer_{wish.layer}"].trigger()
    session = replay.session_for(tape, is_demo=not wish.files, is_playing=False)
    session.send(SeekEvent(tape.n_records) if at_ns is None else SeekTime(at_ns))
    _wait_for_rest(
        session
    )  # nothing of the way there is seen: some scales keep what they were fitted to first
    desk.show_session(session, None)
    window.show()
    _set_size(window, wish.whole_window, size)
    if arrange is not None:
        arrange(window)
    _show_columns(window.chart, wish.columns)
    if arrange is not None:
        _wait_for_quiet(session)
    picture = window.pictures.take(WINDOW if wish.whole_window else CHART, size)
    assert picture is not None  # there is a session
    window.close()
    folder.remove()
    return picture


def _live_for(seconds: float) -> None:
    """Let the window's timers run."""
    from PySide6.QtWidgets import QApplication

    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        QApplication.processEvents()
        time.sleep(0.005)


def live_until(is_done: Callable[[], bool]) -> None:
    """Let the window's timers run until something has happened.

    Raises
    ------
    VpdeskError
        It did not happen in `TIMEOUT_S`.
    """
    deadline_s = time.monotonic() + TIMEOUT_S
    while not is_done():
        if time.monotonic() > deadline_s:
            raise VpdeskError("The session did not come to the moment asked for in time.")
        _live_for(0.02)


def _wait_for_rest(session: "ReplaySession") -> None:
    """Let the window live until the session has arrived and is painted."""
    from vpdesk.runtime.status import SessionState

    def is_resting() -> bool:
        status = session.status
        if status.state is SessionState.FAILED:
            raise VpdeskError(status.message)
        return status.state in (SessionState.PAUSED, SessionState.ENDED) and bool(status.digest)

    live_until(is_resting)


def _wait_for_quiet(session: "ReplaySession") -> None:
    """Let the window live until nothing in it moves any more: no index grows, no rate is left to show."""
    live_until(lambda: session.status.index_progress is None)
    _live_for(QUIET_S)


def _set_size(window: "MainWindow", is_whole: bool, size: tuple[int, int]) -> None:
    """Give the window such a size that its picture, or the chart's with its caption, gets this one.

    Raises
    ------
    OptionError
        The whole window is larger.
    """
    from vpdesk.ui.dialogs.picture_saver import CAPTION_PT

    window.resize(*size)
    if not is_whole:
        _live_for(SETTLE_S)
        around = window.size() - window.chart.size()
        window.resize(size[0] + around.width(), size[1] - CAPTION_PT + around.height())
    _live_for(SETTLE_S)
    if is_whole and (window.width(), window.height()) != size:
        least = f"{window.width()}x{window.height()}"
        raise OptionError(f"The whole window is no smaller than {least}; give a --size that it fits into.")


def _show_columns(chart: "HeatmapView", n_columns: int) -> None:
    """Show so many columns with the spot in the middle, in colours fitted to them.

    The same moment gives the same picture, however long it took to get there.
    """
    from vpdesk.core.ring import H_CENTRE

    for _ in range(2):  # what stands beside the chart settles with it
        _live_for(SETTLE_S)
        first, last = chart.visible_columns()
        chart.zoom((last - first + 1) / n_columns)
    patience_s = time.monotonic() + HISTORY_S
    while not _is_filled(chart) and time.monotonic() < patience_s:
        _live_for(SETTLE_S)
    frame = chart.frame()
    chart.set_viewport(frame.viewport.centred_on(int(frame.header[H_CENTRE]) + 0.5))
    _live_for(SETTLE_S)
    chart.fit_scale()
    _live_for(SETTLE_S)


def _is_filled(chart: "HeatmapView") -> bool:
    """Whether the ring holds every column in view; it never will where that is longer than a ring."""
    frame = chart.frame()
    return frame.ring is not None and frame.ring.span().oldest <= max(0, frame.viewport.columns[0])
