"""A multi-layer network with its data and its loss: a program that can be trained.

Shapes are PyTorch's: a batch is (rows, features), a weight (out_features, in_features).
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlviz.autograd import Array, Tape, Tensor, functional, record
from mlviz.learn.losses import LossSpec
from mlviz.learn.training import Parameters, Recording, entry

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor] | None] = {
    "identity": None,
    "tanh": functional.tanh,
    "sigmoid": functional.sigmoid,
    "relu": functional.relu,
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

    Recorded values are labelled: `x`, for layer k `W^k`, `b^k`, `z^k` and `a^k`, the last
    activation `yhat`, the target `y` and the loss `L`.

    Args:
        spec: the network.
        inputs: one example a row, (rows, features).
        targets: one answer a row, (rows, outputs), or class indices, (rows).
        loss: what is differentiated.
        batch_size: how many rows an iteration sees; all of them if None. Every pass over the
            data has another order; the last batch of a pass may be smaller.
        seed: decides the order of the rows.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        inputs: Array,
        targets: Array,
        loss: LossSpec,
        *,
        batch_size: int | None = None,
        seed: int = 0,
    ) -> None:
        self.spec = spec
        self.inputs = np.asarray(inputs, dtype=np.float64)
        self.targets = np.asarray(targets, dtype=np.intp if loss.of_classes else np.float64)
        self.loss = loss
        self.batch_size = batch_size
        self.seed = seed

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
        count = len(self.inputs)
        if self.batch_size is None or self.batch_size >= count:
            return np.arange(count)
        batches = -(-count // self.batch_size)
        epoch, batch = divmod(iteration - 1, batches)
        order = np.random.default_rng([self.seed, epoch]).permutation(count)
        return order[batch * self.batch_size : (batch + 1) * self.batch_size]

    def data(self, iteration: int) -> Mapping[str, Array]:
        """Return the rows that an iteration sees."""
        rows = self.rows(iteration)
        return {"inputs": self.inputs[rows], "targets": self.targets[rows]}

    def run(self, parameters: Parameters, iteration: int) -> Recording:
        """Run forward with these parameters, recording everything."""
        rows = self.rows(iteration)
        # A number that overflows is shown as what it is, so NumPy need not warn too.
        with np.errstate(all="ignore"), record() as tape:
            value = Tensor(self.inputs[rows])
            names = _by_row(self.spec.input_names, len(rows))
            tape.label(value, "x", origin="inputs", role="input", parts=names)
            for number in range(1, len(self.spec.layers) + 1):
                value = self._layer(tape, value, number, parameters)
            loss = self._loss(tape, value, rows)
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
                return other
            if self.loss.of_classes and value not in range(self.spec.layers[-1].units):
                raise ValueError(value)
            other.targets = entry(self.targets, whole, value)
            return other
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

    def _loss(self, tape: Tape, output: Tensor, rows: Array) -> Tensor:
        target = Tensor(self.targets[rows])
        names = _by_row(self.spec.target_names, len(rows))
        tape.label(target, "y", origin="targets", role="target", parts=names)
        entries = self.loss.entries(output, target)
        if self.loss.entry_names:
            tape.label(entries, "E", parts=_by_row(self.loss.entry_names, len(rows)))
        loss = self.loss.reduced(entries)
        tape.label(loss, "L", origin="loss")
        return loss


def _by_row(names: Sequence[str], rows: int) -> tuple[str, ...]:
    """Return the names of a batch's entries: with several rows, each with the row's number."""
    return tuple(names if rows == 1 else _numbered(names, rows))


def _numbered(names: Sequence[str], rows: int) -> Iterator[str]:
    for row in range(1, rows + 1):
        for name in names:
            yield f"{name}_{row}"
