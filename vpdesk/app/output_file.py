"""Whether a command may write the file that it was asked to write."""

import os
from pathlib import Path

from vpdesk.errors import VpdeskError


def check_output(path: Path, *, may_replace: bool) -> None:
    """Refuse a file that cannot be written, or that is there already and nobody allowed to replace.

    Whoever writes it then does so beside it and moves it into place whole, so that until then, and if that
    fails, the former one is there.

    Raises
    ------
    VpdeskError
        One of these; the sentence names the option that allows it.
    """
    # os.path, because Path raises for a name too long for the system: who writes it says that
    if os.path.isdir(path):
        raise VpdeskError(f"{path} is a folder, not a file.")
    if not os.path.isdir(path.parent):
        raise VpdeskError(f"There is no folder {path.parent}.")
    if not os.path.lexists(path):
        return
    if not may_replace:
        raise VpdeskError(f"{path} exists already; add --overwrite to replace it.")
    if not os.path.isfile(path):
        raise VpdeskError(f"{path} is no file that could be replaced.")
