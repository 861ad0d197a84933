"""A plain reader of the fixed-layout MBO test files: skip the metadata, the rest is records."""

import struct
from pathlib import Path

import numpy as np
import zstandard
from numpy.typing import NDArray

from vpdesk.core.events import MBO_DTYPE


def read_mbo(path: Path) -> NDArray[np.void]:
    """Return every record of a DBN file that holds one instrument's MBO records and nothing else."""
    with path.open("rb") as file:
        if path.suffix == ".zst":
            with zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as reader:
                content = reader.read()
        else:
            content = file.read()
    magic, metadata_length = struct.unpack_from("<4sI", content)
    assert magic[:3] == b"DBN"
    records = np.frombuffer(content, MBO_DTYPE, offset=8 + metadata_length)
    assert np.all(records["rtype"] == 160)
    return records
