"""Every example is opened, run, and asked whether it says what it computes."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlviz.autograd import backward
from mlviz.document import Document, load, scene_steps
from mlviz.document.examples import FIRST, THEMES, examples, find
from mlviz.document.localtext import LocalText, local_text
from mlviz.i18n import LANGUAGES
from mlviz.learn.training import Iteration
from mlviz.trace.magnify import magnified
from mlviz.trace.scalars import scalarize
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline

# Numbers in texts that a test below computes.
CHECKED = {
    "mazur": {"0.291027924"},
    "detach": {"12", "30"},
    "digits": {"10"},
}
LARGE = {"fruit", "start", "dropout", "k-fold", "digits", "optimizers", "penalties"}
UNTRAINED = {
    "chain-rule",
    "twice",
    "activations",
    "matmul",
    "broadcasting",
    "detach",
    "mse",
}
NAMES = [example.name for example in examples()]


def opened(name: str) -> Document:
    return load(find(name))


def timelines(document: Document) -> dict[str, Timeline]:
    """The steps at both levels; only the operations of a run that is too large for scalars."""
    iteration = document.training.iteration(1)
    found = {"operations": Timeline(iteration)}
    if document.name not in LARGE:
        found["scalars"] = Timeline(scalarize(iteration).iteration)
    return found


def texts(document: Document) -> Iterator[LocalText]:
    yield from (document.title, document.about, local_text(document.table.shows))
    yield from (scene.say for scene in document.scenes)


def values(iteration: Iteration) -> dict[str, float]:
    return {node.name: float(node.value) for node in iteration.tape if node.value.size == 1}


def test_the_examples_stand_in_the_order_in_which_they_build_on_each_other() -> None:
    assert FIRST in NAMES
    assert NAMES[0] == "slope"
    assert NAMES.index("linear-xor") + 1 == NAMES.index("xor")
    numbers = [int(example.path.name.partition("_")[0]) for example in examples()]
    assert numbers == sorted(set(numbers))
    themes = [THEMES.index(example.theme) for example in examples()]
    assert themes == sorted(themes)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_everything_in_both_languages(name: str) -> None:
    document = opened(name)
    for text in texts(document):
        assert text.en
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", text.en), text.en
        assert re.search(r"[\u4e00-\u9fff]", text.zh_CN), text.zh_CN
        # Chinese punctuation in Chinese sentences, and no space left by a line that was wrapped.
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[\u3001-\u9fff] +[\u3001-\u9fff]", text.zh_CN)
    assert set(LANGUAGES) == {"en", "zh_CN"}


@pytest.mark.parametrize("name", NAMES)
def test_a_text_fits_beside_the_stage(name: str) -> None:
    document = opened(name)
    shows = local_text(document.table.shows)
    assert 30 <= len(shows.en) <= 100
    assert 12 <= len(shows.zh_CN) <= 42
    assert 4 <= len(document.scenes) <= 12
    for scene in document.scenes:
        assert 60 <= len(scene.say.en) <= 330, scene.at
        assert 25 <= len(scene.say.zh_CN) <= 130, scene.at
        assert "\n" not in scene.say.en + scene.say.zh_CN


@pytest.mark.parametrize("name", NAMES)
def test_a_scene_states_no_number_that_was_not_computed(name: str) -> None:
    # Whole numbers below ten are part of the wording: the range from 0 to 1, a gradient of 1.
    for scene in opened(name).scenes:
        for text in (scene.say.en, scene.say.zh_CN):
            numbers = re.findall(r"[\d.]*\d\.\d+|\d{2,}", text)
            assert set(numbers) <= CHECKED.get(name, set()), text


@pytest.mark.parametrize("name", NAMES)
def test_the_scenes_of_an_example_follow_each_other(name: str) -> None:
    document = opened(name)
    found = scene_steps(document, timelines(document)[document.level])
    assert [scene for _, scene in found] == list(document.scenes)
    assert all(before < after for (before, _), (after, _) in pairwise(found))


@pytest.mark.parametrize("name", NAMES)
def test_the_scenes_of_an_example_are_there_at_the_other_level_too(name: str) -> None:
    document = opened(name)
    missing = {"mazur": {"backward:->out_h1#2"}}  # one contribution holds both among operations
    for timeline in timelines(document).values():
        found = {scene.at for _, scene in scene_steps(document, timeline)}
        assert {scene.at for scene in document.scenes} - found <= missing.get(name, set())


LEAST = {
    # the least share of its first loss that an example comes to, and the most
    "houses": (0.77, 0.78),  # 1 − r²
    "likelihood": (0.7, 0.8),
    "mse": (1.0, 1.0),
    "linear-xor": (0.55, 0.65),  # a quarter
    "symmetry": (0.5, 0.7),
    "vanishing": (0.99, 1.0),
    "start": (0.1, 0.3),
    "optimizers": (0.4, 0.6),
    "learning-rates": (0.0, 0.02),
    "overfitting": (0.05, 0.2),
    "penalties": (0.55, 0.65),  # with L2
    "dropout": (0.05, 0.2),
}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_learns(name: str) -> None:
    training = opened(name).training
    assert (training.rule is None) == (name in UNTRAINED)
    if training.rule is not None:
        first = training.iteration(1)
        assert first.loss_after is not None
        assert first.loss_after < training.loss(1)
        low, high = LEAST.get(name, (0.0, 0.1))
        assert low <= training.loss(training.iterations) / training.loss(1) <= high


# --- The neuron ----------------------------------------------------------------------------


def test_the_neuron_starts_as_in_the_picture_of_the_window() -> None:
    document = opened("tanh-neuron")
    iteration = document.training.iteration(1)
    found = values(iteration)
    assert {name: found[name] for name in ("w1", "w2", "x1", "x2", "b", "t")} == {
        "w1": 0.5,
        "w2": -0.8,
        "x1": 1.0,
        "x2": 0.6,
        "b": 0.1,
        "t": 1.0,
    }
    assert [round(found[name], 3) for name in ("z", "y", "L")] == [0.120, 0.119, 0.775]
    at_tanh = next(
        c for c in backward(iteration.tape, iteration.output) if iteration.tape[c.node].name == "y"
    )
    assert at_tanh.local is not None
    assert round(float(at_tanh.upstream), 3) == -1.761
    assert round(float(at_tanh.local), 3) == 0.986
    assert round(float(at_tanh.downstream), 3) == -1.736
    assert document.training.iterations == 200
    assert document.source == ("z = w1*x1 + w2*x2 + b", "y = tanh(z)", "L = (y - t)**2")


def test_the_bias_of_the_neuron_receives_what_arrived_at_z() -> None:
    iteration = opened("tanh-neuron").training.iteration(1)
    totals = {c.target: c.total for c in backward(iteration.tape, iteration.output)}
    ids = {node.name: node.id for node in iteration.tape}
    assert totals[ids["b"]] == totals[ids["z"]]


# --- One value, several times --------------------------------------------------------------


def test_a_value_used_more_than_once_collects_every_contribution() -> None:
    timeline = timelines(opened("twice"))["operations"]
    ids = {node.name: node.id for node in timeline.tape if node.name}
    assert values(timeline.iteration)["y"] == 90.0
    # By hand at h = 9: the sum sends 1, each factor of h·h sends 9; then x receives 19·3 twice.
    assert [float(c.downstream) for c in timeline.contributions_to(ids["h"])] == [1.0, 9.0, 9.0]
    assert [float(c.downstream) for c in timeline.contributions_to(ids["x"])] == [57.0, 57.0]
    assert timeline.final_gradient(ids["x"]) == 114.0
    assert 2 * 3.0 + 4 * 3.0**3 == 114.0  # what the last scene says: 2x + 4x³


def test_the_scenes_about_contributions_stand_where_they_arrive() -> None:
    document = opened("twice")
    timeline = timelines(document)["operations"]
    ids = {node.name: node.id for node in timeline.tape if node.name}
    at = {scene.at: step for step, scene in scene_steps(document, timeline)}
    assert timeline.state_at(at["backward:y->h"]).received(ids["h"]) == 1
    assert timeline.state_at(at["backward:mul->h"]).received(ids["h"]) == 2
    assert timeline.state_at(at["backward:mul->h#2"]).gradient_complete(ids["h"])
    assert not timeline.state_at(at["backward:h->x"]).gradient_complete(ids["x"])
    assert timeline.state_at(at["backward:h->x#2"]).gradient_complete(ids["x"])


# --- Mazur ---------------------------------------------------------------------------------

PUBLISHED = {
    "w1": 0.149780716,
    "w2": 0.19956143,
    "w3": 0.24975114,
    "w4": 0.29950229,
    "w5": 0.35891648,
    "w6": 0.408666186,
    "w7": 0.51130127,
    "w8": 0.561370121,
}


def decimals(number: float) -> int:
    return len(str(number).partition(".")[2])


def test_mazur_has_the_values_that_were_published() -> None:
    iteration = opened("mazur").training.iteration(1)
    found = values(scalarize(iteration).iteration)
    published = {
        "i1": 0.05,
        "i2": 0.10,
        "b1": 0.35,
        "b2": 0.60,
        "target_o1": 0.01,
        "target_o2": 0.99,
        "net_h1": 0.3775,
        "out_h1": 0.593269992,
        "out_h2": 0.596884378,
        "net_o1": 1.105905967,
        "out_o1": 0.75136507,
        "out_o2": 0.772928465,
        "E_o1": 0.274811083,
        "E_o2": 0.023560026,
        "L": 0.298371109,
    }
    for name, value in published.items():
        assert round(found[name], decimals(value)) == value, name


def test_mazur_updates_the_eight_weights_as_published() -> None:
    iteration = scalarize(opened("mazur").training.iteration(1)).iteration
    after = {iteration.tape[u.node].name: float(u.after) for u in iteration.updates}
    assert after.keys() == PUBLISHED.keys()
    for name, value in PUBLISHED.items():
        assert round(after[name], decimals(value)) == value, name


def test_mazur_holds_its_biases_fixed() -> None:
    document = opened("mazur")
    found = values(scalarize(document.training.iteration(5)).iteration)
    assert (found["b1"], found["b2"]) == (0.35, 0.60)
    assert document.level == "scalars"


def test_the_scene_about_both_errors_stands_where_the_second_one_arrives() -> None:
    document = opened("mazur")
    timeline = timelines(document)["scalars"]
    out_h1 = next(node.id for node in timeline.tape if node.name == "out_h1")
    at = {scene.at: step for step, scene in scene_steps(document, timeline)}
    assert timeline.state_at(at["backward:->out_h1#2"] - 1).received(out_h1) == 1
    assert timeline.state_at(at["backward:->out_h1#2"]).gradient_complete(out_h1)


def test_the_gradient_of_a_hidden_weight_is_smaller_than_those_of_the_output_weights() -> None:
    timeline = timelines(opened("mazur"))["scalars"]
    slopes = {
        node.name: abs(float(timeline.final_gradient(node.id) or 0.0))
        for node in timeline.tape
        if node.role == "parameter"
    }
    assert slopes["w1"] < min(slopes[name] for name in ("w5", "w6", "w7", "w8"))


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def mazur_error_after(*, with_new_output_weights: bool) -> float:
    """Compute the error after one update by hand, the hidden gradients in either of two ways."""
    x, t = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    hidden, outer = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])
    h = sigmoid(hidden @ x + 0.35)
    o = sigmoid(outer @ h + 0.60)
    delta = (o - t) * o * (1 - o)
    new_outer = outer - 0.5 * np.outer(delta, h)
    back = (new_outer if with_new_output_weights else outer).T @ delta * h * (1 - h)
    new_hidden = hidden - 0.5 * np.outer(back, x)
    o = sigmoid(new_outer @ sigmoid(new_hidden @ x + 0.35) + 0.60)
    return float(((o - t) ** 2).sum() / 2)


def test_the_error_printed_in_the_article_follows_from_updating_too_early() -> None:
    document = opened("mazur")
    printed = "0.291027924"
    assert f"{mazur_error_after(with_new_output_weights=True):.9f}" == printed
    last = document.scenes[-1].say
    assert printed in last.en
    assert printed in last.zh_CN
    # The eight published weights, and so this program, give another seventh digit.
    after = document.training.iteration(1).loss_after
    assert after == pytest.approx(mazur_error_after(with_new_output_weights=False), abs=1e-15)
    assert f"{after:.9f}" == "0.291027774"


# --- Exclusive or --------------------------------------------------------------------------


def test_exclusive_or_is_learned() -> None:
    training = opened("xor").training
    last = training.iteration(training.iterations)
    assert training.loss(training.iterations) == pytest.approx(0.005796, abs=1e-6)
    guess = next(node.value for node in last.tape if node.name == "yhat")
    np.testing.assert_array_equal(np.round(guess), [[0], [1], [1], [0]])


def test_exclusive_or_is_learned_slowly_at_first_and_then_quickly() -> None:
    training = opened("xor").training
    loss = [training.loss(number) for number in range(1, training.iterations + 1, 10)]
    steepest = max(range(len(loss) - 1), key=lambda k: loss[k] - loss[k + 1])
    assert 50 < steepest * 10 < 150
    assert loss[0] - loss[1] < (loss[steepest] - loss[steepest + 1]) / 5


@pytest.mark.parametrize("name", NAMES)
def test_an_example_ends_with_its_result_where_it_is_trained(name: str) -> None:
    document = opened(name)
    iteration = document.training.iteration(1)
    timeline = Timeline(magnified(iteration, document.level).iteration)
    is_result = timeline.steps[-1].kind is StepKind.RESULT
    assert is_result == (document.optimizer is not None)
    assert (document.scenes[-1].at == "result") == is_result


def test_the_readme_lists_every_example_with_what_it_shows() -> None:
    text = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    for example in examples():
        assert f"`{example.name}` | {example.shows.en.rstrip('.')} |" in text, example.name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_known_of_an_example_before_it_is_opened_is_what_its_file_says(name: str) -> None:
    document = opened(name)
    info = next(example for example in examples() if example.name == name)
    assert (info.title, info.about, info.face) == (document.title, document.about, document.face)
    assert (local_text(document.table.shows), document.table.theme) == (info.shows, info.theme)
