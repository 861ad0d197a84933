"""The shape of the project: which package may know which, and what may lie where."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "vpdesk"
MODULES: Final = sorted(PACKAGE.rglob("*.py"))
MAX_LINES: Final = 600

BELOW_ALL: Final = ("vpdesk.errors", "vpdesk.figures", "vpdesk.paths", "vpdesk.jit", "vpdesk.__version__")
# What each package may import of this project, as prefixes; every one may import its own.
ALLOWED: Final = {
    "core": ("vpdesk.errors", "vpdesk.jit"),
    "sources": ("vpdesk.core", *BELOW_ALL),
    "gateway": ("vpdesk.core", "vpdesk.sources", *BELOW_ALL),
    "runtime": ("vpdesk.core", "vpdesk.sources", *BELOW_ALL),
    "export": ("vpdesk.core", "vpdesk.sources", *BELOW_ALL),
    "display": ("vpdesk.core", *BELOW_ALL),
    "ui": (
        "vpdesk.core",
        "vpdesk.display",
        "vpdesk.runtime.commands",
        "vpdesk.runtime.status",
        "vpdesk.runtime.session",
        "vpdesk.runtime.bookmarks",
        "vpdesk.runtime.presets",
        *BELOW_ALL,
    ),
    "app": ("vpdesk",),
}
QT: Final = ("PySide6", "shiboken6", "pyqtgraph", "qtpy", "PyQt6")
# What each package must never import, whoever wrote it.
FORBIDDEN: Final = {
    "core": (*QT, "databento", "os", "pathlib", "time", "asyncio", "socket", "subprocess", "typer", "rich"),
    "sources": QT,
    "gateway": QT,
    "runtime": QT,
    "export": QT,
    "display": (*QT, "databento", "vpdesk.core.engine"),
    "ui": ("databento", "databento_dbn", "numba", "vpdesk.core.engine", "vpdesk.sources"),
}
# The folders of the window, lowest first: each may know those before it, the window itself knows them all.
UI_LAYERS: Final = (
    *("parts", "field", "explain", "panels", "preferences"),
    *("chart", "alerting", "playback", "commands", "dialogs"),
)
CORE_MAY_THREAD: Final = {"ring.py"}  # its lock is the boundary between writer and reader

TOP_LEVEL: Final = {
    ".ci",
    ".constraints.txt",
    ".gitignore",
    ".github",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "resources",
    "tests",
    "vpdesk",
}
LEFT_BY_TOOLS: Final = re.compile(r"\.git|\..*_cache|\.venv|\.hypothesis|__pycache__|build|dist|.*\.egg-info")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def package_of(path: Path) -> str:
    """Return the package right below vpdesk, "" for a module of vpdesk itself."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a module imports, wherever in it; ``from a import b`` gives ``a.b``."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def is_below(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


parametrize_modules = pytest.mark.parametrize("path", MODULES, ids=name_of)


@parametrize_modules
def test_imports_point_only_where_the_map_of_the_packages_allows(path: Path) -> None:
    package = package_of(path)
    if package == "":
        return
    allowed = (f"vpdesk.{package}", *ALLOWED[package])
    own = {name for name in imports_of(path) if is_below(name, ("vpdesk",))}
    assert {name for name in own if not is_below(name, allowed)} == set()


@pytest.mark.parametrize("path", sorted((PACKAGE / "ui").rglob("*/*.py")), ids=name_of)
def test_a_folder_of_the_window_knows_only_those_below_it(path: Path) -> None:
    layer = path.parent.name
    allowed = tuple(f"vpdesk.ui.{name}" for name in UI_LAYERS[: UI_LAYERS.index(layer) + 1])
    own = {name for name in imports_of(path) if is_below(name, ("vpdesk.ui",))}
    assert {name for name in own if not is_below(name, allowed)} == set()


@parametrize_modules
def test_no_module_imports_what_its_package_must_not_know(path: Path) -> None:
    forbidden = FORBIDDEN.get(package_of(path), ())
    if package_of(path) == "core" and path.name not in CORE_MAY_THREAD:
        forbidden = (*forbidden, "threading")
    assert {name for name in imports_of(path) if is_below(name, forbidden)} == set()


def test_what_tests_share_is_in_modules_that_hold_no_tests() -> None:
    modules = sorted((ROOT / "tests").rglob("*.py"))
    borrowed = {name for path in modules for name in imports_of(path) if re.match(r"tests\b.*\.test_", name)}
    assert not borrowed


def test_the_core_needs_numpy_and_numba_only() -> None:
    known = {*sys.stdlib_module_names, "numpy", "numba", "llvmlite", "vpdesk"}
    for path in MODULES:
        if package_of(path) == "core":
            assert {name.partition(".")[0] for name in imports_of(path)} <= known, name_of(path)


def test_nothing_but_the_door_imports_the_app() -> None:
    importers = {
        name_of(path)
        for path in MODULES
        if package_of(path) != "app" and any(is_below(n, ("vpdesk.app",)) for n in imports_of(path))
    }
    assert importers <= {"vpdesk/cli.py", "vpdesk/__main__.py"}


@pytest.mark.parametrize(
    ("packages", "strangers"),
    [
        (("core",), ("PySide6", "databento", "vpdesk.sources", "vpdesk.runtime")),
        (("core", "sources", "gateway", "runtime", "export", "display"), ("PySide6", "pyqtgraph")),
        (("ui",), ("databento", "databento_dbn", "vpdesk.sources", "vpdesk.core.engine")),
    ],
    ids=["core", "all but ui", "ui"],
)
def test_importing_a_whole_package_pulls_in_no_stranger(
    packages: tuple[str, ...], strangers: tuple[str, ...]
) -> None:
    """An import through a third module counts as well, so it is done for real."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in MODULES
        if package_of(path) in packages
    ]
    script = f"import sys, importlib\nfor name in {modules}: importlib.import_module(name)\n"
    script += f"print([name for name in {list(strangers)} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"


@parametrize_modules
def test_a_packages_init_holds_a_docstring_and_no_logic(path: Path) -> None:
    if path.name != "__init__.py":
        return
    docstring, *rest = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr)
    if path.parent == PACKAGE:
        assert [ast.unparse(node).partition(" =")[0] for node in rest] == ["__version__"]
    else:
        assert rest == []


@parametrize_modules
def test_a_kernel_module_holds_jitted_functions_and_constants_only(path: Path) -> None:
    if not path.name.endswith("_kernels.py"):
        return
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            kernel = getattr(module, node.name)
            assert callable(getattr(kernel, "py_func", None)), f"{node.name} is not compiled"
            assert kernel.targetoptions["nogil"], f"{node.name} holds the GIL"
        elif isinstance(node, ast.ClassDef):  # a group of arrays that kernels share
            assert [ast.unparse(base) for base in node.bases] == ["NamedTuple"], node.name
            assert all(isinstance(part, ast.AnnAssign | ast.Expr) for part in node.body), node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                assert ast.unparse(target).isupper(), f"line {node.lineno} is no constant"
        else:
            assert isinstance(node, ast.Import | ast.ImportFrom | ast.Expr), f"line {node.lineno}"


@pytest.mark.parametrize("path", sorted([*MODULES, *(ROOT / "tests").rglob("*.py")]), ids=name_of)
def test_no_module_is_too_long_to_be_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_the_top_of_the_repository_holds_nothing_unexpected() -> None:
    found = {
        path.name
        for path in ROOT.iterdir()
        if not LEFT_BY_TOOLS.fullmatch(path.name) and (path.is_file() or any(path.iterdir()))
    }
    assert found <= TOP_LEVEL


def test_no_text_names_a_folder_of_somebodys_machine_or_a_package_registry() -> None:
    here = [
        re.escape(str(folder)) + r"(?![\w.-])"
        for folder in (ROOT, ROOT.parent, Path.home())
        if folder.parent != folder
    ]
    homes = [r"/home/\w", r"/Users/\w", r"[A-Z]:\\+Users\\"]
    registries = [rf"{host}\." for host in ("pypi", "pythonhosted", "anaconda", "npmjs", "artifactory")]
    registries += ["(extra-)?index-" + "url"]
    pattern = re.compile("|".join([rf"(?<![\w.])(?:{'|'.join([*here, *homes])})", *registries]))
    for path in text_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert not pattern.search(line), f"{name_of(path)}:{number}: {line.strip()}"


def text_files() -> list[Path]:
    """Return every text file of the project, except this one, which must name what it looks for."""
    suffixes = {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".json", ".svg", ".qss", ".css", ".cfg", ""}
    files = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in ("vpdesk", "tests", "resources", ".github"):
        files += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [
        path
        for path in files
        if path.suffix in suffixes and "__pycache__" not in path.parts and path != Path(__file__).resolve()
    ]
