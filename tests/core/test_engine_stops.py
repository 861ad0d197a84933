"""Stopping before a time, or after a watched change: exactly there, and nothing is lost by it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import T0, TICK, Records, add, clear, modify, one_by_one, record, stream
from tests.strategies import any_cases
from vpdesk.core.engine import Engine
from vpdesk.core.grid import Grid
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing

Case = tuple[EngineParams, Records]
WATCHED: dict[str, Callable[[Grid], object]] = {
    "best": lambda grid: (grid.best_bid, grid.best_ask),
    "spot": lambda grid: grid.spot_tick,
}


@given(any_cases, st.integers(-2, 6), st.sampled_from([1, 400_000_000, 700_000_000, 10**13]))
def test_until_stops_before_the_first_record_that_would_pass_the_time(
    case: Case, steps: int, step_ns: int
) -> None:
    params, records = case
    until_ns = T0 + steps * step_ns
    plain, n_before = Engine(params), 0
    for row in one_by_one(records):
        clock_ns = max(plain.grid().ts_event, int(row["ts_event"][0]) if row["ts_event"][0] < 2**63 else 0)
        if clock_ns > until_ns:
            break
        plain.feed(row)
        n_before += 1
    stopped = Engine(params)
    assert stopped.feed(records, until_ns=until_ns) == n_before
    assert stopped.digest() == plain.digest()
    stopped.feed(records[n_before:])
    plain.feed(records[n_before:])
    assert stopped.digest() == plain.digest()


@given(any_cases, st.sampled_from(sorted(WATCHED)))
def test_a_watch_stops_right_after_each_event_that_changes_what_it_watches(case: Case, watch: str) -> None:
    params, records = case
    plain, expected = Engine(params), []
    seen = WATCHED[watch](plain.grid())
    for n_fed, row in enumerate(one_by_one(records), start=1):
        plain.feed(row)
        now = WATCHED[watch](plain.grid())
        if now != seen:
            expected.append(n_fed)
        seen = now
    watching, stops, fed = Engine(params), [], 0
    while fed < len(records):
        fed += watching.feed(records[fed:], watch=watch)
        if watching.is_watch_hit:
            stops.append(fed)
    assert stops == expected
    assert watching.digest() == plain.digest()


def test_the_first_spot_is_a_change_of_the_spot_wherever_it_is() -> None:
    for bid in range(-4, 4):
        engine = Engine(EngineParams(tick_size=TICK, half_width=3))
        market = stream(clear(), add(1, "B", bid, 5), add(2, "A", bid + 2, 5), record("N"))
        assert engine.feed(market, watch="spot") == 3, bid
        assert engine.is_watch_hit


@pytest.mark.parametrize("cadence", [{"column_events": 2}, {"column_ns": 1_000}], ids=["events", "time"])
def test_watching_columns_stops_after_the_event_that_opens_one(cadence: dict[str, int]) -> None:
    params = EngineParams(tick_size=TICK, half_width=3)
    records = stream(clear(), *(modify(1, "B", 99, n, ts=T0 + 700 * n) for n in range(1, 40)))
    watching, ring = Engine(params), GridRing(3, 64, **cadence)
    newest, fed = -1, 0
    while fed < len(records):
        fed += watching.feed(records[fed:], ring, watch="column")
        columns = ring.read(0, 10**6)
        if watching.is_watch_hit:
            assert columns.headers[-1, 10] == 1, "the event that opened the column is in it"
            assert columns.seq[-1] > newest
        newest = columns.seq[-1]
    whole, whole_ring = Engine(params), GridRing(3, 64, **cadence)
    whole.feed(records, whole_ring)
    assert ring.read(0, 10**6).tobytes() == whole_ring.read(0, 10**6).tobytes()
