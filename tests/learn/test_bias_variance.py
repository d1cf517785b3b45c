"""Bias, variance and noise: what each is, and that they add up to the measured error."""

import numpy as np
import pytest

from mlviz.learn.bias_variance import decomposed, paired_noise


def test_the_parts_are_those_of_loops_by_hand_and_add_up_to_the_error() -> None:
    numbers = np.random.default_rng(1)
    x = np.linspace(-1, 1, 17)
    truth = np.sin(3 * x)
    noise = paired_noise(0.3, len(x), seed=2, draws=10)
    fits = []
    for _ in range(12):  # straight lines through noisy training sets of their own
        at = numbers.uniform(-1, 1, 9)
        line = np.polynomial.Polynomial.fit(at, np.sin(3 * at) + 0.3 * numbers.normal(size=9), 1)
        fits.append(line(x))
    bias = variance = error = 0.0
    for place in range(len(x)):
        answers = [fit[place] for fit in fits]
        mean = sum(answers) / len(answers)
        bias += (mean - truth[place]) ** 2 / len(x)
        variance += sum((answer - mean) ** 2 for answer in answers) / len(answers) / len(x)
        for draw in noise[:, place]:
            for answer in answers:
                error += (truth[place] + draw - answer) ** 2 / (10 * 12 * len(x))
    found = decomposed(fits, truth, noise)
    assert (found.bias, found.variance, found.error) == pytest.approx((bias, variance, error))
    assert found.noise == pytest.approx(float(np.mean(noise**2)))
    assert found.total == pytest.approx(found.error, rel=1e-12)
    assert min(found.bias, found.variance, found.noise) > 0.001
    assert found.sets == 12


def test_noise_that_does_not_cancel_breaks_the_sum() -> None:
    truth = np.zeros(5)
    found = decomposed([np.ones(5)], truth, np.full((4, 5), 0.5))
    assert found.total != pytest.approx(found.error)


def test_paired_noise_has_no_mean_and_the_wanted_deviation() -> None:
    noise = paired_noise(0.2, 400, seed=0)
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=1e-15)
    assert noise.std() == pytest.approx(0.2, rel=0.02)
    np.testing.assert_array_equal(noise, paired_noise(0.2, 400, seed=0))
