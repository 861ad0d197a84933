"""From files to a running session; no Qt."""

from dataclasses import replace
from typing import Final

from vpdesk.core.params import EngineParams
from vpdesk.core.ring import DEFAULT_COLUMN_NS
from vpdesk.paths import resource_path
from vpdesk.runtime.index_cache import IndexCache
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.replay_session import ReplaySession
from vpdesk.runtime.session import SessionFacts
from vpdesk.sources.cache import Cache
from vpdesk.sources.facts import FileFacts, InstrumentFacts, written_id
from vpdesk.sources.files import Paths
from vpdesk.sources.scan import Cancel, Progress
from vpdesk.sources.simulator import DATASET as SIMULATED_DATASET
from vpdesk.sources.tape import InstrumentChoice, Tape, open_tape

HALF_WIDTH: Final = 80  # the window shows 161 buckets
DEMO_NAME: Final = "demo.mbo.dbn.zst"
DEMO_START_NS: Final = 150 * 10**9  # into the session, so that the chart is full from the first moment
DEMO_NOTICE: Final = (
    "Simulated data, so that there is something to see. Open a Databento file with {open} or drop it "
    "here; connect to a live feed with {live}."
)


def params_for(tape: Tape) -> EngineParams:
    """Return the parameters the window starts with for a tape."""
    return EngineParams(tick_size=tape.instrument.tick.raw, half_width=HALF_WIDTH)


def facts_for(tape: Tape) -> SessionFacts:
    """Return what the window shows of a tape."""
    one, facts = tape.instrument, tape.facts
    is_simulated = facts.dataset == SIMULATED_DATASET
    return SessionFacts(
        title=f"{one.name} {file_title(facts)}",
        symbol=one.name,
        dataset=facts.dataset,
        is_live=False,
        is_simulated=is_simulated,
        tick_origin="simulated" if is_simulated else one.tick.origin,
        notice="Simulated data." if is_simulated else "",
        content_id=facts.content_id,
    )


def file_title(facts: FileFacts) -> str:
    """Return a short name for one file or several."""
    name = facts.paths[0].name
    return name if len(facts.paths) == 1 else f"{name} and {len(facts.paths) - 1} more"


def session_for(tape: Tape, *, is_demo: bool = False, is_playing: bool = True) -> ReplaySession:
    """Start a session on a tape; the caller closes the session, then the tape."""
    facts = facts_for(tape)
    if is_demo:
        facts = replace(facts, title="Simulated session", notice=DEMO_NOTICE)
    span_ns = session_span(tape.instrument)
    return ReplaySession(
        tape,
        facts,
        params_for(tape),
        Cadence(DEFAULT_COLUMN_NS),
        span_ns,
        start_ns=span_ns[0] + DEMO_START_NS if is_demo else None,
        is_playing=is_playing,
        n_records=tape.instrument.n_records,
        problem=lambda: sentence(tape.problem),
        identity=identity_of(tape),
        place="" if is_demo else _place_of(tape),  # the demo changes with the program
    )


def sentence(problem: str) -> str:
    """Return what is wrong with files as a sentence of its own; the name of a file stays as it is."""
    start = problem[:1].upper() + problem[1:] if problem.startswith(("the ", "a record ")) else problem
    return f"{start}." if problem else ""


def identity_of(tape: Tape) -> str:
    """Return what stands for the records of a tape; "" where the files cannot be looked at any more."""
    one = tape.instrument
    try:
        written = written_id(tape.facts.paths)  # a large file's content_id looks at blocks of it only
    except OSError:
        return ""
    return f"{tape.facts.content_id} {written} {one.publisher_id} {one.ids_by_file} {one.n_records}"


def _place_of(tape: Tape) -> str:
    """Return what stands for the files by their paths, and for the instrument chosen in them."""
    one = tape.instrument
    return f"{[str(path) for path in tape.facts.paths]} {one.publisher_id} {one.symbol or one.ids_by_file}"


def session_span(one: InstrumentFacts) -> tuple[int, int]:
    """Return the first and last time of an instrument's records, ns; snapshot records aside."""
    return one.first_ts_ns, max(one.last_ts_ns, one.first_ts_ns + 1)


def clear_caches() -> int:
    """Delete decoded files and indexes; return how many bytes they took."""
    n_bytes = 0
    for cache in (Cache(), IndexCache()):
        n_bytes += cache.n_bytes()
        cache.clear()
    return n_bytes


def open_demo(*, progress: Progress | None = None, cancel: Cancel | None = None, wait: bool = False) -> Tape:
    """Open the simulated session that ships with the program."""
    return open_tape(resource_path(DEMO_NAME), progress=progress, cancel=cancel, wait=wait)


def open_files(
    paths: Paths,
    instrument: InstrumentChoice | None = None,
    tick_size: int | None = None,
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    wait: bool = False,
) -> Tape:
    """Open files; see `open_tape`."""
    return open_tape(
        paths, instrument=instrument, tick_size=tick_size, progress=progress, cancel=cancel, wait=wait
    )
