"""Times in one named zone, and the words by which a moment of a session is reached."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vpdesk.display.text import local_time, moment_text
from vpdesk.errors import VpdeskError
from vpdesk.figures import grouped
from vpdesk.runtime.commands import SeekEvent, SeekTime
from vpdesk.runtime.status import SessionStatus
from vpdesk.ui.parts.words import EQUITY_VENUES

ZONES: Final = ("UTC", "exchange", "local")

# Where a venue keeps its day, by the first part of the dataset's name.
_EXCHANGE_ZONES: Final = {
    "GLBX": "America/Chicago",
    "XCBF": "America/Chicago",
    "IFEU": "Europe/London",
    "NDEX": "Europe/Amsterdam",
    "XEUR": "Europe/Berlin",
    "XEEE": "Europe/Berlin",
}
_NEW_YORK_VENUES: Final = EQUITY_VENUES | {"OPRA", "IFUS"}

_UNIT_NS: Final = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_RELATIVE: Final = re.compile(r"([+-])\s*(\d+)(?:\.(\d{1,9}))?\s*(ns|us|ms|s|m|h)")
_EVENT: Final = re.compile(r"#?\s*(?:\d+|\d{1,3}(?:[ ,_'\xa0\u2009\u202f]\d{3})+)")
_MOMENT: Final = re.compile(
    r"(?:(\d{4}-\d{2}-\d{2})[ T]+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*([A-Za-z]{1,5})?"
)


class GoToError(VpdeskError):
    """What was typed names no moment of the session."""


def resolve_zone(choice: str, dataset: str) -> tzinfo | None:
    """Return the zone for one of `ZONES`; None stands for the computer's own, whatever its rules.

    A venue that is not known, or a system without zone data, gets UTC.
    """
    if choice == "local":
        return None
    if choice == "exchange":
        prefix = dataset.split(".")[0].upper()
        name = "America/New_York" if prefix in _NEW_YORK_VENUES else _EXCHANGE_ZONES.get(prefix, "")
        try:
            return ZoneInfo(name) if name else UTC
        except (ZoneInfoNotFoundError, OSError):
            return UTC
    return UTC


def time_text(ts_ns: int, zone: tzinfo | None) -> str:
    """Return ``2024-03-15 13:30:00.123456789 UTC``; a dash before the first event (0)."""
    return moment_text(ts_ns, zone) if ts_ns > 0 else "-"


def duration_text(seconds: float) -> str:
    """Return ``8.5 s``, ``12 min 30 s`` or ``5 h 02 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest_s = divmod(round(seconds), 60)
    hours, rest_min = divmod(minutes, 60)
    return f"{hours} h {rest_min:02d} min" if hours else f"{minutes} min {rest_s:02d} s"


def parse_go_to(text: str, status: SessionStatus, zone: tzinfo | None) -> SeekTime | SeekEvent:
    """Read an event number, a time of day, a date and time, or a step such as ``+30s``.

    A time without a date is meant on the day where the session stands.

    Raises
    ------
    GoToError
        The text is none of these, or lies outside the session.
    """
    plain = text.strip()
    if found := _RELATIVE.fullmatch(plain):
        sign, whole, fraction, unit = found.groups()
        nanoseconds = int(whole) * _UNIT_NS[unit]
        nanoseconds += int((fraction or "0").ljust(9, "0")) * _UNIT_NS[unit] // 10**9
        return _seek_time(status.clock_ns + (nanoseconds if sign == "+" else -nanoseconds), status, zone)
    if _EVENT.fullmatch(plain):
        return _seek_event(int(re.sub(r"\D", "", plain)), status)
    if found := _MOMENT.fullmatch(plain):
        return _seek_time(_moment_ns(found, status, zone), status, zone)
    raise GoToError("Type an event number, a time such as 13:30:05.25, or a step such as +30s.")


def _seek_event(event_id: int, status: SessionStatus) -> SeekEvent:
    if event_id > status.n_records:
        so_far = "" if status.is_complete else " so far"
        raise GoToError(f"There are {grouped(status.n_records)} events{so_far}.")
    return SeekEvent(event_id)


def _seek_time(ts_ns: int, status: SessionStatus, zone: tzinfo | None) -> SeekTime:
    if not status.start_ns <= ts_ns <= status.end_ns:
        ends = (time_text(ns, zone) for ns in (status.start_ns, status.end_ns))
        raise GoToError(f"The session runs from {' to '.join(ends)}.")
    return SeekTime(ts_ns)


def _moment_ns(found: re.Match[str], status: SessionStatus, zone: tzinfo | None) -> int:
    date, hour, minute, second, fraction, zone_name = found.groups()
    here = local_time(status.clock_ns or status.start_ns, zone)
    try:
        day = datetime.fromisoformat(date) if date else here.replace(tzinfo=None)
        wall = day.replace(hour=int(hour), minute=int(minute), second=int(second or 0), microsecond=0)
        # a naive time is the computer's own; astimezone() looks up its rules for that day
        when = wall.astimezone(UTC) if zone is None else wall.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GoToError("There is no such date or time.") from None
    if zone_name and zone_name.upper() != when.astimezone(zone).tzname():
        raise GoToError(f"Times are typed in the zone shown, {when.astimezone(zone).tzname()}.")
    seconds = (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return seconds * 10**9 + int((fraction or "0").ljust(9, "0"))
