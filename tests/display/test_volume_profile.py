"""The volume profile against plain sums over the trades that a ring lists."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import H_CENTRE, T_SEQ, T_SIDE, T_SIZE, T_TICK, GridRing
from vpdesk.display.viewport import Viewport
from vpdesk.display.volume_profile import VolumeProfile, VolumeSource, profile_pixels
from vpdesk.sources.simulator import simulate

PALETTE = np.array([11, 22, 33, 0], np.uint32)


@pytest.fixture(scope="module", params=[1, 3])
def ring(request: pytest.FixtureRequest) -> GridRing:
    params = EngineParams(tick_size=250_000_000, half_width=20, ticks_per_bucket=request.param)
    ring = GridRing(20, 1024)
    Engine(params).feed(np.concatenate(list(simulate(30.0, seed=4))), ring)
    return ring


def view_of(ring: GridRing, px_per_row: float, *, is_relative: bool, up: int = 0) -> Viewport:
    centre = 0 if is_relative else int(ring.read(0, 10**9).headers[-1, H_CENTRE])
    view = Viewport(400, 300, 3.0, px_per_row, 3 * (ring.published_seq + 1) - 400)
    return view.centred_on(centre + up)


def plain_sums(ring: GridRing, view: Viewport, *, is_relative: bool) -> dict[tuple[int, int], int]:
    """Quantity by side and pooled row, of every trade in the columns in view."""
    first, last = view.columns
    columns = ring.read(first, last)
    centres = dict(zip(columns.seq.tolist(), columns.headers[:, H_CENTRE].tolist(), strict=True))
    sums: dict[tuple[int, int], int] = {}
    for trade in ring.read_trades(first, last):
        row = int(trade[T_TICK]) // ring.ticks_per_bucket
        row -= centres[int(trade[T_SEQ])] if is_relative else 0
        key = int(trade[T_SIDE]), row // view.rows_per_bin
        sums[key] = sums.get(key, 0) + int(trade[T_SIZE])
    return sums


@pytest.mark.parametrize("is_relative", [False, True])
@pytest.mark.parametrize("px_per_row", [17.0, 5.0, 1.3, 0.4, 0.07])
def test_rows_hold_the_sums_of_their_trades_and_none_is_lost(
    ring: GridRing, px_per_row: float, is_relative: bool
) -> None:
    view = view_of(ring, px_per_row, is_relative=is_relative, up=3)
    profile = VolumeSource().read(ring, view, is_relative=is_relative)
    sums = plain_sums(ring, view, is_relative=is_relative)
    assert len(sums) >= 2
    shown = 0
    for i, row in enumerate(profile.rows // view.rows_per_bin):
        for side, found in zip((1, -1, 0), profile.volumes[:, i], strict=True):
            assert found == sums.pop((side, int(row)), 0)
            shown += int(found)
    assert profile.elsewhere == sum(sums.values())
    assert profile.unlisted == 0
    assert shown > 0


def test_rows_are_the_fields_pixels(ring: GridRing) -> None:
    for px_per_row in (17.0, 5.0, 2.7, 0.4):
        view = view_of(ring, px_per_row, is_relative=False)
        profile = VolumeSource().read(ring, view, is_relative=False)
        for y_px, pooled in enumerate(view.rows_of_px()):
            i = int(np.searchsorted(profile.tops_px, y_px, side="right")) - 1
            assert profile.rows[i] == pooled * view.rows_per_bin


def test_trades_that_are_no_longer_listed_are_told(ring: GridRing) -> None:
    view = view_of(ring, 5.0, is_relative=False)
    whole = VolumeSource().read(ring, view, is_relative=False)
    kept, ring.first_trade = ring.first_trade, ring.published_trades - 7
    try:
        part = VolumeSource().read(ring, view, is_relative=False)
    finally:
        ring.first_trade = kept
    assert part.unlisted > 0
    assert part.unlisted + part.elsewhere + part.volumes.sum() == whole.elsewhere + whole.volumes.sum()


def profile_of(volumes: list[list[float]], heights_px: list[int]) -> VolumeProfile:
    tops: NDArray[np.int64] = np.append(0, np.cumsum(heights_px))
    return VolumeProfile(tops, -np.arange(len(heights_px)), np.array(volumes).T, 1, 0.0, 0.0)


def test_bars_stack_bought_sold_and_unknown_from_the_right_edge() -> None:
    profile = profile_of([[2, 1, 1], [0, 4, 0], [0, 0, 0]], [2, 1, 1])
    pixels = profile_pixels(profile, 4, PALETTE)
    assert pixels.tolist() == [[33, 22, 11, 11], [33, 22, 11, 11], [22, 22, 22, 22], [0, 0, 0, 0]]
    assert profile.control_row == 0


def test_the_least_volume_is_seen_and_high_rows_are_told_apart() -> None:
    pixels = profile_pixels(profile_of([[1, 0, 0], [999, 0, 0]], [5, 5]), 10, PALETTE)
    assert pixels[:4, -1].tolist() == [11] * 4
    assert pixels[:4, -2].tolist() == [0] * 4
    assert pixels[[4, 9]].max() == 0


def test_nothing_traded_is_an_empty_picture() -> None:
    profile = profile_of([[0, 0, 0]], [3])
    assert profile.control_row == -1
    assert profile_pixels(profile, 5, PALETTE).max() == 0
