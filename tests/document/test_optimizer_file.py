"""The optimizer of a file: every rule with its settings, and errors that help."""

from pathlib import Path

import numpy as np
import pytest

from mlviz.document.document import Document, load
from mlviz.document.optimizer_file import OPTIMIZERS
from mlviz.errors import DocumentError
from mlviz.i18n import translate
from mlviz.learn.rules import adam
from mlviz.trace.explain import Explainer
from mlviz.trace.scalars import scalarize
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline
from tests.document.texts import NETWORK

GIVEN = 'name = "SGD"\nlr = 0.1'


def document(folder: Path, optimizer: str) -> Document:
    assert GIVEN in NETWORK
    path = folder / "net.toml"
    path.write_text(NETWORK.replace(GIVEN, optimizer), encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_trains_at_every_level(tmp_path: Path, name: str) -> None:
    opened = document(tmp_path, f'name = "{name}"\nlr = 0.1')
    iteration = opened.training.iteration(3)
    assert iteration.rule is not None
    assert iteration.rule.name == name
    scalars = scalarize(iteration).iteration
    after = [update.after.item() for update in scalars.updates]
    whole = np.concatenate([update.after.reshape(-1) for update in iteration.updates])
    assert after == whole.tolist()


def test_settings_reach_the_rule_and_are_said(tmp_path: Path) -> None:
    opened = document(tmp_path, 'name = "Adam"\nlr = 0.02\nbetas = [0.5, 0.75]\neps = 0.001')
    iteration = opened.training.iteration(1)
    rule = adam(0.02, (0.5, 0.75), 0.001)
    update = iteration.updates[0]
    state = rule.initial_state(update.before)
    assert np.array_equal(rule.apply(update.before, update.gradient, state).after, update.after)
    assert opened.optimizer is not None
    assert translate(opened.optimizer, "en") == "Adam, η = 0.02, β₁ = 0.5, β₂ = 0.75"


@pytest.mark.parametrize(
    ("optimizer", "error"),
    [
        ('name = "Adan"\nlr = 1', 'optimizer.name: "Adan" is not known; did you mean "Adam"?'),
        ('name = "SGD"\nlr = 1\nmomentun = 0.9', '"momentun" is not known; did you mean "momentum'),
        ('name = "Adam"\nlr = 1\nmomentum = 0.9', 'optimizer (Adam): "momentum" is not known; al'),
        ('name = "RMSprop"\nlr = 1\nbetas = [0, 0]', 'optimizer (RMSprop): "betas" is not known'),
        ('name = "Adam"\nlr = 1\nbetas = [0.9]', "optimizer.betas: "),
        ('name = "Adam"\nlr = 1\nbetas = [0.9, 1.0]', "optimizer.betas: 1 is outside the range"),
        ('name = "SGD"\nlr = 1\nmomentum = -1.0', "optimizer.momentum: -1 is outside the range"),
        ('name = "SGD"\nlr = 1\nnesterov = true', "optimizer.nesterov: Nesterov’s step needs"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, optimizer: str, error: str) -> None:
    with pytest.raises(DocumentError) as caught:
        document(tmp_path, optimizer)
    assert error in translate(caught.value.message, "en")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_explanation_ends_with_the_number_that_was_computed(tmp_path: Path, name: str) -> None:
    more = "\nmomentum = 0.9\nnesterov = true" if name == "SGD" else ""
    opened = document(tmp_path, f'name = "{name}"\nlr = 0.1\nweight_decay = 0.01{more}')
    timeline = Timeline(scalarize(opened.training.iteration(3)).iteration)
    explainer = Explainer(timeline)
    for step in timeline.steps:
        if step.kind is not StepKind.UPDATE:
            continue
        update = timeline.update(step.node)
        assert update is not None
        formulas = [line for line in explainer.step(step).lines if line.kind == "formula"]
        assert timeline.iteration.rule is not None
        assert len(formulas) == len(timeline.iteration.rule.lines)
        assert formulas[-1].rows[-1][-1].number == update.after.item()


def test_momentum_is_explained_with_the_state_before_the_step(tmp_path: Path) -> None:
    opened = document(tmp_path, 'name = "SGD"\nlr = 0.1\nmomentum = 0.5')
    timeline = Timeline(scalarize(opened.training.iteration(2)).iteration)
    step = next(step for step in timeline.steps if step.kind is StepKind.UPDATE)
    update = timeline.update(step.node)
    assert update is not None
    kept = float(update.lines[0].reads["b"])
    assert update.values["b"].item() == 0.5 * kept + update.gradient.item()
    line = Explainer(timeline).step(step).lines[0]
    assert line.text.startswith("v ← μ · v + ")  # not b, which is a bias
    assert "= 0.5 × " in line.text
