"""Files that were opened lately, and what is known of them without opening them again."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSettings

MAX_RECENT: Final = 10
_MAX_WORDS: Final = 200  # of what is told about a file


@dataclass(frozen=True)
class RecentFile:
    """One file.

    Parameters
    ----------
    path
        Where it was.
    symbol
        The instrument shown of it last.
    about
        What to tell of it, such as its day; "" if nothing is known.
    """

    path: str
    symbol: str = ""
    about: str = ""


def with_newest(known: tuple[RecentFile, ...], newest: tuple[RecentFile, ...]) -> tuple[RecentFile, ...]:
    """Return the files with some put at their head; beyond the limit the oldest go."""
    paths = {file.path for file in newest}
    return (*newest, *(file for file in known if file.path not in paths))[:MAX_RECENT]


def write_recent(store: QSettings, files: tuple[RecentFile, ...]) -> None:
    """Write the list. Thread: UI."""
    store.beginWriteArray("recent_files", len(files))
    for index, file in enumerate(files[:MAX_RECENT]):
        store.setArrayIndex(index)
        store.setValue("path", file.path)
        store.setValue("symbol", file.symbol)
        store.setValue("about", file.about)
    store.endArray()


def read_recent(store: QSettings) -> tuple[RecentFile, ...]:
    """Read what `write_recent` wrote; an entry without a path is left out. Thread: UI."""
    files = []
    for index in range(min(store.beginReadArray("recent_files"), MAX_RECENT)):
        store.setArrayIndex(index)
        path, symbol, about = (store.value(name) for name in ("path", "symbol", "about"))
        if isinstance(path, str) and path:
            files.append(RecentFile(path, _words(symbol), _words(about)))
    store.endArray()
    return tuple(files)


def _words(value: object) -> str:
    return value[:_MAX_WORDS] if isinstance(value, str) else ""
