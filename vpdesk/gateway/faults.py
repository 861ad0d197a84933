"""What can go wrong with a connection, on request.

``at_byte`` counts the bytes of the DBN stream of one connection, metadata included.
"""

from dataclasses import dataclass

from vpdesk.errors import VpdeskError


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer the login with a refusal in these words, which must hold no "|"."""

    words: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Accept the connection and never say a word."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection: in good order (FIN), or by a reset, which loses what is not read yet."""

    at_byte: int
    is_reset: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Send nothing more, not even heartbeats, and keep the connection open."""

    at_byte: int


@dataclass(frozen=True, slots=True)
class Corrupt:
    """Overwrite ``n_bytes`` bytes with zeros."""

    at_byte: int
    n_bytes: int = 64


@dataclass(frozen=True, slots=True)
class Trickle:
    """Send in pieces of ``piece_bytes``, one every ``pause_s``."""

    piece_bytes: int
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """Put an error message between two records, at the first boundary from ``at_byte`` on.

    ``code`` is one of Databento's error codes; ``is_fatal`` closes the connection afterwards.
    """

    at_byte: int
    words: str
    code: int = 6  # internal error
    is_fatal: bool = False


Fault = Refuse | Mute | Drop | Silence | Corrupt | Trickle | Report


def parse_fault(text: str) -> Fault:
    """Read a fault as the command line names it.

    One of ``drop@BYTE``, ``reset@BYTE``, ``silence@BYTE``, ``corrupt@BYTE``, ``error@BYTE``,
    ``trickle@BYTES`` (of a piece), ``mute``, ``refuse``.

    Raises
    ------
    VpdeskError
        It names no fault, or no number of bytes.
    """
    name, _, number = text.partition("@")
    if name == "mute" and not number:
        return Mute()
    if name == "refuse" and not number:
        return Refuse("authentication failed")
    if number.isdecimal():
        n = int(number)
        match name:
            case "drop":
                return Drop(n)
            case "reset":
                return Drop(n, is_reset=True)
            case "silence":
                return Silence(n)
            case "corrupt":
                return Corrupt(n)
            case "error":
                return Report(n, "an error made on request")
            case "trickle" if n > 0:
                return Trickle(n, pause_s=0.001)
    raise VpdeskError(
        f'"{text}" is no fault: use drop@BYTE, reset@BYTE, silence@BYTE, corrupt@BYTE, error@BYTE, '
        "trickle@BYTES, mute or refuse."
    )
