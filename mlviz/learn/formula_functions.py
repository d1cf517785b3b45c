"""What a formula may call, with how many values and which setting."""

from collections.abc import Callable
from typing import Any

from mlviz.autograd import Tensor, as_tensor, functional, ops
from mlviz.autograd.expression import Call, Expression, Number, Word
from mlviz.autograd.tensor import apply
from mlviz.errors import FormulaError
from mlviz.i18n import Message

NO_GRAD = "no_grad"
"""Stands around a whole line: what it computes is computed without gradients."""

REDUCTIONS = ("none", "mean", "sum")


def _last_axis(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def along(x: Any, axis: float = -1) -> Tensor:
        return function(x, int(axis))

    return along


def _all_axes(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def reduced(x: Any, axis: float | None = None) -> Tensor:
        return function(x, None if axis is None else int(axis))

    return reduced


def _reduced(function: Callable[..., Tensor], usual: str) -> Callable[..., Tensor]:
    def loss(x: Any, y: Any, reduction: str = usual) -> Tensor:
        return function(x, y, reduction=reduction)

    return loss


def _detach(x: Any) -> Tensor:
    return apply(ops.DETACH, as_tensor(x))


FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "exp": functional.exp,
    "log": functional.log,
    "sqrt": functional.sqrt,
    "square": functional.square,
    "sin": functional.sin,
    "cos": functional.cos,
    "tanh": functional.tanh,
    "sigmoid": functional.sigmoid,
    "relu": functional.relu,
    "leaky_relu": functional.leaky_relu,
    "softplus": functional.softplus,
    "abs": functional.abs,
    "maximum": functional.maximum,
    "minimum": functional.minimum,
    "sum": _all_axes(functional.sum),
    "mean": _all_axes(functional.mean),
    "matmul": functional.matmul,
    "softmax": _last_axis(functional.softmax),
    "log_softmax": _last_axis(functional.log_softmax),
    "mse_loss": _reduced(functional.mse_loss, "mean"),
    "l1_loss": _reduced(functional.l1_loss, "mean"),
    "half_squared_error": _reduced(functional.half_squared_error, "sum"),
    "kl_div": _reduced(functional.kl_div, "mean"),
    "detach": _detach,
    NO_GRAD: as_tensor,
}
"""What a formula may call. `softmax` works along the last axis, `sum` and `mean` over all, unless
an axis stands behind the value: `sum(x, 0)`. A loss may have a reduction: `mse_loss(y, t, "sum")`.
"""

OF_AN_AXIS = frozenset({"sum", "mean", "softmax", "log_softmax"})
OF_A_REDUCTION = frozenset({"mse_loss", "l1_loss", "half_squared_error", "kl_div"})
TWO_ARGUMENTS = frozenset({"maximum", "minimum", "matmul"}) | OF_A_REDUCTION
"""The functions of two values; all others take one."""


def values_and_setting(call: Call) -> tuple[tuple[Expression, ...], float | str | None]:
    """Return the arguments of a checked call that are values, and its setting if it has one."""
    wanted = 2 if call.function in TWO_ARGUMENTS else 1
    values, rest = call.arguments[:wanted], call.arguments[wanted:]
    match rest:
        case (Number(value=axis),):
            return values, axis
        case (Word(text=text),):
            return values, text
    return values, None


def check_arguments(call: Call, text: str) -> None:
    """Refuse a wrong number of arguments, and a setting that the function does not have.

    Args:
        call: the call, with its plain numbers computed.
        text: the line it stands in.

    Raises:
        FormulaError: as said.
    """
    name, wanted = call.function, 2 if call.function in TWO_ARGUMENTS else 1
    values, rest = call.arguments[:wanted], call.arguments[wanted:]
    may_be_set = name in OF_AN_AXIS or name in OF_A_REDUCTION
    if len(values) < wanted or len(rest) > may_be_set:
        found = len(call.arguments)
        raise line_error(
            Message("error.formula.arguments", n=wanted, name=name, found=found), text, name
        )
    for value in values:
        if isinstance(value, Word):
            raise line_error(Message("error.formula.piece"), text, value.text)
    for setting in rest:
        if name in OF_AN_AXIS and not (
            isinstance(setting, Number) and float(setting.value).is_integer()
        ):
            raise line_error(Message("error.formula.axis", name=name), text, name)
        if name in OF_A_REDUCTION and not (
            isinstance(setting, Word) and setting.text in REDUCTIONS
        ):
            words = ", ".join(f'"{word}"' for word in REDUCTIONS)
            problem = Message("error.formula.reduction", name=name, allowed=words)
            raise line_error(problem, text, name)


def line_error(problem: Message, text: str, piece: str) -> FormulaError:
    """Return an error about the first `piece` of a line."""
    return FormulaError(problem, text=text, piece=piece, column=max(text.find(piece), 0) + 1)
