"""Replay and live give the same grids: the same records, on the two real ways to the engine.

One way is a file through `open_tape`; the other is the unmodified client of the live feed against a gateway
on the loopback interface, through the very session that the window shows. Columns are compared bit by bit.
"""

import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.live import wiring
from tests.realdata import DATA, needs_data
from vpdesk.core.engine import Engine, warm_up
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import GridRing
from vpdesk.gateway.faults import Fault, Trickle
from vpdesk.gateway.files import gateway_for_files
from vpdesk.gateway.server import serving
from vpdesk.runtime.live_session import LiveSession
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.session import SessionFacts
from vpdesk.sources.feed import LiveRequest
from vpdesk.sources.live import LiveFeed
from vpdesk.sources.recorder import Recorder
from vpdesk.sources.simulator import write_session
from vpdesk.sources.tape import Tape, open_tape

PARAMS = EngineParams(tick_size=1, half_width=8)
N_COLUMNS = 2**19  # every column of every test, so that none is left out
READ_COLUMNS = 16_384
EVERY_EVENT = Cadence(1, column_events=1)

REAL_FILES = (
    "es-esm4-2s-snapshot.mbo.dbn.zst",
    "cl-clx5-2h30-no-snapshot.mbo.dbn",
    "xnas-arl-day.mbo.dbn.zst",
    "nasdaq-amzn-day.mbo.dbn.zst",
)


@dataclass(frozen=True)
class Outcome:
    """What an engine and its ring have to show after so many events: hashes of every bit of it."""

    n_events: int
    n_columns: int
    state: str
    columns: str
    trades: str


def outcome(engine_digest: str, ring: GridRing, n_events: int) -> Outcome:
    newest = ring.span().newest
    columns = hashlib.blake2b(digest_size=16)
    for first in range(0, newest + 1, READ_COLUMNS):
        part = ring.read(first, min(newest, first + READ_COLUMNS - 1))
        assert part.seq[0] == first, "the ring must hold every column of a test"
        columns.update(part.tobytes())
    trades = hashlib.blake2b(ring.read_trades(0, newest).tobytes(), digest_size=16)
    return Outcome(n_events, newest + 1, engine_digest, columns.hexdigest(), trades.hexdigest())


def replayed(tape: Tape, cadence: Cadence, batch_sizes: Sequence[int]) -> Outcome:
    """Run the records of a tape through an engine, in batches of these sizes over and over."""
    engine = Engine(EngineParams(tape.instrument.tick.raw, half_width=PARAMS.half_width))
    ring = cadence.new_ring(PARAMS.half_width, N_COLUMNS)
    position = 0
    while position < tape.n_records:
        for size in batch_sizes:
            records = tape.read(position, position + size)
            engine.feed(records, ring)
            position += len(records)
    return outcome(engine.digest(), ring, engine.event_id)


def lived(
    path: Path, tape: Tape, cadence: Cadence, faults: Sequence[Fault] = (), recorder: Recorder | None = None
) -> Outcome:
    """Run the same file through gateway, client, feed and session."""
    one = tape.instrument
    gateway = gateway_for_files(path, speed=math.inf, key=wiring.KEY_TEXT, faults=[faults])
    with serving(gateway) as port:
        request = LiveRequest(
            tape.facts.dataset, (one.symbol or str(one.instrument_id),), gateway="127.0.0.1", port=port
        )
        warm_up()  # a cold compiler would be what is waited for
        feed = LiveFeed(request, wiring.KEY, recorder)
        facts = SessionFacts("live", one.name, tape.facts.dataset, True, False, "")
        session = LiveSession(feed, facts, PARAMS, cadence, tick_size=one.tick.raw, ring_columns=N_COLUMNS)
        until_events(session, tape.n_records)
        session.close()
        assert session.wait_closed(10)
    (result,) = session.results
    return outcome(result.digest, session.ring, result.event_id)


def until_events(session: LiveSession, n_events: int, timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while session.status.event_id < n_events:
        assert time.monotonic() < deadline, f"still {session.status}"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("simulated") / "day.mbo.dbn.zst"
    write_session(path, 60.0, seed=11)
    return path


@pytest.mark.parametrize("cadence", [Cadence(100_000_000), EVERY_EVENT], ids=["time", "every event"])
@pytest.mark.parametrize(
    "faults", [(), (Trickle(4_099),), (Trickle(300_000),)], ids=["as it comes", "small cuts", "large cuts"]
)
def test_live_and_replay_are_the_same_bit_by_bit(
    simulated: Path, cadence: Cadence, faults: Sequence[Fault]
) -> None:
    tape = open_tape(simulated)
    live = lived(simulated, tape, cadence, faults)
    assert live.n_events == tape.n_records
    assert live == replayed(tape, cadence, [tape.n_records])
    assert live == replayed(tape, cadence, [1, 7, 500, 3, 40_000])


def test_the_comparison_would_notice_one_changed_record(simulated: Path) -> None:
    tape = open_tape(simulated)
    records = tape.read(0, tape.n_records).copy()
    last_add = int(np.flatnonzero(records["action"] == b"A")[-1])
    outcomes = []
    for size in (records["size"][last_add], records["size"][last_add] + 1):
        records["size"][last_add] = size
        engine = Engine(EngineParams(tape.instrument.tick.raw, half_width=PARAMS.half_width))
        ring = EVERY_EVENT.new_ring(PARAMS.half_width, N_COLUMNS)
        engine.feed(records, ring)
        outcomes.append(outcome(engine.digest(), ring, engine.event_id))
    assert outcomes[0].state != outcomes[1].state
    assert outcomes[0].columns != outcomes[1].columns


@pytest.mark.parametrize("ending", ["dbn", "dbn.zst"])
def test_the_recording_of_a_live_session_replays_to_the_same_grids(
    simulated: Path, tmp_path: Path, ending: str
) -> None:
    tape = open_tape(simulated)
    recorder = Recorder(tmp_path, "parity", compress=ending == "dbn.zst")
    live = lived(simulated, tape, Cadence(100_000_000), recorder=recorder)
    (path,) = tmp_path.glob(f"*.{ending}")
    again = open_tape(path)
    assert again.instrument.symbol == tape.instrument.symbol
    assert again.instrument.tick.raw == tape.instrument.tick.raw
    assert live == replayed(again, Cadence(100_000_000), [10_000])


@needs_data
@pytest.mark.parametrize("name", REAL_FILES)
def test_live_recording_and_replay_are_the_same_after_every_event_of_a_real_market(
    name: str, tmp_path: Path
) -> None:
    assert DATA is not None
    tape = open_tape(DATA / name)
    recorder = Recorder(tmp_path, "parity")
    live = lived(DATA / name, tape, EVERY_EVENT, recorder=recorder)
    assert live.n_events == tape.n_records
    assert live == replayed(tape, EVERY_EVENT, [tape.n_records])
    (path,) = tmp_path.glob("*.dbn")
    again = open_tape(path, tick_size=tape.instrument.tick.raw)
    assert live == replayed(again, EVERY_EVENT, [1, 1000, 30_000])
