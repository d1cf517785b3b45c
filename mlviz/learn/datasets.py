"""Data sets that a document asks for by name."""

import numpy as np

from mlviz.learn.data.dataset import Dataset


def xor() -> Dataset:
    """Return the four cases of exclusive or: true when exactly one of two inputs is."""
    inputs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = np.array([[0.0], [1.0], [1.0], [0.0]])
    return Dataset("xor", inputs, targets, ("x1", "x2"), "exclusive or")


DATASETS = {"xor": xor}
"""Every data set by name."""
