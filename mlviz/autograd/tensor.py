"""Tensors: NumPy arrays that remember how they were computed.

Names and meaning are PyTorch's; the default float type is float64, so that what is shown
can be compared digit by digit with a calculation by hand. Floating point warnings are
NumPy's own: a division by zero gives inf and says so.

A 0-d value is kept as a NumPy scalar, which computes several times faster than a 0-d
array; it becomes an array as soon as somebody asks for its memory.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from mlviz.autograd import ops, reverse
from mlviz.autograd.dtypes import meet
from mlviz.autograd.facts import Facts, failed
from mlviz.autograd.inplace import ChangesInPlace, order, plain_index
from mlviz.autograd.methods import Methods
from mlviz.autograd.mode import USUAL, mode, special
from mlviz.autograd.ops import Array, Op
from mlviz.errors import EngineError
from mlviz.i18n import Message

Dims = int | tuple[int, ...] | None

_RETAIN = -1  # the key of the hook that keeps the gradient; called last
_NOTHING: Mapping[str, Any] = {}


class Tensor(Facts, Methods, ChangesInPlace):
    """An array with a gradient. Shapes: any; () is one number.

    Attributes:
        requires_grad: whether `backward()` computes dL/d(this).
        name: what a person calls it; shown on screen.
    """

    __slots__ = (
        "__weakref__",
        "_data",
        "_grad",
        "_hooks",
        "_inputs",
        "_op",
        "_order",
        "_params",
        "name",
        "requires_grad",
    )

    # Tells NumPy to leave `array * tensor` to us.
    __array_ufunc__ = None
    __hash__ = object.__hash__

    def __init__(
        self,
        data: ArrayLike,
        *,
        dtype: DTypeLike | None = None,
        requires_grad: bool = False,
        name: str = "",
    ) -> None:
        array = np.asarray(data, dtype=dtype)
        if requires_grad and array.dtype.kind != "f":
            raise EngineError(Message("error.engine.integer_grad", dtype=str(array.dtype)))
        self._data: Any = array if array.shape else array[()]
        self.requires_grad = requires_grad
        self._grad: Any = None  # numbers, and a tensor once somebody looked
        self.name = name
        self._op: Op | None = None
        self._inputs: tuple[Tensor, ...] | None = ()
        self._params: Mapping[str, Any] = _NOTHING
        self._order = -1
        self._hooks: dict[int, Callable[[Tensor], Any]] | None = None

    # --- What it is ------------------------------------------------------------------------

    @property
    def data(self) -> Any:
        """The values, as an array; changing it changes the tensor, and nothing notices."""
        data = self._data
        if data.__class__ is not ndarray:
            data = self._data = np.asarray(data)
        return data

    @data.setter
    def data(self, data: ArrayLike) -> None:
        self._data = np.asarray(data)

    @property
    def grad(self) -> "Tensor | None":
        """The accumulated gradient, of the shape of `data`; None before `backward()`."""
        grad = self._grad
        if grad is None or isinstance(grad, Tensor):
            return grad
        self._grad = _leaf(grad)
        return self._grad  # type: ignore[no-any-return]

    @grad.setter
    def grad(self, grad: "Tensor | None") -> None:
        if grad is not None:
            reverse.check_grad(self, grad)
        self._grad = grad

    def detach(self) -> "Tensor":
        """Return the same values without their history: no gradient flows back from there.

        Both share their memory, as in PyTorch. Shapes: any → the same.
        """
        return self._like(self.data)

    def clone(self) -> "Tensor":
        """Return a copy through which gradients flow. Shapes: any → the same."""
        return apply(ops.CLONE, self)

    def _like(self, data: Any) -> "Tensor":
        """Return a tensor around `data`, without copying or looking at it."""
        return _leaf(data)

    # --- The reverse pass ------------------------------------------------------------------

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say whether `backward()` shall compute this leaf's gradient; returns itself.

        Raises:
            EngineError: the type has no derivatives, or the tensor is not a leaf.
        """
        if requires_grad and self._data.dtype.kind != "f":
            raise EngineError(Message("error.engine.integer_grad", dtype=str(self.dtype)))
        if not requires_grad and self._op is not None:
            raise EngineError(Message("error.engine.not_leaf", op=self._op.name))
        self.requires_grad = requires_grad
        return self

    def retain_grad(self) -> None:
        """Keep this tensor's gradient in `.grad` although it is not a leaf.

        Raises:
            EngineError: it does not require a gradient.
        """
        if not self.requires_grad:
            raise EngineError(Message("error.engine.no_history"))
        if self._op is not None:
            hooks = self._hooks = {} if self._hooks is None else self._hooks
            hooks[_RETAIN] = lambda g: reverse.accumulate(self, g.numpy().copy())

    def register_hook(self, hook: "Callable[[Tensor], Any]") -> "reverse.HookHandle":
        """Call `hook(gradient)` when the gradient is complete. Shapes: the tensor's.

        What it returns takes the gradient's place; None leaves the gradient as it is.

        Raises:
            EngineError: it does not require a gradient.
        """
        if not self.requires_grad:
            raise EngineError(Message("error.engine.no_history"))
        if self._hooks is None:
            self._hooks = {}
        handle = reverse.HookHandle(self._hooks)
        self._hooks[id(handle)] = hook
        return handle

    def backward(
        self,
        gradient: "Tensor | ArrayLike | None" = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: "Tensor | Sequence[Tensor] | None" = None,
    ) -> None:
        """Add d(this)/d(leaf) to `.grad` of every leaf that requires it. Shapes: the leaf's.

        Args:
            gradient: dL/d(this), of this tensor's shape; may be left out for a scalar.
            retain_graph: keep what forward saved, so that `backward()` can run again.
            create_graph: derivatives of derivatives are not offered.
            inputs: the tensors to do it for, instead of every leaf.

        Raises:
            EngineError: there is no history, it was freed, a value that is needed was changed
                in place, or `gradient` is missing or has another shape.
        """
        reverse.refuse_create_graph("backward", create_graph)
        chosen = [inputs] if isinstance(inputs, Tensor) else inputs
        reverse.backward([self], [reverse.seed(self, gradient)], bool(retain_graph), chosen)

    # --- Operators -------------------------------------------------------------------------

    def __add__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.ADD, self, other if other.__class__ is Tensor else operand(other, self))

    def __radd__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.ADD, operand(other, self), self)

    def __sub__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.SUB, self, other if other.__class__ is Tensor else operand(other, self))

    def __rsub__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.SUB, operand(other, self), self)

    def __mul__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.MUL, self, other if other.__class__ is Tensor else operand(other, self))

    def __rmul__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.MUL, operand(other, self), self)

    def __truediv__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.DIV, self, other if other.__class__ is Tensor else operand(other, self))

    def __rtruediv__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.DIV, operand(other, self), self)

    def __pow__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.POW, self, other if other.__class__ is Tensor else operand(other, self))

    def __rpow__(self, other: "TensorLike") -> "Tensor":
        return binary(ops.POW, operand(other, self), self)

    def __matmul__(self, other: "TensorLike") -> "Tensor":
        return self.matmul(other)

    def __rmatmul__(self, other: "TensorLike") -> "Tensor":
        return as_tensor(other).matmul(self)

    def __neg__(self) -> "Tensor":
        return apply(ops.NEG, self)

    def __lt__(self, other: Any) -> "Tensor":
        return binary(ops.LT, self, other if other.__class__ is Tensor else operand(other, self))

    def __le__(self, other: Any) -> "Tensor":
        return binary(ops.LE, self, other if other.__class__ is Tensor else operand(other, self))

    def __gt__(self, other: Any) -> "Tensor":
        return binary(ops.GT, self, other if other.__class__ is Tensor else operand(other, self))

    def __ge__(self, other: Any) -> "Tensor":
        return binary(ops.GE, self, other if other.__class__ is Tensor else operand(other, self))

    def __getitem__(self, index: Any) -> "Tensor":
        return apply(ops.INDEX, self, index=plain_index(index))

    def __eq__(self, other: "TensorLike") -> "Tensor":  # type: ignore[override]
        return binary(ops.EQ, self, other if other.__class__ is Tensor else operand(other, self))

    def __ne__(self, other: "TensorLike") -> "Tensor":  # type: ignore[override]
        return binary(ops.NE, self, other if other.__class__ is Tensor else operand(other, self))

    @property
    def T(self) -> "Tensor":
        """The transpose: axes in reverse order. Shapes: (a, b) → (b, a)."""
        return apply(ops.PERMUTE, self, dims=tuple(reversed(range(self.ndim))))


TensorLike = Tensor | float | int | Array


# --- Running operations ----------------------------------------------------------------------

_new = object.__new__
ndarray = np.ndarray


def apply(op: Op, *inputs: Tensor, **params: Any) -> Tensor:
    """Run `op` on `inputs`, remembering it for `backward()` and on an open tape.

    Shapes: those that `op` takes → the one that it gives.
    """
    forward = op.forward
    if len(inputs) == 1:
        arrays = [inputs[0]._data]
        if op.pull is not None and arrays[0].__class__ is not ndarray:
            forward = op.scalar
    else:
        arrays = [source._data for source in inputs]
        if op.pull is not None:  # it works entry by entry
            arrays = meet(arrays)
            if ndarray not in map(type, arrays):
                forward = op.scalar
    kept = None
    try:
        if op.keeping is None:
            data = forward(*arrays, **params)
        else:
            data, kept = op.keeping(*arrays, **params)
    except (ValueError, IndexError, TypeError) as error:
        raise failed(op, inputs, error) from error
    out: Tensor = _new(Tensor)
    out._data = data
    out._grad = None
    out.name = ""
    out._hooks = None
    tracked, tape = mode.state if special.open else USUAL
    for source in inputs:
        if source.requires_grad and tracked and op.differentiable:
            out.requires_grad = True
            out._op = op
            out._inputs = inputs
            out._params = params if kept is None else {**params, "kept": kept}
            out._order = next(order)
            break
    else:
        out.requires_grad = False
        out._op = None
        out._inputs = ()
        out._params = _NOTHING
    if tape is not None:
        tape.append(op, inputs, out, params, kept)
    return out


def binary(op: Op, x: Tensor, y: Tensor) -> Tensor:
    """Run an elementwise `op` of two inputs: `apply`, without what two inputs do not need."""
    a, b = x._data, y._data
    kind = a.__class__
    out: Tensor = _new(Tensor)
    try:
        # Scalars of one type need no further look; nothing else is as frequent in small graphs.
        if kind is b.__class__ and kind is not ndarray:
            out._data = op.scalar(a, b)
        else:
            out._data = op.forward(*meet([a, b]))
    except (ValueError, TypeError) as error:
        raise failed(op, (x, y), error) from error
    out._grad = None
    out.name = ""
    out._hooks = None
    tracked, tape = mode.state if special.open else USUAL
    if (x.requires_grad or y.requires_grad) and tracked and op.differentiable:
        out.requires_grad = True
        out._op = op
        out._inputs = (x, y)
        out._params = _NOTHING
        out._order = next(order)
    else:
        out.requires_grad = False
        out._op = None
        out._inputs = ()
    if tape is not None:
        tape.append(op, (x, y), out, _NOTHING)
    return out


def _leaf(data: Any) -> Tensor:
    out: Tensor = _new(Tensor)
    out._data = data
    out.requires_grad = False
    out._grad = None
    out.name = ""
    out._op = None
    out._inputs = ()
    out._params = _NOTHING
    out._hooks = None
    return out


def as_tensor(value: "TensorLike") -> Tensor:
    """Return `value`, as a constant tensor if it is none yet. Shapes: any → the same."""
    return value if isinstance(value, Tensor) else Tensor(value)


def operand(value: "TensorLike", other: Tensor) -> Tensor:
    """Like `as_tensor`; a Python number takes the float type of what it meets."""
    if isinstance(value, Tensor):
        return value
    if value.__class__ in (int, float):
        dtype = other._data.dtype
        if dtype.kind == "f" or (dtype.kind in "iu" and value.__class__ is int):
            return _leaf(dtype.type(value))
    return Tensor(value)


def tensor(
    data: ArrayLike,
    *,
    dtype: DTypeLike | None = None,
    requires_grad: bool = False,
    name: str = "",
) -> Tensor:
    """Make a tensor from numbers, nested lists or an array; the data is copied.

    Shapes: that of the nested lists → the same.

    Args:
        data: the values.
        dtype: NumPy type of an entry; floats become float64 if not given.
        requires_grad: whether `backward()` computes this tensor's gradient.
        name: what to call it on screen.

    Raises:
        EngineError: `requires_grad` for a type that has no derivatives.
    """
    return Tensor(np.array(data, dtype=dtype), requires_grad=requires_grad, name=name)
