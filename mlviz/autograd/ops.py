"""The table of operations: one row each, name, output and derivative for every input.

Elementwise rows are *text, parsed once* (see `expression`): the text is compiled for the
numbers and typeset for the learner. Structured operations (matrix products, reductions,
indexing, softmax) keep Python functions beside the rule that is displayed for them.

In a row, `x` and `y` are the inputs, `out` is the output and `g` is the upstream gradient
dL/d(out). Every row is checked by finite differences in `tests/autograd/test_ops.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd.expression import Expression, Number, compile_row, parse

Array = NDArray[Any]

_INPUT_NAMES = ("x", "y", "z")


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """One row of the table.

    Attributes:
        name: PyTorch's name of the operation.
        arguments: names of the inputs, as the row's texts use them.
        forward: `(*arrays, **params) -> array`.
        vjps: one function an input, `(g, out, *arrays, **params) -> gradient`, where the
            gradient has that input's shape. A variadic operation has a single one.
        output: what the operation computes, to be shown.
        rules: one text an input: the local derivative of an elementwise operation, the
            whole downstream gradient of a structured one.
        elementwise: whether `rules` are local derivatives, entry by entry.
        locals: the local derivatives as functions `(out, *arrays) -> array`; empty for
            structured operations, which have none of the input's shape.
        variadic: any number of inputs, all treated alike.
        moves: only moves numbers about (reshape, transpose, indexing): nothing is computed.
        kink: the id of the message that says what happens where the derivative jumps.
    """

    name: str
    arguments: tuple[str, ...]
    forward: Callable[..., Any]
    vjps: tuple[Callable[..., Any], ...]
    output: Expression
    rules: tuple[Expression, ...]
    elementwise: bool = False
    locals: tuple[Callable[..., Any], ...] = ()
    variadic: bool = False
    moves: bool = False
    kink: str = ""

    def vjp(self, slot: int, g: Any, out: Any, arrays: tuple[Any, ...], params: Any) -> Any:
        """Return the downstream gradient for input `slot`: upstream times local derivative."""
        if self.variadic:
            return self.vjps[0](g, out, *arrays, slot=slot, **params)
        return self.vjps[slot](g, out, *arrays, **params)

    def local(self, slot: int, out: Any, arrays: tuple[Any, ...]) -> Any | None:
        """Return the local derivative for input `slot`, in the output's shape.

        It is None for structured operations, whose local derivative is a whole Jacobian.
        """
        if self.variadic and self.elementwise:
            return np.ones(np.shape(out))
        if not self.locals:
            return None
        return np.broadcast_to(self.locals[slot](out, *arrays), np.shape(out))

    def rule(self, slot: int) -> Expression:
        """Return the rule shown for input `slot`."""
        return self.rules[0 if self.variadic else slot]


OPS: dict[str, Op] = {}
"""Every operation by name, in the order of this page."""


def unbroadcast(gradient: Any, shape: tuple[int, ...]) -> Any:
    """Sum `gradient` over the axes along which `shape` was stretched, back to `shape`.

    A value that broadcasting used many times receives the sum of what each use sends back.
    """
    if gradient.shape == shape:
        return gradient
    extra = gradient.ndim - len(shape)
    stretched = tuple(range(extra)) + tuple(
        axis + extra for axis, size in enumerate(shape) if size == 1
    )
    return gradient.sum(axis=stretched, keepdims=True).reshape(shape)


def elementwise(name: str, output: str, *partials: str, kink: str = "") -> Op:
    """Add the row of an operation that works entry by entry, with broadcasting."""
    arguments = _INPUT_NAMES[: len(partials)]
    readable = ("out", *arguments)
    derivatives = tuple(compile_row(partial, readable) for partial in partials)
    rules = tuple(parse(partial) for partial in partials)
    vjps = tuple(
        _elementwise_vjp(slot, derivative, rule, single=len(partials) == 1)
        for slot, (derivative, rule) in enumerate(zip(derivatives, rules, strict=True))
    )
    row = Op(
        name,
        arguments,
        compile_row(output, arguments),
        vjps,
        parse(output),
        rules,
        elementwise=True,
        locals=derivatives,
        kink=kink,
    )
    OPS[name] = row
    return row


def _elementwise_vjp(
    slot: int, derivative: Callable[..., Any], rule: Expression, *, single: bool
) -> Callable[..., Any]:
    if rule == Number(1):  # upstream × 1: the same bits without the multiplication
        return lambda g, out, *arrays: unbroadcast(g, arrays[slot].shape)
    if single:
        return lambda g, out, x: g * derivative(out, x)
    return lambda g, out, *arrays: unbroadcast(g * derivative(out, *arrays), arrays[slot].shape)


def structured(
    name: str,
    output: str,
    forward: Callable[..., Any],
    *rules: tuple[str, Callable[..., Any]],
    variadic: bool = False,
    moves: bool = False,
    elementwise: bool = False,
) -> Op:
    """Add the row of an operation that is more than entry by entry.

    Args:
        name: the operation's name.
        output: what is shown for the output; reads the inputs by name.
        forward: `(*arrays, **params) -> array`.
        rules: for each input, the downstream gradient as text and as a function.
        variadic: any number of inputs, with one rule for all.
        moves: nothing is computed, numbers are only moved.
        elementwise: the rule is a local derivative (of a sum of terms, which is 1).
    """
    arguments = _INPUT_NAMES[: len(rules)]
    row = Op(
        name,
        arguments,
        forward,
        tuple(function for _, function in rules),
        parse(output),
        tuple(parse(text) for text, _ in rules),
        elementwise=elementwise,
        variadic=variadic,
        moves=moves,
    )
    OPS[name] = row
    return row


# --- Elementwise ---------------------------------------------------------------------------
# fmt: off
#            name              output                d out/dx               d out/dy
ADD     = elementwise("add",     "x + y",              "1",                   "1")
SUB     = elementwise("sub",     "x - y",              "1",                   "-1")
MUL     = elementwise("mul",     "x * y",              "y",                   "x")
DIV     = elementwise("div",     "x / y",              "1 / y",               "-x / y**2")
# At 0**0 the slope is taken as 0, and so is d/dy where 0**y stays 0: as in PyTorch.
POW     = elementwise("pow",     "x ** y",
                      "guard(y == 0, 0, y * x**guard(y == 0, 1, y - 1))",
                      "guard(x == 0, 0, out * log(guard(x == 0, 1, x)))")
NEG     = elementwise("neg",     "-x",                 "-1")
ABS     = elementwise("abs",     "abs(x)",             "sign(x)",             kink="kink.abs")
EXP     = elementwise("exp",     "exp(x)",             "out")
LOG     = elementwise("log",     "log(x)",             "1 / x")
SQRT    = elementwise("sqrt",    "sqrt(x)",            "1 / (2 * out)")
SQUARE  = elementwise("square",  "x**2",               "2 * x")
SIN     = elementwise("sin",     "sin(x)",             "cos(x)")
COS     = elementwise("cos",     "cos(x)",             "-sin(x)")
TANH    = elementwise("tanh",    "tanh(x)",            "1 - out**2")
SIGMOID = elementwise("sigmoid", "sigmoid(x)",         "out * (1 - out)")
RELU    = elementwise("relu",    "maximum(x, 0)",      "where(x > 0, 1, 0)",  kink="kink.relu")
# Where both are equal, each gets half: as in PyTorch.
MAXIMUM = elementwise("maximum", "maximum(x, y)",
                      "where(x == y, 0.5, where(x > y, 1, 0))",
                      "where(x == y, 0.5, where(x < y, 1, 0))", kink="kink.maximum")
MINIMUM = elementwise("minimum", "minimum(x, y)",
                      "where(x == y, 0.5, where(x < y, 1, 0))",
                      "where(x == y, 0.5, where(x > y, 1, 0))", kink="kink.maximum")
# One entry of a loss, before the reduction; x is the output, y the target.
SQUARED_ERROR      = elementwise("squared_error",
                                 "(x - y)**2",         "2 * (x - y)",         "2 * (y - x)")
HALF_SQUARED_ERROR = elementwise("half_squared_error",
                                 "(x - y)**2 / 2",     "x - y",               "y - x")
# fmt: on


# --- Sums of several terms -----------------------------------------------------------------


def _total(*terms: Any) -> Any:
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


TOTAL = structured(
    "total",
    "total(x)",
    _total,
    ("1", lambda g, out, *terms, slot: g),
    variadic=True,
    elementwise=True,
)
"""A sum of any number of terms of one shape, added from the first to the last."""


# --- Matrix products -----------------------------------------------------------------------


def _matmul_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    if y.ndim == 1:
        return unbroadcast(g[..., None] * y, x.shape)
    if x.ndim == 1:
        return unbroadcast((y @ g[..., None])[..., 0], x.shape)
    return unbroadcast(g @ np.swapaxes(y, -1, -2), x.shape)


def _matmul_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    if x.ndim == 1:
        return unbroadcast(x[:, None] * g[..., None, :] if y.ndim > 1 else g * x, y.shape)
    if y.ndim == 1:
        return unbroadcast((np.swapaxes(x, -1, -2) @ g[..., None])[..., 0], y.shape)
    return unbroadcast(np.swapaxes(x, -1, -2) @ g, y.shape)


MATMUL = structured(
    "matmul",
    "x @ y",
    np.matmul,
    ("g @ transpose(y)", _matmul_vjp_x),
    ("transpose(x) @ g", _matmul_vjp_y),
)


def _flat(array: Any) -> Any:
    """View leading axes as one: a linear layer treats every row alike."""
    return array.reshape(-1, array.shape[-1])


def _linear(x: Any, weight: Any, bias: Any) -> Any:
    return x @ weight.T + bias


LINEAR = structured(
    "linear",
    "x @ transpose(y) + z",
    _linear,
    ("g @ y", lambda g, out, x, weight, bias: g @ weight),
    ("transpose(g) @ x", lambda g, out, x, weight, bias: _flat(g).T @ _flat(x)),
    ("sum_rows(g)", lambda g, out, x, weight, bias: unbroadcast(g, bias.shape)),
)
"""`x @ weight.T + bias`, the affine layer; `y` is the weight and `z` the bias in the rule."""


# --- Reductions ----------------------------------------------------------------------------

Axes = int | tuple[int, ...] | None


def _expand(g: Any, shape: tuple[int, ...], dim: Axes, keepdim: bool) -> Any:
    """Stretch the gradient of a reduction back over the entries that were reduced."""
    if dim is not None and not keepdim:
        axes = (dim,) if isinstance(dim, int) else dim
        g = np.expand_dims(g, tuple(axis % len(shape) for axis in axes))
    return np.broadcast_to(g, shape)


def _sum_vjp(g: Any, out: Any, x: Any, *, dim: Axes, keepdim: bool) -> Any:
    return _expand(g, x.shape, dim, keepdim)


def _mean_vjp(g: Any, out: Any, x: Any, *, dim: Axes, keepdim: bool) -> Any:
    # max(…, 1): the mean of nothing is nan forward; backward there is nothing to divide.
    return _expand(g / (x.size / max(out.size, 1)), x.shape, dim, keepdim)


SUM = structured(
    "sum",
    "sum(x)",
    lambda x, dim, keepdim: x.sum(axis=dim, keepdims=keepdim),
    ("expand(g)", _sum_vjp),
)
MEAN = structured(
    "mean",
    "mean(x)",
    lambda x, dim, keepdim: x.mean(axis=dim, keepdims=keepdim),
    ("expand(g) / n", _mean_vjp),
)


# --- Moving numbers about ------------------------------------------------------------------


def _permute_vjp(g: Any, out: Any, x: Any, *, dims: tuple[int, ...]) -> Any:
    return np.transpose(g, np.argsort([axis % x.ndim for axis in dims]))


def _index_vjp(g: Any, out: Any, x: Any, *, index: Any) -> Any:
    result = np.zeros(x.shape, dtype=np.result_type(g))
    np.add.at(result, index, g)  # an entry that was taken twice receives two gradients
    return result


PERMUTE = structured(
    "permute",
    "transpose(x)",
    lambda x, dims: np.transpose(x, dims),
    ("transpose(g)", _permute_vjp),
    moves=True,
)
RESHAPE = structured(
    "reshape",
    "reshape(x)",
    lambda x, shape: x.reshape(shape),
    ("reshape(g)", lambda g, out, x, shape: g.reshape(x.shape)),
    moves=True,
)
INDEX = structured(
    "index",
    "index(x)",
    lambda x, index: x[index],
    ("scatter(g)", _index_vjp),
    moves=True,
)


# --- Softmax and cross-entropy -------------------------------------------------------------


def _log_softmax(x: Any, dim: int) -> Any:
    shifted = x - x.max(axis=dim, keepdims=True)  # same result, and exp cannot overflow
    return shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))


def _softmax(x: Any, dim: int) -> Any:
    powers = np.exp(x - x.max(axis=dim, keepdims=True))
    return powers / powers.sum(axis=dim, keepdims=True)


def _softmax_vjp(g: Any, out: Any, x: Any, *, dim: int) -> Any:
    return out * (g - (g * out).sum(axis=dim, keepdims=True))


def _log_softmax_vjp(g: Any, out: Any, x: Any, *, dim: int) -> Any:
    return g - np.exp(out) * g.sum(axis=dim, keepdims=True)


SOFTMAX = structured(
    "softmax", "softmax(x)", _softmax, ("out * (g - sum_rows(g * out))", _softmax_vjp)
)
LOG_SOFTMAX = structured(
    "log_softmax",
    "log_softmax(x)",
    _log_softmax,
    ("g - exp(out) * sum_rows(g)", _log_softmax_vjp),
)


def _picked(log_probabilities: Any, target: Any) -> Any:
    return np.take_along_axis(log_probabilities, target[..., None], axis=-1)[..., 0]


def _cross_entropy(x: Any, y: Any) -> Any:
    return -_picked(_log_softmax(x, -1), y)


def _cross_entropy_vjp(g: Any, out: Any, x: Any, y: Any) -> Any:
    result = _softmax(x, -1)
    index = y[..., None]
    picked = np.take_along_axis(result, index, axis=-1)
    np.put_along_axis(result, index, picked - 1, axis=-1)
    return g[..., None] * result


def _no_gradient(*_: Any, **__: Any) -> Any:
    raise AssertionError("class indices are integers and never receive a gradient")


CROSS_ENTROPY = structured(
    "cross_entropy",
    "-log(pick(softmax(x), y))",
    _cross_entropy,
    ("g * (softmax(x) - one_hot(y))", _cross_entropy_vjp),
    ("0", _no_gradient),
)
"""One loss a row, from logits `x` (rows × classes) and class indices `y`; not yet reduced."""
