"""Sits between the socket and the unmodified Databento client, to take order records as they come.

The client accepts an event loop of the caller's. Ours wraps the protocol of the one connection that the
client opens on it: bytes reach us first, and we hand the client what it is to see. Only public names of
the client and of asyncio are used.
"""

import asyncio
import functools
import socket
import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

_RECEIVE_BYTES: Final = 2**20  # sixteen times the client's own; a burst is one batch


class TapOwner(Protocol):
    """Who is told what happens on the wire. Thread: network."""

    @property
    def is_over(self) -> bool:
        """Whether the end is decided."""

    def on_unreachable(self, error: OSError) -> None:
        """Learn that no connection came about."""

    def on_connected(self) -> None:
        """Learn that the socket is open; the login begins."""

    def on_bytes(self) -> None:
        """Learn that something came, whatever it was."""

    def on_data(self, data: memoryview) -> None:
        """Take bytes of the DBN stream; valid during the call only."""

    def on_lost(self, error: Exception | None) -> None:
        """Learn that the connection is gone; None if the other side closed it in good order."""


class Tap(asyncio.BufferedProtocol):
    """One connection: the login goes to the client's protocol, the DBN stream to the owner."""

    def __init__(self, inner: Any, owner: TapOwner) -> None:
        self.inner = inner
        self.transport: asyncio.Transport | None = None
        self._owner = owner
        self._buffer = memoryview(bytearray(_RECEIVE_BYTES))

    @property
    def refusal(self) -> str | None:
        """The gateway's words when it refused the login, else None."""
        authenticated = self.inner.authenticated
        if not authenticated.done() or authenticated.cancelled():
            return None
        error = authenticated.exception()
        return None if error is None else str(error)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduce the client's protocol to its transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.inner.connection_made(transport)
        self._owner.on_connected()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the buffer that the socket is read into."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Part the login from the stream."""
        self._owner.on_bytes()
        data = self._buffer[:nbytes]
        if self.inner.authenticated.done():
            self._owner.on_data(data)
        else:
            self.forward(data)

    def forward(self, data: bytes | memoryview) -> None:
        """Let the client see these bytes as if the socket had given them."""
        self.inner.get_buffer(len(data))[: len(data)] = data
        self.inner.buffer_updated(len(data))

    def eof_received(self) -> bool | None:
        """Close: the gateway has nothing more to say."""
        self.inner.eof_received()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell both that it is over."""
        if exc is not None:
            exc.with_traceback(None)  # its frames hold the receive buffer, for whoever keeps what was logged
        self.inner.connection_lost(exc)
        disconnected = self.inner.disconnected
        if disconnected.done() and not disconnected.cancelled():
            disconnected.exception()  # seen, so that asyncio does not report it as forgotten
        self._owner.on_lost(exc)


class TapLoop(asyncio.SelectorEventLoop):
    """An event loop whose outgoing connections are tapped for ``owner``."""

    def __init__(self, owner: TapOwner) -> None:
        super().__init__()
        self._owner = owner
        self.tap: Tap | None = None

    def close(self) -> None:
        """Close, and let go of the connection."""
        super().close()
        if self.tap is not None:
            _let_go(self.tap.inner)

    async def create_connection(  # type: ignore[override]  # of the many forms, the one the client uses
        self, protocol_factory: Callable[[], Any], host: str, port: int, **options: Any
    ) -> tuple[asyncio.Transport, Any]:
        """Connect, with a tap in between; the client gets its own protocol back."""
        if self._owner.is_over:
            raise ConnectionAbortedError("the session was ended before it connected")

        def tapped() -> Tap:
            self.tap = Tap(protocol_factory(), self._owner)
            return self.tap

        try:
            transport, tap = await super().create_connection(tapped, host, port, **options)
        except OSError as error:
            self._owner.on_unreachable(error)
            raise
        return transport, tap.inner

    async def getaddrinfo(
        self, host: Any, port: Any, *, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Any:
        """Resolve on a daemon thread: asyncio's own would hold up the exit until the name server answers."""
        answer = self.create_future()

        def resolve() -> None:
            try:
                result: Any = socket.getaddrinfo(host, port, family, type, proto, flags)
                error = None
            except OSError as failure:
                result, error = None, failure
            try:
                self.call_soon_threadsafe(settle, result, error)
            except RuntimeError:
                return  # the loop is closed: nobody waits any more

        def settle(result: Any, error: OSError | None) -> None:
            if answer.done():
                return
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(error)

        threading.Thread(target=resolve, name="vpdesk name lookup", daemon=True).start()
        return await answer


def _let_go(protocol: Any) -> None:
    """Remove a protocol from where Python 3.13.0 and 3.13.1 keep all whose methods were dispatched, for good.

    With it they would keep the session and its buffers, a megabyte at every reconnect.
    """
    for kind in type(protocol).__mro__:
        for method in vars(kind).values():
            if isinstance(method, functools.singledispatchmethod):
                (getattr(method, "_method_cache", None) or {}).pop(protocol, None)
