"""A column by k against the engine's own grid, and what its drive is made of against the drive it wrote."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import COLUMN_GAP, H_FLAGS, GridRing
from vpdesk.display.k_profile import ABOVE, BELOW, KProfile, drive_parts, read_profile
from vpdesk.sources.simulator import simulate

PARAMS = EngineParams(tick_size=250_000_000, half_width=20, drive_reach=2.5, force_floor=3.0)
DAY_NS = 86_400 * 10**9


@pytest.fixture(scope="module")
def market() -> NDArray[np.void]:
    return np.concatenate(list(simulate(8.0, seed=11)))


def run(market: NDArray[np.void], params: EngineParams = PARAMS) -> tuple[Engine, GridRing]:
    engine, ring = Engine(params), GridRing(params.half_width, 1024)
    engine.feed(market, ring)
    return engine, ring


def profiles_of(ring: GridRing, params: EngineParams = PARAMS) -> list[KProfile]:
    span = ring.span()
    found = [read_profile(ring, params, seq) for seq in range(span.oldest, span.newest + 1)]
    assert len(found) > 70
    return [profile for profile in found if profile is not None]


@pytest.mark.parametrize("ticks_per_bucket", [1, 2, 3])
def test_the_parts_of_every_column_make_the_drive_that_the_engine_wrote(
    market: NDArray[np.void], ticks_per_bucket: int
) -> None:
    params = replace(PARAMS, ticks_per_bucket=ticks_per_bucket)
    _, ring = run(market, params)
    drives = ring.read(*[ring.span().oldest, ring.span().newest]).drive
    profiles = profiles_of(ring, params)
    assert {np.sign(profile.drive) for profile in profiles} >= {-1.0, 1.0}
    for profile in profiles:
        assert profile.drive == drives[profile.seq]
        as_stored = drive_parts(
            profile.pressure, profile.vacuum, profile.weight, profile.side, params.force_floor
        )
        assert as_stored.drive == pytest.approx(profile.drive, abs=1e-4)  # before any fitting
        parts = profile.parts
        assert parts is not None
        assert parts.drive == pytest.approx(profile.drive, abs=1e-12)
        assert parts.up == pytest.approx(as_stored.up, rel=1e-3)
        assert parts.down == pytest.approx(as_stored.down, rel=1e-3)


@pytest.mark.parametrize("ticks_per_bucket", [1, 2])
def test_the_newest_column_is_the_engines_grid(market: NDArray[np.void], ticks_per_bucket: int) -> None:
    params = replace(PARAMS, ticks_per_bucket=ticks_per_bucket)
    engine, ring = run(market, params)
    grid = engine.grid()
    profile = read_profile(ring, params, ring.published_seq)
    assert profile is not None
    assert profile.parts is not None
    assert profile.is_open
    np.testing.assert_allclose(profile.pressure, grid.pressure, rtol=1e-6)
    np.testing.assert_allclose(profile.vacuum, grid.vacuum, rtol=1e-6)
    np.testing.assert_array_equal(profile.depth, grid.bid_depth + grid.ask_depth)
    ticks = [profile.tick_of(i) * params.tick_size for i in range(profile.k.size)]
    np.testing.assert_array_equal(ticks, grid.price)
    # the sums, from the exact times and prices of the grid
    assert grid.mid is not None
    mid_tick = grid.mid * 1e9 / params.tick_size
    middle = grid.price / params.tick_size + (params.ticks_per_bucket - 1) / 2
    age_s = (grid.ts_event - grid.last_ts) * 1e-9
    weight = np.exp(-np.abs(grid.k) / params.drive_reach - age_s / params.tau_s) * (grid.last_event_id != 0)
    below, above = middle < mid_tick, middle > mid_tick
    expected = [
        (weight * grid.pressure)[below].sum(),
        (weight * grid.vacuum)[above].sum(),
        (weight * grid.pressure)[above].sum(),
        (weight * grid.vacuum)[below].sum(),
    ]
    parts = profile.parts
    found = [parts.pressure_below, parts.vacuum_above, parts.pressure_above, parts.vacuum_below]
    np.testing.assert_allclose(found, expected, rtol=5e-4)
    np.testing.assert_array_equal(profile.side == BELOW, below)
    np.testing.assert_array_equal(profile.side == ABOVE, above)
    np.testing.assert_allclose(profile.weight, weight * (below | above), atol=5e-4)
    assert profile.mid_k == pytest.approx((mid_tick + 0.5) / params.ticks_per_bucket - profile.centre)


def test_a_day_after_the_first_event_the_parts_still_make_the_drive(market: NDArray[np.void]) -> None:
    late = market.copy()
    late["ts_event"][1:] += 2 * DAY_NS  # times of touches are then rounded to 16 ms
    _, ring = run(late)
    profiles = profiles_of(ring)[1:]
    roundings = []
    for profile in profiles:
        assert profile.parts is not None
        assert profile.parts.drive == pytest.approx(profile.drive, abs=1e-12)
        raw = drive_parts(profile.pressure, profile.vacuum, profile.weight, profile.side, PARAMS.force_floor)
        roundings.append(abs(raw.drive - profile.drive))
    assert max(roundings) > 1e-4  # so that the fitting had something to do


def test_parts_are_withheld_where_other_parameters_made_the_column(market: NDArray[np.void]) -> None:
    _, ring = run(market)
    others = profiles_of(ring, replace(PARAMS, drive_reach=20.0))
    ours = profiles_of(ring)
    assert sum(profile.parts is None for profile in others) > len(others) / 2
    for profile, same in zip(others, ours, strict=True):
        assert profile.drive == same.drive
        assert profile.parts is None or profile.parts.drive == pytest.approx(profile.drive, abs=1e-12)


def test_there_is_no_profile_without_a_column_or_a_spot(market: NDArray[np.void]) -> None:
    ring = GridRing(PARAMS.half_width, 64)
    assert read_profile(ring, PARAMS, 0) is None
    engine = Engine(PARAMS)
    engine.feed(market[:1], ring)  # a clear: there is a column, but no price
    assert ring.published_seq == 0
    assert read_profile(ring, PARAMS, 0) is None


def test_a_gap_is_told(market: NDArray[np.void]) -> None:
    _, ring = run(market)
    seq = ring.published_seq - 5
    ring.headers[seq % ring.capacity, H_FLAGS] |= COLUMN_GAP
    told = [profile.is_gap for profile in profiles_of(ring)]
    assert told == [number == seq for number in range(ring.span().newest - len(told) + 1, seq + 6)]
