"""What an alert watches for, and the plain sentence that says so.

A rule is judged from columns alone, so the same columns always raise the same alerts, whenever and however
often they are looked at. It looks at each column as it closed:

* **drive** is the column's own;
* **pressure, vacuum, net, depth** are values of cells: the one at a price, or those near the spot;
* **pulled** is how much resting quantity went away without being traded, within some seconds;
* **pulled share** is the same as a part of the depth that stood there.

Where several cells are looked at, "above" asks for some cell above, and "below" for a net below in some
cell, but for pressure, vacuum or depth below in every cell: nearly always some cell has next to none.
A cell keeps its flows until it is touched again, so a flow in "some cell" counts only in the very columns in
which that cell was touched: an old shade that the spot comes near to raises nothing.

What was *pulled* is not kept in columns; depth and trades are. Per price it is the most that the depth fell
from any moment of the last seconds until now, less what traded there since. That is never more than what was
really pulled: what was added meanwhile makes it less, and so does a trade of quantity that was not shown.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Final, Literal

from vpdesk.display.text import MINUS, number_text, price_text
from vpdesk.errors import VpdeskError
from vpdesk.figures import grouped

MAX_RULES: Final = 50  # of one instrument
MAX_REACH: Final = 500  # buckets
DEFAULT_WINDOW_S: Final = 5.0
MAX_WINDOW_S: Final = 60.0
MIN_WINDOW_S: Final = 0.1
MAX_PAUSE_S: Final = 3600.0
MAX_PRICE_RAW: Final = 2**62  # 1e-9 units
_MAX_QUANTITY: Final = 1e12


class AlertRuleError(VpdeskError):
    """A rule makes no sense. ``field`` names the field at fault."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Quantity(StrEnum):
    """What a rule looks at."""

    DRIVE = "drive"
    PRESSURE = "pressure"
    VACUUM = "vacuum"
    NET = "net"
    DEPTH = "depth"
    PULLED = "pulled"
    PULLED_SHARE = "pulled share"

    @property
    def is_pulled(self) -> bool:
        """Whether it is measured over some seconds."""
        return self in (Quantity.PULLED, Quantity.PULLED_SHARE)

    @property
    def has_place(self) -> bool:
        """Whether it is measured at prices."""
        return self is not Quantity.DRIVE

    @property
    def is_of_every_cell(self) -> bool:
        """Whether "below" asks for every cell, not for some cell."""
        return self in (Quantity.PRESSURE, Quantity.VACUUM, Quantity.DEPTH)


@dataclass(frozen=True, slots=True)
class AtPrice:
    """The bucket that holds a price.

    Parameters
    ----------
    price_raw
        In 1e-9 units.
    """

    price_raw: int


Side = Literal["both", "above", "below"]


@dataclass(frozen=True, slots=True)
class NearSpot:
    """Buckets up to ``reach`` from the spot, on both of its sides (the spot's own included) or on one."""

    reach: int
    side: Side = "both"


@dataclass(frozen=True, slots=True)
class WholeBand:
    """Every bucket that a column holds."""


Place = AtPrice | NearSpot | WholeBand


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One thing to watch for.

    Parameters
    ----------
    quantity
        What is measured.
    threshold
        In the quantity's unit: drive -1 .. 1, flows per second, quantities, percent.
    is_above
        Whether the alert is raised above the threshold or below it.
    place
        Where; the drive belongs to no place and leaves it as it is.
    window_s
        Seconds over which pulled depth is measured.
    pause_s
        The condition must have been false for this much event time before it raises an alert.
    is_on
        Whether it is watched at all.

    Raises
    ------
    AlertRuleError
        A value makes no sense.
    """

    quantity: Quantity
    threshold: float
    is_above: bool = True
    place: Place = field(default_factory=WholeBand)
    window_s: float = DEFAULT_WINDOW_S
    pause_s: float = 1.0
    is_on: bool = True

    def __post_init__(self) -> None:
        _check_threshold(self.quantity, self.threshold)
        match self.place:
            case NearSpot(reach, side):
                least = 0 if side == "both" else 1
                if not least <= reach <= MAX_REACH:
                    raise AlertRuleError("place", f"The distance is {least} to {MAX_REACH} buckets.")
                if side not in ("both", "above", "below"):
                    raise AlertRuleError("place", "The side is both, above or below.")
            case AtPrice(price_raw) if abs(price_raw) > MAX_PRICE_RAW:
                raise AlertRuleError("place", "That price is out of range.")
        if not MIN_WINDOW_S <= self.window_s <= MAX_WINDOW_S:
            raise AlertRuleError("window", f"Measure over {MIN_WINDOW_S:g} to {MAX_WINDOW_S:g} seconds.")
        if not 0.0 <= self.pause_s <= MAX_PAUSE_S:
            raise AlertRuleError("pause", f"The pause is 0 to {MAX_PAUSE_S:g} seconds.")
        if self.quantity.is_pulled and not self.is_above:
            raise AlertRuleError("comparison", "Pulled depth can only be above a threshold.")


def _check_threshold(quantity: Quantity, threshold: float) -> None:
    low, high = {
        Quantity.DRIVE: (-1.0, 1.0),
        Quantity.NET: (-_MAX_QUANTITY, _MAX_QUANTITY),
        Quantity.PULLED_SHARE: (0.0, 99.99),
    }.get(quantity, (0.0, _MAX_QUANTITY))
    if isfinite(threshold) and low <= threshold <= high:
        return
    if quantity is Quantity.DRIVE:
        sentence = f"Drive lies between {MINUS}1 and 1."
    elif quantity is Quantity.PULLED_SHARE:
        sentence = "A share is 0 to 99.99 %."
    elif quantity is Quantity.NET:
        sentence = "That number is out of range."
    else:
        sentence = "Type a number of at least 0."
    raise AlertRuleError("threshold", sentence)


# --- words -------------------------------------------------------------------------------------------------


def unit_of(quantity: Quantity, quantity_unit: str) -> str:
    """Return the unit of a rule's threshold; ``quantity_unit`` is "contracts" or "shares"."""
    match quantity:
        case Quantity.DRIVE:
            return ""
        case Quantity.PULLED_SHARE:
            return "%"
        case Quantity.DEPTH | Quantity.PULLED:
            return quantity_unit
        case _:
            return f"{quantity_unit}/s"


def figure_text(quantity: Quantity, value: float) -> str:
    """Write a measured value without its unit."""
    return f"{value:.3f}".replace("-", MINUS) if quantity is Quantity.DRIVE else number_text(value)


def value_text(quantity: Quantity, value: float, quantity_unit: str) -> str:
    """Write a measured value with its unit."""
    return f"{figure_text(quantity, value)} {unit_of(quantity, quantity_unit)}".rstrip()


def rule_words(rule: AlertRule, quantity_unit: str, tick_size: int) -> str:
    """Say what a rule watches for, in one sentence without its full stop.

    ``tick_size`` (1e-9) decides how prices are written; 0 if it is not known.
    """
    figure = grouped(rule.threshold, ",.9g").replace("-", MINUS)  # whole, unlike what is measured
    value = f"{figure} {unit_of(rule.quantity, quantity_unit)}".rstrip()
    if rule.quantity is Quantity.DRIVE:
        return f"Drive {_comparison(rule)} {value}"
    place = place_words(rule.place, tick_size)
    if rule.quantity is Quantity.PULLED_SHARE:
        return f"More than {value} of the depth {place} pulled within {rule.window_s:g} s"
    if rule.quantity is Quantity.PULLED:
        return f"More than {value} pulled {place} within {rule.window_s:g} s"
    name = rule.quantity.capitalize()
    if isinstance(rule.place, AtPrice):
        return f"{name} {place} {_comparison(rule)} {value}"
    if rule.is_above or not rule.quantity.is_of_every_cell:
        return f"{name} {_comparison(rule)} {value} somewhere {place}"
    return f"{name} below {value} everywhere {place}"


def _comparison(rule: AlertRule) -> str:
    return "above" if rule.is_above else "below"


def place_words(place: Place, tick_size: int) -> str:
    """Say where a rule looks."""
    match place:
        case AtPrice(price_raw):
            return f"at {raw_price_text(price_raw, tick_size)}"
        case NearSpot(0):
            return "at the spot"
        case NearSpot(reach, side):
            buckets = "1 bucket" if reach == 1 else f"{reach} buckets"
            return f"within {buckets} {'of' if side == 'both' else side} the spot"
        case WholeBand():
            return "in the band"


def raw_price_text(price_raw: int, tick_size: int) -> str:
    """Write a price with the decimals of its tick size, or with those it needs where it is no whole tick."""
    if tick_size and price_raw % tick_size == 0:
        return price_text(price_raw // tick_size, tick_size)
    return price_text(price_raw, 1).rstrip("0").rstrip(".")


def short_name(quantity: Quantity) -> str:
    """Return the word for a marker on the chart."""
    return "Pulled" if quantity.is_pulled else quantity.capitalize()
