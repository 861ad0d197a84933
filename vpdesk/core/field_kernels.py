# The field: one filter cascade per bucket and flow, the forces, and what a column shows of them.
#
# The tracked band is the 4K + 1 buckets around the centre, in a circular store: bucket b stands in slot
# (LOW_SLOT + b - (CENTRE_BUCKET - 2K)) mod (4K + 1), so a move of the centre by s rewrites s slots.
#
#   cells  (B, 8) int64     see layout.BID ..
#   chains (B, 9) float64   e1 e2 e3 of add, of pull, of fill, as of LAST_TS
#   forces (4, B) float64   pressure, vacuum, resistance, force, as of LAST_TS
#   fresh  (2, 2 B) float64 pressure and vacuum times exp((LAST_TS - FADE_REF_NS) / tau), each value stored at
#                           slot and slot + B, so that any window of the band is contiguous
#   dirty  (B,) int64       slots touched since their forces were computed
#
# Forces are functions of a bucket's state at its last touch, so they are computed when somebody can see
# them: when a column closes and at the end of a batch. That changes no bit and saves most of the work in
# bursts. exp and log are our own so that every platform computes the same bits.

import numpy as np

from vpdesk.core.layout import (
    ADD,
    ADDED,
    ASK,
    BID,
    CENTRE_BUCKET,
    CLOCK_NS,
    EPOCH_NS,
    EVENT_ID,
    FADE_REF_NS,
    FADE_SPAN_NS,
    FILL,
    FLOOR,
    HALF_WIDTH,
    IS_DIRTY,
    LAST_ID,
    LAST_TS,
    LOW_SLOT,
    M2,
    N_CELLS,
    N_CHAINS,
    N_DIRTY,
    PULL,
    RING_BASE,
    TAU_NS,
    TAU_S,
    TICKS_PER_BUCKET,
    W_FIRST,
)
from vpdesk.core.llvm import LANES, bits_from_float, dot_in_lanes, float_from_bits
from vpdesk.core.ring import DEPTH, FORCE, PRESSURE, RESISTANCE, TOUCHED_S, VACUUM
from vpdesk.jit import inlined, kernel

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # ln 2 in two parts, the first with trailing zero bits
LN2_LOW = 1.90821492927058770002e-10
EXP_END = 708.0  # beyond it the result is taken as 0: no denormal numbers in the chains
BELOW_ONE = 0.9999999999999999  # rounding must not lift a force to 1 when the floor is lost beside it
EXPONENT_ONE = np.int64(1023)
MANTISSA = np.int64(0x000FFFFFFFFFFFFF)


@inlined
def exp_of(x):
    """e^x for |x| <= 708; 0 below. Within an ulp or so, and the same bits on every platform."""
    if x < -EXP_END:
        return 0.0
    n = np.floor(x * LOG2_E + 0.5)
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    # the Taylor series to r^13, |r| <= 0.347, in four independent parts
    a = (1.0 + r) + r2 * (0.5 + r * 1.6666666666666666e-01)
    b = (4.1666666666666664e-02 + r * 8.3333333333333332e-03) + r2 * (
        1.3888888888888889e-03 + r * 1.9841269841269841e-04
    )
    c = (2.4801587301587302e-05 + r * 2.7557319223985893e-06) + r2 * (
        2.7557319223985888e-07 + r * 2.5052108385441720e-08
    )
    d = 2.0876756987868100e-09 + r * 1.6059043836821613e-10
    p = a + r4 * (b + r4 * (c + r4 * d))
    return p * float_from_bits((np.int64(n) + EXPONENT_ONE) << 52)


@inlined
def log_of(x):
    """Natural logarithm of a normal x >= 1; the same bits on every platform."""
    bits = bits_from_float(x)
    e = (bits >> 52) - EXPONENT_ONE
    m = float_from_bits((bits & MANTISSA) | (EXPONENT_ONE << 52))
    if m > 1.4142135623730951:
        m *= 0.5
        e += 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    # 2 atanh(s) by its series to s^23, |s| <= 0.172
    a = (1.0 + z * (1.0 / 3.0)) + z2 * (1.0 / 5.0 + z * (1.0 / 7.0))
    b = (1.0 / 9.0 + z * (1.0 / 11.0)) + z2 * (1.0 / 13.0 + z * (1.0 / 15.0))
    c = (1.0 / 17.0 + z * (1.0 / 19.0)) + z2 * (1.0 / 21.0 + z * (1.0 / 23.0))
    series = 2.0 * s * (a + z4 * (b + z4 * c))
    return e * LN2_HIGH + (series + e * LN2_LOW)


@inlined
def touch(field, state, slot):
    """Advance the bucket's chains to the clock and give it this event's id."""
    cells, chains = field.cells, field.chains
    dt_ns = state[CLOCK_NS] - cells[slot, LAST_TS]
    if dt_ns > 0 and cells[slot, LAST_ID] != 0:
        x = dt_ns / field.constants[TAU_NS]
        fade = exp_of(-x)
        half_x = 0.5 * x
        for flow in range(0, 9, 3):
            e1 = chains[slot, flow]
            e2 = chains[slot, flow + 1]
            e3 = chains[slot, flow + 2]
            chains[slot, flow + 2] = fade * (e3 + x * (e2 + half_x * e1))
            chains[slot, flow + 1] = fade * (e2 + x * e1)
            chains[slot, flow] = fade * e1
    cells[slot, LAST_TS] = state[CLOCK_NS]
    cells[slot, LAST_ID] = state[EVENT_ID]
    if cells[slot, IS_DIRTY] == 0:
        cells[slot, IS_DIRTY] = 1
        field.dirty[state[N_DIRTY]] = slot
        state[N_DIRTY] += 1


@inlined
def _set_forces(field, state, slot, clock_fade):
    """Compute the forces of a bucket from its state at its last touch (engine rules, section 4)."""
    cells, chains, constants = field.cells, field.chains, field.constants
    tau_s = constants[TAU_S]
    v_add = chains[slot, ADD]
    v_pull = chains[slot, PULL]
    v_fill = chains[slot, FILL]
    # tau a and tau^2 j of each flow: the time constants cancel
    tau_a_add = v_add - chains[slot, ADD + 1]
    tau2_j_add = v_add - 2.0 * chains[slot, ADD + 1] + chains[slot, ADD + 2]
    tau_a_drain = (v_pull - chains[slot, PULL + 1]) + (v_fill - chains[slot, FILL + 1])
    tau2_j_drain = (v_pull - 2.0 * chains[slot, PULL + 1] + chains[slot, PULL + 2]) + (
        v_fill - 2.0 * chains[slot, FILL + 1] + chains[slot, FILL + 2]
    )
    v_rest = v_add - v_pull - v_fill
    pressure = (
        constants[W_FIRST] * v_add
        + constants[W_FIRST + 1] * max(v_rest, 0.0)
        + constants[W_FIRST + 2] * max(tau_a_add, 0.0)
        + constants[W_FIRST + 3] * max(tau2_j_add, 0.0)
    )
    vacuum = (
        constants[W_FIRST + 4] * v_pull
        + constants[W_FIRST + 5] * v_fill
        + constants[W_FIRST + 6] * max(-v_rest, 0.0)
        + constants[W_FIRST + 7] * max(tau_a_drain, 0.0)
        + constants[W_FIRST + 8] * max(tau2_j_drain, 0.0)
    )
    depth = float(cells[slot, BID] + cells[slot, ASK])
    rest = v_rest * tau_s
    forces = field.forces
    forces[0, slot] = pressure
    forces[1, slot] = vacuum
    forces[2, slot] = log_of(1.0 + depth) * (1.0 + rest / (depth + abs(rest) + 1.0))
    force = (pressure - vacuum) / (pressure + vacuum + constants[FLOOR])
    forces[3, slot] = min(max(force, -BELOW_ONE), BELOW_ONE)
    _set_fresh(field, state, slot, clock_fade)


@inlined
def _fade_at(field, state, ts_ns):
    """Weight of a moment relative to FADE_REF_NS: what a force of then counts for, but for one factor."""
    return exp_of((ts_ns - state[FADE_REF_NS]) / field.constants[TAU_NS])


@inlined
def _set_fresh(field, state, slot, clock_fade):
    last_ts = field.cells[slot, LAST_TS]
    fade = clock_fade if last_ts == state[CLOCK_NS] else _fade_at(field, state, last_ts)
    n = len(field.cells)
    pressure = fade * field.forces[0, slot]
    vacuum = fade * field.forces[1, slot]
    field.fresh[0, slot] = pressure
    field.fresh[0, slot + n] = pressure
    field.fresh[1, slot] = vacuum
    field.fresh[1, slot + n] = vacuum


@inlined
def settle(field, state, ring, slot_of_column):
    """Compute the forces of all dirty buckets; show them in the open column if there is one (>= 0).

    Returns the fade of the clock, which `drive` needs.
    """
    since_ns = state[CLOCK_NS] - state[FADE_REF_NS]
    if since_ns < 0 or since_ns >= field.config[FADE_SPAN_NS]:
        # freshness is stored relative to a time near the clock, a function of the clock alone
        state[FADE_REF_NS] = state[CLOCK_NS] - state[CLOCK_NS] % field.config[FADE_SPAN_NS]
        clock_fade = _fade_at(field, state, state[CLOCK_NS])
        for slot in range(len(field.cells)):
            _set_fresh(field, state, slot, clock_fade)
    clock_fade = _fade_at(field, state, state[CLOCK_NS])
    for d in range(state[N_DIRTY]):
        slot = field.dirty[d]
        field.cells[slot, IS_DIRTY] = 0
        _set_forces(field, state, slot, clock_fade)
        if slot_of_column >= 0:
            offset = slot - state[LOW_SLOT]
            if offset < 0:
                offset += len(field.cells)
            _show(field, state, ring, slot_of_column, slot, offset)
    state[N_DIRTY] = 0
    return clock_fade


@inlined
def _show(field, state, ring, slot_of_column, slot, offset):
    """Copy a bucket, `offset` above the lowest tracked one, to its cell if it is in the grid."""
    K = field.config[HALF_WIDTH]
    if offset < K or offset > 3 * K:
        return
    cell = state[RING_BASE] + offset - K
    if cell > 2 * K:
        cell -= 2 * K + 1
    column = slot_of_column
    ring.cells[column, PRESSURE, cell] = field.forces[0, slot]
    ring.cells[column, VACUUM, cell] = field.forces[1, slot]
    ring.cells[column, RESISTANCE, cell] = field.forces[2, slot]
    ring.cells[column, FORCE, cell] = field.forces[3, slot]
    ring.cells[column, DEPTH, cell] = field.cells[slot, BID] + field.cells[slot, ASK]
    since_ns = max(field.cells[slot, LAST_TS] - state[EPOCH_NS], 0)
    ring.cells[column, TOUCHED_S, cell] = since_ns * 1e-9
    ring.last_event_ids[slot_of_column, cell] = field.cells[slot, LAST_ID]


@kernel
def show_offsets(field, state, ring, slot_of_column, first, last):
    """Rewrite the cells of the buckets `first .. last` above the lowest tracked one."""
    for offset in range(first, last + 1):
        slot = state[LOW_SLOT] + offset
        if slot >= len(field.cells):
            slot -= len(field.cells)
        _show(field, state, ring, slot_of_column, slot, offset)


@kernel
def reset_bucket(field, slot):
    """Give a bucket its defaults; settled, with nothing in it."""
    n = len(field.cells)
    for column in range(N_CELLS):
        field.cells[slot, column] = 0
    for column in range(N_CHAINS):
        field.chains[slot, column] = 0.0
    for plane in range(4):
        field.forces[plane, slot] = 0.0
    for plane in range(2):
        field.fresh[plane, slot] = 0.0
        field.fresh[plane, slot + n] = 0.0


@inlined
def change_depth(field, slot, side, quantity):
    field.cells[slot, BID + side] += quantity


@inlined
def record_flow(field, slot, flow, quantity):
    """Count a quantity into the ledger and give its impulse to the flow's chain."""
    field.cells[slot, ADDED + flow // 3] += quantity
    field.chains[slot, flow] += quantity / field.constants[TAU_S]


@inlined
def _dot(weights, i, fresh, row, j, n):
    """Sum of weights[i + t] fresh[row, j + t] over n."""
    n_blocks = n // LANES
    total = dot_in_lanes(weights, i, fresh, row * fresh.shape[1] + j, n_blocks)
    for t in range(n_blocks * LANES, n):
        total += weights[i + t] * fresh[row, j + t]
    return total


@inlined
def drive(field, state, clock_fade):
    """Direction of the field near the spot, in (-1, 1); the field must be settled.

    w_k = exp(-|k| / reach) exp(-(clock - last_ts_k) / tau). The first factor is `reach_weights`, the
    second splits into what `fresh` holds and one factor for all, 1 / clock_fade.
    """
    K = field.config[HALF_WIDTH]
    n = field.config[TICKS_PER_BUCKET]
    low = state[CENTRE_BUCKET] - K
    # bucket b is on the bid side when 2 b n + n - 1 < m2
    excess = state[M2] - n + 1
    middle = excess // (2 * n) - low
    is_split = middle * 2 * n + low * 2 * n != excess  # else bucket `middle` is on neither side
    n_bid = min(max(middle + is_split, 0), 2 * K + 1)
    first_ask = n_bid
    if not is_split and 0 <= middle <= 2 * K:
        first_ask = middle + 1
    n_ask = 2 * K + 1 - first_ask
    base = state[LOW_SLOT] + K
    if base >= len(field.cells):
        base -= len(field.cells)
    weights, fresh = field.reach_weights, field.fresh
    now = 1.0 / clock_fade
    bid_pressure = _dot(weights, 0, fresh, 0, base, n_bid)
    bid_vacuum = _dot(weights, 0, fresh, 1, base, n_bid)
    ask_pressure = _dot(weights, first_ask, fresh, 0, base + first_ask, n_ask)
    ask_vacuum = _dot(weights, first_ask, fresh, 1, base + first_ask, n_ask)
    up = now * (bid_pressure + ask_vacuum)
    down = now * (ask_pressure + bid_vacuum)
    return (up - down) / (up + down + field.constants[FLOOR])


@kernel
def drive_now(field, state):
    """`drive` of a settled field, for callers outside the kernels."""
    return drive(field, state, _fade_at(field, state, state[CLOCK_NS]))
