"""What a player shows after any journey, compared with a run from the start."""

from typing import Final

import pytest

from vpdesk.core.engine import Engine
from vpdesk.runtime.player import Player

UNITS: Final = ("event", "group", "trade", "best", "spot", "column")  # that can be stepped by


def arrive(player: Player) -> None:
    for _ in range(1_000_000):
        if not player.is_travelling:
            return
        player.step()
    pytest.fail("the journey does not end")


def assert_is_straight_run(player: Player) -> None:
    """Compare digest, columns and trades with a run from the start to the same event."""
    straight = Engine(player.params)
    ring = player.cadence.new_ring(player.params.half_width, player.ring_columns)
    straight.feed(player.tape.read(0, player.position), ring)
    assert player.engine.digest() == straight.digest()
    if player.position == 0:
        return
    shown, truth = player.ring.span(), ring.span()
    assert shown.newest == truth.newest
    assert shown.oldest <= max(truth.oldest, shown.newest - player.history_columns)
    first = max(shown.oldest, truth.oldest)
    assert player.ring.read(first, shown.newest).tobytes() == ring.read(first, truth.newest).tobytes()
    ours, theirs = (one.read_trades(first, truth.newest) for one in (player.ring, ring))
    assert ours.tobytes() == theirs.tobytes()


def assert_steps_back_undo_steps_forward(player: Player, unit: str, n_steps: int) -> None:
    """Step on from where a player stands, and back to where the unit first ended."""
    places = []
    for _ in range(1 + n_steps):
        player.step_by(unit, 1)
        arrive(player)
        places.append(player.position)
    assert places == sorted(set(places))
    for place in reversed(places[:-1]):
        player.step_by(unit, -1)
        arrive(player)
        assert player.position == place
    assert_is_straight_run(player)
