"""The only doors to files of vpdesk's own."""

from pathlib import Path

import platformdirs
import pytest

from vpdesk import paths
from vpdesk.errors import VpdeskError


def test_a_resource_is_found_in_a_checkout_before_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "vpdesk"
    monkeypatch.setattr(paths, "_PACKAGE", package)
    installed = package / "_resources" / "demo" / "demo.txt"
    installed.parent.mkdir(parents=True)
    installed.write_text("installed")
    assert paths.resource_path("demo/demo.txt") == installed
    checkout = tmp_path / "resources" / "demo" / "demo.txt"
    checkout.parent.mkdir(parents=True)
    checkout.write_text("checkout")
    assert paths.resource_path("demo/demo.txt") == checkout


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../pyproject.toml", "demo/../../x", "..\\x", "\\x"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(VpdeskError, match="does not name a file that ships"):
        paths.resource_path(name)


def test_a_missing_resource_is_said_in_one_sentence() -> None:
    with pytest.raises(VpdeskError, match=r"^absent\.txt is missing from this installation"):
        paths.resource_path("absent.txt")


def test_the_cache_folder_is_the_users_own() -> None:
    assert paths.cache_dir().is_absolute()
    assert "vpdesk" in paths.cache_dir().parts


def test_the_log_folder_is_the_users_own() -> None:
    assert paths.log_dir().is_absolute()
    assert "vpdesk" in paths.log_dir().parts


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    for kind in ("cache", "config", "data", "log"):
        monkeypatch.setattr(platformdirs, f"user_{kind}_path", refuse)
        with pytest.raises(VpdeskError, match=r"^There is no home folder .*: set HOME to a folder\.$"):
            getattr(paths, f"{kind}_dir")()
