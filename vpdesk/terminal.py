"""Terminals and pipes whose encoding lacks a letter: they get a plain one, instead of an error."""

import codecs
import io
import sys
from typing import Final

from vpdesk.figures import GROUP_SPACE

_ERRORS: Final = "vpdesk.plain"
_PLAIN: Final = {GROUP_SPACE: " ", "\N{MINUS SIGN}": "-"}


def write_plainly() -> None:
    """Have standard output and error replace what they cannot encode."""
    codecs.register_error(_ERRORS, _replace)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # there is none without a console, or somebody's own
            stream.reconfigure(errors=_ERRORS)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end
