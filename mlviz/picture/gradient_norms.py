"""Norms of each layer's gradient, weights and updates over time, ready to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.picture.inside_samples import Samples
from mlviz.picture.insides import LayerInside, norm, ratio

_LEAST_APART = 13.0


@dataclass(frozen=True, slots=True, eq=False)
class LayerLine:
    """One number of one layer over time.

    Attributes:
        layer: from 1.
        at: the iterations that were measured, (m).
        values: there, (m).
    """

    layer: int
    at: Array
    values: Array


def layer_lines(samples: Samples, name: str) -> list[LayerLine]:
    """Return a line for each layer: one of `NORMS`."""
    at = samples.at
    return [LayerLine(layer + 1, at, samples.norm(layer, name)) for layer in range(samples.layers)]


def norm_now(layer: LayerInside, name: str) -> float:
    """Return one of `NORMS` of a layer at the cursor."""
    if name == "gradient":
        return norm(layer.gradient)
    if name == "weight":
        return norm(layer.weight)
    if name == "ratio":
        return ratio(norm(layer.update), norm(layer.weight))
    return float(layer.silent.sum())


def with_length(at: Array, values: Array, length: float) -> tuple[Array, Array]:
    """Return a line that can be seen: a single point becomes a short one."""
    if len(at) == 1:
        return np.array([at[0], at[0] + length]), np.repeat(values, 2)
    return at, values


def apart(places: Sequence[float], low: float, high: float, least: float = _LEAST_APART) -> Array:
    """Return places for labels, as near as possible to where they belong, none on another.

    Args:
        places: where they belong, px.
        low: no label lies before this.
        high: nor behind this, unless there are too many.
        least: px between two.
    """
    order = np.argsort(places, kind="stable")
    wanted = np.clip(np.asarray(places, np.float64)[order], low, high)
    shift = np.arange(len(wanted)) * least
    # Downwards nothing overlaps; what was pushed out below comes back up.
    down = np.maximum.accumulate(wanted - shift) + shift
    limit = max(high, low + shift[-1]) if len(shift) else high
    up = np.minimum.accumulate((np.minimum(down, limit) + shift[::-1])[::-1])[::-1] - shift[::-1]
    found = np.empty(len(wanted))
    found[order] = up
    return found
