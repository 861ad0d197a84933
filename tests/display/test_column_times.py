import numpy as np
import pytest

from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import H_START_NS, GridRing
from vpdesk.display.column_times import column_of_time, time_of_column
from vpdesk.sources.simulator import simulate


def filled(**cadence: int) -> GridRing:
    ring = GridRing(5, 64, **cadence)
    Engine(EngineParams(250_000_000, half_width=5)).feed(np.concatenate(list(simulate(2.0, seed=3))), ring)
    return ring


@pytest.mark.parametrize(
    "cadence", [{"column_ns": 10_000_000}, {"column_ns": 1, "column_events": 20}], ids=str
)
def test_columns_and_times_are_each_others_inverse(cadence: dict[str, int]) -> None:
    ring = filled(**cadence)
    span = ring.span()
    columns = ring.read(span.oldest, span.newest)
    starts_ns = columns.headers[:, H_START_NS]
    for seq, start_ns in zip(columns.seq.tolist(), starts_ns.tolist(), strict=True):
        assert time_of_column(ring, seq) == start_ns
        found = column_of_time(ring, start_ns)
        assert found is not None
        assert time_of_column(ring, found) == start_ns  # several columns of events may begin at once


def test_beyond_the_columns_the_usual_length_is_taken() -> None:
    ring = filled(column_ns=10_000_000)
    span = ring.span()
    first_ns, last_ns = time_of_column(ring, span.oldest), time_of_column(ring, span.newest)
    assert first_ns is not None
    assert last_ns is not None
    assert time_of_column(ring, span.oldest - 7) == first_ns - 70_000_000
    assert time_of_column(ring, span.newest + 1) == last_ns + 10_000_000
    assert column_of_time(ring, first_ns - 70_000_000) == span.oldest - 7
    assert column_of_time(ring, last_ns + 5_000_000) == span.newest + 0.5


def test_an_empty_ring_has_no_times() -> None:
    ring = GridRing(5, 64)
    assert time_of_column(ring, 0) is None
    assert column_of_time(ring, 0) is None
