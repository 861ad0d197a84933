"""The window's export: a dialog, and a job that reads the session's source anew, or the ring of a feed."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Slot

from vpdesk.app.jobs import Job, Work
from vpdesk.core.ring import H_START_NS, GridRing
from vpdesk.figures import bytes_text, grouped
from vpdesk.runtime.live_session import LiveSession
from vpdesk.runtime.session import Session
from vpdesk.sources.facts import FileFacts, InstrumentFacts
from vpdesk.sources.tape import Tape, open_tape
from vpdesk.ui.dialogs.export_dialog import ExportChoice, ExportDialog, ExportScope
from vpdesk.ui.main_window import MainWindow

if TYPE_CHECKING:  # what writes tables is loaded when a table is written
    from vpdesk.export.table_file import ColumnRange, Exported


class Exports(QObject):
    """At most one dialog, and one export under way. It goes on when the window shows another session."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: ExportDialog | None = None
        self._job: Job | None = None
        self._source: _Source | None = None

    def ask_of_tape(self, session: Session, tape: Tape) -> None:
        """Show the dialog for a session and the tape that it plays."""
        folder = tape.facts.paths[0].parent if not session.facts.is_simulated else Path.home()
        self._ask(_Files(tape.facts, tape.instrument, session), session, folder)

    def ask_of_feed(self, session: LiveSession) -> None:
        """Show the dialog for what is kept of a live session."""
        recording = session.recording
        path = None if recording is None else recording.path
        span = session.ring.span()
        n_kept = span.newest - span.oldest + 1
        is_running = recording is not None and recording.is_recording
        advice = "A recording (Ctrl+R) holds every record from its beginning on, to be exported whole."
        if is_running:
            advice = f"The recording {path} holds every record since it began, to be exported whole."
        self._ask(
            _Feed(session, path if is_running else None),
            session,
            Path.home() if path is None else path.parent,
            whole=f"&All that is kept: {grouped(n_kept)} columns",
            remark=f"The columns of a feed are kept for a while only. {advice}",
        )

    def cancel(self, timeout_s: float) -> None:
        """Close the dialog, give up what is under way, and wait until nothing is left of it."""
        if self.dialog is not None:
            self.dialog.reject()
        if self._job is not None:
            self._job.cancel()
            self._job.wait(timeout_s)
            self._job = None

    def _ask(self, source: "_Source", session: Session, folder: Path, **words: str) -> None:
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        self._source = source
        view, view_ns = visible_span(session.ring, self._window.chart.visible_columns())
        scope = ExportScope(
            session.facts.symbol, session.status, self._window.choices.zone, view, view_ns, folder, **words
        )
        dialog = ExportDialog(scope, self._window)
        self.dialog = dialog
        dialog.requested.connect(self._on_requested)
        dialog.cancelled.connect(self._on_cancelled)
        dialog.finished.connect(self._on_finished)
        dialog.show()

    @Slot(object)
    def _on_requested(self, choice: ExportChoice) -> None:
        assert self._source is not None
        assert self.dialog is not None
        job = Job(self._source.work_for(choice), "vpdesk-export", self)
        self._job = job
        job.progressed.connect(self.dialog.set_progress)
        job.done.connect(self._on_done)
        job.failed.connect(self.dialog.show_problem)
        job.start()

    @Slot(object)
    def _on_done(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.show_done(sentence)

    @Slot()
    def _on_cancelled(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot()
    def _on_finished(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


class _Source(Protocol):
    """What an export needs of a session, taken when the dialog opens; it outlives the session."""

    def work_for(self, choice: ExportChoice) -> Work:
        """Return the work of a `Job`: it writes the file and returns a sentence."""


class _Files:
    """The files of a session, not its tape, which is closed with the session."""

    def __init__(self, facts: FileFacts, instrument: InstrumentFacts, session: Session) -> None:
        self._facts = facts
        self._instrument = instrument
        self._params = session.params  # those in force when the dialog opens, as the columns it counts
        ring = session.ring
        self._column_ns, self._column_events = ring.column_ns, ring.column_events

    def work_for(self, choice: ExportChoice) -> Work:
        """Return work that replays the files."""

        def work(tell: Callable[[float], None], is_cancelled: Callable[[], bool]) -> str:
            from vpdesk.export.writer import export_columns

            tape = open_tape(
                self._facts.paths,
                instrument=(self._instrument.publisher_id, self._instrument.instrument_id),
                tick_size=self._params.tick_size,
                cancel=is_cancelled,
                wait=False,
            )
            with contextlib.closing(tape):
                done = export_columns(
                    tape,
                    self._params,
                    choice.path,
                    column_ns=self._column_ns,
                    column_events=self._column_events,
                    columns=_range_of(choice),
                    progress=tell,
                    is_cancelled=is_cancelled,
                )
            return _sentence(done, "The source is damaged: ")

        return work


class _Feed:
    """The ring of the instrument shown, its writer's parameters, and what is recorded meanwhile."""

    def __init__(self, session: LiveSession, recording: Path | None) -> None:
        self._symbol, self._params, self._ring = session.shown_columns()
        self._dataset = session.facts.dataset
        self._recording = "" if recording is None else recording.name

    def work_for(self, choice: ExportChoice) -> Work:
        """Return work that reads the ring."""

        def work(tell: Callable[[float], None], is_cancelled: Callable[[], bool]) -> str:
            from vpdesk.export.kept import export_kept_columns
            from vpdesk.export.schema import Provenance

            ring = self._ring
            done = export_kept_columns(
                ring,
                self._params,
                Provenance(
                    self._dataset,
                    self._symbol,
                    "",
                    ring.column_ns,
                    ring.column_events,
                    is_live=True,
                    recording=self._recording,
                ),
                choice.path,
                columns=_range_of(choice),
                progress=tell,
                is_cancelled=is_cancelled,
            )
            return _sentence(done, "Note that ")

        return work


def _range_of(choice: ExportChoice) -> "ColumnRange":
    from vpdesk.export.table_file import WHOLE_SESSION, ColumnRange

    if choice.seqs is not None:
        return ColumnRange(first_seq=choice.seqs[0], last_seq=choice.seqs[1])
    return WHOLE_SESSION if choice.times_ns is None else ColumnRange(*choice.times_ns)


def _sentence(done: "Exported", before_problem: str) -> str:
    words = f"{grouped(done.n_columns)} columns, {bytes_text(done.n_bytes)}: {done.path}"
    return f"{words}. {before_problem}{done.problem}." if done.problem else words


def visible_span(ring: GridRing, visible: tuple[int, int]) -> tuple[tuple[int, int] | None, tuple[int, int]]:
    """Return the first and last column in view that are painted, and when they begin, ns; None for none."""
    columns = ring.read(*visible)
    if len(columns.seq) == 0:
        return None, (0, 0)
    starts_ns = columns.headers[:, H_START_NS]
    return (int(columns.seq[0]), int(columns.seq[-1])), (int(starts_ns[0]), int(starts_ns[-1]))
