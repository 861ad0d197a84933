"""The window's export: a dialog, and a job that reads the session's source anew."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from vpdesk.app.jobs import Job
from vpdesk.core.ring import H_START_NS, GridRing
from vpdesk.runtime.session import Session
from vpdesk.sources.facts import FileFacts, InstrumentFacts, with_thousands
from vpdesk.sources.tape import Tape, open_tape
from vpdesk.ui.export_dialog import ExportChoice, ExportDialog, ExportScope
from vpdesk.ui.main_window import MainWindow


class Exports(QObject):
    """At most one dialog, and one export under way. It goes on when the window shows another session."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: ExportDialog | None = None
        self._job: Job | None = None
        self._source: _Source | None = None

    def ask(self, session: Session, tape: Tape) -> None:
        """Show the dialog for a session and the tape that it plays."""
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        self._source = _Source(tape.facts, tape.instrument, session)
        dialog = ExportDialog(self._scope(session, tape), self._window)
        self.dialog = dialog
        dialog.requested.connect(self._on_requested)
        dialog.cancelled.connect(self._on_cancelled)
        dialog.finished.connect(self._on_finished)
        dialog.show()

    def cancel(self, timeout_s: float) -> None:
        """Close the dialog, give up what is under way, and wait until nothing is left of it."""
        if self.dialog is not None:
            self.dialog.reject()
        if self._job is not None:
            self._job.cancel()
            self._job.wait(timeout_s)
            self._job = None

    def _scope(self, session: Session, tape: Tape) -> ExportScope:
        view, view_ns = visible_span(session.ring, self._window.chart.visible_columns())
        folder = tape.facts.paths[0].parent if not session.facts.is_simulated else Path.home()
        return ExportScope(
            session.facts.symbol, session.status, self._window.choices.zone, view, view_ns, folder
        )

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


class _Source:
    """What an export needs of a session: its files, not its tape, which is closed with the session."""

    def __init__(self, facts: FileFacts, instrument: InstrumentFacts, session: Session) -> None:
        self._facts = facts
        self._instrument = instrument
        self._params = session.params  # those in force when the dialog opens, as the columns it counts
        ring = session.ring
        self._column_ns, self._column_events = ring.column_ns, ring.column_events

    def work_for(self, choice: ExportChoice) -> Callable[[Callable[[float], None], Callable[[], bool]], str]:
        """Return the work of a `Job`: it writes the file and returns a sentence."""

        def work(tell: Callable[[float], None], is_cancelled: Callable[[], bool]) -> str:
            from vpdesk.export.writer import WHOLE_SESSION, ColumnRange, export_columns

            columns = WHOLE_SESSION
            if choice.seqs is not None:
                columns = ColumnRange(first_seq=choice.seqs[0], last_seq=choice.seqs[1])
            elif choice.times_ns is not None:
                columns = ColumnRange(*choice.times_ns)
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
                    columns=columns,
                    progress=tell,
                    is_cancelled=is_cancelled,
                )
            words = f"{with_thousands(done.n_columns)} columns, {done.n_bytes / 1e6:.1f} MB: {done.path}"
            return f"{words}. The source is damaged: {done.problem}." if done.problem else words

        return work


def visible_span(ring: GridRing, visible: tuple[int, int]) -> tuple[tuple[int, int] | None, tuple[int, int]]:
    """Return the first and last column in view that are painted, and when they begin, ns; None for none."""
    columns = ring.read(*visible)
    if len(columns.seq) == 0:
        return None, (0, 0)
    starts_ns = columns.headers[:, H_START_NS]
    return (int(columns.seq[0]), int(columns.seq[-1])), (int(starts_ns[0]), int(starts_ns[-1]))
