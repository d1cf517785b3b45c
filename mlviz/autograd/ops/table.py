"""What a row of the table of operations is, and how a row of text becomes functions.

Elementwise rows are *text, parsed once* (see `expression`): the text is compiled for the
numbers and typeset for the learner. Structured operations (matrix products, reductions,
indexing, softmax) keep Python functions beside the rule that is displayed for them.

In a row, `x`, `y` and `z` are the inputs, `out` is the output and `g` is the upstream
gradient dL/d(out). Settings of the operation (`alpha`, `eps`, …) go by their own names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd.expression import (
    ROW_FUNCTIONS,
    SCALAR_FUNCTIONS,
    Expression,
    compile_row,
    compile_rows,
    names_in,
    parse,
)

Array = NDArray[Any]

# The ufunc's own reduction costs a third of what `np.sum` costs.
add_up: Callable[..., Any] = np.add.reduce

INPUT_NAMES = ("x", "y", "z")


class _Tracked(Protocol):
    @property
    def requires_grad(self) -> bool: ...


Value = TypeVar("Value", bound=_Tracked)


def _same_as_forward(*_: Any, **__: Any) -> Any:
    raise AssertionError("takes its place when the row is made")


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
        locals: the local derivatives as functions `(out, *arrays, **params) -> array`; empty
            for structured operations, which have none of the input's shape.
        variadic: any number of inputs, all treated alike.
        moves: only moves numbers about (reshape, transpose, indexing): nothing is computed.
        kink: the id of the message that says what happens where the derivative jumps.
        scalar: `forward` for 0-d values, where it is faster.
        scalar_vjps: `vjps` for 0-d values, where nothing is stretched and nothing summed.
        pull: `scalar_vjps` of all inputs at once, `(g, out, *scalars) -> tuple`.
        keeping: `forward` that returns `(array, kept)`: what the reverse pass would compute again
            if it were not kept. The functions of `vjps` are given it as `kept`, and work it
            out by themselves where they are not.
        differentiable: whether there is a gradient at all; `argmax` and `x > y` have none.
        named: `output` with known functions by their names, ReLU(x) for max(x, 0); of a layer.
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
    scalar: Callable[..., Any] = _same_as_forward
    scalar_vjps: tuple[Callable[..., Any], ...] = ()
    pull: Callable[..., tuple[Any, ...]] | None = None
    keeping: Callable[..., tuple[Any, tuple[Any, ...]]] | None = None
    differentiable: bool = True
    named: Expression | None = None
    _reads: tuple[tuple[str, ...], ...] = field(init=False, default=())
    _keeps: bool | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.scalar is _same_as_forward:
            object.__setattr__(self, "scalar", self.forward)
        kept = (*self.arguments, "out")
        reads = tuple(tuple(name for name in names_in(rule) if name in kept) for rule in self.rules)
        object.__setattr__(self, "_reads", reads)
        # The same for every input, and then known for ever; or else looked up each time.
        reading = {bool(names) for names in reads}
        object.__setattr__(self, "_keeps", reading.pop() if len(reading) == 1 else None)

    def vjp(self, slot: int, g: Any, out: Any, arrays: tuple[Any, ...], params: Any) -> Any:
        """Return the downstream gradient for input `slot`: upstream times local derivative."""
        if self.variadic:
            return self.vjps[0](g, out, *arrays, slot=slot, **params)
        return self.vjps[slot](g, out, *arrays, **params)

    def local(
        self,
        slot: int,
        out: Any,
        arrays: tuple[Any, ...],
        params: Mapping[str, Any] | None = None,
    ) -> Any | None:
        """Return the local derivative for input `slot`, in the output's shape.

        It is None for structured operations, whose local derivative is a whole Jacobian.
        """
        if self.variadic and self.elementwise:
            return np.ones(np.shape(out))
        if not self.locals:
            return None
        derivative = self.locals[slot](out, *arrays, **(params or {}))
        # A comparison is true or false; as a slope it is 1 or 0.
        number = derivative * np.asarray(out).dtype.type(1)
        return np.broadcast_to(number, np.shape(out))

    def rule(self, slot: int) -> Expression:
        """Return the rule shown for input `slot`."""
        return self.rules[0 if self.variadic else slot]

    def reads(self, slot: int) -> tuple[str, ...]:
        """Return which of `x`, `y`, `z` and `out` the rule of input `slot` reads.

        Those are what forward has to keep for backward.
        """
        return self._reads[0 if self.variadic else slot]

    def kept(self, out: Value, inputs: Sequence[Value]) -> list[Value]:
        """Return those of `out` and `inputs` that the reverse pass will read.

        Only rules of inputs that require gradients count. Values may be tensors or nodes.
        """
        if self._keeps is False:
            return []
        names = {
            name
            for slot, value in enumerate(inputs)
            if value.requires_grad
            for name in self.reads(slot)
        }
        found = [
            value for name, value in zip(self.arguments, inputs, strict=False) if name in names
        ]
        return [*found, out] if "out" in names else found

    def keeps(self, inputs: Sequence[Value]) -> bool:
        """Return whether the reverse pass reads any value of the forward pass."""
        for slot, value in enumerate(inputs):
            if value.requires_grad and self._reads[0 if self.variadic else slot]:
                return True
        return False


OPS: dict[str, Op] = {}
"""Every operation by name, in the order in which the pages of the table add them."""


def unbroadcast(gradient: Any, shape: tuple[int, ...]) -> Any:
    """Sum `gradient` over the axes along which `shape` was stretched, back to `shape`.

    A value that broadcasting used many times receives the sum of what each use sends back.
    """
    if gradient.shape == shape:
        return gradient
    extra = gradient.ndim - len(shape)
    if extra == 1 and shape == gradient.shape[1:]:  # a bias row: by far the most frequent
        return add_up(gradient, 0)
    stretched = tuple(range(extra)) + tuple(
        axis + extra for axis, size in enumerate(shape) if size == 1
    )
    return gradient.sum(axis=stretched, keepdims=True).reshape(shape)


def _fit(gradient: Any, like: Any) -> Any:
    return gradient if gradient.shape == like.shape else unbroadcast(gradient, like.shape)


def elementwise(
    name: str, output: str, *partials: str, settings: tuple[str, ...] = (), kink: str = ""
) -> Op:
    """Add the row of an operation that works entry by entry, with broadcasting.

    Args:
        name: the operation's name.
        output: what it computes.
        partials: for each input, the local derivative.
        settings: names of numbers that are given to the operation beside its inputs.
        kink: the id of the message that says what happens where the derivative jumps.
    """
    arguments = INPUT_NAMES[: len(partials)]
    readable = ("out", *arguments)
    given = ("g", *readable)
    fitting = {**ROW_FUNCTIONS, "fit": _fit}
    vjps = tuple(
        compile_row(f"fit({_product(partial)}, {argument})", given, settings, fitting)
        if len(partials) > 1
        else compile_row(_product(partial), given, settings)
        for argument, partial in zip(arguments, partials, strict=True)
    )
    row = Op(
        name,
        arguments,
        compile_row(output, arguments, settings),
        vjps,
        parse(output),
        tuple(parse(partial) for partial in partials),
        elementwise=True,
        locals=tuple(compile_row(partial, readable, settings) for partial in partials),
        kink=kink,
        scalar=compile_row(output, arguments, settings, SCALAR_FUNCTIONS),
        scalar_vjps=tuple(
            compile_row(_product(partial), given, settings, SCALAR_FUNCTIONS)
            for partial in partials
        ),
        pull=compile_rows(tuple(map(_product, partials)), given, settings, SCALAR_FUNCTIONS),
    )
    OPS[name] = row
    return row


def _product(partial: str) -> str:
    """Return upstream times local derivative; times 1 and −1 the same bits without a product."""
    return {"1": "g", "-1": "-g"}.get(partial, f"g * ({partial})")


def structured(
    name: str,
    output: str,
    forward: Callable[..., Any],
    *rules: tuple[str, Callable[..., Any]],
    variadic: bool = False,
    moves: bool = False,
    elementwise: bool = False,
    kink: str = "",
    keeping: Callable[..., tuple[Any, tuple[Any, ...]]] | None = None,
) -> Op:
    """Add the row of an operation that is more than entry by entry.

    Args:
        name: the operation's name.
        output: what is shown for the output; reads the inputs by name.
        forward: `(*arrays, **params) -> array`.
        rules: for each input, the downstream gradient as text and as a function. What the
            text reads is what forward keeps for backward.
        variadic: any number of inputs, with one rule for all.
        moves: nothing is computed, numbers are only moved.
        elementwise: the rule is a local derivative (of a sum of terms, which is 1).
        kink: the id of the message that says what happens where the derivative jumps.
        keeping: `forward` that returns beside its result what the rules need again.
    """
    row = Op(
        name,
        INPUT_NAMES[: len(rules)],
        forward,
        tuple(function for _, function in rules),
        parse(output),
        tuple(parse(text) for text, _ in rules),
        elementwise=elementwise,
        variadic=variadic,
        moves=moves,
        kink=kink,
        keeping=keeping,
    )
    OPS[name] = row
    return row


def no_rule(*_: Any, **__: Any) -> Any:
    """Stand for the rule of an input without a gradient; it is never called."""
    raise AssertionError("an input that is not differentiable never receives a gradient")


NO_GRADIENT = ("0", no_rule)
"""The rule of an input that never requires a gradient, such as class indices."""


def without_gradient(
    name: str, output: str, forward: Callable[..., Any], inputs: int = 1, *, moves: bool = False
) -> Op:
    """Add the row of an operation whose result has no gradient: a comparison, an index."""
    row = Op(
        name,
        INPUT_NAMES[:inputs],
        forward,
        (no_rule,) * inputs,
        parse(output),
        (parse("0"),) * inputs,
        moves=moves,
        differentiable=False,
    )
    OPS[name] = row
    return row
