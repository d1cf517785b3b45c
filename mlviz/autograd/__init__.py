"""The engine: what is computed, and what its derivatives are.

In reading order:

* `expression` — the small formula language in which operations are written;
* `ops` — the table of operations, one row each;
* `tensor` — arrays that remember how they were computed, and the reverse pass;
* `tape` — the recording that everything on screen is made from;
* `functional` — the operations as functions;
* `gradcheck` — the comparison with finite differences.
"""

from mlviz.autograd.gradcheck import GradientCheck, gradcheck
from mlviz.autograd.mode import is_grad_enabled, no_grad
from mlviz.autograd.ops import OPS, Array, Op
from mlviz.autograd.tape import Contribution, Node, Tape, backward, record
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor, tensor

__all__ = [
    "OPS",
    "Array",
    "Contribution",
    "GradientCheck",
    "Node",
    "Op",
    "Tape",
    "Tensor",
    "TensorLike",
    "apply",
    "as_tensor",
    "backward",
    "gradcheck",
    "is_grad_enabled",
    "no_grad",
    "record",
    "tensor",
]
