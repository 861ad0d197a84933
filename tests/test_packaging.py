"""What is shipped: the wheel, its dependencies, and a README whose every command works."""

import configparser
import email
import importlib
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import vpdesk
from vpdesk import cli
from vpdesk.app import environment

ROOT: Final = Path(__file__).resolve().parent.parent
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CODE: Final = "\n".join(re.findall(r"^```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def constraints() -> dict[str, Version]:
    lines = [line for line in (ROOT / ".constraints.txt").read_text().splitlines() if line]
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pins}


def test_the_wheel_holds_the_package_and_its_resources_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    tops = {name.split("/")[0] for name in names}
    assert tops == {"vpdesk", f"vpdesk-{vpdesk.__version__}.dist-info"}
    for path in (ROOT / "vpdesk").rglob("*.py"):
        assert path.relative_to(ROOT).as_posix() in names
    assert "vpdesk/py.typed" in names
    assert "vpdesk/_resources/demo.mbo.dbn.zst" in names
    assert not [name for name in names if "test" in name or name.endswith((".pyc", ".nbi", ".nbc"))]


def test_the_wheel_names_version_licence_and_entry_point(wheel: zipfile.ZipFile) -> None:
    folder = f"vpdesk-{vpdesk.__version__}.dist-info"
    metadata = email.message_from_bytes(wheel.read(f"{folder}/METADATA"))
    assert (metadata["Name"], metadata["Version"]) == ("vpdesk", vpdesk.__version__)
    assert metadata["License-Expression"] == "MIT"
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()
    entry_points = configparser.ConfigParser()
    entry_points.read_string(wheel.read(f"{folder}/entry_points.txt").decode())
    assert dict(entry_points["console_scripts"]) == {"vpdesk": "vpdesk.cli:main"}


def test_the_entry_point_can_be_called() -> None:
    module, name = PROJECT["scripts"]["vpdesk"].split(":")
    assert callable(getattr(importlib.import_module(module), name))


def test_the_tested_versions_are_exact_and_name_no_place_to_get_them_from() -> None:
    for line in (ROOT / ".constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"#[^/]*|[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line), line


def test_the_tested_versions_are_within_the_ranges_asked_for() -> None:
    pins = constraints()
    for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]:
        requirement = Requirement(text)
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, text


def test_qt_bindings_that_abort_are_never_installed() -> None:
    (bindings,) = [one for one in map(Requirement, PROJECT["dependencies"]) if "PySide6" in one.name]
    for version in ("6.10.1", "6.12.0"):  # pyproject.toml says why
        assert Version(version) not in bindings.specifier


def commands_in(text: str) -> list[list[str]]:
    """Return the words after ``vpdesk`` of every command line in ``text``."""
    lines = re.findall(r"^(?:\S*&& )?(?:\.venv\S)?(?:bin/|Scripts\\)?vpdesk\b(.*)$", text, re.MULTILINE)
    return [shlex.split(line.split("  #")[0], posix=True) for line in lines]


def test_every_command_in_the_readme_exists_with_its_options() -> None:
    group = typer.main.get_command(cli.app)
    used = commands_in(CODE)
    assert len(used) >= 6
    for words in used:
        command = group.commands[words[0]] if words else group
        known = {option for parameter in command.params for option in parameter.opts}
        options = {word.split("=")[0] for word in words[1:] if word.startswith("-")}
        assert options <= known, words


def test_the_readme_names_every_command() -> None:
    named = {words[0] for words in commands_in(CODE) if words}
    assert named == set(typer.main.get_command(cli.app).commands)


def test_ci_runs_the_readmes_own_test_command() -> None:
    last = (ROOT / ".ci" / "run").read_text().rstrip().splitlines()[-1]
    assert last.endswith("-m tests.check")
    assert last in CODE.splitlines()


def test_readme_ci_and_program_name_the_same_system_packages() -> None:
    asked = set(environment.QT_PACKAGES.split()) | {"python3-venv"}
    ci = re.search(r"packages=\((.*?)\)", (ROOT / ".ci" / "run").read_text(), re.DOTALL)
    readme = re.search(r"apt-get install -y ((?:[^\n]*\\\n)*[^\n]*)", CODE)
    assert ci is not None
    assert readme is not None
    assert set(ci[1].split()) == asked
    assert set(readme[1].replace("\\\n", " ").split()) == asked


def test_files_that_the_readme_points_at_exist() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert "resources/window.png" in targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_the_top_level_holds_only_what_was_agreed() -> None:
    try:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git, or not a checkout, so there is no list of files to look at")
    tops = {line.split("/")[0] for line in listed.stdout.splitlines()}
    plain = {name for name in tops if not name.startswith(".")}
    assert plain == {"vpdesk", "resources", "tests", "pyproject.toml", "README.md", "LICENSE"}
