"""Wherever a journey leads, state and columns are those of a straight run."""

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.tape import ArrayTape
from tests.runtime.players import PARAMS, index, make_player, market, span
from tests.runtime.straight_run import (
    UNITS,
    arrive,
    assert_is_straight_run,
    assert_steps_back_undo_steps_forward,
)
from vpdesk.core.engine import Engine
from vpdesk.core.events import MBO_DTYPE
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import BOOK_STATES
from vpdesk.runtime.indexer import N_BINS
from vpdesk.runtime.player import Cadence

OTHER_PARAMS = [PARAMS, replace(PARAMS, tau_s=0.5), replace(PARAMS, half_width=7, ticks_per_bucket=3)]
CADENCES = [Cadence(100_000_000), Cadence(1_000_000), Cadence(1, 1), Cadence(1, 100)]


@pytest.mark.parametrize("cadence", CADENCES, ids=str)
@pytest.mark.parametrize("is_indexed", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_any_journey_ends_in_the_state_and_the_chart_of_a_straight_run(
    cadence: Cadence, is_indexed: bool, seed: int
) -> None:
    records = market()
    dice = random.Random(seed)
    player, clock = make_player(records, cadence)
    if is_indexed:
        index(player, records)
    first_ns, last_ns = span(records)
    for _ in range(8):
        match dice.randrange(8):
            case 0:
                player.go_to_event(dice.randrange(len(records) + 10))
            case 1:
                player.go_to_time(dice.randrange(first_ns - 10**9, last_ns + 10**9))
            case 2:
                player.step_by(dice.choice(UNITS), 1)
            case 3:
                player.step_by(dice.choice(UNITS), -1)
            case 4:
                player.set_speed(dice.choice([0.1, 1.0, 50.0, float("inf")]))
                player.play()
                for _ in range(dice.randrange(20)):
                    clock.now_s += dice.random() / 20
                    player.step()
                player.pause()
            case 5:
                player.show_history(dice.randrange(60))
            case 6:
                player.change(dice.choice(OTHER_PARAMS), dice.choice([cadence, CADENCES[0]]))
            case 7:
                player.cancel_journey()
        if dice.random() < 0.3 and player.is_travelling:
            player.step()  # and on to the next wish in mid-journey
        else:
            arrive(player)
            assert_is_straight_run(player)


def test_a_cancelled_journey_leaves_a_consistent_moment() -> None:
    records = market()
    player, _ = make_player(records)
    index(player, records)
    player.go_to_event(len(records))
    arrive(player)
    player.go_to_event(1000)
    player.step()
    player.cancel_journey()
    assert not player.is_travelling
    straight = Engine(PARAMS)
    straight.feed(records[: player.position])
    assert player.engine.digest() == straight.digest()


@pytest.mark.parametrize("unit", UNITS)
def test_steps_back_undo_steps_forward(unit: str) -> None:
    records = market()
    player, _ = make_player(records)
    index(player, records)
    player.go_to_event(9_000)
    arrive(player)
    assert_steps_back_undo_steps_forward(player, unit, 3)


def test_a_step_by_best_price_stops_at_every_change_and_nowhere_else() -> None:
    records = market()[:18_000]
    engine = Engine(PARAMS)
    changes, best = [], engine.best_ticks
    for position in range(15_000, 17_000):
        engine.feed(records[engine.event_id : position + 1])
        if engine.best_ticks != best and position > 15_000:
            changes.append(position + 1)
        best = engine.best_ticks
    player, _ = make_player(records)
    player.go_to_event(15_001)
    arrive(player)
    stops = []
    for _ in changes:
        player.step_by("best", 1)
        arrive(player)
        stops.append(player.position)
    assert len(changes) > 3
    assert stops == changes


def test_playing_follows_the_wall_clock_without_drift() -> None:
    records = market()
    player, clock = make_player(records)
    player.go_to_event(16_000)
    arrive(player)
    start_ns = player.engine.clock_ns
    player.set_speed(2.0)
    player.play()
    player.step()
    for _ in range(100):
        clock.now_s += 0.0101
        player.step()
    due_ns = start_ns + int(2.0 * 1.01e9)
    assert player.engine.clock_ns <= due_ns
    ahead = player.tape.read(player.position, player.position + 1)
    assert int(ahead["ts_event"][0]) > due_ns


def test_a_change_of_speed_in_flight_does_not_jump() -> None:
    records = market()
    player, clock = make_player(records)
    player.go_to_event(16_000)
    arrive(player)
    player.play()
    player.step()
    clock.now_s += 0.2
    player.step()
    before = player.position
    player.set_speed(1000.0)
    player.step()
    assert player.position == before


def test_a_long_silence_is_skipped_and_counted() -> None:
    records = market()[:16_000].copy()
    records["ts_event"][15_500:] += np.uint64(3600 * 10**9)
    player, clock = make_player(records)
    player.go_to_event(15_400)
    arrive(player)
    player.play()
    for _ in range(600):
        clock.now_s += 0.01
        player.step()
    assert player.n_silences_skipped == 1
    assert player.position > 15_500
    assert_is_straight_run(player)


def test_a_long_silence_is_waited_through_when_it_is_not_to_be_skipped() -> None:
    records = market()[:16_000].copy()
    records["ts_event"][15_500:] += np.uint64(60 * 10**9)
    player, clock = make_player(records)
    player.skips_silences = False
    player.go_to_event(15_400)
    arrive(player)
    player.play()
    for _ in range(600):
        clock.now_s += 0.01
        player.step()
    assert player.position == 15_500
    for _ in range(60):
        clock.now_s += 1.0
        player.step()
    assert player.n_silences_skipped == 0
    assert player.position > 15_500


def test_at_the_end_playing_stops_and_the_picture_stays() -> None:
    player, _ = make_player(market())
    player.set_speed(float("inf"))
    player.play()
    for _ in range(1000):
        player.step()
    assert player.is_at_end
    assert not player.is_playing
    assert_is_straight_run(player)


def test_playing_from_the_end_begins_anew() -> None:
    player, _ = make_player(market())
    player.go_to_event(player.tape.n_records)
    arrive(player)
    player.play()
    arrive(player)
    assert player.is_playing
    assert player.position < player.tape.n_records


def test_playing_is_asked_for_on_the_way_from_the_end() -> None:
    player, _ = make_player(market())
    player.go_to_event(player.tape.n_records)
    arrive(player)
    player.go_to_event(9_000)
    player.play()
    arrive(player)
    assert player.is_playing
    assert 9_000 <= player.position < player.tape.n_records


def test_other_parameters_are_recomputed_to_the_same_event() -> None:
    records = market()
    player, _ = make_player(records)
    player.go_to_event(17_000)
    arrive(player)
    player.change(EngineParams(tick_size=250_000_000, half_width=7, tau_s=0.5), Cadence(50_000_000))
    arrive(player)
    assert player.position == 17_000
    assert player.ring.half_width == 7
    assert_is_straight_run(player)


def test_playing_waits_for_a_tape_that_grows_and_goes_on() -> None:
    records = market()
    player, _ = make_player(records)
    tape = player.tape
    assert isinstance(tape, ArrayTape)
    tape.n_records, tape.is_complete = 0, False
    player.set_speed(float("inf"))
    player.play()
    assert player.step() > 0
    tape.n_records = 500
    player.step()
    assert player.position == 500
    assert player.is_playing
    tape.n_records, tape.is_complete = len(records), True
    while player.is_playing:
        player.step()
    assert player.position == len(records)


def test_a_journey_to_an_event_not_yet_read_waits_for_it() -> None:
    records = market()
    player, _ = make_player(records)
    tape = player.tape
    assert isinstance(tape, ArrayTape)
    tape.n_records, tape.is_complete = 500, False
    player.go_to_event(9_000)
    waits_s = [player.step() for _ in range(5)]
    assert waits_s[0] == 0
    assert waits_s[-1] > 0  # no spinning
    assert player.is_travelling
    tape.n_records = len(records)
    arrive(player)
    assert player.position == 9_000
    assert_is_straight_run(player)


def test_the_overview_counts_every_event_and_all_volume() -> None:
    records = market()
    player, _ = make_player(records)
    overview = index(player, records).overview()
    assert overview.n_done == N_BINS
    assert overview.n_events.sum() == len(records)
    assert overview.volume.sum() == records["size"][records["action"] == b"T"].sum()
    assert np.isfinite(overview.spot_tick[-1])
    assert overview.book_state[-1] == BOOK_STATES.index("valid")


def test_the_overview_keeps_a_gap_that_heals_within_a_bin() -> None:
    records = market().copy()
    records["flags"][16_000] |= 4  # the venue says that the book may be bad
    records["action"][16_010] = b"R"  # and starts it anew
    player, _ = make_player(records)
    states = index(player, records).overview().book_state
    assert (states == BOOK_STATES.index("suspect")).any()
    assert states[-1] != BOOK_STATES.index("suspect")


def test_keyframes_stay_within_their_bytes_and_keep_their_order() -> None:
    records = market()
    player, _ = make_player(records, spacing=300)
    player.keyframes.max_bytes = 1_000_000
    index(player, records)
    frames = player.keyframes.frames()
    assert player.keyframes.n_bytes <= 1_000_000
    assert len(frames) > 1
    assert [frame.event_id for frame in frames] == sorted(frame.event_id for frame in frames)
    assert player.keyframes.spacing_events > 300


def test_an_empty_tape_plays_nothing() -> None:
    player, _ = make_player(np.zeros(0, MBO_DTYPE))
    player.play()
    player.step()
    player.go_to_event(5)
    arrive(player)
    player.step_by("event", 1)
    arrive(player)
    player.step_by("spot", -1)
    arrive(player)
    assert player.position == 0
