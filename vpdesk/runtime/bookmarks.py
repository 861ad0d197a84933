"""Bookmarks: moments of a file that a person, or a colleague with the same file, can come back to exactly."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from vpdesk.core.params import EngineParams
from vpdesk.errors import VpdeskError
from vpdesk.paths import data_dir

MAX_NOTE: Final = 1000  # characters
MAX_BOOKMARKS: Final = 10_000
_FORMAT: Final = "vpdesk bookmarks"
_VERSION: Final = 1
_MAX_FILE_BYTES: Final = 32 << 20
_DIGEST_DIGITS: Final = 32


class BookmarkError(VpdeskError):
    """A file of bookmarks cannot be read or written."""


@dataclass(frozen=True)
class Bookmark:
    """A moment, and everything that tells whether another desk shows the very same.

    Attributes
    ----------
    note : str
    content_id, dataset, symbol : str
        The files by their content, and the instrument in them.
    event_id, clock_ns : int
        The event last applied, and its time.
    params : EngineParams
    column_ns, column_events : int
        How columns are cut; see `GridRing`.
    digest : str
        Of the engine's state; "" if it was not known yet.
    """

    note: str
    content_id: str
    dataset: str
    symbol: str
    event_id: int
    clock_ns: int
    params: EngineParams
    column_ns: int
    column_events: int
    digest: str = ""


class BookmarkShelf:
    """The user's bookmarks, one small file for each tape.

    Parameters
    ----------
    folder
        Within the user's data folder by default; made when first written to.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_dir() / "bookmarks"

    def load(self, content_id: str, symbol: str) -> tuple[tuple[Bookmark, ...], str]:
        """Return the bookmarks of a tape in order, and a sentence for the user ("" when all is well)."""
        path = self._path(content_id, symbol)
        if not path.exists():
            return (), ""
        try:
            return read_bookmarks(path), ""
        except BookmarkError as error:
            aside = path.with_suffix(".damaged.json")
            with suppress(OSError):
                path.replace(aside)
                return (), f"{error} They were set aside as {aside}."
            return (), str(error)

    def save(self, content_id: str, symbol: str, bookmarks: Iterable[Bookmark]) -> str:
        """Keep the bookmarks of a tape; return a sentence if that failed, else ""."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_bookmarks(self._path(content_id, symbol), bookmarks)
        except OSError as error:
            return f"Bookmarks cannot be kept in {self.folder} ({_reason(error)})."
        except BookmarkError as error:
            return str(error)
        return ""

    def _path(self, content_id: str, symbol: str) -> Path:
        tape = hashlib.blake2b(f"{content_id} {symbol}".encode(), digest_size=16)
        return self.folder / f"{tape.hexdigest()}.json"


def read_bookmarks(path: Path) -> tuple[Bookmark, ...]:
    """Read a file of bookmarks, in order of their events.

    Raises
    ------
    BookmarkError
        It cannot be read, or is no such file.
    """
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise BookmarkError(f"{path.name} is too large to be a file of bookmarks.")
        plain = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BookmarkError(f"The bookmarks in {path.name} cannot be read ({_reason(error)}).") from None
    except (ValueError, RecursionError):
        raise BookmarkError(f"{path.name} is no file of bookmarks.") from None
    if not isinstance(plain, dict) or plain.get("format") != _FORMAT:
        raise BookmarkError(f"{path.name} is no file of bookmarks.")
    if plain.get("version") != _VERSION:
        raise BookmarkError(f"The bookmarks in {path.name} are of another version of vpdesk.")
    rows = plain.get("bookmarks")
    try:
        if not isinstance(rows, list) or len(rows) > MAX_BOOKMARKS:
            raise ValueError("no list, or too long a one")
        bookmarks = [_from_plain(row) for row in rows]
    except (VpdeskError, ValueError, TypeError, KeyError, AttributeError):
        raise BookmarkError(f"The bookmarks in {path.name} are damaged.") from None
    return tuple(sorted(bookmarks, key=lambda one: one.event_id))


def write_bookmarks(path: Path, bookmarks: Iterable[Bookmark]) -> None:
    """Write a file of bookmarks, small and readable, in one step.

    Raises
    ------
    BookmarkError
        It cannot be written; a file that was there is as it was.
    """
    rows = [_plain(one) for one in bookmarks]
    text = json.dumps({"format": _FORMAT, "version": _VERSION, "bookmarks": rows}, indent=2)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        temporary.write_text(text + "\n", "utf-8")
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise BookmarkError(f"The bookmarks cannot be written to {path} ({_reason(error)}).") from None


def differences(ours: EngineParams, theirs: EngineParams) -> str:
    """Return in words how two sets of parameters differ, such as ``tau_s 2 -> 0.5``; "" if they do not."""
    mine, other = ours.as_dict(), theirs.as_dict()
    return ", ".join(
        f"{name} {mine[name]:g} -> {other[name]:g}" for name in mine if mine[name] != other[name]
    )


def _plain(one: Bookmark) -> dict[str, Any]:
    return {
        "note": one.note,
        "time_utc": _utc_text(one.clock_ns),
        "clock_ns": one.clock_ns,
        "event_id": one.event_id,
        "digest": one.digest,
        "content_id": one.content_id,
        "dataset": one.dataset,
        "symbol": one.symbol,
        "parameters": one.params.as_dict(),
        "column_ns": one.column_ns,
        "column_events": one.column_events,
    }


def _from_plain(row: dict[str, Any]) -> Bookmark:
    """Return the bookmark of a row.

    Raises
    ------
    VpdeskError, ValueError, TypeError, KeyError, AttributeError
        The row makes no sense.
    """
    texts = {name: row[name] for name in ("content_id", "dataset", "symbol", "digest")}
    numbers = {name: row[name] for name in ("event_id", "clock_ns", "column_ns", "column_events")}
    if not all(isinstance(text, str) and len(text) <= MAX_NOTE for text in texts.values()):
        raise ValueError("a text is none")
    if not all(type(number) is int and 0 <= number < 2**63 for number in numbers.values()):
        raise ValueError("a number is none")
    if numbers["column_ns"] < 1 or len(texts["digest"]) not in (0, _DIGEST_DIGITS):
        raise ValueError("no cadence, or no digest")
    params = EngineParams.from_dict(row["parameters"])
    return Bookmark(note=tidy_note(row["note"]), params=params, **texts, **numbers)


def tidy_note(note: str) -> str:
    """Return a note on one line, without what cannot be printed, cut at `MAX_NOTE`."""
    return "".join(letter if letter.isprintable() else " " for letter in note[:MAX_NOTE]).strip()


def _utc_text(clock_ns: int) -> str:
    seconds, nanoseconds = divmod(clock_ns, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
