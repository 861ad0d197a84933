"""Sessions to export: tapes over files written here, and the columns of a straight run of them."""

from pathlib import Path

from tests.factories import INSTRUMENT_ID, PUBLISHER_ID, TICK, Records
from vpdesk.core.engine import Engine
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import Columns, GridRing
from vpdesk.sources.cache import Cache
from vpdesk.sources.dbn_writer import DbnWriter
from vpdesk.sources.tape import Tape, open_tape


def tape_of(records: Records, folder: Path) -> Tape:
    """Write records as a file and open it, at a tick of one cent."""
    path = folder / "some.dbn"
    first_ns = int(records["ts_event"].min())
    with DbnWriter(
        path,
        dataset="XNAS.ITCH",
        symbol="ARL",
        instrument_id=INSTRUMENT_ID,
        publisher_id=PUBLISHER_ID,
        start_ns=first_ns,
        end_ns=first_ns + 10**9,
    ) as writer:
        writer.write(records)
    return open_tape(path, tick_size=TICK, cache=Cache(folder / "cache"))


def straight_run(
    records: Records, params: EngineParams, column_ns: int, column_events: int = 0
) -> tuple[Columns, GridRing]:
    """Return every column of a run from start to end in one feed, and the ring that holds them."""
    ring = GridRing(params.half_width, 1 << 15, column_ns=column_ns, column_events=column_events)
    Engine(params).feed(records, ring)
    span = ring.span()
    assert span.oldest == 0
    return ring.read(0, span.newest), ring
