"""One connection of the real Databento client, from connecting to its end.

The client runs on an event loop and a thread that live exactly as long as the connection, so that nothing
of one session can reach into the next, and ending it in any state leaves nothing behind.
"""

import asyncio
import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

import databento
import databento_dbn
from databento_dbn import ErrorCode, SystemCode

from vpdesk.core.events import UNDEF_PRICE
from vpdesk.sources.api_key import ApiKey
from vpdesk.sources.book_sync import BookSync
from vpdesk.sources.dbn_stream import Chunk, StreamSplitter, split_by_instrument
from vpdesk.sources.feed import (
    Defined,
    FeedItem,
    FeedState,
    GapEnded,
    LiveRequest,
    Mapped,
    Records,
    Timing,
)
from vpdesk.sources.live_tap import TapLoop
from vpdesk.sources.recorder import Recording
from vpdesk.sources.supervisor import SessionEnd

_log = logging.getLogger(__name__)

_WATCH_S: Final = 0.1
_STARVED_S: Final = 1.0  # the loop was kept from running for so long: it could not hear
_CLIENT_SIGN_OF_LIFE_S: Final = 1.0
_FINAL_ERRORS: Final = {
    int(ErrorCode.AUTH_FAILED): "the gateway refused the key",
    int(ErrorCode.API_KEY_DEACTIVATED): "the key has been deactivated",
    int(ErrorCode.CONNECTION_LIMIT_EXCEEDED): "the account's limit of connections is reached",
    int(ErrorCode.INVALID_SUBSCRIPTION): "the gateway refused the subscription",
}
_KEPT_RTYPES: Final = frozenset(
    (int(databento_dbn.RType.SYMBOL_MAPPING), int(databento_dbn.RType.INSTRUMENT_DEF))
)


class SessionListener(Protocol):
    """Who is told how a session goes. Thread: network."""

    def on_state(self, state: FeedState) -> None:
        """Follow the session into a state."""

    def on_notice(self, sentence: str) -> None:
        """Tell what the gateway wants known; the session goes on."""

    def on_silence(self, silent_s: float) -> None:
        """Tell that nothing came for ``silent_s``, not even a heartbeat."""

    def on_sound(self) -> None:
        """Tell that bytes came."""

    def on_items(self, items: list[FeedItem], on_room: Callable[[], None]) -> bool:
        """Take items; return True to stop reading until ``on_room`` is called."""


class LiveSession:
    """One connection. `run` on a worker thread; `cancel` from any.

    ``is_reconnect`` says that records may have been missed before: every book is then reported whole by
    a `GapEnded` of its own, and only after a snapshot.
    """

    def __init__(
        self,
        request: LiveRequest,
        key: ApiKey,
        timing: Timing,
        listener: SessionListener,
        recording: Recording,
        *,
        is_reconnect: bool = False,
    ) -> None:
        self._request = request
        self._key = key
        self._timing = timing
        self._listener = listener
        self._recording = recording
        self._is_reconnect = is_reconnect
        self._splitter = StreamSplitter()
        self._books = BookSync(needs_snapshot=is_reconnect)
        self._items: list[FeedItem] = []
        self._is_live = False
        self._is_paused = False
        self._is_mapped = False
        self._unknown_symbol: tuple[float, str] | None = None  # when (loop time), the gateway's words
        self._last_error = ""
        self._end: SessionEnd | None = None
        self._ended = threading.Event()
        self._loop = TapLoop(self)
        self._heard_at = self._loop.time()
        self._client_fed_at = self._heard_at
        self._watched_at = self._heard_at
        self._last_order = b""

    @property
    def is_over(self) -> bool:
        """Whether the end is decided."""
        return self._end is not None

    def run(self) -> SessionEnd:
        """Connect, stream until the connection ends, clean up. Thread: a worker, for as long."""
        network = threading.Thread(target=self._run_loop, name="vpdesk network", daemon=True)
        network.start()
        client = None
        try:
            client = self._make_client()
            self._subscribe(client)
        except ValueError as error:
            self._on_loop(self._finish, SessionEnd(f"the request is not valid: {error}", is_final=True))
        except Exception as error:  # noqa: BLE001  the client raises its own kinds and asyncio's
            self._on_loop(self._finish, self._end_from(error))
        else:
            self._on_loop(self._start, client)
        self._ended.wait()
        self._shut_down(client, network)
        assert self._end is not None
        return self._end

    def cancel(self) -> None:
        """End the session in whatever state it is. Returns at once. Thread: any."""
        self._on_loop(self._finish, SessionEnd("disconnected", is_requested=True))

    # --- worker thread -----------------------------------------------------------------------------

    def _make_client(self) -> Any:
        logger = logging.getLogger("databento")
        logger.setLevel(max(logger.level, logging.INFO))  # below, it logs every record and the login
        client = databento.Live(
            key=self._key.reveal(),
            gateway=self._request.gateway,
            port=self._request.port,
            heartbeat_interval_s=self._timing.heartbeat_interval_s,
            loop=self._loop,
        )
        client.add_callback(self._on_record)
        return client

    def _subscribe(self, client: Any) -> None:
        """Connect, log in and subscribe. The client waits for the gateway here; `_finish` wakes it."""
        request = self._request
        common = {"dataset": request.dataset, "symbols": list(request.symbols), "stype_in": request.stype_in}
        snapshot = request.snapshot or self._is_reconnect
        self._on_loop(self._listener.on_state, FeedState.CONNECTING)
        self._on_loop(self._watch)
        if request.definitions:  # first, so that the tick size is known before the first record
            client.subscribe(schema="definition", start=0, **common)
        client.subscribe(
            schema="mbo", snapshot=snapshot, start=None if snapshot else request.start_ns, **common
        )

    def _shut_down(self, client: Any, network: threading.Thread) -> None:
        if client is not None:
            self._on_loop(client.terminate)
        self._on_loop(self._loop.stop)
        network.join()

    def _on_loop(self, function: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, so the session is over
            self._loop.call_soon_threadsafe(function, *arguments)

    # --- network thread ----------------------------------------------------------------------------

    def _run_loop(self) -> None:
        loop = self._loop
        loop.set_exception_handler(_log_loop_error)
        try:
            loop.run_forever()
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(_let_callbacks_run())
            loop.close()

    def _start(self, client: Any) -> None:
        if not self.is_over:
            client.start()
            awaits_snapshot = self._request.snapshot or self._is_reconnect
            self._listener.on_state(
                FeedState.WAITING_FOR_SNAPSHOT if awaits_snapshot else FeedState.WAITING_FOR_RECORDS
            )

    def _finish(self, end: SessionEnd) -> None:
        """Decide the end, once: cut the connection and wake whoever waits for it."""
        if self._end is not None:
            return
        self._end = end
        tap = self._loop.tap
        if tap is not None and tap.transport is not None:
            tap.transport.abort()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._ended.set()

    def _watch(self) -> None:
        """Look after silence, from the very start. Not listening ourselves is no silence."""
        if self.is_over:
            return
        now = self._loop.time()
        was_starved = now - self._watched_at > _STARVED_S
        self._watched_at = now
        if self._is_paused or was_starved:
            self._heard_at = now
            self._reassure_client()
        silent_s = now - self._heard_at
        if silent_s > self._timing.silence_limit_s:
            self._finish(SessionEnd(f"nothing came for {silent_s:.0f} s, not even a heartbeat"))
            return
        if silent_s > self._timing.stale_after_s:
            self._listener.on_silence(silent_s)
        if self._unknown_symbol is not None and not self._is_mapped:
            told_at, words = self._unknown_symbol
            if now - told_at > self._timing.symbol_grace_s:
                self._finish(SessionEnd(words, is_final=True))
                return
        self._loop.call_later(_WATCH_S, self._watch)

    # the tap's owner

    def on_unreachable(self, error: OSError) -> None:
        """End: no connection came about."""
        self._finish(SessionEnd(self._unreachable_sentence(error)))

    def on_connected(self) -> None:
        """Follow the login."""
        self._listener.on_state(FeedState.AUTHENTICATING)

    def on_bytes(self) -> None:
        """Reset the watch."""
        self._heard_at = self._loop.time()
        self._listener.on_sound()

    def on_lost(self, error: Exception | None) -> None:
        """End: the connection is gone."""
        self._finish(self._end_from(error))

    def on_data(self, data: memoryview) -> None:
        """Pass on what the bytes complete: arrays to the listener, the rest through the client."""
        if self._end is not None:
            return
        chunk = self._splitter.push(data)
        self._record(chunk)
        received_ns = time.time_ns()
        if chunk.metadata:
            self._forward(chunk.metadata)
        for piece in chunk.pieces:
            if self.is_over:
                break  # by an error message: what follows it is not to be trusted
            if isinstance(piece, bytes):
                self._forward(piece)
            else:
                for instrument, records in split_by_instrument(piece):
                    self._take(Records(instrument, records, received_ns))
        if chunk.pieces and not isinstance(chunk.pieces[-1], bytes):
            self._last_order = chunk.pieces[-1][-1:].tobytes()
            self._reassure_client()
        self._deliver()
        if chunk.error:
            self._finish(SessionEnd(f"the stream is damaged: {chunk.error}"))

    def _take(self, item: Records) -> None:
        n_whole = self._books.advance(item.instrument, item.records)
        if n_whole is None or not self._is_reconnect:
            self._items.append(item)
            return
        self._items.append(Records(item.instrument, item.records[:n_whole], item.received_ns))
        self._items.append(GapEnded(item.instrument))
        if n_whole < len(item.records):
            self._items.append(Records(item.instrument, item.records[n_whole:], item.received_ns))

    def _deliver(self) -> None:
        items, self._items = self._items, []
        if not items:
            return
        must_wait = self._listener.on_items(items, self._on_room)
        if self._books.is_whole and not self._is_live:
            self._is_live = True
            self._listener.on_state(FeedState.LIVE)
        tap = self._loop.tap
        if must_wait and not self._is_paused and tap is not None and tap.transport is not None:
            self._is_paused = True
            tap.transport.pause_reading()

    def _on_room(self) -> None:
        """Read on: the engine has caught up. Thread: engine."""
        self._on_loop(self._resume)

    def _resume(self) -> None:
        tap = self._loop.tap
        if self._is_paused and not self.is_over and tap is not None and tap.transport is not None:
            self._is_paused = False
            tap.transport.resume_reading()

    def _forward(self, record: bytes) -> None:
        assert self._loop.tap is not None
        self._client_fed_at = self._loop.time()
        try:
            self._loop.tap.forward(record)
        except Exception as error:  # noqa: BLE001  whatever the decoder makes of damaged bytes
            self._finish(SessionEnd(f"the stream is damaged: {error}"))

    def _reassure_client(self) -> None:
        """Show the client an order record now and then: its own monitor knows nothing of the others."""
        if self._last_order and self._loop.time() - self._client_fed_at >= _CLIENT_SIGN_OF_LIFE_S:
            self._forward(self._last_order)

    def _record(self, chunk: Chunk) -> None:
        if chunk.metadata:
            self._recording.begin(chunk.metadata)
        n_records = sum(1 if isinstance(piece, bytes) else len(piece) for piece in chunk.pieces)
        self._recording.write(chunk.whole, n_records)
        for piece in chunk.pieces:
            if isinstance(piece, bytes) and piece[1] in _KEPT_RTYPES:
                self._recording.keep(piece[1], int.from_bytes(piece[4:8], "little"), piece)

    # what the client decoded, in stream order between the arrays

    def _on_record(self, record: Any) -> None:
        if isinstance(record, databento_dbn.SymbolMappingMsg):
            self._is_mapped = True
            self._items.append(Mapped(record.instrument_id, record.stype_in_symbol, record.stype_out_symbol))
        elif isinstance(record, databento_dbn.InstrumentDefMsg):
            tick_size = int(record.min_price_increment)
            is_known = 0 < tick_size < UNDEF_PRICE
            self._items.append(
                Defined(record.instrument_id, record.raw_symbol, tick_size if is_known else None)
            )
        elif isinstance(record, databento_dbn.ErrorMsg):
            self._on_error(int(record.code), record.err)
        elif isinstance(record, databento_dbn.SystemMsg) and record.code == SystemCode.SLOW_READER_WARNING:
            self._listener.on_notice("The gateway says that we read too slowly: the data come late.")

    def _on_error(self, code: int, words: str) -> None:
        _log.warning("gateway error %d: %s", code, words)
        words = words.rstrip(".")
        self._last_error = words
        if code in _FINAL_ERRORS:
            self._finish(SessionEnd(f"{_FINAL_ERRORS[code]}: {words}", is_final=True))
        elif code == int(ErrorCode.SYMBOL_RESOLUTION_FAILED):
            self._unknown_symbol = (self._loop.time(), f"the gateway does not know the symbol: {words}")
            self._listener.on_notice(f"The gateway does not know a symbol: {words}.")
        elif code == int(ErrorCode.SKIPPED_RECORDS_AFTER_SLOW_READING):
            self._finish(SessionEnd(f"the gateway left out records: {words}"))
        else:
            self._listener.on_notice(f"The gateway reports: {words}.")

    def _end_from(self, error: BaseException | None) -> SessionEnd:
        tap = self._loop.tap
        refusal = None if tap is None else tap.refusal
        if refusal is not None:
            return SessionEnd(f"the gateway refused the login: {refusal}", is_final=True)
        if self._unknown_symbol is not None and not self._is_mapped:
            return SessionEnd(self._unknown_symbol[1], is_final=True)
        if self._last_error:
            return SessionEnd(f"the gateway reported: {self._last_error}")
        if error is None:
            return SessionEnd("the gateway closed the connection")
        if isinstance(error, ConnectionResetError):
            return SessionEnd("the connection was cut")
        return SessionEnd(f"the connection failed: {error}")

    def _unreachable_sentence(self, error: OSError) -> str:
        where = self._request.gateway or f"the gateway of {self._request.dataset}"
        if isinstance(error, socket.gaierror):
            return f"{where} cannot be found: check the dataset's name and the network"
        reason = os.strerror(error.errno) if error.errno else str(error)  # asyncio's own words name sockets
        return f"{where}, port {self._request.port}, cannot be reached: {reason}"


async def _let_callbacks_run() -> None:
    """Give cancelled tasks and closing sockets the turns of the loop that they need."""
    for _ in range(3):
        await asyncio.sleep(0)


def _log_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _log.error("live session: %s", context.get("message"), exc_info=context.get("exception"))
