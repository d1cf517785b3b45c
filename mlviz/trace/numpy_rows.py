"""How single operations are written in NumPy; `numpy_code` puts them together.

Rows of text are printed from the very tree that was computed. Structured operations have a
line or two of their own here; those that have none are called by name from the table.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlviz.autograd import OPS, Node
from mlviz.autograd.expression import (
    Binary,
    Call,
    Expression,
    erf,
    evaluate,
    names_in,
    python_source,
    stable_sigmoid,
)
from mlviz.errors import EngineError
from mlviz.i18n import Message

FUNCTIONS = {
    **{name: f"np.{name}" for name in ("exp", "log", "log1p", "expm1", "sqrt", "abs", "sign")},
    **{name: f"np.{name}" for name in ("sin", "cos", "tan", "tanh", "maximum", "minimum", "where")},
    "guard": "np.where",
}
"""What the functions of the formula language are called in the source."""


def namespace() -> dict[str, Any]:
    """Return what a written step may use."""
    return {"np": np, "OPS": OPS, "sigmoid": stable_sigmoid, "erf": erf}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of source: `target sign source  # comment`."""

    target: str
    source: str
    comment: str = ""
    sign: str = "="


@dataclass(frozen=True, slots=True)
class Context:
    """An operation, and what its values are called.

    Attributes:
        node: the operation.
        inputs: its inputs.
        names: the names of its inputs, in order.
        out: the name of its output; the gradient's has `d_` before it.
        even: whether the gradient is one number, the same for all entries.
    """

    node: Node
    inputs: Sequence[Node]
    names: Sequence[str]
    out: str
    even: bool = False

    @property
    def g(self) -> str:
        """The name of the upstream gradient."""
        return f"d_{self.out}"

    def rename(self) -> dict[str, str]:
        """Return what the names of a row of text stand for."""
        assert self.node.op is not None
        arguments = dict(zip(self.node.op.arguments, self.names, strict=False))
        settings = {name: literal(value) for name, value in self.node.params.items()}
        return {**settings, **arguments, "out": self.out, "g": self.g}

    def rule(self, slot: int) -> Expression:
        """Return the rule of an input, with what is only about plain numbers decided."""
        op = self.node.op
        assert op is not None
        numbers = {
            name: node.value.item()
            for name, node in zip(op.arguments, self.inputs, strict=False)
            if is_plain_number(node)
        }
        return _decided(op.rule(slot), numbers)

    def setting(self, name: str) -> str:
        """Return a setting of the operation as source."""
        return literal(self.node.params[name])


def is_plain_number(node: Node) -> bool:
    """Return whether a leaf is a number that stands in the formula itself, such as a 2."""
    return node.is_leaf and node.role == "constant" and not node.name and not node.value.shape


def _decided(rule: Expression, numbers: Mapping[str, float]) -> Expression:
    """Return `rule` with the branch of every `guard` whose condition is about numbers alone."""
    match rule:
        case Call(function="guard", arguments=(condition, edge, general)):
            if set(names_in(condition)) <= set(numbers):
                branch = edge if evaluate(condition, numbers, {}) else general
                return _decided(branch, numbers)
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, _decided(left, numbers), _decided(right, numbers))
    return rule


def plain(source: str) -> str:
    """Return `source` without the brackets that Python does not need."""
    return ast.unparse(ast.parse(source, mode="eval"))


def literal(value: Any) -> str:
    """Return a number, a truth value, None or a tuple of them as source.

    Raises:
        EngineError: it is something else, such as an array of indices.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else f"float('{value}')"
    if isinstance(value, tuple):
        return f"({''.join(f'{literal(part)}, ' for part in value)})"
    if isinstance(value, slice):
        return f"slice({literal(value.start)}, {literal(value.stop)}, {literal(value.step)})"
    if value is Ellipsis:
        return "..."
    raise EngineError(Message("error.engine.no_source", kind=type(value).__name__))


# --- Forward -----------------------------------------------------------------------------------

Row = Callable[[Context], list[Line]]


def _comment(context: Context, slot: int | None = None) -> str:
    """Return the row's text: what is computed, or the rule of an input."""
    op = context.node.op
    assert op is not None
    shown = op.output if slot is None else context.rule(slot)
    text = plain(python_source(shown, as_written=True))
    if slot is None:
        return f"{op.name}: {text}"
    return f"{op.name}: upstream × ({text})" if op.elementwise else f"{op.name}: {text}"


def _from_text(context: Context) -> list[Line]:
    op = context.node.op
    assert op is not None
    text = python_source(op.output, context.rename(), FUNCTIONS)
    return [Line(context.out, text, _comment(context))]


def _by_name(context: Context) -> list[Line]:
    op = context.node.op
    assert op is not None
    settings = "".join(f", {name}={literal(v)}" for name, v in context.node.params.items())
    call = f"OPS['{op.name}'].forward({', '.join(context.names)}{settings})"
    return [Line(context.out, call, _comment(context))]


def _template(text: str) -> Row:
    def row(context: Context) -> list[Line]:
        named = dict(zip(("x", "y", "z"), context.names, strict=False))
        settings = {name: literal(value) for name, value in context.node.params.items()}
        return [Line(context.out, text.format(**named, **settings), _comment(context))]

    return row


def _sum(context: Context) -> list[Line]:
    x, dim, keepdim = context.names[0], context.node.params["dim"], context.setting("keepdim")
    total = f"{x}.sum()" if dim is None and keepdim == "False" else ""
    total = total or f"{x}.sum(axis={literal(dim)}, keepdims={keepdim})"
    op = context.node.op
    if op is not None and op.name == "mean":
        total += f" / {_count(context)}"
    return [Line(context.out, total, _comment(context))]


def _count(context: Context) -> str:
    x, dim = context.names[0], context.node.params["dim"]
    if dim is None:
        return f"{x}.size"
    axes = (dim,) if isinstance(dim, int) else dim
    return "(" + " * ".join(f"{x}.shape[{axis}]" for axis in axes) + ")"


def _total(context: Context) -> list[Line]:
    return [Line(context.out, " + ".join(context.names), _comment(context))]


def _cross_entropy(context: Context) -> list[Line]:
    (x, y), out = context.names, context.out
    if context.inputs[0].value.ndim != 2:
        return _by_name(context)
    return [
        Line(f"{out}_shifted", f"{x} - {x}.max(axis=-1, keepdims=True)", "so that exp is ≤ 1"),
        Line(f"{out}_powers", f"np.exp({out}_shifted)"),
        Line(f"{out}_sums", f"{out}_powers.sum(axis=-1, keepdims=True)"),
        Line(f"{out}_rows", f"np.arange({y}.size)"),
        Line(
            out,
            f"np.log({out}_sums[:, 0]) - {out}_shifted[{out}_rows, {y}]",
            _comment(context),
        ),
    ]


def _is_unweighted(context: Context) -> bool:
    """Return whether the weight of the positive examples, the last input, is the number 1."""
    weight = context.inputs[2]
    return is_plain_number(weight) and weight.value.item() == 1


def _with_logits(context: Context) -> list[Line]:
    """Write it without the factor 1 + (1 - 1) y, and keep what the reverse pass needs too."""
    if not _is_unweighted(context):
        return _from_text(context)
    (x, y, _), out = context.names, context.out
    text = f"(1 - {y}) * {x} + (np.maximum(-{x}, 0) + np.log1p({out}_tail))"
    return [
        Line(f"{out}_tail", f"np.exp(-np.abs({x}))", "so that exp is ≤ 1"),
        Line(out, text, _comment(context)),
    ]


ROWS: dict[str, Row] = {
    "": _by_name,
    "matmul": _template("{x} @ {y}"),
    "linear": _template("{x} @ {y}.T + {z}"),
    "outer": _template("{x}[:, None] * {y}"),
    "sum": _sum,
    "mean": _sum,
    "total": _total,
    "clone": _template("{x}.copy()"),
    "detach": _template("np.positive({x})"),
    "permute": _template("{x}.transpose({dims})"),
    "reshape": _template("{x}.reshape({shape})"),
    "index": _template("{x}[{index}]"),
    "expand": _template("np.broadcast_to({x}, {shape})"),
    "cross_entropy": _cross_entropy,
    **{name: _from_text for name, op in OPS.items() if op.elementwise and not op.variadic},
    "binary_cross_entropy_with_logits": _with_logits,
}
"""How the output of each operation is written."""


# --- Backward ----------------------------------------------------------------------------------

Pull = Callable[[Context, int], tuple[list[Line], bool]]
"""Lines for one input, the last of which computes the downstream gradient, which it may say to
be even: one number for all entries."""


def _summed(text: str, shape: Sequence[int], wanted: Sequence[int]) -> str:
    """Add up the axes along which an input was stretched, as the engine does."""
    if tuple(shape) == tuple(wanted):
        return text
    extra = len(shape) - len(wanted)
    if extra == 1 and tuple(wanted) == tuple(shape[1:]):
        return f"({text}).sum(axis=0)"
    axes = (*range(extra), *(k + extra for k, size in enumerate(wanted) if size == 1))
    return f"({text}).sum(axis={literal(axes)}, keepdims=True).reshape({literal(tuple(wanted))})"


def pull_text(context: Context, slot: int) -> tuple[list[Line], bool]:
    """Write upstream times local derivative, for an operation that works entry by entry."""
    return _pulled(context, slot, python_source(context.rule(slot), context.rename(), FUNCTIONS))


def _pulled(context: Context, slot: int, local: str) -> tuple[list[Line], bool]:
    op, target = context.node.op, context.inputs[slot]
    assert op is not None
    rule = context.rule(slot)
    text = {"1": context.g, "(-1)": f"-{context.g}"}.get(local, f"{context.g} * ({local})")
    shape, wanted = context.node.value.shape, target.value.shape
    line = Line("", _summed(text, shape, wanted), _comment(context, slot))
    if not context.even or not shape:
        return [line], False
    values = dict(zip(op.arguments, context.inputs, strict=False)) | {"out": context.node}
    read = [values[name].value.shape for name in names_in(rule) if name in values]
    if shape == wanted and (shape in read or all(not other for other in read)):
        return [line], shape not in read
    return [spread(context), line], False


def spread(context: Context) -> Line:
    """Write the gradient that is one number out for all entries."""
    return Line(context.g, f"np.full({context.out}.shape, {context.g})")


def _whole(function: Callable[[Context, int], str]) -> Pull:
    """Return the pull of an operation that needs its whole upstream gradient."""

    def pull(context: Context, slot: int) -> tuple[list[Line], bool]:
        line = Line("", function(context, slot), _comment(context, slot))
        return [spread(context), line] if context.even else [line], False

    return pull


def _any(context: Context, slot: int) -> str:
    op = context.node.op
    assert op is not None
    settings = ", ".join(f"'{name}': {literal(v)}" for name, v in context.node.params.items())
    arrays = "".join(f"{name}, " for name in context.names)
    return f"OPS['{op.name}'].vjp({slot}, {context.g}, {context.out}, ({arrays}), {{{settings}}})"


def _matmul(context: Context, slot: int) -> str:
    x, y = context.names
    if any(node.value.ndim != 2 for node in context.inputs):
        return _any(context, slot)
    return f"{context.g} @ {y}.T" if slot == 0 else f"{x}.T @ {context.g}"


def _linear(context: Context, slot: int) -> str:
    x, weight, _ = context.names
    if context.node.value.ndim != 2 and slot:
        return _any(context, slot)
    if slot == 0:
        return f"{context.g} @ {weight}"
    if slot == 1:
        return f"{context.g}.T @ {x}"
    return _summed(context.g, context.node.value.shape, context.inputs[2].value.shape)


def _pull_sum(context: Context, slot: int) -> tuple[list[Line], bool]:
    op, x = context.node.op, context.names[0]
    assert op is not None
    if context.node.params["dim"] is not None:
        return _whole(_any)(context, slot)
    text = f"{context.g} / {x}.size" if op.name == "mean" else context.g
    return [Line("", text, _comment(context, slot))], True


def _pull_total(context: Context, slot: int) -> tuple[list[Line], bool]:
    return [Line("", context.g, _comment(context, slot))], context.even


def _pull_cross_entropy(context: Context, slot: int) -> tuple[list[Line], bool]:
    if context.inputs[0].value.ndim != 2:
        return _whole(_any)(context, slot)
    y, out = context.names[1], context.out
    weight = context.g if context.even else f"{context.g}[:, None]"
    return [
        Line(f"{out}_softmax", f"{out}_powers / {out}_sums", "softmax(x)"),
        Line(f"{out}_softmax[{out}_rows, {y}]", "1", "− one_hot(y)", "-="),
        Line("", f"{out}_softmax * {weight}", _comment(context, slot)),
    ], False


def _pull_with_logits(context: Context, slot: int) -> tuple[list[Line], bool]:
    if slot or not _is_unweighted(context):
        return pull_text(context, slot)
    (x, y, _), tail = context.names, f"{context.out}_tail"
    return _pulled(context, slot, f"1 - {y} - np.where({x} <= 0, 1.0, {tail}) / (1.0 + {tail})")


PULLS: dict[str, Pull] = {
    "": _whole(_any),
    "matmul": _whole(_matmul),
    "linear": _whole(_linear),
    "clone": _pull_total,
    "total": _pull_total,
    "sum": _pull_sum,
    "mean": _pull_sum,
    "cross_entropy": _pull_cross_entropy,
    **{name: pull_text for name, op in OPS.items() if op.elementwise and not op.variadic},
    "binary_cross_entropy_with_logits": _pull_with_logits,
}
"""How the downstream gradient of each input is written."""
