"""Every layer, activation and loss gives PyTorch's numbers and gradients."""

from typing import Any

import numpy as np
import pytest

from mlviz import nn
from mlviz.autograd import tensor

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

ACTIVATIONS: list[tuple[str, dict[str, Any]]] = [
    ("Tanh", {}),
    ("Sigmoid", {}),
    ("LogSigmoid", {}),
    ("Hardsigmoid", {}),
    ("ReLU", {}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.3}),
    ("ELU", {"alpha": 0.7}),
    ("GELU", {}),
    ("GELU", {"approximate": "tanh"}),
    ("SiLU", {}),
    ("Softplus", {"beta": 2.0, "threshold": 3.0}),
    ("Hardtanh", {"min_val": -0.5, "max_val": 2.0}),
    ("Softmax", {"dim": 1}),
    ("LogSoftmax", {"dim": -1}),
    ("Identity", {}),
    ("Flatten", {}),
]
LOSSES: list[tuple[str, dict[str, Any], str]] = [
    ("MSELoss", {}, "like"),
    ("MSELoss", {"reduction": "sum"}, "like"),
    ("L1Loss", {"reduction": "none"}, "like"),
    ("SmoothL1Loss", {"beta": 0.4}, "like"),
    ("HuberLoss", {"delta": 0.6, "reduction": "sum"}, "like"),
    ("BCELoss", {"weight": [1.0, 2.0, 0.5]}, "share"),
    ("BCEWithLogitsLoss", {"pos_weight": [1.0, 2.0, 0.5]}, "share"),
    ("NLLLoss", {"weight": [1.0, 2.0, 0.5], "ignore_index": 1}, "class"),
    ("CrossEntropyLoss", {}, "class"),
    ("CrossEntropyLoss", {"weight": [1.0, 2.0, 0.5], "label_smoothing": 0.1}, "class"),
    ("CrossEntropyLoss", {"reduction": "sum"}, "share"),
    ("KLDivLoss", {"reduction": "batchmean"}, "share"),
    ("KLDivLoss", {"log_target": True}, "like"),
]
X = np.random.default_rng(0).normal(scale=2, size=(6, 3))
TARGETS = {
    "like": np.random.default_rng(1).normal(size=(6, 3)),
    "share": np.random.default_rng(2).dirichlet([1, 1, 1], size=6),
    "class": np.array([0, 2, 1, 1, 0, 2]),
}


def compare(
    mine: Any, other: Any, *rest: np.ndarray, x: np.ndarray = X, rtol: float = 1e-9
) -> None:
    """Send the same numbers through both, and compare what comes out and what comes back."""
    a, b = tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    out = mine(a, *map(tensor, rest))
    expected = other(b, *map(torch.tensor, rest))
    np.testing.assert_allclose(out.numpy(), expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    seed = np.random.default_rng(3).normal(size=out.shape)
    out.backward(seed)
    expected.backward(torch.tensor(seed))
    np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=rtol, atol=1e-11)
    ours = dict(mine.named_parameters())
    for name, parameter in other.named_parameters():
        got = ours[name].grad.numpy()
        np.testing.assert_allclose(got, parameter.grad.numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("name", "settings"), ACTIVATIONS)
def test_activations(name: str, settings: dict[str, Any]) -> None:
    mine, other = getattr(nn, name)(**settings), getattr(torch.nn, name)(**settings)
    # PyTorch multiplies by 1/6 in single precision here, also for double.
    compare(mine, other, rtol=1e-7 if name == "Hardsigmoid" else 1e-9)
    assert repr(mine) == repr(other)


@pytest.mark.parametrize(("name", "settings", "target"), LOSSES)
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides the total loss")
def test_losses(name: str, settings: dict[str, Any], target: str) -> None:
    tensors = {"weight", "pos_weight"}
    theirs = {k: torch.tensor(v).double() if k in tensors else v for k, v in settings.items()}
    ours = {k: np.array(v) if k in tensors else v for k, v in settings.items()}
    mine, other = getattr(nn, name)(**ours), getattr(torch.nn, name)(**theirs)
    x = 1 / (1 + np.exp(-X)) if name == "BCELoss" else X
    compare(mine, other, TARGETS[target], x=x)
    assert repr(mine) == repr(other)
    assert list(mine.state_dict()) == list(other.state_dict())


def both(name: str, *arguments: Any, **settings: Any) -> tuple[Any, Any]:
    mine = getattr(nn, name)(*arguments, **settings)
    other = getattr(torch.nn, name)(*arguments, **settings).double()
    numbers = np.random.default_rng(5)
    for parameter in mine.parameters():
        nn.init.normal_(parameter, generator=numbers)
    theirs = {key: torch.tensor(value.numpy()) for key, value in mine.state_dict().items()}
    other.load_state_dict(theirs)
    assert list(mine.state_dict()) == list(other.state_dict())
    assert repr(mine) == repr(other)
    return mine, other


@pytest.mark.parametrize("shape", [(3,), (2, 3), (6, 2, 3)])
def test_linear(shape: tuple[int, ...]) -> None:
    compare(*both("Linear", 3, 4), x=np.resize(X, shape))
    compare(*both("Linear", 3, 4, bias=False), x=np.resize(X, shape))


@pytest.mark.parametrize(
    "settings", [{}, {"bias": False}, {"elementwise_affine": False, "eps": 0.1}]
)
@pytest.mark.parametrize("shape", [3, (2, 3)])
def test_layer_norm(shape: Any, settings: dict[str, Any]) -> None:
    compare(*both("LayerNorm", shape, **settings), x=np.resize(X, (4, 2, 3)))


@pytest.mark.parametrize(
    "settings",
    [{}, {"momentum": None}, {"affine": False, "eps": 0.1}, {"track_running_stats": False}],
)
@pytest.mark.parametrize("shape", [(6, 3), (2, 3, 4)])
def test_batch_norm(shape: tuple[int, ...], settings: dict[str, Any]) -> None:
    mine = nn.BatchNorm1d(3, **settings)
    other = torch.nn.BatchNorm1d(3, **settings).double()
    numbers = np.random.default_rng(6)
    for _ in range(3):
        compare(mine, other, x=numbers.normal(2, 3, shape))
        mine.zero_grad()
        other.zero_grad()
    for name, value in other.state_dict().items():
        np.testing.assert_allclose(mine.state_dict()[name].numpy(), value.numpy(), rtol=1e-12)
    mine.eval()
    other.eval()
    compare(mine, other, x=numbers.normal(2, 3, shape))


def test_dropout_scales_what_it_keeps_as_pytorch_does() -> None:
    mine = nn.Dropout(0.25, generator=0)
    out = mine(tensor(np.ones(40))).numpy()
    torch.manual_seed(0)
    expected = torch.nn.Dropout(0.25)(torch.ones(40).double()).numpy()
    assert set(out) == set(expected) == {0.0, 1 / 0.75}
