"""Everything the engine knows of one bucket at one moment, and why its forces are what they are.

The terms are those of the engine rules, section 4, computed from the dense grid that the engine hands out;
they add up to the pressure and the vacuum that its kernels computed.
"""

import math
from dataclasses import dataclass

from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow of a bucket: velocity, acceleration, jerk in quantity / s, / s^2, / s^3."""

    name: str
    v: float
    a: float
    j: float


@dataclass(frozen=True, slots=True)
class Term:
    """One addend of a force: ``weight`` (by its name in the parameters) times ``flow``, quantity / s."""

    name: str
    weight: float
    flow: float

    @property
    def value(self) -> float:
        """What it adds, quantity / s; never negative."""
        return self.weight * self.flow


@dataclass(frozen=True, slots=True)
class PriceEvent:
    """An event that touched the price.

    ``ts_event`` is ns, None if undefined. ``is_elsewhere``: the event named no price in view, so that it
    was counted at k = 0, where the price stood then.
    """

    event_id: int
    ts_event: int | None
    words: str
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class CellReport:
    """One bucket right after ``event_id``.

    Attributes
    ----------
    event_id, clock_ns
        The moment.
    params
        What the engine computed.
    bucket, k, tick
        Absolute, from the centre, and the bucket's lowest tick.
    bid_depth, ask_depth, added, pulled, filled
        Quantity; the last three since the bucket entered the tracked band.
    flows
        "add", "pull", "fill".
    pressure, vacuum
        Quantity / s, as the engine computed them; `pressure_terms` and `vacuum_terms` add up to them.
    resistance
        `depth_factor` times `flow_factor`.
    force
        In (-1, 1).
    last_event_id, last_ts
        The last touch, and the clock (ns) then; 0: never.
    events
        The last ones that touched this price, oldest first.
    events_from
        The first event that was looked at for that list; 0: all of them.
    is_searching
        Whether earlier events are still being looked for.
    """

    event_id: int
    clock_ns: int
    params: EngineParams
    bucket: int
    k: int
    tick: int
    bid_depth: int
    ask_depth: int
    added: int
    pulled: int
    filled: int
    flows: tuple[Flow, Flow, Flow]
    pressure: float
    vacuum: float
    pressure_terms: tuple[Term, ...]
    vacuum_terms: tuple[Term, ...]
    resistance: float
    depth_factor: float
    flow_factor: float
    force: float
    last_event_id: int
    last_ts: int
    events: tuple[PriceEvent, ...] = ()
    events_from: int = 0
    is_searching: bool = False

    @property
    def net(self) -> float:
        """Pressure minus vacuum, quantity / s."""
        return self.pressure - self.vacuum

    @property
    def depth(self) -> int:
        """Resting quantity, both sides."""
        return self.bid_depth + self.ask_depth

    @property
    def age_s(self) -> float | None:
        """Clock minus the last touch; None: never touched."""
        return (self.clock_ns - self.last_ts) * 1e-9 if self.last_event_id else None


def bucket_index(grid: Grid, params: EngineParams, bucket: int) -> int | None:
    """Return where a bucket stands in the grid's arrays; None outside it and before the first spot."""
    if grid.spot_tick is None:
        return None
    index = bucket - grid.spot_tick // params.ticks_per_bucket + params.half_width
    return index if 0 <= index < len(grid.k) else None


def cell_report(grid: Grid, params: EngineParams, bucket: int) -> CellReport | None:
    """Return the report of a bucket; None if the grid does not hold it.

    Parameters
    ----------
    grid
        Of an engine with ``params``.
    bucket
        ``tick // ticks_per_bucket``.
    """
    i = bucket_index(grid, params, bucket)
    if i is None:
        return None
    add = Flow("add", float(grid.v_add[i]), float(grid.a_add[i]), float(grid.j_add[i]))
    pull = Flow("pull", float(grid.v_pull[i]), float(grid.a_pull[i]), float(grid.j_pull[i]))
    fill = Flow("fill", float(grid.v_fill[i]), float(grid.a_fill[i]), float(grid.j_fill[i]))
    depth = int(grid.bid_depth[i] + grid.ask_depth[i])
    rest = (add.v - pull.v - fill.v) * params.tau_s
    return CellReport(
        event_id=grid.event_id,
        clock_ns=grid.ts_event,
        params=params,
        bucket=bucket,
        k=int(grid.k[i]),
        tick=bucket * params.ticks_per_bucket,
        bid_depth=int(grid.bid_depth[i]),
        ask_depth=int(grid.ask_depth[i]),
        added=int(grid.added[i]),
        pulled=int(grid.pulled[i]),
        filled=int(grid.filled[i]),
        flows=(add, pull, fill),
        pressure=float(grid.pressure[i]),
        vacuum=float(grid.vacuum[i]),
        pressure_terms=_pressure_terms(params, add, pull, fill),
        vacuum_terms=_vacuum_terms(params, add, pull, fill),
        resistance=float(grid.resistance[i]),
        depth_factor=math.log1p(depth),
        flow_factor=1.0 + rest / (depth + abs(rest) + 1.0),
        force=float(grid.force[i]),
        last_event_id=int(grid.last_event_id[i]),
        last_ts=int(grid.last_ts[i]),
    )


def _pressure_terms(params: EngineParams, add: Flow, pull: Flow, fill: Flow) -> tuple[Term, ...]:
    flows = {
        "v_add": add.v,
        "v_build": max(add.v - pull.v - fill.v, 0.0),
        "a_add": params.tau_s * max(add.a, 0.0),
        "j_add": params.tau_s**2 * max(add.j, 0.0),
    }
    return _terms(params, flows)


def _vacuum_terms(params: EngineParams, add: Flow, pull: Flow, fill: Flow) -> tuple[Term, ...]:
    flows = {
        "v_pull": pull.v,
        "v_fill": fill.v,
        "v_erode": max(-(add.v - pull.v - fill.v), 0.0),
        "a_drain": params.tau_s * max(pull.a + fill.a, 0.0),
        "j_drain": params.tau_s**2 * max(pull.j + fill.j, 0.0),
    }
    return _terms(params, flows)


def _terms(params: EngineParams, flows: dict[str, float]) -> tuple[Term, ...]:
    return tuple(Term(name, params.weights[name], flow) for name, flow in flows.items())
