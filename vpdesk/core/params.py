"""The engine's parameters, validated once, immutable afterwards."""

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from vpdesk.errors import EngineError

DEFAULT_WEIGHTS: Final = MappingProxyType(
    {
        # pressure
        "v_add": 1.0,
        "v_build": 0.5,
        "a_add": 0.3,
        "j_add": 0.1,
        # vacuum
        "v_pull": 1.0,
        "v_fill": 1.5,
        "v_erode": 0.5,
        "a_drain": 0.3,
        "j_drain": 0.1,
    }
)

MAX_HALF_WIDTH: Final = 4096
MAX_BAND_RAW: Final = 2**60  # the tracked band, in raw price units, must stay far from the ends of int64


@dataclass(frozen=True)
class EngineParams:
    """What the engine is asked to compute.

    Parameters
    ----------
    tick_size
        Raw price units (1e-9) per tick; at least 1.
    half_width
        K: the grid holds the buckets ``-K .. +K`` around the spot.
    ticks_per_bucket
        Ticks pooled into one bucket.
    tau_s
        Time constant of every filter, in seconds.
    force_floor
        Added to the denominator of ``force`` and ``drive``, quantity / s; greater than 0.
    drive_reach
        Distance, in buckets, over which a bucket's weight in ``drive`` falls by 1/e.
    weights
        Overrides of `DEFAULT_WEIGHTS` by name; stored complete, in the default order.

    Raises
    ------
    EngineError
        A value is out of range, or a weight's name is unknown.
    """

    tick_size: int
    half_width: int = 40
    ticks_per_bucket: int = 1
    tau_s: float = 2.0
    force_floor: float = 1.0
    drive_reach: float = 3.0
    weights: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_range("tick_size", self.tick_size, 1, 10**15, whole=True)
        _check_range("half_width", self.half_width, 1, MAX_HALF_WIDTH, whole=True)
        _check_range("ticks_per_bucket", self.ticks_per_bucket, 1, 1_000_000, whole=True)
        _check_range("tau_s", self.tau_s, 1e-3, 1e5)
        _check_range("force_floor", self.force_floor, 1e-9, 1e12)
        _check_range("drive_reach", self.drive_reach, 1e-3, 1e6)
        if 4 * self.half_width * self.ticks_per_bucket * self.tick_size > MAX_BAND_RAW:
            raise EngineError("half_width x ticks_per_bucket x tick_size spans more than any price can")
        unknown = sorted(set(self.weights) - set(DEFAULT_WEIGHTS))
        if unknown:
            raise EngineError(f"unknown weight {unknown[0]!r}; the weights are {', '.join(DEFAULT_WEIGHTS)}")
        complete = {name: float(self.weights.get(name, default)) for name, default in DEFAULT_WEIGHTS.items()}
        for name, weight in complete.items():
            _check_range(f"weight {name}", weight, 0.0, 1e6)
        object.__setattr__(self, "tick_size", int(self.tick_size))
        object.__setattr__(self, "half_width", int(self.half_width))
        object.__setattr__(self, "ticks_per_bucket", int(self.ticks_per_bucket))
        object.__setattr__(self, "weights", complete)

    def __hash__(self) -> int:
        return hash(tuple(self.as_dict().items()))

    def as_dict(self) -> dict[str, float | int]:
        """Return every parameter as one flat mapping, weights prefixed ``weight_``."""
        flat: dict[str, float | int] = {
            "tick_size": self.tick_size,
            "half_width": self.half_width,
            "ticks_per_bucket": self.ticks_per_bucket,
            "tau_s": float(self.tau_s),
            "force_floor": float(self.force_floor),
            "drive_reach": float(self.drive_reach),
        }
        return flat | {f"weight_{name}": weight for name, weight in self.weights.items()}

    @classmethod
    def from_dict(cls, flat: dict[str, Any]) -> "EngineParams":
        """Rebuild parameters from `as_dict`.

        Raises
        ------
        EngineError
            A key is missing or unknown, or a value is out of range.
        """
        plain = {name: value for name, value in flat.items() if not name.startswith("weight_")}
        weights = {name.removeprefix("weight_"): value for name, value in flat.items() if name not in plain}
        try:
            return cls(weights=weights, **plain)
        except TypeError as error:
            raise EngineError(f"these are not engine parameters: {error}") from None


def _check_range(name: str, number: object, least: float, most: float, *, whole: bool = False) -> None:
    kind = "a whole number" if whole else "a number"
    try:
        value = float(number)  # type: ignore[arg-type]  # anything that is a number, NumPy's included
    except (TypeError, ValueError):
        value = math.nan
    if not least <= value <= most or (whole and not value.is_integer()):
        raise EngineError(f"{name} must be {kind} from {least:g} to {most:g}, not {number!r}")
