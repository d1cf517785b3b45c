"""PyTorch's own sample inputs: forward and gradients agree to 1e-9, or the call is refused.

The samples are those of PyTorch's operator database (float64, CPU). Run with `-s` to see how
many there are of each operation.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
methods = pytest.importorskip("torch.testing._internal.common_methods_invocations")

from mlviz.autograd import Tensor  # noqa: E402
from mlviz.autograd import functional as F  # noqa: E402
from mlviz.errors import EngineError  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

PLAIN = """
    add sub mul div pow neg abs sign exp log log1p sqrt rsqrt square reciprocal sin cos tan tanh
    sigmoid maximum minimum clamp where matmul mm mv dot outer bmm sum mean prod max min amax amin
    argmax argmin var std cumsum norm logsumexp softmax log_softmax cat stack split chunk reshape
    view flatten transpose permute T squeeze unsqueeze expand broadcast_to __getitem__ gather
"""
NN = """
    relu leaky_relu elu gelu silu softplus hardtanh logsigmoid hardsigmoid linear one_hot embedding
    dropout mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy
    binary_cross_entropy_with_logits nll_loss cross_entropy kl_div layer_norm batch_norm
"""
WANTED = {*PLAIN.split(), *(f"nn.functional.{name}" for name in NN.split())}
INFOS = [
    info for info in methods.op_db if info.name in WANTED and "triton" not in info.variant_test_name
]

# How many samples of an operation the engine may refuse, and because of what.
REFUSED = {
    ("div", "trunc_rounding"): 9,  # rounding_mode
    ("div", "floor_rounding"): 9,
    ("norm", "nuc"): 2,  # singular values
    ("nn.functional.batch_norm", ""): 2,  # an empty vector, without features
    ("nn.functional.batch_norm", "without_cudnn"): 2,
}
# PyTorch multiplies by a float32 constant 1/6 here, so its own float64 slope is off by 3e-8.
TOLERANCE = {"nn.functional.hardsigmoid": 1e-7}


def to_ours(value: Any, made: dict[int, Tensor]) -> Any:
    """Turn every PyTorch tensor into ours; one that is there twice stays one."""
    if isinstance(value, torch.Tensor):
        if id(value) not in made:
            array = value.detach().cpu().numpy().copy()
            made[id(value)] = Tensor(array, requires_grad=value.requires_grad)
        return made[id(value)]
    if isinstance(value, torch.Size):
        return tuple(value)
    if isinstance(value, list | tuple):
        return type(value)(to_ours(part, made) for part in value)
    if isinstance(value, torch.dtype):
        return np.dtype(str(value).removeprefix("torch."))
    return value


def tensors_in(value: Any) -> Iterator[Any]:
    if isinstance(value, torch.Tensor | Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from tensors_in(part)


def call_ours(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if name == "where":
        return F.where(args[1], args[0], args[2])
    if name == "nn.functional.embedding":  # here the database has the table first
        return F.embedding(args[1], args[0], **kwargs)
    if name == "T":
        return args[0].T
    if name == "__getitem__":
        return args[0][args[1]]
    if name in ("view", "reshape", "expand", "permute", "broadcast_to") and len(args) > 2:
        return getattr(args[0], name)(*args[1:])
    return getattr(F, name.removeprefix("nn.functional."))(*args, **kwargs)


def compare(info: Any, sample: Any) -> None:
    theirs_in = [sample.input, *sample.args]
    kwargs = dict(sample.kwargs)
    made: dict[int, Tensor] = {}
    ours_in = [to_ours(value, made) for value in theirs_in]
    our_kwargs = {name: to_ours(value, made) for name, value in kwargs.items()}
    theirs = info.op(*theirs_in, **kwargs)
    if info.name == "nn.functional.dropout" and kwargs.get("training", True):
        our_kwargs["mask"] = to_ours(theirs != 0, {})
    ours = call_ours(info.name, ours_in, our_kwargs)

    their_outs, our_outs = list(tensors_in(theirs)), list(tensors_in(ours))
    assert len(their_outs) == len(our_outs)
    rng = np.random.default_rng(0)
    seeds = []
    for their, our in zip(their_outs, our_outs, strict=True):
        close(our.data, their, "forward", info)
        assert our.requires_grad == their.requires_grad
        if their.requires_grad:
            seeds.append((their, our, rng.uniform(0.5, 1.5, our.shape)))
    leaves = [t for v in [*theirs_in, *kwargs.values()] for t in tensors_in(v) if t.requires_grad]
    for leaf in leaves:
        leaf.grad = None  # samples share tensors
    for k, (their, our, seed) in enumerate(seeds):
        keep = k < len(seeds) - 1
        their.backward(torch.from_numpy(np.array(seed)), retain_graph=keep)
        our.backward(seed, retain_graph=keep)
    for leaf in leaves:
        our_leaf = made[id(leaf)]
        if leaf.grad is None:  # PyTorch has none where `norm` with p = 0 has zeros
            assert our_leaf.grad is None or not our_leaf.grad.data.any()
        else:
            assert our_leaf.grad is not None
            close(our_leaf.grad.data, leaf.grad, "gradient", info)
            assert our_leaf.grad.dtype == our_leaf.dtype
    for value in [*theirs_in, *kwargs.values()]:  # running statistics are changed in place
        for their in tensors_in(value):
            close(made[id(their)].data, their, "inputs afterwards", info)


def close(ours: Any, theirs: Any, what: str, info: Any) -> None:
    expected = theirs.detach().numpy()
    assert ours.shape == expected.shape, what
    assert ours.dtype.kind == expected.dtype.kind, what
    tolerance = TOLERANCE.get(info.name, 1e-9)
    np.testing.assert_allclose(ours, expected, rtol=tolerance, atol=tolerance, err_msg=what)


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.formatted_name)
def test_forward_and_gradients_agree_on_pytorchs_samples(
    info: Any, record_property: Any, request: pytest.FixtureRequest
) -> None:
    agreed = refused = 0
    whole = info.name == "nn.functional.one_hot"
    dtype = torch.int64 if whole else torch.float64
    for sample in info.sample_inputs("cpu", dtype, requires_grad=not whole):
        try:
            compare(info, sample)
            agreed += 1
        except EngineError as error:
            refused += 1
            print(f"\n{info.formatted_name}: refused {sample.summary()}: {error}")
    record_property("samples", agreed)
    print(f"{info.formatted_name}: {agreed} samples agree, {refused} refused")
    assert agreed + refused > 0
    assert refused == REFUSED.get((info.name, info.variant_test_name), 0)


def test_every_operation_has_samples() -> None:
    assert {info.name for info in INFOS} == WANTED
