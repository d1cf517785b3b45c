"""What a set of examples is: rows of inputs, and what is to be learned from each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from mlviz.autograd import Array, Tensor, TensorLike, as_tensor
from mlviz.errors import ArgumentError
from mlviz.i18n import Message


class Examples(Protocol):
    """Anything that can be counted and asked for example number i."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> Any: ...


class TensorDataset:
    """Tensors whose rows belong together, such as inputs and targets.

    Shapes: (rows, …), each; row i is (…).

    Args:
        tensors: tensors or arrays with the same number of rows.

    Attributes:
        tensors: these, as tensors; `dataset[i]` takes row i of each, or several rows if i is
            a slice or an array.

    Raises:
        ArgumentError: there are none, or their numbers of rows differ.
    """

    def __init__(self, *tensors: TensorLike) -> None:
        self.tensors: tuple[Tensor, ...] = tuple(as_tensor(tensor) for tensor in tensors)
        rows = {tensor.shape[0] if tensor.ndim else 0 for tensor in self.tensors}
        if len(rows) != 1:
            shapes = ", ".join(str(tensor.shape) for tensor in self.tensors)
            raise ArgumentError(Message("error.data.rows", shapes=shapes))

    def __len__(self) -> int:
        return int(self.tensors[0].shape[0])

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(Tensor(tensor.numpy()[index]) for tensor in self.tensors)


class Subset:
    """Some of the rows of a set, in an order of their own.

    Shapes: of a row, as in the whole.

    Args:
        dataset: the whole.
        indices: which of its rows.

    Raises:
        IndexError: when it is asked for a row that is not there.
    """

    def __init__(self, dataset: Examples, indices: Sequence[int] | Array) -> None:
        self.dataset = dataset
        self.indices = np.asarray(indices, dtype=np.intp)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[self.indices[index]]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A set of examples that says what its numbers are.

    Shapes: inputs (rows, features), targets (rows) or (rows, 1).

    Attributes:
        name: what it is called, such as `iris`.
        inputs: (rows, features), floats.
        targets: class numbers from 0, (rows), or for a regression floats, (rows, 1).
        input_names: what each feature is called, with its unit.
        target_name: what is to be learned.
        classes: names of the classes by their number; empty for a regression.
    """

    name: str
    inputs: Array
    targets: Array
    input_names: tuple[str, ...]
    target_name: str
    classes: tuple[str, ...] = ()

    @property
    def tensors(self) -> tuple[Tensor, Tensor]:
        """Inputs and targets as tensors."""
        return Tensor(self.inputs), Tensor(self.targets)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: Any) -> tuple[Tensor, Tensor]:
        return Tensor(self.inputs[index]), Tensor(self.targets[index])

    def take(self, rows: ArrayLike) -> "Dataset":
        """Return a set of some of the rows: their numbers, in order, or a mask.

        Shapes: rows (n) → n rows.

        Raises:
            IndexError: a row is not there.
        """
        chosen = np.asarray(rows)
        return Dataset(
            self.name,
            self.inputs[chosen],
            self.targets[chosen],
            self.input_names,
            self.target_name,
            self.classes,
        )

    def __repr__(self) -> str:
        kind = f"{len(self.classes)} classes" if self.classes else f"target {self.target_name}"
        return f"Dataset({self.name}: {len(self)} rows, {self.inputs.shape[1]} inputs, {kind})"
