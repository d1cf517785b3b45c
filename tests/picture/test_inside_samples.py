"""What is measured of a run in the course of its training."""

import numpy as np
import pytest

from mlviz.document.fitting import with_optimizer
from mlviz.picture import inside_samples
from mlviz.picture.inside_samples import (
    KINDS,
    MOST,
    NORMS,
    PARTS,
    Samples,
    magnitudes,
    quantiles,
)
from mlviz.picture.insides import insides
from tests.insides import deep, large, on_tape, trained, with_adam
from tests.outcomes import document, two_classes


@pytest.mark.parametrize("size", [1, 2, 7, 100, 20_000])
def test_quantiles_are_those_of_numpy_among_values_that_occur(size: int) -> None:
    values = np.random.default_rng(size).normal(size=size)
    expected = np.quantile(values, PARTS, method="lower")
    assert np.array_equal(quantiles(values), expected)


def test_quantiles_of_very_many_numbers_are_those_of_a_fair_part_of_them() -> None:
    random = np.random.default_rng(0)
    # Columns are far apart from each other: leaving some of them out would be seen.
    values = random.normal(size=(3000, 40)) + 10 * np.arange(40)
    found, ordered = quantiles(values), np.sort(values, axis=None)
    assert (found[0], found[-1]) == (ordered[0], ordered[-1])
    ranks = np.searchsorted(ordered, found) / values.size
    assert ranks == pytest.approx(PARTS, abs=0.005)


def test_quantiles_leave_out_what_is_not_finite() -> None:
    assert quantiles(np.array([3.0, np.nan, 1.0, np.inf, -np.inf, 2.0]))[[0, 3, 6]].tolist() == [
        1.0,
        2.0,
        3.0,
    ]
    assert np.isnan(quantiles(np.array([np.nan]))).all()


def test_magnitudes_leave_out_zeros() -> None:
    assert magnitudes(np.array([[0.0, -2.0], [3.0, 0.0]])).tolist() == [2.0, 3.0]


def filled(samples: Samples) -> Samples:
    for number in samples.due():
        samples.take(number)
    return samples


def test_every_sample_is_that_iteration_to_the_last_bit() -> None:
    samples = filled(Samples(trained(with_adam(two_classes(batch_size=8)), 40)))
    at = samples.at.astype(int).tolist()
    assert at == list(range(1, 42))
    for place in (0, 17, 40):
        layers = insides(samples.training, at[place])
        for number, layer in enumerate(layers):
            for kind in KINDS:
                values = getattr(layer, kind)
                found = samples.spread(number, kind, sizes=False)[place]
                assert np.array_equal(found, quantiles(values))
                found = samples.spread(number, kind, sizes=True)[place]
                assert np.array_equal(found, quantiles(np.abs(values[values != 0])))


def test_norms_are_those_of_the_tape() -> None:
    training = trained(two_classes(batch_size=8), 20)
    samples = filled(Samples(training))
    for number in (1, 9, 20):
        gradients = on_tape(training, number)
        for layer in range(samples.layers):
            origin = f"layer{layer + 1}.weight"
            before, after = (training.parameters(at)[origin] for at in (number, number + 1))
            expected = {
                "gradient": np.linalg.norm(gradients[origin]),
                "weight": np.linalg.norm(before),
                "ratio": np.linalg.norm(after - before) / np.linalg.norm(before),
            }
            for name, value in expected.items():
                found = samples.norm(layer, name)[number - 1]
                assert found == pytest.approx(value, rel=1e-12)


def test_a_long_run_is_measured_at_some_iterations_and_those_stay() -> None:
    training = trained(two_classes(batch_size=8), 100)
    samples = filled(Samples(training))
    assert samples.step == 1
    training.advance(2000)
    due = samples.due()
    assert samples.step == 32
    at = samples.at.astype(int).tolist()
    assert at == [1, 33, 65, 97], "what fits into the wider grid stays"
    filled(samples)
    assert samples.due() == []
    numbers = samples.at.astype(int)
    assert len(numbers) <= MOST
    assert np.array_equal(numbers, np.arange(1, training.head + 1, 32))
    assert set(due).isdisjoint(at)


def test_what_is_measured_is_a_checkpoint_so_that_nothing_is_run_again() -> None:
    training = document(two_classes(batch_size=8)).training
    training._history.budget = 10_000  # so that checkpoints lie apart
    training.advance(3000)
    samples = Samples(training)
    due = samples.due()
    assert training.spacing > 32, "so many would do for the number of samples"
    assert all((number - 1) % training.spacing == 0 for number in due)
    walked: list[int] = []
    walk = training._walk

    def noted(walker, until, **named):  # type: ignore[no-untyped-def]
        walked.append(until)
        walk(walker, until, **named)

    training._walk = noted  # type: ignore[method-assign]
    filled(samples)
    assert walked == []


def test_the_first_samples_are_spread_over_the_whole_run() -> None:
    samples = Samples(trained(two_classes(batch_size=8), 100))
    assert samples.due()[:4] == [1, 65, 33, 97]
    assert sorted(samples.due()) == list(range(1, 102))


def test_nothing_is_measured_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    training = trained(two_classes(batch_size=8), 20)
    taken: list[int] = []

    def noted(training, number):  # type: ignore[no-untyped-def]
        taken.append(number)
        return insides(training, number)

    monkeypatch.setattr(inside_samples, "insides", noted)
    samples = filled(Samples(training))
    training.advance(5)
    filled(samples)
    assert sorted(taken) == list(range(1, 27))


def test_a_run_that_diverges_has_gaps_and_no_errors() -> None:
    samples = filled(Samples(trained(with_optimizer(large(deep(3, 4), 4.0), lr=1e5), 6)))
    assert len(samples.at) == 7
    assert not np.isfinite(samples.norm(0, "gradient")).all()
    for kind in KINDS:
        assert samples.spread(0, kind, sizes=True).shape == (7, 7)
    assert set(NORMS) == {"gradient", "weight", "ratio", "silent"}
