import numpy as np

from mlviz.autograd import Tensor, gradcheck, tensor


def test_a_right_gradient_is_believed() -> None:
    x, y = tensor([0.3, -2.0], requires_grad=True), tensor(1.5, requires_grad=True)
    first, second = gradcheck(lambda x, y: (x * x * y).tanh(), x, y)
    assert first.agrees
    assert second.agrees
    assert first.analytic.shape == (2,)
    assert second.numeric.shape == ()


def test_a_gradient_that_was_lost_is_noticed() -> None:
    x = tensor([0.3, -2.0], requires_grad=True)
    (check,) = gradcheck(lambda x: x * x.detach(), x)
    assert not check.agrees
    np.testing.assert_allclose(check.numeric, 2 * check.analytic, rtol=1e-6)


def test_only_inputs_that_require_gradients_are_checked() -> None:
    checks = gradcheck(lambda x, y: x * y, tensor(2.0), tensor(3.0, requires_grad=True))
    assert len(checks) == 1


def test_the_inputs_are_left_as_they_were() -> None:
    x = Tensor(np.array([1.0, 2.0]), requires_grad=True)
    gradcheck(lambda x: x * x, x)
    assert x.data.tolist() == [1.0, 2.0]
    assert x.grad is None
