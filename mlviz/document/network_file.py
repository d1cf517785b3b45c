"""From the tables of a network to its program; sizes are checked before arrays are made."""

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from mlviz.autograd import Array
from mlviz.document.checks import (
    at_most,
    check_count,
    check_known,
    check_name,
    check_size,
    required,
    same_count,
)
from mlviz.document.limits import MAX_ENTRIES, MAX_LAYERS, MAX_ROWS, MAX_UNITS
from mlviz.document.schema import DataTable, FileTable, LayerTable, LossTable, NetworkTable
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.learn.datasets import DATASETS
from mlviz.learn.init import INITIALIZERS, initial_weight
from mlviz.learn.losses import LOSSES, REDUCTIONS, LossSpec
from mlviz.learn.network import ACTIVATIONS, LayerSpec, NetworkProgram, NetworkSpec
from mlviz.numerals import format_shape

_REDUCTIONS = ("mean", "sum")


def network_program(file: str, table: FileTable) -> NetworkProgram:
    """Return the network of a file with its data and its loss.

    Raises:
        DocumentError: sizes do not fit together or are too large, or a name is not known.
    """
    network = required(file, "", "network", table.network)
    data = required(file, "", "data", table.data)
    loss = required(file, "", "loss", table.loss)
    return _Reader(file, network, data, loss, table.seed).program()


class _Reader:
    def __init__(
        self, file: str, network: NetworkTable, data: DataTable, loss: LossTable, seed: int
    ) -> None:
        self.file = file
        self.network = network
        self.data = data
        self.loss_table = loss
        self.seed = seed

    def program(self) -> NetworkProgram:
        self._check_sizes()
        loss = self._loss()
        inputs, targets = self._data(loss)
        batch = self.data.batch_size
        if batch is not None:
            check_size(self.file, "data.batch_size", batch, MAX_ROWS)
        rows = len(inputs) if batch is None else min(batch, len(inputs))
        self._check_work(rows)
        spec = NetworkSpec(
            self.network.inputs,
            tuple(self._layer(number) for number in range(len(self.network.layers))),
            self._names("data.input_names", self.data.input_names, self.network.inputs),
            self._names("data.target_names", self.data.target_names, self._target_names()),
        )
        self._check_unique()
        return NetworkProgram(spec, inputs, targets, loss, batch_size=batch, seed=self.seed)

    # --- Sizes -----------------------------------------------------------------------------

    def _check_sizes(self) -> None:
        check_size(self.file, "network.inputs", self.network.inputs, MAX_UNITS)
        check_count(self.file, "network.layers", len(self.network.layers), MAX_LAYERS)
        for index, layer in enumerate(self.network.layers):
            key = f"network.layers[{index}]"
            check_size(self.file, f"{key}.units", layer.units, MAX_UNITS)
            check_known(self.file, f"{key}.activation", layer.activation, ACTIVATIONS)

    def _check_work(self, rows: int) -> None:
        """Refuse a network whose forward pass would compute too many numbers."""
        weights = sum(self._fan_in(i) * each.units for i, each in enumerate(self.network.layers))
        units = self.network.inputs + 2 * sum(layer.units for layer in self.network.layers)
        at_most(self.file, "network", weights + rows * units, MAX_ENTRIES)

    def _fan_in(self, index: int) -> int:
        return self.network.layers[index - 1].units if index else self.network.inputs

    @property
    def _outputs(self) -> int:
        return self.network.layers[-1].units

    # --- Layers ----------------------------------------------------------------------------

    def _layer(self, index: int) -> LayerSpec:
        layer, key = self.network.layers[index], f"network.layers[{index}]"
        units = layer.units
        bias = self._bias(key, layer)
        shared = 0 if bias is None else 1 if bias.ndim == 0 else units
        return LayerSpec(
            units,
            layer.activation,
            self._weight(key, index),
            bias,
            layer.train_bias,
            self._weight_names(key, layer.weight_names, (units, self._fan_in(index))),
            self._names(f"{key}.bias_names", layer.bias_names, shared),
            self._names(f"{key}.pre_activation_names", layer.pre_activation_names, units),
            self._names(f"{key}.activation_names", layer.activation_names, units),
        )

    def _weight(self, key: str, index: int) -> Array:
        layer = self.network.layers[index]
        shape = (layer.units, self._fan_in(index))
        if layer.weight is None:
            init = layer.init or "xavier_uniform"
            check_known(self.file, f"{key}.init", init, INITIALIZERS)
            return initial_weight(init, shape, self.seed, index + 1)
        if layer.init is not None:
            problem = Message("error.document.only_one", first="weight", second="init")
            raise DocumentError(self.file, key, problem)
        return self._matrix(f"{key}.weight", layer.weight, shape)

    def _matrix(self, key: str, rows: Sequence[Sequence[object]], shape: tuple[int, int]) -> Array:
        for index, row in enumerate(rows):
            if len(row) != len(rows[0]):
                same_count(self.file, f"{key}[{index}]", len(row), len(rows[0]))
        found = (len(rows), len(rows[0]) if rows else 0)
        if found != shape:
            problem = Message(
                "error.document.shape", found=format_shape(found), wanted=format_shape(shape)
            )
            raise DocumentError(self.file, key, problem, found=format_shape(found))
        return np.array(rows, dtype=np.float64)

    def _bias(self, key: str, layer: LayerTable) -> Array | None:
        match layer.bias:
            case False:
                return None
            case None | True:
                return np.zeros(layer.units)
            case list() as numbers:
                same_count(self.file, f"{key}.bias", len(numbers), layer.units)
                return np.array(numbers, dtype=np.float64)
            case number:
                return np.array(number, dtype=np.float64)

    # --- Data and loss ---------------------------------------------------------------------

    def _loss(self) -> LossSpec:
        table = self.loss_table
        check_known(self.file, "loss.name", table.name, LOSSES)
        reduction = REDUCTIONS[table.name] if table.reduction is None else table.reduction
        check_known(self.file, "loss.reduction", reduction, _REDUCTIONS)
        kind: Literal["mean", "sum"] = "sum" if reduction == "sum" else "mean"
        last = len(self.network.layers) - 1
        activation = self.network.layers[last].activation
        spec = LossSpec(table.name, kind)
        if spec.of_classes and activation != "identity":
            problem = Message("error.document.logits", loss=table.name, found=activation)
            raise DocumentError(self.file, f"network.layers[{last}].activation", problem)
        count = 1 if spec.of_classes else self._outputs
        names = self._names("loss.entry_names", table.entry_names, count)
        return LossSpec(table.name, kind, names)

    def _data(self, loss: LossSpec) -> tuple[Array, Array]:
        table = self.data
        if table.set is not None:
            return self._set(table.set, loss)
        found = required(self.file, "data", "inputs", table.inputs)
        targets = required(self.file, "data", "targets", table.targets)
        rows = len(found)
        check_count(self.file, "data.inputs", rows, MAX_ROWS)
        inputs = self._matrix("data.inputs", found, (rows, self.network.inputs))
        same_count(self.file, "data.targets", len(targets), rows)
        if loss.of_classes:
            return inputs, self._classes(targets)
        for index, row in enumerate(targets):
            if not isinstance(row, list):
                problem = Message("error.document.row")
                raise DocumentError(self.file, f"data.targets[{index}]", problem)
        answers = [row for row in targets if isinstance(row, list)]
        return inputs, self._matrix("data.targets", answers, (rows, self._outputs))

    def _set(self, name: str, loss: LossSpec) -> tuple[Array, Array]:
        check_known(self.file, "data.set", name, DATASETS)
        if self.data.inputs is not None or self.data.targets is not None:
            problem = Message("error.document.only_one", first="set", second="inputs")
            raise DocumentError(self.file, "data", problem)
        data = DATASETS[name]()
        same_count(self.file, "network.inputs", self.network.inputs, data.inputs.shape[1])
        if loss.of_classes:
            raise DocumentError(self.file, "data.set", Message("error.document.no_classes"))
        last = f"network.layers[{len(self.network.layers) - 1}].units"
        same_count(self.file, last, self._outputs, data.targets.shape[1])
        return data.inputs, data.targets

    def _classes(self, targets: Sequence[list[float] | float]) -> Array:
        for index, target in enumerate(targets):
            is_class = not isinstance(target, list) and target in range(self._outputs)
            if not is_class:
                problem = Message("error.document.class", last=self._outputs - 1)
                raise DocumentError(self.file, f"data.targets[{index}]", problem)
        return np.array(targets, dtype=np.intp)

    def _target_names(self) -> int:
        return 1 if self.loss_table.name == "cross_entropy" else self._outputs

    # --- Names -----------------------------------------------------------------------------

    def _names(self, key: str, names: Sequence[str], count: int) -> tuple[str, ...]:
        if names:
            same_count(self.file, key, len(names), count)
        for index, name in enumerate(names):
            check_name(self.file, f"{key}[{index}]", name)
        return tuple(names)

    def _weight_names(
        self, key: str, rows: Sequence[Sequence[str]], shape: tuple[int, int]
    ) -> tuple[str, ...]:
        key = f"{key}.weight_names"
        if rows:
            same_count(self.file, key, len(rows), shape[0])
        checked: list[str] = []
        for index, row in enumerate(rows):
            same_count(self.file, f"{key}[{index}]", len(row), shape[1])
            checked += self._names(f"{key}[{index}]", row, shape[1])
        return tuple(checked)

    def _check_unique(self) -> None:
        """Refuse a name that is given twice: on screen they could not be told apart."""
        seen: set[str] = set()
        for key, name in self._all_names():
            if name in seen:
                raise DocumentError(self.file, key, Message("error.document.name_twice", name=name))
            seen.add(name)

    def _all_names(self) -> Iterator[tuple[str, str]]:
        yield from (("data.input_names", name) for name in self.data.input_names)
        yield from (("data.target_names", name) for name in self.data.target_names)
        yield from (("loss.entry_names", name) for name in self.loss_table.entry_names)
        for index, layer in enumerate(self.network.layers):
            key = f"network.layers[{index}]"
            for row in layer.weight_names:
                yield from ((f"{key}.weight_names", name) for name in row)
            yield from ((f"{key}.bias_names", name) for name in layer.bias_names)
            yield from (
                (f"{key}.pre_activation_names", name) for name in layer.pre_activation_names
            )
            yield from ((f"{key}.activation_names", name) for name in layer.activation_names)
