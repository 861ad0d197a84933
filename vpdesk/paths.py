"""Where vpdesk finds the files that ship with it, and where it may keep files of its own."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import platformdirs

from vpdesk.errors import VpdeskError

_PACKAGE = Path(__file__).resolve().parent


def cache_dir() -> Path:
    """Return the folder for what can be computed again; it may not exist yet."""
    return _users(platformdirs.user_cache_path)


def config_dir() -> Path:
    """Return the folder for what the user prefers; it may not exist yet."""
    return _users(platformdirs.user_config_path)


def data_dir() -> Path:
    """Return the folder for what the user made; it may not exist yet."""
    return _users(platformdirs.user_data_path)


def log_dir() -> Path:
    """Return the folder for the log of the running program; it may not exist yet."""
    return _users(platformdirs.user_log_path)


def _users(find: Callable[..., Path]) -> Path:
    """Return a folder of the user's for vpdesk's own files.

    Raises
    ------
    VpdeskError
        The user has no home, as an account without an entry in the system's list.
    """
    try:
        return find("vpdesk", appauthor=False)
    except RuntimeError:
        raise VpdeskError("There is no home folder to keep files in: set HOME to a folder.") from None


def resource_path(name: str) -> Path:
    """Return the path of a file that ships with vpdesk, such as ``demo/demo.dbn.zst``.

    A checkout keeps them in ``resources/``, an installed package in ``vpdesk/_resources/``.

    Raises
    ------
    VpdeskError
        There is no such file, or the name leads out of the folder.
    """
    parts = PurePosixPath(name.replace("\\", "/"))
    if not name or parts.is_absolute() or ".." in parts.parts or Path(name).drive:
        raise VpdeskError(f"{name!r} does not name a file that ships with vpdesk.")
    for folder in (_PACKAGE.parent / "resources", _PACKAGE / "_resources"):
        path = folder.joinpath(*parts.parts)
        if path.exists():
            return path
    raise VpdeskError(f"{name} is missing from this installation of vpdesk; install it again.")
