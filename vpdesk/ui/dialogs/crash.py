"""Say that something went wrong that should not have, and keep the rest running.

Exceptions that nobody caught, in any thread, reach one dialog with a report to copy. A fault that
repeats sixty times a second is counted in that dialog, not shown sixty times; once the dialog is closed,
it stays so until the fault has ceased.
"""

import contextlib
import logging
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Final

import PySide6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from vpdesk import __version__
from vpdesk.errors import hide_keys

MAX_REPORTS: Final = 5  # different ones kept; the first few tell what the others follow from
GOES_ON_S: Final = 1.0  # a fault that repeats sooner is that of a timer, not of what the user does

_log = logging.getLogger(__name__)


class CrashDialog(QDialog):
    """One dialog for all faults while it is open: repeated ones are counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.setModal(False)
        self.summary = QLabel()
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)
        advice = QLabel(
            "The rest keeps running where it can. If the picture stands still, open the file or connect "
            "again. The report below helps whoever looks into it; read it before you pass it on."
        )
        advice.setWordWrap(True)
        advice.setObjectName("muted")
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton("Copy the report", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.summary, advice, self.report, buttons):
            column.addWidget(widget)
        self.resize(720, 420)
        self.n_faults = 0
        self._first = ""
        self._reports: list[str] = []
        self._last_s: dict[str, float] = {}  # by report, of those that may be going on

    def add(self, summary: str, report: str) -> None:
        """Show a fault, or add to the count and the report if the dialog shows one already.

        One that goes on since the dialog was closed is not shown again: the window could not be used.
        """
        now_s = time.monotonic()
        self._last_s = {one: last_s for one, last_s in self._last_s.items() if now_s - last_s < GOES_ON_S}
        goes_on = report in self._last_s
        self._last_s[report] = now_s
        if not self.isVisible():
            if goes_on:
                return
            self.n_faults = 0
            self._first = summary
            self._reports = []
        self.n_faults += 1
        more = f"  ({self.n_faults} faults so far)" if self.n_faults > 1 else ""
        self.summary.setText(self._first + more)
        if report not in self._reports and len(self._reports) < MAX_REPORTS:
            self._reports.append(report)
            self.report.setPlainText("\n\n".join(self._reports))
        self.show()

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())


class CrashHooks(QObject):
    """The hooks of `install_hooks`; `uninstall` puts the former ones back."""

    _happened = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.dialog = CrashDialog(window)
        self._last_logged = ""
        self._former_hook = sys.excepthook
        self._former_thread_hook = threading.excepthook
        # queued, so that the dialog is always made and shown on the UI thread
        self._happened.connect(self._on_happened, Qt.ConnectionType.QueuedConnection)
        self._hook: Callable[..., object] = self._on_exception
        self._thread_hook: Callable[..., object] = self._on_thread_exception
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def uninstall(self) -> None:
        """Put the former hooks back."""
        if sys.excepthook is self._hook:
            sys.excepthook = self._former_hook
        if threading.excepthook is self._thread_hook:
            threading.excepthook = self._former_thread_hook

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._former_hook(kind, error, trace)
            return
        self._report(kind, error, trace, threading.current_thread().name)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            name = args.thread.name if args.thread else "a thread that has ended"
            self._report(args.exc_type, args.exc_value, args.exc_traceback, name)

    def _report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, thread: str
    ) -> None:
        lines = hide_keys("".join(traceback.format_exception(kind, error, trace)))
        if lines != self._last_logged:  # a fault of every frame must not fill the disk
            self._last_logged = lines
            _log.error("unexpected exception in %s\n%s", thread, lines)
        where = f"vpdesk {__version__}, Python {platform.python_version()}, PySide6 {PySide6.__version__}"
        report = f"{where}, {platform.platform()}\nthread: {thread}\n\n{lines}"
        with contextlib.suppress(RuntimeError):  # the window is gone already: the log has it
            self._happened.emit(hide_keys(f"What happened: {kind.__name__}: {error}"), report)

    @Slot(str, str)
    def _on_happened(self, summary: str, report: str) -> None:
        self.dialog.add(summary, report)


def install_hooks(window: QWidget) -> CrashHooks:
    """Show every exception that nobody caught in a dialog of `window`. Thread: UI."""
    return CrashHooks(window)
