"""Tick sizes: who wins, and what prices alone tell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vpdesk.core.events import UNDEF_PRICE
from vpdesk.errors import SourceError
from vpdesk.sources.facts import TickSize
from vpdesk.sources.ticks import infer_tick_size, tick_size_for

CENT = 10_000_000


def prices(base: int, tick: int, n: int = 2000, spread: int = 60) -> NDArray[np.int64]:
    steps = np.random.default_rng(3).integers(-spread, spread, n)
    return base + tick * steps


def test_the_user_wins_over_the_definition_and_it_over_the_rule_and_it_over_the_prices() -> None:
    seen = prices(50_000_000_000, 5 * CENT)
    assert tick_size_for("XNAS.ITCH", seen, increment=7, override=3) == TickSize(3, "user", True)
    assert tick_size_for("XNAS.ITCH", seen, increment=7) == TickSize(7, "definition", True)
    assert tick_size_for("XNAS.ITCH", seen) == TickSize(CENT, "rule", True)
    assert tick_size_for("GLBX.MDP3", seen) == TickSize(5 * CENT, "inferred", True)


@pytest.mark.parametrize("increment", [UNDEF_PRICE, 0, -5, 10**15 + 1])
def test_an_undefined_increment_is_no_tick_size(increment: int) -> None:
    assert tick_size_for("EQUS.MINI", np.empty(0, np.int64), increment=increment).origin == "rule"


@pytest.mark.parametrize("override", [0, -1, 10**15 + 1])
def test_an_override_out_of_range_is_refused(override: int) -> None:
    with pytest.raises(SourceError, match="out of range"):
        tick_size_for("XNAS.ITCH", np.empty(0, np.int64), override=override)


def test_a_stock_under_one_dollar_moves_in_hundredths_of_a_cent() -> None:
    assert tick_size_for("XNAS.ITCH", prices(700_000_000, 100_000)).raw == 100_000
    assert tick_size_for("XNAS.ITCH", prices(1_500_000_000, CENT)).raw == CENT


@pytest.mark.parametrize(
    ("base", "tick"),
    [
        (5_000_000_000_000, 250_000_000),  # ES
        (110_015_625_000, 15_625_000),  # ZN, 1/64
        (6_700_000, 500),  # 6J
        (62_000_000_000, CENT),  # CL
        (0, 50_000_000),  # a calendar spread, negative prices too
    ],
)
def test_the_tick_is_inferred_despite_misprints_and_far_outliers(base: int, tick: int) -> None:
    seen = prices(base, tick)
    seen[5] += tick // 3  # one off-grid print
    seen[6:9] = [10**15 + 1, -(10**15) + 7, 2**62]
    assert infer_tick_size(seen) == TickSize(tick, "inferred", True)


def test_few_prices_give_no_confidence() -> None:
    assert infer_tick_size(CENT * np.array([100, 101, 103])) == TickSize(CENT, "inferred", False)
    assert infer_tick_size(np.array([], np.int64)) == TickSize(CENT, "inferred", False)
    assert infer_tick_size(np.full(100, 7)) == TickSize(CENT, "inferred", False)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50))
def test_any_prices_give_a_usable_tick(hostile: list[int]) -> None:
    tick = infer_tick_size(np.array(hostile, np.int64))
    assert 1 <= tick.raw <= 10**15
