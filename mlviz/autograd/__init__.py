"""The engine: what is computed, and what its derivatives are.

In reading order:

* `expression` — the small formula language in which operations are written
  (`parsing` reads it);
* `ops` — the table of operations, one row each;
* `tensor` — arrays that remember how they were computed (`facts`, `inplace`,
  `methods` and `dtypes` are its parts);
* `reverse` — from a result back to its leaves: `backward` and `grad`;
* `tape` — the recording that everything on screen is made from;
* `functional` — the operations as functions;
* `mode` — whether gradients are tracked and whether a tape is open;
* `gradcheck` — the comparison with finite differences.
"""

from mlviz.autograd import functional
from mlviz.autograd.gradcheck import GradientCheck, gradcheck
from mlviz.autograd.mode import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from mlviz.autograd.ops import OPS, Array, Op
from mlviz.autograd.reverse import HookHandle, grad
from mlviz.autograd.tape import Contribution, Node, Tape, backward, record
from mlviz.autograd.tensor import Tensor, TensorLike, apply, as_tensor, tensor

__all__ = [
    "OPS",
    "Array",
    "Contribution",
    "GradientCheck",
    "HookHandle",
    "Node",
    "Op",
    "Tape",
    "Tensor",
    "TensorLike",
    "apply",
    "as_tensor",
    "backward",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "is_grad_enabled",
    "no_grad",
    "record",
    "set_grad_enabled",
    "tensor",
]
