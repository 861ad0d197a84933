# The order book at every price: three open-addressing tables of int64 rows, linear probing, removal by
# shifting back (no tombstones), so memory follows the live orders and no event scans unboundedly.
#
#   orders (cap, 4)  order id | tick | size << 1 | side | -          a row with word 2 == 0 is free
#   levels (cap, 4)  tick | bid quantity | ask quantity | bid orders + (ask orders << 32)
#                                                                    a row with both quantities 0 is free
#   nodes  (cap, 4)  key | bid word | ask word | -                   a row with both words 0 is free
#   fills  (cap, 4)  order id | quantity left | epoch | -            a row of another epoch is free
#
# `nodes` is a 64-ary tree of occupied ticks per side: bit (tick >> 6 L) & 63 of the node of level L with
# prefix tick >> 6 (L + 1) says that some occupied tick lies below it. The next occupied tick in either
# direction costs at most one walk up and one down, ten words each, whatever the distance.
#
# side: 0 bid, 1 ask. `book` is the BookArrays tuple of engine_kernels; `state` its scalars (see layout).

import numpy as np

from vpdesk.core.layout import (
    BEST_ASK,
    BEST_BID,
    FILL_EPOCH,
    FILL_MASK,
    FIRST_LEVELS,
    FIRST_NODES,
    FIRST_ORDERS,
    LEVEL_MASK,
    N_FILLS,
    N_LEVELS,
    N_NODES,
    N_ORDERS,
    NO_ASK,
    NO_BID,
    NODE_MASK,
    ORDER_MASK,
)
from vpdesk.core.llvm import leading_zeros, trailing_zeros
from vpdesk.jit import inlined, kernel

MIX_A = np.int64(-7046029254386353131)  # odd, from the golden ratio
MIX_B = np.int64(-4658895280553007687)
ONE = np.int64(1)
TOP_LEVEL = 10  # 11 levels of 6 bits hold a 64-bit tick


@inlined
def home_slot(key, mask):
    """Preferred row of a key in a table of mask + 1 rows."""
    h = key * MIX_A
    h ^= h >> 32
    h *= MIX_B
    h ^= h >> 29
    return h & mask


@inlined
def find_order(orders, mask, order_id):
    """Row of the order, or -1 - (row where it would go)."""
    i = home_slot(order_id, mask)
    while orders[i, 2] != 0:
        if orders[i, 0] == order_id:
            return i
        i = (i + 1) & mask
    return -1 - i


@inlined
def remove_order(orders, mask, i):
    j = i
    while True:
        j = (j + 1) & mask
        if orders[j, 2] == 0:
            break
        home = home_slot(orders[j, 0], mask)
        if ((j - home) & mask) >= ((j - i) & mask):
            orders[i, 0] = orders[j, 0]
            orders[i, 1] = orders[j, 1]
            orders[i, 2] = orders[j, 2]
            i = j
    orders[i, 2] = 0


@inlined
def _find_pair(table, mask, key):
    """Row of `key` in levels or nodes, or -1 - (row where it would go)."""
    i = home_slot(key, mask)
    while (table[i, 1] | table[i, 2]) != 0:
        if table[i, 0] == key:
            return i
        i = (i + 1) & mask
    return -1 - i


@inlined
def _remove_pair(table, mask, i):
    """Free row i of levels or nodes."""
    j = i
    while True:
        j = (j + 1) & mask
        if (table[j, 1] | table[j, 2]) == 0:
            break
        home = home_slot(table[j, 0], mask)
        if ((j - home) & mask) >= ((j - i) & mask):
            table[i, 0] = table[j, 0]
            table[i, 1] = table[j, 1]
            table[i, 2] = table[j, 2]
            table[i, 3] = table[j, 3]
            i = j
    table[i, 1] = 0
    table[i, 2] = 0


# --- the tree of occupied ticks --------------------------------------------------------------------------


@inlined
def _node_key(tick, level):
    if level == TOP_LEVEL:
        return np.int64(TOP_LEVEL)  # one root: its bits are the top four bits of the tick
    return ((tick >> (6 * (level + 1))) << 4) | level


@inlined
def _node_bit(tick, level):
    if level == TOP_LEVEL:
        return (tick >> 60) + 8
    return (tick >> (6 * level)) & 63


@kernel
def _mark_tick(nodes, state, tick, side):
    for level in range(TOP_LEVEL + 1):
        key = _node_key(tick, level)
        bit = ONE << _node_bit(tick, level)
        i = _find_pair(nodes, state[NODE_MASK], key)
        if i < 0:
            i = -1 - i
            nodes[i, 0] = key
            nodes[i, 1] = 0
            nodes[i, 2] = 0
            nodes[i, 1 + side] = bit
            state[N_NODES] += 1
        else:
            word = nodes[i, 1 + side]
            nodes[i, 1 + side] = word | bit
            if word != 0:
                return  # the levels above know already


@kernel
def _unmark_tick(nodes, state, tick, side):
    for level in range(TOP_LEVEL + 1):
        i = _find_pair(nodes, state[NODE_MASK], _node_key(tick, level))
        word = nodes[i, 1 + side] & ~(ONE << _node_bit(tick, level))
        nodes[i, 1 + side] = word
        if word != 0:
            return
        if nodes[i, 2 - side] == 0:
            _remove_pair(nodes, state[NODE_MASK], i)
            state[N_NODES] -= 1


@kernel
def tick_below(nodes, state, tick, side):
    """Highest occupied tick < `tick` on `side`, or NO_BID."""
    for level in range(TOP_LEVEL + 1):
        i = _find_pair(nodes, state[NODE_MASK], _node_key(tick, level))
        if i < 0:
            continue
        word = nodes[i, 1 + side] & ((ONE << _node_bit(tick, level)) - ONE)
        if word != 0:
            return _descend(nodes, state, tick, side, level, 63 - leading_zeros(word), False)
    return NO_BID


@kernel
def tick_above(nodes, state, tick, side):
    """Lowest occupied tick > `tick` on `side`, or NO_ASK."""
    for level in range(TOP_LEVEL + 1):
        i = _find_pair(nodes, state[NODE_MASK], _node_key(tick, level))
        if i < 0:
            continue
        bit = _node_bit(tick, level)
        word = nodes[i, 1 + side] & ~((ONE << bit) | ((ONE << bit) - ONE))
        if word != 0:
            return _descend(nodes, state, tick, side, level, trailing_zeros(word), True)
    return NO_ASK


@kernel
def _descend(nodes, state, tick, side, level, bit, lowest):
    """Lowest or highest occupied tick below bit `bit` of the node of `level` above `tick`."""
    prefix = bit - 8 if level == TOP_LEVEL else ((tick >> (6 * (level + 1))) << 6) | bit
    while level > 0:
        level -= 1
        i = _find_pair(nodes, state[NODE_MASK], (prefix << 4) | level)
        word = nodes[i, 1 + side]
        step = trailing_zeros(word) if lowest else 63 - leading_zeros(word)
        prefix = (prefix << 6) | step
    return prefix


# --- levels ----------------------------------------------------------------------------------------------


@inlined
def add_to_level(levels, nodes, state, tick, side, quantity, n_orders):
    """Put `quantity` in `n_orders` more orders at a tick; keeps the best price."""
    i = _find_pair(levels, state[LEVEL_MASK], tick)
    if i < 0:
        i = -1 - i
        levels[i, 0] = tick
        levels[i, 1] = 0
        levels[i, 2] = 0
        levels[i, 3] = 0
        state[N_LEVELS] += 1
    if levels[i, 1 + side] == 0:
        _mark_tick(nodes, state, tick, side)
        if side == 0:
            state[BEST_BID] = max(tick, state[BEST_BID])
        else:
            state[BEST_ASK] = min(tick, state[BEST_ASK])
    levels[i, 1 + side] += quantity
    levels[i, 3] += n_orders << (32 * side)


@inlined
def take_from_level(levels, nodes, state, tick, side, quantity, n_orders):
    """Take `quantity` in `n_orders` orders from a tick that holds them; keeps the best price."""
    i = _find_pair(levels, state[LEVEL_MASK], tick)
    left = levels[i, 1 + side] - quantity
    levels[i, 1 + side] = left
    levels[i, 3] -= n_orders << (32 * side)
    if left != 0:
        return
    if levels[i, 2 - side] == 0:
        _remove_pair(levels, state[LEVEL_MASK], i)
        state[N_LEVELS] -= 1
    _unmark_tick(nodes, state, tick, side)
    if side == 0 and tick == state[BEST_BID]:
        state[BEST_BID] = tick_below(nodes, state, tick, side)
    elif side == 1 and tick == state[BEST_ASK]:
        state[BEST_ASK] = tick_above(nodes, state, tick, side)


@inlined
def level_row(levels, state, tick):
    """Row of an occupied tick, negative if there is none."""
    return _find_pair(levels, state[LEVEL_MASK], tick)


@kernel
def clear_book(orders, levels, nodes, state):
    """Drop every order. Only the part of the tables in use is wiped, and they start small again."""
    if state[N_ORDERS] != 0:
        orders[: state[ORDER_MASK] + 1] = 0
        levels[: state[LEVEL_MASK] + 1] = 0
        nodes[: state[NODE_MASK] + 1] = 0
        state[N_ORDERS] = 0
        state[N_LEVELS] = 0
        state[N_NODES] = 0
        state[ORDER_MASK] = FIRST_ORDERS - 1
        state[LEVEL_MASK] = FIRST_LEVELS - 1
        state[NODE_MASK] = FIRST_NODES - 1
    state[BEST_BID] = NO_BID
    state[BEST_ASK] = NO_ASK


# --- the memory of fills ---------------------------------------------------------------------------------


@inlined
def remember_fill(fills, state, order_id, quantity):
    mask = state[FILL_MASK]
    i = home_slot(order_id, mask)
    while fills[i, 2] == state[FILL_EPOCH]:
        if fills[i, 0] == order_id:
            fills[i, 1] += quantity
            return
        i = (i + 1) & mask
    fills[i, 0] = order_id
    fills[i, 1] = quantity
    fills[i, 2] = state[FILL_EPOCH]
    state[N_FILLS] += 1


@inlined
def forget_fills(state):
    state[FILL_EPOCH] += 1
    state[N_FILLS] = 0


@inlined
def pulled_of(fills, state, order_id, reduction):
    """What of a reduction no remembered fill accounts for; that part of the memory is used up."""
    if state[N_FILLS] == 0:
        return reduction
    mask = state[FILL_MASK]
    i = home_slot(order_id, mask)
    while fills[i, 2] == state[FILL_EPOCH]:
        if fills[i, 0] == order_id:
            explained = min(fills[i, 1], reduction)
            fills[i, 1] -= explained
            return reduction - explained
        i = (i + 1) & mask
    return reduction


# --- moving to larger tables -----------------------------------------------------------------------------


@inlined
def _copy_entry(old, j, new, i):
    for word in range(4):
        new[i, word] = old[j, word]


@kernel
def move_orders(old, old_mask, new, new_mask):
    """Copy the live rows of `old` into the empty table `new`."""
    for j in range(old_mask + 1):
        if old[j, 2] != 0:
            i = -1 - find_order(new, new_mask, old[j, 0])
            _copy_entry(old, j, new, i)


@kernel
def move_pairs(old, old_mask, new, new_mask):
    """The same for levels and nodes."""
    for j in range(old_mask + 1):
        if (old[j, 1] | old[j, 2]) != 0:
            i = -1 - _find_pair(new, new_mask, old[j, 0])
            _copy_entry(old, j, new, i)


@kernel
def move_fills(old, old_mask, epoch, new, new_mask):
    """The same for the fills of the current epoch."""
    for j in range(old_mask + 1):
        if old[j, 2] == epoch:
            i = home_slot(old[j, 0], new_mask)
            while new[i, 2] == epoch:
                i = (i + 1) & new_mask
            _copy_entry(old, j, new, i)


@kernel
def list_orders(orders, mask, out):
    """Copy the live orders into out (n, 3): id, tick, size << 1 | side; in table order."""
    n = 0
    for j in range(mask + 1):
        if orders[j, 2] != 0:
            out[n, 0] = orders[j, 0]
            out[n, 1] = orders[j, 1]
            out[n, 2] = orders[j, 2]
            n += 1
    return n


@kernel
def insert_orders(orders, levels, nodes, state, rows):
    """Fill empty tables, large enough, with rows (n, 3) of `list_orders`. False if a row cannot be."""
    for r in range(len(rows)):
        size = rows[r, 2] >> 1
        i = find_order(orders, state[ORDER_MASK], rows[r, 0])
        if i >= 0 or size <= 0 or size >> 32 != 0:
            return False
        i = -1 - i
        orders[i, 0] = rows[r, 0]
        orders[i, 1] = rows[r, 1]
        orders[i, 2] = rows[r, 2]
        state[N_ORDERS] += 1
        add_to_level(levels, nodes, state, rows[r, 1], rows[r, 2] & 1, size, ONE)
    return True


@kernel
def best_levels(levels, nodes, state, side, out):
    """Write the best levels of a side into out (n, 3): tick, quantity, orders. Returns how many."""
    n = 0
    tick = state[BEST_BID] if side == 0 else state[BEST_ASK]
    none = NO_BID if side == 0 else NO_ASK
    while n < len(out) and tick != none:
        i = level_row(levels, state, tick)
        out[n, 0] = tick
        out[n, 1] = levels[i, 1 + side]
        out[n, 2] = (levels[i, 3] >> (32 * side)) & 0xFFFFFFFF
        n += 1
        tick = tick_below(nodes, state, tick, side) if side == 0 else tick_above(nodes, state, tick, side)
    return n
