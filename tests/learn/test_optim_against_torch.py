"""The same first weights and batches, 200 steps: the weights are PyTorch's to 1e-9."""

from typing import Any

import numpy as np
import pytest

from mlviz.autograd import functional as F
from mlviz.autograd import tensor
from mlviz.learn import optim, schedules
from mlviz.learn.data.dataset import Dataset, TensorDataset
from mlviz.learn.data.loader import DataLoader
from mlviz.learn.data.preprocess import Standardizer
from mlviz.learn.data.shipped import digits, houses, iris
from mlviz.learn.nn.linear import Linear
from mlviz.learn.nn.module import Module

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

STEPS = 200
OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"lr": 0.05}),
    "momentum": ("SGD", {"lr": 0.02, "momentum": 0.9}),
    "dampening": ("SGD", {"lr": 0.1, "momentum": 0.8, "dampening": 0.5, "weight_decay": 0.01}),
    "nesterov": ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "adam": ("Adam", {"lr": 0.01}),
    "adam-decay": ("Adam", {"lr": 0.02, "betas": (0.8, 0.99), "weight_decay": 0.02}),
    "amsgrad": ("Adam", {"lr": 0.02, "amsgrad": True, "eps": 1e-6}),
    "adamw": ("AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    "rmsprop": ("RMSprop", {"lr": 0.005}),
    "rmsprop-all": (
        "RMSprop",
        {"lr": 0.002, "alpha": 0.9, "momentum": 0.5, "centered": True, "weight_decay": 0.01},
    ),
    "adagrad": ("Adagrad", {"lr": 0.05}),
    "adagrad-all": (
        "Adagrad",
        {
            "lr": 0.1,
            "lr_decay": 0.01,
            "weight_decay": 0.01,
            "initial_accumulator_value": 0.1,
            "eps": 1e-8,
        },
    ),
}
SETS: dict[str, tuple[Any, int, str]] = {
    "iris": (iris, 8, "tanh"),
    "digits": (digits, 16, "relu"),
    "houses": (houses, 8, "tanh"),
}


class Net(Module):
    def __init__(self, inputs: int, hidden: int, outputs: int, activation: str) -> None:
        super().__init__()
        self.hidden = Linear(inputs, hidden, generator=1)
        self.output = Linear(hidden, outputs, generator=2)
        self.activation = getattr(F, activation)

    def forward(self, x: Any) -> Any:
        return self.output(self.activation(self.hidden(x)))


def both(data: Dataset, hidden: int, activation: str) -> tuple[Net, Any]:
    outputs = len(data.classes) or 1
    ours = Net(data.inputs.shape[1], hidden, outputs, activation)
    theirs = torch.nn.Sequential(
        torch.nn.Linear(data.inputs.shape[1], hidden),
        torch.nn.Tanh() if activation == "tanh" else torch.nn.ReLU(),
        torch.nn.Linear(hidden, outputs),
    ).double()
    with torch.no_grad():
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            other.copy_(torch.from_numpy(mine.numpy()))
    return ours, theirs


def steps(data: Dataset) -> Any:
    inputs = Standardizer.fit(data.inputs).transform(data.inputs)
    targets = (
        data.targets if data.classes else Standardizer.fit(data.targets).transform(data.targets)
    )
    loader = DataLoader(TensorDataset(inputs, targets), 32, shuffle=True)
    done = 0
    while True:
        for batch in loader:
            yield batch
            done += 1
            if done == STEPS:
                return


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("data", SETS)
def test_200_steps_end_at_the_same_weights(data: str, optimizer: str) -> None:
    make, hidden, activation = SETS[data]
    dataset = make()
    ours, theirs = both(dataset, hidden, activation)
    name, settings = OPTIMIZERS[optimizer]
    mine = getattr(optim, name)(ours.parameters(), **settings)
    other = getattr(torch.optim, name)(theirs.parameters(), **settings)
    first = [p.numpy().copy() for p in ours.parameters()]
    for x, y in steps(dataset):
        mine.zero_grad()
        loss = (F.cross_entropy if dataset.classes else F.mse_loss)(ours(x), y)
        loss.backward()
        mine.step()
        other.zero_grad()
        functional = torch.nn.functional
        criterion = functional.cross_entropy if dataset.classes else functional.mse_loss
        criterion(theirs(torch.from_numpy(x.numpy())), torch.from_numpy(y.numpy())).backward()
        other.step()
    for p, q, start in zip(ours.parameters(), theirs.parameters(), first, strict=True):
        np.testing.assert_allclose(p.numpy(), q.detach().numpy(), rtol=1e-9, atol=1e-9)
        assert np.abs(p.numpy() - start).max() > 1e-3


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("StepLR", {"step_size": 7, "gamma": 0.3}),
        ("ExponentialLR", {"gamma": 0.93}),
        ("CosineAnnealingLR", {"T_max": 12, "eta_min": 0.01}),
    ],
)
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_schedules_give_pytorchs_rates(name: str, settings: dict[str, Any]) -> None:
    mine = optim.SGD([tensor([1.0], requires_grad=True)], lr=0.5)
    other = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
    ours = getattr(schedules, name)(mine, **settings)
    theirs = getattr(torch.optim.lr_scheduler, name)(other, **settings)
    for _ in range(40):
        assert ours.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-9)
        ours.step()
        theirs.step()


def test_first_weights_have_pytorchs_spread() -> None:
    mine = Linear(300, 200, generator=0)
    torch.manual_seed(0)
    other = torch.nn.Linear(300, 200)
    for p, q in zip(mine.parameters(), other.parameters(), strict=True):
        values = q.detach().numpy()
        assert p.numpy().std() == pytest.approx(values.std(), rel=0.1)
        assert np.abs(p.numpy()).max() == pytest.approx(np.abs(values).max(), rel=0.05)


@pytest.mark.parametrize(
    "nonlinearity", ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]
)
def test_gains_are_pytorchs(nonlinearity: str) -> None:
    from mlviz.learn.nn.init import calculate_gain

    assert calculate_gain(nonlinearity) == torch.nn.init.calculate_gain(nonlinearity)
