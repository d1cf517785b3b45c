"""Products of matrices."""

from typing import Any

import numpy as np

from mlviz.autograd.ops.table import add_up, structured, unbroadcast


def _product(x: Any, y: Any) -> Any:
    """Return `x @ y`; whole matrices find their way to the same library sooner by `dot`.

    The bits are the same only where neither has gaps: of others `dot` makes copies.
    """
    if x.ndim == 2 and y.ndim == 2 and x.flags.forc and y.flags.forc:
        return x.dot(y)
    return x @ y


def _matmul_vjp_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    if y.ndim == 1:
        return unbroadcast(g[..., None] * y, x.shape)
    if x.ndim == 1:
        return unbroadcast((y @ g[..., None])[..., 0], x.shape)
    return unbroadcast(g @ y.swapaxes(-1, -2), x.shape)


def _matmul_vjp_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    if x.ndim == 1:
        return unbroadcast(x[:, None] * g[..., None, :] if y.ndim > 1 else g * x, y.shape)
    if y.ndim == 1:
        return unbroadcast((x.swapaxes(-1, -2) @ g[..., None])[..., 0], y.shape)
    return unbroadcast(x.swapaxes(-1, -2) @ g, y.shape)


MATMUL = structured(
    "matmul",
    "x @ y",
    np.matmul,
    ("g @ transpose(y)", _matmul_vjp_x),
    ("transpose(x) @ g", _matmul_vjp_y),
)

OUTER = structured(
    "outer",
    "outer(x, y)",
    lambda x, y: x[:, None] * y,
    ("g @ y", lambda g, out, x, y: g @ y),
    ("transpose(g) @ x", lambda g, out, x, y: g.T @ x),
)


def _linear(x: Any, weight: Any, bias: Any) -> Any:
    out = _product(x, weight.T)
    out += bias
    return out


def _linear_vjp_weight(g: Any, out: Any, x: Any, weight: Any, bias: Any) -> Any:
    if g.ndim == 2:
        return _product(g.T, x)
    # A linear layer treats every row alike, however many axes stand before the last.
    return g.reshape(-1, weight.shape[0]).T @ x.reshape(-1, weight.shape[1])


def _linear_vjp_bias(g: Any, out: Any, x: Any, weight: Any, bias: Any) -> Any:
    if g.ndim == 2 and bias.shape == g.shape[1:]:
        return add_up(g, 0)
    return unbroadcast(g, bias.shape)


LINEAR = structured(
    "linear",
    "x @ transpose(y) + z",
    _linear,
    ("g @ y", lambda g, out, x, weight, bias: _product(g, weight)),
    ("transpose(g) @ x", _linear_vjp_weight),
    ("sum_rows(g)", _linear_vjp_bias),
)
"""`x @ weight.T + bias`, the affine layer; `y` is the weight and `z` the bias in the rule."""
