"""The tick size of an instrument: asked for, defined, ruled, or inferred, in this order."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import UNDEF_PRICE
from vpdesk.errors import SourceError
from vpdesk.figures import grouped
from vpdesk.sources.facts import TickSize

_CENT: Final = 10_000_000
_TENTH_OF_MILL: Final = 100_000  # 0.0001
_DOLLAR: Final = 1_000_000_000
_MAX_TICK: Final = 10**15

# Datasets of US equities, by what stands before the dot: 0.01 by law (Regulation NMS, rule 612). Their
# definition records leave min_price_increment undefined.
_US_EQUITIES: Final = (
    *("ARCX", "BATS", "BATY", "DBEQ", "EDGA", "EDGX", "EPRL", "EQUS", "IEXG", "LTSE"),
    *("MEMX", "OCEA", "XASE", "XBOS", "XCHI", "XCIS", "XNAS", "XNYS", "XPSX"),
)

_CONFIDENT_PRICES: Final = 8  # distinct ones
_RAREST: Final = 0.002  # of the sample: misprints and off-grid crosses


def tick_size_for(
    dataset: str, prices: NDArray[np.int64], *, increment: int = UNDEF_PRICE, override: int | None = None
) -> TickSize:
    """Return the tick size of an instrument.

    Parameters
    ----------
    dataset
        Such as "XNAS.ITCH"; decides whether the rule of US equities holds.
    prices
        (n,) int64, a sample of the resting orders' raw prices, in any order.
    increment
        ``min_price_increment`` of its definition record.
    override
        The user's own, raw; always wins.

    Raises
    ------
    SourceError
        The override is out of range.
    """
    if override is not None:
        if not 1 <= override <= _MAX_TICK:
            raise SourceError(f"A tick size of {grouped(override)} raw units is out of range.")
        return TickSize(int(override), "user", is_confident=True)
    if 0 < increment <= _MAX_TICK:
        return TickSize(increment, "definition", is_confident=True)
    if dataset.split(".")[0] in _US_EQUITIES:
        is_penny_stock = prices.size > 0 and float(np.median(prices)) < _DOLLAR
        return TickSize(_TENTH_OF_MILL if is_penny_stock else _CENT, "rule", is_confident=True)
    return infer_tick_size(prices)


def infer_tick_size(prices: NDArray[np.int64]) -> TickSize:
    """Infer the tick size: the greatest common divisor of the differences between usual prices.

    prices : (n,) int64. Far outliers and the rarest 0.2 % are left out. 0.01 where nothing can be said.
    """
    usual = _without_rarest(_without_outliers(prices))
    divisor = int(np.gcd.reduce(np.diff(usual))) if usual.size > 1 else 0
    if not 0 < divisor <= _MAX_TICK:
        return TickSize(_CENT, "inferred", is_confident=False)
    return TickSize(divisor, "inferred", is_confident=usual.size >= _CONFIDENT_PRICES)


def _without_outliers(prices: NDArray[np.int64]) -> NDArray[np.int64]:
    if prices.size == 0:
        return prices
    # floats: a difference of two hostile prices may not fit an int64
    distance = np.abs(prices - np.median(prices))
    reach = max(0.2 * abs(float(np.median(prices))), 60.0 * float(np.median(distance)))
    return prices[distance <= reach]


def _without_rarest(prices: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the distinct prices, ascending, less the rarest that make up `_RAREST` of all."""
    distinct, counts = np.unique(prices, return_counts=True)
    rank = np.argsort(counts, kind="stable")
    is_rare = np.cumsum(counts[rank]) <= _RAREST * prices.size
    return np.sort(distinct[rank[~is_rare]])
