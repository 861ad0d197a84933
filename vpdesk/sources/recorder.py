"""Writes a live session to DBN files, byte for byte as it came.

A thread of its own writes, so that a slow disk never delays the feed. Each block of whole records goes
straight to the operating system: a crash or a kill loses what is still queued, and what is on disk opens
like any other file. Every file begins with the session's metadata and the mappings and definitions known
so far, so each can be opened alone.
"""

import errno
import os
import queue
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import zstandard

MAX_FILE_BYTES: Final = 2**30
MAX_QUEUED_BYTES: Final = 128 * 2**20  # ten seconds of the busiest feed; a disk slower than that is lost
FLUSH_S: Final = 1.0  # at most this much is lost to a power cut
_VERSION_BYTE: Final = 3  # of the metadata


class RawFile(Protocol):
    """The part of an unbuffered file that the recorder uses."""

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Write; return how many bytes were taken."""

    def fileno(self) -> int:
        """Return the descriptor, to be flushed to the disk."""

    def close(self) -> None:
        """Close the file."""


@dataclass(frozen=True, slots=True)
class RecorderStatus:
    """A moment of a recording. ``problem`` is a sentence once it had to stop, else "".

    ``starts_mid_book``: it began while the feed was running, so orders from before are missing in it.
    """

    is_recording: bool = False
    path: Path | None = None
    n_records: int = 0
    n_bytes: int = 0  # as received, before compression
    n_files: int = 0
    problem: str = ""
    starts_mid_book: bool = False


@dataclass(frozen=True, slots=True)
class _Begin:
    metadata: bytes


@dataclass(frozen=True, slots=True)
class _Write:
    block: memoryview
    n_records: int


@dataclass(frozen=True, slots=True)
class _Keep:
    key: tuple[int, int]
    record: bytes


def open_new(path: Path) -> RawFile:
    """Create a file for unbuffered writing; fail if it is there already."""
    return path.open("xb", buffering=0)


def recording_stem(dataset: str, symbols: tuple[str, ...]) -> str:
    """Name a recording after what it holds, in characters that every file system takes."""
    shown = "-".join(symbols[:3]) + ("" if len(symbols) <= 3 else f"-and-{len(symbols) - 3}-more")
    return re.sub(r"[^A-Za-z0-9._-]+", "_", f"{dataset}_{shown}")[:120]


class Recorder:
    """A recording into ``folder``, in files ``<stem>_<UTC time>.dbn``, or ``.dbn.zst`` if ``compress``.

    A new file begins with each UTC day of the wall clock and after ``max_file_bytes``. One thread calls
    `begin`, `write` and `keep`; none of the methods but `wait` waits for the disk.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        *,
        compress: bool = False,
        max_file_bytes: int = MAX_FILE_BYTES,
        max_queued_bytes: int = MAX_QUEUED_BYTES,
        clock: Callable[[], int] = time.time_ns,
        open_file: Callable[[Path], RawFile] = open_new,
    ) -> None:
        self._folder = folder
        self._stem = stem
        self._compress = compress
        self._max_file_bytes = max_file_bytes
        self._max_queued_bytes = max_queued_bytes
        self._clock = clock
        self._open_file = open_file
        self._messages: queue.SimpleQueue[_Begin | _Write | _Keep | None] = queue.SimpleQueue()
        self._queued_bytes = 0
        self._lock = threading.Lock()
        self._status = RecorderStatus(is_recording=True)
        self._is_closing = False
        self._metadata = b""
        self._kept: dict[tuple[int, int], bytes] = {}
        self._file: _RecordingFile | None = None
        self._thread = threading.Thread(target=self._run, name="vpdesk recorder", daemon=True)
        self._thread.start()

    @property
    def status(self) -> RecorderStatus:
        """How the recording stands. Thread: any."""
        return self._status

    def begin(self, metadata: bytes, *, is_under_way: bool = False) -> None:
        """Name the metadata of the session that follows; only the first of a file is written.

        ``is_under_way`` says that records of the session went by before.
        """
        if is_under_way:
            self._set_status(starts_mid_book=True)
        self._messages.put(_Begin(metadata))

    def write(self, block: memoryview, n_records: int) -> None:
        """Append a block of whole records; the bytes must not change afterwards."""
        if not self._status.is_recording or not block.nbytes:
            return
        with self._lock:
            self._queued_bytes += block.nbytes
            is_over = self._queued_bytes > self._max_queued_bytes
        if is_over:
            self._stop("Recording stopped: the disk is slower than the feed.")
            return
        self._messages.put(_Write(block, n_records))

    def keep(self, rtype: int, instrument_id: int, record: bytes) -> None:
        """Repeat this record at the head of every later file; a newer one of its kind replaces it."""
        self._messages.put(_Keep((rtype, instrument_id), record))

    def close(self) -> None:
        """Write what is queued and end; returns at once. May be called again."""
        if not self._is_closing:
            self._is_closing = True
            self._messages.put(None)

    def wait(self, timeout_s: float) -> bool:
        """Wait until the files are closed; False if they are not yet."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # --- the writing thread ------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            try:
                message = self._messages.get(timeout=FLUSH_S)
            except queue.Empty:
                self._attempt(self._flush)
                continue
            if message is None:
                break
            self._attempt(lambda message=message: self._handle(message))  # type: ignore[misc]
        self._attempt(self._close_file)
        self._set_status(is_recording=False)

    def _handle(self, message: _Begin | _Write | _Keep) -> None:
        match message:
            case _Begin(metadata):
                if self._file is not None and metadata[_VERSION_BYTE] != self._metadata[_VERSION_BYTE]:
                    self._close_file()  # records of two DBN versions do not share a file
                    self._kept.clear()
                self._metadata = metadata
            case _Keep(key, record):
                self._kept[key] = record
            case _Write(block, n_records):
                with self._lock:
                    self._queued_bytes -= block.nbytes
                if self._status.is_recording:
                    self._append(block, n_records)

    def _append(self, block: memoryview, n_records: int) -> None:
        now_ns = self._clock()
        if self._file is not None and self._file.is_over(now_ns, self._max_file_bytes):
            self._close_file()
        if self._file is None:
            self._file = self._open_next(now_ns)
        self._file.write(block)
        self._file.flush_if_due(now_ns)
        self._set_status(
            n_records=self._status.n_records + n_records, n_bytes=self._status.n_bytes + block.nbytes
        )

    def _open_next(self, now_ns: int) -> "_RecordingFile":
        self._folder.mkdir(parents=True, exist_ok=True)
        moment = datetime.fromtimestamp(now_ns / 1e9, UTC)
        suffix = ".dbn.zst" if self._compress else ".dbn"
        name = f"{self._stem}_{moment:%Y%m%dT%H%M%SZ}"
        for attempt in range(1, 1000):
            path = self._folder / (name + (f"-{attempt}" if attempt > 1 else "") + suffix)
            try:
                raw = self._open_file(path)
            except FileExistsError:
                continue
            self._set_status(path=path, n_files=self._status.n_files + 1)
            file = _RecordingFile(raw, self._compress, now_ns)
            file.write(memoryview(self._metadata + b"".join(self._kept.values())))
            return file
        raise OSError(errno.EEXIST, "too many files of one second", str(self._folder))

    def _flush(self) -> None:
        if self._file is not None:
            self._file.flush_if_due(self._clock())

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            self._stop(_sentence(error, self._status, self._folder))
            file, self._file = self._file, None
            if file is not None:
                file.abandon()

    def _stop(self, problem: str) -> None:
        if self._status.is_recording:
            self._set_status(is_recording=False, problem=problem)

    def _set_status(self, **changes: object) -> None:
        with self._lock:
            fields = {name: getattr(self._status, name) for name in RecorderStatus.__slots__}
            self._status = RecorderStatus(**(fields | changes))


class Recording:
    """The switch between a feed and a recorder, so that recording can begin and end in mid-session.

    Remembers what the head of a file needs. The network thread calls `begin`, `write` and `keep`, as a
    recorder's; the rest is for any thread. Nothing but `wait` waits.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._metadata = b""
        self._kept: dict[tuple[int, int], bytes] = {}
        self._is_under_way = False
        self._is_closed = False
        self._recorder: Recorder | None = None
        self._last: Recorder | None = None
        self._ending: list[Recorder] = []

    @property
    def status(self) -> RecorderStatus | None:
        """How the recording stands, or how the last one ended; None if there was none."""
        last = self._last
        return None if last is None else last.status

    def start(self, recorder: Recorder) -> None:
        """Hand everything from here on to ``recorder``, in place of the one before."""
        self.stop()
        with self._lock:
            self._last = recorder
            if self._is_closed:
                recorder.close()
                return
            if self._metadata:
                recorder.begin(self._metadata, is_under_way=self._is_under_way)
            for (rtype, instrument_id), record in self._kept.items():
                recorder.keep(rtype, instrument_id, record)
            self._recorder = recorder

    def stop(self) -> None:
        """End the recording, if there is one; its thread writes what is queued."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
            if recorder is not None:
                recorder.close()
                self._ending.append(recorder)

    def close(self) -> None:
        """End the recording; no other may begin."""
        with self._lock:
            self._is_closed = True
        self.stop()

    def wait(self, timeout_s: float) -> bool:
        """Wait until every recording that was stopped is on disk; False if one is not yet."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            ending = list(self._ending)
        return all(recorder.wait(max(0.0, deadline - time.monotonic())) for recorder in ending)

    def begin(self, metadata: bytes) -> None:
        """Take the metadata of a new session."""
        with self._lock:
            if self._metadata and metadata[_VERSION_BYTE] != self._metadata[_VERSION_BYTE]:
                self._kept.clear()
            self._metadata = metadata
            if self._recorder is not None:
                self._recorder.begin(metadata)

    def write(self, block: memoryview, n_records: int) -> None:
        """Take a block of whole records."""
        with self._lock:
            self._is_under_way = self._is_under_way or n_records > 0
            if self._recorder is not None:
                self._recorder.write(block, n_records)

    def keep(self, rtype: int, instrument_id: int, record: bytes) -> None:
        """Take a record that every file begins with."""
        with self._lock:
            self._kept[rtype, instrument_id] = record
            if self._recorder is not None:
                self._recorder.keep(rtype, instrument_id, record)


class _RecordingFile:
    """One file of a recording; compressed, it can be read up to the last flush."""

    def __init__(self, raw: RawFile, compress: bool, now_ns: int) -> None:
        self._raw = raw
        self._compressor = zstandard.ZstdCompressor(level=3).compressobj() if compress else None
        self._day = _utc_day(now_ns)
        self._n_bytes = 0
        self._flushed_ns = now_ns
        self._is_dirty = False

    def is_over(self, now_ns: int, max_bytes: int) -> bool:
        return self._n_bytes >= max_bytes or _utc_day(now_ns) != self._day

    def write(self, block: memoryview) -> None:
        self._n_bytes += block.nbytes
        self._is_dirty = True
        self._write_all(block if self._compressor is None else self._compressor.compress(block))

    def flush_if_due(self, now_ns: int) -> None:
        if not self._is_dirty or abs(now_ns - self._flushed_ns) < FLUSH_S * 1e9:
            return
        if self._compressor is not None:
            self._write_all(self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
        os.fsync(self._raw.fileno())
        self._flushed_ns = now_ns
        self._is_dirty = False

    def close(self) -> None:
        if self._compressor is not None:
            self._write_all(self._compressor.flush())
        self._raw.close()

    def abandon(self) -> None:
        """Close after a failed write; the file stays as far as it got."""
        try:
            self._raw.close()
        except OSError:
            return  # the failure that led here has been told

    def _write_all(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest.nbytes:
            n_written = self._raw.write(rest)
            if not n_written:
                raise OSError(errno.EIO, "nothing was written")
            rest = rest[n_written:]


def _utc_day(ns: int) -> int:
    return ns // 86_400_000_000_000


def _sentence(error: OSError, status: RecorderStatus, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason = "the disk is full"
    else:
        reason = f"{folder} cannot be written, {(error.strerror or str(error)).lower()}"
    kept = f" {status.n_records} records are safe in {status.path}." if status.path else ""
    return f"Recording stopped: {reason}.{kept}"
