"""The crowd: what the many participants do to the book, one visit or trade at a time.

The book is the crowd's doing alone. Each visit to a level either adds or cancels, in proportion
`target : orders there`, so a level's order count hovers around its target like a queue with many
servers: cancels depend on the queue, and targets shape the book. The best level gives way only when
the fair value has moved most of a tick away; then its target falls, cancels win, and trades sweep it.

`market` is a `simulator.Market`, as in `venue_kernels`; the same rule of basic arithmetic holds.
"""

import numpy as np

from vpdesk.jit import njit
from vpdesk.sources.venue_kernels import (
    ASK,
    BID,
    NOBODY,
    below,
    change_price,
    change_size,
    exponential,
    place,
    sweep,
    uniform,
    withdraw,
)

# Owners of orders; a wall's orders have one of their own, from FIRST_WALL on.
CROWD = 0
STUB = 1
ICEBERG = 2
FIRST_WALL = 3

# ---- the pace: events per second of market time ----

BASE_RATE = 620.0
FAST_TAU_S = 0.012  # reactions of machines
SLOW_TAU_S = 1.2  # reactions of people, and of what machines measure over a while
FAST_BRANCHING = 0.25  # events that one event brings on, by each of the two
SLOW_BRANCHING = 0.20
TRADE_KICK = 6.0  # events that a trade brings on, by each; large ones bring on more at once
LEVEL_KICK = 20.0  # events that a new best price brings on at once
MAX_RATE = 60_000.0

QUIET, NORMAL, TREND, WILD = 0, 1, 2, 3  # phases of the market
PHASE_ACTIVITY = (0.55, 1.0, 1.35, 2.0)
PHASE_REFILL = (0.75, 0.65, 0.6, 0.05)  # chance that an event in a wide spread narrows it

# ---- sizes, in lots, drawn evenly ----

ORDER_LOTS = np.array(
    [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6, 1, 1, 1, 2, 2, 1, 3, 2, 5, 1, 2, 8, 10, 1, 15, 20]
)
TRADE_LOTS = np.array(
    [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 5, 6, 8, 10, 1, 1, 2, 1, 2, 4, 1, 12, 15, 20, 25, 40]
)


@njit(nogil=True)
def event_rate(state):
    """Return events per second now."""
    base_rate = BASE_RATE * state.activity * PHASE_ACTIVITY[state.phase]
    return min(base_rate + state.fast_rate + state.slow_rate, MAX_RATE)


@njit(nogil=True)
def pass_time(state, elapsed_ns):
    """Move the clock on and let the excitement fade."""
    state.clock += elapsed_ns
    state.fast_rate *= fading(elapsed_ns * 1e-9 / FAST_TAU_S)
    state.slow_rate *= fading(elapsed_ns * 1e-9 / SLOW_TAU_S)


@njit(nogil=True)
def fading(x):
    """Return about exp(-x), in basic arithmetic."""
    return 1.0 / (1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0))))


@njit(nogil=True)
def excite(state, n_fast, n_slow):
    """Bring on so many events on average, within each of the two reaction times."""
    state.fast_rate += n_fast / FAST_TAU_S
    state.slow_rate += n_slow / SLOW_TAU_S


@njit(nogil=True)
def gap(state):
    """Return how far the fair value is above the mid, in ticks."""
    return state.fair - 0.5 * (state.best_bid + state.best_ask)


@njit(nogil=True)
def act(market):
    """Let one participant act."""
    state = market.state[0]
    excite(state, FAST_BRANCHING, SLOW_BRANCHING)
    best_bid, best_ask = state.best_bid, state.best_ask
    distance = abs(gap(state))
    trade_chance = 0.010 + 0.05 * min(max(distance - 0.45, 0.0), 1.5)
    draw = uniform(market.rng)
    if best_ask - best_bid > 1 and draw < PHASE_REFILL[state.phase]:
        narrow_spread(market)
    elif draw > 1.0 - trade_chance:
        trade(market)
    else:
        visit_level(market)
    if state.best_bid != best_bid or state.best_ask != best_ask:
        excite(state, LEVEL_KICK, 0.0)


@njit(nogil=True)
def narrow_spread(market):
    """Quote inside a wide spread, on the side that the fair value favours."""
    state = market.state[0]
    chance_of_bid = min(max(0.5 + 0.7 * gap(state), 0.06), 0.94)
    lots = ORDER_LOTS[below(market.rng, 32)]
    if uniform(market.rng) < chance_of_bid:
        place(market, BID, state.best_bid + 1, lots, CROWD, 0)
    else:
        place(market, ASK, state.best_ask - 1, lots, CROWD, 0)


@njit(nogil=True)
def visit_level(market):
    """Add to a level or cancel from it, whichever brings it nearer its target more often."""
    state = market.state[0]
    if state.fleeing_side != 0 and uniform(market.rng) < 0.75:
        side = state.fleeing_side
        distance = below(market.rng, state.fleeing_reach)
    else:
        side = BID if uniform(market.rng) < 0.5 else ASK
        distance = market.distances[below(market.rng, market.distances.shape[0])]
    tick = state.best_bid - distance if side == BID else state.best_ask + distance
    target = level_target(market, side, tick, distance)
    n_orders = market.levels[tick].n_orders
    if uniform(market.rng) * (target + n_orders) < target:
        place(market, side, tick, ORDER_LOTS[below(market.rng, 32)], CROWD, 0)
        return
    slot = pick_order(market, tick, distance)
    if slot == NOBODY:
        return
    if uniform(market.rng) < 0.12:
        amend(market, slot)
    else:
        withdraw(market, slot)


@njit(nogil=True)
def level_target(market, side, tick, distance):
    """Return the order count that the crowd wants at a level."""
    state = market.state[0]
    target = market.profile[distance] * market.appetite[tick]
    # Quotes in the way of the expected move thin out, quotes behind it thicken.
    threat = gap(state) * -side
    if distance < 12:
        reach = 1.0 - distance / 12.0
        if threat > 0.0:
            target /= 1.0 + 6.0 * reach * max(threat - 0.25, 0.0)
        else:
            target *= 1.0 + 0.5 * reach * min(-threat, 1.0)
    if state.fleeing_side == side and distance < state.fleeing_reach:
        target *= 0.2
    return target


@njit(nogil=True)
def pick_order(market, tick, distance):
    """Return an order at `tick` that may go, or NOBODY. Young orders are the likelier to."""
    level = market.levels[tick]
    slot = level.tail
    if uniform(market.rng) < 0.65:
        while slot != NOBODY and uniform(market.rng) < 0.6:
            slot = market.orders[slot].previous
    else:
        slot = level.head
        for _ in range(below(market.rng, min(level.n_orders, 60))):
            slot = market.orders[slot].next
    while slot != NOBODY and is_kept(market.orders[slot].owner, distance):
        slot = market.orders[slot].previous
    return slot


@njit(nogil=True)
def is_kept(owner, distance):
    """Return whether an order is out of the crowd's hands. Icebergs that the market left behind are not."""
    return owner != CROWD and (owner != ICEBERG or distance < 15)


@njit(nogil=True)
def amend(market, slot):
    """Change an order's size, or move it up to three ticks without crossing or bettering the spread."""
    state = market.state[0]
    order = market.orders[slot]
    if uniform(market.rng) < 0.5:
        lots = ORDER_LOTS[below(market.rng, 32)]
        if lots != order.lots:
            change_size(market, slot, lots)
        return
    tick = order.tick + below(market.rng, 7) - 3
    tick = min(tick, state.best_bid) if order.side == BID else max(tick, state.best_ask)
    if tick != order.tick:
        change_price(market, slot, tick)


@njit(nogil=True)
def trade(market):
    """Send one aggressive order: a patient one within the best queue, an urgent one that eats through."""
    state = market.state[0]
    side = trade_side(market)
    along = gap(state) * side
    best = state.best_ask if side == BID else state.best_bid
    queue_lots = market.levels[best].lots
    lots = TRADE_LOTS[below(market.rng, 32)]
    if along > 0.6:
        urgency = min(along, 4.0)
        lots += below(market.rng, int(12.0 * urgency * urgency) + 4)
        depth = int(min(along - 0.6, 5.0) * (0.5 + uniform(market.rng)))
        sweep(market, side, lots, best + side * depth, uniform(market.rng) < 0.35)
    else:
        # No reason to move the price: leave most of the queue alone.
        sweep(market, side, min(lots, max(queue_lots // 3, 1)), best, False)
    excite(state, TRADE_KICK + 0.3 * lots, TRADE_KICK)


@njit(nogil=True)
def trade_side(market):
    """Choose who trades: the fair value's side, or one of a few parent orders that go on for a while."""
    state = market.state[0]
    lean = min(max(gap(state), -1.0), 1.0)
    if uniform(market.rng) < 0.3:
        return BID if uniform(market.rng) < 0.5 + 0.48 * lean else ASK
    # Parents that last about 4, 16, 64 and 256 trades together give signs with a long memory.
    parent = max(below(market.rng, 4), below(market.rng, 4))  # the long ones trade more often
    if uniform(market.rng) * (4 << (2 * parent)) < 1.0:
        market.parent_sides[parent] = BID if uniform(market.rng) < 0.5 + 0.3 * lean else ASK
    return market.parent_sides[parent]


@njit(nogil=True)
def draw_appetite(market, tick):
    """Return how much the crowd likes a price: 1 on average, round prices more, a few much more."""
    liking = 0.45 + 0.45 * exponential(market.rng)
    if tick % 40 == 0:
        return liking + 1.6
    if tick % 20 == 0:
        return liking + 0.9
    if tick % 4 == 0:
        return liking + 0.35
    return liking
