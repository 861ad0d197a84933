"""A ring tells which of its events were passed on the way to a moment, and so were never played."""

import pytest

from tests.runtime.players import Clock, index, make_player, market
from tests.runtime.straight_run import arrive
from vpdesk.core.ring import PASSING
from vpdesk.runtime.player import Player


def play_a_little(player: Player, clock: Clock) -> None:
    player.play()
    player.step()
    clock.now_s += 0.2
    player.step()
    player.pause()


@pytest.mark.parametrize("target", [100, 2000, 3900, 9000], ids=["back", "near", "ahead", "far"])
@pytest.mark.parametrize("is_indexed", [False, True])
def test_on_the_way_it_says_so_and_on_arrival_up_to_where(target: int, is_indexed: bool) -> None:
    player, clock = make_player(market())
    if is_indexed:
        index(player, market())
    player.go_to_event(3000)
    arrive(player)
    assert player.ring.passed_id == 3000
    play_a_little(player, clock)
    assert player.position > 3000
    assert player.ring.passed_id == 3000
    generation = player.ring.generation
    player.go_to_event(target)
    while player.is_travelling:
        is_other_history = player.ring.generation != generation
        assert player.ring.passed_id == PASSING or not is_other_history
        player.step()
    assert player.ring.passed_id == player.position == min(target, len(market()))


@pytest.mark.parametrize("unit", ["event", "column"])
def test_a_step_is_a_way_too(unit: str) -> None:
    player, clock = make_player(market())
    play_a_little(player, clock)
    for count in (3, -2):
        player.step_by(unit, count)
        arrive(player)
        assert player.ring.passed_id == player.position


def test_a_way_that_is_given_up_ends_where_it_got_to() -> None:
    player, clock = make_player(market())
    play_a_little(player, clock)
    player.go_to_event(len(market()))
    player.step()
    player.cancel_journey()
    assert player.ring.passed_id == player.position


def test_history_that_is_filled_in_was_not_played() -> None:
    player, clock = make_player(market(), columns=4096)
    index(player, market())
    player.go_to_event(len(market()) - 500)
    arrive(player)
    play_a_little(player, clock)
    player.show_history(80)
    arrive(player)
    assert player.ring.passed_id == player.position
