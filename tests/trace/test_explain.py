"""How explanations are written: signs between arrays, sums that come back, rules on one line."""

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.trace.explain import Explainer, Explanation
from mlviz.trace.magnify import Level, magnified
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula


def example(name: str, level: Level = "operations") -> Timeline:
    return Timeline(magnified(load(find(name)).training.iteration(1), level).iteration)


def explained(timeline: Timeline, step: Step) -> Explanation:
    return Explainer(timeline).step(step)


def forward(timeline: Timeline, op: str) -> str:
    for step in timeline.steps:
        node = timeline.tape[step.node]
        if step.kind is StepKind.FORWARD and node.op is not None and node.op.name == op:
            return explained(timeline, step).lines[0].text
    raise AssertionError(op)


def test_arrays_are_multiplied_entry_by_entry_and_numbers_are_not() -> None:
    assert forward(example("broadcasting"), "mul").startswith("Q = m ⊙ m = [2.500 1.000] ⊙ [")
    scalars = Timeline(formula("L = x*y", x=2.0, y=3.0).iteration(1))
    assert forward(scalars, "mul") == "L = x · y = 2.000 × 3.000 = 6.000"


def test_what_was_used_for_several_entries_gets_a_sum_of_products() -> None:
    timeline = example("houses")
    step = next(
        step
        for step in timeline.steps
        if step.kind is StepKind.BACKWARD and timeline.tape[step.target].name == "b^1"
    )
    first = explained(timeline, step).lines[0].text
    assert "= Σ ∂L/∂ŷ ⊙ ∂ŷ/∂b" in first


def test_a_mean_hands_back_a_part_and_no_fraction_of_fractions() -> None:
    timeline = example("broadcasting")
    tex = [line.tex for s in timeline.steps for line in explained(timeline, s).lines]
    assert any(r"\frac{1}{3}" in part for part in tex)
    assert not any(r"\frac{\role{upstream}{\frac" in part for part in tex)


def test_a_long_rule_has_its_numbers_beside_its_letters_and_counts_once() -> None:
    timeline = example("fruit", "scalars")
    step = next(step for step in timeline.steps if step.kind is StepKind.UPDATE)
    lines = [line.text for line in explained(timeline, step).lines if line.kind == "formula"]
    assert lines[0] == "t ← t + 1 = 1"
    assert lines[1].startswith("m ← β₁ · m + ")
    assert len(lines) == 6
    for line in lines[1:]:
        assert line.count("←") == 1
        assert line.count(" = ") >= 2


def test_a_whole_line_says_what_is_computed_instead_of_naming_itself() -> None:
    timeline = example("activations", "layers")
    y = next(node.id for node in timeline.tape if node.name == "y")
    step = next(step for step in timeline.steps if step.node == y)
    assert explained(timeline, step).title.id == "explain.forward.block"


def test_of_very_many_terms_the_first_the_last_and_the_present_one_are_written() -> None:
    timeline = example("penalties", "scalars")
    step = next(
        step
        for step in timeline.steps
        if step.kind is StepKind.BACKWARD and timeline.expected(step.target) > 20
    )
    sums = explained(timeline, step).lines[-2].text
    assert sums.count(" + … + ") >= 2
    assert len(sums) < 200


def backward_of(timeline: Timeline, source: str, target: str) -> Explanation:
    for step in timeline.steps:
        names = (timeline.symbols.text(step.node), timeline.symbols.text(step.target or 0))
        if step.kind is StepKind.BACKWARD and names == (source, target):
            return explained(timeline, step)
    raise AssertionError((source, target))


def test_the_slopes_of_a_layer_stand_together_have_their_colour_and_are_named() -> None:
    timeline = example("xor", "layers")
    told = backward_of(timeline, "ŷ", "a⁽¹⁾")
    assert told.lines[0].text.startswith("∂L/∂a⁽¹⁾ = (∂L/∂ŷ ⊙ ŷ ⊙ (1 − ŷ)) @ W⁽²⁾")
    assert r"\role{local}{\hat{y} \odot \left(1 - \hat{y}\right)}" in told.lines[0].tex
    notes = [line.message.id for line in told.lines if line.message is not None]
    assert notes[:2] == ["explain.upstream", "explain.slopes"]


def test_the_mean_of_a_loss_is_part_of_its_slope_and_one_number_is_multiplied_plainly() -> None:
    told = backward_of(example("xor", "layers"), "L", "ŷ")
    assert told.lines[0].text.startswith("∂L/∂ŷ = ∂L/∂L · 2 · (ŷ − y) / 4")
    assert "explain.local" in [line.message.id for line in told.lines if line.message is not None]


def test_a_plain_product_of_matrices_has_no_slopes() -> None:
    told = backward_of(example("linear-xor", "layers"), "ŷ", "z⁽¹⁾")
    assert told.lines[0].text.startswith("∂L/∂z⁽¹⁾ = ∂L/∂ŷ @ W⁽²⁾")
    assert "role{local}" not in told.lines[0].tex


def test_no_line_waits_for_a_result_that_is_too_large_to_be_written() -> None:
    timeline = example("dropout", "layers")
    explainer = Explainer(timeline)
    for step in timeline.steps:
        before, after = (explainer.step(step, done=done).lines for done in (False, True))
        assert [len(line.rows) for line in before] == [
            len(line.rows) for line in after[: len(before)]
        ]


def update_notes(timeline: Timeline, name: str) -> list[str]:
    explainer = Explainer(timeline)
    step = next(
        step
        for step in timeline.steps
        if step.kind is StepKind.UPDATE and timeline.tape[step.node].name == name
    )
    lines = explainer.step(step).lines
    return [line.message.id for line in lines if line.message is not None]


def test_two_roundings_of_the_same_zero_are_explained_and_nothing_else_is() -> None:
    timeline = example("houses", "scalars")  # 118 terms of ∂L/∂b that cancel out
    assert "explain.update.rounded" in update_notes(timeline, "b^1")
    assert "explain.update.rounded" not in update_notes(timeline, "w^1")
    assert "explain.update.rounded" not in update_notes(example("tanh-neuron", "scalars"), "b")


def test_two_roundings_are_explained_as_long_as_both_are_seen() -> None:
    said = {}
    for name in ("houses", "tanh-neuron"):
        timeline = example(name, "scalars")
        last = timeline.steps[-1]
        assert last.kind is StepKind.RESULT
        lines = Explainer(timeline).step(last).lines
        said[name] = [line.message.id for line in lines if line.message is not None]
    assert "explain.update.rounded" in said["houses"]
    assert "explain.update.rounded" not in said["tanh-neuron"]


def test_every_number_of_a_result_has_the_colour_of_its_own_sign() -> None:
    timeline = example("softmax", "operations")
    step = next(
        step
        for step in timeline.steps
        if step.kind is StepKind.FORWARD and timeline.symbols.text(step.node) == "z"
    )
    result = explained(timeline, step).lines[0].rows[-1][-1].tex
    assert result.count(r"\role{negative}") == 1  # −1.5, 0.4 and 1.3
    assert result.count(r"\role{positive}") == 2
    loss = next(s for s in timeline.steps if s.node == timeline.output)
    assert r"\role{positive}{\mathbf{1.283}}" in explained(timeline, loss).lines[0].tex
