"""Changes in place, remembered until the reverse pass has asked for them.

A rule of the reverse pass may need a value of the forward pass. If that value was changed
in between, the rule would give a wrong number without a word; so it is an error instead.

Nothing is noted while operations run. A change notes *when* it happened, in the same count
in which operations are numbered; the reverse pass looks whether one that it needs is newer
than the operation that used it. Memory is what counts: a change of a view changes its base.
"""

import itertools
import operator
import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from mlviz.autograd.mode import mode, special
from mlviz.errors import EngineError
from mlviz.i18n import Message

order = itertools.count()
"""Numbers operations and changes in the order in which they happen."""


class Changes:
    """When which memory was changed in place.

    Attributes:
        latest: number of the last change of all; -1 before the first.
    """

    def __init__(self) -> None:
        self.latest = -1
        self._of: dict[int, int] = {}
        self._memory: dict[int, weakref.ref[Any]] = {}

    def note(self, data: Any, number: int) -> None:
        """Note that the memory of `data` was changed at `number`."""
        memory = data if data.base is None else _owner(data)
        key = id(memory)
        if key not in self._memory:
            self._memory[key] = weakref.ref(memory, partial(self._forget, key))
        self._of[key] = self.latest = number

    def _forget(self, key: int, _: object) -> None:
        """Forget memory that is gone, before another array can receive the same id."""
        del self._memory[key], self._of[key]

    def of(self, data: Any) -> int:
        """Return the number of the last change of `data`; -1 if there was none."""
        if not isinstance(data, np.ndarray):
            return -1
        return self._of.get(id(_owner(data)), -1)


def _owner(data: Any) -> Any:
    """Return the array that owns the memory which `data` is a view of."""
    while isinstance(data.base, np.ndarray):
        data = data.base
    return data


changes = Changes()


def plain(value: Any) -> Any:
    """Return the numbers of a tensor, and anything else as it is."""
    return getattr(value, "_data", value)


def plain_index(index: Any) -> Any:
    """Return an index as NumPy reads it."""
    if isinstance(index, tuple):
        return tuple(plain_index(part) for part in index)
    return np.asarray(index) if isinstance(index, list) else plain(index)


def _refused(method: str, data: Any, numbers: Any, error: Exception) -> EngineError:
    """Say in our words why `data` could not be changed with `numbers`."""
    if isinstance(error, TypeError):  # NumPy's word for a type that cannot hold the result
        return EngineError(
            Message(
                "error.engine.in_place_type",
                method=method,
                dtype=str(data.dtype),
                found=str(numbers.dtype),
            )
        )
    if isinstance(error, IndexError):
        shape, reason = str(data.shape), str(error)
        return EngineError(Message("error.engine.failed", op=method, shapes=shape, reason=reason))
    return EngineError(
        Message(
            "error.engine.in_place_shape",
            method=method,
            shape=str(data.shape),
            found=str(numbers.shape),
        )
    )


class ChangesInPlace:
    """The methods of a tensor that change it: PyTorch's with an underscore at the end."""

    __slots__ = ()

    if TYPE_CHECKING:
        data: Any
        requires_grad: bool
        _op: Any

    def changing_untracked(self) -> Any:
        """Return the memory that an update is about to change, which no gradient flows through."""
        data = self._about_to_change()
        changes.note(data, next(order))
        return data

    def _about_to_change(self) -> Any:
        data = self.data
        if special.open and mode.tape is not None:
            mode.tape.before_change(data)
        return data

    def _change(self, method: str, other: Any, change: Callable[[Any, Any], object]) -> Self:
        """Run `change(memory, numbers of other)`; it is noted once it was done."""
        if mode.grad:
            if self.requires_grad and self._op is None:
                raise EngineError(Message("error.engine.leaf_in_place", method=method))
            if self.requires_grad or getattr(other, "requires_grad", False):
                raise EngineError(Message("error.engine.tracked_in_place", method=method))
        data, numbers = self._about_to_change(), plain(other)
        try:
            change(data, numbers)
        except (ValueError, TypeError, IndexError) as error:
            raise _refused(method, data, np.asarray(numbers), error) from error
        changes.note(data, next(order))
        return self

    def copy_(self, src: Any) -> Self:
        """Take the values of `src`, in place.

        Shapes: `src` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed, or the shapes
                do not fit.
        """
        return self._change("copy_", src, partial(np.copyto, casting="unsafe"))

    def fill_(self, value: Any) -> Self:
        """Set every entry to `value`, in place.

        Shapes: `value` is one number; the tensor's shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed, or `value` is
                more than one number.
        """
        if np.ndim(plain(value)):
            shape = str(np.shape(plain(value)))
            raise EngineError(Message("error.engine.ndim", op="fill_", wanted=0, found=shape))
        return self._change("fill_", value, partial(np.copyto, casting="unsafe"))

    def zero_(self) -> Self:
        """Set every entry to 0, in place.

        Shapes: any → the same.

        Raises:
            EngineError: gradients would flow through it.
        """
        return self.fill_(0)

    def add_(self, other: Any, *, alpha: float = 1) -> Self:
        """Add `alpha * other`, in place.

        Shapes: `other` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed, or the shapes
                or types do not fit.
        """
        return self._change(
            "add_", other, lambda x, y: np.add(x, y if alpha == 1 else y * alpha, out=x)
        )

    def sub_(self, other: Any, *, alpha: float = 1) -> Self:
        """Subtract `alpha * other`, in place.

        Shapes: `other` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed, or the shapes
                or types do not fit.
        """
        return self._change(
            "sub_", other, lambda x, y: np.subtract(x, y if alpha == 1 else y * alpha, out=x)
        )

    def mul_(self, other: Any) -> Self:
        """Multiply by `other`, in place.

        Shapes: `other` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed, or the shapes
                or types do not fit.
        """
        return self._change("mul_", other, lambda x, y: np.multiply(x, y, out=x))

    def div_(self, other: Any) -> Self:
        """Divide by `other`, in place.

        Shapes: `other` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed, or the shapes
                or types do not fit.
        """
        return self._change("div_", other, lambda x, y: np.divide(x, y, out=x))

    def __setitem__(self, index: Any, value: Any) -> None:
        place = plain_index(index)
        self._change("[…] =", value, lambda x, y: operator.setitem(x, place, y))

    def __iadd__(self, other: Any) -> Any:
        return self + other if self._tracks(other) else self.add_(other)

    def __isub__(self, other: Any) -> Any:
        return self - other if self._tracks(other) else self.sub_(other)

    def __imul__(self, other: Any) -> Any:
        return self * other if self._tracks(other) else self.mul_(other)

    def __itruediv__(self, other: Any) -> Any:
        return self / other if self._tracks(other) else self.div_(other)

    def _tracks(self, other: Any) -> bool:
        """Whether `self += other` has to make a new tensor, because its history matters.

        The numbers and gradients are PyTorch's; only that the memory is another is not.
        """
        tracked = self._op is not None or (
            not self.requires_grad and getattr(other, "requires_grad", False)
        )
        return tracked and mode.grad
