"""The saved form of an engine state: a header in JSON, raw arrays, and a checksum over both."""

import hashlib
import json
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vpdesk.errors import StateError

MAGIC: Final = b"VPDESKST"
VERSION: Final = 1
_CHECKSUM_SIZE: Final = 16
_DTYPES: Final = ("<i8", "<f8")


def pack_state(params: dict[str, Any], instrument: int | None, arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return the bytes of a state; the inverse of `unpack_state`."""
    header = {
        "params": params,
        "instrument": instrument,
        "arrays": [[name, part.dtype.str, list(part.shape)] for name, part in arrays.items()],
    }
    text = json.dumps(header).encode()
    parts = [MAGIC, VERSION.to_bytes(4, "little"), len(text).to_bytes(4, "little"), text]
    parts += [np.ascontiguousarray(part).tobytes() for part in arrays.values()]
    body = b"".join(parts)
    return body + hashlib.blake2b(body, digest_size=_CHECKSUM_SIZE).digest()


def unpack_state(state: bytes) -> tuple[dict[str, Any], int | None, dict[str, NDArray[Any]]]:
    """Return parameters, instrument and arrays of a saved state.

    Raises
    ------
    StateError
        The bytes are damaged, cut short, or of another version.
    """
    body, checksum = bytes(state[:-_CHECKSUM_SIZE]), bytes(state[-_CHECKSUM_SIZE:])
    if not body.startswith(MAGIC):
        raise StateError("this is not a saved engine state")
    if hashlib.blake2b(body, digest_size=_CHECKSUM_SIZE).digest() != checksum:
        raise StateError("the saved state is damaged: its checksum does not match")
    version = int.from_bytes(body[8:12], "little")
    if version != VERSION:
        raise StateError(f"the saved state is of version {version}; this program reads version {VERSION}")
    start = 16 + int.from_bytes(body[12:16], "little")
    header = json.loads(body[16:start])
    arrays: dict[str, NDArray[Any]] = {}
    for name, dtype, shape in header["arrays"]:
        n_bytes = 8 * int(np.prod(shape))
        if dtype not in _DTYPES or start + n_bytes > len(body):
            raise StateError("the saved state is damaged: an array is missing")
        arrays[name] = np.frombuffer(body, dtype, int(np.prod(shape)), start).reshape(shape)
        start += n_bytes
    return header["params"], header["instrument"], arrays
