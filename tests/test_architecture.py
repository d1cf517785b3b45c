"""Who may import whom; read from the source, nothing is imported."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "mlviz"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each folder may import the folders before it and the leaves.
ORDER = ("autograd", "learn", "trace", "document", "layout", "picture", "export", "ui")
MAY_IMPORT = {folder: set(ORDER[:place]) for place, folder in enumerate(ORDER)}
MAY_IMPORT["layout"] = {"autograd"}
# Leaves import nothing of the program but leaves; the program itself may import everything.
LEAVES = {"errors", "i18n", "numerals", "paths"}
MAY_IMPORT["settings"] = set()
PROGRAM = {"__init__", "__main__", "cli"}
# What a user imports: lists of names that stand further down; nothing in the program uses them.
PUBLIC = {"nn", "optim", "data"}
MAY_IMPORT |= {name: {"autograd", "learn"} for name in PUBLIC}
# Libraries that only one folder may import.
ONLY_IN = {"PySide6": "ui", "shiboken6": "ui", "pyqtgraph": "ui", "graphviz": "layout"}
TOP_LEVEL = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "examples",
    "mlviz",
    "pyproject.toml",
    "resources",
    "tests",
}


def room(module: Path) -> str:
    """Return the folder of a module, or its own name if it stands at the top."""
    return module.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(source: str, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the dotted names a module of a package imports, made absolute."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            module = start + tuple((node.module or "").split(".") if node.module else ())
            yield from ((*module, alias.name) for alias in node.names)


def breaches(source: str, module: Path) -> list[str]:
    """Return what a module imports and may not."""
    here = room(module)
    found = []
    for name in imports(source, module.relative_to(TOP).parent.parts):
        if name[0] != "mlviz":
            if ONLY_IN.get(name[0], here) != here:
                found.append(f"{here} imports {name[0]}: only {ONLY_IN[name[0]]} may")
            continue
        there = name[1] if len(name) > 1 else "__init__"
        allowed = LEAVES | {"__version__"} | MAY_IMPORT.get(here, set())
        if here == "ui":
            allowed.add("settings")
        if here not in PROGRAM and there != here and there not in allowed:
            found.append(f"{here} imports mlviz.{there}")
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(TOP).as_posix())
def test_a_module_imports_only_what_stands_before_it(module: Path) -> None:
    assert breaches(module.read_text(encoding="utf-8"), module) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("trace/steps.py", "from ..picture import player"),
        ("trace/steps.py", "from mlviz import picture"),
        ("trace/steps.py", "import mlviz.settings"),
        ("trace/steps.py", "def f():\n    from mlviz.ui.session import Session"),
        ("picture/graph.py", "from PySide6.QtCore import Qt"),
        ("layout/layered.py", "from mlviz.trace import steps"),
        ("export/svg.py", "import graphviz.backend"),
        ("cli.py", "from PySide6 import QtWidgets"),
        ("i18n.py", "from mlviz.autograd import tensor"),
        ("learn/sgd.py", "import mlviz"),
        ("trace/steps.py", "from mlviz.nn import Linear"),
        ("nn/__init__.py", "from mlviz.trace import timeline"),
    ],
)
def test_a_breach_is_found(module: str, source: str) -> None:
    assert len(breaches(source, PACKAGE / module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ui/window.py", "from ..picture import player\nfrom PySide6 import QtWidgets"),
        ("ui/window.py", "from mlviz import settings\nfrom .session import Session"),
        ("layout/dot.py", "import graphviz\nfrom mlviz.autograd import tape"),
        ("autograd/ops.py", "from ..errors import EngineError\nimport numpy as np"),
        ("cli.py", "from mlviz.ui.app import run\nfrom mlviz import __version__"),
    ],
)
def test_what_is_allowed_is_not_called_a_breach(module: str, source: str) -> None:
    assert breaches(source, PACKAGE / module) == []


def test_every_folder_of_the_program_has_a_place_in_the_order() -> None:
    rooms = {room(module) for module in MODULES}
    assert rooms <= set(ORDER) | LEAVES | PROGRAM | PUBLIC | {"settings"}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_only_rows_of_the_table_and_steps_written_from_them_are_compiled() -> None:
    found = {
        (module.relative_to(TOP).as_posix(), getattr(statement, "name", ""))
        for module in MODULES
        for statement in ast.parse(module.read_text(encoding="utf-8")).body
        for call in calls(statement)
        if isinstance(call.func, ast.Name) and call.func.id in ("eval", "exec", "compile")
    }
    assert found <= {
        ("mlviz/autograd/expression.py", "_function"),
        ("mlviz/trace/numpy_code.py", "_load"),
    }


def test_no_lambda_is_connected_because_it_outlives_its_widget() -> None:
    found = [
        f"{module.relative_to(TOP)}:{call.lineno}"
        for module in MODULES
        for call in calls(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(call.func, ast.Attribute) and call.func.attr == "connect"
        if any(isinstance(argument, ast.Lambda) for argument in call.args)
    ]
    assert found == []


def test_the_top_level_holds_only_what_is_agreed() -> None:
    if not (TOP / ".git").exists():
        pytest.skip("not a checkout")
    listing = subprocess.run(
        ["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True
    )
    entries = {line.split("/")[0] for line in listing.stdout.splitlines()}
    assert {entry for entry in entries if not entry.startswith(".")} <= TOP_LEVEL
