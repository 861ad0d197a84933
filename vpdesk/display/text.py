"""Prices, times and quantities for people."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from vpdesk.core.events import PRICE_SCALE
from vpdesk.figures import grouped

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NS: Final = 1_000_000_000
_UNITS: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_LEAST: Final = 1e-9  # what decays never ends: of the billionth part of a share nobody wants three digits
MINUS: Final = "\N{MINUS SIGN}"


def price_decimals(tick_size: int) -> int:
    """Return how many decimals write every multiple of ``tick_size`` (1e-9) exactly."""
    decimals = 9
    while decimals > 0 and tick_size % 10 == 0:
        tick_size //= 10
        decimals -= 1
    return decimals


def price_text(tick: int, tick_size: int) -> str:
    """Write the price of a tick exactly, with as many decimals as the tick size needs."""
    raw = abs(tick * tick_size)
    decimals = price_decimals(tick_size)
    whole, fraction = divmod(raw, PRICE_SCALE)
    sign = MINUS if tick * tick_size < 0 else ""
    return f"{sign}{whole}" + (f".{fraction:09d}"[: decimals + 1] if decimals else "")


def local_time(ts_ns: int, zone: tzinfo | None) -> datetime:
    """Return the wall clock of a zone (None: the computer's own) at ``ts_ns`` (UNIX ns), in whole seconds."""
    return (_EPOCH + timedelta(seconds=ts_ns // _NS)).astimezone(zone)


def time_text(ts_ns: int, zone: tzinfo | None, decimals: int = 9) -> str:
    """Write the time of day, with ``decimals`` digits of the second."""
    text = f"{local_time(ts_ns, zone):%H:%M:%S}"
    return f"{text}.{ts_ns % _NS:09d}"[: len(text) + 1 + decimals] if decimals else text


def date_text(ts_ns: int, zone: tzinfo | None) -> str:
    """Write the date of a zone."""
    return f"{local_time(ts_ns, zone):%Y-%m-%d}"


def zone_text(ts_ns: int, zone: tzinfo | None) -> str:
    """Write the name of a zone at that time, such as UTC or CEST."""
    return local_time(ts_ns, zone).tzname() or "local"


def moment_text(ts_ns: int, zone: tzinfo | None) -> str:
    """Write date, time to the nanosecond, and zone."""
    return f"{date_text(ts_ns, zone)} {time_text(ts_ns, zone)} {zone_text(ts_ns, zone)}"


def number_text(value: float) -> str:
    """Write a number with three significant digits, thousands as k, M and G; true minus sign.

    What is all but zero, as a flow that ended a minute ago, is written as ≈0.
    """
    if value != value:
        return "\N{EN DASH}"
    magnitude = abs(value)
    if magnitude == float("inf"):
        return f"{MINUS}\N{INFINITY}" if value < 0 else "\N{INFINITY}"
    if 0 < magnitude < _LEAST:
        return "\N{ALMOST EQUAL TO}0"
    sign = MINUS if value < 0 else ""
    if magnitude < 9_999.5:
        return sign + (grouped(magnitude, ",.0f") if magnitude >= 100 else f"{magnitude:.3g}")
    rounded = float(f"{magnitude:.3g}")  # first, so that 999 999 is 1M and not 1000k
    limit, suffix = next(unit for unit in _UNITS if rounded >= unit[0])
    return f"{sign}{rounded / limit:.3g}{suffix}"


def rate_text(per_s: float) -> str:
    """Write a rate: ``950/s``, ``1 060/s``, ``12.3k/s``."""
    return f"{number_text(per_s)}/s"


def signed(number: int) -> str:
    """Write a distance: with its sign, unless it is 0."""
    return f"{number:+d}".replace("-", MINUS) if number else "0"


def age_text(age_s: float | None) -> str:
    """Write a time span; None is never."""
    if age_s is None:
        return "never"
    if age_s < 1:
        return f"{age_s * 1000:.0f} ms"
    if age_s < 120:
        return f"{age_s:.1f} s"
    minutes, seconds = divmod(int(age_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"
