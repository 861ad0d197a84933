"""The rectangles of a step line, on arrays owned by others."""

import math

from vpdesk.jit import njit


@njit(nogil=True)
def step_rects(edges_px, heights_px, thickness_px, rects):
    """Write the rectangles of a step line and return how many they are: at most two for a bin.

    In a bin the line spans its lowest to its highest price, and goes on level from the newest. Where nothing
    changes one rectangle serves many bins: they cost more to draw than to find.

    edges_px : (n + 1,) float64.   heights_px : (n, 3) float64, whole pixels from the top, of the lowest, the
    highest and the newest price; NaN where the line is interrupted.
    rects : (2 n, 4) float64, in place: left, top, width, height.
    """
    n_rects = 0
    start = edges_px[0]
    level = math.nan  # at which the line comes from the bin before
    for i in range(heights_px.shape[0]):
        bottom, top, newest = heights_px[i, 0], heights_px[i, 1], heights_px[i, 2]
        x = edges_px[i]
        is_known, is_going_on = not math.isnan(newest), not math.isnan(level)
        if is_known and is_going_on:
            bottom, top = max(bottom, level), min(top, level)
            if bottom == top:
                continue
        if is_going_on:
            n_rects = _add_rect(start, level, x, level, thickness_px, rects, n_rects)
        if is_known and bottom != top:
            n_rects = _add_rect(x, top, x, bottom, thickness_px, rects, n_rects)
        start, level = x, newest
    if not math.isnan(level):
        n_rects = _add_rect(start, level, edges_px[-1], level, thickness_px, rects, n_rects)
    return n_rects


@njit(nogil=True)
def _add_rect(left, top, right, bottom, thickness_px, rects, n_rects):
    half_px = thickness_px // 2
    rects[n_rects, 0] = left - half_px
    rects[n_rects, 1] = top - half_px
    rects[n_rects, 2] = right - left + thickness_px
    rects[n_rects, 3] = bottom - top + thickness_px
    return n_rects + 1
