"""What the commands do, apart from drawing and measuring."""

import contextlib
import itertools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from vpdesk.app import environment
from vpdesk.app.options import read_tick_size
from vpdesk.app.progress import progress_bar
from vpdesk.errors import OptionError, SourceError, VpdeskError

if TYPE_CHECKING:
    from vpdesk.app.desk import Desk

DIGEST_CHUNK: Final = 1 << 16


def show_window(files: list[Path], instrument: str | None, tick_size: str | None) -> int:
    """Open the window; with no display, draw the session into a PNG instead. Returns the exit code."""
    tick_raw = read_tick_size(tick_size)
    if not environment.has_display():
        return _draw_instead(files, instrument, tick_size)
    environment.check_qt()
    from vpdesk.app.desk import run_desk

    desk = _new_desk()
    if files:
        desk.open_now([file.absolute() for file in files], instrument, tick_raw)
    else:
        desk.open_first()
    return run_desk(desk)


def run_live(
    dataset: str,
    symbols: list[str],
    stype_in: str,
    start: str,
    gateway: str | None,
    port: int,
    record_to: Path | None,
    tick_size: str | None,
    *,
    is_headless: bool,
) -> int:
    """Connect to a live feed, in the window or without one. Returns the exit code."""
    from vpdesk.app import live
    from vpdesk.sources.feed import LiveRequest

    has_start_time = start not in ("snapshot", "none")
    try:
        request = LiveRequest(
            dataset,
            tuple(symbols),
            stype_in or live.stype_of(symbols[0]),
            snapshot=start == "snapshot",
            start_ns=live.read_start(start) if has_start_time else None,
            gateway=gateway,
            port=port,
        )
    except SourceError as error:
        raise OptionError(str(error)) from None
    wish = live.LiveWish(request, read_tick_size(tick_size), record_to and record_to.absolute())
    if is_headless:
        with contextlib.suppress(ImportError):  # what keeps logs apart is Qt's, and may lack libraries here
            from vpdesk.app.log_file import start_log

            start_log()
        return live.run_headless(wish)
    if not environment.has_display():
        raise VpdeskError("There is no display to open a window on: add --headless.")
    environment.check_qt()
    from vpdesk.app.desk import run_desk

    desk = _new_desk()
    desk.live.connect_to(wish)
    return run_desk(desk)


def _new_desk() -> "Desk":
    """Return the window's desk; from here on, the log is written."""
    from vpdesk.app.desk import Desk, make_application
    from vpdesk.app.log_file import start_log

    log_path = start_log()
    environment.log_qt_messages()
    make_application(sys.argv[:1])
    return Desk(log_path=log_path)


def _draw_instead(files: list[Path], instrument: str | None, tick_size: str | None) -> int:
    environment.draw_off_screen()
    environment.check_qt()
    from vpdesk.app.picture import Wish, draw

    output = _free_name(Path("vpdesk.png").absolute())
    wish = Wish(
        tuple(files), output, None, "1600x900", "net", 1200, "dark", True, instrument, tick_size, False
    )
    try:
        draw(wish)
    except VpdeskError as error:
        sys.stderr.write(f"There is no display to open a window on, and no picture was drawn: {error}\n")
        return 1
    what = "the session" if files else "the simulated session"
    typer.echo(f"There is no display to open a window on, so {what} was drawn into {output}.")
    return 0


def _free_name(path: Path) -> Path:
    """Return a name that no file has yet: of ``a.png``, itself, or ``a-2.png``, and so on."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain([path], numbered) if not os.path.lexists(name))


def print_info(files: list[Path]) -> None:
    """Print what files hold.

    Raises
    ------
    SourceError
        They hold it in part only, or nothing at all; what could be read is printed before.
    """
    from vpdesk.info import describe
    from vpdesk.sources.scan import probe

    with progress_bar("reading") as tell:
        facts = probe(files, progress=tell)
    typer.echo(describe(facts), nl=False)
    if facts.problem:
        raise SourceError(f"{facts.problem}.")


def print_digests(
    files: list[Path],
    every: int,
    instrument: str | None,
    tick_size: str | None,
    half_width: int,
    tau_s: float,
    ticks_per_bucket: int,
) -> None:
    """Print the digests of a straight run.

    Raises
    ------
    SourceError
        The files cannot be used, or not to their end; what could be read is printed before.
    """
    from vpdesk.core.engine import Engine
    from vpdesk.core.params import EngineParams
    from vpdesk.sources.tape import open_tape

    with progress_bar("reading") as tell:
        tape = open_tape(files, instrument=instrument, tick_size=read_tick_size(tick_size), progress=tell)
    params = EngineParams(
        tape.instrument.tick.raw, half_width=half_width, tau_s=tau_s, ticks_per_bucket=ticks_per_bucket
    )
    engine = Engine(params)
    while engine.event_id < tape.n_records:
        to_next = every - engine.event_id % every
        engine.feed(tape.read(engine.event_id, engine.event_id + min(to_next, DIGEST_CHUNK)))
        if engine.event_id % every == 0 or engine.event_id == tape.n_records:
            typer.echo(f"{engine.event_id} {engine.digest()}")
    tape.close()
    if tape.problem:
        raise SourceError(f"{tape.problem}.")


def write_simulation(output: Path, seconds: float, seed: int, activity: float, *, may_replace: bool) -> None:
    """Write a simulated session."""
    from vpdesk.app.output_file import check_output
    from vpdesk.figures import grouped
    from vpdesk.sources.simulator import write_session

    check_output(output, may_replace=may_replace)
    with progress_bar("simulating") as tell:
        n = write_session(output, seconds, seed, activity=activity, progress=tell)
    typer.echo(f"{output}: {grouped(n)} records")


def clear_caches() -> None:
    """Delete decoded files and indexes."""
    from vpdesk.app.replay import clear_caches as clear

    typer.echo(f"{clear() / 1e6:.0f} MB deleted")
