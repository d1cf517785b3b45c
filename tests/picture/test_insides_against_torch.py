"""Per-layer and per-example gradients of a deep network are PyTorch's."""

import numpy as np
import pytest

from mlviz.picture.anatomy import WeightPlace, anatomy
from mlviz.picture.insides import insides, norm, slopes
from mlviz.picture.waterfall import SLOPE, factors
from tests.insides import deep, digits, program_of, trained

torch = pytest.importorskip("torch")
torch.set_num_threads(1)


def test_every_norm_on_the_way_back_is_torchs() -> None:
    training = trained(deep())
    parameters, data = training.parameters(9), program_of(training).data(9)
    value, sums = torch.tensor(data["inputs"]), []
    for number in range(1, 11):
        weight = torch.tensor(parameters[f"layer{number}.weight"], requires_grad=True)
        z = torch.nn.functional.linear(
            value, weight, torch.tensor(parameters[f"layer{number}.bias"])
        )
        z.retain_grad()
        value = torch.sigmoid(z)
        sums.append((z, weight))
    torch.nn.functional.mse_loss(value, torch.tensor(data["targets"])).backward()
    found = {each.layer: each for each in factors(insides(training, 9)) if each.kind == SLOPE}
    for number, (z, weight) in enumerate(sums, 1):
        assert found[number].norm == pytest.approx(float(z.grad.norm()), rel=1e-10)
        assert found[number].of_weight == pytest.approx(float(weight.grad.norm()), rel=1e-10)


def test_each_examples_gradient_is_torchs_for_that_example() -> None:
    training = trained(digits())
    parameters, data = training.parameters(5), program_of(training).data(5)
    layers = insides(training, 5)
    place = WeightPlace(1, 7, 20)
    found = anatomy(training, 5, layers, place)
    for row in range(len(found.own)):
        given = {
            name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()
        }
        x = torch.tensor(data["inputs"][row : row + 1])
        a = torch.relu(x @ given["layer1.weight"].T + given["layer1.bias"])
        logits = a @ given["layer2.weight"].T + given["layer2.bias"]
        target = torch.tensor(data["targets"][row : row + 1].astype(np.int64))
        torch.nn.functional.cross_entropy(logits, target).backward()
        expected = float(given["layer1.weight"].grad[7, 20])
        assert found.own[row] == pytest.approx(expected, rel=1e-10, abs=1e-15)
    assert norm(layers[0].gradient) > 0


@pytest.mark.parametrize(
    "activation", ["tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus"]
)
def test_slopes_are_torchs_at_kinks_too(activation: str) -> None:
    z = np.array([-3.0, -1.0, 0.0, 0.5, 4.0])
    x = torch.tensor(z, requires_grad=True)
    getattr(torch.nn.functional, activation)(x).sum().backward()
    assert slopes(activation, z) == pytest.approx(x.grad.numpy(), rel=1e-12, abs=1e-14)
