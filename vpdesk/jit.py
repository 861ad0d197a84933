"""How every kernel is compiled, and where the compiled code is kept.

Numba decides by the file of a function alone whether its compiled code is still good, so a change in a
kernel that is inlined into it, or in a constant, would go unseen and yesterday's rules would run. So the
code is kept in a folder named by everything that goes into any kernel.

The kernels of the core hold no GIL and raise nothing: bounds and divisors are right by construction,
errors are codes. They count no references either: array arguments live longer than the call. An `inlined`
piece disappears into the kernel that uses it; as a call it would carry some fifty array words, which
costs more than what it does.
"""

import contextlib
import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numba
from numba.core.caching import FunctionCache

from vpdesk.paths import cache_dir

__all__ = ["inlined", "kernel", "njit"]

_STALE_S: Final = 30 * 86_400
_PACKAGE: Final = Path(__file__).resolve().parent
_SOURCES: Final = ("jit.py", "core/events.py", "core/layout.py", "core/llvm.py", "core/ring.py")


def _kernel_folder() -> Path:
    """Return the folder for the code compiled from the sources as they are now."""
    sources = sorted(_PACKAGE.glob("*/*_kernels.py")) + [_PACKAGE / name for name in _SOURCES]
    content = hashlib.blake2b(digest_size=8)
    for path in sources:
        content.update(path.read_bytes())
    parent = Path(numba.config.CACHE_DIR) if numba.config.CACHE_DIR else cache_dir()
    return parent / f"kernels-{content.hexdigest()}"


def _keep_code_in(folder: Path) -> None:
    """Have Numba keep compiled code in `folder`; what has not been added to for long goes.

    Code of other sources stays a while: another installation may be using it.
    """
    try:
        if not folder.exists():
            for other in folder.parent.glob("kernels-*"):
                if time.time() - other.stat().st_mtime > _STALE_S:
                    shutil.rmtree(other, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # nowhere to write: Numba falls back to its own places
    numba.config.CACHE_DIR = str(folder)


class _PatientCache(FunctionCache):  # type: ignore[misc]
    """Compiled code on disk that may be damaged, or not be written: then it is compiled, or not kept."""

    def load_overload(self, *arguments: Any) -> Any:
        """Return the code kept for a signature, or None."""
        try:
            return super().load_overload(*arguments)
        except Exception:  # noqa: BLE001, whatever the bytes of a file cut short make of themselves
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, *arguments: Any) -> None:
        """Keep code if the disk has room for it and lets us."""
        with contextlib.suppress(OSError):
            super().save_overload(*arguments)


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return Numba's decorator with these options; the compiled code is kept where that is possible."""

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher = numba.njit(**options)(function)
        with contextlib.suppress(RuntimeError):  # no folder of Numba's choice can be written either
            dispatcher._cache = _PatientCache(function)
        return dispatcher

    return compiled


_keep_code_in(_kernel_folder())

kernel = njit(nogil=True, error_model="numpy", _nrt=False)
inlined = njit(nogil=True, error_model="numpy", forceinline=True, _nrt=False)
