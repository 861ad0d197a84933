"""A session that does nothing but remember what it was asked."""

from dataclasses import replace

from vpdesk.core.cell_report import CellReport
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.runtime.commands import Command
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionState, SessionStatus

START_NS = 1_710_509_400_000_000_000  # 2024-03-15 13:30:00 UTC
END_NS = START_NS + 6 * 3600 * 10**9 + 1

REPLAY = SessionFacts(
    title="ES.c.0 2024-03-15",
    symbol="ESM4",
    dataset="GLBX.MDP3",
    is_live=False,
    is_simulated=False,
    tick_origin="definition",
)
LIVE = replace(REPLAY, title="ES.c.0 live", is_live=True)
SIMULATED = replace(
    REPLAY,
    title="Simulated session",
    is_simulated=True,
    tick_origin="simulated",
    notice="This session is simulated. Open a file with {open} or connect with {live}.",
)
PLAYING = SessionStatus(
    state=SessionState.PLAYING,
    source="glbx-mdp3-20240315.mbo.dbn.zst",
    event_id=1_234_567,
    n_records=9_876_543,
    is_complete=True,
    clock_ns=START_NS + 3600 * 10**9 + 123_456_789,
    start_ns=START_NS,
    end_ns=END_NS,
    speed=10.0,
    events_per_s=12_345.0,
    book_state="valid",
)


class FakeSession:
    """Satisfies `vpdesk.runtime.session.Session`; set ``status`` or ``ring`` to let time pass."""

    def __init__(self, facts: SessionFacts = REPLAY, status: SessionStatus = PLAYING) -> None:
        self.facts = facts
        self.status = status
        self.params = EngineParams(tick_size=250_000_000)
        self.ring = GridRing(8, 64)
        self.overview: object = None
        self.grid: Grid | None = None
        self.cell_report: CellReport | None = None
        self.sent: list[Command] = []
        self.is_closed = False

    def report(self, **changes: object) -> None:
        """Let the session report a new status."""
        self.status = replace(self.status, **changes)

    def send(self, command: Command) -> None:
        self.sent.append(command)

    def close(self) -> None:
        self.is_closed = True

    def wait_closed(self, timeout_s: float) -> bool:
        return self.is_closed
