"""A network run forward without a tape, and its gradients for any rows.

Numbers are those of the tape, to the last bit; no output is left out by dropout here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mlviz.autograd import Array, Tensor, backward, no_grad
from mlviz.learn.network import ACTIVATIONS, NetworkProgram
from mlviz.learn.records import Parameters


@dataclass(frozen=True, slots=True, eq=False)
class LayerValues:
    """What a layer computes.

    Attributes:
        z: its pre-activations, (rows, units).
        a: its outputs, (rows, units).
    """

    z: Array
    a: Array


@dataclass(frozen=True, slots=True, eq=False)
class LayerGradients:
    """What the reverse pass gives a layer.

    Attributes:
        before: what the layer was given, (rows, inputs).
        z: its pre-activations, (rows, units).
        a: its outputs, (rows, units).
        dz: dL/dz, (rows, units).
        da: dL/da, (rows, units).
        weight: dL/dW, (units, inputs).
        bias: dL/db, in the shape of the bias; None without a trained bias.
    """

    before: Array
    z: Array
    a: Array
    dz: Array
    da: Array
    weight: Array
    bias: Array | None

    def of_examples(self, unit: int, source: int | None) -> Array:
        """Return what each row contributes to one weight's gradient, (rows); they add up to it.

        Args:
            unit: the neuron to which the weight leads.
            source: the one from which it comes; None for the bias.
        """
        return self.dz[:, unit] if source is None else self.dz[:, unit] * self.before[:, source]


def layers(
    program: NetworkProgram, parameters: Parameters, inputs: ArrayLike
) -> tuple[LayerValues, ...]:
    """Return what every layer computes of some rows, (rows, features)."""
    value = np.asarray(inputs, np.float64)
    found = []
    with np.errstate(all="ignore"), no_grad():
        for number, layer in enumerate(program.spec.layers, 1):
            z = value @ parameters[f"layer{number}.weight"].T
            bias = parameters.get(f"layer{number}.bias", layer.bias)
            if bias is not None:
                z = z + bias
            activate = ACTIVATIONS[layer.activation]
            value = z if activate is None else activate(Tensor(z)).numpy()
            found.append(LayerValues(z, value))
    return tuple(found)


def outputs(program: NetworkProgram, parameters: Parameters, inputs: ArrayLike) -> Array:
    """Return what the network answers to some rows: (rows, features) → (rows, outputs)."""
    return layers(program, parameters, inputs)[-1].a


def loss(program: NetworkProgram, outputs: Array, targets: Array) -> float:
    """Return the loss of outputs, as the network's loss has it: mean or sum."""
    with np.errstate(all="ignore"), no_grad():
        entries = program.loss.entries(Tensor(outputs), Tensor(targets))
        return float(program.loss.reduced(entries).numpy())


def gradients(
    program: NetworkProgram,
    parameters: Parameters,
    inputs: ArrayLike,
    targets: ArrayLike,
    masks: Mapping[str, Array] | None = None,
) -> tuple[LayerGradients, ...]:
    """Return what the reverse pass gives every layer for some rows.

    Args:
        program: the network.
        parameters: by origin.
        inputs: (rows, features).
        targets: one answer a row.
        masks: those of dropout, as `program.data` gives them; without them nothing is left out.
    """
    data = {**(masks or {}), "inputs": np.asarray(inputs, np.float64)}
    data["targets"] = np.asarray(targets, program.targets.dtype)
    recording = program.recorded(parameters, data)
    nodes = {node.origin: node for node in recording.tape if node.origin}
    with np.errstate(all="ignore"):
        totals = {c.target: c.total for c in backward(recording.tape, recording.output)}
    found = []
    before = nodes["inputs"]
    for number in range(1, len(program.spec.layers) + 1):
        z = nodes[f"layer{number}.z"]
        a = nodes.get(f"layer{number}.a", z)
        weight, bias = nodes[f"layer{number}.weight"], nodes.get(f"layer{number}.bias")
        found.append(
            LayerGradients(
                before.value,
                z.value,
                a.value,
                totals[z.id],
                totals[a.id],
                totals[weight.id],
                totals.get(bias.id) if bias is not None else None,
            )
        )
        before = nodes.get(f"layer{number}.dropped", a)
    return tuple(found)
