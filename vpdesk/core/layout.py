"""Where each number of the engine's state stands in its arrays. Shared by the kernels and `Engine`."""

from typing import Final

import numpy as np

NO_BID: Final = np.int64(-(2**63))
NO_ASK: Final = np.int64(2**63 - 1)

# Rows of the smallest tables; each must take one event's worst need while less than half full.
FIRST_ORDERS: Final = 1 << 12
FIRST_LEVELS: Final = 1 << 9
FIRST_NODES: Final = 1 << 8
FIRST_FILLS: Final = 1 << 6
NODES_PER_EVENT: Final = 11

# --- scalars, int64 --------------------------------------------------------------------------------
# The first block is the state proper: saved, restored and digested.
EVENT_ID: Final = 0
CLOCK_NS: Final = 1
PREV_TS: Final = 2  # ts_event of the last record, as it stood
PENDING: Final = 3  # a spot evaluation waits for the next ts_event
IN_SNAPSHOT: Final = 4
IS_CLEARED: Final = 5  # a clear or snapshot has been seen
IS_SUSPECT: Final = 6
HAS_SPOT: Final = 7
CENTRE_TICK: Final = 8
M2: Final = 9  # best bid + best ask at the last spot evaluation, ticks
EPOCH_NS: Final = 10  # the first clock; 0 before it
LAST_TRADE: Final = 11  # tick, NO_BID for none
BEST_BID: Final = 12
BEST_ASK: Final = 13
N_STATE: Final = 14
# The rest is bookkeeping that can be rebuilt.
N_ORDERS: Final = 14
N_LEVELS: Final = 15
N_NODES: Final = 16
N_FILLS: Final = 17
FILL_EPOCH: Final = 18
ORDER_MASK: Final = 19
LEVEL_MASK: Final = 20
NODE_MASK: Final = 21
FILL_MASK: Final = 22
CENTRE_BUCKET: Final = 23
LOW_SLOT: Final = 24  # slot of the lowest tracked bucket, CENTRE_BUCKET - 2K
N_DIRTY: Final = 25
FADE_REF_NS: Final = 26  # what the stored freshness is relative to
RING_BASE: Final = 27  # cell index of bucket CENTRE_BUCKET - K in a column
STOP_REASON: Final = 28
N_SCALARS: Final = 32

# Why a kernel call came back before the end of its records.
DONE: Final = 0
GROW: Final = 1  # a table is too full for one more event
COLUMNS: Final = 2  # the announced columns are used up
UNTIL: Final = 3  # the next record is later than asked for
WATCHED: Final = 4  # the last event changed what the caller watches

# What a caller can watch.
WATCH_NOTHING: Final = 0
WATCH_BEST: Final = 1  # best bid or best ask
WATCH_SPOT: Final = 2
WATCH_COLUMN: Final = 3  # a new column

# --- config, int64 ---------------------------------------------------------------------------------
TICK_SIZE: Final = 0
HALF_WIDTH: Final = 1
TICKS_PER_BUCKET: Final = 2
FADE_SPAN_NS: Final = 3
N_CONFIG: Final = 4

# --- constants, float64 ----------------------------------------------------------------------------
TAU_S: Final = 0
TAU_NS: Final = 1
FLOOR: Final = 2
W_FIRST: Final = 3  # the nine weights, in the order of params.DEFAULT_WEIGHTS
N_CONSTANTS: Final = 12

# --- one bucket: cells (B, 8) int64, chains (B, 9) float64 -------------------------------------------
BID: Final = 0
ASK: Final = 1
ADDED: Final = 2
PULLED: Final = 3
FILLED: Final = 4
LAST_ID: Final = 5
LAST_TS: Final = 6
IS_DIRTY: Final = 7
N_CELLS: Final = 8

ADD: Final = 0  # first of the three filter states of a flow
PULL: Final = 3
FILL: Final = 6
N_CHAINS: Final = 9

# --- anomalies, int64 counts -------------------------------------------------------------------------
ANOMALIES: Final = (
    "unknown_cancel",
    "unknown_modify",
    "unknown_fill",
    "duplicate_add",
    "oversize_cancel",
    "side_change",
    "undefined_price",
    "price_out_of_range",
    "zero_size",
    "undefined_side",
    "off_tick_price",
    "crossed_book",
    "locked_book",
    "time_backwards",
    "undefined_time",
    "not_market_by_order",
    "unknown_action",
    "maybe_bad_book",
)
(
    UNKNOWN_CANCEL,
    UNKNOWN_MODIFY,
    UNKNOWN_FILL,
    DUPLICATE_ADD,
    OVERSIZE_CANCEL,
    SIDE_CHANGE,
    UNDEFINED_PRICE,
    PRICE_OUT_OF_RANGE,
    ZERO_SIZE,
    UNDEFINED_SIDE,
    OFF_TICK_PRICE,
    CROSSED_BOOK,
    LOCKED_BOOK,
    TIME_BACKWARDS,
    UNDEFINED_TIME,
    NOT_MARKET_BY_ORDER,
    UNKNOWN_ACTION,
    MAYBE_BAD_BOOK,
) = range(len(ANOMALIES))
