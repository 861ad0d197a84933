# The columns of a ring, written by the engine as it goes: see vpdesk.core.ring. `ring` is the RingArrays
# tuple of engine_kernels, `field` its FieldArrays, `state` the engine's scalars.

import numpy as np

from vpdesk.core.field_kernels import drive, settle
from vpdesk.core.layout import (
    BEST_ASK,
    BEST_BID,
    CENTRE_BUCKET,
    CENTRE_TICK,
    CLOCK_NS,
    EVENT_ID,
    HAS_SPOT,
    IN_SNAPSHOT,
    IS_CLEARED,
    IS_SUSPECT,
    LAST_TRADE,
    M2,
    N_ORDERS,
    NO_ASK,
)
from vpdesk.core.llvm import copy_row, prefetch_row
from vpdesk.core.ring import (
    BOOK_STATE_SHIFT,
    C_END_NS,
    C_FLAGS,
    C_N_TRADES,
    C_OLDEST,
    C_SEQ,
    COLUMN_BREAK,
    COLUMN_IDLE,
    H_BEST_ASK,
    H_BEST_BID,
    H_CENTRE,
    H_CLOCK_NS,
    H_CLOSE_TICK_M2,
    H_EVENT_ID,
    H_FLAGS,
    H_LAST_TRADE,
    H_N_EVENTS,
    H_SPOT_TICK,
    H_START_NS,
    H_VOLUME_BUY,
    H_VOLUME_NONE,
    H_VOLUME_SELL,
    NO_TICK,
    T_CLOCK_NS,
    T_EVENT_ID,
    T_SEQ,
    T_SIDE,
    T_SIZE,
    T_TICK,
)
from vpdesk.jit import inlined

TIME_END = np.int64(2**63 - 1)


@inlined
def book_state(state):
    """Index into ring.BOOK_STATES."""
    if state[IN_SNAPSHOT] != 0:
        return 1
    if state[IS_SUSPECT] != 0:
        return 4
    if state[IS_CLEARED] == 0:
        return 2 if state[EVENT_ID] != 0 else 0
    return 3 if state[N_ORDERS] != 0 else 0


@inlined
def finish_column(field, state, ring):
    """Bring the open column up to the last event. Idempotent."""
    slot = ring.cursor[C_SEQ] & (len(ring.headers) - 1)
    clock_fade = settle(field, state, ring, slot)
    headers = ring.headers
    headers[slot, H_CLOCK_NS] = state[CLOCK_NS]
    headers[slot, H_EVENT_ID] = state[EVENT_ID]
    headers[slot, H_SPOT_TICK] = state[CENTRE_TICK] if state[HAS_SPOT] != 0 else NO_TICK
    headers[slot, H_CENTRE] = state[CENTRE_BUCKET]
    headers[slot, H_BEST_BID] = state[BEST_BID]
    headers[slot, H_BEST_ASK] = state[BEST_ASK] if state[BEST_ASK] != NO_ASK else NO_TICK
    headers[slot, H_LAST_TRADE] = state[LAST_TRADE]
    headers[slot, H_CLOSE_TICK_M2] = state[M2]
    flags = headers[slot, H_FLAGS] & ((1 << BOOK_STATE_SHIFT) - 1)
    headers[slot, H_FLAGS] = flags | ring.cursor[C_FLAGS] | (book_state(state) << BOOK_STATE_SHIFT)
    ring.drive[slot] = drive(field, state, clock_fade)


@inlined
def _open_next(ring, start_ns, flags):
    """Close the open column; the next one starts as a full copy of it."""
    seq = ring.cursor[C_SEQ]
    mask = len(ring.headers) - 1
    old, new = seq & mask, (seq + 1) & mask
    copy_row(ring.cells, new, old)
    copy_row(ring.last_event_ids, new, old)
    copy_row(ring.headers, new, old)
    # the slots after the new one: fetched while the events of the new column are applied
    after = (seq + 2) & mask
    prefetch_row(ring.cells, after)
    prefetch_row(ring.last_event_ids, after)
    ring.drive[new] = ring.drive[old]
    headers = ring.headers
    headers[new, H_START_NS] = start_ns
    headers[new, H_VOLUME_BUY] = 0
    headers[new, H_VOLUME_SELL] = 0
    headers[new, H_VOLUME_NONE] = 0
    headers[new, H_N_EVENTS] = 0
    book_bits = headers[new, H_FLAGS] >> BOOK_STATE_SHIFT << BOOK_STATE_SHIFT
    headers[new, H_FLAGS] = book_bits | flags | ring.cursor[C_FLAGS]
    ring.cursor[C_SEQ] = seq + 1
    if seq + 1 - len(ring.headers) >= ring.cursor[C_OLDEST]:
        ring.cursor[C_OLDEST] = seq + 2 - len(ring.headers)


@inlined
def _column_end(start_ns, column_ns):
    """First instant after a column; TIME_END, which no clock passes, if it lies beyond int64."""
    return start_ns + column_ns if start_ns <= TIME_END - column_ns else TIME_END


@inlined
def close_ended_columns(field, state, ring, clock_ns, budget, is_early):
    """Close what ends at or before `clock_ns`. Columns opened, or -1 if that takes more than `budget`.

    is_early : the record belongs to a snapshot that starts the stream; the times of its old orders are not
    the session's, so they close no column of time.
    """
    column_ns, column_events = ring.config[1], ring.config[2]
    end_ns = ring.cursor[C_END_NS]
    n_idle = np.int64(0)
    start_ns = clock_ns
    flags = 0
    if column_events > 0:
        slot = ring.cursor[C_SEQ] & (len(ring.headers) - 1)
        if ring.headers[slot, H_N_EVENTS] < column_events:
            return 0
    else:
        if is_early or clock_ns < end_ns or end_ns == TIME_END:
            return 0
        start_ns = end_ns
        n_idle = (clock_ns - end_ns) // column_ns
        if n_idle > ring.config[3]:
            n_idle = np.int64(0)
            start_ns = clock_ns - clock_ns % column_ns
            flags = COLUMN_BREAK
    finish_column(field, state, ring)
    for opened in range(n_idle + 1):
        if opened == budget:
            return -1
        _open_next(ring, start_ns, flags if opened == n_idle else COLUMN_IDLE)
        start_ns = _column_end(start_ns, column_ns)
        ring.cursor[C_END_NS] = start_ns
    return n_idle + 1


@inlined
def record_trade(state, ring, tick, size, side):
    """Count a trade into the open column and list it. side: 1 buy, -1 sell, 0 unknown."""
    seq = ring.cursor[C_SEQ]
    slot = seq & (len(ring.headers) - 1)
    if side > 0:
        ring.headers[slot, H_VOLUME_BUY] += size
    elif side < 0:
        ring.headers[slot, H_VOLUME_SELL] += size
    else:
        ring.headers[slot, H_VOLUME_NONE] += size
    n = ring.cursor[C_N_TRADES]
    row = n & (len(ring.trades) - 1)
    ring.trades[row, T_SEQ] = seq
    ring.trades[row, T_EVENT_ID] = state[EVENT_ID]
    ring.trades[row, T_CLOCK_NS] = state[CLOCK_NS]
    ring.trades[row, T_TICK] = tick
    ring.trades[row, T_SIZE] = size
    ring.trades[row, T_SIDE] = side
    ring.cursor[C_N_TRADES] = n + 1
