# One event after another: book, flows, spot, frame, columns. The only implementation of the rules.
#
# `advance` takes a batch; a single event is a batch of one. What an event does, in this order:
#   1. columns that end before the event's clock are closed, as the last event left the grid
#   2. an event group that ended without F_LAST is over: the spot is evaluated
#   3. a change of ts_event forgets the remembered fills
#   4. event id and clock advance; the snapshot state follows the flags
#   5. the action changes the book and gives flows to the buckets it names
#   6. with F_LAST the spot is evaluated; the frame moves
#   7. if no bucket in view carries the event's id, bucket k = 0 is touched

from typing import NamedTuple

import numpy as np

from vpdesk.core.book_kernels import (
    add_to_level,
    clear_book,
    find_order,
    forget_fills,
    home_slot,
    level_row,
    pulled_of,
    remember_fill,
    remove_order,
    take_from_level,
    tick_above,
)
from vpdesk.core.column_kernels import close_ended_columns, record_trade
from vpdesk.core.events import F_LAST, F_MAYBE_BAD_BOOK, F_MBP, F_SNAPSHOT, F_TOB, UNDEF_PRICE
from vpdesk.core.field_kernels import (
    change_depth,
    record_flow,
    reset_bucket,
    settle,
    show_offsets,
    touch,
)
from vpdesk.core.layout import (
    ADD,
    BEST_ASK,
    BEST_BID,
    CENTRE_BUCKET,
    CENTRE_TICK,
    CLOCK_NS,
    COLUMNS,
    CROSSED_BOOK,
    DONE,
    DUPLICATE_ADD,
    EPOCH_NS,
    EVENT_ID,
    FILL,
    FILL_MASK,
    GROW,
    HALF_WIDTH,
    HAS_SPOT,
    IN_SNAPSHOT,
    IS_CLEARED,
    IS_DIRTY,
    IS_SUSPECT,
    LAST_ID,
    LAST_TRADE,
    LAST_TS,
    LEVEL_MASK,
    LOCKED_BOOK,
    LOW_SLOT,
    M2,
    MAYBE_BAD_BOOK,
    N_DIRTY,
    N_FILLS,
    N_LEVELS,
    N_NODES,
    N_ORDERS,
    NO_ASK,
    NO_BID,
    NODE_MASK,
    NODES_PER_EVENT,
    NOT_MARKET_BY_ORDER,
    OFF_TICK_PRICE,
    ORDER_MASK,
    OVERSIZE_CANCEL,
    PENDING,
    PREV_TS,
    PRICE_OUT_OF_RANGE,
    PULL,
    RING_BASE,
    SIDE_CHANGE,
    STOP_REASON,
    TICK_SIZE,
    TICKS_PER_BUCKET,
    TIME_BACKWARDS,
    UNDEFINED_PRICE,
    UNDEFINED_SIDE,
    UNDEFINED_TIME,
    UNKNOWN_ACTION,
    UNKNOWN_CANCEL,
    UNKNOWN_FILL,
    UNKNOWN_MODIFY,
    UNTIL,
    WATCH_BEST,
    WATCH_NOTHING,
    WATCH_SPOT,
    WATCHED,
    ZERO_SIZE,
)
from vpdesk.core.llvm import prefetch
from vpdesk.core.ring import (
    C_IS_STARTED,
    C_SEQ,
    H_N_EVENTS,
)
from vpdesk.jit import inlined, kernel


class BookArrays(NamedTuple):
    """The tables of book_kernels, and the counts of anomalies."""

    orders: np.ndarray
    levels: np.ndarray
    nodes: np.ndarray
    fills: np.ndarray
    anomalies: np.ndarray


class FieldArrays(NamedTuple):
    """The arrays of field_kernels, and the parameters."""

    cells: np.ndarray
    chains: np.ndarray
    forces: np.ndarray
    fresh: np.ndarray
    dirty: np.ndarray
    reach_weights: np.ndarray
    config: np.ndarray
    constants: np.ndarray


class RingArrays(NamedTuple):
    """The arrays of a `GridRing`; `config` is (is_on, column_ns, column_events, max_idle_columns)."""

    cells: np.ndarray
    last_event_ids: np.ndarray
    headers: np.ndarray
    drive: np.ndarray
    trades: np.ndarray
    cursor: np.ndarray
    config: np.ndarray


PRICE_END = np.int64(2**61)  # prices at or beyond it, either way, cannot be meant
LOOK_AHEAD = 12  # events between asking the cache for an order's row and using it

ACTION_ADD, ACTION_CANCEL, ACTION_MODIFY = ord("A"), ord("C"), ord("M")
ACTION_FILL, ACTION_TRADE, ACTION_CLEAR, ACTION_NONE = ord("F"), ord("T"), ord("R"), ord("N")
SIDE_BID, SIDE_ASK = ord("B"), ord("A")


# --- the frame -------------------------------------------------------------------------------------------


@inlined
def _slot_of_bucket(field, state, bucket):
    """Slot of a tracked bucket, -1 if it is not tracked."""
    offset = bucket - state[CENTRE_BUCKET] + 2 * field.config[HALF_WIDTH]
    if state[HAS_SPOT] == 0 or offset < 0 or offset >= len(field.cells):
        return np.int64(-1)
    slot = state[LOW_SLOT] + offset
    if slot >= len(field.cells):
        slot -= len(field.cells)
    return slot


@kernel
def _load_depth(book, field, state, side, first_tick, last_tick):
    """Add the resting quantity of a side between two ticks to its tracked buckets."""
    n = field.config[TICKS_PER_BUCKET]
    tick = tick_above(book.nodes, state, first_tick - 1, side)
    while tick <= last_tick and tick != NO_ASK:
        row = level_row(book.levels, state, tick)
        change_depth(field, _slot_of_bucket(field, state, tick // n), side, book.levels[row, 1 + side])
        tick = tick_above(book.nodes, state, tick, side)


@kernel
def _move_frame(book, field, state, ring, open_slot):
    """Bring the tracked band around CENTRE_TICK: entering buckets start from defaults and the book."""
    K = field.config[HALF_WIDTH]
    n = field.config[TICKS_PER_BUCKET]
    n_tracked = len(field.cells)
    centre = state[CENTRE_TICK] // n
    shift = centre - state[CENTRE_BUCKET]
    is_first = state[HAS_SPOT] == 0
    if shift == 0 and not is_first:
        return
    settle(field, state, ring, open_slot)
    state[HAS_SPOT] = 1
    state[CENTRE_BUCKET] = centre
    low = centre - 2 * K
    if is_first or abs(shift) >= n_tracked:
        first, last = low, low + n_tracked - 1
        state[LOW_SLOT] = 0
    else:
        state[LOW_SLOT] = (state[LOW_SLOT] + shift) % n_tracked
        if shift > 0:
            first, last = low + n_tracked - shift, low + n_tracked - 1
        else:
            first, last = low, low - shift - 1
    for bucket in range(first, last + 1):
        reset_bucket(field, _slot_of_bucket(field, state, bucket))
    for side in range(2):
        _load_depth(book, field, state, side, first * n, last * n + n - 1)
    state[RING_BASE] = (centre - K) % (2 * K + 1)
    if open_slot >= 0:
        width = 2 * K + 1
        if is_first or abs(shift) >= width:
            show_offsets(field, state, ring, open_slot, K, 3 * K)
        elif shift > 0:
            show_offsets(field, state, ring, open_slot, 3 * K - shift + 1, 3 * K)
        else:
            show_offsets(field, state, ring, open_slot, K, K - shift - 1)


@inlined
def _evaluate_spot(book, field, state, ring, open_slot):
    state[PENDING] = 0
    bid, ask = state[BEST_BID], state[BEST_ASK]
    if state[IN_SNAPSHOT] != 0 or bid == NO_BID or ask == NO_ASK:
        return
    if bid >= ask:
        book.anomalies[CROSSED_BOOK if bid > ask else LOCKED_BOOK] += 1
        return
    m2 = bid + ask
    state[M2] = m2
    if state[HAS_SPOT] != 0 and abs(m2 - 2 * state[CENTRE_TICK]) <= 1:
        return  # half a tick is no move
    state[CENTRE_TICK] = (m2 + 1) // 2
    _move_frame(book, field, state, ring, open_slot)


@kernel
def _clear(book, field, state, ring, open_slot):
    """Drop every order; every tracked bucket starts anew and carries this event."""
    clear_book(book.orders, book.levels, book.nodes, state)
    forget_fills(state)
    state[IS_CLEARED] = 1
    state[IS_SUSPECT] = 0
    for slot in range(len(field.cells)):
        reset_bucket(field, slot)
        field.cells[slot, LAST_ID] = state[EVENT_ID]
        field.cells[slot, LAST_TS] = state[CLOCK_NS]
    state[N_DIRTY] = 0
    if open_slot >= 0:
        K = field.config[HALF_WIDTH]
        show_offsets(field, state, ring, open_slot, K, 3 * K)


# --- the loop --------------------------------------------------------------------------------------------


@inlined
def _has_room(state):
    """Whether every table can take one more event and stay at most half full."""
    return (
        2 * (state[N_ORDERS] + 1) <= state[ORDER_MASK]
        and 2 * (state[N_LEVELS] + 1) <= state[LEVEL_MASK]
        and 2 * (state[N_NODES] + NODES_PER_EVENT) <= state[NODE_MASK]
        and 2 * (state[N_FILLS] + 1) <= state[FILL_MASK]
    )


@kernel
def advance(book, field, state, ring, words, start, stop, until_ns, column_budget, watch):
    """Apply records start .. stop - 1; the index of the first one not applied, state[STOP_REASON] says why.

    words : (n, 7) int64, the 56-byte records as they stand.  until_ns : apply no record later than this
    clock; negative for no limit.  column_budget : columns that may be opened.  watch : stop after the
    first event that changes it (layout.WATCH_BEST ..).
    """
    n = field.config[TICKS_PER_BUCKET]
    tick_size = field.config[TICK_SIZE]
    half_up = tick_size - tick_size // 2  # a remainder of at least this much rounds up
    is_ring_on = ring.config[0] != 0
    orders = book.orders
    state[STOP_REASON] = DONE
    i = start
    while i < stop:
        if i + LOOK_AHEAD < stop:
            prefetch(orders, home_slot(words[i + LOOK_AHEAD, 2], state[ORDER_MASK]))
        if not _has_room(state):
            state[STOP_REASON] = GROW
            break
        ts_event = words[i, 1]
        clock_ns = max(state[CLOCK_NS], ts_event)
        if until_ns >= 0 and clock_ns > until_ns:
            state[STOP_REASON] = UNTIL
            break
        watched_a, watched_b = _watched(state, ring, watch)
        open_slot = np.int64(-1)
        if is_ring_on:
            is_early = ring.cursor[C_IS_STARTED] == 0 and (words[i, 4] >> 32) & F_SNAPSHOT != 0
            opened = close_ended_columns(field, state, ring, clock_ns, column_budget, is_early)
            if opened < 0:
                state[STOP_REASON] = COLUMNS
                break
            column_budget -= opened
            open_slot = ring.cursor[C_SEQ] & (len(ring.headers) - 1)
            ring.headers[open_slot, H_N_EVENTS] += 1
            if not is_early:
                ring.cursor[C_IS_STARTED] = 1
        if ts_event != state[PREV_TS]:
            if state[PENDING] != 0:
                _evaluate_spot(book, field, state, ring, open_slot)
            if state[N_FILLS] != 0:
                forget_fills(state)
            state[PREV_TS] = ts_event

        order_id = words[i, 2]
        price = words[i, 3]
        word = words[i, 4]
        size = word & 0xFFFFFFFF
        flags = (word >> 32) & 0xFF
        action = (word >> 48) & 0xFF
        side_letter = (word >> 56) & 0xFF
        i += 1

        # event id, clock, price
        state[EVENT_ID] += 1
        event_id = state[EVENT_ID]
        is_snapshot = flags & F_SNAPSHOT != 0
        if ts_event < 0:
            book.anomalies[UNDEFINED_TIME] += 1
        elif ts_event < state[CLOCK_NS] and not is_snapshot:
            book.anomalies[TIME_BACKWARDS] += 1
        state[CLOCK_NS] = clock_ns
        if state[EPOCH_NS] == 0:
            state[EPOCH_NS] = clock_ns
        has_price = -PRICE_END < price < PRICE_END
        tick = np.int64(0)
        is_off_tick = False
        if has_price:
            tick = price // tick_size
            remainder = price - tick * tick_size
            is_off_tick = remainder != 0
            if remainder >= half_up and is_off_tick:
                tick += 1
        elif price != UNDEF_PRICE:
            book.anomalies[PRICE_OUT_OF_RANGE] += 1
        side = np.int64(-1)
        if side_letter == SIDE_BID:
            side = np.int64(0)
        elif side_letter == SIDE_ASK:
            side = np.int64(1)

        # What the action does, as data: what leaves the book at the resting order's old tick, what comes
        # to rest at the record's tick, and what is filled. Applied below, each in one place.
        old_tick = tick
        is_resting = False  # the action works on a resting order, at old_tick
        leaving = resting = filled = np.int64(0)
        leaving_orders = resting_orders = np.int64(0)
        leaving_side = old_size = np.int64(0)
        is_flow = False
        is_cleared = False
        if flags & (F_TOB | F_MBP) != 0:
            book.anomalies[NOT_MARKET_BY_ORDER] += 1
        else:
            is_flow = not is_snapshot
            is_cleared = action == ACTION_CLEAR or (is_snapshot and state[IN_SNAPSHOT] == 0)
            state[IN_SNAPSHOT] = 1 if is_snapshot else 0
            if is_cleared:
                _clear(book, field, state, ring, open_slot)

            if action in (ACTION_ADD, ACTION_CANCEL, ACTION_MODIFY):
                row = find_order(orders, state[ORDER_MASK], order_id)
                if row >= 0:
                    is_resting = action == ACTION_CANCEL or has_price
                    old_tick = orders[row, 1]
                    old_size = orders[row, 2] >> 1
                    leaving_side = orders[row, 2] & 1
                if action == ACTION_CANCEL:
                    if row < 0:
                        book.anomalies[UNKNOWN_CANCEL] += 1
                    else:
                        if size == 0:
                            book.anomalies[ZERO_SIZE] += 1
                        elif size > old_size:
                            book.anomalies[OVERSIZE_CANCEL] += 1
                        leaving = min(size, old_size)
                        if leaving == old_size:
                            leaving_orders = np.int64(1)
                            remove_order(orders, state[ORDER_MASK], row)
                            state[N_ORDERS] -= 1
                        else:
                            orders[row, 2] -= leaving << 1
                elif not has_price:
                    book.anomalies[UNDEFINED_PRICE] += 1
                elif row >= 0:
                    if action == ACTION_ADD:
                        book.anomalies[DUPLICATE_ADD] += 1
                    if is_off_tick:
                        book.anomalies[OFF_TICK_PRICE] += 1
                    if side < 0:
                        side = leaving_side
                    elif side != leaving_side:
                        book.anomalies[SIDE_CHANGE] += 1
                    if tick == old_tick and side == leaving_side and size != 0:
                        resting = max(size - old_size, 0)
                        leaving = max(old_size - size, 0)
                    else:
                        leaving = old_size
                        leaving_orders = np.int64(1)
                        resting = size
                        resting_orders = np.int64(1)
                    if size == 0:
                        remove_order(orders, state[ORDER_MASK], row)
                        state[N_ORDERS] -= 1
                    else:
                        orders[row, 1] = tick
                        orders[row, 2] = (size << 1) | side
                else:
                    if action == ACTION_MODIFY:
                        book.anomalies[UNKNOWN_MODIFY] += 1
                    if is_off_tick:
                        book.anomalies[OFF_TICK_PRICE] += 1
                    if size == 0:
                        book.anomalies[ZERO_SIZE] += 1
                    elif side < 0:
                        book.anomalies[UNDEFINED_SIDE] += 1
                    else:
                        row = -1 - row
                        orders[row, 0] = order_id
                        orders[row, 1] = tick
                        orders[row, 2] = (size << 1) | side
                        state[N_ORDERS] += 1
                        resting = size
                        resting_orders = np.int64(1)
            elif action == ACTION_FILL:
                row = find_order(orders, state[ORDER_MASK], order_id)
                if row >= 0:
                    is_resting = True
                    old_tick = orders[row, 1]
                else:
                    book.anomalies[UNKNOWN_FILL] += 1
                if is_flow and size != 0:
                    filled = size
                    remember_fill(book.fills, state, order_id, size)
            elif action == ACTION_TRADE:
                if has_price and size != 0:
                    state[LAST_TRADE] = tick
                    if is_ring_on:
                        aggressor = np.int64(0) if side < 0 else 1 - 2 * side
                        record_trade(state, ring, tick, size, aggressor)
            elif action != ACTION_CLEAR and action != ACTION_NONE:
                book.anomalies[UNKNOWN_ACTION] += 1

            if flags & F_LAST != 0:
                state[IN_SNAPSHOT] = 0
            if flags & F_MAYBE_BAD_BOOK != 0:
                state[IS_SUSPECT] = 1
                book.anomalies[MAYBE_BAD_BOOK] += 1

        # the book
        pulled = np.int64(0)
        if leaving != 0:
            take_from_level(book.levels, book.nodes, state, old_tick, leaving_side, leaving, leaving_orders)
            if is_flow:
                pulled = pulled_of(book.fills, state, order_id, leaving)
        if resting != 0:
            add_to_level(book.levels, book.nodes, state, tick, side, resting, resting_orders)

        # the buckets: the record's price first, then the resting order's where it is another
        bucket = tick if n == 1 else tick // n
        old_bucket = bucket if old_tick == tick else old_tick // n
        slot = np.int64(-1)
        old_slot = np.int64(-1)
        if has_price and not (is_cleared and action == ACTION_CLEAR):
            slot = _slot_of_bucket(field, state, bucket)
            if slot >= 0:
                touch(field, state, slot)
        if is_resting:
            old_slot = slot
            if old_bucket != bucket or not has_price:
                old_slot = _slot_of_bucket(field, state, old_bucket)
                if old_slot >= 0:
                    touch(field, state, old_slot)
        else:
            old_slot = slot
        if old_slot >= 0:
            if leaving != 0:
                change_depth(field, old_slot, leaving_side, -leaving)
                if pulled != 0:
                    record_flow(field, old_slot, PULL, pulled)
            if filled != 0:
                record_flow(field, old_slot, FILL, filled)
        if slot >= 0 and resting != 0:
            change_depth(field, slot, side, resting)
            if is_flow:
                record_flow(field, slot, ADD, resting)

        if flags & F_LAST != 0:
            state[PENDING] = 0
            _evaluate_spot(book, field, state, ring, open_slot)
        else:
            state[PENDING] = 1

        # the event must be seen: some bucket in view carries its id
        is_seen = (
            is_cleared
            or (slot >= 0 and _is_seen(field, state, bucket, event_id))
            or (old_slot >= 0 and _is_seen(field, state, old_bucket, event_id))
        )
        if not is_seen:
            centre_slot = state[LOW_SLOT] + 2 * field.config[HALF_WIDTH]
            if centre_slot >= len(field.cells):
                centre_slot -= len(field.cells)
            touch(field, state, centre_slot)
        if watch != WATCH_NOTHING:
            now_a, now_b = _watched(state, ring, watch)
            if now_a != watched_a or now_b != watched_b:
                state[STOP_REASON] = WATCHED
                break
    return i


@inlined
def _watched(state, ring, watch):
    """Two numbers of which one changes when what is watched changes."""
    if watch == WATCH_BEST:
        return state[BEST_BID], state[BEST_ASK]
    if watch == WATCH_SPOT:
        return state[CENTRE_TICK], state[HAS_SPOT]
    return ring.cursor[C_SEQ], np.int64(0)


@inlined
def _is_seen(field, state, bucket, event_id):
    """Whether a bucket is in the grid and carries the event's id."""
    K = field.config[HALF_WIDTH]
    k = bucket - state[CENTRE_BUCKET]
    if state[HAS_SPOT] == 0 or k < -K or k > K:
        return False
    slot = _slot_of_bucket(field, state, bucket)
    return field.cells[slot, LAST_ID] == event_id


@kernel
def first_foreign(words, instrument):
    """Index of the first record of another (publisher, instrument), -1 if there is none."""
    for i in range(len(words)):
        if (words[i, 0] >> 16) != instrument:
            return i
    return -1


@kernel
def mark_touched_dirty(field, state):
    """Have the forces of every bucket ever touched computed at the next `settle`."""
    state[N_DIRTY] = 0
    for slot in range(len(field.cells)):
        field.cells[slot, IS_DIRTY] = 0
        if field.cells[slot, LAST_ID] != 0:
            field.cells[slot, IS_DIRTY] = 1
            field.dirty[state[N_DIRTY]] = slot
            state[N_DIRTY] += 1
