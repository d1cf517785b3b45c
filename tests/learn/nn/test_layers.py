import numpy as np
import pytest

from mlviz import nn, optim
from mlviz.autograd import record, tensor
from mlviz.errors import ArgumentError
from mlviz.learn.nn.regularization import l1_penalty, l2_penalty

ELEMENTWISE = [
    (nn.Tanh(), 0.5, np.tanh(0.5)),
    (nn.Sigmoid(), 0.0, 0.5),
    (nn.ReLU(), -2.0, 0.0),
    (nn.LeakyReLU(0.1), -2.0, -0.2),
    (nn.ELU(2.0), -1.0, 2 * (np.exp(-1) - 1)),
    (nn.GELU(), 1.0, 0.841344746068543),
    (nn.SiLU(), 2.0, 2 / (1 + np.exp(-2))),
    (nn.Softplus(beta=2.0), 0.0, np.log(2) / 2),
    (nn.Hardtanh(-0.5, 0.5), 3.0, 0.5),
    (nn.Hardsigmoid(), 1.5, 0.75),
    (nn.LogSigmoid(), 0.0, -np.log(2)),
    (nn.Identity(), 7.0, 7.0),
]


@pytest.mark.parametrize(("layer", "x", "y"), ELEMENTWISE, ids=lambda value: str(value))
def test_activations_computed_by_hand(layer: nn.Module, x: float, y: float) -> None:
    assert layer(tensor([x])).item() == pytest.approx(y, rel=1e-12)


def test_shares_add_up_to_one() -> None:
    x = tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    shares = nn.Softmax(dim=1)(x).numpy()
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(np.exp(nn.LogSoftmax(1)(x).numpy()), shares)


def test_a_loss_says_its_convention() -> None:
    out, target = tensor([1.0, 3.0]), tensor([0.0, 1.0])
    assert nn.MSELoss()(out, target).item() == 2.5
    assert nn.MSELoss(reduction="sum")(out, target).item() == 5.0
    assert nn.L1Loss(reduction="none")(out, target).numpy().tolist() == [1.0, 2.0]
    assert nn.HuberLoss()(out, target).item() == 1.0
    assert nn.HuberLoss(delta=0.5)(out, target).item() == 0.625
    assert nn.SmoothL1Loss(beta=2.0)(out, target).item() == 0.625
    yes = nn.BCEWithLogitsLoss(pos_weight=np.array([3.0]))(tensor([0.0]), tensor([1.0]))
    assert yes.item() == pytest.approx(3 * np.log(2))
    weighted = nn.BCELoss(weight=np.array([2.0]))(tensor([0.5]), tensor([0.0]))
    assert weighted.item() == pytest.approx(2 * np.log(2))
    even = nn.CrossEntropyLoss()(tensor([[0.0, 0.0]]), tensor([1]))
    assert even.item() == pytest.approx(np.log(2))


def test_dropout_keeps_its_mask_and_repeats_with_its_seed() -> None:
    layer, again, other = (nn.Dropout(0.5, generator=seed) for seed in (4, 4, 5))
    x = tensor(np.ones(50), requires_grad=True)
    out = layer(x)
    assert layer.mask is not None
    np.testing.assert_array_equal(out.numpy(), layer.mask * 2.0)
    np.testing.assert_array_equal(out.numpy(), again(x).numpy())
    assert not np.array_equal(out.numpy(), other(x).numpy())
    assert not np.array_equal(out.numpy(), layer(x).numpy())
    out.sum().backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.numpy(), out.numpy())


@pytest.mark.parametrize("p", [0.0, 0.2, 0.7, 1.0])
def test_dropout_drops_the_share_that_was_asked_for(p: float) -> None:
    out = nn.Dropout(p, generator=0)(tensor(np.ones(10_000))).numpy()
    assert np.mean(out == 0) == pytest.approx(p, abs=0.02)
    assert out.mean() == pytest.approx(0.0 if p == 1 else 1.0, abs=0.05)


def test_dropout_rests_in_use() -> None:
    layer = nn.Dropout(0.9, generator=0)
    x = tensor(np.arange(5.0))
    layer(x)
    np.testing.assert_array_equal(layer.eval()(x).numpy(), x.numpy())
    assert layer.mask is None
    with pytest.raises(ArgumentError, match=r"p is 1\.5, but must be 0 … 1"):
        nn.Dropout(1.5)


def test_the_mask_stands_on_the_tape() -> None:
    with record() as tape:
        nn.Dropout(0.5, generator=1)(tensor(np.ones(3), requires_grad=True))
    assert "mask" in [node.name for node in tape]


def test_normalised_rows_and_columns_have_mean_0_and_variance_1() -> None:
    x = tensor(np.random.default_rng(0).normal(3, 2, (8, 5)))
    rows = nn.LayerNorm(5, eps=0)(x).numpy()
    columns = nn.BatchNorm1d(5, eps=0)(x).numpy()
    for values, axis in ((rows, 1), (columns, 0)):
        np.testing.assert_allclose(values.mean(axis=axis), 0, atol=1e-12)
        np.testing.assert_allclose(values.std(axis=axis), 1)


def test_batch_norm_remembers_for_use_what_it_saw_in_training() -> None:
    layer = nn.BatchNorm1d(1, momentum=0.5)
    layer(tensor([[1.0], [3.0]]))
    assert layer.state_dict()["running_mean"].numpy().tolist() == [1.0]
    assert layer.state_dict()["running_var"].numpy().tolist() == [1.5]
    assert layer.state_dict()["num_batches_tracked"].item() == 1
    layer.eval()
    before = {name: value.numpy().copy() for name, value in layer.state_dict().items()}
    assert layer(tensor([[1.0]])).item() == pytest.approx(0.0)
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), before[name])


def test_batch_norm_refuses_other_shapes() -> None:
    layer = nn.BatchNorm1d(2)
    with pytest.raises(ArgumentError, match=r"input\.ndim is 1"):
        layer(tensor([1.0, 2.0]))
    with pytest.raises(ArgumentError, match=r"input\.shape\[1\] is 3, but must be 2"):
        layer(tensor(np.ones((4, 3))))


def test_a_network_of_single_precision_stays_so() -> None:
    single = np.float32
    net = nn.Sequential(
        nn.Linear(2, 3, dtype=single, generator=0),
        nn.BatchNorm1d(3, dtype=single),
        nn.Dropout(0.5, generator=1),
        nn.LayerNorm(3, dtype=single),
        nn.Linear(3, 1, dtype=single, generator=2),
    )
    x = tensor(np.random.default_rng(3).normal(size=(4, 2)).astype(single))
    for make in (optim.SGD, optim.AdamW, optim.RMSprop, optim.Adagrad):
        optimizer = make(net.parameters(), lr=0.01)
        loss = nn.MSELoss()(net(x), tensor(np.zeros((4, 1), single)))
        loss.backward()
        optimizer.step()
        assert loss.dtype == single
        assert {value.dtype for value in net.state_dict().values()} == {
            np.dtype(single),
            np.dtype(int),
        }


def test_penalties_cost_what_their_formula_says() -> None:
    weights = [nn.Parameter([1.0, -2.0]), nn.Parameter([[3.0]])]
    assert l1_penalty(weights, 0.5).item() == 3.0
    assert l2_penalty(weights, 0.5).item() == 3.5


@pytest.mark.parametrize(
    ("penalty", "setting"), [(l1_penalty, {"l1": 0.1}), (l2_penalty, {"weight_decay": 0.1})]
)
def test_a_penalty_on_the_loss_equals_the_setting_of_the_optimizer(penalty, setting) -> None:
    first, second = nn.Linear(3, 2, generator=0), nn.Linear(3, 2, generator=0)
    x = tensor(np.random.default_rng(1).normal(size=(4, 3)))
    plain = optim.SGD(first.parameters(), lr=0.1)
    built_in = optim.SGD(second.parameters(), lr=0.1, **setting)
    for _ in range(5):
        plain.zero_grad()
        ((first(x) ** 2).mean() + penalty(first.parameters(), 0.1)).backward()
        plain.step()
        built_in.zero_grad()
        (second(x) ** 2).mean().backward()
        built_in.step()
    for p, q in zip(first.parameters(), second.parameters(), strict=True):
        np.testing.assert_allclose(p.numpy(), q.numpy(), rtol=1e-12)


def test_a_small_network_learns_the_exclusive_or() -> None:
    numbers = np.random.default_rng(0)
    net = nn.Sequential(
        nn.Linear(2, 8, generator=numbers), nn.Tanh(), nn.Linear(8, 2, generator=numbers)
    )
    x = tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = tensor([0, 1, 1, 0])
    criterion, optimizer = nn.CrossEntropyLoss(), optim.Adam(net.parameters(), lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.01
    assert net(x).numpy().argmax(axis=1).tolist() == [0, 1, 1, 0]
