"""The running program: one window, one session, and what connects them."""

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from vpdesk.app import replay
from vpdesk.app.export_desk import Exports
from vpdesk.app.jobs import Job, Work
from vpdesk.app.lessons import make_lessons
from vpdesk.app.live_desk import LiveDesk
from vpdesk.app.preparing import PreparingNotice, after_display, is_display_ready
from vpdesk.figures import grouped
from vpdesk.info import format_utc
from vpdesk.runtime.live_session import LiveSession
from vpdesk.runtime.session import Session
from vpdesk.runtime.status import SessionState
from vpdesk.sources.facts import FileFacts, InstrumentFacts
from vpdesk.sources.scan import probe
from vpdesk.sources.tape import Tape
from vpdesk.ui.dialogs.crash import CrashHooks, install_hooks
from vpdesk.ui.dialogs.open_dialog import FileSummary, InstrumentRow, OpenDialog
from vpdesk.ui.field.heatmap import HeatmapView
from vpdesk.ui.main_window import MainWindow
from vpdesk.ui.parts.recent_files import RecentFile
from vpdesk.ui.preferences.settings import SettingsFile
from vpdesk.ui.preferences.window_place import show_in_place

CLOSE_TIMEOUT_S: Final = 3.0
SIGNAL_LOOK_MS: Final = 200  # Python sees a signal only when it runs: give it the chance

_log = logging.getLogger(__name__)


class Closable(Protocol):
    """What a session reads from."""

    def close(self) -> None:
        """Let go of it."""


class Desk(QObject):
    """Opens what the window asks for and closes everything in order.

    Closing: the window stops its timer and keeps the preferences; then jobs are cancelled, the session is
    asked to end and waited for, and last its source is closed, which nobody reads any more.
    """

    def __init__(self, settings_file: SettingsFile | None = None, log_path: Path | None = None) -> None:
        super().__init__()
        settings = settings_file or SettingsFile()
        self._settings = settings
        self.window = MainWindow(HeatmapView(), settings)
        self.window.program_log.path = log_path
        self.live = LiveDesk(self.window, settings, self.open_with, self.show_session)
        self.hooks: CrashHooks = install_hooks(self.window)
        self.session: Session | None = None
        self.is_closed_cleanly = True
        self._source: Closable | None = None
        self._job: Job | None = None
        self._dialog: OpenDialog | None = None
        self.exports = Exports(self.window)
        self._paths: list[Path] = []
        self.preparing = PreparingNotice(self.window.notices, self._is_preparing)
        self.window.open_requested.connect(self._on_open_requested)
        self.window.demo_requested.connect(self.open_demo)
        self.window.caches_unwanted.connect(self._on_caches_unwanted)
        self.window.export_requested.connect(self._on_export_requested)
        self.window.explanation.lessons_requested.connect(self._on_lessons_requested)
        self.window.closed.connect(self._on_window_closed)

    def show(self) -> None:
        """Show the window where the user left it."""
        show_in_place(self.window, self._settings)

    # --- what the command line asks for --------------------------------------------------------------

    def open_first(self) -> None:
        """Show what the user wants to see at the start."""
        chosen = self._settings.preferences
        if chosen.at_start == "demo":
            self.open_demo()
        elif chosen.at_start == "last_file" and chosen.recent_files:
            last = chosen.recent_files[0]
            self.open_now([Path(last.path)], last.symbol or None, None)

    @Slot()
    def open_demo(self) -> None:
        """Play the simulated session."""
        self._start("vpdesk-open", lambda tell, stop: replay.open_demo(progress=tell, cancel=stop))
        self._job_done_with(self._on_demo_opened)

    def open_now(self, paths: list[Path], instrument: str | None, tick_size: int | None) -> None:
        """Open files without asking: the instrument named, or the busiest."""
        self._paths = paths
        self._start(
            "vpdesk-open",
            lambda tell, stop: replay.open_files(paths, instrument, tick_size, progress=tell, cancel=stop),
        )
        self._job_done_with(self._on_tape_opened)

    def open_with(self, work: Work, done: Any) -> None:
        """Do work that ends in a session, and call the slot `done` with its result."""
        self._start("vpdesk-open", work)
        self._job_done_with(done)

    def show_session(self, session: Session, source: Closable | None) -> None:
        """Show a session that runs already; the former one is closed."""
        _log.info("session %s (%s)", session.facts.title, session.facts.dataset)
        former, former_source = self.session, self._source
        self.session, self._source = session, source
        self.window.set_session(session)
        self.preparing.watch()
        if former is not None:
            threading.Thread(
                target=_close_in_order, args=(former, former_source), name="vpdesk-close"
            ).start()

    # --- opening a file --------------------------------------------------------------------------------

    @Slot(list)
    def _on_open_requested(self, paths: list[Path]) -> None:
        self._paths = paths
        dialog = OpenDialog(paths[0].name if len(paths) == 1 else f"{len(paths)} files", self.window)
        self._dialog = dialog
        self._start("vpdesk-probe", lambda tell, stop: probe(paths, progress=tell, cancel=stop))
        assert self._job is not None
        self._job.progressed.connect(dialog.set_progress)
        self._job_done_with(self._on_probed, self._on_probe_failed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.cancelled.connect(self._on_dialog_cancelled)
        dialog.accepted_choice.connect(self._on_choice_accepted)
        dialog.open()

    @Slot(object)
    def _on_probed(self, facts: FileFacts) -> None:
        if self._dialog is not None:
            self._dialog.show_summary(summary_of(facts))

    @Slot(str)
    def _on_probe_failed(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.show_summary(FileSummary((), (), sentence))

    @Slot()
    def _on_dialog_cancelled(self) -> None:
        self._cancel_job()
        self._dialog = None

    @Slot(object, object)
    def _on_choice_accepted(self, row: InstrumentRow, tick_size: int) -> None:
        self._dialog = None
        paths = self._paths
        choice = (row.publisher_id, row.instrument_id)
        override = None if tick_size == row.tick_size else tick_size
        self._start(
            "vpdesk-open",
            lambda tell, stop: replay.open_files(paths, choice, override, progress=tell, cancel=stop),
        )
        self._job_done_with(self._on_tape_opened)

    @Slot(object)
    def _on_tape_opened(self, tape: Tape) -> None:
        self.show_session(replay.session_for(tape), tape)
        self.window.remember_files(tuple(_recent(path, tape) for path in self._paths))

    @Slot(object)
    def _on_demo_opened(self, tape: Tape) -> None:
        self.show_session(replay.session_for(tape, is_demo=True), tape)

    @Slot()
    def _on_caches_unwanted(self) -> None:
        job = Job(lambda _tell, _stop: replay.clear_caches(), "vpdesk-clear", self)
        job.done.connect(self._on_caches_cleared)
        job.failed.connect(self.window.show_notice)
        job.start()

    @Slot(object)
    def _on_caches_cleared(self, n_bytes: int) -> None:
        self.window.show_notice(f"{n_bytes / 1e6:.0f} MB of cached data deleted.")

    @Slot()
    def _on_export_requested(self) -> None:
        if isinstance(self.session, LiveSession):
            self.exports.ask_of_feed(self.session)
        elif self.session is not None and isinstance(self._source, Tape):
            self.exports.ask_of_tape(self.session, self._source)

    @Slot()
    def _on_lessons_requested(self) -> None:
        job = Job(after_display(lambda *_: make_lessons()), "vpdesk-lessons", self)
        job.done.connect(self.window.explanation.show_lessons)
        job.start()

    # --- jobs --------------------------------------------------------------------------------------------

    def _start(self, name: str, work: Work) -> None:
        self._cancel_job()
        self._job = Job(after_display(work), name, self)
        self.preparing.watch()

    def _is_preparing(self) -> bool:
        if self._job is not None and not is_display_ready.is_set():
            return True
        return self.session is not None and self.session.status.state is SessionState.PREPARING

    def _job_done_with(self, slot: Any, failed_slot: Any = None) -> None:
        job = self._job
        assert job is not None
        job.done.connect(slot)
        job.failed.connect(failed_slot or self.window.show_notice)
        job.start()

    def _cancel_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    # --- closing -----------------------------------------------------------------------------------------

    @Slot()
    def _on_window_closed(self) -> None:
        self._cancel_job()
        self.exports.cancel(CLOSE_TIMEOUT_S)
        self.live.cancel()
        if self.session is not None:
            self.is_closed_cleanly = _close_in_order(self.session, self._source)
        self.session = None
        self.hooks.uninstall()
        app = QApplication.instance()
        if app is not None:
            app.quit()


def _close_in_order(session: Session, source: Closable | None) -> bool:
    """End a session, then its source. False if the session's thread did not end in time."""
    session.close()
    has_ended = session.wait_closed(CLOSE_TIMEOUT_S)
    if not has_ended and session.status.state is SessionState.PREPARING:
        return True  # a compiler cannot be interrupted; the thread has touched nothing yet and ends with us
    if not has_ended:
        _log.error("the engine thread did not end within %g s", CLOSE_TIMEOUT_S)
    elif source is not None:
        source.close()
    return has_ended


def _recent(path: Path, tape: Tape) -> RecentFile:
    """Return what the start page tells of a file."""
    one = tape.instrument
    first, last = (format_utc(ts_ns)[:10] for ts_ns in (one.first_ts_ns, one.last_ts_ns))
    return RecentFile(str(path), one.name, first if first == last else f"{first} to {last}")


def summary_of(facts: FileFacts) -> FileSummary:
    """Return what the open dialog shows of files."""
    first_ns = min((one.first_ts_ns for one in facts.instruments), default=0)
    last_ns = max((one.last_ts_ns for one in facts.instruments), default=0)
    versions = ", ".join(str(version) for version in facts.dbn_versions)
    lines = [
        ("Dataset", facts.dataset or "not named"),
        ("Format", f"DBN version {versions}, {'mixed capture' if facts.is_mixed else 'market-by-order'}"),
        ("Records", grouped(facts.n_records)),
        ("From", format_utc(first_ns)),
        ("To", format_utc(last_ns)),
    ]
    if facts.problem:
        lines.append(("Note", f"{replay.sentence(facts.problem)} What could be read can be played."))
    return FileSummary(tuple(lines), tuple(_row(one) for one in facts.instruments))


def _row(one: InstrumentFacts) -> InstrumentRow:
    notes = []
    if one.has_snapshot:
        notes.append("starts with a snapshot")
    if one.starts_mid_book:
        notes.append("starts mid-book: partial")
    if not one.tick.is_confident:
        notes.append("check the tick size")
    return InstrumentRow(
        one.publisher_id,
        one.instrument_id,
        one.symbol,
        one.n_records,
        one.tick.raw,
        one.tick.origin,
        "; ".join(notes),
    )


def make_application(arguments: list[str]) -> QApplication:
    """Return the one QApplication, ready for our look."""
    sys.setswitchinterval(0.001)  # the engine thread's Python between kernels must not hold up a frame
    app = QApplication.instance() or QApplication(arguments)
    assert isinstance(app, QApplication)
    app.setApplicationName("vpdesk")
    app.setDesktopFileName("vpdesk")
    app.setStyle("Fusion")
    return app


def run_desk(desk: Desk) -> int:
    """Show the window and run until it is closed; the process's exit code."""
    app = QApplication.instance()
    assert app is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        # not at once: the signal may have come in the middle of a paint
        signal.signal(number, lambda *_: QTimer.singleShot(0, desk.window.close))
    look = QTimer()
    look.timeout.connect(_look)
    look.start(SIGNAL_LOOK_MS)
    desk.show()
    code = app.exec()
    if desk.window.last_words:
        sys.stderr.write(f"vpdesk: {desk.window.last_words}\n")
    return code if desk.is_closed_cleanly else 1


@Slot()
def _look() -> None:
    """Do nothing: Python handles a signal that has come before it returns."""
