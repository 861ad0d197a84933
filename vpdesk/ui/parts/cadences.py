"""How columns are cut, as people type it: ``100 ms``, ``0.5 s``, ``50 events``."""

import re
from decimal import Decimal
from typing import Final

from vpdesk.errors import VpdeskError
from vpdesk.figures import grouped

_UNITS_NS: Final = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 10**9, "m": 60 * 10**9}
_TEXT: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ns|us|ms|s|m|events?)")
_LEAST_NS: Final = 1_000
_MOST_NS: Final = 3600 * 10**9
_MOST_EVENTS: Final = 1_000_000


class CadenceError(VpdeskError):
    """What was typed is no way to cut columns."""


def parse_cadence(text: str) -> tuple[int, int]:
    """Return ``column_ns`` and ``column_events`` (0 for columns of equal time).

    Raises
    ------
    CadenceError
        The text is neither a time nor a number of events, or out of range.
    """
    found = _TEXT.fullmatch(text.strip().lower())
    if found is None:
        raise CadenceError("A column is a time such as 100 ms or 0.5 s, or a number such as 50 events.")
    number, unit = Decimal(found[1]), found[2]
    if unit.startswith("event"):
        if number != int(number) or not 1 <= number <= _MOST_EVENTS:
            raise CadenceError(f"A column holds from 1 to {grouped(_MOST_EVENTS)} events.")
        return 1, int(number)
    column_ns = number * _UNITS_NS[unit]
    if column_ns != int(column_ns) or not _LEAST_NS <= column_ns <= _MOST_NS:
        raise CadenceError("A column lasts from 1 us to 60 m.")
    return int(column_ns), 0


def cadence_text(column_ns: int, column_events: int) -> str:
    """Return the words that `parse_cadence` reads."""
    if column_events:
        return "1 event" if column_events == 1 else f"{column_events} events"
    for unit in ("s", "ms", "us"):
        if column_ns % _UNITS_NS[unit] == 0:
            return f"{column_ns // _UNITS_NS[unit]} {unit}"
    return f"{column_ns} ns"
