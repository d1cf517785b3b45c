"""What a person finds by `help()`, and that the two lists of methods are one."""

import ast
import inspect
from pathlib import Path

import pytest

import mlviz.autograd as autograd
from mlviz.autograd import Tensor
from mlviz.autograd import functional as F
from mlviz.autograd import methods as methods_module

FUNCTIONS = [name for name in F.__all__ if inspect.isfunction(getattr(F, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_on_a_function_says_what_it_returns_and_where_it_is_written(name: str) -> None:
    function = getattr(F, name)
    assert inspect.getdoc(function)
    assert inspect.getsourcefile(function)
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty


@pytest.mark.parametrize("name", autograd.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert hasattr(autograd, name)


def test_the_list_of_methods_is_what_tensors_have() -> None:
    tree = ast.parse(Path(methods_module.__file__).read_text(encoding="utf-8"))
    listed = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and not target.id.startswith("__")
    }
    written = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert listed == {function.__name__ for function in F.METHODS}
    assert written == {"reshape", "view", "permute", "expand", "where", "split"}
    for name in listed | written:
        assert inspect.getdoc(getattr(Tensor, name))
    assert all(getattr(Tensor, name) is getattr(F, name) for name in listed)
