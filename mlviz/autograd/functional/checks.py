"""What the functions refuse, and how they say so: what, why, and what to do."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlviz.errors import EngineError
from mlviz.i18n import Message

_SIGNED, _UNSIGNED = np.dtype(np.int64), np.dtype(np.uint64)


def unsupported(op: str, argument: str, value: object, *allowed: str) -> EngineError:
    """Return the error for an argument that PyTorch has and this engine does not offer."""
    hint = (
        Message("error.engine.allowed", names=", ".join(allowed))
        if allowed
        else Message("error.engine.leave_out")
    )
    return EngineError(
        Message(
            "error.engine.unsupported", op=op, argument=argument, value=str(value), allowed=hint
        )
    )


def refuse(op: str, **arguments: object) -> None:
    """Raise if any of these arguments was given something else than None or False."""
    for argument, value in arguments.items():
        if value is not None and value is not False:
            raise unsupported(op, argument, value)


def axis(op: str, dim: int, shape: Sequence[int]) -> int:
    """Return axis `dim` counted from 0, where a 0-d tensor is treated as if it had one."""
    count = max(len(shape), 1)
    if not -count <= dim < count:
        raise EngineError(
            Message(
                "error.engine.dimension",
                op=op,
                dim=dim,
                shape=str(tuple(shape)),
                low=-count,
                high=count - 1,
            )
        )
    return dim % count


def axes(op: str, dim: Any, shape: Sequence[int]) -> Any:
    """Return the axes `dim` counted from 0; None stands for all of them."""
    if dim is None or (isinstance(dim, tuple | list) and not dim):
        return None
    if not shape:
        for one in (dim,) if isinstance(dim, int) else dim:
            axis(op, one, shape)
        return None
    if isinstance(dim, int):
        return axis(op, dim, shape)
    found = tuple(axis(op, one, shape) for one in dim)
    if len(set(found)) < len(found):
        raise EngineError(Message("error.engine.axis_twice", op=op, dim=str(tuple(dim))))
    return found


def shapes(op: str, first: Any, second: Any, rule: Message) -> EngineError:
    """Return the error for two shapes that do not fit."""
    return EngineError(
        Message(
            "error.engine.shapes",
            op=op,
            first=str(tuple(first)),
            second=str(tuple(second)),
            rule=rule,
        )
    )


def ndim(op: str, tensor: Any, wanted: int) -> None:
    """Raise if `tensor` has not just `wanted` axes."""
    if tensor.ndim != wanted:
        raise EngineError(
            Message("error.engine.ndim", op=op, wanted=wanted, found=str(tensor.shape))
        )


def some(op: str, tensors: Sequence[Any]) -> None:
    """Raise if there are no tensors."""
    if not tensors:
        raise EngineError(Message("error.engine.no_tensors", op=op))


def floating(op: str, tensor: Any) -> None:
    """Raise if `tensor` does not hold floats."""
    if tensor._data.dtype.kind != "f":
        raise EngineError(
            Message("error.engine.dtype", op=op, wanted="float", found=str(tensor.dtype))
        )


def floats(op: str, tensor: Any) -> Any:
    """Return `tensor`, which has to hold floats."""
    floating(op, tensor)
    return tensor


def numbers(op: str, tensor: Any) -> Any:
    """Return `tensor`, which has to hold numbers and not truth values."""
    if tensor._data.dtype.kind == "b":
        raise EngineError(
            Message("error.engine.dtype", op=op, wanted="int, float", found=str(tensor.dtype))
        )
    return tensor


def whole(op: str, tensor: Any) -> None:
    """Raise if `tensor` does not hold whole numbers."""
    if tensor.dtype.kind not in "iu":
        raise EngineError(
            Message("error.engine.dtype", op=op, wanted="int", found=str(tensor.dtype))
        )


def all_classes(target: Any, count: int) -> bool:
    """Return whether every entry of `target` is a class; one look at each, it is used often."""
    if target.dtype is not _SIGNED:
        return False
    if not target.size:
        return True
    # Read without its sign, a negative number is larger than any class.
    unsigned = target.view(_UNSIGNED)
    return bool(unsigned.item(unsigned.argmax()) < count)


def classes(op: str, target: Any, count: int, ignore_index: int | None = None) -> None:
    """Raise if an entry of `target` is not a class from 0 to `count - 1`."""
    whole(op, target)
    wrong = (target < 0) | (target >= count)
    if ignore_index is not None:
        wrong &= target != ignore_index
    if wrong.any():
        raise EngineError(
            Message(
                "error.engine.class_range",
                op=op,
                value=int(target[wrong].flat[0]),
                count=count,
                last=count - 1,
            )
        )


def between(op: str, argument: str, value: object, low: float, high: float) -> EngineError:
    """Return the error for a number that lies outside of its range."""
    return EngineError(
        Message(
            "error.engine.value",
            op=op,
            argument=argument,
            value=str(value),
            allowed=Message("error.engine.between", low=low, high=high),
        )
    )


def own_type(op: str, dtype: Any, tensor: Any) -> None:
    """Raise if `dtype` asks for another type than the tensor has: it is never converted here."""
    if dtype is not None and np.dtype(dtype) != tensor.dtype:
        raise unsupported(op, "dtype", dtype, str(tensor.dtype))
