"""What can be asked of a tensor without computing anything: sizes, type, its numbers."""

import operator
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from mlviz.autograd.ops import Array, Op
from mlviz.errors import EngineError
from mlviz.i18n import Message


class Facts:
    """The properties of a tensor that only look."""

    __slots__ = ()

    if TYPE_CHECKING:
        data: Any
        name: str
        requires_grad: bool
        _data: Any
        _grad: Any
        _op: Op | None

        def __getitem__(self, index: Any) -> Self: ...

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes; empty for a scalar."""
        return self._data.shape  # type: ignore[no-any-return]

    def size(self, dim: int | None = None) -> tuple[int, ...] | int:
        """Return the sizes of the axes, or the size of axis `dim`.

        Raises:
            IndexError: there is no such axis.
        """
        return self.shape if dim is None else self.shape[dim]

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self._data.ndim  # type: ignore[no-any-return]

    def dim(self) -> int:
        """Return how many axes there are."""
        return self.ndim

    def numel(self) -> int:
        """Return how many entries there are."""
        return self._data.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy's type of one entry."""
        return self._data.dtype  # type: ignore[no-any-return]

    @property
    def is_leaf(self) -> bool:
        """Whether nothing differentiable made it; only leaves keep gradients by themselves."""
        return self._op is None

    @property
    def grad_fn(self) -> Op | None:
        """The row of the table that made it; None for a leaf."""
        return self._op

    def item(self) -> float | int | bool:
        """Return the only entry as a Python number.

        Shapes: any with one entry, such as () or (1).

        Raises:
            EngineError: there are more entries, or none.
        """
        if self._data.size != 1:
            raise EngineError(Message("error.engine.item", shape=str(self.shape)))
        return self._data.item()  # type: ignore[no-any-return]

    def tolist(self) -> Any:
        """Return the entries as nested lists of Python numbers.

        Shapes: any; () gives a number.
        """
        return self._data.tolist()

    def numpy(self) -> Array:
        """Return the values as an array that shares memory with the tensor.

        Shapes: any → the same.
        """
        return self.data  # type: ignore[no-any-return]

    def grad_array(self) -> Array | None:
        """Return `grad` as an array, which is all an update needs. Shapes: any → the same."""
        grad = self._grad
        if grad.__class__ is np.ndarray or grad is None:
            return grad
        return np.asarray(getattr(grad, "_data", grad))

    def __len__(self) -> int:
        if not self._data.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self._data)

    def __iter__(self) -> "Iterator[Self]":
        return (self[k] for k in range(len(self)))

    def __repr__(self) -> str:
        body = np.array2string(np.asarray(self._data), precision=4, separator=", ")
        grad = ", requires_grad=True" if self.requires_grad else ""
        name = f", name={self.name!r}" if self.name else ""
        return f"tensor({body}{grad}{name})"

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise EngineError(Message("error.engine.truth", shape=str(self.shape)))
        return bool(self._data)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        return operator.index(self.item())  # type: ignore[arg-type]  # a float says so itself

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else repr(self)


def failed(op: Op, inputs: Sequence[Facts], error: Exception) -> EngineError:
    """Say in our words what NumPy could not do."""
    shapes = [str(source.shape) for source in inputs]
    if op.elementwise and len(shapes) == 2 and not _broadcast(inputs):
        rule = Message("error.engine.rule.broadcast")
        return EngineError(
            Message("error.engine.shapes", op=op.name, first=shapes[0], second=shapes[1], rule=rule)
        )
    if op.name == "pow" and all(source.dtype.kind in "iub" for source in inputs):
        return EngineError(Message("error.engine.negative_power"))
    reason = str(error)
    return EngineError(
        Message("error.engine.failed", op=op.name, shapes=", ".join(shapes), reason=reason)
    )


def _broadcast(inputs: Sequence[Facts]) -> bool:
    try:
        np.broadcast_shapes(*(source.shape for source in inputs))
    except ValueError:
        return False
    return True
