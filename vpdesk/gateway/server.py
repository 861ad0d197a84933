"""Speaks the live protocol on the loopback interface, well enough for the unmodified client.

    greeting, challenge -> answer, verdict -> subscriptions, start -> metadata, acknowledgements,
    mappings, definitions, records, heartbeats

One client at a time hears the tape; a new one takes the place of the old one. The tape stands still
while nobody listens. Whoever comes back with ``snapshot=1`` gets the book at the point reached first.
"""

import asyncio
import contextlib
import logging
import math
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE
from vpdesk.errors import VpdeskError
from vpdesk.gateway import wire
from vpdesk.gateway.faults import Fault, Mute, Refuse
from vpdesk.gateway.market import Market
from vpdesk.gateway.sender import Sender
from vpdesk.gateway.wire import ServedInstrument

_log = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"
_DEFAULT_HEARTBEAT_S: Final = 30.0
_PACE_S: Final = 0.001  # records due within it go out together
_LOOK_S: Final = 0.25  # the longest sleep


class _RefusedError(Exception):
    """The login failed; the client has been told."""


@dataclass
class Visit:
    """One connection, as the gateway saw it. For tests and for the log."""

    login: dict[str, str] = field(default_factory=dict)
    subscriptions: list[dict[str, str]] = field(default_factory=list)
    instruments: list[ServedInstrument] = field(default_factory=list)
    n_bytes: int = 0


class Gateway:
    """A loopback gateway.

    Parameters
    ----------
    tape
        Arrays of MBO_DTYPE in stream order; any instruments, each named in ``instruments``.
    instruments
        What can be subscribed to.
    dataset
        As the tape's metadata name it.
    speed
        Market time per wall time; infinity for as fast as the client reads.
    key
        The only key that may log in; None for any.
    faults
        The faults of the first connection, of the second, and so on; none after the last.
    heartbeat_interval_s
        Overrides what the client asks for.
    """

    def __init__(
        self,
        tape: Iterable[NDArray[np.void]],
        instruments: Sequence[ServedInstrument],
        *,
        dataset: str,
        speed: float = 1.0,
        key: str | None = None,
        faults: Sequence[Sequence[Fault]] = (),
        heartbeat_interval_s: float | None = None,
    ) -> None:
        self.market = Market(tape, speed)
        self.visits: list[Visit] = []
        self._instruments = tuple(instruments)
        self._dataset = dataset
        self._pace_s = 0.0 if math.isinf(speed) else _PACE_S
        self._key = key
        self._faults = faults
        self._heartbeat_interval_s = heartbeat_interval_s
        self._visitors: set[asyncio.Task[None]] = set()

    @property
    def symbols(self) -> tuple[str, ...]:
        """What can be subscribed to by raw symbol."""
        return tuple(instrument.symbol for instrument in self._instruments)

    async def serve(self, port: int, on_listening: Callable[[int], None]) -> None:
        """Serve until cancelled; ``on_listening`` gets the port, which 0 leaves to the system.

        Raises
        ------
        OSError
            The port is taken.
        """
        server = await asyncio.start_server(self._welcome, LOOPBACK, port)
        try:
            on_listening(server.sockets[0].getsockname()[1])
            await asyncio.Event().wait()  # serve_forever() would not end before every client has left
        finally:
            server.close()
            await _end(self._visitors)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visitor = asyncio.current_task()
        assert visitor is not None
        former, self._visitors = self._visitors, {visitor}
        try:
            await _end(former)
            await self._visit(reader, writer)
        except (ConnectionError, ValueError, _RefusedError) as end:  # it left, talked rubbish, or may not
            _log.info("connection ended: %s", end)
        except asyncio.CancelledError:
            _log.info("connection ended: another one came, or the gateway stops")
        except VpdeskError as error:  # the tape cannot be read on
            _log.error("connection ended: %s", error)
        finally:
            self._visitors.discard(visitor)
            writer.transport.abort()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.visits)
        faults = self._faults[number] if number < len(self._faults) else ()
        visit = Visit()
        self.visits.append(visit)
        if any(isinstance(fault, Mute) for fault in faults):
            await reader.read()  # until the client leaves
            return
        await self._log_in(reader, writer, visit, faults)
        await self._take_subscriptions(reader, visit)
        sender = Sender(writer, faults)
        stream = asyncio.ensure_future(self._stream(sender, visit))
        departure = asyncio.ensure_future(reader.read())  # ends when the client closes
        try:
            await asyncio.wait([stream, departure], return_when=asyncio.FIRST_COMPLETED)
            if stream.done():
                stream.result()
        finally:
            visit.n_bytes = sender.n_bytes
            stream.cancel()
            departure.cancel()
            await asyncio.gather(stream, departure, return_exceptions=True)

    async def _log_in(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        visit: Visit,
        faults: Sequence[Fault],
    ) -> None:
        challenge = secrets.token_hex(16)
        writer.write(wire.VERSION_LINE + f"cram={challenge}\n".encode())
        visit.login = wire.parse_line(await _line(reader))
        refusal = next((fault.words for fault in faults if isinstance(fault, Refuse)), None)
        if refusal is None and not wire.is_right_answer(visit.login.get("auth", ""), challenge, self._key):
            refusal = "User authentication failed"
        if refusal is None and visit.login.get("dataset") != self._dataset:
            refusal = f"this gateway serves {self._dataset}"
        if refusal is not None:
            writer.write(f"success=0|error={refusal}\n".encode())
            await writer.drain()
            raise _RefusedError(refusal)
        writer.write(f"success=1|session_id={len(self.visits)}\n".encode())

    async def _take_subscriptions(self, reader: asyncio.StreamReader, visit: Visit) -> None:
        while "start_session" not in (request := wire.parse_line(await _line(reader))):
            visit.subscriptions.append(request)

    async def _stream(self, sender: Sender, visit: Visit) -> None:
        await sender.send_metadata(wire.metadata(self._dataset))
        for subscription in visit.subscriptions:
            await self._answer(sender, visit, subscription)
        orders = [line for line in visit.subscriptions if line.get("schema") == "mbo"]
        if self.market.n_served and any(line.get("snapshot") == "1" for line in orders):
            for instrument in visit.instruments:
                snapshot = self.market.snapshot(instrument.key)
                await sender.send(snapshot.tobytes(), MBO_DTYPE.itemsize)
        elif orders and (start := orders[0].get("start", "")).isdecimal():
            self.market.skip_before(int(start))
        await self._play(sender, visit)

    async def _answer(self, sender: Sender, visit: Visit, subscription: dict[str, str]) -> None:
        """Acknowledge; name what the symbols mean; define what can be defined."""
        schema, stype_in = subscription.get("schema"), subscription.get("stype_in", "raw_symbol")
        await sender.send(wire.acknowledgement(subscription))
        unknown = []
        for asked in subscription.get("symbols", "").split(","):
            matches = [known for known in self._instruments if known.answers_to(asked, stype_in)]
            if not matches:
                unknown.append(asked)
            for instrument in matches:
                if schema == "mbo":
                    await sender.send(wire.mapping(instrument, asked, stype_in))
                    if instrument not in visit.instruments:
                        visit.instruments.append(instrument)
                elif schema == "definition" and instrument.tick_size is not None:
                    await sender.send(wire.definition(instrument))
        if unknown:
            await sender.send(wire.unknown_symbols(unknown))

    async def _play(self, sender: Sender, visit: Visit) -> None:
        loop = asyncio.get_running_loop()
        asked_s = float(visit.login.get("heartbeat_interval_s") or _DEFAULT_HEARTBEAT_S)
        interval_s = self._heartbeat_interval_s or asked_s
        wanted = np.array([instrument.key.instrument_id for instrument in visit.instruments], np.uint32)
        takes_all = len(wanted) == len(self._instruments)
        sent_at = loop.time()
        if len(wanted):
            self.market.open(sent_at)
        while True:
            now = loop.time()
            records = self.market.due(now) if len(wanted) else np.zeros(0, MBO_DTYPE)
            if not takes_all:
                records = records[np.isin(records["instrument_id"], wanted)]
            if len(records):
                await sender.send(records.tobytes(), MBO_DTYPE.itemsize)
                sent_at = now
                await asyncio.sleep(self._pace_s)
                continue
            if now - sent_at >= interval_s:
                await sender.send(wire.heartbeat())
                sent_at = now
            wait_s = min(self.market.wait_s(now), sent_at + interval_s - now, _LOOK_S)
            await asyncio.sleep(max(wait_s, _PACE_S))


@contextlib.contextmanager
def serving(gateway: Gateway, port: int = 0) -> Iterator[int]:
    """Run a gateway on a thread of its own; give its port.

    Raises
    ------
    OSError
        The port is taken.
    """
    loop = asyncio.new_event_loop()
    listening = threading.Event()
    ports: list[int] = []

    def on_listening(actual_port: int) -> None:
        ports.append(actual_port)
        listening.set()

    def on_end(_: asyncio.Task[None]) -> None:
        listening.set()  # also when it never listened
        loop.stop()

    task = loop.create_task(gateway.serve(port, on_listening))
    task.add_done_callback(on_end)
    thread = threading.Thread(target=loop.run_forever, name="vpdesk gateway", daemon=True)
    thread.start()
    try:
        listening.wait()
        if not ports:
            raise task.exception() or OSError("the gateway did not start")
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.run_until_complete(_let_transports_close())
        loop.close()


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _line(reader: asyncio.StreamReader) -> bytes:
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise ConnectionResetError("the client left during the login")
    return line


async def _let_transports_close() -> None:
    for _ in range(3):
        await asyncio.sleep(0)
