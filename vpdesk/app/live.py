"""From a wish for a live feed to a running session; the commands `live --headless` and `gateway`. No Qt."""

import contextlib
import math
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import typer

from vpdesk.app.replay import HALF_WIDTH
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import DEFAULT_COLUMN_NS
from vpdesk.errors import CancelledError, OptionError, SourceError, VpdeskError
from vpdesk.figures import grouped
from vpdesk.gateway.faults import Fault, parse_fault
from vpdesk.gateway.files import gateway_for_files
from vpdesk.gateway.server import LOOPBACK, Gateway, serving
from vpdesk.paths import data_dir
from vpdesk.runtime.live_health import recording_words
from vpdesk.runtime.live_session import LiveSession
from vpdesk.runtime.player import Cadence
from vpdesk.runtime.session import SessionFacts
from vpdesk.runtime.status import SessionState
from vpdesk.sources.api_key import ApiKey, ApiKeyError, find_api_key
from vpdesk.sources.feed import FeedState, LiveRequest
from vpdesk.sources.files import Paths
from vpdesk.sources.live import LiveFeed
from vpdesk.sources.recorder import Recorder, recording_stem
from vpdesk.sources.scan import probe

TEST_TIMEOUT_S: Final = 20.0
CLOSE_TIMEOUT_S: Final = 15.0  # what a slow disk may take for the end of a recording
LOOK_S: Final = 0.2
PRACTICE_SYMBOLS: Final = 8  # of a file with many instruments, the busiest

_PRACTICE_KEY: Final = "db-" + "Practice" * 3 + "Gates"  # a gateway of our own takes any


@dataclass(frozen=True)
class LiveWish:
    """A live session somebody asked for; ``record_to`` a folder means to record from the first byte."""

    request: LiveRequest
    tick_size: int | None = None
    record_to: Path | None = None
    notice: str = ""


def recordings_folder() -> Path:
    """Return where recordings go when nobody says otherwise; it may not exist yet."""
    return data_dir() / "recordings"


def start_session(wish: LiveWish, key: ApiKey) -> LiveSession:
    """Start a session; returns at once, and the session goes on from there by itself."""
    request = wish.request
    symbols = ", ".join(request.symbols)

    def new_recorder() -> Recorder:
        stem = recording_stem(request.dataset, request.symbols)
        return Recorder(wish.record_to or recordings_folder(), stem)

    feed = LiveFeed(request, key, new_recorder() if wish.record_to else None)
    facts = SessionFacts(
        title=f"{symbols} {request.dataset} live",
        symbol=symbols,
        dataset=request.dataset,
        is_live=True,
        is_simulated=False,
        tick_origin="",
        notice=wish.notice,
    )
    params = EngineParams(tick_size=1, half_width=HALF_WIDTH)
    cadence = Cadence(DEFAULT_COLUMN_NS)
    return LiveSession(feed, facts, params, cadence, tick_size=wish.tick_size, new_recorder=new_recorder)


def key_for(request: LiveRequest) -> ApiKey:
    """Find the key. May wait for the system's key store.

    Raises
    ------
    ApiKeyError
        There is none, and the gateway is not one on this machine, which takes any.
    """
    try:
        return find_api_key()
    except ApiKeyError:
        if request.gateway == LOOPBACK:
            return ApiKey(_PRACTICE_KEY)
        raise


def try_login(request: LiveRequest, key: ApiKey, is_cancelled: Callable[[], bool]) -> str:
    """Connect, log in, subscribe, leave; say what came of it. Thread: a worker, for as long as it takes.

    Raises
    ------
    SourceError
        It failed; the sentence says at what.
    CancelledError
        ``is_cancelled`` said so.
    """
    feed = LiveFeed(request, key)
    feed.start()
    waiting = threading.Event()
    try:
        for _ in range(int(TEST_TIMEOUT_S / LOOK_S)):
            status = feed.status
            if status.state in (FeedState.STOPPED, FeedState.RECONNECTING):
                raise SourceError(f"{status.reason[:1].upper()}{status.reason[1:]}.")
            if status.symbols:
                found = ", ".join(f"{one.asked} is {one.symbol}" for one in status.symbols[:3])
                return f"It works: logged in, and {found}."
            if is_cancelled():
                raise CancelledError("The test was cancelled.")
            waiting.wait(LOOK_S)
        raise SourceError(f"The gateway did not answer within {TEST_TIMEOUT_S:.0f} s.")
    finally:
        feed.stop()


def stype_of(symbol: str) -> str:
    """Return how a symbol is most likely meant, by its form: ``ES.c.0``, ``ES.FUT``, ``5602``, ``ESM4``."""
    if re.fullmatch(r"\w+\.[cnv]\.\d+", symbol):
        return "continuous"
    if re.fullmatch(r"\w+\.(FUT|OPT|SPOT)", symbol):
        return "parent"
    return "instrument_id" if symbol.isdecimal() else "raw_symbol"


def read_start(text: str) -> int:
    """Read a moment of the last day, in UTC: ``14:30``, ``14:30:05`` or ``2025-01-31 14:30``; UNIX ns.

    Raises
    ------
    SourceError
        It is no such moment, or lies ahead.
    """
    now = datetime.now(UTC)
    plain = text.strip().removesuffix("Z")
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", plain):
            moment = datetime.fromisoformat(f"{now:%Y-%m-%d} {plain:0>5}")
        else:
            moment = datetime.fromisoformat(plain)
    except ValueError:
        raise SourceError(f'"{text}" is no time: type one such as 14:30, in UTC.') from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if moment > now:
        raise SourceError(f"{moment:%Y-%m-%d %H:%M:%S} UTC lies ahead: it is {now:%H:%M:%S} UTC.")
    return int(moment.timestamp()) * 10**9


# --- practice ----------------------------------------------------------------------------------------------


class PracticeGateway:
    """A gateway on a thread of this process that serves a file; any key may log in.

    Raises
    ------
    SourceError
        The file cannot be used.
    """

    def __init__(self, path: Path, speed: float) -> None:
        facts = probe(path)
        self._stack = contextlib.ExitStack()
        port = self._stack.enter_context(serving(gateway_for_files(path, speed=speed)))
        symbols = tuple(one.symbol or str(one.instrument_id) for one in facts.instruments[:PRACTICE_SYMBOLS])
        pace = "as fast as it goes" if math.isinf(speed) else f"at {speed:g}x"
        self.wish = LiveWish(
            LiveRequest(facts.dataset, symbols, gateway=LOOPBACK, port=port),
            # a venue's definition is in the stream; what was inferred from the whole file is not
            tick_size=facts.instruments[0].tick.raw if len(facts.instruments) == 1 else None,
            notice=f"Practice: {path.name}, served {pace} by a gateway on this machine. Not a live market.",
        )

    def start_session(self) -> LiveSession:
        """Start a session on this gateway."""
        return start_session(self.wish, ApiKey(_PRACTICE_KEY))

    def close(self) -> None:
        """End the gateway and its thread."""
        self._stack.close()


# --- commands ----------------------------------------------------------------------------------------------


def run_headless(wish: LiveWish) -> int:
    """Run a session without a window until it stops or a signal comes; the process's exit code.

    It is 0 only if it ran until the signal, and what was to be recorded was.
    """
    session = start_session(wish, key_for(wish.request))
    with _until_signal() as is_asked:
        teller = _Teller(session)
        while not is_asked.wait(LOOK_S) and session.status.state is not SessionState.FAILED:
            teller.tell_state()
            teller.tell_message()
        was_asked = is_asked.is_set()
        session.close()  # a second signal, as of an impatient Ctrl+C, does not cut this short
        is_closed = session.wait_closed(CLOSE_TIMEOUT_S)
        teller.tell_state()
        _print_summary(session)
    has_run = was_asked and is_closed and session.status.state is not SessionState.FAILED
    failure = _recording_failure(session) if has_run else _failure(session)
    if failure:
        sys.stderr.write(f"vpdesk: {failure}\n")
    return 1 if failure else 0


def _recording_failure(session: LiveSession) -> str:
    """Return why the recording ended before the session did, or ""."""
    return "" if session.recording is None else session.recording.problem


def _failure(session: LiveSession) -> str:
    """Return why a session ended; what became of its recording may have been said after that."""
    live = session.status.live
    if live is not None and live.reason:
        return f"The feed stopped: {live.reason}."
    return session.status.message or "The session could not be closed in time."


class _Teller:
    """Tells on the standard error what changes in a session."""

    def __init__(self, session: LiveSession) -> None:
        self._session = session
        self._state = ""
        self._message = ""

    def tell_state(self) -> None:
        """Tell where the feed stands, if that is another state; the numbers in it do not count."""
        live = self._session.status.live
        words = "" if live is None else live.text + (f": {live.reason}" if live.reason else "")
        state = re.sub(r"\d+", "", words)
        if state != self._state:
            self._state = state
            _write_line(words)

    def tell_message(self) -> None:
        """Tell what the session has to say, if that is new, but for its last words: why it stopped."""
        status = self._session.status
        if status.message != self._message and status.state is not SessionState.FAILED:
            self._message = status.message
            _write_line(status.message)


def _write_line(words: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} UTC {words}\n")
    sys.stderr.flush()


def _print_summary(session: LiveSession) -> None:
    live = session.status.live
    assert live is not None
    gaps = f"{live.n_gaps} gap{'' if live.n_gaps == 1 else 's'}"
    typer.echo(f"{grouped(live.n_records)} records, {gaps}")
    if session.recording is not None:
        typer.echo(recording_words(session.recording))
    for one in session.results:
        typer.echo(f"{one.symbol} event {one.event_id} digest {one.digest}")


def run_gateway(
    paths: Paths, speed: str, port: int, faults: Sequence[str] = (), key: str | None = None
) -> None:
    """Serve files over the live protocol until a signal comes.

    Raises
    ------
    VpdeskError
        The files cannot be used, the port is taken, or an option makes no sense.
    """
    gateway = gateway_for_files(
        paths, speed=read_speed(speed), key=key, faults=[_read_faults(text) for text in faults]
    )
    try:
        _serve(gateway, port)
    except OSError as error:
        raise VpdeskError(f"Port {port} cannot be used: {error.strerror or error}.") from None


def _serve(gateway: Gateway, port: int) -> None:
    with serving(gateway, port) as actual_port:
        typer.echo(f"listening on {LOOPBACK}:{actual_port}")
        sys.stdout.flush()
        with _until_signal() as is_asked:
            is_asked.wait()


def read_speed(text: str) -> float:
    """Read a speed of market time: a number, or "max".

    Raises
    ------
    VpdeskError
        It is neither.
    """
    try:
        speed = math.inf if text.strip().lower() == "max" else float(text)
    except ValueError:
        speed = math.nan
    if not speed > 0:
        raise OptionError(f'"{text}" is no speed: use a number such as 1 or 10, or max.')
    return speed


def _read_faults(text: str) -> list[Fault]:
    try:
        return [parse_fault(part) for part in text.split(",") if part and part != "none"]
    except VpdeskError as error:
        raise OptionError(str(error)) from None


@contextlib.contextmanager
def _until_signal() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set; the handlers before it come back at the end."""
    asked = threading.Event()
    former = {
        number: signal.signal(number, lambda *_: asked.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield asked
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
