"""The numbers of the examples, against those that somebody else has: by hand, or with NumPy."""

from typing import Any

import numpy as np
import pytest

from mlviz.autograd import Array, Tensor, backward, functional
from mlviz.document import Document, load
from mlviz.document.examples import examples, find
from mlviz.document.recipe import rebuilt
from mlviz.learn import measure
from mlviz.learn.run import Run
from mlviz.learn.training import Training
from mlviz.trace.nudge import check

WITH_VARIANTS = [example.name for example in examples() if load(example.path).variants]


def opened(name: str) -> Document:
    return load(find(name))


def numbers(training: Training, iteration: int = 1) -> tuple[dict[str, Array], dict[str, Array]]:
    """Values and gradients of an iteration, by name."""
    done = training.iteration(iteration)
    totals = {c.target: c.total for c in backward(done.tape, done.output)}
    named = [node for node in done.tape if node.name]
    return (
        {node.name: node.value for node in named},
        {node.name: totals[node.id] for node in named if node.id in totals},
    )


def run_of(document: Document, name: str, iterations: int | None = None) -> Run:
    """Train the variant of an English name as long as the file says, or not quite so long."""
    (variant,) = [variant for variant in document.variants if variant.name.en == name]
    other = rebuilt(document, variant.table)
    run = Run(other.training, stop=other.stop)
    run.advance(iterations or variant.table.iterations)
    return run


def loss_at_end(run: Run, part: str = "train") -> float:
    program: Any = run.training.program
    return measure.loss_of(program, run.training.parameters(run.head), part)


# --- Derivatives ---------------------------------------------------------------------------


def test_the_slope_of_the_square_is_2x_and_every_step_takes_a_fifth_away() -> None:
    training = opened("slope").training
    assert numbers(training)[1]["x"] == 3.0
    for number in (1, 2, 10, 30):
        x = training.parameters(number)["x"]
        assert x == pytest.approx(1.5 * 0.8 ** (number - 1), rel=1e-13)


def test_the_chain_rule_gives_the_derivative_of_the_whole() -> None:
    values, gradients = numbers(opened("chain-rule").training)
    assert values["y"] == pytest.approx(np.sin(np.sqrt(5)), abs=1e-15)
    by_hand = np.cos(np.sqrt(5)) * 1 / (2 * np.sqrt(5)) * 2 * 2.0
    assert gradients["x"] == pytest.approx(by_hand, abs=1e-15)


def test_the_gradient_of_the_valley_stands_across_its_contour_line() -> None:
    training = opened("gradient").training
    _, gradients = numbers(training)
    assert (gradients["x"], gradients["y"]) == (2 * (-1 - 2), 6 * (1 + 1))
    # Along the contour line dL = 0: there 2u du + 6v dv = 0.
    along = np.array([6.0 * 2.0, 2.0 * 3.0])
    assert along @ np.array([gradients["x"], gradients["y"]]) == 0
    end = training.parameters(training.iterations)
    assert end["x"] == pytest.approx(2, abs=1e-3)
    assert end["y"] == pytest.approx(-1, abs=1e-12)


def test_activations_give_their_derivatives_to_a_start_of_ones() -> None:
    values, gradients = numbers(opened("activations").training)
    points = values["w"]
    sigmoid = 1 / (1 + np.exp(-points))
    np.testing.assert_array_equal(gradients["u"], [0, 0, 1, 1])
    np.testing.assert_allclose(gradients["v"], sigmoid * (1 - sigmoid), rtol=1e-14)
    np.testing.assert_allclose(gradients["w"], 1 / np.cosh(points) ** 2, rtol=1e-12)
    np.testing.assert_array_equal(gradients["y"], np.ones(4))
    assert gradients["v"].max() == 0.25
    for name, function in (
        ("u", functional.relu),
        ("v", functional.sigmoid),
        ("w", functional.tanh),
    ):
        x = Tensor(values[name], requires_grad=True)
        function(x).backward(gradient=np.ones(4))
        assert x.grad is not None
        np.testing.assert_array_equal(x.grad.data, gradients[name])


def test_a_matrix_product_has_products_with_the_transposed_as_gradients() -> None:
    values, gradients = numbers(opened("matmul").training)
    np.testing.assert_array_equal(values["Y"], [[-4.0, 6.0], [-5.5, 12.0]])
    np.testing.assert_array_equal(gradients["X"], values["C"] @ values["W"].T)
    np.testing.assert_array_equal(gradients["W"], values["X"].T @ values["C"])
    nudged = values["W"] + 1e-6 * np.eye(3, 2)
    change = (values["C"] * (values["X"] @ nudged)).sum() - values["L"]
    assert change / 1e-6 == pytest.approx(gradients["W"][0, 0] + gradients["W"][1, 1], abs=1e-4)


def test_what_was_stretched_is_added_up_again() -> None:
    values, gradients = numbers(opened("broadcasting").training)
    np.testing.assert_allclose(values["m"], [2.5, 1.0], rtol=1e-15)
    np.testing.assert_allclose(gradients["b"], 2 * values["m"], rtol=1e-15)
    np.testing.assert_allclose(gradients["X"], np.tile(2 * values["m"] / 3, (3, 1)), rtol=1e-15)


def test_no_gradient_comes_back_from_what_was_cut_off() -> None:
    values, gradients = numbers(opened("detach").training)
    assert values["L"] == 6**2 + 3**2
    assert gradients["w"] == 6 * 2  # c · x
    assert 2 * 6 * 2 + 2 * 3 == 30  # what h² + w² would give
    assert not {"c", "k", "x"} & gradients.keys()


# --- Losses --------------------------------------------------------------------------------


def test_the_reduction_changes_the_length_of_the_gradient_alone() -> None:
    values, gradients = numbers(opened("mse").training)
    np.testing.assert_array_equal(values["N"], [1, 4, 1, 0])
    assert (values["M"], values["S"], values["L"]) == (1.5, 6.0, 13.5)
    np.testing.assert_array_equal(gradients["w"], [2, 4, -2, 0])
    np.testing.assert_array_equal(gradients["v"], gradients["w"] / 4)
    np.testing.assert_array_equal(gradients["u"], gradients["w"])


def test_linear_regression_comes_to_the_solution_of_the_normal_equations() -> None:
    training = opened("houses").training
    program: Any = training.program
    x = np.column_stack([program.inputs, np.ones(len(program.inputs))])
    solution = np.linalg.solve(x.T @ x, x.T @ program.targets).ravel()
    end = training.parameters(training.iterations)
    assert end["layer1.weight"].item() == pytest.approx(solution[0], abs=1e-6)
    assert end["layer1.bias"].item() == pytest.approx(solution[1], abs=1e-12)
    correlation = np.corrcoef(program.inputs[:, 0], program.targets[:, 0])[0, 1]
    assert solution[0] == pytest.approx(correlation, abs=1e-12)
    assert training.loss(training.iterations) == pytest.approx(1 - correlation**2, abs=1e-12)


def test_the_likelihood_grows_to_the_maximum_that_newton_finds() -> None:
    training = opened("likelihood").training
    program: Any = training.program
    x = np.column_stack([program.inputs, np.ones(10)])
    y = program.targets.ravel()
    best = np.zeros(2)
    for _ in range(20):
        p = 1 / (1 + np.exp(-x @ best))
        best += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    p = 1 / (1 + np.exp(-x @ best))
    least = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    assert training.loss(1) == pytest.approx(np.log(2), abs=1e-15)
    assert least < training.loss(training.iterations) < least * 1.001
    longer = training.parameters(8_000)
    found = [longer["layer1.weight"].item(), longer["layer1.bias"].item()]
    np.testing.assert_allclose(found, best, rtol=1e-6)


def test_the_gradient_of_the_scores_is_p_minus_y() -> None:
    values, gradients = numbers(opened("softmax").training)
    np.testing.assert_allclose(gradients["z"], values["p"] - values["y"], atol=1e-15)
    np.testing.assert_allclose(
        gradients["W"], np.outer(values["p"] - values["y"], values["x"]), atol=1e-15
    )
    assert values["p"].sum() == pytest.approx(1, abs=1e-15)
    assert values["L"] == pytest.approx(-np.log(values["p"][1]), abs=1e-15)


def test_the_divergence_is_cross_entropy_minus_entropy_and_goes_to_zero() -> None:
    training = opened("entropy").training
    values, gradients = numbers(training)
    p = values["p"]
    assert values["H"] == pytest.approx(-(p * np.log(p)).sum(), abs=1e-15)
    assert values["C"] == pytest.approx(np.log(3), abs=1e-15)
    assert values["K"] == pytest.approx((p * np.log(p * 3)).sum(), abs=1e-15)
    np.testing.assert_allclose(gradients["z"], values["q"] - p, atol=1e-15)
    assert "H" not in gradients or not np.any(gradients.get("p", 0))
    end, _ = numbers(training, training.iterations)
    np.testing.assert_allclose(end["q"], p, atol=1e-5)


# --- Networks ------------------------------------------------------------------------------


def test_layers_without_activation_never_get_below_a_quarter() -> None:
    training = opened("linear-xor").training
    corners = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]])
    answers = np.array([0, 1, 1, 0.0])
    _, residual, *_ = np.linalg.lstsq(corners, answers, rcond=None)
    assert residual / 4 == pytest.approx(0.25)
    losses = [training.loss(number) for number in range(1, 301, 20)]
    assert min(losses) > 0.25 - 1e-12
    assert training.loss(300) == pytest.approx(0.25, abs=1e-4)


def test_the_fruit_are_told_apart_and_the_gaps_filled_as_the_scene_says() -> None:
    document = opened("fruit")
    assert document.data is not None
    assert document.data.left_out == 1
    assert len(document.data.prepared.network_names) == 7
    program: Any = document.training.program
    end = document.training.parameters(document.training.iterations)
    assert measure.metric_of(program, end, "train") == 1.0
    assert measure.metric_of(program, end, "validation") == 1.0


def test_hidden_neurons_that_start_equal_stay_equal_to_the_last_bit() -> None:
    training = opened("symmetry").training
    for number in (1, 2, 50, 400):
        weight = training.parameters(number)["layer1.weight"]
        assert (weight == weight[0]).all()
        _, gradients = numbers(training, number)
        assert (gradients["W^1"] == gradients["W^1"][0]).all()
    assert loss_at_end(run_of(opened("symmetry"), "Random (Xavier)")) < 0.01 < 0.17


def norms(document: Document, name: str) -> Array:
    (variant,) = [variant for variant in document.variants if variant.name.en == name]
    _, gradients = numbers(rebuilt(document, variant.table).training)
    return np.array([np.linalg.norm(gradients[f"z^{layer}"]) for layer in range(1, 8)])


def test_gradients_vanish_stay_or_explode_with_the_start() -> None:
    document = opened("vanishing")
    vanishing, steady, exploding = (norms(document, v.name.en) for v in document.variants)
    assert vanishing[0] < vanishing[-1] / 1000
    # A layer can pass on no more than a quarter of what its weights let through.
    values, _ = numbers(document.training)
    for layer in range(1, 6):
        width = np.linalg.norm(values[f"W^{layer + 1}"], 2)
        assert vanishing[layer - 1] <= 0.25 * width * vanishing[layer] * (1 + 1e-12)
    assert 0.2 < steady[0] / steady[-1] < 5
    assert exploding[0] > 10 * exploding[-1]


def test_signals_keep_their_size_with_xaviers_start_and_fade_with_the_default() -> None:
    document = opened("start")

    def spreads(name: str) -> list[float]:
        (variant,) = [variant for variant in document.variants if variant.name.en == name]
        values, _ = numbers(rebuilt(document, variant.table).training)
        return [values[f"a^{layer}"].std() for layer in range(1, 6)]

    default, xavier = spreads("Default of nn.Linear"), spreads("Xavier")
    assert default[-1] < default[0] / 4
    assert 0.5 < xavier[-1] / xavier[0] < 2
    bound = 1 / np.sqrt(8)
    weight = document.training.parameters(1)["layer2.weight"]
    assert 0.8 * bound < np.abs(weight).max() <= bound
    assert loss_at_end(run_of(document, "Xavier")) < 0.01
    assert loss_at_end(run_of(document, "Default of nn.Linear")) > 0.1


# --- Training ------------------------------------------------------------------------------


def test_all_optimizers_begin_with_the_same_gradient_and_momentum_overtakes_sgd() -> None:
    document = opened("optimizers")
    found = [numbers(rebuilt(document, v.table).training)[1]["W^1"] for v in document.variants]
    assert len(found) == 5
    for gradient in found:
        np.testing.assert_array_equal(gradient, found[0])
    plain, momentum = run_of(document, "SGD"), run_of(document, "SGD, momentum")
    assert momentum.curves.loss[50] < plain.curves.loss[50]


def test_a_learning_rate_beyond_two_over_the_largest_curvature_diverges() -> None:
    document = opened("learning-rates")
    program: Any = document.training.program
    x = np.column_stack([program.inputs, np.ones(30)])
    largest = np.linalg.eigvalsh(2 * x.T @ x / 30).max()
    for variant in document.variants:
        assert variant.table.optimizer is not None
        run = run_of(document, variant.name.en)
        stays = variant.table.optimizer.lr < 2 / largest
        assert stays == (variant.name.en != "Too large")
        assert (run.curves.loss[-1] < run.curves.loss[0]) == stays
    steps = run_of(document, "Nearly too large").training
    path = [steps.parameters(number)["layer1.bias"].item() for number in range(2, 12)]
    signs = np.sign(np.diff(path))
    assert (signs[1:] == -signs[:-1]).all()  # from side to side


# --- Generalisation ------------------------------------------------------------------------


def test_a_straight_line_is_too_stiff_and_degree_twelve_too_clever() -> None:
    document = opened("overfitting")
    names = [variant.name.en for variant in document.variants]
    line, cubic, stopped, clever = (run_of(document, name, 600) for name in names)
    validation = [loss_at_end(run, "validation") for run in (line, cubic, clever)]
    assert validation[1] < validation[0] < validation[2]
    assert loss_at_end(clever) < loss_at_end(cubic) < loss_at_end(line)
    assert stopped.stopped is not None
    assert stopped.stopped.rule == "patience"
    program: Any = stopped.training.program
    best = measure.loss_of(program, stopped.training.parameters(stopped.restored()), "validation")
    assert best < validation[2] / 3


def test_l2_makes_weights_small_and_l1_makes_most_of_them_vanish() -> None:
    document = opened("penalties")
    found = {}
    for variant in document.variants:
        run = run_of(document, variant.name.en)
        end = run.training.parameters(run.head)
        weights = np.concatenate([v.ravel() for k, v in end.items() if k.endswith("weight")])
        found[variant.name.en] = weights, loss_at_end(run, "validation")
    none, l2, l1 = found.values()
    assert np.linalg.norm(l2[0]) < np.linalg.norm(none[0]) / 5
    assert (np.abs(l1[0]) < 0.02).sum() > 40
    assert (np.abs(l2[0]) < 0.02).sum() < 10
    assert max(l2[1], l1[1]) < none[1] / 2


def test_dropout_closes_the_gap_between_training_and_validation() -> None:
    document = opened("dropout")
    values, _ = numbers(document.training)
    assert set(np.unique(values["m^1"])) == {0.0, 2.0}
    np.testing.assert_array_equal(values["d^1"], values["m^1"] * values["a^1"])
    gaps = []
    for variant in document.variants:
        run = run_of(document, variant.name.en, 400)
        gaps.append(abs(loss_at_end(run, "validation") - loss_at_end(run)))
    assert gaps[0] > gaps[1] > gaps[2]


def test_straight_lines_resemble_each_other_and_loose_curves_do_not() -> None:
    document = opened("bias-variance")
    grid = np.linspace(-0.9, 0.9, 50)

    def curve(name: str) -> Array:
        run = run_of(document, name)
        info = rebuilt(document, next(v.table for v in document.variants if v.name.en == name)).data
        assert info is not None
        inputs = info.prepared.network_inputs(grid[:, None])
        return measure.predicted(run.training.program, run.training.parameters(run.head), inputs)

    loose = np.abs(curve("Degree 9, points A") - curve("Degree 9, points B")).mean()
    stiff = np.abs(curve("Degree 1, points A") - curve("Degree 1, points B")).mean()
    assert loose > 0.1
    truth = 2 * grid**3 - grid
    missed = np.abs(curve("Degree 1, points A").ravel() - truth).mean()
    assert missed > stiff


def test_only_the_test_knows_that_the_world_has_changed() -> None:
    document = opened("shift")
    losses = []
    for variant in document.variants:
        run = run_of(document, variant.name.en)
        losses.append([loss_at_end(run, part) for part in ("train", "validation", "test")])
    same, moved, turned = losses
    assert same[:2] == moved[:2] == turned[:2]
    assert same[2] < 0.1 < min(moved[2], turned[2])
    data = document.data
    assert data is not None
    unmoved = rebuilt(document, document.variants[0].table).data
    assert unmoved is not None
    rows = data.split.test
    change = data.dataset.inputs[rows] - unmoved.dataset.inputs[rows]
    np.testing.assert_allclose(change, np.tile(change[0], (len(rows), 1)), atol=1e-12)
    spread = unmoved.dataset.inputs[data.split.train].std(axis=0)
    np.testing.assert_allclose(np.abs(change[0]) / spread, 0.5, rtol=0.2)


def test_digits_begin_worse_than_chance_and_end_nearly_always_right() -> None:
    training = opened("digits").training
    assert training.loss(1) > np.log(10)
    program: Any = training.program
    assert sum(value.size for value in training.parameters(1).values()) > 2000
    end = training.parameters(training.iterations)
    assert measure.metric_of(program, end, "test") > 0.96


@pytest.mark.parametrize("name", WITH_VARIANTS)
def test_every_variant_can_be_trained(name: str) -> None:
    document = opened(name)
    assert 2 <= len(document.variants) <= 8
    tables = [variant.table for variant in document.variants]
    for variant in document.variants:
        assert variant.name.en
        assert variant.name.zh_CN
        assert rebuilt(document, variant.table).training.iteration(1).updates
    # One of them is what the film shows.
    assert any(table == document.table for table in tables)


@pytest.mark.parametrize("name", [example.name for example in examples()])
def test_finite_differences_agree_with_every_example(name: str) -> None:
    found = check(opened(name).training, 1)
    assert found.cut == (name == "detach")
    assert found.agrees or found.cut
