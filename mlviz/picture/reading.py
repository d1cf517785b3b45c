"""Examples in units of their own, and how a network reads them: scaled, with their powers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.document.data_file import DataInfo
from mlviz.learn.datasets import GENERATED, generated_set
from mlviz.learn.measure import PARTS
from mlviz.learn.network import NetworkProgram

_TRUE_POINTS = 400


def same(numbers: Array) -> Array:
    """Return the numbers as they are."""
    return numbers


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What people call the numbers that a network reads and answers.

    Attributes:
        inputs: of each part that there is, in units of their own, (rows, features).
        names: of the features, and last of what is learned.
        to_network: what the network reads for features: (n, features) → (n, its inputs).
        from_network: what its outputs mean: (n, outputs) → the same.
        truth: the curve that the data were made from, as two columns; None if not known.
    """

    inputs: dict[str, Array]
    names: tuple[str, ...]
    to_network: Callable[[Array], Array] = same
    from_network: Callable[[Array], Array] = same
    truth: Array | None = None

    @property
    def features(self) -> int:
        """How many features an example has."""
        return len(self.names) - 1


def reading_of(program: NetworkProgram, info: DataInfo | None) -> Reading:
    """Return how a network reads its data.

    Args:
        program: the network with its data.
        info: where the data come from. If the program has other numbers meanwhile, because one
            was changed by hand, they are told as the network reads them.
    """
    own = _network_parts(program)
    if info is not None:
        prepared = info.prepared
        rows = dict(zip(PARTS, info.split, strict=True))
        inputs = {part: info.dataset.inputs[rows[part]] for part in own}
        if all(np.array_equal(prepared.network_inputs(inputs[part]), own[part]) for part in own):
            scale = prepared.target_scale
            return Reading(
                inputs,
                (*info.input_names, info.dataset.target_name or "y"),
                prepared.network_inputs,
                same if scale is None else scale.inverse,
                _true_curve(info),
            )
    count = program.inputs.shape[1]
    names = program.spec.input_names or tuple(f"x{number}" for number in range(1, count + 1))
    return Reading(own, (*(_plain(name) for name in names), "y"))


def _network_parts(program: NetworkProgram) -> dict[str, Array]:
    pairs = {"validation": program.validation, "test": program.test}
    return {"train": program.inputs} | {
        part: pair[0] for part, pair in pairs.items() if pair is not None
    }


def _plain(name: str) -> str:
    return name.replace("_", "")


def _true_curve(info: DataInfo) -> Array | None:
    """Return the curve without noise, of a set that is made by rule along one feature."""
    data = info.dataset
    if info.source != "generated" or data.classes or data.inputs.shape[1] != 1:
        return None
    if info.name not in GENERATED:
        return None
    exact = generated_set(info.name, _TRUE_POINTS, 0.0, 0)
    points = np.column_stack([exact.inputs[:, 0], exact.targets[:, 0]])
    return np.asarray(points[points[:, 0].argsort()])
