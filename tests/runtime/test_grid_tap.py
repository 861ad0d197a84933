import numpy as np

from tests.factories import T0, TICK, add
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.runtime.grid_tap import GRID_INTERVAL_S, GridTap


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def market() -> Engine:
    engine = Engine(EngineParams(tick_size=TICK, half_width=5))
    engine.feed(np.concatenate([add(1, "B", 100, 7), add(2, "A", 101, 9)]))
    return engine


def test_the_grid_is_the_engines_and_is_taken_no_oftener_than_it_may() -> None:
    clock, engine = Clock(), market()
    tap = GridTap(clock)
    assert tap.grid is None
    tap.look(engine)
    first = tap.grid
    assert first is not None
    assert first.bid_depth.tolist() == engine.grid().bid_depth.tolist()
    engine.feed(add(3, "B", 99, 4, ts=T0 + 1))
    tap.look(engine)
    assert tap.grid is first
    clock.now_s += GRID_INTERVAL_S
    tap.look(engine)
    assert tap.grid is not first
    assert tap.grid is not None
    assert tap.grid.event_id == 3


def test_a_grid_once_shown_is_never_changed() -> None:
    clock, engine = Clock(), market()
    tap = GridTap(clock)
    tap.look(engine)
    grid = tap.grid
    assert grid is not None
    before = grid.bid_depth.copy()
    engine.feed(add(3, "B", 100, 4, ts=T0 + 1))
    np.testing.assert_array_equal(grid.bid_depth, before)


def test_a_quiet_engine_is_left_alone_but_another_one_is_not() -> None:
    clock, engine = Clock(), market()
    tap = GridTap(clock)
    tap.look(engine)
    first = tap.grid
    clock.now_s += 1
    tap.look(engine)
    assert tap.grid is first
    tap.look(market())
    assert tap.grid is not first


def test_without_an_engine_or_a_spot_there_is_no_grid() -> None:
    clock = Clock()
    tap = GridTap(clock)
    tap.look(market())
    clock.now_s += 1
    tap.look(None)
    assert tap.grid is None
    clock.now_s += 1
    tap.look(Engine(EngineParams(tick_size=TICK, half_width=5)))
    assert tap.grid is None
