"""Do you believe this derivative? Compare it with finite differences."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlviz.autograd.ops import Array
from mlviz.autograd.tensor import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class GradientCheck:
    """What `gradcheck` found for one input.

    Shapes: `analytic` and `numeric` like the input.

    Attributes:
        analytic: the gradient that `backward()` gave, in the input's shape.
        numeric: (f(x + ε) - f(x - ε)) / 2ε, entry by entry.
        agrees: whether they differ by no more than the tolerance.
    """

    analytic: Array
    numeric: Array
    agrees: bool


def gradcheck(
    function: Callable[..., Tensor],
    *inputs: Tensor,
    epsilon: float = 1e-6,
    tolerance: float = 1e-6,
) -> list[GradientCheck]:
    """Compare the gradients of `function(*inputs)` with central differences.

    The output may have any shape: it is weighted with fixed random numbers and summed, so
    that a wrong entry cannot hide behind another.

    Shapes: inputs and output any; results like their inputs.

    Args:
        function: takes the tensors and returns one.
        inputs: float64 tensors; those that require gradients are checked.
        epsilon: half the distance between the two points of a difference.
        tolerance: largest difference accepted, relative to the larger of 1 and the value.

    Returns:
        One result for each input that requires gradients, in order.

    Raises:
        EngineError: the output does not depend on an input that requires gradients.
    """
    fresh = [Tensor(np.array(x.data), requires_grad=x.requires_grad) for x in inputs]
    out = function(*fresh)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, out.shape)
    out.backward(weights)

    def weighted() -> float:
        plain = (Tensor(x.data) for x in fresh)
        return float(np.sum(function(*plain).data * weights))

    results = []
    for x in fresh:
        if not x.requires_grad:
            continue
        numeric = np.zeros_like(x.data)
        for index in np.ndindex(x.shape):
            kept = x.data[index].copy()
            x.data[index] = kept + epsilon
            above = weighted()
            x.data[index] = kept - epsilon
            below = weighted()
            x.data[index] = kept
            numeric[index] = (above - below) / (2 * epsilon)
        analytic = np.zeros_like(x.data) if x.grad is None else x.grad.data
        scale = np.maximum(1.0, np.abs(numeric))
        agrees = bool(np.all(np.abs(analytic - numeric) <= tolerance * scale))
        results.append(GradientCheck(analytic, numeric, agrees))
    return results
