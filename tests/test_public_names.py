"""What a user imports: the lists of public names, and that they read like PyTorch's."""

import ast
import builtins
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import mlviz
from mlviz import errors
from mlviz.autograd import functional

MODULES = (
    "mlviz",
    "mlviz.nn",
    "mlviz.nn.functional",
    "mlviz.nn.init",
    "mlviz.optim",
    "mlviz.optim.lr_scheduler",
)
# What PyTorch does not have under this name.
OWN = {
    "mlviz": {"record", "Tape", "gradcheck", "data", "MLVizError"},
    "mlviz.nn": {"l1_penalty", "l2_penalty"},
    "mlviz.nn.functional": {"half_squared_error"},
}
# In PyTorch these are methods only, or there is no such thing.
NOT_TOP_LEVEL = {"view", "expand", "total", "Extreme", "Reduction"}


def python(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", [*MODULES, "mlviz.data"])
def test_every_public_name_is_there_and_listed_once(name: str) -> None:
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    for entry in module.__all__:
        assert getattr(module, entry) is not None
        assert entry in dir(module)


@pytest.mark.parametrize("name", [*MODULES[1:], "mlviz.data"])
def test_nothing_is_public_without_being_listed(name: str) -> None:
    module = importlib.import_module(name)
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == set(module.__all__)


def test_type_checkers_see_the_names_that_are_loaded_late() -> None:
    tree = ast.parse(Path(mlviz.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == set(mlviz.__all__)


@pytest.mark.parametrize("name", [*MODULES, "mlviz.data"])
def test_every_public_name_explains_itself(name: str) -> None:
    module = importlib.import_module(name)
    silent = [
        entry
        for entry in module.__all__
        if not isinstance(getattr(module, entry), ModuleType)
        and not (getattr(module, entry).__doc__ or "").strip()
    ]
    assert silent == []


EXPLAINED = [*MODULES, "mlviz.data", "mlviz.autograd"]
# How tensors, arrays and sets of them look in a signature.
TENSORS = re.compile(r"Tensor|_SupportsArray|ndarray|\bArray|Dataset")


def said(name: str) -> Iterator[tuple[str, Any]]:
    """Yield what a module offers that can be called, and the public methods of `Tensor`."""
    module = importlib.import_module(name)
    for entry in module.__all__:
        thing = getattr(module, entry)
        if callable(thing) and (getattr(thing, "__module__", "") or "").startswith("mlviz"):
            yield f"{name}.{entry}", thing
        if entry == "Tensor":
            for method, function in inspect.getmembers(thing, inspect.isfunction):
                if not method.startswith("_"):
                    yield f"Tensor.{method}", function


def takes_tensors(thing: Any) -> bool:
    module = inspect.isclass(thing) and issubclass(thing, mlviz.nn.Module)
    made_of = [thing, thing.forward] if module else [thing]
    return any(TENSORS.search(str(inspect.signature(part))) for part in made_of)


@pytest.mark.parametrize("name", EXPLAINED)
def test_whatever_takes_or_gives_tensors_says_its_shapes(name: str) -> None:
    silent = [
        path
        for path, thing in said(name)
        if takes_tensors(thing)
        and not re.search(r"(^|\. )Shapes: \S", inspect.getdoc(thing) or "", re.MULTILINE)
    ]
    assert silent == []


@pytest.mark.parametrize("name", EXPLAINED)
def test_every_error_that_a_docstring_names_exists(name: str) -> None:
    for path, thing in said(name):
        _, _, raised = (inspect.getdoc(thing) or "").partition("\nRaises:\n")
        for error in re.findall(r"^    (\S+):", raised, re.MULTILINE):
            found = getattr(errors, error, None) or getattr(builtins, error, None)
            assert inspect.isclass(found), (path, error)
            assert issubclass(found, Exception), (path, error)


def test_every_operation_of_the_engine_has_a_public_name() -> None:
    public = {*mlviz.__all__, *mlviz.nn.functional.__all__}
    assert set(functional.__all__) - public == NOT_TOP_LEVEL
    for name in functional.__all__:
        for module in (mlviz, mlviz.nn.functional):
            if name in module.__all__:
                assert getattr(module, name) is getattr(functional, name)


@pytest.mark.parametrize("name", MODULES)
def test_public_names_are_pytorchs(name: str) -> None:
    pytest.importorskip("torch")
    theirs = importlib.import_module(name.replace("mlviz", "torch", 1))
    ours = importlib.import_module(name)
    assert {entry for entry in ours.__all__ if not hasattr(theirs, entry)} == OWN.get(name, set())


def test_importing_mlviz_loads_nothing_yet() -> None:
    python(
        "import sys, mlviz;"
        "assert 'numpy' not in sys.modules and 'mlviz.autograd' not in sys.modules;"
        "mlviz.tensor([1.0]);"
        "assert 'numpy' in sys.modules and 'mlviz.learn' not in sys.modules"
    )


@pytest.mark.parametrize(
    "program",
    [
        "import mlviz; mlviz.nn.Linear; mlviz.optim.Adam; mlviz.nn.functional.cross_entropy",
        "import mlviz.nn as nn; import mlviz.nn.functional as F; nn.Linear; F.relu",
        "from mlviz import nn, optim, tensor; nn.init.xavier_uniform_; optim.SGD",
        "from mlviz.nn import Linear, functional; from mlviz.optim.lr_scheduler import StepLR",
        "from mlviz import *; tensor([1.0]); nn.Module; relu",
        "import mlviz.data; mlviz.data.iris()",
        "import mlviz.optim as o; o.lr_scheduler.ExponentialLR",
    ],
)
def test_every_way_to_import_works(program: str) -> None:
    python(program)


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mlviz' has no attribute 'relux'"):
        mlviz.relux  # noqa: B018
    assert not hasattr(mlviz, "linear")
