"""Whatever way a session is watched, the alerts told are those of the columns that were played."""

import random

import pytest

from tests.runtime.players import PARAMS, Clock, index, make_player, market
from tests.runtime.straight_run import arrive
from vpdesk.core.engine import Engine
from vpdesk.core.ring import GridRing
from vpdesk.display.alert_rules import AlertRule, NearSpot, Quantity
from vpdesk.display.alert_watch import AlertWatch, Firing
from vpdesk.runtime.player import Player

RULES = (
    AlertRule(Quantity.VACUUM, 250, place=NearSpot(4), pause_s=0.3),
    AlertRule(Quantity.PULLED, 60, place=NearSpot(2), window_s=0.5, pause_s=0.2),
    AlertRule(Quantity.NET, -100, is_above=False, pause_s=0.3),
    AlertRule(Quantity.DRIVE, 0.1, pause_s=0.2),
)


def new_watch() -> AlertWatch:
    watch = AlertWatch()
    watch.start(is_live=False)
    watch.set_rules(RULES)
    return watch


def look_on(watch: AlertWatch, ring: GridRing) -> list[Firing]:
    told = []
    while True:
        news = watch.look(ring)
        told += news.firings
        assert news.n_missed == 0
        if news.n_left <= 0:
            return told


def play(player: Player, clock: Clock, seconds: float) -> None:
    player.play()
    player.step()
    clock.now_s += seconds
    for _ in range(3):
        player.step()
    player.pause()


@pytest.mark.parametrize("seed", range(3))
def test_only_what_was_played_is_told_and_all_of_it(seed: int) -> None:
    records, dice = market(), random.Random(seed)
    truth_ring = GridRing(PARAMS.half_width, 4096)
    Engine(PARAMS).feed(records, truth_ring)
    truth = look_on(new_watch(), truth_ring)
    assert len(truth) > 10
    player, clock = make_player(records)
    if seed:
        index(player, records)
    watch = new_watch()
    for _ in range(12):
        player.go_to_event(dice.randrange(len(records)))
        while player.is_travelling:
            if dice.random() < 0.5:
                assert watch.look(player.ring).firings == ()
            player.step()
        assert look_on(watch, player.ring) == []
        start = player.position
        told = []
        for _ in range(dice.randrange(1, 5)):
            if player.is_at_end:
                break  # to play on would begin anew
            play(player, clock, dice.choice([0.05, 0.3, 1.0]))
            if dice.random() < 0.7:
                told += look_on(watch, player.ring)
        told += look_on(watch, player.ring)
        span = player.ring.span()
        assert told == [one for one in truth if one.event_id > start and one.seq < span.newest]
        marked = [one for one in truth if span.oldest + 10 <= one.seq < span.newest]
        assert [one for one in watch.firings if one.seq >= span.oldest + 10] == marked
    player.step_by("column", -1)
    arrive(player)
    assert look_on(watch, player.ring) == []
