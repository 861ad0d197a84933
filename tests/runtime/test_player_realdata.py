"""Journeys on real files: wherever they lead, state and columns are those of a straight run."""

import random
from dataclasses import replace
from functools import cache

import pytest

from tests.realdata import DATA, needs_data
from tests.runtime.straight_run import (
    UNITS,
    arrive,
    assert_is_straight_run,
    assert_steps_back_undo_steps_forward,
)
from vpdesk.core.params import EngineParams
from vpdesk.runtime.indexer import Indexer
from vpdesk.runtime.keyframes import Keyframes
from vpdesk.runtime.player import Cadence, Player
from vpdesk.sources.tape import Tape, open_tape

NAMES = {
    "cl": "cl-clx5-2h30-no-snapshot.mbo.dbn",
    "arl": "xnas-arl-day.mbo.dbn.zst",
    "amzn": "nasdaq-amzn-day.mbo.dbn.zst",
    "es": "es-esm4-2s-snapshot.mbo.dbn.zst",
}
CADENCES = (Cadence(100_000_000), Cadence(1_000_000_000), Cadence(1, 25))


@cache
def tape_of(name: str) -> Tape:
    assert DATA is not None
    return open_tape(DATA / NAMES[name], wait=True)


def wander(player: Player, dice: random.Random, span_ns: tuple[int, int], params: list[EngineParams]) -> None:
    """Do one random thing a person may do."""
    n_records = player.tape.n_records
    match dice.randrange(6):
        case 0:
            player.go_to_event(dice.randrange(n_records + 1))
        case 1:
            player.go_to_time(dice.randrange(span_ns[0] - 10**9, span_ns[1] + 10**9))
        case 2:
            player.step_by(dice.choice(UNITS), dice.choice([1, 2, 30]))
        case 3:
            player.step_by(dice.choice(UNITS), -dice.choice([1, 2, 30]))
        case 4:
            player.change(dice.choice(params), dice.choice(CADENCES))
        case 5:
            player.show_history(dice.randrange(5000))


@needs_data
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", NAMES)
def test_journeys_on_real_files_are_exact_with_changes_of_parameters_between(name: str, seed: int) -> None:
    tape = tape_of(name)
    base = EngineParams(tape.instrument.tick.raw, half_width=25)
    params = [base, replace(base, tau_s=0.4, weights={"v_pull": 2.0}), replace(base, ticks_per_bucket=4)]
    span_ns = tape.instrument.first_ts_ns, max(tape.instrument.last_ts_ns, tape.instrument.first_ts_ns + 1)
    dice = random.Random(seed)
    player = Player(tape, base, CADENCES[0], Keyframes(1 << 28, 4096), lambda: 0.0)
    player.history_columns = 50
    indexer = Indexer(tape, base, CADENCES[0], player.keyframes, *span_ns)
    while seed and not indexer.is_done:  # one of the journeys goes without an index
        indexer.step()
    for _ in range(12):
        wander(player, dice, span_ns, params)
        if dice.random() < 0.25 and player.is_travelling:
            player.step()  # and on to the next wish in mid-journey
        else:
            arrive(player)
            assert_is_straight_run(player)


@needs_data
@pytest.mark.parametrize("unit", UNITS)
def test_steps_back_undo_steps_forward_on_a_real_file(unit: str) -> None:
    tape = tape_of("cl")
    params = EngineParams(tape.instrument.tick.raw, half_width=25)
    player = Player(tape, params, CADENCES[0], Keyframes(1 << 28, 4096), lambda: 0.0)
    player.go_to_event(30_000)
    assert_steps_back_undo_steps_forward(player, unit, 4)
