import copy
import io

import numpy as np
import pytest

from mlviz.autograd import Tensor, record, tensor
from mlviz.autograd import functional as F
from mlviz.errors import ArgumentError, EngineError
from mlviz.learn.nn import init
from mlviz.learn.nn.containers import ModuleList, Sequential
from mlviz.learn.nn.linear import Flatten, Identity, Linear
from mlviz.learn.nn.module import Buffer, Module, Parameter


class Net(Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = Sequential(Linear(2, 3, generator=1), Identity())
        self.parts = ModuleList([Linear(3, 1, bias=False, generator=2)])
        self.scale = Parameter([2.0])
        self.register_buffer("seen", np.array(0))
        self.notes = tensor([1.0])  # neither a parameter nor a buffer

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * self.parts[0](F.tanh(self.hidden(x)))


PARAMETERS = ["scale", "hidden.0.weight", "hidden.0.bias", "parts.0.weight"]


def test_parameters_are_found_by_name_in_order() -> None:
    assert [name for name, _ in Net().named_parameters()] == PARAMETERS
    assert [name for name, _ in Net().named_parameters("net", recurse=False)] == ["net.scale"]
    assert [name for name, _ in Net().named_buffers()] == ["seen"]
    names = [name for name, _ in Net().named_modules()]
    assert names == ["", "hidden", "hidden.0", "hidden.1", "parts", "parts.0"]
    assert [type(child).__name__ for child in Net().children()] == ["Sequential", "ModuleList"]


def test_a_shared_module_is_trained_once_and_saved_under_both_names() -> None:
    net = Module()
    net.first = net.second = Linear(1, 1)  # type: ignore[attr-defined]
    assert [name for name, _ in net.named_parameters()] == ["first.weight", "first.bias"]
    assert list(net.state_dict()) == [
        "first.weight",
        "first.bias",
        "second.weight",
        "second.bias",
    ]


def test_a_parameter_with_two_names_is_trained_once() -> None:
    layer = Linear(2, 2)
    layer.tied = layer.weight  # type: ignore[attr-defined]
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert list(layer.state_dict()) == ["weight", "bias", "tied"]


def test_a_module_inside_itself_ends() -> None:
    net = Linear(1, 1)
    net.me = net  # type: ignore[attr-defined]
    assert list(net.state_dict()) == ["weight", "bias"]
    assert len(list(net.modules())) == 1


def test_an_attribute_set_to_none_is_no_longer_trained() -> None:
    layer = Linear(2, 2)
    layer.bias = None
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert layer(np.ones((1, 2))).shape == (1, 2)


def test_train_and_eval_reach_every_module() -> None:
    net = Net()
    assert {module.training for module in net.modules()} == {True}
    assert net.eval() is net
    assert {module.training for module in net.modules()} == {False}
    assert {module.training for module in net.train().modules()} == {True}


def test_a_step_of_training_reaches_every_parameter() -> None:
    net = Net()
    net(tensor([[1.0, 2.0]])).sum().backward()
    assert all(p.grad is not None and np.any(p.grad.data) for p in net.parameters())
    net.zero_grad(set_to_none=False)
    assert all(p.grad is not None and not np.any(p.grad.data) for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_frozen_parameters_receive_nothing() -> None:
    net = Net()
    net.hidden.requires_grad_(False)
    net(tensor([[1.0, 2.0]])).sum().backward()
    assert [n for n, p in net.named_parameters() if p.grad is not None] == [
        "scale",
        "parts.0.weight",
    ]


def test_a_state_goes_through_a_file() -> None:
    first, second = Net(), Net()
    for parameter in first.parameters():
        parameter.data[...] = 7.0
    file = io.BytesIO()
    np.savez(file, **{name: value.numpy() for name, value in first.state_dict().items()})
    file.seek(0)
    with np.load(file, allow_pickle=False) as loaded:
        second.load_state_dict(loaded)
    assert {float(value) for p in second.parameters() for value in np.ravel(p.data)} == {7.0}


def test_a_state_that_does_not_fit_is_described_and_changes_nothing() -> None:
    net = Net()
    before = {name: value.numpy().copy() for name, value in net.state_dict().items()}
    wrong: dict[str, object] = {**net.state_dict(), "extra": np.zeros(1)}
    wrong["scale"] = np.zeros(1)
    del wrong["parts.0.weight"]
    wrong["hidden.0.bias"] = np.zeros(4)
    with pytest.raises(EngineError) as caught:
        net.load_state_dict(wrong)  # type: ignore[arg-type]
    text = str(caught.value)
    assert "Net" in text
    assert "missing: parts.0.weight" in text
    assert "not expected: extra" in text
    assert "hidden.0.bias (4,) → (3,)" in text
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), before[name])


def test_an_incomplete_state_is_loaded_when_that_is_wanted() -> None:
    net = Net()
    net.load_state_dict({"scale": [5.0], "extra": [1.0]}, strict=False)
    assert net.scale.item() == 5.0


def test_state_shares_memory_with_the_module() -> None:
    net = Net()
    net.state_dict()["scale"].data[...] = 9.0
    assert net.scale.item() == 9.0


def test_a_copy_has_parameters_of_its_own() -> None:
    net = Net()
    other = copy.deepcopy(net)
    other.scale.data[...] = 3.0
    assert net.scale.item() == 2.0
    assert [name for name, _ in other.named_parameters()] == PARAMETERS
    assert isinstance(other.seen, Buffer)


def test_parameters_are_named_on_the_tape() -> None:
    net = Net()
    with record() as tape:
        net.label(tape, "net")
        net(tensor([[1.0, 2.0]]))
    origins = [node.origin for node in tape if node.role == "parameter"]
    assert origins == [f"net.{name}" for name in PARAMETERS]


def test_a_module_is_shown_as_a_tree() -> None:
    assert repr(Net()) == "\n".join(
        [
            "Net(",
            "  (hidden): Sequential(",
            "    (0): Linear(in_features=2, out_features=3, bias=True)",
            "    (1): Identity()",
            "  )",
            "  (parts): ModuleList(",
            "    (0): Linear(in_features=3, out_features=1, bias=False)",
            "  )",
            ")",
        ]
    )
    assert repr(ModuleList([Identity(), Identity(), Flatten()])) == "\n".join(
        [
            "ModuleList(",
            "  (0-1): 2 x Identity()",
            "  (2): Flatten(start_dim=1, end_dim=-1)",
            ")",
        ]
    )
    assert repr(Sequential()) == "Sequential()"


def test_a_module_without_forward_says_so() -> None:
    with pytest.raises(EngineError, match=r"Sketch has no forward\(\)"):
        type("Sketch", (Module,), {})()(1.0)


def test_containers_behave_like_lists() -> None:
    net = Sequential(Identity(), Linear(2, 2), Identity())
    assert len(net) == 3
    assert isinstance(net[-2], Linear)
    assert [type(part).__name__ for part in net[1:]] == ["Linear", "Identity"]
    assert [name for name, _ in net[1:].named_parameters()] == ["0.weight", "0.bias"]
    net.append(Linear(2, 1))
    assert net(np.ones((5, 2))).shape == (5, 1)
    named = Sequential({"body": Linear(1, 1), "head": Identity()})
    assert [name for name, _ in named.named_children()] == ["body", "head"]


def test_flatten_joins_axes() -> None:
    x = tensor(np.zeros((2, 3, 4, 5)))
    assert Flatten()(x).shape == (2, 60)
    assert Flatten(0, 1)(x).shape == (6, 4, 5)


def test_a_linear_layer_is_the_weighted_sum() -> None:
    layer = Linear(2, 1)
    layer.load_state_dict({"weight": [[2.0, 3.0]], "bias": [1.0]})
    assert layer(np.array([[1.0, 10.0]])).data.tolist() == [[33.0]]


def test_the_same_seed_gives_the_same_layer() -> None:
    first, second, other = (Linear(3, 2, generator=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.weight.data, second.weight.data)
    np.testing.assert_array_equal(first.bias.data, second.bias.data)
    assert not np.array_equal(first.weight.data, other.weight.data)
    assert np.abs(first.weight.data).max() <= 1 / np.sqrt(3)


def test_a_layer_needs_sizes() -> None:
    with pytest.raises(ArgumentError, match="out_features is 0, but must be ≥ 1"):
        Linear(2, 0)


@pytest.mark.parametrize(
    ("fill", "std"),
    [
        (init.xavier_uniform_, np.sqrt(2 / 500)),
        (init.xavier_normal_, np.sqrt(2 / 500)),
        (lambda t, **kw: init.kaiming_uniform_(t, nonlinearity="relu", **kw), np.sqrt(2 / 200)),
        (lambda t, **kw: init.kaiming_normal_(t, mode="fan_out", **kw), np.sqrt(2 / 300)),
        (lambda t, **kw: init.uniform_(t, -1.0, 1.0, **kw), 1 / np.sqrt(3)),
        (lambda t, **kw: init.normal_(t, 0.0, 3.0, **kw), 3.0),
    ],
)
def test_first_weights_have_the_right_spread(fill, std: float) -> None:
    weight = fill(Parameter(np.empty((300, 200))), generator=0)
    assert abs(weight.data.std() / std - 1) < 0.02
    assert abs(weight.data.mean()) < 0.02 * std
    again = fill(Parameter(np.empty((300, 200))), generator=np.random.default_rng(0))
    np.testing.assert_array_equal(weight.data, again.data)


def test_a_weight_can_begin_with_one_number() -> None:
    weight = Parameter(np.empty(3))
    assert init.zeros_(weight).data.tolist() == [0.0] * 3
    assert init.ones_(weight).data.tolist() == [1.0] * 3
    assert init.constant_(weight, 0.5) is weight


def test_gains_are_those_of_the_papers() -> None:
    assert init.calculate_gain("tanh") == 5 / 3
    assert init.calculate_gain("relu") == np.sqrt(2)
    assert init.calculate_gain("leaky_relu", 1.0) == 1.0
    with pytest.raises(ArgumentError, match="nonlinearity is rlu"):
        init.calculate_gain("rlu")


def test_fans_need_two_axes() -> None:
    with pytest.raises(ArgumentError, match="at least two axes"):
        init.xavier_uniform_(Parameter(np.empty(3)))


def test_an_array_does_not_silently_take_the_place_of_a_parameter() -> None:
    layer = Linear(2, 3)
    weight = layer.weight
    with pytest.raises(EngineError, match=r"Linear\.weight is a Parameter"):
        layer.weight = np.ones((3, 2))  # type: ignore[assignment]
    assert layer.weight is weight
    layer.weight = Parameter(np.ones((3, 2)))
    assert [parameter.shape for parameter in layer.parameters()] == [(3, 2), (3,)]
    layer.bias = None
    assert len(list(layer.parameters())) == 1
