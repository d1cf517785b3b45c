"""The same small programs in PyTorch and here: the same numbers, and errors at the same places.

Without PyTorch the programs still run and are compared with what PyTorch gave when this page
was written.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mlviz.autograd as ours
from mlviz.errors import EngineError

try:
    import torch as theirs
except ImportError:
    theirs = None


def again(make: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Return the program that goes backward twice and gives the gradient."""

    def program(t: Any) -> Any:
        x = leaf(t, [0.5, 2.0])
        y = make(t, x).sum()
        y.backward()
        y.backward()
        return x.grad

    return program


def leaf(t: Any, values: Any, requires_grad: bool = True) -> Any:
    array = np.array(values, dtype=float)
    made = theirs.from_numpy(array) if t is theirs else ours.tensor(array)
    return made.requires_grad_(requires_grad)


def f(t: Any) -> Any:
    return t if t is theirs else ours.functional


ERROR = "error"
PROGRAMS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "backward twice through x + 1": (again(lambda t, x: x + 1), [2, 2]),
    "backward twice through x - 1": (again(lambda t, x: x - 1), [2, 2]),
    "backward twice through -x": (again(lambda t, x: -x), [-2, -2]),
    "backward twice through x * x": (again(lambda t, x: x * x), ERROR),
    "backward twice through x * leaf": (again(lambda t, x: x * leaf(t, [1, 2])), ERROR),
    "backward twice through x / leaf": (again(lambda t, x: x / leaf(t, [1, 2])), ERROR),
    "backward twice through exp": (again(lambda t, x: x.exp()), ERROR),
    "backward twice through relu": (again(lambda t, x: x.relu()), ERROR),
    "backward twice through abs": (again(lambda t, x: x.abs()), ERROR),
    "backward twice through mean": (again(lambda t, x: x.mean()), [1, 1]),
    "backward twice through reshape": (again(lambda t, x: x.reshape(2, 1).T), [2, 2]),
    "backward twice through a slice": (again(lambda t, x: x[1:]), [0, 2]),
    "backward twice through cat": (again(lambda t, x: f(t).cat([x, x])), [4, 4]),
    "backward twice through sign": (again(lambda t, x: x.sign()), [0, 0]),
    "backward twice through cumsum": (again(lambda t, x: x.cumsum(0)), [4, 2]),
    "backward twice through softmax": (again(lambda t, x: x.softmax(0)), ERROR),
    "backward twice through dot": (again(lambda t, x: x.dot(x)), ERROR),
}


def program(name: str, expected: Any) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    def add(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        PROGRAMS[name] = (function, expected)
        return function

    return add


@program("retain_graph lets backward run again", [3, 12])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    y = (x * x * 1.5).sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@program("gradients accumulate over two graphs", [7, 7])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    (x * 3).sum().backward()
    (x * 4).sum().backward()
    return x.grad


@program("accumulation happens in the same memory", [7, 7])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    (x * 3).sum().backward()
    first = x.grad
    (x * 4).sum().backward()
    return first


@program("a vector needs a gradient", ERROR)
def _(t: Any) -> Any:
    (leaf(t, [0.5, 2.0]) * 2).backward()


@program("a tensor of one entry needs none", [2])
def _(t: Any) -> Any:
    x = leaf(t, [0.5])
    (x * 2).backward()
    return x.grad


@program("a gradient of another shape is refused", ERROR)
def _(t: Any) -> Any:
    (leaf(t, [0.5, 2.0]) * 2).backward(leaf(t, [1.0, 1.0, 1.0], False))


@program("a gradient weighs the entries", [2, 20])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    (x * 2).backward(leaf(t, [1.0, 10.0], False))
    return x.grad


@program("backward without history is an error", ERROR)
def _(t: Any) -> Any:
    (leaf(t, 1.0, False) * 2).backward()


@program("backward of a leaf gives one", 1)
def _(t: Any) -> Any:
    x = leaf(t, 3.0)
    x.backward()
    return x.grad


@program("an inner value keeps no gradient", True)
def _(t: Any) -> Any:
    h = leaf(t, 3.0) * 2
    h.requires_grad  # noqa: B018
    (h * h).backward()
    return (ours.Tensor.grad.__get__(h) if t is ours else h.__dict__.get("grad")) is None


@program("retain_grad keeps it", 12)
def _(t: Any) -> Any:
    h = leaf(t, 3.0) * 2
    h.retain_grad()
    (h * h).backward()
    return h.grad


@program("retain_grad of a constant is an error", ERROR)
def _(t: Any) -> Any:
    leaf(t, 3.0, False).retain_grad()


@program("is_leaf", [1, 1, 0, 1])
def _(t: Any) -> Any:
    x = leaf(t, 3.0)
    with t.no_grad():
        quiet = x * 2
    return [x.is_leaf, leaf(t, 3.0, False).is_leaf, (x * 2).is_leaf, quiet.is_leaf]


@program("requires_grad of results", [1, 0, 0])
def _(t: Any) -> Any:
    x, c = leaf(t, 3.0), leaf(t, 3.0, False)
    return [(x * c).requires_grad, (c * c).requires_grad, (x > c).requires_grad]


@program("a computed value cannot be made a constant", ERROR)
def _(t: Any) -> Any:
    (leaf(t, 3.0) * 2).requires_grad_(False)


@program("whole numbers cannot require gradients", ERROR)
def _(t: Any) -> Any:
    t.tensor([1, 2]).requires_grad_()


@program("detach shares memory", [7, 2])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    x.detach()[0] = 7
    return x.detach()


@program("detach of a single number shares memory", 7)
def _(t: Any) -> Any:
    x = leaf(t, 0.5)
    x.detach().fill_(7)
    return x.detach()


@program("clone does not share memory, and passes the gradient on", [1, 1])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    y = x.clone()
    y.sum().backward()
    y.detach()[0] = 7
    assert x.detach().numpy().tolist() == [0.5, 2.0]
    return x.grad


@program("changing a value that a product needs is found", ERROR)
def _(t: Any) -> Any:
    x, c = leaf(t, [0.5, 2.0]), leaf(t, [1.0, 1.0], False)
    y = (x * c).sum()
    c.mul_(2)
    y.backward()


@program("changing a value that a sum does not need is allowed", [1, 1])
def _(t: Any) -> Any:
    x, c = leaf(t, [0.5, 2.0]), leaf(t, [1.0, 1.0], False)
    y = (x + c).sum()
    c.zero_()
    y.backward()
    return x.grad


@program("changing a view of what is needed is found", ERROR)
def _(t: Any) -> Any:
    x, c = leaf(t, [0.5, 2.0]), leaf(t, [1.0, 1.0], False)
    y = (x * c).sum()
    c.reshape(2, 1)[0, 0] = 5.0
    y.backward()


@program("changing the base of what is needed is found", ERROR)
def _(t: Any) -> Any:
    x, c = leaf(t, [0.5, 2.0]), leaf(t, [[1.0, 1.0], [2.0, 2.0]], False)
    y = (x * c[0]).sum()
    c.fill_(1)
    y.backward()


@program("changing a result that its own rule needs is found", ERROR)
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    e = x.exp()
    with t.no_grad():
        e.add_(1)
    e.sum().backward()


@program("changing a parameter between forward and backward is found", ERROR)
def _(t: Any) -> Any:
    w = leaf(t, [0.5, 2.0])
    y = (w * w).sum()
    with t.no_grad():
        w.sub_(1)
    y.backward()


@program("changing a single number is found", ERROR)
def _(t: Any) -> Any:
    w = leaf(t, 0.5)
    y = w * w
    with t.no_grad():
        w.fill_(1)
    y.backward()


@program("changing after backward is allowed", [0.4, 1.6])
def _(t: Any) -> Any:
    w = leaf(t, [0.5, 2.0])
    (w * w).sum().backward()
    with t.no_grad():
        w -= 0.1 * w.grad
    return w.detach()


@program("a leaf cannot be changed in place while gradients are tracked", ERROR)
def _(t: Any) -> Any:
    w = leaf(t, [0.5, 2.0])
    w += 1


@program("no_grad as a decorator", 0)
def _(t: Any) -> Any:
    @t.no_grad()
    def quiet(x: Any) -> Any:
        return x * 2

    return quiet(leaf(t, 1.0)).requires_grad


@program("enable_grad inside no_grad", 1)
def _(t: Any) -> Any:
    with t.no_grad(), t.enable_grad():
        return (leaf(t, 1.0) * 2).requires_grad


@program("+= and *= on a computed value keep its gradient", [4, 4])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    y = x * 2
    y += 1
    y *= 2
    y.sum().backward()
    return x.grad


@program("a hook sees the finished gradient and may change it", [20, 20])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    x.register_hook(lambda g: g * 10)
    (x + x).sum().backward()
    return x.grad


@program("a hook on an inner value changes what flows on", [6, 24])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    h = x * x
    h.register_hook(lambda g: g * 3)
    (h + h).sum().backward()
    return x.grad


@program("a removed hook is silent", [2, 2])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    x.register_hook(lambda g: g * 10).remove()
    (x + x).sum().backward()
    return x.grad


@program("a hook on a constant is an error", ERROR)
def _(t: Any) -> Any:
    leaf(t, 1.0, False).register_hook(lambda g: g)


def grad_of(t: Any) -> Any:
    return theirs.autograd.grad if t is theirs else ours.grad


@program("grad returns and does not accumulate", [1, 4])
def _(t: Any) -> Any:
    x = leaf(t, [0.5, 2.0])
    (g,) = grad_of(t)((x * x).sum(), x)
    assert x.grad is None
    return g


@program("grad for an inner value", [1, 4])
def _(t: Any) -> Any:
    h = leaf(t, [0.5, 2.0]) * 1
    (g,) = grad_of(t)((h * h).sum(), [h])
    return g


@program("grad of several outputs is their sum", 8)
def _(t: Any) -> Any:
    x = leaf(t, 3.0)
    (g,) = grad_of(t)([x * x, 2 * x], [x])
    return g


@program("grad of an input that is not reached is an error", ERROR)
def _(t: Any) -> Any:
    grad_of(t)(leaf(t, 3.0) * 2, [leaf(t, 1.0)])


@program("grad of an input that is not reached may be None", True)
def _(t: Any) -> Any:
    return grad_of(t)(leaf(t, 3.0) * 2, [leaf(t, 1.0)], allow_unused=True)[0] is None


@program("backward for chosen inputs alone", True)
def _(t: Any) -> Any:
    x, w = leaf(t, 3.0), leaf(t, 2.0)
    (x * w).backward(inputs=[w])
    return x.grad is None and w.grad.item() == 3.0


@program("a single float64 number does not widen a float32 array", True)
def _(t: Any) -> Any:
    narrow = leaf(t, [0.5, 2.0], False) > 0
    x = t.tensor(np.array([0.5, 2.0], np.float32))
    wide = t.tensor(np.array(2.0))
    both = t.tensor(np.array([2.0]))
    types = [(x * wide).dtype, (x * both).dtype, (x * narrow).dtype, (x * 2).dtype]
    return [str(dtype).removeprefix("torch.") for dtype in types] == [
        "float32",
        "float64",
        "float32",
        "float32",
    ]


@program("whole numbers take the type of the floats they meet", True)
def _(t: Any) -> Any:
    x = t.tensor(np.array([0.5, 2.0], np.float32))
    return str((x * t.tensor(np.array([1, 2]))).dtype).endswith("float32")


@program("a comparison is entry by entry", [0, 1])
def _(t: Any) -> Any:
    return leaf(t, [0.5, 2.0], False) == leaf(t, [1.0, 2.0], False)


@program("several truth values have no truth value", ERROR)
def _(t: Any) -> Any:
    return bool(leaf(t, [0.5, 2.0], False) > 0)


@program("the mean of whole numbers is refused", ERROR)
def _(t: Any) -> Any:
    return t.tensor([1, 2]).mean()


@program("the mean of nothing is nan", True)
def _(t: Any) -> Any:
    return bool(np.isnan(leaf(t, [], False).mean().item()))


@program("gradients of two leaves of a sum are not one array", [1, 1])
def _(t: Any) -> Any:
    a, b = leaf(t, [0.5, 2.0]), leaf(t, [0.5, 2.0])
    (a + b).backward(leaf(t, [1.0, 1.0], False))
    a.grad.mul_(5)
    return b.grad


@program("a value waits for all its uses, whichever comes first", [6, 36])
def _(t: Any) -> Any:
    x = leaf(t, [1.0, 2.0]) * 1
    x.retain_grad()
    h = x * x
    u = h * h
    (u + h).sum().backward()
    return x.grad


def outcome(function: Callable[[Any], Any], t: Any, errors: Any) -> Any:
    try:
        result = function(t)
    except errors:
        return ERROR
    result = result.detach().numpy() if hasattr(result, "detach") else result
    return np.asarray(result, float).tolist()


CASES = [pytest.param(*case, id=name) for name, case in PROGRAMS.items()]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("function", "expected"), CASES)
def test_here(function: Callable[[Any], Any], expected: Any) -> None:
    assert outcome(function, ours, EngineError) == expected


@pytest.mark.skipif(theirs is None, reason="PyTorch is not installed")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "expected"), CASES)
def test_in_pytorch(function: Callable[[Any], Any], expected: Any) -> None:
    assert outcome(function, theirs, (RuntimeError, ValueError)) == expected
