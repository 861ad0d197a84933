"""The same columns raise the same alerts, however they come; those of what was played are told once."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.display.alert_twin import expected_firings
from tests.factories import T0, TICK, Records, add, cancel, fill, stream, trade
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import H_EVENT_ID, PASSING, GridRing
from vpdesk.display.alert_kernels import STANDING_FALSE, STANDING_OUTSIDE, STANDING_UNKNOWN, STANDING_YOUNG
from vpdesk.display.alert_rules import AlertRule, AtPrice, NearSpot, Quantity
from vpdesk.display.alert_watch import AlertWatch, Firing
from vpdesk.display.synthetic import SyntheticWriter, synthetic_ring, write_after_break, write_gap

SPOT_RAW = 20_400 * 250_000_000
RULES = (
    AlertRule(Quantity.DRIVE, 0.3),
    AlertRule(Quantity.DRIVE, -0.3, is_above=False),
    AlertRule(Quantity.VACUUM, 20, place=NearSpot(5)),
    AlertRule(Quantity.PRESSURE, 25, place=NearSpot(4, "below"), pause_s=0.0),
    AlertRule(Quantity.PRESSURE, 3, is_above=False, place=NearSpot(1)),
    AlertRule(Quantity.NET, -20, is_above=False),
    AlertRule(Quantity.NET, 15, place=AtPrice(SPOT_RAW)),
    AlertRule(Quantity.DEPTH, 120, place=NearSpot(2, "above")),
    AlertRule(Quantity.DEPTH, 40, is_above=False, place=AtPrice(SPOT_RAW + 5 * 250_000_000)),
    AlertRule(Quantity.PULLED, 15, place=NearSpot(3), window_s=1.0),
    AlertRule(Quantity.PULLED, 10, place=AtPrice(SPOT_RAW), window_s=0.3),
    AlertRule(Quantity.PULLED_SHARE, 12, place=NearSpot(3), window_s=2.0),
)
SECOND = 1_000_000_000


def watch_for(*rules: AlertRule) -> AlertWatch:
    watch = AlertWatch()
    watch.start(is_live=False)
    watch.set_rules(rules)
    return watch


def look_on(watch: AlertWatch, ring: GridRing) -> tuple[list[Firing], int]:
    """Look until everything closed has been checked; return the alerts told of and the columns missed."""
    firings, n_missed = [], 0
    while True:
        news = watch.look(ring)
        firings += news.firings
        n_missed += news.n_missed
        if news.n_left <= 0:
            return firings, n_missed


def lively(seed: int) -> SyntheticWriter:
    return synthetic_ring(0, 12, seed=seed)


def write_with_holes(writer: SyntheticWriter, dice: random.Random, n_columns: int) -> Iterator[None]:
    """Write columns in batches of any size, with gaps and breaks between; yields after each batch."""
    while n_columns > 0:
        n = min(n_columns, dice.choice([1, 1, 2, 7, 40]))
        kind = dice.random()
        if kind < 0.04:
            write_gap(writer, n)
        elif kind < 0.06:
            write_after_break(writer)
        else:
            writer.write(n)
        n_columns -= n
        yield


@given(st.integers(0, 1000))
@settings(max_examples=8, deadline=None)
def test_any_batches_raise_the_alerts_that_the_columns_alone_tell(seed: int) -> None:
    writer, dice = lively(seed), random.Random(seed)
    writer.ring.ticks_per_bucket = dice.choice([1, 1, 3])
    watch = watch_for(*RULES)
    told: list[Firing] = []
    for _ in write_with_holes(writer, dice, 300):
        if dice.random() < 0.5:
            told += watch.look(writer.ring).firings
    told += look_on(watch, writer.ring)[0]
    newest = writer.ring.span().newest
    assert [(one.rule, one.seq) for one in told] == expected_firings(writer.ring, RULES, 0, newest - 1)
    assert watch.firings == told
    again = watch_for(*RULES)
    assert look_on(again, writer.ring)[0] == told


def test_the_twin_has_something_to_compare() -> None:
    writer = lively(3)
    writer.write(500)
    found = {rule for rule, _ in expected_firings(writer.ring, RULES, 0, 498)}
    assert len(found) >= len(RULES) - 2


def test_a_column_that_is_still_open_raises_nothing() -> None:
    writer = lively(1)
    writer.write(20)
    watch = watch_for(AlertRule(Quantity.VACUUM, 5000))
    writer.touch(20_400, 0.0, 9000.0)
    assert look_on(watch, writer.ring) == ([], 0)
    writer.write(1)
    (one,) = look_on(watch, writer.ring)[0]
    assert (one.seq, one.bucket, one.value) == (19, 20_400, 9000.0)
    assert one.event_id == writer.ring.headers[19, H_EVENT_ID]


def test_an_old_shade_that_the_spot_comes_near_to_raises_nothing() -> None:
    writer = synthetic_ring(0, 12, seed=1)
    writer.write(30)
    writer.touch(20_400, 0.0, 9000.0)
    writer.write(30)
    rule = AlertRule(Quantity.VACUUM, 5000, place=NearSpot(12))
    assert len(look_on(watch_for(rule), writer.ring)[0]) == 1


def test_nothing_is_raised_without_a_book_and_its_return_is_no_crossing() -> None:
    writer = lively(2)
    writer.write(50)
    rule = AlertRule(Quantity.DEPTH, 1)  # always so
    watch = watch_for(rule)
    assert [one.seq for one in look_on(watch, writer.ring)[0]] == [0]
    write_gap(writer, 30)
    assert look_on(watch, writer.ring)[0] == []
    assert watch.standings[0].code == STANDING_UNKNOWN
    writer.write(30)
    assert look_on(watch, writer.ring)[0] == []


def test_a_price_outside_the_band_is_not_judged_and_says_so() -> None:
    writer = lively(2)
    writer.write(50)
    watch = watch_for(
        AlertRule(Quantity.DEPTH, 0, place=AtPrice(SPOT_RAW * 2)),
        AlertRule(Quantity.DEPTH, 10, is_above=False, place=AtPrice(SPOT_RAW * 2)),
        AlertRule(Quantity.PULLED, 0, place=AtPrice(SPOT_RAW * 2)),
    )
    assert look_on(watch, writer.ring)[0] == []
    assert {standing.code for standing in watch.standings} == {STANDING_OUTSIDE}


def test_what_was_passed_on_the_way_to_a_moment_is_marked_but_not_told() -> None:
    writer = lively(4)
    watch = watch_for(*RULES)
    writer.write(100)
    played, _ = look_on(watch, writer.ring)
    writer.ring.passed_id = PASSING
    writer.write(200)
    assert watch.look(writer.ring).firings == ()
    writer.ring.passed_id = int(writer.ring.headers[299, H_EVENT_ID])
    assert look_on(watch, writer.ring)[0] == []
    writer.write(100)
    after, _ = look_on(watch, writer.ring)
    assert watch.firings[: len(played)] == played
    assert watch.firings[-len(after) :] == after
    assert len(watch.firings) > len(played) + len(after)
    assert after
    assert min(one.seq for one in after) >= 299


def test_after_a_jump_back_the_same_alerts_are_told_again_from_there_on() -> None:
    writer = lively(4)
    writer.write(400)
    watch = watch_for(*RULES)
    played, _ = look_on(watch, writer.ring)
    again = lively(4)
    again.write(150)
    again.ring.passed_id = int(again.ring.headers[149, H_EVENT_ID])
    assert look_on(watch, again.ring)[0] == []
    again.write(250)
    told, _ = look_on(watch, again.ring)
    assert told == [one for one in played if one.event_id > again.ring.passed_id]
    assert watch.firings == played


def test_a_new_rule_marks_the_past_but_tells_only_what_comes() -> None:
    writer = lively(4)
    writer.write(300)
    watch = watch_for()
    look_on(watch, writer.ring)
    watch.set_rules(RULES)
    assert look_on(watch, writer.ring)[0] == []
    assert watch.firings
    writer.write(200)
    told, _ = look_on(watch, writer.ring)
    assert told == [one for one in watch.firings if one.seq >= 299]
    watch.set_rules(tuple(reversed(RULES)))
    assert look_on(watch, writer.ring) == ([], 0)


def test_of_a_live_feed_joined_under_way_only_what_comes_is_told() -> None:
    writer = lively(4)
    writer.write(300)
    watch = watch_for(*RULES)
    watch.start(is_live=True)
    assert look_on(watch, writer.ring)[0] == []
    writer.write(200)
    told, _ = look_on(watch, writer.ring)
    assert told
    assert min(one.seq for one in told) >= 298


def test_columns_that_are_overwritten_unseen_are_counted() -> None:
    writer = synthetic_ring(0, 12, capacity=64)
    watch = watch_for(*RULES)
    writer.write(40)
    look_on(watch, writer.ring)
    writer.write(300)
    span = writer.ring.span()
    told, n_missed = look_on(watch, writer.ring)
    assert n_missed == span.oldest - 39
    assert min((one.seq for one in told), default=span.oldest) >= span.oldest
    assert look_on(watch, writer.ring) == ([], 0)


def test_a_rule_that_is_off_raises_nothing_and_keeps_its_row() -> None:
    writer = lively(4)
    writer.write(300)
    on, off = AlertRule(Quantity.DRIVE, 0.0), AlertRule(Quantity.DRIVE, 0.0, is_on=False)
    watch = watch_for(off, on)
    told, _ = look_on(watch, writer.ring)
    assert {one.rule for one in told} == {on}
    assert watch.standings[0].code == STANDING_UNKNOWN
    assert np.isnan(watch.standings[0].value)
    assert watch.standings[1].code >= STANDING_FALSE


def test_a_rule_stands_where_it_stood_while_the_columns_are_gone_through_for_others() -> None:
    writer = lively(4)
    writer.write(600)
    drive, depth, net = RULES[0], RULES[7], RULES[6]
    watch = watch_for(drive, depth)
    look_on(watch, writer.ring)
    stood = watch.standings
    watch.set_rules((depth, net))
    seen = []
    while watch.look(writer.ring).n_left > 0:
        seen.append(watch.standings)
    assert len(seen) > 3
    assert {(kept, new.code, bool(np.isnan(new.value))) for kept, new in seen} == {
        (stood[1], STANDING_UNKNOWN, True)
    }
    assert watch.standings[0] == stood[1]
    assert watch.standings[1].code >= STANDING_FALSE
    assert watch.standings[1].value != stood[0].value


def book_then(*rows: Records) -> GridRing:
    """Return the columns of a book with 1000 at the best bid, one second old, and of what follows."""
    engine = Engine(EngineParams(tick_size=TICK, half_width=10))
    ring = GridRing(10, 256)
    quiet = [add(9, "A", 109, 1, ts=T0 + 3 * SECOND)]  # so that the columns before it are closed
    engine.feed(stream(add(1, "B", 100, 1000), add(2, "A", 101, 50), *rows, *quiet), ring)
    return ring


PULL_RULE = AlertRule(Quantity.PULLED, 300, place=AtPrice(100 * TICK), window_s=1.0)


@pytest.mark.parametrize(
    ("rows", "pulled"),
    [
        ([cancel(1, "B", 100, 400, ts=T0 + SECOND)], [400.0]),
        ([cancel(1, "B", 100, 200, ts=T0 + SECOND)], []),
        (
            [
                cancel(1, "B", 100, 200, ts=T0 + SECOND),
                cancel(1, "B", 100, 200, ts=T0 + SECOND + SECOND // 2),
            ],
            [400.0],
        ),
        (
            [
                cancel(1, "B", 100, 200, ts=T0 + SECOND // 2),
                cancel(1, "B", 100, 200, ts=T0 + 5 * SECOND // 2),
            ],
            [],
        ),
        ([cancel(1, "B", 100, 400, ts=T0 + SECOND), add(3, "B", 100, 400, ts=T0 + SECOND)], []),
        (
            [
                trade("A", 100, 400, ts=T0 + SECOND),
                fill(1, "B", 100, 400, ts=T0 + SECOND),
                cancel(1, "B", 100, 400, ts=T0 + SECOND),
            ],
            [],
        ),
        (
            [  # a wall that stands for a moment only
                add(3, "B", 100, 700, ts=T0 + SECOND),
                cancel(3, "B", 100, 700, ts=T0 + SECOND + SECOND // 2),
            ],
            [700.0],
        ),
    ],
    ids=["pulled", "too little", "in two", "too slowly", "put back", "traded", "a flash"],
)
def test_pulled_is_what_left_without_being_traded_or_put_back(
    rows: list[Records], pulled: list[float]
) -> None:
    watch = watch_for(PULL_RULE)
    told, _ = look_on(watch, book_then(*rows))
    assert [one.value for one in told] == pulled
    assert {one.bucket for one in told} <= {100}


def test_the_share_pulled_is_of_the_most_that_stood_there() -> None:
    share = AlertRule(Quantity.PULLED_SHARE, 30, place=AtPrice(100 * TICK), window_s=1.0)
    told, _ = look_on(watch_for(share), book_then(cancel(1, "B", 100, 400, ts=T0 + SECOND)))
    assert [one.value for one in told] == [40.0]


def test_pulled_is_not_judged_before_its_time_is_in_the_chart() -> None:
    writer = synthetic_ring(200, 12, capacity=64)
    slow = AlertRule(Quantity.PULLED, 0, place=NearSpot(3), window_s=60.0)
    watch = watch_for(slow)
    assert look_on(watch, writer.ring)[0] == []
    assert watch.standings[0].code == STANDING_YOUNG
