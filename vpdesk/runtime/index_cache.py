"""Indexes on disk: keyframes and overview of a session, so that it is instant the next time.

An index is found by what it was made of (the content of the files, the instrument, the engine's parameters,
the cadence), never by a file's name. It is one file: a header in JSON, raw arrays, the saved states, and a
checksum over everything. It is written beside its place and moved there in one step, so a crash leaves
nothing that looks whole.
"""

import hashlib
import json
import logging
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from vpdesk import __version__
from vpdesk.core import state
from vpdesk.core.params import EngineParams
from vpdesk.core.ring import N_CURSOR, N_HEADERS
from vpdesk.paths import cache_dir
from vpdesk.runtime.indexer import N_BINS, Overview
from vpdesk.runtime.keyframes import Keyframe
from vpdesk.runtime.player import Cadence

DEFAULT_MAX_BYTES: Final = 4 << 30

_MAGIC: Final = b"VPDESKIX"
_FORMAT: Final = 2
_PREFIX_BYTES: Final = len(_MAGIC) + 4
_CHECKSUM_BYTES: Final = 16
_MAX_HEADER_BYTES: Final = 16 << 20
_CHECKPOINT_WORDS: Final = N_CURSOR + N_HEADERS
_SUFFIX: Final = ".index"
_TEMPORARY_SUFFIX: Final = ".part"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IndexKey:
    """What an index is made of.

    Attributes
    ----------
    content : str
        Stands for the content of the files and the instrument in them.
    title : str
        The files' name, for sentences; no part of the identity.
    params, cadence
        What the engine computes, and how columns are cut.
    place : str
        Where the files lie and which instrument was chosen, to tell a file that has changed from another
        one; no part of the identity. "" where nobody must know of a change.
    """

    content: str
    title: str
    params: EngineParams
    cadence: Cadence
    place: str = ""

    @property
    def name(self) -> str:
        """Name of the file that holds the index."""
        made_of = json.dumps([self.content, self._recipe()], sort_keys=True).encode()
        return hashlib.blake2b(made_of, digest_size=16).hexdigest() + _SUFFIX

    def as_dict(self) -> dict[str, Any]:
        """Return what the header says of it."""
        return {"content": self.content, "recipe": self._recipe(), "title": self.title, "place": self.place}

    def _recipe(self) -> list[Any]:
        return [self.params.as_dict(), self.cadence.column_ns, self.cadence.column_events]


@dataclass(frozen=True)
class Index:
    """Everything the pass ahead found in a whole tape of ``n_records``."""

    n_records: int
    frames: tuple[Keyframe, ...]
    overview: Overview


class IndexCache:
    """A folder of indexes with a limit on its size. Any thread, any number of processes.

    Parameters
    ----------
    folder
        Within the user's cache folder by default; made when first written to.
    max_bytes
        Beyond it, the indexes used longest ago are dropped.
    """

    def __init__(self, folder: Path | None = None, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.folder = cache_dir() / "index" if folder is None else folder
        self.max_bytes = max_bytes

    def load(self, key: IndexKey) -> tuple[Index | None, str]:
        """Return the index kept under a key, checked, or None and a sentence on why an old one is no good.

        The sentence is "" where there simply is none, or only one of another version.
        """
        path = self.folder / key.name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None, self._why_stale(key)
        except OSError as error:
            return None, f"The index of {key.title} cannot be read ({_reason(error)}); it is built again."
        try:
            index = _unpack(data, key)
        except _OtherVersionError:  # as after every update: nothing the user must know
            _log.info("the index of %s is of another version; it is built again", key.title)
            return None, ""
        except (ValueError, KeyError, TypeError, IndexError):
            return None, f"The index of {key.title} is damaged; it is built again."
        with suppress(OSError):
            os.utime(path)
        return index, ""

    def save(self, key: IndexKey, index: Index) -> str:
        """Keep an index, then drop what is too much; return a sentence if that failed, else ""."""
        temporary = self.folder / f"{secrets.token_hex(16)}{_TEMPORARY_SUFFIX}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                _pack(file, key, index)
            temporary.replace(self.folder / key.name)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            return (
                f"The index of {key.title} cannot be kept in {self.folder} ({_reason(error)}); "
                "playback goes on, and it will be built again next time."
            )
        self._trim(key.name)
        return ""

    def n_bytes(self) -> int:
        """Return the size of everything in the folder."""
        return sum(size for _, size, _ in self._entries())

    def clear(self) -> None:
        """Delete everything."""
        for _, _, path in self._entries():
            with suppress(OSError):
                path.unlink()

    def _why_stale(self, key: IndexKey) -> str:
        """Return a sentence if the files in this place were indexed before, but never as they are now."""
        contents = set()
        for _, _, path in self._entries() if key.place else ():
            with suppress(OSError, ValueError, KeyError, TypeError), path.open("rb") as file:
                made_of = _read_header(file)["key"]
                if made_of["place"] == key.place:
                    contents.add(made_of["content"])
        if not contents or key.content in contents:
            return ""
        return f"{key.title} was written anew since it was indexed; it is indexed again."

    def _entries(self) -> list[tuple[float, int, Path]]:
        """Return last use, size and path of every file, the longest unused first."""
        entries = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                if path.suffix in (_SUFFIX, _TEMPORARY_SUFFIX):
                    with suppress(OSError):
                        stat = path.stat()
                        entries.append((stat.st_mtime, stat.st_size, path))
        return sorted(entries)

    def _trim(self, newest_name: str) -> None:
        entries = self._entries()
        n_bytes = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if n_bytes <= self.max_bytes:
                break
            if path.name != newest_name:
                n_bytes -= size
                with suppress(OSError):
                    path.unlink()


class _OtherVersionError(Exception):
    """The file was written by another version of the format or of the engine."""


@cache
def _version() -> str:
    """Return what stands for this format and for everything the engine's rules are written in."""
    content = hashlib.blake2b(f"{_FORMAT} {__version__} {state.VERSION}".encode(), digest_size=8)
    for path in sorted(Path(state.__file__).parent.glob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()


def _pack(file: BinaryIO, key: IndexKey, index: Index) -> None:
    overview = index.overview
    header = {
        "version": _version(),
        "key": key.as_dict(),
        "n_records": index.n_records,
        "span_ns": [overview.start_ns, overview.end_ns],
        "frames": [[frame.event_id, frame.clock_ns, frame.seq, len(frame.state)] for frame in index.frames],
    }
    text = json.dumps(header).encode()
    parts = [_MAGIC, len(text).to_bytes(4, "little"), text]
    parts += [part.tobytes() for part in _bins_of(overview)]
    for frame in index.frames:
        parts += [frame.checkpoint.tobytes(), frame.state]
    checksum = hashlib.blake2b(digest_size=_CHECKSUM_BYTES)
    for part in parts:
        checksum.update(part)
        file.write(part)
    file.write(checksum.digest())


def _bins_of(overview: Overview) -> tuple[NDArray[Any], ...]:
    return overview.spot_tick, overview.n_events, overview.volume, overview.book_state


def _read_header(file: BinaryIO) -> dict[str, Any]:
    prefix = file.read(_PREFIX_BYTES)
    n_bytes = int.from_bytes(prefix[len(_MAGIC) :], "little")
    if not prefix.startswith(_MAGIC) or n_bytes > _MAX_HEADER_BYTES:
        raise ValueError("not an index")
    header: dict[str, Any] = json.loads(file.read(n_bytes))
    return header


def _unpack(data: bytes, key: IndexKey) -> Index:
    """Return the index in these bytes.

    Raises
    ------
    _OtherVersionError
        Another version wrote it.
    ValueError, KeyError, TypeError, IndexError
        The bytes are damaged.
    """
    view = memoryview(data)
    body, checksum = view[:-_CHECKSUM_BYTES], view[-_CHECKSUM_BYTES:]
    if hashlib.blake2b(body, digest_size=_CHECKSUM_BYTES).digest() != checksum:
        raise ValueError("the checksum does not match")
    if not data.startswith(_MAGIC):
        raise ValueError("not an index")
    start = _PREFIX_BYTES + int.from_bytes(view[len(_MAGIC) : _PREFIX_BYTES], "little")
    header = json.loads(bytes(view[_PREFIX_BYTES:start]))
    if header["version"] != _version():
        raise _OtherVersionError
    made_of = header["key"] | {"title": key.title, "place": key.place}
    if made_of != json.loads(json.dumps(key.as_dict())):
        raise ValueError("the index of something else")

    def take(n_bytes: int) -> memoryview:
        nonlocal start
        start += n_bytes
        return body[start - n_bytes : start]

    spot_tick = np.frombuffer(bytes(take(8 * N_BINS)), np.float64)
    n_events, volume, book_state = (np.frombuffer(bytes(take(8 * N_BINS)), np.int64) for _ in range(3))
    frames = []
    for event_id, clock_ns, seq, n_state in header["frames"]:
        checkpoint = np.frombuffer(bytes(take(8 * _CHECKPOINT_WORDS)), np.int64)
        frames.append(Keyframe(event_id, clock_ns, seq, bytes(take(n_state)), checkpoint))
    start_ns, end_ns = header["span_ns"]
    overview = Overview(start_ns, end_ns, spot_tick, n_events, volume, book_state, N_BINS)
    return Index(header["n_records"], tuple(frames), overview)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
