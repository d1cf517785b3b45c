"""A multi-layer network with its data and its loss: a program that can be trained.

Shapes are PyTorch's: a batch is (rows, features), a weight (out_features, in_features).
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from mlviz.autograd import Array, Tape, Tensor, functional, record
from mlviz.learn.batches import Batches, Dropout
from mlviz.learn.losses import LossSpec
from mlviz.learn.records import Parameters, Recording, entry

Part = tuple[Array, Array]
"""Inputs and targets, row by row."""

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor] | None] = {
    "identity": None,
    "tanh": functional.tanh,
    "sigmoid": functional.sigmoid,
    "relu": functional.relu,
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "softplus": functional.softplus,
}
"""Every activation by name; the identity records no operation."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerSpec:
    """One affine layer with its activation.

    Names are written in plain letters, such as `net_h1`, one for each entry; where they are
    left out, entries are called after their tensor.

    Attributes:
        units: how many outputs it has.
        activation: a key of `ACTIVATIONS`.
        weight: the starting weight, (units, inputs).
        bias: the starting bias, (units), or one number for all units, (); None for no bias.
        train_bias: whether the bias is updated; otherwise it is held fixed.
        weight_names: names of the weights, row by row.
        bias_names: names of the biases.
        pre_activation_names: names of the units' sums.
        activation_names: names of the units' outputs.
        dropout: the probability with which an output is left out in training; the last
            layer leaves none out.
    """

    units: int
    activation: str
    weight: Array
    bias: Array | None = None
    train_bias: bool = True
    weight_names: tuple[str, ...] = ()
    bias_names: tuple[str, ...] = ()
    pre_activation_names: tuple[str, ...] = ()
    activation_names: tuple[str, ...] = ()
    dropout: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class NetworkSpec:
    """Layers one after the other.

    Attributes:
        inputs: how many features an example has.
        layers: from the first to the last.
        input_names: names of the features.
        target_names: names of the last layer's targets.
    """

    inputs: int
    layers: tuple[LayerSpec, ...]
    input_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()


class NetworkProgram:
    """A network, its data and its loss.

    Recorded values are labelled: `x`, for layer k `W^k`, `b^k`, `z^k` and `a^k`, with dropout
    the mask `m^k` and what it leaves `d^k`, the last activation `yhat`, the target `y` and the
    loss `L`.

    Args:
        spec: the network.
        inputs: one example a row, (rows, features).
        targets: one answer a row, (rows, outputs), or class indices, (rows).
        loss: what is differentiated.
        batch_size: how many rows an iteration sees; all of them if None. Every pass over the
            data has another order; the last batch of a pass may be smaller.
        seed: decides the order of the rows and the masks of dropout.
        validation: inputs and targets that are measured while training, or None.
        test: inputs and targets that are measured at the end, or None.
        classes: what the classes are called, by their number.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        inputs: ArrayLike,
        targets: ArrayLike,
        loss: LossSpec,
        *,
        batch_size: int | None = None,
        seed: int = 0,
        validation: Part | None = None,
        test: Part | None = None,
        classes: Sequence[str] = (),
    ) -> None:
        self.spec = spec
        self.inputs = np.asarray(inputs, dtype=np.float64)
        self._kind = np.intp if loss.of_classes else np.float64
        self.targets = np.asarray(targets, dtype=self._kind)
        self.loss = loss
        self.batch_size = batch_size
        self.seed = seed
        self.validation = self._part(validation)
        self.test = self._part(test)
        self.classes = tuple(classes)
        self._batches = self._made_batches()

    def _part(self, part: Part | None) -> Part | None:
        if part is None:
            return None
        return np.asarray(part[0], np.float64), np.asarray(part[1], self._kind)

    def _made_batches(self, first: int = 1, epoch: int = 0) -> Batches:
        dropout = tuple(
            Dropout(number, layer.units, layer.dropout)
            for number, layer in enumerate(self.spec.layers[:-1], 1)
            if layer.dropout
        )
        return Batches(self.inputs, self.targets, self.batch_size, self.seed, dropout, first, epoch)

    @property
    def iterations_per_epoch(self) -> int:
        """How many iterations see all rows once."""
        return self._batches.per_epoch

    def epoch_of(self, iteration: int) -> int:
        """Return in which pass over the data an iteration is, from 0."""
        return self._batches.epoch_of(iteration)

    def continuing(self, before: "NetworkProgram", iteration: int) -> "NetworkProgram":
        """Return this program as it goes on from another one at an iteration.

        With the same batches the pass over the data goes on; with others a new one begins.
        """
        old, other = before._batches, copy.copy(self)
        if (len(old.inputs), old.size, old.seed) == (
            len(self.inputs),
            self._batches.size,
            self.seed,
        ):
            other._batches = other._made_batches(old.first, old.epoch)
            return other
        begun = (iteration - old.first) % old.per_epoch > 0
        other._batches = other._made_batches(iteration, old.epoch_of(iteration) + begun)
        return other

    def has_data_of(self, other: "NetworkProgram") -> bool:
        """Return whether another network learns from, and is measured with, the same examples."""
        pairs = [(self.inputs, self.targets, *(self.validation or ()), *(self.test or ()))]
        pairs.append((other.inputs, other.targets, *(other.validation or ()), *(other.test or ())))
        return len(pairs[0]) == len(pairs[1]) and all(map(np.array_equal, *pairs))

    def start(self) -> Parameters:
        """Return the parameters that the first iteration starts from."""
        parameters = {}
        for number, layer in enumerate(self.spec.layers, 1):
            parameters[f"layer{number}.weight"] = layer.weight
            if layer.bias is not None and layer.train_bias:
                parameters[f"layer{number}.bias"] = layer.bias
        return parameters

    def rows(self, iteration: int) -> Array:
        """Return the numbers of the rows that an iteration sees."""
        return self._batches.rows(iteration)

    def data(self, iteration: int) -> Mapping[str, Array]:
        """Return the rows that an iteration sees, and the masks of dropout."""
        return self._batches.data(iteration)

    def run(self, parameters: Parameters, iteration: int) -> Recording:
        """Run forward with these parameters, recording everything."""
        return self.recorded(parameters, self.data(iteration))

    def recorded(self, parameters: Parameters, data: Mapping[str, Array]) -> Recording:
        """Run forward on any rows; without masks nothing is left out."""
        rows = len(data["inputs"])
        # A number that overflows is shown as what it is, so NumPy need not warn too.
        with np.errstate(all="ignore"), record() as tape:
            value = Tensor(data["inputs"])
            names = _by_row(self.spec.input_names, rows)
            tape.label(value, "x", origin="inputs", role="input", parts=names)
            for number in range(1, len(self.spec.layers) + 1):
                value = self._layer(tape, value, number, parameters)
                mask = data.get(f"layer{number}.mask")
                if mask is not None:
                    value = _masked(tape, value, mask, number)
            loss = self._loss(tape, value, data["targets"])
            output = tape.id_of(loss)
        tape.close()
        return Recording(tape, output)

    def with_leaf(
        self, origin: str, index: tuple[int, ...], value: float, iteration: int
    ) -> "NetworkProgram":
        """Return the network with one number of its data changed, or of a bias held fixed.

        An entry of the data is counted in the rows that iteration `iteration` sees.
        """
        other = copy.copy(self)
        if origin in ("inputs", "targets"):
            whole = (int(self.rows(iteration)[index[0]]), *index[1:])
            if origin == "inputs":
                other.inputs = entry(self.inputs, whole, value)
                return other.continuing(self, iteration)
            if self.loss.of_classes and value not in range(self.spec.layers[-1].units):
                raise ValueError(value)
            other.targets = entry(self.targets, whole, value)
            return other.continuing(self, iteration)
        layers = list(self.spec.layers)
        for number, layer in enumerate(layers):
            if origin == f"layer{number + 1}.bias" and layer.bias is not None:
                layers[number] = replace(layer, bias=entry(layer.bias, index, value))
                other.spec = replace(self.spec, layers=tuple(layers))
                return other
        raise KeyError(origin)

    def _layer(self, tape: Tape, value: Tensor, number: int, parameters: Parameters) -> Tensor:
        layer = self.spec.layers[number - 1]
        here, rows = f"layer{number}", value.shape[0]
        weight = Tensor(parameters[f"{here}.weight"], requires_grad=True)
        tape.label(
            weight,
            f"W^{number}",
            origin=f"{here}.weight",
            role="parameter",
            parts=layer.weight_names,
        )
        bias = self._bias(tape, layer, number, parameters)
        is_last = number == len(self.spec.layers)
        activate = ACTIVATIONS[layer.activation]
        z = functional.linear(value, weight, bias)
        z_names = layer.pre_activation_names
        if activate is None and is_last:
            z_names = layer.activation_names or z_names
        z_name = "yhat" if activate is None and is_last else f"z^{number}"
        tape.label(z, z_name, origin=f"{here}.z", parts=_by_row(z_names, rows))
        if activate is None:
            return z
        a = activate(z)
        a_name = "yhat" if is_last else f"a^{number}"
        tape.label(a, a_name, origin=f"{here}.a", parts=_by_row(layer.activation_names, rows))
        return a

    def _bias(
        self, tape: Tape, layer: LayerSpec, number: int, parameters: Parameters
    ) -> Tensor | None:
        if layer.bias is None:
            return None
        origin = f"layer{number}.bias"
        bias = Tensor(parameters.get(origin, layer.bias), requires_grad=layer.train_bias)
        role = "parameter" if layer.train_bias else "constant"
        tape.label(bias, f"b^{number}", origin=origin, role=role, parts=layer.bias_names)
        return bias

    def _loss(self, tape: Tape, output: Tensor, targets: Array) -> Tensor:
        target, rows = Tensor(targets), len(targets)
        names = _by_row(self.spec.target_names, rows)
        tape.label(target, "y", origin="targets", role="target", parts=names)
        entries = self.loss.entries(output, target)
        if self.loss.entry_names:
            tape.label(entries, "E", parts=_by_row(self.loss.entry_names, rows))
        loss = self.loss.reduced(entries)
        tape.label(loss, "L", origin="loss")
        return loss


def _masked(tape: Tape, value: Tensor, mask: Array, number: int) -> Tensor:
    factor = Tensor(mask)
    tape.label(factor, f"m^{number}", origin=f"layer{number}.mask", role="constant")
    left = value * factor
    tape.label(left, f"d^{number}", origin=f"layer{number}.dropped")
    return left


def _by_row(names: Sequence[str], rows: int) -> tuple[str, ...]:
    """Return the names of a batch's entries: with several rows, each with the row's number."""
    return tuple(names if rows == 1 else _numbered(names, rows))


def _numbered(names: Sequence[str], rows: int) -> Iterator[str]:
    for row in range(1, rows + 1):
        for name in names:
            yield f"{name}_{row}"
