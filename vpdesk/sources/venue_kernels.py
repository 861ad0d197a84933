"""The simulated venue: a limit order book by price, then time, which publishes what happens in it.

`market` is a `simulator.Market`; its arrays are owned by the caller and changed in place. A side is
+1 (bid) or -1 (ask), a price is a tick, a size is in lots. Records go to `market.out` in groups of one
`ts_event`; `begin_group` and `end_group` frame each. Nothing here decides what participants want.

Every function works in basic arithmetic only (no exp, log or pow), because the results of those differ
by platform in the last digit, and one seed has to give the same bytes everywhere.
"""

import numpy as np

from vpdesk.core.events import F_LAST
from vpdesk.jit import njit

NOBODY = -1  # no order in that direction of the queue
BID = 1
ASK = -1

ADD = ord("A")
CANCEL = ord("C")
MODIFY = ord("M")
TRADE = ord("T")
FILL = ord("F")

TICK_SIZE = 250_000_000  # raw price units


# ---- random numbers ----


@njit(nogil=True)
def uniform(rng):
    """Return a float64 in [0, 1) from `rng`, (1,) uint64: xorshift64*."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(nogil=True)
def below(rng, n):
    """Return an integer in [0, n)."""
    return int(uniform(rng) * n)


@njit(nogil=True)
def exponential(rng):
    """Return a draw of mean 1, by von Neumann's comparison of uniforms, which needs no logarithm."""
    whole = 0
    while True:
        first = uniform(rng)
        previous = first
        n_falling = 1
        while True:
            following = uniform(rng)
            if following >= previous:
                break
            previous = following
            n_falling += 1
        if n_falling % 2 == 1:
            return whole + first
        whole += 1


@njit(nogil=True)
def bell(rng):
    """Return a draw of mean 0 and variance 1, near enough to normal: the sum of four uniforms."""
    total = uniform(rng) + uniform(rng) + uniform(rng) + uniform(rng)
    return (total - 2.0) * 1.7320508075688772


# ---- publishing ----


@njit(nogil=True)
def begin_group(market):
    """Open an event: its `ts_event` is later than that of the one before."""
    state = market.state[0]
    state.ts_event = max(state.clock, state.ts_event + 1)
    state.sequence += 1
    latency = 84_000 + 5_000 * below(market.rng, 8)
    state.ts_recv = max(state.ts_recv, state.ts_event + latency)
    state.ts_in_delta = 12_000 + 1_000 * below(market.rng, 4)


@njit(nogil=True)
def end_group(market):
    """Close the event: flag its last record."""
    state = market.state[0]
    market.out[state.n_out - 1].flags = F_LAST


@njit(nogil=True)
def publish(market, action, side, tick, size, order_id):
    """Write one record of the open group."""
    state = market.state[0]
    record = market.out[state.n_out]
    record.ts_event = state.ts_event
    record.order_id = order_id
    record.price = tick * TICK_SIZE
    record.size = size
    record.flags = 0
    record.action = action
    record.side = 66 if side == BID else 65  # "B" or "A"
    record.ts_recv = state.ts_recv
    record.ts_in_delta = state.ts_in_delta
    record.sequence = state.sequence
    state.n_out += 1


@njit(nogil=True)
def take_order_id(market):
    """Return an id never used before. Other instruments of the venue use some in between."""
    state = market.state[0]
    state.next_order_id += 1 + below(market.rng, 3)
    return state.next_order_id


# ---- queues ----


@njit(nogil=True)
def enqueue(market, slot, tick):
    """Put the order in `slot` at the end of the queue at `tick`, and move the best price if it is better."""
    state = market.state[0]
    order = market.orders[slot]
    level = market.levels[tick]
    order.tick = tick
    order.ts_event = state.ts_event
    order.sequence = state.sequence
    order.next = NOBODY
    order.previous = level.tail
    if level.tail == NOBODY:
        level.head = slot
    else:
        market.orders[level.tail].next = slot
    level.tail = slot
    level.n_orders += 1
    level.lots += order.lots
    market.owned_lots[order.owner] += order.lots
    if order.side == BID:
        state.best_bid = max(state.best_bid, tick)
    else:
        state.best_ask = min(state.best_ask, tick)


@njit(nogil=True)
def dequeue(market, slot):
    """Take the order in `slot` out of its queue, and move the best price if that was its last order."""
    order = market.orders[slot]
    level = market.levels[order.tick]
    if order.previous == NOBODY:
        level.head = order.next
    else:
        market.orders[order.previous].next = order.next
    if order.next == NOBODY:
        level.tail = order.previous
    else:
        market.orders[order.next].previous = order.previous
    level.n_orders -= 1
    level.lots -= order.lots
    market.owned_lots[order.owner] -= order.lots
    if level.n_orders == 0:
        find_best(market, order.side)


@njit(nogil=True)
def find_best(market, side):
    """Move the best price of `side` off emptied levels. Far stub orders end the search."""
    state = market.state[0]
    if side == BID:
        while market.levels[state.best_bid].n_orders == 0:
            state.best_bid -= 1
    else:
        while market.levels[state.best_ask].n_orders == 0:
            state.best_ask += 1


@njit(nogil=True)
def resize(market, slot, lots):
    """Set the displayed size of the order in `slot`; it keeps its place."""
    order = market.orders[slot]
    change = lots - order.lots
    order.lots = lots
    market.levels[order.tick].lots += change
    market.owned_lots[order.owner] += change


@njit(nogil=True)
def rest_order(market, side, tick, lots, order_id, owner, hidden):
    """Rest a new order and publish it within the open group. The caller sees to free slots."""
    state = market.state[0]
    state.n_free -= 1
    slot = market.free_slots[state.n_free]
    order = market.orders[slot]
    order.order_id = order_id
    order.side = side
    order.lots = lots
    order.display = lots
    order.hidden = hidden
    order.owner = owner
    enqueue(market, slot, tick)
    publish(market, ADD, side, tick, lots, order_id)


@njit(nogil=True)
def release(market, slot):
    """Take the order in `slot` out of the book for good."""
    state = market.state[0]
    dequeue(market, slot)
    market.free_slots[state.n_free] = slot
    state.n_free += 1


# ---- what a participant can do: each is one group ----


@njit(nogil=True)
def place(market, side, tick, lots, owner, hidden):
    """Rest a new order, unless the pool is full. The tick must not reach the other side."""
    if market.state[0].n_free == 0:
        return
    begin_group(market)
    rest_order(market, side, tick, lots, take_order_id(market), owner, hidden)
    end_group(market)


@njit(nogil=True)
def withdraw(market, slot):
    """Cancel an order."""
    begin_group(market)
    order = market.orders[slot]
    publish(market, CANCEL, order.side, order.tick, order.lots, order.order_id)
    release(market, slot)
    end_group(market)


@njit(nogil=True)
def change_size(market, slot, lots):
    """Set an order's size: less keeps its place, more goes to the end of the queue."""
    begin_group(market)
    order = market.orders[slot]
    if lots > order.lots:
        dequeue(market, slot)
        order.lots = lots
        enqueue(market, slot, order.tick)
    else:
        resize(market, slot, lots)
    publish(market, MODIFY, order.side, order.tick, lots, order.order_id)
    end_group(market)


@njit(nogil=True)
def change_price(market, slot, tick):
    """Move an order to the end of the queue at `tick`, which must not reach the other side."""
    begin_group(market)
    order = market.orders[slot]
    dequeue(market, slot)
    enqueue(market, slot, tick)
    publish(market, MODIFY, order.side, tick, order.lots, order.order_id)
    end_group(market)


@njit(nogil=True)
def sweep(market, side, lots, limit_tick, rests):
    """Trade up to `lots` against the other side, best price first, no worse than `limit_tick`.

    What is left then rests at the limit if `rests`. There must be something to trade with.
    """
    state = market.state[0]
    begin_group(market)
    order_id = take_order_id(market)
    while lots > 0:
        tick = state.best_ask if side == BID else state.best_bid
        if (tick - limit_tick) * side > 0:
            break
        lots -= trade_at(market, side, tick, lots, order_id)
    if rests and lots > 0 and state.n_free > 0:
        rest_order(market, side, limit_tick, lots, order_id, 0, 0)
    end_group(market)


@njit(nogil=True)
def trade_at(market, side, tick, lots, aggressor_id):
    """Trade against the displayed orders of one level; return how many lots traded.

    Published as the trade, then each fill, then what becomes of each filled order. The hidden part of
    an iceberg shows up at the end of the queue afterwards, and can be hit by the next round.
    """
    level = market.levels[tick]
    traded = min(lots, level.lots)
    publish(market, TRADE, side, tick, traded, aggressor_id)
    left = traded
    slot = level.head
    while left > 0:
        order = market.orders[slot]
        filled = min(order.lots, left)
        publish(market, FILL, order.side, tick, filled, order.order_id)
        left -= filled
        slot = order.next
    left = traded
    while left > 0:
        left -= settle_fill(market, level.head, left)
    return traded


@njit(nogil=True)
def settle_fill(market, slot, lots):
    """Take up to `lots` off the order in `slot`, publish the change, return how many were taken."""
    order = market.orders[slot]
    filled = min(order.lots, lots)
    if filled < order.lots:
        resize(market, slot, order.lots - filled)
        publish(market, MODIFY, order.side, order.tick, order.lots, order.order_id)
    elif order.hidden > 0:
        refill_iceberg(market, slot)
    else:
        publish(market, CANCEL, order.side, order.tick, filled, order.order_id)
        release(market, slot)
    return filled


@njit(nogil=True)
def refill_iceberg(market, slot):
    """Show the next part of an iceberg, at the end of its queue."""
    order = market.orders[slot]
    shown = min(order.display, order.hidden)
    tick = order.tick
    dequeue(market, slot)
    order.hidden -= shown
    order.lots = shown
    enqueue(market, slot, tick)
    publish(market, MODIFY, order.side, tick, shown, order.order_id)


@njit(nogil=True)
def list_orders(market, slots):
    """Write the slots of all resting orders to `slots`, (n,) int32, queue by queue; return how many."""
    n_orders = 0
    for tick in range(market.levels.shape[0]):
        slot = market.levels[tick].head
        while slot != NOBODY:
            slots[n_orders] = slot
            n_orders += 1
            slot = market.orders[slot].next
    return n_orders
