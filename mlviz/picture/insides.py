"""What happens inside of a network in one iteration, layer by layer, as its tape has it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array, Tensor
from mlviz.learn import forward
from mlviz.learn.network import ACTIVATIONS, NetworkProgram
from mlviz.learn.training import Training

SATURATED = 0.01
"""A unit whose |φ′(z)| is below this for every example learns next to nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerInside:
    """One layer in one iteration.

    Attributes:
        activation: its name.
        before: what the layer was given, (rows, inputs).
        z: its pre-activations, (rows, units).
        a: its outputs, (rows, units).
        slope: φ′(z), (rows, units).
        da: dL/da, (rows, units).
        dz: dL/dz, (rows, units).
        mask: what dropout multiplies the outputs by, (rows, units); None without.
        weight: (units, inputs).
        gradient: dL/dW, (units, inputs).
        bias_gradient: dL/db in the shape of the bias; None without a trained bias.
        update: what is added to the weights, (units, inputs); zeros without an optimizer.
    """

    activation: str
    before: Array
    z: Array
    a: Array
    slope: Array
    da: Array
    dz: Array
    mask: Array | None
    weight: Array
    gradient: Array
    bias_gradient: Array | None
    update: Array

    @property
    def silent(self) -> Array:
        """Which units are saturated or dead, (units): flat for every example of the batch.

        A ReLU that is zero for every example is dead: its slope is 0 there.
        """
        return np.asarray((np.abs(self.slope) < SATURATED).all(axis=0))


def slopes(activation: str, z: Array) -> Array:
    """Return φ′(z), entry by entry, as the reverse pass has it."""
    activate = ACTIVATIONS[activation]
    if activate is None:
        return np.ones_like(z)
    with np.errstate(all="ignore"):
        x = Tensor(z, requires_grad=True)
        activate(x).backward(np.ones_like(z))
    assert x.grad is not None
    return np.asarray(x.grad.numpy())


def insides(training: Training, number: int) -> tuple[LayerInside, ...]:
    """Return every layer as it is in an iteration, with that iteration's batch.

    Args:
        training: of a network.
        number: of the iteration; no farther than the head.

    Raises:
        TypeError: it is a formula that is trained.
    """
    program = training.program_of(number)
    if not isinstance(program, NetworkProgram):
        raise TypeError(type(program))
    parameters, states = training.parameters(number), training.states(number)
    rule, data = training.rule_of(number), program.data(number)
    masks = {origin: value for origin, value in data.items() if origin.endswith(".mask")}
    layers = forward.gradients(program, parameters, data["inputs"], data["targets"], masks)
    found = []
    for place, layer in enumerate(layers, 1):
        origin, activation = f"layer{place}.weight", program.spec.layers[place - 1].activation
        weight = parameters[origin]
        with np.errstate(all="ignore"):
            after = weight if rule is None else rule.step(weight, layer.weight, states[origin])[0]
            update = np.asarray(after - weight)
        found.append(
            LayerInside(
                activation,
                layer.before,
                layer.z,
                layer.a,
                slopes(activation, layer.z),
                layer.da,
                layer.dz,
                masks.get(f"layer{place}.mask"),
                weight,
                layer.weight,
                layer.bias,
                update,
            )
        )
    return tuple(found)


def norm(values: Array) -> float:
    """Return the root of the sum of all squares; nan or inf if some number is not finite."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(values))))


def ratio(part: float, whole: float) -> float:
    """Return part / whole; nan where there is no whole."""
    return part / whole if whole else float("nan")


def silent_counts(layers: Sequence[LayerInside]) -> tuple[int, ...]:
    """Return how many units of each layer are saturated or dead."""
    return tuple(int(layer.silent.sum()) for layer in layers)
