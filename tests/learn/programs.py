"""Networks that tests train."""

from typing import Any

import numpy as np

from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec


def network(dropout: float = 0.0, rows: int = 40, **options: Any) -> NetworkProgram:
    """Return a 2-5-4-1 network that tells two classes apart."""
    rng = np.random.default_rng(3)
    sizes, dropouts = (2, 5, 4, 1), (dropout, dropout / 2, 0.0)
    layers = tuple(
        LayerSpec(
            sizes[number + 1],
            "tanh" if number < 2 else "identity",
            rng.normal(size=(sizes[number + 1], sizes[number])),
            np.zeros(sizes[number + 1]),
            dropout=dropouts[number],
        )
        for number in range(3)
    )
    inputs = rng.normal(size=(rows, 2))
    targets = (inputs[:, :1] * inputs[:, 1:] > 0).astype(float)
    loss = options.pop("loss", LossSpec("binary_cross_entropy_with_logits"))
    options = {"batch_size": 16, "seed": 4, **options}
    return NetworkProgram(NetworkSpec(2, layers), inputs, targets, loss, **options)
