import math

import numpy as np

from tests.factories import T0
from tests.live.wiring import INSTRUMENT, Records, market
from vpdesk.core.events import UNDEF_TIMESTAMP
from vpdesk.gateway.market import Market

SECOND_NS = 1_000_000_000


def spaced(*seconds: float) -> Records:
    records = market(len(seconds))
    records["ts_recv"] = [T0 + int(second * SECOND_NS) for second in seconds]
    return records


def test_records_are_due_at_the_speed_asked_for() -> None:
    tape = Market([spaced(0, 1, 2, 3, 20)], speed=2.0)
    tape.open(100.0)
    assert len(tape.due(100.0)) == 1
    assert tape.wait_s(100.0) == 0.5
    assert len(tape.due(101.1)) == 2
    assert len(tape.due(101.1)) == 0
    assert len(tape.due(200.0)) == 2
    assert tape.is_over
    assert tape.wait_s(200.0) == math.inf


def test_at_full_speed_everything_is_due_across_arrays() -> None:
    records = spaced(0, 1000, 2000)
    tape = Market([records[:1], records[:0], records[1:]], speed=math.inf)
    tape.open(0.0)
    assert np.concatenate([tape.due(0.0), tape.due(0.0)]).tobytes() == records.tobytes()
    assert len(tape.due(0.0)) == 0
    assert tape.n_served == 3


def test_market_time_stands_still_while_nobody_listens() -> None:
    tape = Market([spaced(0, 10, 11)], speed=1.0)
    tape.open(0.0)
    assert len(tape.due(0.0)) == 1
    tape.open(1000.0)
    assert len(tape.due(1000.0)) == 1, "what comes next is due at once"
    assert len(tape.due(1000.5)) == 0
    assert len(tape.due(1001.0)) == 1


def test_times_that_are_undefined_or_go_back_hold_nothing_up() -> None:
    records = spaced(0, 0, 5, 1, 6)
    records["ts_recv"][0] = UNDEF_TIMESTAMP
    tape = Market([records[:2], records[2:]], speed=1.0)
    tape.open(0.0)
    assert len(tape.due(0.0)) == 2
    assert len(tape.due(5.0)) == 2
    assert len(tape.due(6.0)) == 1


def test_skipping_passes_over_older_records_but_keeps_their_orders() -> None:
    records = market(1000)
    tape = Market([records[:300], records[300:]], speed=math.inf)
    tape.skip_before(int(records["ts_event"][500]))
    tape.open(0.0)
    assert tape.due(0.0)[0]["sequence"] == 500
    assert len(tape.snapshot(INSTRUMENT)) > 10


def test_a_tape_of_nothing_is_over() -> None:
    tape = Market([], speed=1.0)
    tape.open(0.0)
    assert tape.is_over
    assert len(tape.due(0.0)) == 0
    tape.skip_before(T0)
