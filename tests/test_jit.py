"""Compiled code on a disk that is full or was damaged: it is compiled anew, and nobody is told."""

import errno
import os
from pathlib import Path
from typing import Any

import numba
import pytest
from numba.core.caching import IndexDataCacheFile

from vpdesk.jit import njit


def twice(number: int) -> int:
    return 2 * number


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    return tmp_path


def test_code_is_kept_for_the_next_start(folder: Path) -> None:
    for n_found in (0, 1):
        compiled = njit(nogil=True)(twice)
        assert compiled(21) == 42
        assert sum(compiled.stats.cache_hits.values()) == n_found
    assert list(folder.rglob("*.nbi"))
    assert list(folder.rglob("*.nbc"))


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("n_left", [0, 40])
def test_code_of_which_a_part_is_missing_is_compiled_anew_and_mended(
    folder: Path, kind: str, n_left: int
) -> None:
    assert njit(nogil=True)(twice)(21) == 42
    for path in folder.rglob(f"*.{kind}"):
        os.truncate(path, n_left)
    for n_found in (0, 1):
        compiled = njit(nogil=True)(twice)
        assert compiled(21) == 42
        assert sum(compiled.stats.cache_hits.values()) == n_found


def test_on_a_full_disk_code_is_compiled_and_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "_save_data", fails)
    assert njit(nogil=True)(twice)(21) == 42
    assert not list(folder.rglob("*.nbc"))
