"""From the columns of a ring to the pixels of a window, on arrays owned by others.

Two steps per frame, each told which part of it is new:

1. `pool_columns` reads the visible cells into ``values`` (bin, row). A bin is ``columns_per_bin`` whole
   columns and a row ``rows_per_bin`` whole buckets, both counted from zero and not from the edge of the
   window, so a scrolling picture never regroups its cells. Of several cells it keeps the one of largest
   magnitude.
2. `paint_pixels` turns values into colours and spreads them over device pixels.

A colour costs one table look-up whatever the transform is: the upper 16 bits of a float32 (sign,
exponent, 7 bits of mantissa) are the index of a 65 536-entry table, so neighbours differ by less than 1 %.
"""

import numpy as np

from vpdesk.core.ring import (
    COLUMN_BREAK,
    COLUMN_GAP,
    DEPTH,
    FORCE,
    H_CENTRE,
    H_CLOCK_NS,
    H_FLAGS,
    H_SPOT_TICK,
    H_START_NS,
    NO_TICK,
    PRESSURE,
    RESISTANCE,
    T_SEQ,
    T_SIDE,
    T_SIZE,
    T_TICK,
    TOUCHED_S,
    VACUUM,
)
from vpdesk.jit import njit

# What `pool_columns` shows; the planes keep their numbers.
VALUE_PRESSURE = PRESSURE
VALUE_VACUUM = VACUUM
VALUE_RESISTANCE = RESISTANCE
VALUE_FORCE = FORCE
VALUE_DEPTH = DEPTH
VALUE_AGE = TOUCHED_S
VALUE_NET = 100

# Bits of a bin's state.
BIN_DATA = 1
BIN_GAP = 2
BIN_BREAK = 4


@njit(nogil=True)
def pool_columns(
    cells, ids, headers, open_cells, open_ids, open_header, open_seq, first, last, value_kind, epoch_ns,
    is_relative, columns_per_bin, first_bin, rows_per_bin, first_row, with_age, values, ages, states,
):  # fmt: skip
    """Pool columns ``first .. last`` (<= open_seq) into ``values``; NaN where no cell is in view.

    cells, ids, headers: the ring's.   open_*: copies of column ``open_seq``.
    values, ages : (n_bins, n_rows) float32, in place; ``ages`` (seconds, the freshest of a bin, inf: never)
    is written only if ``with_age``.   states : (n_bins,) uint8, in place, bits ``BIN_*``.
    Row r of bin i holds the buckets ``(first_row + r) * rows_per_bin ..`` (counted from the column's
    centre if ``is_relative``) of the columns ``(first_bin + i) * columns_per_bin ..``.
    """
    values[:] = np.nan
    states[:] = 0
    if with_age:
        ages[:] = np.inf
    n_rows = values.shape[1]
    width = cells.shape[2]
    half_width = width // 2
    slot_mask = cells.shape[0] - 1
    for seq in range(first, last + 1):
        slot = seq & slot_mask
        column, column_ids, header = cells[slot], ids[slot], headers[slot]
        if seq == open_seq:
            column, column_ids, header = open_cells, open_ids, open_header
        i = seq // columns_per_bin - first_bin
        states[i] |= BIN_DATA
        flags = header[H_FLAGS]
        if flags & COLUMN_BREAK:
            states[i] |= BIN_BREAK
        if flags & COLUMN_GAP:
            states[i] |= BIN_GAP
            continue
        if header[H_SPOT_TICK] == NO_TICK:
            continue
        centre = header[H_CENTRE]
        origin = centre if is_relative else 0
        low = max(centre - half_width, origin + first_row * rows_per_bin)
        high = min(centre + half_width, origin + (first_row + n_rows) * rows_per_bin - 1)
        if high < low:
            continue
        # the visible buckets are one run of cells, or two where the index wraps
        begin = low % width
        n_before_wrap = min(high - low + 1, width - begin)
        n_after_wrap = high - low + 1 - n_before_wrap
        row_offset = low - origin - first_row * rows_per_bin
        age_now = np.float64(header[H_CLOCK_NS] - epoch_ns) * 1e-9
        for run in range(2):
            start = begin if run == 0 else 0
            n_cells = n_before_wrap if run == 0 else n_after_wrap
            offset = row_offset if run == 0 else row_offset + n_before_wrap
            if n_cells == 0:
                continue
            if value_kind == VALUE_NET:
                _pool_net(column[PRESSURE], column[VACUUM], start, n_cells, values[i], offset, rows_per_bin)
            elif value_kind == VALUE_AGE:
                _pool_age(
                    column[TOUCHED_S], column_ids, age_now, start, n_cells, values[i], offset, rows_per_bin
                )
            else:
                _pool_plane(column[value_kind], start, n_cells, values[i], offset, rows_per_bin)
            if with_age:
                _pool_age(
                    column[TOUCHED_S], column_ids, age_now, start, n_cells, ages[i], offset, rows_per_bin
                )


@njit(nogil=True)
def _pool_plane(plane, start, n_cells, pooled, offset, rows_per_bin):
    # a NaN (nothing yet) compares false, so any value replaces it
    if rows_per_bin == 1:
        source = plane[start : start + n_cells]
        target = pooled[offset : offset + n_cells]
        for i in range(n_cells):
            kept, value = target[i], source[i]
            target[i] = kept if abs(kept) >= abs(value) else value
    else:
        for i in range(n_cells):
            row = (offset + i) // rows_per_bin
            value = plane[start + i]
            if not abs(pooled[row]) >= abs(value):
                pooled[row] = value


@njit(nogil=True)
def _pool_net(pressure, vacuum, start, n_cells, pooled, offset, rows_per_bin):
    if rows_per_bin == 1:
        built = pressure[start : start + n_cells]
        drained = vacuum[start : start + n_cells]
        target = pooled[offset : offset + n_cells]
        for i in range(n_cells):
            kept, value = target[i], built[i] - drained[i]
            target[i] = kept if abs(kept) >= abs(value) else value
    else:
        for i in range(n_cells):
            row = (offset + i) // rows_per_bin
            value = pressure[start + i] - vacuum[start + i]
            if not abs(pooled[row]) >= abs(value):
                pooled[row] = value


@njit(nogil=True)
def _pool_age(touched_s, ids, now_s, start, n_cells, pooled, offset, rows_per_bin):
    """Keep the freshest. A cell touched in the first instant has touched_s 0 too; its id tells it apart."""
    for i in range(n_cells):
        row = (offset + i) // rows_per_bin
        touched = touched_s[start + i]
        if touched == 0 and ids[start + i] == 0:
            age = np.float32(np.inf)
        else:
            age = max(np.float32(now_s - touched), np.float32(0))
        if not pooled[row] <= age:
            pooled[row] = age


@njit(nogil=True)
def paint_pixels(
    value_bits, age_bits, row_offset, states, with_age, table, fade, fade_to, empty, hatch_dark, hatch_light,
    divider, hatch_px, hatch_origin, divider_px, bin_of_px, row_of_px, colours, pixels, left,
):  # fmt: skip
    """Paint the pooled values into columns ``left ..`` of ``pixels``.

    value_bits, age_bits : (n_bins, rows) uint32, the float32 values and ages viewed as bits; the first row in
    view is ``row_offset``. Without ages ``age_bits`` has no rows.
    table : (65536,) uint32, colour by the upper half of a value's bits.
    fade : (65536,) int32, 0 (gone to ``fade_to``) .. 256 (whole), by the upper half of an age's bits.
    empty, hatch_dark, hatch_light, divider, fade_to : colours, uint32.
    bin_of_px : (divider_px + n,) int32, never falling: the bins under the n pixels to paint, and before them
    those under the ``divider_px`` pixels to their left, whose bins may be out of range.
    row_of_px : (height,) int32, top to bottom.
    colours : (n_rows, n_bins) uint32, scratch.   pixels : (height, width) uint32, in place.
    The hatch has stripes of ``hatch_px``; the first pixel is the ``hatch_origin``-th of a grid that does not
    move, so that the hatch moves with the columns.
    """
    n = bin_of_px.size - divider_px
    bins = bin_of_px[divider_px:]
    begin, end = bins[0], bins[n - 1] + 1
    _colour_bins(
        value_bits, age_bits, row_offset, states, with_age, table, fade, fade_to, empty, begin, end, colours
    )
    height = pixels.shape[0]
    for y in range(height):
        # loops, not slices: numba would first copy a slice that might overlap
        target = pixels[y]
        if y > 0 and row_of_px[y] == row_of_px[y - 1]:
            above = pixels[y - 1]
            for x in range(left, left + n):
                target[x] = above[x]
        else:
            row = colours[row_of_px[y]]
            for x in range(n):
                target[left + x] = row[bins[x]]
    for x in range(n):
        if states[bins[x]] & BIN_GAP:
            for y in range(height):
                stripe = (x + y + hatch_origin) // hatch_px
                pixels[y, left + x] = hatch_light if stripe % 4 == 0 else hatch_dark
    for x in range(n):
        # the first pixels of a bin, told by the pixel that lies the line's width before
        if states[bins[x]] & BIN_BREAK and bin_of_px[x] != bins[x]:
            pixels[:, left + x] = divider


@njit(nogil=True)
def _colour_bins(
    value_bits, age_bits, row_offset, states, with_age, table, fade, fade_to, empty, begin, end, colours
):
    """Look colours up and transpose, 16 bins at a time so that both sides stay in the cache."""
    n_rows = colours.shape[0]
    for block in range(begin, end, 16):
        block_end = min(block + 16, end)
        for i in range(block, block_end):
            for row in range(n_rows):
                bits = value_bits[i, row_offset + row]
                colour = table[bits >> np.uint32(16)]
                is_number = bits & np.uint32(0x7FFFFFFF) <= np.uint32(0x7F800000)
                if with_age and is_number:
                    colour = _blend(fade_to, colour, fade[age_bits[i, row_offset + row] >> np.uint32(16)])
                colours[row, i] = colour
    for i in range(begin, end):
        if states[i] == 0:
            colours[:, i] = empty


@njit(nogil=True)
def _blend(base, colour, weight):
    """Mix two 0xffRRGGBB colours; ``weight`` 256 is all ``colour``."""
    mixed = np.uint32(0xFF000000)
    for shift in (16, 8, 0):
        low = np.int32((base >> np.uint32(shift)) & np.uint32(255))
        high = np.int32((colour >> np.uint32(shift)) & np.uint32(255))
        mixed |= np.uint32(low + (((high - low) * weight) >> 8)) << np.uint32(shift)
    return mixed


@njit(nogil=True)
def pool_tracks(
    headers, open_header, open_seq, first, last, fields, columns_per_bin, first_bin, tracks, centres, starts
):
    """Pool header fields over bins of columns: lowest, highest and newest value of each.

    fields : (n_fields,) int64, which ``H_*``.   tracks : (n_bins, n_fields, 3) int64, in place, NO_TICK
    where a bin has none.   centres : (n_bins,) int64, H_CENTRE of a bin's newest column.
    starts : (n_bins,) int64, H_START_NS of a bin's oldest column, 0 where there is none.
    """
    tracks[:] = NO_TICK
    centres[:] = 0
    starts[:] = 0
    slot_mask = headers.shape[0] - 1
    for seq in range(first, last + 1):
        header = open_header if seq == open_seq else headers[seq & slot_mask]
        i = seq // columns_per_bin - first_bin
        centres[i] = header[H_CENTRE]
        if starts[i] == 0:
            starts[i] = header[H_START_NS]
        for f in range(fields.size):
            tick = header[fields[f]]
            if tick == NO_TICK or header[H_FLAGS] & COLUMN_GAP:
                continue
            pooled = tracks[i, f]
            if pooled[0] == NO_TICK or tick < pooled[0]:
                pooled[0] = tick
            if pooled[1] == NO_TICK or tick > pooled[1]:
                pooled[1] = tick
            pooled[2] = tick


@njit(nogil=True)
def pool_trades(
    trades, n_trades, n_kept, headers, open_header, open_seq, first, last, ticks_per_bucket, is_relative,
    least_size, columns_per_cell, first_x, rows_per_cell, first_y, sizes, places,
):  # fmt: skip
    """Add up trade sizes in coarse cells of the window; columns and rows are grouped from zero, as in bins.

    trades: the ring's, of which the newest ``n_kept`` of ``n_trades`` are intact; those below ``least_size``
    are passed over.
    sizes : (3, n_x, n_y) float64, in place: bought, sold, unknown.
    places : (3, n_x, n_y, 2) float64, in place: size x column and size x height in buckets.
    """
    sizes[:] = 0.0
    places[:] = 0.0
    slot_mask = headers.shape[0] - 1
    for count in range(n_kept):
        trade = trades[(n_trades - 1 - count) % trades.shape[0]]
        seq = trade[T_SEQ]
        if seq < first:
            break
        if seq > last or trade[T_SIZE] < least_size:
            continue
        height = (trade[T_TICK] + 0.5) / ticks_per_bucket
        if is_relative:
            header = open_header if seq == open_seq else headers[seq & slot_mask]
            height -= header[H_CENTRE]
        x = seq // columns_per_cell - first_x
        y = np.int64(np.floor(height / rows_per_cell)) - first_y
        if not (0 <= x < sizes.shape[1] and 0 <= y < sizes.shape[2]):
            continue
        side = 0 if trade[T_SIDE] > 0 else (1 if trade[T_SIDE] < 0 else 2)
        sizes[side, x, y] += trade[T_SIZE]
        places[side, x, y, 0] += trade[T_SIZE] * (seq + 0.5)
        places[side, x, y, 1] += trade[T_SIZE] * height
