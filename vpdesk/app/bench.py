"""``vpdesk bench``: how fast this machine decodes, computes, writes columns and paints.

Times are medians of several runs in this process. Beside the engine stand, in the same run, a plain copy
of the bytes a column has and, in a checkout, the plain twin of the engine that the tests compare with:
ratios hold where absolute times drift.
"""

import functools
import importlib
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import typer
from numpy.typing import NDArray

import vpdesk
from vpdesk.app.bench_kernels import copy_columns
from vpdesk.app.progress import progress_bar
from vpdesk.core.engine import Engine, warm_up
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import DEFAULT_COLUMN_NS, GridRing
from vpdesk.figures import grouped
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.replay_session import span_of
from vpdesk.runtime.seek_bench import RecordsInMemory, measure_seeks
from vpdesk.sources.cache import Cache
from vpdesk.sources.simulator import simulate
from vpdesk.sources.tape import open_tape

N_RUNS: Final = 5
N_TWIN_EVENTS: Final = 20_000
MAX_DENSE_EVENTS: Final = 500_000
DENSE_COLUMNS: Final = 2048
SEEK_COLUMNS: Final = 2048
SEEK_HALF_WIDTH: Final = 80  # as in the window
SEED: Final = 1


@dataclass(frozen=True)
class Stream:
    """What is measured with."""

    name: str
    records: NDArray[np.void]
    tick_size: int


def run(files: list[Path], *, n_events: int, with_frames: bool) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="vpdesk-bench-") as folder:
        files = files or [_simulate(Path(folder) / "bench.dbn.zst", n_events)]
        stream = _decode(files)
        with progress_bar("preparing the kernels"):
            warm_up()
        typer.echo(f"{stream.name}: {grouped(len(stream.records))} events")
        _engine(stream)
        _seeks(stream)
        if with_frames:
            _frames()
            _desk(files)


# --- stages ------------------------------------------------------------------------------------------------


def _simulate(path: Path, n_events: int) -> Path:
    """Write a simulated session of about ``n_events``."""
    from vpdesk.sources.dbn_writer import DbnWriter
    from vpdesk.sources.simulator import DATASET, INSTRUMENT_ID, PUBLISHER_ID, START_NS, SYMBOL

    with progress_bar("simulating") as tell:
        parts: list[NDArray[np.void]] = []
        n_made = 0
        for records in simulate(86_400.0, SEED):
            parts.append(records.copy())
            n_made += len(records)
            tell(min(1.0, n_made / n_events))
            if n_made >= n_events:
                break
    records = np.concatenate(parts)[:n_events]
    with DbnWriter(
        path,
        dataset=DATASET,
        symbol=SYMBOL,
        instrument_id=INSTRUMENT_ID,
        publisher_id=PUBLISHER_ID,
        start_ns=START_NS,
        end_ns=int(records["ts_recv"].max()) + 1,
    ) as writer:
        writer.write(records)
    return path


def _decode(files: list[Path]) -> Stream:
    """Open files as the window does, each time with an empty cache."""
    seconds = []
    for _ in range(3):
        with tempfile.TemporaryDirectory(prefix="vpdesk-bench-") as name:
            start_s = time.perf_counter()
            tape = open_tape(files, cache=Cache(Path(name)))
            seconds.append(time.perf_counter() - start_s)
            records = tape.read(0, tape.n_records).copy()
            tape.close()
    _row("", "million/s", "ns each", "peak MB")
    _row("decode, cold (probe + load)", *_rates(len(records), statistics.median(seconds)))
    return Stream(tape.instrument.name, records, tape.instrument.tick.raw)


def _engine(stream: Stream) -> None:
    n_events = len(stream.records)
    bare_ns = statistics.median(_time_engine(stream, 40, None, n_events) for _ in range(N_RUNS))
    _row("engine, no columns", *_rates_of(bare_ns))
    for half_width in (40, 200):
        make_ring = functools.partial(GridRing, capacity=8192)
        ns = statistics.median(_time_engine(stream, half_width, make_ring, n_events) for _ in range(N_RUNS))
        _row(f"engine, columns of 100 ms, K = {half_width}", *_rates_of(ns))
    for half_width, capacity in ((40, DENSE_COLUMNS), (200, DENSE_COLUMNS // 4)):
        _dense(stream, half_width, capacity)
    _twin(stream, bare_ns)


def _dense(stream: Stream, half_width: int, capacity: int) -> None:
    """Measure a column at every event beside no columns and beside copying, each time one after another."""
    n_events = min(len(stream.records), MAX_DENSE_EVENTS)
    make_ring = functools.partial(GridRing, capacity=capacity, column_events=1)
    dense, copies, ratios = [], [], []
    for _ in range(N_RUNS):
        bare_ns = _time_engine(stream, half_width, None, n_events)
        dense_ns = _time_engine(stream, half_width, make_ring, n_events)
        copy_ns, n_bytes = _time_copy(half_width, capacity)
        dense.append(dense_ns)
        copies.append(copy_ns)
        ratios.append((dense_ns - bare_ns) / copy_ns)
    _row(f"engine, a column at every event, K = {half_width}", *_rates_of(statistics.median(dense)))
    _row(f"  plain copy of a column ({grouped(n_bytes)} bytes)", *_rates_of(statistics.median(copies)))
    typer.echo(f"  a column adds {statistics.median(ratios):.2f} x the plain copy of its bytes")


def _seeks(stream: Stream) -> None:
    """Measure going to random moments of an indexed session, the chart filled before each."""
    times = measure_seeks(
        RecordsInMemory(stream.records),
        EngineParams(stream.tick_size, half_width=SEEK_HALF_WIDTH),
        Cadence(DEFAULT_COLUMN_NS),
        span_of(stream.records),
        history_columns=SEEK_COLUMNS,
    )
    n_events = grouped(len(stream.records))
    typer.echo(f"index of {n_events} events: {times.index_s:.2f} s, {times.n_keyframes} keyframes")
    for name, median_ms, p99_ms in (
        (f"seek forward, {SEEK_COLUMNS} columns filled", times.forward_median_ms, times.forward_p99_ms),
        (f"seek back, {SEEK_COLUMNS} columns filled", times.back_median_ms, times.back_p99_ms),
        ("step back by an event", times.step_back_median_ms, times.step_back_p99_ms),
    ):
        typer.echo(f"{name}: median {median_ms:.1f} ms, p99 {p99_ms:.1f} ms")


def _time_engine(
    stream: Stream, half_width: int, make_ring: Callable[[int], GridRing] | None, n_events: int
) -> float:
    """Return the ns per event of a fresh run."""
    engine = Engine(EngineParams(stream.tick_size, half_width=half_width))
    ring = make_ring(half_width) if make_ring else None
    if ring is not None:
        _touch_pages(ring)
    start_s = time.perf_counter()
    engine.feed(stream.records[:n_events], ring)
    return (time.perf_counter() - start_s) / n_events * 1e9


def _touch_pages(ring: GridRing) -> None:
    """Have the system map the ring's memory now: a running ring has all its pages."""
    for array in (ring.cells, ring.last_event_ids, ring.headers, ring.drive):
        array.fill(0)


def _time_copy(half_width: int, capacity: int) -> tuple[float, int]:
    """Return the ns per column of copying alone, and a column's bytes."""
    ring = GridRing(half_width, capacity, column_ns=DEFAULT_COLUMN_NS)
    _touch_pages(ring)
    copy_columns(ring.cells, ring.last_event_ids, ring.headers, 1)  # compiled, or loaded
    n = 20 * capacity
    start_s = time.perf_counter()
    copy_columns(ring.cells, ring.last_event_ids, ring.headers, n)
    ns = (time.perf_counter() - start_s) / n * 1e9
    return ns, sum(part[0].nbytes for part in (ring.cells, ring.last_event_ids, ring.headers))


def _twin(stream: Stream, engine_ns: float) -> None:
    twin_class = _plain_twin()
    if twin_class is None:
        typer.echo("  the plain twin is part of the tests, so it is measured in a checkout only")
        return
    records = stream.records[-N_TWIN_EVENTS:]
    twin = twin_class(EngineParams(stream.tick_size))
    start_s = time.perf_counter()
    twin.feed(records)
    ns = (time.perf_counter() - start_s) / len(records) * 1e9
    _row("plain twin in Python, no columns", *_rates_of(ns))
    typer.echo(f"  the engine is {ns / engine_ns:.0f} x as fast")


def _plain_twin() -> Any:
    """Return the tests' reference engine, None where there is no checkout."""
    checkout = Path(vpdesk.__file__).resolve().parents[1]
    if not (checkout / "tests" / "reference" / "engine.py").is_file():
        return None
    sys.path.insert(0, str(checkout))
    try:
        return importlib.import_module("tests.reference.engine").ReferenceEngine
    finally:
        sys.path.remove(str(checkout))


def _frames() -> None:
    """Measure whole frames: update and paint, scrolling, with the overlays on."""
    from vpdesk.app import environment

    environment.draw_off_screen()
    environment.check_qt()
    environment.log_qt_messages()
    from vpdesk.ui.field.frame_bench import measure_frames

    typer.echo(f"{'frames of 1600 x 900':<46}{'median ms':>10}{'p99 ms':>10}{'peak MB':>10}")
    for n_columns, n_buckets in itertools.product((2_000, 65_000), (161, 401)):
        times = measure_frames(n_columns, n_buckets)
        words = f"{grouped(n_columns)} columns x {n_buckets} buckets"
        typer.echo(f"{words:<46}{times.median_ms:>10.2f}{times.p99_ms:>10.2f}{_peak_mb():>10}")
        typer.echo(
            f"{'  plain pyqtgraph image of the same values':<46}"
            f"{times.reference_median_ms:>10.2f}{times.reference_p99_ms:>10.2f}"
        )


def _desk(files: list[Path]) -> None:
    """Measure frames of the whole window while it plays the files."""
    from vpdesk.app.desk_bench import measure_desk

    with tempfile.TemporaryDirectory(prefix="vpdesk-bench-") as folder:
        tape = open_tape(files, cache=Cache(Path(folder)))
        times = measure_desk(tape)
        tape.close()
    words = f"everything shown, {grouped(times.n_columns)} columns x {times.n_buckets}"
    typer.echo(f"{words:<46}{times.median_ms:>10.2f}{times.p99_ms:>10.2f}{_peak_mb():>10}")
    typer.echo(f"  of {times.n_frames} frames {times.n_late} took longer than a sixtieth of a second")


# --- printing ----------------------------------------------------------------------------------------------


def _rates(n: int, seconds: float) -> tuple[str, str, str]:
    return _rates_of(seconds / n * 1e9)


def _rates_of(ns: float) -> tuple[str, str, str]:
    rate = 1e3 / ns
    return f"{rate:.2f}" if rate >= 0.1 else f"{rate:.4f}", grouped(ns, ",.0f"), _peak_mb()


def _row(words: str, rate: str, each: str, peak: str) -> None:
    typer.echo(f"{words:<46}{rate:>10}{each:>10}{peak:>10}")


def _peak_mb() -> str:
    """Return the most memory the process has had so far, in MB; "-" where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return "-"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return grouped(peak / (1e6 if sys.platform == "darwin" else 1e3), ",.0f")
