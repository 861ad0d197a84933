"""What the words of options mean that several commands have."""

import datetime
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from vpdesk.core.events import PRICE_SCALE
from vpdesk.errors import OptionError

MAX_SIZE_PX: Final = 8192  # to draw that takes a gigabyte of memory
NS_PER_DAY: Final = 86_400 * 10**9


def read_tick_size(text: str | None) -> int | None:
    """Return a tick size given in currency units as raw units (1e-9), exactly; None of None."""
    if text is None:
        return None
    try:
        raw = Decimal(text) * PRICE_SCALE
    except InvalidOperation:
        raise OptionError(f"{text!r} is no tick size; give a price such as 0.25.") from None
    if not raw.is_finite() or raw <= 0 or raw != raw.to_integral_value():
        raise OptionError(f"{text!r} is no tick size; give a price such as 0.25.")
    return int(raw)


def read_size(text: str) -> tuple[int, int]:
    """Return width and height of a text such as 1600x900."""
    match = re.fullmatch(r"(\d{1,9})x(\d{1,9})", text.strip(), re.ASCII)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (320 <= width <= MAX_SIZE_PX and 200 <= height <= MAX_SIZE_PX):
        raise OptionError(
            f"{text!r} is no size of a picture; give width x height from 320x200 to "
            f"{MAX_SIZE_PX}x{MAX_SIZE_PX}, such as 1600x900."
        )
    return width, height


def read_time(text: str, start_ns: int) -> int:
    """Return a moment in ns; a time alone is of the first day of the session, from its start on."""
    try:
        clock = datetime.time.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise OptionError(f"{text!r} is no time; give 14:30:05.25 or 2025-01-31T14:30 (UTC).") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    at_ns = start_ns - start_ns % NS_PER_DAY + seconds * 10**9 + clock.microsecond * 1000
    return at_ns if at_ns >= start_ns - start_ns % 10**9 else at_ns + NS_PER_DAY
