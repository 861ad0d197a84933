"""From what the user named (files, a folder, a pattern) to the data files, in time order."""

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vpdesk.core.events import UNDEF_TIMESTAMP
from vpdesk.errors import SourceError
from vpdesk.sources.dbn import Header, RecordStream, reason

Paths = str | Path | Iterable[str | Path]

_PATTERNS = ("*.dbn", "*.dbn.zst")
_FIRST_LOOK = 64 << 10  # bytes decoded to learn when a file begins


@dataclass(frozen=True)
class DataFile:
    """A file of market-by-order records. ``first_ts_ns`` is 0 where it has none."""

    path: Path
    header: Header
    is_compressed: bool
    first_ts_ns: int


@dataclass(frozen=True)
class FileSet:
    """Files of one dataset, read as one: ``data`` in time order, at least one; ``definitions`` beside it."""

    data: tuple[DataFile, ...]
    definitions: tuple[Path, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The data files' paths, in time order."""
        return tuple(file.path for file in self.data)


def find_files(paths: Paths) -> FileSet:
    """Find the data files, and the definition files among them or beside them.

    Parameters
    ----------
    paths
        A file, several files, a folder, a pattern such as ``day*.dbn.zst``, or several of these.

    Raises
    ------
    SourceError
        Nothing there, unreadable, not DBN, the wrong schema, or more than one dataset.
    """
    named = [paths] if isinstance(paths, str | Path) else list(paths)
    if not named:
        raise SourceError("No file was named.")
    found: dict[Path, bool] = {}  # in order, without repeats; whether the user named the file itself
    for name in named:
        for path, is_named in _expand(Path(name)):
            found[path] = found.get(path, False) or is_named
    data, definitions, refusals = [], [], []
    for path, is_named in found.items():
        try:
            file = _look_at(path)
        except SourceError as error:
            if is_named:
                raise
            refusals.append(str(error))  # one bad file does not spoil a folder
            continue
        if file.header.schema in ("mbo", ""):
            data.append(file)
        elif file.header.schema == "definition":
            definitions.append(path)
        elif is_named:
            raise SourceError(_wrong_schema(file))
        else:
            refusals.append(_wrong_schema(file))
    if not data:
        if definitions:
            refusals.append(_wrong_schema(_look_at(definitions[0])))
        raise SourceError(refusals[0])
    datasets = sorted({file.header.dataset for file in data})
    if len(datasets) > 1:
        raise SourceError(
            f"The files come from different datasets ({', '.join(datasets)}); open one at a time."
        )
    data.sort(key=lambda file: (file.first_ts_ns, file.path.name))
    beside = {path for file in data for path in file.path.parent.glob("*.definition.dbn*")}
    return FileSet(tuple(data), tuple(definitions) + tuple(sorted(beside - set(definitions))))


def _expand(path: Path) -> list[tuple[Path, bool]]:
    """Return the files that a name stands for, each with whether it was named itself."""
    try:
        return _expand_usable(path)
    except OSError as error:  # a folder on the way that is closed to us, a name too long
        raise SourceError(f"{str(path)[:80]} cannot be read: {reason(error)}.") from None
    except (ValueError, RuntimeError):  # a NUL inside, a link that leads to itself
        raise SourceError(f"{str(path)[:80]!r} cannot be the name of a file.") from None


def _expand_usable(path: Path) -> list[tuple[Path, bool]]:
    if path.is_dir():
        os.scandir(path).close()  # for its error: a pattern finds nothing in a folder that cannot be read
        inside = sorted({file for pattern in _PATTERNS for file in path.glob(pattern) if file.is_file()})
        if not inside:
            raise SourceError(f"The folder {path.name or path} holds no DBN files (*.dbn, *.dbn.zst).")
        return [(file.resolve(), False) for file in inside]
    if not path.exists() and glob.has_magic(str(path)):
        matching = sorted(Path(match) for match in glob.glob(str(path), recursive=True))
        files = [file for file in matching if file.is_file()]
        if not files:
            raise SourceError(f"No file matches {path}.")
        return [(file.resolve(), False) for file in files]
    return [(path.resolve(), True)]


def _look_at(path: Path) -> DataFile:
    with RecordStream(path, _FIRST_LOOK) as stream:
        first_ts_ns = 0
        if stream.header.schema in ("mbo", ""):
            for records in stream.chunks():
                times = (int(records[0]["ts_recv"]), int(records[0]["ts_event"]))
                first_ts_ns = next((ts_ns for ts_ns in times if ts_ns != UNDEF_TIMESTAMP), 0)
                break
        return DataFile(path, stream.header, stream.is_compressed, first_ts_ns)


def _wrong_schema(file: DataFile) -> str:
    schema = file.header.schema
    return f"{file.path.name} holds {schema} records; vpdesk needs market-by-order records (schema mbo)."
