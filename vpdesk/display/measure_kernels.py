"""Sums over a box of a ring's cells, on arrays owned by others."""

from vpdesk.core.ring import COLUMN_GAP, DEPTH, H_CENTRE, H_FLAGS, H_SPOT_TICK, NO_TICK
from vpdesk.jit import njit

# Fields of ``sums``.
BOX_BEFORE = 0  # rested when the box began
BOX_AFTER = 1  # rests in the newest column of the box
BOX_GREW = 2  # added up over columns and buckets
BOX_SHRANK = 3
BOX_GAPS = 4  # columns without a book
BOX_OUTSIDE = 5  # cells of the box beyond the band
BOX_HAS_BEFORE = 6  # whether BOX_BEFORE is known
N_BOX = 7


@njit(nogil=True)
def add_depth(
    cells, headers, open_cells, open_header, open_seq, before, first, last, low_row, high_row, is_relative,
    half_width, sums,
):  # fmt: skip
    """Go on adding up how the depth in rows ``low_row .. high_row`` changed, over columns ``first .. last``.

    cells, headers: the ring's.   open_*: copies of column ``open_seq``.   before: the column that column
    ``first`` is compared with; below 0: none is known.   A row is a bucket, or if ``is_relative`` its
    distance from its column's centre.
    sums : (N_BOX,) float64, in place. A bucket's change counts where it is in the band of both columns, and
    in the box by the later one; nothing is compared across a gap.
    """
    mask, width = headers.shape[0] - 1, cells.shape[2]
    former, former_centre, has_former = cells[0, DEPTH], 0, False
    begin = before if before >= 0 else first
    for seq in range(begin, last + 1):
        depth = open_cells[DEPTH] if seq == open_seq else cells[seq & mask, DEPTH]
        header = open_header if seq == open_seq else headers[seq & mask]
        is_inside = seq >= first
        if header[H_FLAGS] & COLUMN_GAP or header[H_SPOT_TICK] == NO_TICK:
            has_former = False
            if is_inside:
                sums[BOX_GAPS] += 1
            continue
        centre = header[H_CENTRE]
        base = centre if is_relative else 0
        low = max(base + low_row, centre - half_width)
        high = min(base + high_row, centre + half_width)
        total = 0.0
        # the remainder once, and sums in registers: cells are many
        grew, shrank = 0.0, 0.0
        i = low % width
        for bucket in range(low, high + 1):
            total += depth[i]
            if is_inside and has_former and abs(bucket - former_centre) <= half_width:
                change = depth[i] - former[i]
                grew += max(change, 0.0)
                shrank -= min(change, 0.0)
            i = i + 1 if i + 1 < width else 0
        sums[BOX_GREW] += grew
        sums[BOX_SHRANK] += shrank
        if is_inside:
            sums[BOX_OUTSIDE] += high_row - low_row + 1 - max(0, high - low + 1)
            sums[BOX_AFTER] = total
        if sums[BOX_HAS_BEFORE] == 0:
            sums[BOX_HAS_BEFORE] = 1
            sums[BOX_BEFORE] = total
        former, former_centre, has_former = depth, centre, True
