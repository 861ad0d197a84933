"""What the window sees of a session, whatever feeds it: a replayed file or a live subscription."""

from dataclasses import dataclass
from typing import Protocol

from vpdesk.core.cell_report import CellReport
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.runtime.commands import Command
from vpdesk.runtime.status import SessionStatus


@dataclass(frozen=True)
class SessionFacts:
    """What stays the same while a session lasts.

    ``title`` names the source in a window title; ``notice`` is a plain line shown over the chart ("" for
    none), such as "Simulated data. Open a file with {open}"; an action's id in braces stands for its keys.
    ``content_id`` stands for the content of the files, whatever their names; "" where there are none.
    """

    title: str
    symbol: str
    dataset: str
    is_live: bool
    is_simulated: bool
    tick_origin: str  # "definition", "rule", "inferred", "user", "simulated"
    notice: str = ""
    content_id: str = ""


class Session(Protocol):
    """A running session. Every method may be called from the UI thread and returns at once."""

    @property
    def facts(self) -> SessionFacts:
        """What stays the same."""

    @property
    def params(self) -> EngineParams:
        """The engine's parameters now in force."""

    @property
    def ring(self) -> GridRing:
        """The ring to paint from. Replaced by another object after a seek or a parameter change."""

    @property
    def status(self) -> SessionStatus:
        """The newest status; replaced whole, at most some ten times a second."""

    @property
    def grid(self) -> Grid | None:
        """A recent grid of the instrument shown; replaced whole, some 15 times a second."""

    @property
    def cell_report(self) -> CellReport | None:
        """The newest answer to an `Inspect`, perhaps not yet the last one; replaced whole."""

    def send(self, command: Command) -> None:
        """Queue a command for the engine thread."""

    def close(self) -> None:
        """Ask the engine thread to end; returns at once."""

    def wait_closed(self, timeout_s: float) -> bool:
        """Wait for the engine thread to end; False if it has not."""
