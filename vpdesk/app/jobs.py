"""Work off the UI thread that ends with a result on it."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from vpdesk.errors import CancelledError, VpdeskError, technical_text

Work = Callable[[Callable[[float], None], Callable[[], bool]], Any]

_log = logging.getLogger(__name__)


class Job(QObject):
    """One piece of work on a thread of its own.

    Parameters
    ----------
    work
        Called on the thread with (progress, is_cancelled); its result is emitted.

    Signals
    -------
    progressed(float)
        0..1.
    done(object)
        The result.
    failed(str, str)
        A sentence, and its `technical_text`. A cancelled job emits nothing.
    """

    progressed = Signal(float)
    done = Signal(object)
    failed = Signal(str, str)

    def __init__(self, work: Work, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Give up; nothing more is emitted. Returns at once."""
        self._cancelled.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the thread to end; False if it has not."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            result = self._work(self._tell, self._cancelled.is_set)
        except CancelledError:
            return
        except VpdeskError as error:
            if not self._cancelled.is_set():
                _log.warning("%s: %s", self._thread.name, error)
                self.failed.emit(str(error), technical_text(error))
            return
        if self._cancelled.is_set():
            _log.info("a cancelled job came to its end")
            close = getattr(result, "close", None)
            if close is not None:
                close()
            return
        self.done.emit(result)

    def _tell(self, progress: float) -> None:
        if not self._cancelled.is_set():
            self.progressed.emit(progress)
