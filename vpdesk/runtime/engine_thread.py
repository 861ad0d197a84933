"""The thread that engines run on, and what other threads may ask of it."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from vpdesk.core.cell_report import CellReport
from vpdesk.core.engine import warm_up
from vpdesk.core.grid import Grid
from vpdesk.errors import VpdeskError
from vpdesk.runtime.commands import Command, Inspect
from vpdesk.runtime.grid_tap import GridTap
from vpdesk.runtime.inbox import Inbox
from vpdesk.runtime.inspection import CellInspector, InspectionSource
from vpdesk.runtime.status import SessionStatus


class EngineThread(ABC):
    """What sessions have in common, whatever feeds them; the public part is that of a `Session`.

    Parameters
    ----------
    status
        The first one.
    inspection_source
        Where the inspector finds the records. Thread: inspector.
    """

    def __init__(
        self, status: SessionStatus, inspection_source: Callable[[], InspectionSource | None]
    ) -> None:
        self._status = status
        self._inbox = Inbox()
        self._stop = threading.Event()
        self._grid_tap = GridTap()
        self._inspector = CellInspector(inspection_source)
        self._thread = threading.Thread(target=self._run, name="vpdesk-engine", daemon=True)

    # --- for the window, any thread ----------------------------------------------------------------

    @property
    def status(self) -> SessionStatus:
        """The newest status."""
        return self._status

    @property
    def grid(self) -> Grid | None:
        """A recent grid of the engine; replaced whole, some 15 times a second."""
        return self._grid_tap.grid

    @property
    def cell_report(self) -> CellReport | None:
        """The newest answer to an `Inspect`; a live session has none once its records are not kept."""
        return self._inspector.report

    def send(self, command: Command) -> None:
        """Queue a command."""
        if isinstance(command, Inspect):
            self._inspector.wish(command)
        else:
            self._inbox.put(command)

    def close(self) -> None:
        """Ask every thread to end."""
        self._stop.set()
        self._inspector.close()

    def wait_closed(self, timeout_s: float) -> bool:
        """Wait for every thread to end; False if they have not."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive() and self._inspector.wait_closed(timeout_s)

    # --- the engine thread -------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            warm_up()
            self._work()
        except VpdeskError as error:
            self._fail(str(error))
        except Exception:
            self._fail("The engine stopped on an unexpected error; the log has the details.")
            raise
        finally:
            self._stop.set()
            self._end()

    @abstractmethod
    def _work(self) -> None:
        """Do everything, until `_stop` is set."""

    @abstractmethod
    def _fail(self, sentence: str) -> None:
        """Take up why the session ends."""

    @abstractmethod
    def _end(self) -> None:
        """Let go of everything; the last thing that the thread does."""
