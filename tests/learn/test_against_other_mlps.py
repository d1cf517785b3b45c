"""Same data, weights and batches as other people's networks: the same losses, to 1e-9.

Run with `-s`, the final accuracies are printed.
"""

from typing import Any

import numpy as np
import pytest

from mlviz.autograd import Array
from mlviz.learn.data.dataset import Dataset
from mlviz.learn.data.preprocess import Standardizer
from mlviz.learn.data.shipped import digits, iris
from mlviz.learn.losses import LossSpec
from mlviz.learn.measure import metric_of
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec
from mlviz.learn.rules import UpdateRule, adam, sgd
from mlviz.learn.training import Training
from mlviz.trace.quick import quick_step

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

EPOCHS = 30
SETS: dict[str, tuple[Any, tuple[int, ...], str, float]] = {
    # data, hidden units, activation, the accuracy that is reached at least
    "iris": (iris, (8,), "tanh", 0.95),
    "digits": (digits, (32, 16), "relu", 0.99),
}


def program(data: Dataset, hidden: tuple[int, ...], activation: str, loss: LossSpec) -> Any:
    """Return a network with data of mean 0 and spread 1; a regression learns the class number."""
    inputs = Standardizer.fit(data.inputs).transform(data.inputs)
    targets = data.targets if loss.of_classes else data.targets[:, None] - data.targets.mean()
    sizes = (inputs.shape[1], *hidden, len(data.classes) if loss.of_classes else 1)
    rng = np.random.default_rng(1)
    layers = [
        LayerSpec(
            units,
            activation if number < len(sizes) - 1 else "identity",
            rng.normal(size=(units, sizes[number - 1])) / sizes[number - 1] ** 0.5,
            rng.normal(size=units) * 0.1,
        )
        for number, units in enumerate(sizes[1:], 1)
    ]
    spec = NetworkSpec(sizes[0], tuple(layers))
    return NetworkProgram(spec, inputs, targets, loss, batch_size=32, seed=5)


def by_epoch(made: NetworkProgram, losses: Array) -> Array:
    """Return the mean of the batches' losses over each epoch, every row counting once."""
    each = made.iterations_per_epoch
    sizes = np.array([len(made.rows(number)) for number in range(1, each + 1)])
    return np.asarray(losses.reshape(-1, each) @ sizes / len(made.inputs))


def trained(made: NetworkProgram, rule: UpdateRule) -> tuple[Array, Training]:
    training = Training(made, rule, compiler=quick_step)
    training.advance(EPOCHS * made.iterations_per_epoch)
    return by_epoch(made, training.losses), training


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("name", SETS)
def test_pytorch_has_the_same_losses(name: str, optimizer: str) -> None:
    data, hidden, activation, reached = SETS[name]
    made = program(data(), hidden, activation, LossSpec("cross_entropy"))
    rule = sgd(0.02, momentum=0.9) if optimizer == "SGD" else adam(0.01)
    settings = {"lr": 0.02, "momentum": 0.9} if optimizer == "SGD" else {"lr": 0.01}
    losses, training = trained(made, rule)
    modules = []
    for layer in made.spec.layers:
        modules.append(torch.nn.Linear(layer.weight.shape[1], layer.units).double())
        with torch.no_grad():
            modules[-1].weight.copy_(torch.from_numpy(layer.weight))
            modules[-1].bias.copy_(torch.from_numpy(layer.bias))
        if layer.activation != "identity":
            modules.append(torch.nn.Tanh() if activation == "tanh" else torch.nn.ReLU())
    theirs = torch.nn.Sequential(*modules)
    stepper = getattr(torch.optim, optimizer)(theirs.parameters(), **settings)
    x, y = torch.from_numpy(made.inputs), torch.from_numpy(made.targets)
    found = []
    for number in range(1, training.head):
        rows = torch.from_numpy(made.rows(number).copy())
        loss = torch.nn.functional.cross_entropy(theirs(x[rows]), y[rows])
        stepper.zero_grad()
        loss.backward()
        stepper.step()
        found.append(loss.item())
    np.testing.assert_allclose(losses, by_epoch(made, np.array(found)), rtol=0, atol=1e-9)
    accuracy = metric_of(made, training.parameters(training.head), "train")
    assert accuracy == float((theirs(x).argmax(1) == y).double().mean())
    print(f"\n{name} with {optimizer}: accuracy {accuracy:.4f} after {EPOCHS} epochs")
    assert accuracy >= reached


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_scikit_learn_has_the_same_losses(name: str, kind: str) -> None:
    networks = pytest.importorskip("sklearn.neural_network")
    data, hidden, activation, _ = SETS[name]
    classify = kind == "MLPClassifier"
    loss = LossSpec("cross_entropy") if classify else LossSpec("half_squared_error", "mean")
    made = program(data(), hidden, activation, loss)
    losses, training = trained(made, sgd(0.05))
    first = iter(made.spec.layers)

    class SameStart(getattr(networks, kind)):  # type: ignore[misc]
        def _init_coef(self, fan_in: int, fan_out: int, dtype: Any) -> tuple[Array, Array]:
            layer = next(first)
            assert layer.bias is not None
            return layer.weight.T.copy(), layer.bias.copy()

    theirs = SameStart(
        hidden_layer_sizes=hidden,
        activation=activation,
        solver="sgd",
        learning_rate_init=0.05,
        momentum=0.0,
        alpha=0.0,
        batch_size=32,
        shuffle=False,
    )
    each = made.iterations_per_epoch
    found = []
    for epoch in range(EPOCHS):
        rows = np.concatenate([made.rows(epoch * each + batch) for batch in range(1, each + 1)])
        x, y = made.inputs[rows], made.targets[rows].reshape(-1)
        theirs.partial_fit(x, y, **({"classes": np.unique(y)} if classify else {}))
        found.append(theirs.loss_)
    np.testing.assert_allclose(losses, found, rtol=0, atol=1e-9)
    metric = metric_of(made, training.parameters(training.head), "train")
    print(f"\n{name} with {kind}: {metric:.4f} after {EPOCHS} epochs")
    assert metric == pytest.approx(theirs.score(made.inputs, made.targets.reshape(-1)), abs=1e-9)
