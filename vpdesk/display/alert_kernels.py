"""Alert rules over the columns of a ring, on arrays owned by others. See `alert_rules` for what they mean."""

import numpy as np

from vpdesk.core.ring import (
    BOOK_STATE_SHIFT,
    COLUMN_GAP,
    DEPTH,
    H_CENTRE,
    H_CLOCK_NS,
    H_EVENT_ID,
    H_FLAGS,
    H_SPOT_TICK,
    H_START_NS,
    NO_TICK,
    PRESSURE,
    T_SEQ,
    T_SIZE,
    T_TICK,
    VACUUM,
)
from vpdesk.jit import njit

# Fields of `rules`, int64 each.
R_MEASURE = 0
R_IS_ABOVE = 1
R_IS_EVERY = 2  # the condition asks for every cell, not for some cell
R_IS_RELATIVE = 3  # whether low and high are k, or buckets
R_LOW = 4
R_HIGH = 5
R_WINDOW_NS = 6
R_PAUSE_NS = 7
N_RULE_FIELDS = 8

MEASURE_DRIVE = 0
MEASURE_PRESSURE = 1
MEASURE_VACUUM = 2
MEASURE_NET = 3
MEASURE_DEPTH = 4
MEASURE_PULLED = 5
MEASURE_SHARE = 6

# Where a rule stands at a column.
STANDING_UNKNOWN = 0  # no feed, or no book
STANDING_OUTSIDE = 1  # the price is not in the band
STANDING_YOUNG = 2  # too little of what was before is kept
STANDING_FALSE = 3
STANDING_TRUE = 4

# Fields of `firings`, int64 each.
F_RULE = 0
F_SEQ = 1
F_EVENT_ID = 2
F_START_NS = 3
F_CLOCK_NS = 4
F_BUCKET = 5  # NO_TICK: of no single cell
N_FIRING_FIELDS = 6

_EMPTY = 0  # book states that are no book
_SNAPSHOT = 1


@njit(nogil=True)
def _wrapped(index, width):
    return index - width if index >= width else index


@njit(nogil=True)
def _is_usable(header):
    state = header[H_FLAGS] >> BOOK_STATE_SHIFT & 7
    has_book = state != _EMPTY and state != _SNAPSHOT
    return has_book and header[H_FLAGS] & COLUMN_GAP == 0 and header[H_SPOT_TICK] != NO_TICK


@njit(nogil=True)
def _measure_cells(cells, ids, rule, low, high, threshold, width, former_id):
    """Return (is it so, value, bucket) of the cells low .. high of one column.

    cells : (N_PLANES, W) float32.   ids : (W,) int64.   former_id : last event of the column before.
    """
    sign = 1.0 if rule[R_IS_ABOVE] or rule[R_IS_EVERY] else -1.0  # which cell stands for all of them
    measure = rule[R_MEASURE]
    is_some_flow = measure != MEASURE_DEPTH and not rule[R_IS_EVERY]
    extreme, bucket, fresh, fresh_bucket = -np.inf, low, -np.inf, low
    for b in range(low, high + 1):
        i = b % width
        if measure == MEASURE_PRESSURE:
            value = sign * cells[PRESSURE, i]
        elif measure == MEASURE_VACUUM:
            value = sign * cells[VACUUM, i]
        elif measure == MEASURE_NET:
            value = sign * (cells[PRESSURE, i] - cells[VACUUM, i])
        else:
            value = sign * cells[DEPTH, i]
        if value > extreme:
            extreme, bucket = value, b
        if ids[i] > former_id and value > fresh:
            fresh, fresh_bucket = value, b
    if rule[R_IS_EVERY]:
        return extreme < threshold, extreme, low if low == high else NO_TICK
    if is_some_flow and fresh > sign * threshold:
        return True, sign * fresh, fresh_bucket
    return not is_some_flow and extreme > sign * threshold, sign * extreme, bucket


@njit(nogil=True)
def _measure_pulled(
    cells, headers, trades, n_trades, complete_seq, oldest, seq, low, high, window_ns, half_width,
    ticks_per_bucket, scratch,
):  # fmt: skip
    """Return (pulled, greatest depth, bucket most was pulled at, first column read) of buckets low .. high.

    A pulled of -1: too little is kept to know.

    n_trades : trades of columns up to `seq`.   complete_seq : all trades of columns from here on are listed.
    scratch : (3, W) float64: per bucket what traded since, the largest fall, the greatest depth.
    """
    mask, width = len(headers) - 1, cells.shape[2]
    n = high - low + 1
    now, first_index = cells[seq & mask, DEPTH], low % width
    traded, falls, greatest = scratch[0], scratch[1], scratch[2]
    for i in range(n):
        traded[i], falls[i], greatest[i] = 0.0, 0.0, now[_wrapped(first_index + i, width)]
    from_ns = headers[seq & mask, H_START_NS] - window_ns
    at_trade = n_trades - 1
    c = seq - 1
    while c >= 0:
        if c < oldest or c + 1 < complete_seq:
            return -1.0, 0.0, low, c + 1
        header = headers[c & mask]
        if (header[H_START_NS] < from_ns and c < seq - 1) or not _is_usable(header):
            break
        while at_trade >= 0 and trades[at_trade & (len(trades) - 1), T_SEQ] > c:
            trade = trades[at_trade & (len(trades) - 1)]
            i = trade[T_TICK] // ticks_per_bucket - low
            if 0 <= i < n:
                traded[i] += trade[T_SIZE]
            at_trade -= 1
        depth, centre = cells[c & mask, DEPTH], header[H_CENTRE]
        for i in range(max(0, centre - half_width - low), min(n, centre + half_width - low + 1)):
            index = _wrapped(first_index + i, width)
            fall = depth[index] - now[index] - traded[i]
            if depth[index] > greatest[i]:
                greatest[i] = depth[index]
            if fall > falls[i]:
                falls[i] = fall
        c -= 1
    pulled, stood, bucket = 0.0, 0.0, low
    for i in range(n):
        pulled += falls[i]
        stood += greatest[i]
        if falls[i] > falls[bucket - low]:
            bucket = low + i
    return pulled, stood, bucket, c + 1


@njit(nogil=True)
def _judge(
    cells, ids, headers, drive, trades, n_trades, complete_seq, half_width, ticks_per_bucket, oldest, seq,
    rule, threshold, former_id, scratch,
):  # fmt: skip
    """Return (standing, is it so, value, bucket, first column read) of one rule at one column.

    What is not known might be so: that it is so when it is known again is no crossing that was seen.
    """
    slot = seq & (len(headers) - 1)
    header = headers[slot]
    if not _is_usable(header):
        return STANDING_UNKNOWN, True, np.nan, NO_TICK, seq
    if rule[R_MEASURE] == MEASURE_DRIVE:
        value = drive[slot]
        is_so = value > threshold if rule[R_IS_ABOVE] else value < threshold
        return STANDING_TRUE if is_so else STANDING_FALSE, is_so, value, NO_TICK, seq
    centre = header[H_CENTRE]
    origin = centre if rule[R_IS_RELATIVE] else 0
    low = max(rule[R_LOW] + origin, centre - half_width)
    high = min(rule[R_HIGH] + origin, centre + half_width)
    if low > high:  # a cell that comes into the band as if never touched must not count as a fall
        return STANDING_OUTSIDE, rule[R_IS_EVERY] != 0, np.nan, NO_TICK, seq
    first_read = seq
    if rule[R_MEASURE] < MEASURE_PULLED:
        is_so, value, bucket = _measure_cells(
            cells[slot], ids[slot], rule, low, high, threshold, cells.shape[2], former_id
        )
    else:
        value, stood, bucket, first_read = _measure_pulled(
            cells, headers, trades, n_trades, complete_seq, oldest, seq, low, high, rule[R_WINDOW_NS],
            half_width, ticks_per_bucket, scratch,
        )  # fmt: skip
        if value < 0.0:
            return STANDING_YOUNG, True, np.nan, NO_TICK, first_read
        if rule[R_MEASURE] == MEASURE_SHARE:
            value = 100.0 * value / stood if stood > 0.0 else 0.0
        is_so = value > threshold
    return STANDING_TRUE if is_so else STANDING_FALSE, is_so, value, bucket, first_read


@njit(nogil=True)
def _trades_before(trades, first_trade, n_trades, seq):
    """Return where the listed trades of columns from `seq` on begin."""
    low, high = first_trade, n_trades
    while low < high:
        middle = (low + high) // 2
        if trades[middle & (len(trades) - 1), T_SEQ] < seq:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True)
def check_columns(
    cells, ids, headers, drive, trades, first_trade, n_trades, complete_seq, half_width, ticks_per_bucket,
    oldest, first, last, rules, thresholds, was_so, last_so_ns, scratch, standings, values, firings,
    fired_values,
):  # fmt: skip
    """Judge rules at the closed columns ``first .. last``, in order.

    Returns how many alerts were raised, the next column to judge, and the first one that was read.

    cells .. trades : the ring's arrays; trades first_trade .. n_trades - 1 are listed, those of columns from
    `complete_seq` on completely.   oldest : first column that can be read.
    rules : (n, N_RULE_FIELDS) int64.   thresholds : (n,) float64.
    was_so : (n,) bool, in place: whether the condition was so, or not known, at the column before `first`.
    last_so_ns : (n,) int64, in place: when it was last so, or not known.
    scratch : (3, W) float64.
    standings : (n,) int64, values : (n,) float64, in place: at the last column judged.
    firings : (m, N_FIRING_FIELDS) int64, fired_values : (m,) float64, m >= n: it comes back early when the
    next column might not find room.
    """
    mask, n_fired, first_read = len(headers) - 1, 0, max(oldest, first - 1)
    end_trade = _trades_before(trades, first_trade, n_trades, first)
    for seq in range(first, last + 1):
        if n_fired + len(rules) > len(firings):
            return n_fired, seq, first_read
        header = headers[seq & mask]
        while end_trade < n_trades and trades[end_trade & (len(trades) - 1), T_SEQ] <= seq:
            end_trade += 1
        # where the column before is not kept, nothing has just been touched
        former = header if seq == oldest else headers[(seq - 1) & mask]
        former_id = np.int64(0) if seq == 0 else former[H_EVENT_ID]
        start_ns = header[H_START_NS]
        for r in range(len(rules)):
            standing, is_so, value, bucket, read_seq = _judge(
                cells, ids, headers, drive, trades, end_trade, complete_seq, half_width, ticks_per_bucket,
                oldest, seq, rules[r], thresholds[r], former_id, scratch,
            )  # fmt: skip
            is_crossing = standing == STANDING_TRUE and not was_so[r]
            if is_crossing and start_ns - last_so_ns[r] > rules[r, R_PAUSE_NS]:
                firing = firings[n_fired]
                firing[F_RULE], firing[F_SEQ], firing[F_BUCKET] = r, seq, bucket
                firing[F_EVENT_ID], firing[F_CLOCK_NS] = header[H_EVENT_ID], header[H_CLOCK_NS]
                firing[F_START_NS], fired_values[n_fired] = start_ns, value
                n_fired += 1
            if is_so:
                last_so_ns[r] = start_ns
            was_so[r], standings[r], values[r] = is_so, standing, value
            first_read = min(first_read, read_seq)
    return n_fired, last + 1, first_read
