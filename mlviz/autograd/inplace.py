"""Changes in place, remembered until the reverse pass has asked for them.

A rule of the reverse pass may need a value of the forward pass. If that value was changed
in between, the rule would give a wrong number without a word; so it is an error instead.

Nothing is noted while operations run. A change notes *when* it happened, in the same count
in which operations are numbered; the reverse pass looks whether one that it needs is newer
than the operation that used it. Memory is what counts: a change of a view changes its base.
"""

import itertools
import weakref
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
        self._of: dict[int, tuple[weakref.ref[Any], int]] = {}

    def note(self, data: Any, number: int) -> None:
        """Note that the memory of `data` was changed at `number`."""
        memory = data if data.base is None else _owner(data)
        key = id(memory)
        known = self._of.get(key)
        if known is None:
            # Forgets itself with the memory, before another array can receive the same id.
            reference = weakref.ref(memory, lambda _: self._of.pop(key, None))
        else:
            reference = known[0]
        self._of[key] = (reference, number)
        self.latest = number

    def of(self, data: Any) -> int:
        """Return the number of the last change of `data`; -1 if there was none."""
        if not isinstance(data, np.ndarray):
            return -1
        return self._of.get(id(_owner(data)), (None, -1))[1]


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


class ChangesInPlace:
    """The methods of a tensor that change it: PyTorch's with an underscore at the end."""

    __slots__ = ()

    if TYPE_CHECKING:
        data: Any
        requires_grad: bool
        _op: Any

    def changing(self, method: str, *sources: Any) -> Any:
        """Return the memory that `method` is about to change, if it may; the change is noted."""
        if mode.grad:
            if self.requires_grad and self._op is None:
                raise EngineError(Message("error.engine.leaf_in_place", method=method))
            if self.requires_grad or any(getattr(s, "requires_grad", False) for s in sources):
                raise EngineError(Message("error.engine.tracked_in_place", method=method))
        return self.changing_untracked()

    def changing_untracked(self) -> Any:
        """Return the memory that an update is about to change, which no gradient flows through."""
        data = self.data
        if special.open and mode.tape is not None:
            mode.tape.before_change(data)
        changes.note(data, next(order))
        return data

    def copy_(self, src: Any) -> Self:
        """Take the values of `src`, in place.

        Shapes: `src` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed.
            ValueError: the shapes do not broadcast.
        """
        self.changing("copy_", src)[...] = plain(src)
        return self

    def fill_(self, value: Any) -> Self:
        """Set every entry to `value`, in place.

        Shapes: `value` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed.
            ValueError: the shapes do not broadcast.
        """
        self.changing("fill_", value)[...] = plain(value)
        return self

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
            EngineError: gradients would flow through the tensor that is changed.
            ValueError: the shapes do not broadcast.
        """
        data = self.changing("add_", other)
        np.add(data, plain(other) * alpha if alpha != 1 else plain(other), out=data)
        return self

    def sub_(self, other: Any, *, alpha: float = 1) -> Self:
        """Subtract `alpha * other`, in place.

        Shapes: `other` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed.
            ValueError: the shapes do not broadcast.
        """
        data = self.changing("sub_", other)
        np.subtract(data, plain(other) * alpha if alpha != 1 else plain(other), out=data)
        return self

    def mul_(self, other: Any) -> Self:
        """Multiply by `other`, in place.

        Shapes: `other` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed.
            ValueError: the shapes do not broadcast.
        """
        data = self.changing("mul_", other)
        np.multiply(data, plain(other), out=data)
        return self

    def div_(self, other: Any) -> Self:
        """Divide by `other`, in place.

        Shapes: `other` broadcasts to the tensor, whose shape stays.

        Raises:
            EngineError: gradients would flow through the tensor that is changed.
            ValueError: the shapes do not broadcast.
        """
        data = self.changing("div_", other)
        np.divide(data, plain(other), out=data)
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        self.changing("[…] =", value)[plain_index(index)] = plain(value)

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
