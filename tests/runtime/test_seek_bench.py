import numpy as np

from vpdesk.core.params import EngineParams
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.replay_session import span_of
from vpdesk.runtime.seek_bench import RecordsInMemory, measure_seeks
from vpdesk.sources.simulator import simulate


def test_seeks_of_a_small_session_are_measured_in_both_directions() -> None:
    records = np.concatenate(list(simulate(10.0, seed=5)))
    tape = RecordsInMemory(records)
    params = EngineParams(250_000_000, half_width=10)
    times = measure_seeks(
        tape, params, Cadence(100_000_000), span_of(records), n_seeks=12, history_columns=20
    )
    assert 0 < times.forward_median_ms <= times.forward_p99_ms
    assert 0 < times.back_median_ms <= times.back_p99_ms
    assert 0 < times.step_back_median_ms <= times.step_back_p99_ms
    assert times.index_s > 0


def test_a_tape_in_memory_reads_like_any_other() -> None:
    records = np.concatenate(list(simulate(0.5, seed=5)))
    tape = RecordsInMemory(records)
    assert tape.is_complete
    assert tape.n_records == len(records)
    assert tape.read(3, 7).tobytes() == records[3:7].tobytes()
    assert len(tape.read(tape.n_records - 1, tape.n_records + 9)) == 1
