"""Whole numbers and truth values: the result and its type are PyTorch's, or it is refused."""

from collections.abc import Callable

import numpy as np
import pytest

from mlviz.autograd import Tensor, tensor
from mlviz.autograd import functional as F
from mlviz.errors import EngineError

BYTES = tensor(np.array([1, 2, 250], np.uint8))
CURVES = [F.exp, F.sigmoid, F.tanh, F.log, F.log1p, F.sqrt, F.rsqrt, F.reciprocal, F.sin, F.cos]
FLOATS_ONLY = [F.silu, F.softplus, F.elu, F.gelu, F.leaky_relu, F.hardtanh, F.logsigmoid]


@pytest.mark.parametrize("function", CURVES)
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.bool_])
def test_a_curve_of_whole_numbers_is_the_curve_of_the_same_floats(
    function: Callable[[Tensor], Tensor], dtype: type
) -> None:
    numbers = np.array([1, 2, 250]).astype(dtype)
    found, wanted = function(tensor(numbers)), function(tensor(numbers.astype(float)))
    assert found.dtype == np.float64
    assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("function", FLOATS_ONLY)
def test_what_pytorch_computes_of_floats_alone_is_refused_for_others(
    function: Callable[[Tensor], Tensor],
) -> None:
    for numbers in (BYTES, tensor([True]), tensor(3)):
        with pytest.raises(EngineError, match="needs float, found"):
            function(numbers)


@pytest.mark.parametrize("function", [F.abs, F.sign, F.relu, F.square, F.neg])
def test_a_truth_value_has_no_size_and_no_sign(function: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(EngineError, match="needs int, float, found bool"):
        function(tensor([True, False]))


def test_sums_and_products_of_unsigned_numbers_are_signed() -> None:
    assert (BYTES.sum() - 300).tolist() == -47
    assert BYTES.prod().dtype == np.int64


def test_clamped_whole_numbers_stay_whole() -> None:
    x = tensor([1, 5, 9])
    for found, wanted in ((x.clamp(2), [2, 5, 9]), (x.clamp(max=6), [1, 5, 6])):
        assert found.dtype == np.int64
        assert found.tolist() == wanted
    assert x.clamp(1.5).tolist() == [1.5, 5.0, 9.0]


def test_logsumexp_takes_whole_numbers_and_softmax_refuses_them() -> None:
    x = tensor([1, 2])
    assert x.logsumexp(0).item() == tensor([1.0, 2.0]).logsumexp(0).item()
    for function in (F.softmax, F.log_softmax):
        with pytest.raises(EngineError, match="needs float, found int64"):
            function(x, 0)


def test_methods_take_the_names_that_pytorch_gives_their_arguments() -> None:
    x = tensor(np.arange(4.0).reshape(2, 2))
    assert x.reshape(shape=(4,)).shape == x.view(size=(4,)).shape == (4,)
    assert x.expand(size=(3, 2, 2)).shape == (3, 2, 2)
    assert x.permute(dims=(1, 0)).tolist() == x.T.tolist()
    assert [part.shape for part in x.split(split_size=1, dim=1)] == [(2, 1), (2, 1)]
    assert x.where(x > 1, -1.0).tolist() == [[-1.0, -1.0], [2.0, 3.0]]


def test_one_number_is_what_python_takes_it_for() -> None:
    assert abs(tensor(-3.0)).item() == 3.0
    assert int(tensor(3.7)) == 3
    assert ["a", "b"][tensor(1)] == "b"
    assert f"{tensor([1.25]):.1f}" == "1.2"
    assert f"{tensor(1.5)}" == "tensor(1.5)"
    with pytest.raises(TypeError):
        ["a", "b"][tensor(1.0)]
