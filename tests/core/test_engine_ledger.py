"""Depth changes by what was added, less what was pulled and filled: nothing is counted twice or lost."""

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import TICK, Records, stream
from tests.strategies import coherent_groups
from vpdesk.core.engine import Engine
from vpdesk.core.events import F_SNAPSHOT
from vpdesk.core.params import EngineParams


def is_flow(group: list[Records]) -> bool:
    """Tell whether a group changes depth by flows alone: no clear, no snapshot."""
    return not any(row["action"][0] == b"R" or row["flags"][0] & F_SNAPSHOT for row in group)


def is_lone_fill(group: list[Records]) -> bool:
    """Tell whether a fill's reduction is still to come: a venue may end T, F and C each with F_LAST."""
    return [bytes(row["action"][0]) for row in group] == [b"F"]


@given(coherent_groups(TICK), st.integers(1, 12), st.integers(1, 4))
def test_on_a_coherent_feed_the_ledger_of_every_bucket_balances(
    groups: list[list[Records]], half_width: int, ticks_per_bucket: int
) -> None:
    engine = Engine(EngineParams(tick_size=TICK, half_width=half_width, ticks_per_bucket=ticks_per_bucket))
    opening: dict[int, int] = {}  # depth less flows of each visible bucket: must not change while visible
    for group in groups:
        engine.feed(stream(*group))
        if not is_flow(group):
            opening.clear()
        grid = engine.grid()
        if grid.spot_tick is None or is_lone_fill(group):
            continue
        balance = grid.bid_depth + grid.ask_depth - grid.added + grid.pulled + grid.filled
        found = dict(zip(grid.price.tolist(), balance.tolist(), strict=True))
        for price in found.keys() & opening.keys():
            assert found[price] == opening[price], f"price {price} after event {grid.event_id}"
        opening = found


@given(coherent_groups(TICK))
def test_totals_count_from_the_first_spot_on(groups: list[list[Records]]) -> None:
    engine = Engine(EngineParams(tick_size=TICK, half_width=12))
    for group in groups:
        engine.feed(stream(*group))
        grid = engine.grid()
        if grid.spot_tick is not None:
            assert not grid.added.any()
            assert not grid.pulled.any()
            assert not grid.filled.any()
            break
