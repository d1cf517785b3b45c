"""From the tables of a network to its program; sizes are checked before arrays are made."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from mlviz.autograd import Array
from mlviz.document.checks import (
    at_most,
    check_count,
    check_known,
    check_name,
    check_shape,
    check_size,
    matrix,
    required,
    same_count,
)
from mlviz.document.data_file import DataInfo, read_data, with_split
from mlviz.document.limits import MAX_ENTRIES, MAX_LAYERS, MAX_ROWS, MAX_UNITS
from mlviz.document.schema import DataTable, FileTable, LayerTable, LossTable, NetworkTable
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.learn.data.preprocess import one_hot
from mlviz.learn.data.splits import Split
from mlviz.learn.init import INITIALIZERS, initial_weight
from mlviz.learn.losses import LOSSES, REDUCTIONS, LossSpec
from mlviz.learn.network import ACTIVATIONS, LayerSpec, NetworkProgram, NetworkSpec

_REDUCTIONS = ("mean", "sum")


def network_program(
    file: str, table: FileTable, folder: Path | None = None, split: Split | None = None
) -> tuple[NetworkProgram, DataInfo]:
    """Return the network of a file with its data and its loss, and what the data is.

    Args:
        file: the file's name in errors.
        table: the file.
        folder: where files are that it names; the current folder if None.
        split: which rows are for what; as the file says if None.

    Raises:
        DocumentError: sizes do not fit together or are too large, or a name is not known.
    """
    network = required(file, "", "network", table.network)
    data = required(file, "", "data", table.data)
    loss = required(file, "", "loss", table.loss)
    return _Reader(file, network, data, loss, table.seed, folder).read(split)


class _Reader:
    def __init__(
        self,
        file: str,
        network: NetworkTable,
        data: DataTable,
        loss: LossTable,
        seed: int,
        folder: Path | None,
    ) -> None:
        self.file = file
        self.network = network
        self.data = data
        self.loss_table = loss
        self.seed = seed
        self.folder = folder

    def read(self, split: Split | None) -> tuple[NetworkProgram, DataInfo]:
        self._check_sizes()
        loss = self._loss()
        self._check_written(loss)
        info = read_data(self.file, self.data, self.folder)
        self._check_inputs(info)
        if split is not None:
            info = with_split(self.file, info, self.data, split)
        parts = [self._part(info, loss, rows) for rows in info.split]
        batch = self.data.batch_size
        if batch is not None:
            check_size(self.file, "data.batch_size", batch, MAX_ROWS)
        rows = len(info.split.train)
        self._check_work(rows if batch is None else min(batch, rows))
        spec = NetworkSpec(
            self.network.inputs,
            tuple(self._layer(number) for number in range(len(self.network.layers))),
            self._names("data.input_names", self.data.input_names, self.network.inputs),
            self._names("data.target_names", self.data.target_names, self._target_names()),
        )
        self._check_unique()
        (inputs, targets), validation, test = parts
        program = NetworkProgram(
            spec,
            inputs,
            targets,
            loss,
            batch_size=batch,
            seed=self.seed,
            validation=validation if len(validation[0]) else None,
            test=test if len(test[0]) else None,
            classes=info.classes,
        )
        return program, info

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
            self._dropout(f"{key}.dropout", layer.dropout),
        )

    def _dropout(self, key: str, share: float) -> float:
        if not 0 <= share < 1:
            problem = Message("error.document.range", found=f"{share:g}", low="0", high="0.99")
            raise DocumentError(self.file, key, problem, found=f"{share:g}")
        return share

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
        return matrix(self.file, f"{key}.weight", layer.weight, shape)

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
        if spec.of_logits and activation != "identity":
            problem = Message("error.document.logits", loss=table.name, found=activation)
            raise DocumentError(self.file, f"network.layers[{last}].activation", problem)
        count = 1 if spec.of_classes else self._outputs
        names = self._names("loss.entry_names", table.entry_names, count)
        return LossSpec(table.name, kind, names)

    def _check_written(self, loss: LossSpec) -> None:
        """Refuse answers written in the file that are not what the loss learns."""
        if self.data.targets is None or self.data.task is not None:
            return
        for index, target in enumerate(self.data.targets):
            key = f"data.targets[{index}]"
            if loss.of_classes and (isinstance(target, list) or target not in self._kinds):
                problem = Message("error.document.class", last=self._outputs - 1)
                raise DocumentError(self.file, key, problem)
            if not loss.of_classes and not isinstance(target, list):
                raise DocumentError(self.file, key, Message("error.document.row"))

    @property
    def _kinds(self) -> range:
        return range(self._outputs)

    def _check_inputs(self, info: DataInfo) -> None:
        found = info.inputs
        if info.source == "rows" and self.data.degree == 1:
            shape = (len(info.dataset), self.network.inputs)
            check_shape(self.file, "data.inputs", (len(info.dataset), found), shape)
        same_count(self.file, "network.inputs", self.network.inputs, found)

    def _part(self, info: DataInfo, loss: LossSpec, rows: Array) -> tuple[Array, Array]:
        """Return inputs and answers of some rows, the answers as the loss wants them."""
        inputs = info.prepared.network_inputs(info.dataset.inputs[rows])
        return inputs, self._targets(info, loss, rows)

    def _targets(self, info: DataInfo, loss: LossSpec, rows: Array) -> Array:
        last = f"network.layers[{len(self.network.layers) - 1}].units"
        if not info.classes:
            if loss.of_classes:
                raise DocumentError(self.file, "data", Message("error.document.no_classes"))
            answers = info.prepared.network_targets(rows)
            if info.source == "rows":
                shape = (len(rows), self._outputs)
                check_shape(self.file, "data.targets", answers.shape, shape)
            same_count(self.file, last, self._outputs, answers.shape[1])
            if loss.of_two_classes and not ((answers >= 0) & (answers <= 1)).all():
                raise DocumentError(self.file, "data", Message("error.document.not_shares"))
            return answers
        kinds = info.dataset.targets[rows]
        if loss.of_classes:
            if info.source != "rows":
                same_count(self.file, last, self._outputs, len(info.classes))
            return kinds
        if self._outputs == 1 and len(info.classes) == 2:
            return kinds[:, None].astype(np.float64)
        wanted = 1 if len(info.classes) == 2 and self._outputs != 2 else len(info.classes)
        same_count(self.file, last, self._outputs, wanted)
        return one_hot(kinds, len(info.classes))

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
