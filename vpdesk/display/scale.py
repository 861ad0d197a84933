"""From a value to a place on the colour bar, and back.

A `Scale` is frozen: colours mean the same all day, until someone asks for another range.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

KINDS: Final = ("asinh", "log", "linear")

Floats = NDArray[np.float64]

# The knee separates what is shown proportionally from what is compressed. Where there is nothing to
# measure it from, two decades below the bound leave both ends readable.
_DEFAULT_KNEE_RATIO: Final = 0.01

# Beyond anything a market holds, and far from where a float64 overflows in the transforms.
LARGEST_BOUND: Final = 1e15
LEAST_KNEE: Final = 1e-12

_SPREAD: Final[dict[str, Callable[[NDArray[np.floating]], Floats]]] = {
    "asinh": np.arcsinh,
    "log": lambda ratio: np.log(np.maximum(ratio, 1.0)),
    "linear": lambda ratio: ratio.astype(np.float64),
}
_GATHER: Final[dict[str, Callable[[NDArray[np.floating]], Floats]]] = {
    "asinh": np.sinh,
    "log": np.exp,
    "linear": lambda spread: spread.astype(np.float64),
}


@dataclass(frozen=True)
class Scale:
    """Transform and bounds of one layer.

    Parameters
    ----------
    kind
        One of `KINDS`. "asinh" is linear near zero and logarithmic far from it.
    low, high
        Values at the ends of the colour bar, low < high, up to `LARGEST_BOUND`. A signed scale has zero in
        its middle and stretches each side on its own.
    knee
        Magnitude where "asinh" bends and "log" starts; `LEAST_KNEE` to `LARGEST_BOUND`.
    is_signed
        Whether the sign matters.
    """

    kind: str
    low: float
    high: float
    knee: float
    is_signed: bool

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a scale is one of {', '.join(KINDS)}, not {self.kind!r}")
        is_bounded = -LARGEST_BOUND <= self.low < self.high <= LARGEST_BOUND  # which NaN never is
        if not (is_bounded and LEAST_KNEE <= self.knee <= LARGEST_BOUND):
            raise ValueError("a scale needs finite bounds, low below high, and a knee above 0")
        if self.is_signed and not self.low < 0 < self.high:
            raise ValueError("a signed scale needs a bound on each side of 0")

    @classmethod
    def of(cls, kind: str, low: float, high: float, is_signed: bool) -> "Scale":
        """Make a scale with the usual knee for its bounds."""
        reach = max(abs(low), abs(high))
        knee = low if kind == "log" and low > 0 else reach * _DEFAULT_KNEE_RATIO
        return cls(kind, float(low), float(high), float(knee), is_signed)

    def place(self, values: NDArray[np.floating] | float) -> Floats:
        """Return where values stand: 0 at ``low``, 1 at ``high``, beyond where they exceed; NaN stays."""
        values = np.asarray(values, np.float64)
        places: Floats
        if self.is_signed:
            magnitude = self._spread(np.abs(values))
            bound = np.where(values < 0, self._reach(0.0, -self.low), self._reach(0.0, self.high))
            places = 0.5 + 0.5 * np.sign(values) * magnitude / bound
            return places
        start = self._spread_of(self.low)
        places = (self._spread(values) - start) / self._reach(self.low, self.high)
        return places

    def value(self, places: NDArray[np.floating] | float) -> Floats:
        """Return the values that stand at ``places``; the inverse of `place`."""
        places = np.asarray(places, np.float64)
        values: Floats
        if self.is_signed:
            offset = 2 * places - 1
            bound = np.where(offset < 0, self._reach(0.0, -self.low), self._reach(0.0, self.high))
            values = np.sign(offset) * self._gather(np.abs(offset) * bound)
            return values
        start = self._spread_of(self.low)
        return self._gather(start + places * self._reach(self.low, self.high))

    @property
    def is_symmetric(self) -> bool:
        """Whether both sides of a signed scale reach equally far."""
        return self.is_signed and self.low == -self.high

    def with_bounds(self, low: float, high: float) -> "Scale":
        """Return the same transform between other bounds."""
        return replace(self, low=low, high=high)

    def _spread(self, magnitude: NDArray[np.floating]) -> Floats:
        return _SPREAD[self.kind](magnitude / self.knee)

    def _spread_of(self, magnitude: float) -> float:
        return float(self._spread(np.asarray(magnitude, np.float64)))

    def _reach(self, low: float, high: float) -> float:
        # a tiny floor keeps a log scale whose bounds lie below its knee from dividing by zero
        return max(self._spread_of(high) - self._spread_of(low), 1e-9)

    def _gather(self, spread: NDArray[np.floating]) -> Floats:
        return self.knee * _GATHER[self.kind](spread)


def fit(kind: str, values: NDArray[np.floating], is_signed: bool) -> Scale | None:
    """Choose bounds from robust quantiles of ``values``; None if nothing in them differs from zero.

    The bounds hold all but the largest half percent. Three quarters of the cells lie below the knee and
    stay calm; the rest share the colours by their order of magnitude.
    """
    magnitudes = np.abs(values[np.isfinite(values) & (values != 0)]).astype(np.float64)
    if magnitudes.size == 0:
        return None
    knee, reach = np.quantile(magnitudes, [0.75, 0.995])
    reach = _rounded_up(float(reach))
    knee = float(np.clip(knee, reach / 1000, reach / 4))
    if is_signed:
        return Scale(kind, -reach, reach, knee, is_signed)
    return Scale(kind, knee if kind == "log" else 0.0, reach, knee, is_signed)


def _rounded_up(value: float) -> float:
    """Return the next number of two significant digits, for a bound that reads well."""
    step = 10.0 ** (np.floor(np.log10(value)) - 1)
    return float(np.ceil(value / step - 1e-9) * step)


def scale_ticks(scale: Scale, least: float, most: float, n_most: int) -> list[float]:
    """Return round values between two places of a scale, evenly spread, zero among them."""
    low, high = (float(v) for v in scale.value(np.array([least, most])))
    if scale.kind == "linear":
        return _linear_ticks(low, high, n_most)
    candidates = _decade_ticks(scale, low, high)
    gap = (most - least) / max(n_most, 1)
    kept: list[float] = []
    for value, _ in candidates:
        place = float(scale.place(value))
        if all(abs(place - float(scale.place(other))) >= gap for other in kept):
            kept.append(value)
    return sorted(kept)


def _linear_ticks(low: float, high: float, n_most: int) -> list[float]:
    rough = (high - low) / max(n_most, 1)
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [float(round(i * step, 12)) for i in range(first, last + 1)]


def _decade_ticks(scale: Scale, low: float, high: float) -> list[tuple[float, int]]:
    """Return (value, importance) for 0 and 1, 2, 5 times powers of ten in range, most important first."""
    reach = max(abs(low), abs(high))
    top = int(np.floor(np.log10(reach)))
    bottom = int(np.floor(np.log10(scale.knee)))
    candidates = [(0.0, -1)] if low <= 0 <= high and scale.kind != "log" else []
    for exponent in range(top, bottom - 1, -1):
        for rank, factor in enumerate((1, 5, 2)):
            value = float(factor * 10.0**exponent)
            signs = (1, -1) if scale.is_signed else (1,)
            candidates += [(sign * value, rank) for sign in signs if low <= sign * value <= high]
    return sorted(candidates, key=lambda candidate: (candidate[1], -abs(candidate[0])))
