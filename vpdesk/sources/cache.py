"""The cache folder: decoded records, and facts of files, that need not be computed twice.

Decoded records are plain 56-byte records in a file of a random name. What makes them valid is a small
JSON note beside them, written last and moved into place in one step; it names the file, its length and
its hash. So a crash leaves nothing that looks whole, and no file is ever renamed while it is mapped
(which Windows refuses). Unnamed files are swept up a day later.
"""

import json
import os
import secrets
import threading
import time
from bisect import bisect_right
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE
from vpdesk.errors import SourceError
from vpdesk.paths import cache_dir
from vpdesk.sources.dbn import reason
from vpdesk.sources.facts import content_id

DEFAULT_MAX_BYTES: Final = 20 << 30
MAX_MEMORY_BYTES: Final = 1 << 30  # records kept in memory where the disk takes no more: 19 million

_RECORDS_SUFFIX: Final = ".records"
_NOTE_SUFFIX: Final = ".json"
_TEXT_SUFFIX: Final = ".facts"
_TEMPORARY_SUFFIX: Final = ".part"
_SUFFIXES: Final = (_RECORDS_SUFFIX, _NOTE_SUFFIX, _TEXT_SUFFIX, _TEMPORARY_SUFFIX)
_ABANDONED_S: Final = 86_400.0


class Cache:
    """A folder of decoded records with a limit on its size. Any thread, any number of processes.

    Parameters
    ----------
    folder
        The user's cache folder by default; made when first written to.
    max_bytes
        Beyond it, what was used longest ago is dropped.
    max_memory_bytes
        Records that may be kept in memory where the folder cannot take them.

    Notes
    -----
    A folder that cannot be read or written is no error: then nothing is remembered.
    """

    def __init__(
        self,
        folder: Path | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        max_memory_bytes: int = MAX_MEMORY_BYTES,
    ) -> None:
        self.folder = cache_dir() / "records" if folder is None else folder
        self.max_bytes = max_bytes
        self.max_memory_bytes = max_memory_bytes

    def n_bytes(self) -> int:
        """Return the size of everything in the folder."""
        return sum(_size(path) for path in self._files())

    def clear(self) -> None:
        """Delete everything; a file that another process has mapped may stay until it is closed."""
        for path in self._files():
            with suppress(OSError):
                path.unlink()

    def read_text(self, key: str) -> str | None:
        """Return what `write_text` kept under this key, or None."""
        path = self.folder / (key + _TEXT_SUFFIX)
        try:
            text = path.read_text("utf-8")
            os.utime(path)
        except (OSError, UnicodeDecodeError):
            return None
        return text

    def write_text(self, key: str, text: str) -> None:
        """Keep a small text; nothing happens where the folder cannot take it."""
        with suppress(OSError):
            self._replace(self.folder / (key + _TEXT_SUFFIX), text)

    def find(self, key: str) -> NDArray[np.void] | None:
        """Return the records kept under this key, mapped and checked: (n,) `MBO_DTYPE`, or None."""
        note = self.folder / (key + _NOTE_SUFFIX)
        try:
            plain = json.loads(note.read_text("utf-8"))
            path = self.folder / Path(plain["file"]).name
            is_whole = path.stat().st_size == plain["n_bytes"] and content_id([path]) == plain["content_id"]
            if not is_whole:
                return None
            records = map_records(path, 0, plain["n_bytes"] // MBO_DTYPE.itemsize)
            os.utime(note)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return records

    def spool(self, key: str) -> "Spool":
        """Return a new, empty spool whose records are kept under this key once it is sealed."""
        return Spool(self, key)

    def seal(self, key: str, path: Path) -> None:
        """Make a finished file of records valid under this key, then drop what is too much.

        Raises
        ------
        OSError
            The folder cannot take the note.
        """
        plain = {"file": path.name, "n_bytes": path.stat().st_size, "content_id": content_id([path])}
        self._replace(self.folder / (key + _NOTE_SUFFIX), json.dumps(plain))
        self._trim(path)

    def _replace(self, path: Path, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f"{secrets.token_hex(16)}{_TEMPORARY_SUFFIX}"
        try:
            temporary.write_text(text, "utf-8")
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
            raise

    def _files(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.suffix in _SUFFIXES]
        except OSError:
            return []

    def _trim(self, newest: Path) -> None:
        """Drop abandoned files, then the records used longest ago while there are too many bytes."""
        files = set(self._files())
        entries = []  # (last use, note, file of records)
        for note in (path for path in files if path.suffix == _NOTE_SUFFIX):
            with suppress(OSError, ValueError, KeyError, TypeError):
                path = self.folder / Path(json.loads(note.read_text("utf-8"))["file"]).name
                entries.append((note.stat().st_mtime, note, path))
        named = {path for _, _, path in entries}
        for path in files - named:
            is_nameless = path.suffix in (_RECORDS_SUFFIX, _TEMPORARY_SUFFIX)
            if is_nameless and _age_s(path) > _ABANDONED_S:
                with suppress(OSError):
                    path.unlink()
        n_bytes = self.n_bytes()
        for _, note, path in sorted(entries):
            if n_bytes <= self.max_bytes:
                break
            if path != newest:
                n_bytes -= _size(path)
                for unused in (note, path):
                    with suppress(OSError):
                        unused.unlink()


class Spool:
    """Records of one instrument while they are decoded: on disk while it takes them, then in memory.

    One thread appends and seals; any thread reads.
    """

    def __init__(self, cache: Cache, key: str) -> None:
        self.n_records = 0
        self.disk_problem = ""  # why the records are, in part, in memory
        self._cache = cache
        self._key = key
        self._path = cache.folder / f"{secrets.token_hex(16)}{_RECORDS_SUFFIX}"
        self._n_on_disk = 0
        self._mapped: NDArray[np.void] = np.empty(0, MBO_DTYPE)
        self._mapping = threading.Lock()
        self._in_memory: list[NDArray[np.void]] = []
        self._starts: list[int] = []  # record number of each array in memory
        self._file: BinaryIO | None = None
        try:
            cache.folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb", buffering=0)
        except OSError as error:
            self.disk_problem = reason(error)

    def append(self, records: NDArray[np.void]) -> None:
        """Add (n,) records of `MBO_DTYPE`.

        Raises
        ------
        SourceError
            Neither disk nor memory can take them; those added before stay readable.
        """
        n_written = 0
        if self._file is not None:
            n_written = self._write(self._file, records)
            self._n_on_disk += n_written
        if n_written < records.size:
            self._keep(records[n_written:])
        self.n_records += records.size

    def _write(self, file: BinaryIO, records: NDArray[np.void]) -> int:
        """Write as many whole records as the disk takes; after a failure it is not asked again."""
        data = records.view(np.uint8).data
        n_done = 0
        try:
            while n_done < data.nbytes:
                n_done += file.write(data[n_done:])
        except OSError as error:
            self.disk_problem = reason(error)
            self._file = None
            with suppress(OSError):
                file.close()
        return n_done // MBO_DTYPE.itemsize

    def _keep(self, records: NDArray[np.void]) -> None:
        n_in_memory = sum(some.size for some in self._in_memory)
        if (n_in_memory + records.size) * MBO_DTYPE.itemsize > self._cache.max_memory_bytes:
            raise SourceError(
                f"The cache folder {self._cache.folder} cannot be written ({self.disk_problem}), and the "
                "records do not fit in memory. Free some space, or decompress the file first."
            )
        own = records.copy()
        own.flags.writeable = False
        self._in_memory.append(own)
        self._starts.append(self._n_on_disk + n_in_memory)

    def read(self, start: int, stop: int) -> NDArray[np.void]:
        """Return records ``start .. stop - 1``, read only: a view where they lie together."""
        stop = min(stop, self.n_records)
        parts = []
        if start < min(stop, self._n_on_disk):
            parts.append(self._map(min(stop, self._n_on_disk))[start:stop])
        first = max(0, bisect_right(self._starts, start) - 1)
        for begin, records in zip(self._starts[first:], self._in_memory[first:], strict=False):
            if begin >= stop:
                break
            part = records[max(0, start - begin) : stop - begin]
            if part.size:
                parts.append(part)
        if len(parts) == 1:
            return parts[0]
        whole = np.concatenate(parts) if parts else np.empty(0, MBO_DTYPE)
        whole.flags.writeable = False
        return whole

    def _map(self, n: int) -> NDArray[np.void]:
        with self._mapping:
            if self._mapped.size < n:
                self._mapped = map_records(self._path, 0, self._n_on_disk)
            return self._mapped

    def seal(self) -> None:
        """End writing, and keep the records for the next time if they are all on disk."""
        if self._file is None:
            self.discard()
            return
        try:
            os.fsync(self._file.fileno())
            self._file.close()
            self._cache.seal(self._key, self._path)
        except OSError as error:
            self.disk_problem = reason(error)
        self._file = None

    def discard(self) -> None:
        """End writing and keep nothing on disk; what was read stays readable."""
        if self._file is not None:
            self._file.close()
            self._file = None
        with suppress(OSError):  # Windows keeps a mapped file; it is swept up later
            self._map(self._n_on_disk)
            self._path.unlink()


def map_records(path: Path, offset: int, n: int) -> NDArray[np.void]:
    """Map ``n`` records that begin ``offset`` bytes into a file: (n,) `MBO_DTYPE`, read only.

    Raises
    ------
    OSError
        The file cannot be mapped.
    """
    if n == 0:
        return np.empty(0, MBO_DTYPE)
    mapped = np.memmap(path, MBO_DTYPE, mode="r", offset=offset, shape=(n,))
    return mapped.view(np.ndarray)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
