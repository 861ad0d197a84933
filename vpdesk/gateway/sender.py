"""Writes the DBN stream of one connection, and lets it go wrong where a fault says so."""

import asyncio
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Final

from vpdesk.gateway import wire
from vpdesk.gateway.faults import Corrupt, Drop, Fault, Report, Silence, Trickle

# struct linger, of other integers on Windows: on, no seconds; closing then sends a reset
_LINGER_OFF: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Sender:
    """The stream of one connection. Counts its bytes; a fault strikes at the byte it names.

    Raises
    ------
    ConnectionError
        From `send`: the connection is gone, by a fault or by the client.
    """

    def __init__(self, writer: asyncio.StreamWriter, faults: Sequence[Fault]) -> None:
        self._writer = writer
        self._faults = list(faults)
        self.n_bytes = 0
        writer.transport.set_write_buffer_limits(high=0)  # so that drain means sent

    async def send_metadata(self, data: bytes) -> None:
        """Send the head of the stream."""
        await self._send_checked(data)

    async def send(self, data: bytes, record_bytes: int | None = None) -> None:
        """Send whole records, each of ``record_bytes``; None if ``data`` is a single one."""
        for report in [fault for fault in self._faults if isinstance(fault, Report)]:
            step = record_bytes or len(data)
            n_before = -(-max(0, report.at_byte - self.n_bytes) // step) * step
            if n_before >= len(data):
                continue
            self._faults.remove(report)
            await self._send_checked(data[:n_before])
            data = data[n_before:]
            await self._send_checked(wire.error(report.words, report.code))
            if report.is_fatal:
                self._close(is_reset=False)
        await self._send_checked(data)

    async def _send_checked(self, data: bytes) -> None:
        data = self._corrupted(data)
        for fault in self._faults:
            if isinstance(fault, Drop | Silence) and fault.at_byte < self.n_bytes + len(data):
                await self._write(data[: max(0, fault.at_byte - self.n_bytes)])
                if isinstance(fault, Silence):
                    await asyncio.Event().wait()  # until the client leaves
                else:
                    self._close(fault.is_reset)
        await self._write(data)

    def _corrupted(self, data: bytes) -> bytes:
        for fault in self._faults:
            if isinstance(fault, Corrupt):
                begin = max(0, fault.at_byte - self.n_bytes)
                end = min(len(data), fault.at_byte + fault.n_bytes - self.n_bytes)
                if begin < end:
                    data = data[:begin] + bytes(end - begin) + data[end:]
        return data

    async def _write(self, data: bytes) -> None:
        trickle = next((fault for fault in self._faults if isinstance(fault, Trickle)), None)
        step = len(data) if trickle is None else trickle.piece_bytes
        for begin in range(0, len(data), step or 1):
            self._writer.write(data[begin : begin + step])
            await self._writer.drain()
            if trickle is not None:
                await asyncio.sleep(trickle.pause_s)
        self.n_bytes += len(data)

    def _close(self, is_reset: bool) -> None:
        if is_reset:
            raw: socket.socket = self._writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_OFF)
            self._writer.transport.abort()
        else:
            self._writer.close()
        raise ConnectionAbortedError("closed on request")
