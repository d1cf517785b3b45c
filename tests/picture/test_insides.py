"""The insides of an iteration, against finite differences and the training itself."""

import numpy as np
import pytest
from msgspec.structs import replace

from mlviz.document.schema import FileTable
from mlviz.learn import forward
from mlviz.learn.network import ACTIVATIONS
from mlviz.picture.insides import insides, norm, silent_counts, slopes
from tests.insides import RECIPES, program_of, trained, with_adam
from tests.outcomes import many_classes, two_classes


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_slope_is_the_finite_difference_of_the_activation(activation: str) -> None:
    z = np.array([[-2.5, -0.7, -0.1], [0.2, 0.9, 3.0]])
    step = 1e-6

    def outputs(at: np.ndarray) -> np.ndarray:
        from mlviz.autograd import Tensor

        activate = ACTIVATIONS[activation]
        return at if activate is None else activate(Tensor(at)).numpy()

    expected = (outputs(z + step) - outputs(z - step)) / (2 * step)
    assert slopes(activation, z) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", RECIPES)
def test_what_reaches_the_sum_is_what_reaches_the_output_times_the_slope(name: str) -> None:
    for layer in insides(trained(RECIPES[name]), 5):
        assert layer.dz == pytest.approx(layer.da * layer.slope, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("table", [two_classes(), many_classes(), with_adam(two_classes())])
def test_gradients_are_finite_differences_of_the_loss(table: FileTable) -> None:
    training = trained(table)
    program, parameters = program_of(training), dict(training.parameters(5))
    layers, step = insides(training, 5), 1e-6

    def loss(origin: str, index: tuple[int, int], by: float) -> float:
        moved = parameters[origin].copy()
        moved[index] += by
        outputs = forward.outputs(program, {**parameters, origin: moved}, program.inputs)
        return forward.loss(program, outputs, program.targets)

    for number, layer in enumerate(layers, 1):
        for index in [(0, 0), (layer.weight.shape[0] - 1, layer.weight.shape[1] - 1)]:
            origin = f"layer{number}.weight"
            slope = (loss(origin, index, step) - loss(origin, index, -step)) / (2 * step)
            assert layer.gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("number", [1, 6, 13])
def test_the_update_is_what_the_next_iteration_starts_with(name: str, number: int) -> None:
    training = trained(RECIPES[name])
    layers = insides(training, number)
    assert training.head == 13, "looking at the head does not train"
    for place, layer in enumerate(layers, 1):
        origin = f"layer{place}.weight"
        assert np.array_equal(layer.weight, training.parameters(number)[origin])
        after = training.parameters(number + 1)[origin]
        assert np.array_equal(layer.update, after - layer.weight)


def test_without_an_optimizer_nothing_is_updated() -> None:
    training = trained(replace(two_classes(), optimizer=None, iterations=1), 0)
    assert all(not layer.update.any() for layer in insides(training, 1))


def test_a_relu_that_is_zero_for_every_example_is_dead() -> None:
    table = two_classes()
    assert table.network is not None
    first, last = table.network.layers
    relu = replace(first, activation="relu", bias=[-50.0, 5.0, -60.0, 5.0])
    layers = insides(
        trained(replace(table, network=replace(table.network, layers=[relu, last])), 0), 1
    )
    assert layers[0].silent.tolist() == [True, False, True, False]
    assert not layers[0].a[:, 0].any()
    assert silent_counts(layers) == (2, 0)


def test_a_tanh_is_saturated_if_it_is_flat_for_every_example_and_not_only_for_some() -> None:
    table = two_classes()
    assert table.network is not None
    first, last = table.network.layers
    steep = replace(first, weight=[[12.0, 0.0], [0.1, 0.0], [0.0, 0.0], [0.0, 0.0]])
    steep = replace(steep, bias=[0.0, 0.0, 20.0, -20.0])
    table = replace(table, network=replace(table.network, layers=[steep, last]))
    layer = insides(trained(table, 0), 1)[0]
    # The first one is flat for most examples, but not for those in its steep middle.
    assert (np.abs(layer.slope[:, 0]) < 0.01).any()
    assert layer.silent.tolist() == [False, False, True, True]


def test_the_norm_is_that_of_numpy_and_tells_bad_numbers() -> None:
    values = np.random.default_rng(0).normal(size=(4, 5))
    assert norm(values) == pytest.approx(float(np.linalg.norm(values)), rel=1e-14)
    assert np.isnan(norm(np.array([1.0, np.nan])))
    assert norm(np.array([1e200, 1.0])) == np.inf
