"""What the window wants of a session beyond single commands: it depends on where the session stands."""

from collections.abc import Callable

from vpdesk.runtime.commands import (
    Command,
    SeekEvent,
    SelectInstrument,
    SetRecording,
    SetSpeed,
    ShowHistory,
)
from vpdesk.runtime.session import Session
from vpdesk.runtime.status import SessionStatus


class SessionWishes:
    """Turns wishes into commands. Every method is for the UI thread.

    Parameters
    ----------
    send
        Sends a command to the session shown, if there is one.
    """

    def __init__(self, send: Callable[[Command], None]) -> None:
        self._send = send
        self._status = SessionStatus()
        self._n_history = 0  # columns before the current one that were asked for

    def begin(self, session: Session, speed: float) -> None:
        """Replay a file at the speed last chosen; a simulation starts at its own."""
        self._status = SessionStatus()
        self._n_history = 0
        if speed != 1.0 and not session.facts.is_live and not session.facts.is_simulated:
            session.send(SetSpeed(speed))

    def show_status(self, status: SessionStatus) -> None:
        """Take up where the session stands."""
        self._status = status

    def record(self, is_on: bool) -> None:
        """Begin or end the recording of the live feed."""
        self._send(SetRecording(is_on))

    def show_next_instrument(self, direction: int) -> None:
        """Show the next instrument of the live feed, or the previous one; they go round."""
        live = self._status.live
        shown = [one.is_shown for one in live.instruments] if live is not None else []
        if live is not None and any(shown):
            one = live.instruments[(shown.index(True) + direction) % len(shown)]
            self._send(SelectInstrument(one.publisher_id, one.instrument_id))

    def go_to_end(self) -> None:
        """Go to the last event known."""
        self._send(SeekEvent(self._status.n_records))

    def ask_for_history(self, session: Session, first_column: int) -> None:
        """Have the columns filled in that the view shows and the ring does not hold."""
        span = session.ring.span()
        n_columns = span.newest - first_column
        is_missing = first_column < span.oldest and span.oldest > 0
        if not session.facts.is_live and is_missing and n_columns > self._n_history:
            self._n_history = 2 * n_columns  # twice, so that a slow zoom asks only now and then
            session.send(ShowHistory(self._n_history))
