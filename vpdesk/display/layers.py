"""What can be shown of a cell, and in which unit."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from vpdesk.display import window_kernels as kernels


@dataclass(frozen=True)
class Layer:
    """One way to look at the field.

    ``unit`` may contain ``{quantity}``, the instrument's unit of quantity. ``value_kind`` is what
    `window_kernels.pool_columns` computes. A signed layer has a meaningful zero in the middle.
    ``ends`` say what its lowest and its highest colour mean. ``bounds`` stay fixed where the range is known
    beforehand; None: from what is visible.
    """

    name: str
    title: str
    meaning: str
    unit: str
    value_kind: int
    transform: str
    ends: tuple[str, str]
    is_signed: bool = False
    bounds: tuple[float, float] | None = None


_FLOW: Final = "{quantity}/s"
_FLOWS: Final = ("draining", "building")
_ALL: Final = (
    Layer("net", "Net", "pressure \N{MINUS SIGN} vacuum", _FLOW, kernels.VALUE_NET, "asinh", _FLOWS, True),
    Layer("balance", "Balance", "net / gross flow", "", kernels.VALUE_FORCE, "linear", _FLOWS, True,
          (-1.0, 1.0)),
    Layer("pressure", "Pressure", "liquidity building", _FLOW, kernels.VALUE_PRESSURE, "asinh",
          ("calm", "building")),
    Layer("vacuum", "Vacuum", "liquidity draining", _FLOW, kernels.VALUE_VACUUM, "asinh",
          ("calm", "draining")),
    Layer("resistance", "Resistance", "log depth and net flow", "", kernels.VALUE_RESISTANCE, "linear",
          ("weak", "strong")),
    Layer("depth", "Depth", "resting quantity", "{quantity}", kernels.VALUE_DEPTH, "asinh", ("thin", "deep")),
    Layer("age", "Age", "since last touch", "s", kernels.VALUE_AGE, "log", ("fresh", "old"), False,
          (0.1, 600.0)),
)  # fmt: skip
LAYERS: Final = MappingProxyType({layer.name: layer for layer in _ALL})
