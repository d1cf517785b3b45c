"""Small data sets by name."""

from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Examples with their answers.

    Attributes:
        inputs: one example a row, (rows, features).
        targets: one answer a row, (rows, outputs).
    """

    inputs: Array
    targets: Array


def xor() -> Dataset:
    """Return the four cases of exclusive or: true when exactly one of two inputs is."""
    inputs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return Dataset(inputs, np.array([[0.0], [1.0], [1.0], [0.0]]))


DATASETS = {"xor": xor}
"""Every data set by name."""
