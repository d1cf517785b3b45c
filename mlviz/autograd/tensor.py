"""Tensors: NumPy arrays that remember how they were computed.

Names and meaning are PyTorch's; the default float type is float64, so that what is shown
can be compared digit by digit with a calculation by hand.
"""

import itertools
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from mlviz.autograd import ops
from mlviz.autograd.mode import mode
from mlviz.autograd.ops import Array, Op
from mlviz.errors import EngineError
from mlviz.i18n import Message

_order = itertools.count()

Dims = int | tuple[int, ...] | None


class Tensor:
    """An array with a gradient.

    Attributes:
        data: the values, any shape.
        requires_grad: whether `backward()` computes dL/d(this).
        grad: the accumulated gradient, of the shape of `data`; None before `backward()`.
        name: what a person calls it; shown on screen.
    """

    __slots__ = (
        "__weakref__",
        "_freed",
        "_inputs",
        "_op",
        "_order",
        "_params",
        "_retains_grad",
        "data",
        "grad",
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
        self.data: Any = array
        self.requires_grad = requires_grad
        self.grad: Tensor | None = None
        self.name = name
        self._op: Op | None = None
        self._inputs: tuple[Tensor, ...] = ()
        self._params: Mapping[str, Any] = {}
        self._order = next(_order)
        self._freed = False
        self._retains_grad = False

    # --- What it is ------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes; empty for a scalar."""
        return self.data.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self.data.ndim  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy's type of one entry."""
        return self.data.dtype  # type: ignore[no-any-return]

    @property
    def is_leaf(self) -> bool:
        """Whether nothing differentiable made it; only leaves keep gradients by themselves."""
        return self._op is None

    @property
    def T(self) -> "Tensor":
        """The transpose: axes in reverse order."""
        return apply(ops.PERMUTE, self, dims=tuple(reversed(range(self.ndim))))

    def item(self) -> float | int | bool:
        """Return the only entry as a Python number."""
        return self.data.item()  # type: ignore[no-any-return]

    def numpy(self) -> Array:
        """Return the values as an array that shares memory with the tensor."""
        return np.asarray(self.data)

    def detach(self) -> "Tensor":
        """Return the same values without their history: no gradient flows back from there."""
        return Tensor(self.data)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say whether `backward()` shall compute this tensor's gradient; returns itself."""
        if requires_grad and self.data.dtype.kind != "f":
            raise EngineError(Message("error.engine.integer_grad", dtype=str(self.dtype)))
        self.requires_grad = requires_grad
        return self

    def retain_grad(self) -> None:
        """Keep this tensor's gradient in `.grad` although it is not a leaf."""
        self._retains_grad = True

    def __repr__(self) -> str:
        body = np.array2string(np.asarray(self.data), precision=4, separator=", ")
        grad = ", requires_grad=True" if self.requires_grad else ""
        name = f", name={self.name!r}" if self.name else ""
        return f"tensor({body}{grad}{name})"

    def __len__(self) -> int:
        return len(self.data)

    # --- The reverse pass ------------------------------------------------------------------

    def backward(
        self, gradient: "Tensor | ArrayLike | None" = None, *, retain_graph: bool = False
    ) -> None:
        """Add d(this)/d(leaf) to `.grad` of every leaf that requires it.

        Args:
            gradient: dL/d(this), of this tensor's shape; may be left out for a scalar.
            retain_graph: keep what forward saved, so that `backward()` can run again.

        Raises:
            EngineError: there is no history, it was freed, or `gradient` is missing or has
                another shape.
        """
        seed = self._seed(gradient)
        gradients: dict[int, Any] = {id(self): seed}
        for node in _history(self):
            upstream = gradients.pop(id(node))
            if node._op is None or node._retains_grad:
                node._accumulate(upstream)
            if node._op is None:
                continue
            arrays = tuple(source.data for source in node._inputs)
            for slot, source in enumerate(node._inputs):
                if source.requires_grad:
                    downstream = node._op.vjp(slot, upstream, node.data, arrays, node._params)
                    known = gradients.get(id(source))
                    gradients[id(source)] = downstream if known is None else known + downstream
            if not retain_graph:
                node._inputs = ()
                node._freed = True

    def _seed(self, gradient: "Tensor | ArrayLike | None") -> Array:
        if not self.requires_grad:
            raise EngineError(Message("error.engine.no_history"))
        if gradient is None:
            if self.data.size != 1:
                shape = str(tuple(self.shape))
                raise EngineError(Message("error.engine.needs_gradient", shape=shape))
            return np.ones_like(self.data)
        seed = np.asarray(
            gradient.data if isinstance(gradient, Tensor) else gradient, dtype=self.dtype
        )
        if seed.shape != self.shape:
            raise EngineError(
                Message(
                    "error.engine.gradient_shape",
                    found=str(tuple(seed.shape)),
                    wanted=str(tuple(self.shape)),
                )
            )
        return seed

    def _accumulate(self, gradient: Any) -> None:
        total = gradient if self.grad is None else self.grad.data + gradient
        self.grad = Tensor(np.array(total))

    # --- Operators -------------------------------------------------------------------------

    def __add__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.ADD, self, _operand(other, self))

    def __radd__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.ADD, _operand(other, self), self)

    def __sub__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.SUB, self, _operand(other, self))

    def __rsub__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.SUB, _operand(other, self), self)

    def __mul__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.MUL, self, _operand(other, self))

    def __rmul__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.MUL, _operand(other, self), self)

    def __truediv__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.DIV, self, _operand(other, self))

    def __rtruediv__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.DIV, _operand(other, self), self)

    def __pow__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.POW, self, _operand(other, self))

    def __rpow__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.POW, _operand(other, self), self)

    def __matmul__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.MATMUL, self, _operand(other, self))

    def __rmatmul__(self, other: "TensorLike") -> "Tensor":
        return apply(ops.MATMUL, _operand(other, self), self)

    def __neg__(self) -> "Tensor":
        return apply(ops.NEG, self)

    def __getitem__(self, index: Any) -> "Tensor":
        return apply(ops.INDEX, self, index=_plain_index(index))

    # --- Methods that are functions too (see `functional`) ---------------------------------

    def sum(self, dim: Dims = None, keepdim: bool = False) -> "Tensor":
        """Add up the entries, all of them or along the axes `dim`."""
        return apply(ops.SUM, self, dim=dim, keepdim=keepdim)

    def mean(self, dim: Dims = None, keepdim: bool = False) -> "Tensor":
        """Average the entries, all of them or along the axes `dim`."""
        return apply(ops.MEAN, self, dim=dim, keepdim=keepdim)

    def reshape(self, *shape: int) -> "Tensor":
        """Return the same entries in another shape; one size may be -1."""
        return apply(ops.RESHAPE, self, shape=shape)

    def permute(self, *dims: int) -> "Tensor":
        """Return the tensor with its axes in the order `dims`."""
        return apply(ops.PERMUTE, self, dims=dims)

    def transpose(self, dim0: int, dim1: int) -> "Tensor":
        """Swap two axes."""
        dims = list(range(self.ndim))
        dims[dim0], dims[dim1] = dims[dim1], dims[dim0]
        return apply(ops.PERMUTE, self, dims=tuple(dims))

    def exp(self) -> "Tensor":
        """Return e to the power of every entry."""
        return apply(ops.EXP, self)

    def log(self) -> "Tensor":
        """Return the natural logarithm of every entry."""
        return apply(ops.LOG, self)

    def sqrt(self) -> "Tensor":
        """Return the square root of every entry."""
        return apply(ops.SQRT, self)

    def tanh(self) -> "Tensor":
        """Return the hyperbolic tangent of every entry."""
        return apply(ops.TANH, self)

    def sigmoid(self) -> "Tensor":
        """Return 1 / (1 + exp(-x)) of every entry."""
        return apply(ops.SIGMOID, self)

    def relu(self) -> "Tensor":
        """Return every entry, negative ones replaced by zero."""
        return apply(ops.RELU, self)

    def softmax(self, dim: int) -> "Tensor":
        """Return exponentials divided by their sum along axis `dim`."""
        return apply(ops.SOFTMAX, self, dim=dim)

    def log_softmax(self, dim: int) -> "Tensor":
        """Return the logarithm of `softmax`, computed without overflow."""
        return apply(ops.LOG_SOFTMAX, self, dim=dim)


TensorLike = Tensor | float | int | Array


def apply(op: Op, *inputs: Tensor, **params: Any) -> Tensor:
    """Run `op` on `inputs`, remembering it for `backward()` and on an open tape."""
    out = Tensor.__new__(Tensor)
    out.data = op.forward(*(source.data for source in inputs), **params)
    out.grad = None
    out.name = ""
    out._freed = False
    out._retains_grad = False
    out._order = next(_order)
    if mode.grad and any(source.requires_grad for source in inputs):
        out.requires_grad = True
        out._op = op
        out._inputs = inputs
        out._params = params
    else:
        out.requires_grad = False
        out._op = None
        out._inputs = ()
        out._params = {}
    if mode.tape is not None:
        mode.tape.append(op, inputs, out, params)
    return out


def as_tensor(value: "TensorLike") -> Tensor:
    """Return `value` itself if it is a tensor, and as a constant tensor otherwise."""
    return value if isinstance(value, Tensor) else Tensor(value)


def _operand(value: "TensorLike", other: Tensor) -> Tensor:
    """Like `as_tensor`; a Python number takes the float type of what it meets."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, int | float) and other.data.dtype.kind == "f":
        return Tensor(other.data.dtype.type(value))
    return Tensor(value)


def _plain_index(index: Any) -> Any:
    if isinstance(index, Tensor):
        return index.data
    if isinstance(index, tuple):
        return tuple(_plain_index(part) for part in index)
    return np.asarray(index) if isinstance(index, list) else index


def _history(root: Tensor) -> list[Tensor]:
    """Return `root` and everything it was computed from that requires gradients.

    The order is that of the reverse pass: last computed first.
    """
    found = {id(root): root}
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if node._freed:
            raise EngineError(Message("error.engine.freed"))
        for source in node._inputs:
            if source.requires_grad and id(source) not in found:
                found[id(source)] = source
                open_nodes.append(source)
    return sorted(found.values(), key=lambda node: node._order, reverse=True)


def tensor(
    data: ArrayLike,
    *,
    dtype: DTypeLike | None = None,
    requires_grad: bool = False,
    name: str = "",
) -> Tensor:
    """Make a tensor from numbers, nested lists or an array; the data is copied.

    Args:
        data: the values.
        dtype: NumPy type of an entry; floats become float64 if not given.
        requires_grad: whether `backward()` computes this tensor's gradient.
        name: what to call it on screen.

    Raises:
        EngineError: `requires_grad` for a type that has no derivatives.
    """
    return Tensor(np.array(data, dtype=dtype), requires_grad=requires_grad, name=name)
