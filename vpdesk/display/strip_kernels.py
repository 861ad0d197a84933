"""Sums over the headers and trades of a ring, on arrays owned by others."""

import numpy as np

from vpdesk.core.ring import (
    COLUMN_GAP,
    H_BEST_ASK,
    H_BEST_BID,
    H_CENTRE,
    H_FLAGS,
    H_N_EVENTS,
    H_VOLUME_BUY,
    H_VOLUME_NONE,
    H_VOLUME_SELL,
    NO_TICK,
    T_SEQ,
    T_SIDE,
    T_SIZE,
    T_TICK,
)
from vpdesk.jit import njit

# Rows of ``sums``.
SUM_BOUGHT = 0
SUM_SOLD = 1
SUM_UNKNOWN = 2
SUM_EVENTS = 3
SUM_COLUMNS = 4
SUM_GAPS = 5
N_SUMS = 6

# Rows of ``tracks``, each with its lowest, highest and newest value.
TRACK_DRIVE = 0
TRACK_SPREAD = 1
TRACK_DELTA = 2
N_TRACKS = 3


@njit(nogil=True)
def add_deltas(headers, first, last, deltas):
    """Continue the running sum of bought minus sold over the closed columns ``first .. last``.

    deltas : (capacity,) int64, in place: the sum up to and with each column, at the column's slot. It goes
    on from column ``first - 1``.
    """
    mask = headers.shape[0] - 1
    total = deltas[(first - 1) & mask]
    for seq in range(first, last + 1):
        header = headers[seq & mask]
        total += header[H_VOLUME_BUY] - header[H_VOLUME_SELL]
        deltas[seq & mask] = total


@njit(nogil=True)
def pool_headers(
    headers, drive, deltas, open_header, open_drive, open_seq, first, last, columns_per_bin, first_bin,
    sums, tracks,
):  # fmt: skip
    """Pool columns ``first .. last`` (<= open_seq) into bins counted from column 0.

    headers, drive: the ring's.   open_*: copies of column ``open_seq``.   deltas: see `add_deltas`; that of
    ``open_seq`` is not used.   sums : (N_SUMS, n_bins) float64, in place, rows ``SUM_*``.
    tracks : (N_TRACKS, 3, n_bins) float64, in place, rows ``TRACK_*``: lowest, highest, newest; NaN: none.
    Of columns in a gap only the delta counts: there was no book to have a drive or a spread.
    """
    sums[:] = 0.0
    tracks[:] = np.nan
    mask = headers.shape[0] - 1
    for seq in range(first, last + 1):
        slot = seq & mask
        header, force, delta = headers[slot], drive[slot], np.float64(deltas[slot])
        if seq == open_seq:
            header, force = open_header, open_drive
            change = open_header[H_VOLUME_BUY] - open_header[H_VOLUME_SELL]
            delta = np.float64(deltas[(seq - 1) & mask] + change)
        i = seq // columns_per_bin - first_bin
        sums[SUM_BOUGHT, i] += header[H_VOLUME_BUY]
        sums[SUM_SOLD, i] += header[H_VOLUME_SELL]
        sums[SUM_UNKNOWN, i] += header[H_VOLUME_NONE]
        sums[SUM_EVENTS, i] += header[H_N_EVENTS]
        sums[SUM_COLUMNS, i] += 1
        _track(tracks[TRACK_DELTA], i, delta)
        if header[H_FLAGS] & COLUMN_GAP:
            sums[SUM_GAPS, i] += 1
            continue
        _track(tracks[TRACK_DRIVE], i, force)
        bid, ask = header[H_BEST_BID], header[H_BEST_ASK]
        if bid != NO_TICK and ask != NO_TICK:
            _track(tracks[TRACK_SPREAD], i, np.float64(ask - bid))


@njit(nogil=True)
def _track(track, i, value):
    if not track[0, i] <= value:  # a NaN (nothing yet) compares false
        track[0, i] = value
    if not track[1, i] >= value:
        track[1, i] = value
    track[2, i] = value


@njit(nogil=True)
def volume_by_price(
    trades, n_trades, n_kept, headers, open_header, open_seq, first, last, ticks_per_bucket, is_relative,
    low_row, rows_per_bin, volumes,
):  # fmt: skip
    """Add up the sizes of the trades of columns ``first .. last`` (<= open_seq) by row; return the rest.

    trades: the ring's, of which the newest ``n_kept`` of ``n_trades`` are intact.
    headers: the ring's;   open_header: a copy of column ``open_seq``'s.   A row is a bucket, or if
    ``is_relative`` its distance from its column's centre.
    volumes : (3, n) float64, in place: bought, sold, unknown; bin 0 begins at ``low_row``. What lies in no
    bin is the rest.
    """
    volumes[:] = 0.0
    rest = 0.0
    mask, trade_mask = headers.shape[0] - 1, trades.shape[0] - 1
    for count in range(n_kept):
        trade = trades[(n_trades - 1 - count) & trade_mask]
        seq = trade[T_SEQ]
        if seq < first:
            break
        if seq > last:
            continue
        row = trade[T_TICK] // ticks_per_bucket
        if is_relative:
            row -= open_header[H_CENTRE] if seq == open_seq else headers[seq & mask, H_CENTRE]
        i = (row - low_row) // rows_per_bin
        if 0 <= i < volumes.shape[1]:
            side = 0 if trade[T_SIDE] > 0 else (1 if trade[T_SIDE] < 0 else 2)
            volumes[side, i] += trade[T_SIZE]
        else:
            rest += trade[T_SIZE]
    return rest


@njit(nogil=True)
def traded_in(headers, open_header, open_seq, first, last):
    """Return the quantity traded in columns ``first .. last`` (<= open_seq), listed or not."""
    total = np.int64(0)
    mask = headers.shape[0] - 1
    for seq in range(first, last + 1):
        header = open_header if seq == open_seq else headers[seq & mask]
        total += header[H_VOLUME_BUY] + header[H_VOLUME_SELL] + header[H_VOLUME_NONE]
    return total
