"""The operations as methods of a tensor: `x.tanh()` is `functional.tanh(x)`, the same function.

`functional` puts them here when it is loaded; the list below says so to type checkers and to
readers. A test sees to it that both agree.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlviz.autograd import functional as F
    from mlviz.autograd.tensor import Tensor


class Methods:
    """What a tensor can do beside Python's operators."""

    __slots__ = ()

    if TYPE_CHECKING:
        exp = F.exp
        log = F.log
        log1p = F.log1p
        sqrt = F.sqrt
        rsqrt = F.rsqrt
        square = F.square
        reciprocal = F.reciprocal
        sin = F.sin
        cos = F.cos
        tan = F.tan
        tanh = F.tanh
        sigmoid = F.sigmoid
        relu = F.relu
        add = F.add
        sub = F.sub
        mul = F.mul
        div = F.div
        pow = F.pow
        neg = F.neg
        abs = F.abs
        __abs__ = F.abs
        sign = F.sign
        maximum = F.maximum
        minimum = F.minimum
        clamp = F.clamp
        matmul = F.matmul
        mm = F.mm
        mv = F.mv
        dot = F.dot
        outer = F.outer
        bmm = F.bmm
        sum = F.sum
        mean = F.mean
        prod = F.prod
        max = F.max
        min = F.min
        amax = F.amax
        amin = F.amin
        argmax = F.argmax
        argmin = F.argmin
        var = F.var
        std = F.std
        cumsum = F.cumsum
        norm = F.norm
        logsumexp = F.logsumexp
        softmax = F.softmax
        log_softmax = F.log_softmax
        flatten = F.flatten
        transpose = F.transpose
        squeeze = F.squeeze
        unsqueeze = F.unsqueeze
        broadcast_to = F.broadcast_to
        chunk = F.chunk
        gather = F.gather

        def where(self, condition: Any, other: Any) -> "Tensor":
            """See `functional.where`: entries of the tensor where `condition` is true."""

        def split(self, split_size: Any, dim: int = 0) -> "tuple[Tensor, ...]":
            """See `functional.split`."""

        # These take sizes one by one or as one tuple.
        def reshape(self, *shape: Any, **named: Any) -> "Tensor":
            """See `functional.reshape`."""

        def view(self, *size: Any, **named: Any) -> "Tensor":
            """See `functional.view`."""

        def permute(self, *dims: Any, **named: Any) -> "Tensor":
            """See `functional.permute`."""

        def expand(self, *size: Any, **named: Any) -> "Tensor":
            """See `functional.expand`."""
