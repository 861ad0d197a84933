"""The errors of vpdesk, each a sentence that a user can act on.

Raise the narrowest one; its text is shown as it is, in a dialog or on the command line. What it came from
is kept for those who want to know more: see `technical_text`.
"""

import re
import traceback
from typing import Final

_KEY: Final = re.compile(r"db-[A-Za-z0-9]{8,}")  # an API key, or most of one


class VpdeskError(Exception):
    """Anything vpdesk refuses or cannot do. The message is one plain sentence."""


class OptionError(VpdeskError):
    """An option of the command line means nothing; the sentence names what it may be."""


class EngineError(VpdeskError):
    """The engine was asked for something it must refuse (a mixed batch, a wrong dtype, bad parameters)."""


class StateError(EngineError):
    """A saved engine state is damaged, or was written by another version."""


class SourceError(VpdeskError):
    """A file or feed cannot be used: not DBN, wrong schema, no records, unreadable."""


class UnknownInstrumentError(SourceError):
    """The file holds no such instrument."""


class CancelledError(VpdeskError):
    """The user cancelled a long piece of work."""


def technical_text(error: BaseException) -> str:
    """Return what an error came from: each cause with its kind, words and place, the first one last.

    "" where there is nothing to tell beyond the error's own sentence. It holds no variable's value, unless a
    message does, and no key.
    """
    lines = []
    cause = error.__cause__ or error.__context__
    while cause is not None:
        kind = type(cause)
        place = traceback.extract_tb(cause.__traceback__)[-1:]
        where = "".join(f" (in {frame.name}, {frame.filename}:{frame.lineno})" for frame in place)
        lines.append(f"{kind.__module__}.{kind.__qualname__}: {cause}{where}")
        cause = cause.__cause__ or cause.__context__
    return hide_keys("\n".join(lines))


def hide_keys(text: str) -> str:
    """Return a text without anything that looks like an API key."""
    return _KEY.sub("db-(hidden)", text)
