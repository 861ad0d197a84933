"""What recordings hold, and a disk that is too small for one."""

import errno
import os
from pathlib import Path

import numpy as np

from tests.live.wiring import Records
from vpdesk.core.events import MBO_DTYPE
from vpdesk.sources.dbn import RecordStream
from vpdesk.sources.recorder import open_new


class FullDisk:
    """A file on a disk that takes so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        self._file = open_new(path)
        self._room = room

    def write(self, data: bytes | memoryview, /) -> int | None:
        if self._room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        n_written = self._file.write(memoryview(data)[: self._room])
        self._room -= n_written or 0
        return n_written

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> tuple[Records, dict[int, str], str]:
    """Return the records of a recording, its symbols by instrument, and what is wrong with the file."""
    with RecordStream(path) as stream:
        chunks = [chunk.copy() for chunk in stream.chunks()]
        return np.concatenate([np.zeros(0, MBO_DTYPE), *chunks]), stream.symbols, stream.problem
