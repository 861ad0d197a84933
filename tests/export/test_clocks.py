import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import T0, record, stream
from vpdesk.core.engine import Engine
from vpdesk.core.events import UNDEF_TIMESTAMP
from vpdesk.core.params import EngineParams
from vpdesk.export.clocks import BLOCK, EventClocks

TIMES = st.one_of(st.integers(T0 - 5, T0 + 5), st.just(0), st.just(UNDEF_TIMESTAMP))


@given(st.lists(TIMES, min_size=1, max_size=40), st.integers(1, 7))
def test_the_clock_at_any_event_is_the_engines(times: list[int], n_at_once: int) -> None:
    repeats = BLOCK // 16  # so that a list reaches over several blocks
    records = np.repeat(stream(*(record("N", ts=ts) for ts in times)), repeats)
    engine = Engine(EngineParams(tick_size=1, half_width=1))
    expected = [0]
    for row in range(0, len(records), repeats):
        engine.feed(records[row : row + repeats])
        expected.append(engine.clock_ns)
    clocks = EventClocks(lambda start, stop: records[start:stop])
    step = n_at_once * 100
    for row in range(0, len(records), step):
        clocks.note(records[row : row + step])
    ids = np.arange(0, len(records) + 1, repeats).reshape(1, -1)
    assert clocks.at(ids).tolist() == [expected]


def test_an_event_that_touched_nothing_yet_has_no_clock() -> None:
    clocks = EventClocks(lambda start, stop: records[start:stop])
    records = stream(record("N", ts=T0), record("N", ts=T0 + 7))
    clocks.note(records)
    assert clocks.at(np.array([[0, 1], [2, 0]])).tolist() == [[0, T0], [T0 + 7, 0]]
