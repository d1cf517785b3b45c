import numpy as np
import pytest

from mlviz.errors import ArgumentError
from mlviz.learn.data import generated

POINTS = [
    generated.xor,
    generated.circles,
    generated.moons,
    generated.spiral,
    generated.blobs,
]
ALL = [*POINTS, generated.linear, generated.polynomial]


@pytest.mark.parametrize("make", ALL)
def test_the_same_seed_gives_the_same_numbers(make) -> None:
    first, again, other = make(seed=3), make(seed=3), make(seed=4)
    np.testing.assert_array_equal(first.inputs, again.inputs)
    np.testing.assert_array_equal(first.targets, again.targets)
    assert not np.array_equal(first.inputs, other.inputs)


@pytest.mark.parametrize("make", POINTS)
def test_points_have_two_inputs_and_equally_many_of_each_class(make) -> None:
    data = make(n=60)
    assert data.inputs.shape == (60, 2)
    assert data.targets.shape == (60,)
    counts = np.bincount(data.targets)
    assert len(counts) == len(data.classes)
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("make", ALL)
def test_impossible_wishes_are_refused(make) -> None:
    with pytest.raises(ArgumentError, match="n is 0, but must be ≥ 1"):
        make(n=0)
    with pytest.raises(ArgumentError, match="noise is -1, but must be ≥ 0"):
        make(noise=-1)


def test_four_points_without_noise_are_the_truth_table() -> None:
    data = generated.xor(n=4, noise=0)
    assert data.inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert data.targets.tolist() == [0, 1, 1, 0]


def test_circles_without_noise_have_their_radius() -> None:
    data = generated.circles(noise=0, factor=0.3)
    radius = np.hypot(*data.inputs.T)
    np.testing.assert_allclose(radius, np.where(data.targets, 0.3, 1.0))


def test_moons_without_noise_are_half_circles() -> None:
    data = generated.moons(noise=0)
    upper = data.inputs[data.targets == 0]
    lower = data.inputs[data.targets == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_the_arms_of_a_spiral_are_turned_copies() -> None:
    data = generated.spiral(n=90, noise=0, classes=3, turns=1)
    radius = np.hypot(*data.inputs.T)
    angle = np.arctan2(data.inputs[:, 1], data.inputs[:, 0]) / (2 * np.pi)
    turned = angle - radius - data.targets / 3
    np.testing.assert_allclose(turned, np.round(turned), atol=1e-12)


def test_blobs_lie_around_their_centers() -> None:
    data = generated.blobs(n=4000, noise=0.5, centers=[[5, 0], [-5, 2]])
    for kind, center in enumerate([[5, 0], [-5, 2]]):
        cloud = data.inputs[data.targets == kind]
        np.testing.assert_allclose(cloud.mean(axis=0), center, atol=0.05)
        np.testing.assert_allclose(cloud.std(axis=0), 0.5, rtol=0.05)


def test_a_line_and_a_curve_without_noise_follow_their_formula() -> None:
    line = generated.linear(noise=0, slope=[2, -3], intercept=0.5)
    np.testing.assert_allclose(line.targets[:, 0], line.inputs @ [2, -3] + 0.5)
    curve = generated.polynomial(noise=0, coefficients=(1, 0, -2))
    np.testing.assert_allclose(curve.targets, 1 - 2 * curve.inputs**2)


def test_noise_has_the_size_that_was_asked_for() -> None:
    line = generated.linear(n=20000, noise=0.3)
    rest = line.targets[:, 0] - (2 * line.inputs[:, 0] - 1)
    assert abs(rest.std() - 0.3) < 0.01
