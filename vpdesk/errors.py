"""The errors of vpdesk, each a sentence that a user can act on.

Raise the narrowest one; its text is shown as it is, in a dialog or on the command line.
"""


class VpdeskError(Exception):
    """Anything vpdesk refuses or cannot do. The message is one plain sentence."""


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
