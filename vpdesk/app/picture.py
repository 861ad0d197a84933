"""``vpdesk picture``: a moment of a session as a PNG, drawn without a display by the window's own code."""

import datetime
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vpdesk import __version__
from vpdesk.app import environment
from vpdesk.app.progress import progress_bar
from vpdesk.errors import SourceError, VpdeskError

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from vpdesk.app.desk import Desk
    from vpdesk.runtime.replay_session import ReplaySession
    from vpdesk.sources.tape import Tape

TIMEOUT_S: Final = 600.0
SETTLE_S: Final = 0.15  # some frames of the window's timer
LAYERS: Final = ("net", "balance", "pressure", "vacuum", "resistance", "depth", "age")
NS_PER_DAY: Final = 86_400 * 10**9


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


def draw(wish: Wish) -> str:
    """Draw a picture; return one line about it.

    Raises
    ------
    VpdeskError
        The wish makes no sense, or the files cannot be used, or the picture cannot be written.
    """
    width, height = read_size(wish.size)
    if wish.layer not in LAYERS:
        raise VpdeskError(f"{wish.layer!r} is no layer; the layers are {', '.join(LAYERS)}.")
    if wish.theme not in ("dark", "light"):
        raise VpdeskError(f"{wish.theme!r} is no theme; give dark or light.")
    environment.draw_off_screen()
    environment.check_qt()
    environment.hush_platform()
    tape = _open(wish)
    start_ns = tape.instrument.first_ts_ns
    at_ns = read_time(wish.at, start_ns) if wish.at is not None else None
    from vpdesk.app.desk import make_application

    make_application(["vpdesk"])
    session, image = _draw_session(wish, tape, at_ns, width, height)
    status = session.status
    for name, text in {
        "Software": f"vpdesk {__version__}",
        "Source": tape.facts.content_id,
        "Instrument": f"{tape.instrument.name} ({tape.facts.dataset})",
        "Event": str(status.event_id),
        "Time": str(status.clock_ns),
        "Parameters": str(session.params.as_dict()),
        "Digest": status.digest,
    }.items():
        image.setText(name, text)
    tape.close()
    if not image.save(str(wish.output), "PNG"):  # type: ignore[call-overload]
        raise SourceError(f"The picture could not be written to {wish.output}.")
    note = f"; {tape.problem}" if tape.problem else ""
    return f"{wish.output}: event {status.event_id}, digest {status.digest}{note}"


def _open(wish: Wish) -> "Tape":
    from vpdesk.app import replay
    from vpdesk.app.commands import read_tick_size

    with progress_bar("reading") as tell:
        if not wish.files:
            return replay.open_demo(progress=tell, wait=True)
        return replay.open_files(
            list(wish.files), wish.instrument, read_tick_size(wish.tick_size), progress=tell, wait=True
        )


def _draw_session(
    wish: Wish, tape: "Tape", at_ns: int | None, width: int, height: int
) -> "tuple[ReplaySession, QImage]":
    from PySide6.QtCore import QTemporaryDir

    from vpdesk.app import replay
    from vpdesk.app.desk import Desk
    from vpdesk.runtime.commands import SeekEvent, SeekTime
    from vpdesk.ui.settings import SettingsFile

    folder = QTemporaryDir()
    desk = Desk(SettingsFile(Path(folder.path()) / "picture.ini"))
    desk.window.looks.show_theme(wish.theme)
    desk.window.resize(width, height)
    session = replay.session_for(tape, is_demo=not wish.files, is_playing=False)
    desk.show_session(session, None)
    session.send(SeekEvent(tape.n_records) if at_ns is None else SeekTime(at_ns))
    desk.window.chart.set_layer(wish.layer)
    desk.window.show()
    _wait_for_rest(session)
    image = _grab(desk, wish, width, height)
    desk.window.close()
    folder.remove()
    return session, image


def _live_for(seconds: float) -> None:
    """Let the window's timers run."""
    from PySide6.QtWidgets import QApplication

    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        QApplication.processEvents()
        time.sleep(0.005)


def _wait_for_rest(session: "ReplaySession") -> None:
    """Let the window live until the session has arrived and is painted."""
    from vpdesk.runtime.status import SessionState

    deadline_s = time.monotonic() + TIMEOUT_S
    resting = (SessionState.PAUSED, SessionState.ENDED, SessionState.FAILED)
    while session.status.state not in resting or not session.status.digest:
        if session.status.state is SessionState.FAILED:
            raise VpdeskError(session.status.message)
        if time.monotonic() > deadline_s:
            raise VpdeskError("The session did not come to the moment asked for in time.")
        _live_for(0.02)


def _grab(desk: "Desk", wish: Wish, width: int, height: int) -> "QImage":
    chart = desk.window.chart
    if not wish.whole_window:  # the chart alone, drawn at the size asked for
        _live_for(SETTLE_S)
        around = desk.window.size() - chart.size()
        desk.window.resize(width + around.width(), height + around.height())
    for _ in range(3):  # sizes settle, then the scale is fitted to what is seen
        _live_for(SETTLE_S)
        first, last = chart.visible_columns()
        chart.zoom((last - first + 1) / wish.columns)
        chart.fit_scale()
    _live_for(SETTLE_S)
    if wish.whole_window:
        return desk.window.grab().toImage()
    return chart.picture(width, height)


def read_size(text: str) -> tuple[int, int]:
    """Return width and height of a text such as 1600x900."""
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text.strip())
    if match is None:
        raise VpdeskError(f"{text!r} is no size; give width x height, such as 1600x900.")
    width, height = int(match[1]), int(match[2])
    if not (320 <= width <= 16384 and 200 <= height <= 16384):
        raise VpdeskError("A picture is from 320x200 to 16384x16384.")
    return width, height


def read_time(text: str, start_ns: int) -> int:
    """Return a moment in ns; a time alone is of the first day of the session, from its start on."""
    try:
        clock = datetime.time.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise VpdeskError(f"{text!r} is no time; give 14:30:05.25 or 2025-01-31T14:30 (UTC).") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    at_ns = start_ns - start_ns % NS_PER_DAY + seconds * 10**9 + clock.microsecond * 1000
    return at_ns if at_ns >= start_ns - start_ns % 10**9 else at_ns + NS_PER_DAY
