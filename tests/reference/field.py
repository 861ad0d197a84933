"""The mathematics of one bucket, one function per formula, in plain floats."""

import math
from dataclasses import dataclass, field

from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams


@dataclass
class Flow:
    """One flow through the three filters: its total, and the filters' states."""

    total: int = 0
    e1: float = 0.0
    e2: float = 0.0
    e3: float = 0.0

    def decay(self, x: float) -> None:
        """Let ``x`` time constants pass without an impulse."""
        fade = math.exp(-x)
        self.e3 = fade * (self.e3 + x * self.e2 + x * x / 2 * self.e1)
        self.e2 = fade * (self.e2 + x * self.e1)
        self.e1 = fade * self.e1

    def impulse(self, quantity: int, tau_s: float) -> None:
        self.total += quantity
        self.e1 += quantity / tau_s

    def velocity(self) -> float:
        return self.e1

    def acceleration(self, tau_s: float) -> float:
        return (self.e1 - self.e2) / tau_s

    def jerk(self, tau_s: float) -> float:
        return (self.e1 - 2 * self.e2 + self.e3) / tau_s**2


@dataclass
class Bucket:
    """All that is kept for one bucket of the tracked band."""

    bid_depth: int = 0
    ask_depth: int = 0
    add: Flow = field(default_factory=Flow)
    pull: Flow = field(default_factory=Flow)
    fill: Flow = field(default_factory=Flow)
    pressure: float = 0.0
    vacuum: float = 0.0
    resistance: float = 0.0
    force: float = 0.0
    last_event_id: int = 0
    last_ts: int = 0

    def advance(self, clock_ns: int, tau_s: float) -> None:
        """Let the time since the last touch pass."""
        x = (clock_ns - self.last_ts) / 1e9 / tau_s
        for flow in (self.add, self.pull, self.fill):
            flow.decay(x)
        self.last_ts = clock_ns

    def recompute_forces(self, params: EngineParams) -> None:
        weight, tau = params.weights, params.tau_s
        v_add, v_pull, v_fill = self.add.velocity(), self.pull.velocity(), self.fill.velocity()
        a_add, j_add = self.add.acceleration(tau), self.add.jerk(tau)
        a_drain = self.pull.acceleration(tau) + self.fill.acceleration(tau)
        j_drain = self.pull.jerk(tau) + self.fill.jerk(tau)
        v_rest = v_add - v_pull - v_fill
        depth = self.bid_depth + self.ask_depth
        self.pressure = (
            weight["v_add"] * v_add
            + weight["v_build"] * max(v_rest, 0.0)
            + weight["a_add"] * tau * max(a_add, 0.0)
            + weight["j_add"] * tau**2 * max(j_add, 0.0)
        )
        self.vacuum = (
            weight["v_pull"] * v_pull
            + weight["v_fill"] * v_fill
            + weight["v_erode"] * max(-v_rest, 0.0)
            + weight["a_drain"] * tau * max(a_drain, 0.0)
            + weight["j_drain"] * tau**2 * max(j_drain, 0.0)
        )
        self.resistance = math.log(1 + depth) * (1 + v_rest * tau / (depth + abs(v_rest) * tau + 1))
        self.force = (self.pressure - self.vacuum) / (self.pressure + self.vacuum + params.force_floor)


def drive(grid: Grid, params: EngineParams, m2: int) -> float:
    """Return the column summary; ``m2`` is twice the mid, in ticks, at the last spot evaluation."""
    up = down = 0.0
    for i, k in enumerate(grid.k.tolist()):
        if grid.last_event_id[i] == 0:
            continue
        age_s = (grid.ts_event - int(grid.last_ts[i])) / 1e9
        weight = math.exp(-abs(k) / params.drive_reach) * math.exp(-age_s / params.tau_s)
        pressure, vacuum = weight * float(grid.pressure[i]), weight * float(grid.vacuum[i])
        lowest_tick = int(grid.price[i]) // params.tick_size
        twice_centre = 2 * lowest_tick + params.ticks_per_bucket - 1
        if twice_centre < m2:  # bid side
            up, down = up + pressure, down + vacuum
        elif twice_centre > m2:  # ask side
            up, down = up + vacuum, down + pressure
    return (up - down) / (up + down + params.force_floor)
