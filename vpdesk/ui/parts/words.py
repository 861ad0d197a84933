"""Plain words for what a session reports."""

from typing import Final

from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionState, SessionStatus
from vpdesk.ui.parts.speeds import speed_text

# What the engine counts in ``anomalies``; each is handled, and none stops it.
ANOMALY_MEANINGS: Final = {
    "unknown_cancel": "A cancel of an order that was never seen; the session began in mid-book.",
    "unknown_modify": "A change of an order that was never seen; it was taken as a new order.",
    "unknown_fill": "A fill of an order that was never seen; it was counted at its own price.",
    "duplicate_add": "A new order under an id that is in use; it was taken as a change of that order.",
    "oversize_cancel": "A cancel of more than the order had left; all that was left was taken.",
    "side_change": "A change that moved an order to the other side of the book.",
    "undefined_price": "A record without a price where one is needed; the book was left alone.",
    "price_out_of_range": "A price far outside anything that trades; it was not applied.",
    "zero_size": "A record of size 0 where a size is needed; the book was left alone.",
    "undefined_side": "A record that names neither bid nor ask where one is needed.",
    "off_tick_price": "A price between two ticks; the nearest tick was taken.",
    "crossed_book": "The best bid stood above the best ask; the spot waited.",
    "locked_book": "The best bid and the best ask stood at one price; the spot waited.",
    "time_backwards": "A record older than the one before it; the clock stood still.",
    "undefined_time": "A record without a time; the clock stood still.",
    "not_market_by_order": "A record of another kind (top of book, or price levels); it was not applied.",
    "unknown_action": "A record whose action is not known; it was not applied.",
    "maybe_bad_book": "The venue reported a gap; the book is suspect until its next clear.",
}
UNKNOWN_ANOMALY: Final = "A record that departs from the rules of the feed; it was handled and counted."

# Book state: its badge's tone and what it means.
BOOK_STATES: Final = {
    "valid": ("good", "The book is complete."),
    "partial": ("caution", "The data began without a snapshot: orders from before are missing."),
    "snapshot": ("caution", "A snapshot of the book is being read."),
    "suspect": ("bad", "The venue reported a gap: the book may be wrong until its next clear."),
    "empty": ("", "There are no orders yet."),
    "stale": ("bad", "The feed is interrupted: the book is as it was, until the next snapshot."),
}

# The first part of the names of datasets of US equities.
EQUITY_VENUES: Final = frozenset(
    "XNAS XNYS XASE XBOS XPSX XCHI XCIS ARCX BATS BATY EDGA EDGX EQUS DBEQ EPRL IEXG MEMX LTSE".split()  # noqa: SIM905 - shorter than eighteen quoted names
)

_STATES: Final = {
    SessionState.PREPARING: "preparing",
    SessionState.LOADING: "loading",
    SessionState.SEEKING: "seeking",
    SessionState.ENDED: "end of data",
    SessionState.FAILED: "stopped by an error",
    SessionState.CLOSED: "closed",
}


def state_words(status: SessionStatus, facts: SessionFacts) -> str:
    """Return what the session is doing, such as "Replay, playing at 10x"."""
    if status.live is not None:
        return status.live.text[:1].upper() + status.live.text[1:]
    kind = "Live" if facts.is_live else "Simulated" if facts.is_simulated else "Replay"
    if status.state is SessionState.PLAYING:
        doing = "receiving" if facts.is_live else f"playing at {speed_text(status.speed)}"
    elif status.state is SessionState.PAUSED:
        doing = "paused"
    else:
        doing = _STATES[status.state]
    return f"{kind}, {doing}"


def quantity_unit(dataset: str) -> str:
    """Return what a size counts: shares on the venues of equities, contracts elsewhere."""
    prefix = dataset.split(".")[0].upper()
    return "shares" if prefix in EQUITY_VENUES else "contracts"


def lag_text(lag_s: float) -> str:
    """Return a delay in two or three figures: ``4 ms``, ``1.3 s``, ``12 min``."""
    if lag_s < 1.0:
        return f"{max(0.0, lag_s) * 1e3:.0f} ms"
    if lag_s < 60.0:
        return f"{lag_s:.1f} s"
    return f"{lag_s / 60.0:.0f} min"


def quiet_text(quiet_s: float) -> str:
    """Return a silence in whole seconds or minutes: ``8 s``, ``12 min``."""
    return f"{quiet_s:.0f} s" if quiet_s < 100.0 else f"{quiet_s / 60.0:.0f} min"
