"""The command line. Every command imports what it needs when it runs, so that ``--help`` is instant."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from vpdesk import __version__
from vpdesk.app.interruption import ending_in_order
from vpdesk.errors import OptionError, VpdeskError
from vpdesk.terminal import write_plainly

app = typer.Typer(
    name="vpdesk",
    help="See liquidity build and drain around the price, event by event.",
    epilog="Without a command, vpdesk opens its window and plays a simulated session.",
    no_args_is_help=False,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

# readable=False: whether a file can be read is for its reader to say, in its own words
Files = Annotated[
    list[Path], typer.Argument(help="DBN files (.dbn, .dbn.zst), a folder, or a pattern.", readable=False)
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file if there is one already.")]
Instrument = Annotated[
    str | None,
    typer.Option("--instrument", "-i", help="Symbol or instrument id; the busiest one by default."),
]
TickSize = Annotated[
    str | None, typer.Option("--tick-size", help="Price of one tick, such as 0.25, if you know better.")
]
HalfWidth = Annotated[int, typer.Option(min=1, max=4096, help="K: buckets on each side of the spot.")]
Tau = Annotated[float, typer.Option(min=0.001, max=1e5, help="Time constant of the filters, seconds.")]
TicksPerBucket = Annotated[int, typer.Option(min=1, max=1_000_000, help="Ticks pooled into one bucket.")]


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"vpdesk {__version__}")
        raise typer.Exit


@app.callback()
def _default(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version
    if context.invoked_subcommand is None:
        from vpdesk.app.commands import show_window

        raise typer.Exit(show_window([], None, None))


@app.command("open")
def open_command(files: Files, instrument: Instrument = None, tick_size: TickSize = None) -> None:
    """Open files in the window."""
    from vpdesk.app.commands import show_window

    raise typer.Exit(show_window(files, instrument, tick_size))


@app.command()
def live(
    dataset: Annotated[str, typer.Option("--dataset", "-d", help="Such as GLBX.MDP3 or XNAS.ITCH.")],
    symbol: Annotated[
        list[str], typer.Option("--symbol", "-s", help="Such as ES.c.0, ES.FUT or AAPL; may be repeated.")
    ],
    stype_in: Annotated[
        str, typer.Option(help="How symbols are meant: raw_symbol, continuous, parent, instrument_id.")
    ] = "",
    start: Annotated[
        str,
        typer.Option(help="snapshot (the book as it is now), none, or a time to replay from: 14:30 (UTC)."),
    ] = "snapshot",
    gateway: Annotated[str | None, typer.Option(help="Another host, such as 127.0.0.1.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Its port.")] = 13000,
    record: Annotated[Path | None, typer.Option(help="Record into this folder from the first byte.")] = None,
    tick_size: TickSize = None,
    headless: Annotated[bool, typer.Option("--headless", help="No window, until Ctrl+C.")] = False,
) -> None:
    """Connect to a live feed, in the window or without one.

    The key comes from DATABENTO_API_KEY or from the system's key store, where the live dialog puts it.
    """
    from vpdesk.app.commands import run_live

    raise typer.Exit(
        run_live(dataset, symbol, stype_in, start, gateway, port, record, tick_size, is_headless=headless)
    )


@app.command()
def gateway(
    files: Files,
    speed: Annotated[str, typer.Option(help="Market time per wall time: 1, 10, or max.")] = "1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 0,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help="What goes wrong with the first connection, the second, and so on: drop@BYTE, reset@BYTE, "
            "silence@BYTE, corrupt@BYTE, error@BYTE, trickle@BYTES, mute, refuse, none; commas for several."
        ),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="The only key that may log in; any well-formed one by default.")
    ] = None,
) -> None:
    """Serve files over the live protocol on this machine, to practise and to test without an account.

    Prints `listening on 127.0.0.1:PORT`; connect with `vpdesk live --gateway 127.0.0.1 --port PORT`. At the
    end of the files the session stays open, as a quiet market does.
    """
    from vpdesk.app.live import run_gateway

    run_gateway(files, speed, port, fault or (), key)


@app.command()
def info(files: Files) -> None:
    """Say what files hold: instruments, counts, times, tick sizes, problems."""
    from vpdesk.app.commands import print_info

    print_info(files)


@app.command()
def digest(
    files: Files,
    every: Annotated[int, typer.Option(min=1, help="Print the digest after every N events.")] = 100_000,
    instrument: Instrument = None,
    tick_size: TickSize = None,
    half_width: HalfWidth = 80,
    tau: Tau = 2.0,
    ticks_per_bucket: TicksPerBucket = 1,
) -> None:
    """Print the engine's state digest every N events and at the end: one line `event_id digest` each.

    Two runs, or a recording and the live session it recorded, are the same exactly if their lines are.
    """
    from vpdesk.app.commands import print_digests

    print_digests(files, every, instrument, tick_size, half_width, tau, ticks_per_bucket)


@app.command("export")
def export_command(
    files: Files,
    output: Annotated[
        Path, typer.Option("--output", "-o", readable=False, help="File to write: .parquet or .arrow.")
    ],
    from_time: Annotated[
        str | None,
        typer.Option("--from", help="First column to begin then: 14:30:05.25 or 2025-01-31T14:30 (UTC)."),
    ] = None,
    to_time: Annotated[
        str | None, typer.Option("--to", help="Columns that begin then or later are left out.")
    ] = None,
    column: Annotated[
        str, typer.Option(help="What a column covers: a time such as 100ms or 1s, or a number of events.")
    ] = "100ms",
    half_width: HalfWidth = 80,
    tau: Tau = 2.0,
    ticks_per_bucket: TicksPerBucket = 1,
    instrument: Instrument = None,
    tick_size: TickSize = None,
    overwrite: Overwrite = False,
) -> None:
    """Write the field's columns as Parquet or Arrow, exactly those that the window shows.

    Each row is a column with every bucket from -K to K. Events from before the range are replayed first.
    """
    from vpdesk.app.export import ExportWish, export

    wish = ExportWish(
        tuple(files), output, from_time, to_time, column,
        half_width, tau, ticks_per_bucket, instrument, tick_size, overwrite,
    )  # fmt: skip
    typer.echo(export(wish))


@app.command()
def simulate(
    output: Annotated[
        Path, typer.Option("--output", "-o", readable=False, help="File to write: .dbn or .dbn.zst.")
    ],
    seconds: Annotated[float, typer.Option(min=0.001, help="Length of the session.")] = 600.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    activity: Annotated[float, typer.Option(help="Events per second relative to the usual.")] = 1.0,
    overwrite: Overwrite = False,
) -> None:
    """Write a simulated market as an ordinary DBN file."""
    from vpdesk.app.commands import write_simulation

    write_simulation(output, seconds, seed, activity, may_replace=overwrite)


@app.command()
def picture(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="DBN files; the simulated session without any.", readable=False),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", readable=False, help="PNG file to write.")] = Path(
        "vpdesk.png"
    ),
    at: Annotated[
        str | None,
        typer.Option(help="Moment to show: 14:30:05.25 or 2025-01-31T14:30 (UTC), the end by default."),
    ] = None,
    size: Annotated[
        str, typer.Option(help="Width x height in pixels, from 320x200 to 8192x8192.")
    ] = "1600x900",
    layer: Annotated[
        str, typer.Option(help="net, balance, pressure, vacuum, resistance, depth, age.")
    ] = "net",
    columns: Annotated[int, typer.Option(min=10, help="Columns of 0.1 s to show.")] = 1200,
    theme: Annotated[str, typer.Option(help="dark or light.")] = "dark",
    window: Annotated[bool, typer.Option("--window", help="The whole window, not the chart alone.")] = False,
    instrument: Instrument = None,
    tick_size: TickSize = None,
    overwrite: Overwrite = False,
    readme: Annotated[
        bool, typer.Option("--readme", help="Draw the pictures of README anew into the folder of -o instead.")
    ] = False,
) -> None:
    """Draw a moment of a session into a PNG, without a display."""
    from vpdesk.app.picture import Wish, draw
    from vpdesk.app.readme_pictures import draw_all

    if readme:
        for line in draw_all(output):
            typer.echo(line)
        return
    wish = Wish(
        tuple(files or ()), output, at, size, layer, columns, theme, window, instrument, tick_size, overwrite
    )
    typer.echo(draw(wish))


@app.command()
def bench(
    ui: Annotated[bool, typer.Option("--ui", help="Measure frames of the window as well.")] = False,
    events: Annotated[int, typer.Option(min=100_000, help="Simulated events to measure with.")] = 2_000_000,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Measure with these files instead.", readable=False)
    ] = None,
) -> None:
    """Measure decoding, engine, columns and frames on this machine, beside a plain copy and plain code."""
    from vpdesk.app.bench import run

    run(files or [], n_events=events, with_frames=ui)


@app.command("clear-cache")
def clear_cache() -> None:
    """Delete what vpdesk keeps to open files faster."""
    from vpdesk.app.commands import clear_caches

    clear_caches()


def _log_lost(lost: "sys.UnraisableHookArgs") -> None:
    """Log an exception that nobody can catch, as one in a library's callback."""
    error = lost.exc_value
    logging.getLogger("vpdesk").error("lost in %r: %r", lost.object, error, exc_info=error)


def main() -> None:
    """Run the command line; errors are one sentence on stderr and exit code 1, 2 for a senseless option."""
    write_plainly()
    logging.getLogger().addHandler(logging.NullHandler())  # or what nobody logs would be on the terminal
    logging.captureWarnings(True)
    sys.unraisablehook = _log_lost
    try:
        with ending_in_order():
            app()
    except VpdeskError as error:
        sys.stderr.write(f"vpdesk: {error}\n")
        sys.exit(2 if isinstance(error, OptionError) else 1)
    except BrokenPipeError:
        sys.exit(1)
