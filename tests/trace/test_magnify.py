"""Layers, operations, scalars and every opened node are the same run: they agree to 1e-12."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.autograd import Tensor, functional, record
from mlviz.learn.training import Iteration
from mlviz.trace.blocks import blocks
from mlviz.trace.explain import Explainer
from mlviz.trace.magnify import (
    LAYERS,
    LEVELS,
    OPERATIONS,
    SCALARS,
    Level,
    Spot,
    View,
    layers_reason,
    magnified,
    openable,
)
from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, neuron, twice

NAMES = ("a", "b", "c", "d")


def agrees(view: View, iteration: Iteration) -> None:
    """Compare everything that is shown with the recorded run."""
    whole, part = Timeline(iteration), Timeline(view.iteration)
    assert len(view.spots) == len(view.iteration.tape)
    for id, members in view.ids.items():
        node = iteration.tape[id]
        flat = [int(member) for member in np.asarray(members).reshape(-1)]
        values = np.array([part.tape[member].value for member in flat]).reshape(node.value.shape)
        np.testing.assert_allclose(values, node.value, rtol=1e-12, atol=1e-12)
        gradient = whole.final_gradient(id)
        if gradient is None or not node.is_leaf:
            continue
        found = [part.final_gradient(member) for member in flat]
        again = np.array(
            [
                np.zeros_like(part.tape[m].value) if g is None else g
                for m, g in zip(flat, found, strict=True)
            ]
        )
        np.testing.assert_allclose(again.reshape(gradient.shape), gradient, rtol=1e-12, atol=1e-12)
    assert len(view.ids) >= sum(node.is_leaf for node in iteration.tape)
    assert sum(update.after.size for update in part.updates) == sum(
        update.after.size for update in whole.updates
    )


def everything(iteration: Iteration) -> None:
    """Look at every magnification, and into every node that can be opened."""
    for level in LEVELS:
        view = magnified(iteration, level)
        agrees(view, iteration)
        if level == SCALARS:
            continue
        for id, spot in enumerate(view.spots):
            if openable(view, iteration, id) is None:
                opened = magnified(iteration, level, [spot])
                agrees(opened, iteration)
                frames = [frame for frame in opened.frames if frame.spot is not None]
                assert len(frames) == 1
                assert frames[0].nodes
                shape = view.iteration.tape[id].value.shape
                last = tuple(size - 1 for size in shape)
                agrees(magnified(iteration, level, [spot._replace(entry=last)]), iteration)


@given(
    st.lists(st.integers(1, 3), min_size=2, max_size=4),
    st.integers(1, 3),
    st.sampled_from(["tanh", "sigmoid", "relu", "identity"]),
    st.sampled_from(["mse_loss", "half_squared_error"]),
    st.integers(0, 10_000),
)
@settings(max_examples=15, deadline=None)
def test_random_networks_agree(
    widths: list[int], rows: int, activation: str, loss: str, seed: int
) -> None:
    everything(network(*widths, rows=rows, activation=activation, loss=loss, seed=seed))


@st.composite
def random_formulas(draw: st.DrawFn) -> Iteration:
    """Some lines over vectors and numbers; each may use all names before it."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    leaves = {name: random.normal(size=draw(st.sampled_from([(), (3,), (2, 3)]))) for name in NAMES}
    known = list(NAMES)
    lines = []
    for number in range(draw(st.integers(1, 4))):
        terms = st.builds(
            lambda form, x, y: form.format(x=x, y=y),
            st.sampled_from(
                [
                    "tanh({x})",
                    "{x} * {y}",
                    "({x} - {y})**2",
                    "softmax({x} * 1)",
                    "mean({x})",
                    "exp(tanh({x}))",
                    "sigmoid({x}) / (2 + {y}**2)",
                    "relu({x} + {y})",
                    "{x} + {y}",
                ]
            ),
            st.sampled_from(known),
            st.sampled_from(known),
        )
        first, second = draw(terms), draw(terms)
        if any(np.ndim(leaves.get(name, 0)) == 0 for name in known):
            first, second = (term.replace("softmax", "sin") for term in (first, second))
        lines.append(f"v{number} = ({first}) {draw(st.sampled_from('+-*'))} {second}")
        known.append(f"v{number}")
    lines.append(f"L = sum({known[-1]} * {draw(st.sampled_from(known))})")
    return formula(*lines, rate=0.1, **leaves).iteration(1)


@given(random_formulas())
@settings(max_examples=25, deadline=None)
def test_random_formulas_agree(iteration: Iteration) -> None:
    everything(iteration)


def test_a_layer_is_a_linear_with_its_activation_and_the_loss_is_one() -> None:
    iteration = network(2, 3, 1, rows=2)
    view = magnified(iteration, LAYERS)
    tape = view.iteration.tape
    made = [(node.name, node.op.name) for node in tape if node.op is not None]
    assert made == [("a^1", "layer"), ("yhat", "layer"), ("L", "loss")]
    assert [node.name for node in tape if node.role == "parameter"] == ["W^1", "b^1", "W^2", "b^2"]


def test_a_line_of_a_formula_is_a_block_with_its_own_derivative() -> None:
    view = magnified(neuron(), LAYERS)
    made = {node.name: node for node in view.iteration.tape if node.op is not None}
    assert list(made) == ["z", "y", "L"]
    assert made["z"].op is not None
    assert made["z"].op.name == "assignment"
    timeline = Timeline(view.iteration)
    local = {c.target: c.local for c in timeline.contributions if c.node == made["z"].id}
    w1 = next(node for node in view.iteration.tape if node.name == "w1")
    assert local[w1.id] == 1.0  # x1


def test_a_value_used_twice_inside_a_block_sends_back_the_sum() -> None:
    view = magnified(twice(), LAYERS)
    timeline = Timeline(view.iteration)
    x = next(node for node in timeline.tape if node.name == "x")
    assert timeline.final_gradient(x.id) == 114.0
    y = next(node for node in timeline.tape if node.name == "y")
    (sent,) = (c for c in timeline.contributions if c.node == y.id)
    assert sent.local == 19.0  # 1 + 2h


def test_a_linear_opens_into_a_product_and_a_sum() -> None:
    tape = magnified(network(2, 3, 1), OPERATIONS).iteration.tape
    made = [node.op.name for node in tape if node.op is not None]
    assert made[:3] == ["matmul_transposed", "add", "tanh"]


def test_operations_and_scalars_are_framed_by_module() -> None:
    iteration = network(2, 3, 1)
    for level in (OPERATIONS, SCALARS):
        view = magnified(iteration, level)
        assert [frame.name for frame in view.frames] == ["layer1", "layer2", "loss"]
        first = view.frames[0]
        owners = {iteration.tape[view.spots[id].node].origin for id in first.nodes}
        assert owners == {"layer1.z", "layer1.a"}


def test_opening_a_layer_shows_its_operations_and_a_product_its_cells() -> None:
    iteration = network(2, 3, 1)
    layers = magnified(iteration, LAYERS)
    root = next(i for i, node in enumerate(layers.iteration.tape) if node.name == "a^1")
    spot = layers.spots[root]
    assert openable(layers, iteration, root) is None
    inside = magnified(iteration, LAYERS, [spot])
    made = [node.op.name for node in inside.iteration.tape if node.op is not None]
    assert made == ["linear", "tanh", "layer", "loss"]
    z = next(node.id for node in inside.iteration.tape if node.op and node.op.name == "linear")
    opened = [spot, inside.spots[z]]
    parts = magnified(iteration, LAYERS, opened)
    made = [node.op.name for node in parts.iteration.tape if node.op is not None]
    assert made[:3] == ["matmul_transposed", "add", "tanh"]
    product = next(i for i, s in enumerate(parts.spots) if s.part == "matmul")
    cells = magnified(iteration, LAYERS, [*opened, parts.spots[product]])
    made = [node.op.name for node in cells.iteration.tape if node.op is not None]
    assert made.count("mul") == 6
    assert made.count("total") == 3
    assert [frame.name for frame in cells.frames if frame.spot][-1]


def test_of_a_small_product_only_the_chosen_cell_is_opened() -> None:
    iteration = network(2, 3, 1, rows=4)
    view = magnified(iteration, OPERATIONS)
    product = next(i for i, spot in enumerate(view.spots) if spot.part == "matmul")
    whole = magnified(iteration, OPERATIONS, [view.spots[product]])
    opened = magnified(iteration, OPERATIONS, [view.spots[product]._replace(entry=(3, 2))])
    counts = [
        sum(node.op is not None and node.op.name == "mul" for node in one.iteration.tape)
        for one in (whole, opened)
    ]
    assert counts == [24, 2]
    stranger = magnified(iteration, OPERATIONS, [view.spots[product]._replace(entry=(3, 9))])
    assert len(stranger.iteration.tape) == len(whole.iteration.tape)


def test_of_a_large_product_one_cell_is_opened_and_the_sum_is_elided() -> None:
    iteration = network(784, 128, 10, rows=2)
    view = magnified(iteration, OPERATIONS)
    product = next(i for i, spot in enumerate(view.spots) if spot.part == "matmul")
    spot = view.spots[product]._replace(entry=(1, 5))
    opened = magnified(iteration, OPERATIONS, [spot])
    agrees(opened, iteration)
    frame = next(frame for frame in opened.frames if frame.spot is not None)
    assert frame.elided == 784 - 6
    assert frame.others == 2 * 128 - 1
    assert len(frame.nodes) < 40
    cell = next(node for node in opened.iteration.tape if node.name == "")
    assert cell is not None
    x, w = iteration.tape[0].value, iteration.tape[1].value
    totals = [n.value for n in opened.iteration.tape if n.op and n.op.name == "total"]
    np.testing.assert_allclose(totals[0], x[1] @ w[5], rtol=1e-12)


def test_a_number_and_a_moved_one_have_nothing_inside_and_say_so() -> None:
    iteration = neuron()
    view = magnified(iteration, OPERATIONS)
    for id, node in enumerate(view.iteration.tape):
        reason = openable(view, iteration, id)
        assert reason is not None
        assert reason.id == ("inside.leaf" if node.is_leaf else "inside.scalar")


def test_where_every_layer_is_one_operation_there_are_no_layers() -> None:
    assert layers_reason(formula("h = x * x", "y = h * 2", x=3.0).iteration(1)) is not None
    assert layers_reason(neuron()) is None


@pytest.mark.parametrize("level", LEVELS)
def test_the_places_of_a_view_are_those_of_the_recording(level: str) -> None:
    iteration = network(2, 2, 1)
    view = magnified(iteration, level)  # type: ignore[arg-type]
    for id, node in enumerate(view.iteration.tape):
        assert isinstance(view.spots[id], Spot)
        if node.origin:
            recorded = iteration.tape[view.spots[id].node]
            assert node.origin.startswith(recorded.origin)


def test_everything_in_every_view_can_be_explained() -> None:
    iteration = network(2, 3, 1, rows=2)
    views = [magnified(iteration, level) for level in LEVELS]
    for level in (LAYERS, OPERATIONS):
        view = magnified(iteration, level)
        for id, spot in enumerate(view.spots):
            if openable(view, iteration, id) is None:
                views.append(magnified(iteration, level, [spot]))
    for view in views:
        timeline = Timeline(view.iteration)
        explain = Explainer(timeline)
        for step in timeline.steps:
            assert explain.step(step).lines
        for node in timeline.tape:
            assert explain.node(node.id, timeline.state_at(len(timeline))).lines


def test_the_rule_of_a_line_is_put_together_from_its_operations() -> None:
    timeline = Timeline(magnified(neuron(), LAYERS).iteration)
    z = next(node for node in timeline.tape if node.name == "z")
    text = [line.text for line in Explainer(timeline).node(z.id, timeline.state_at(1)).lines]
    assert text[0].startswith("z = w₁ · x₁ + w₂ · x₂ + b")
    step = next(s for s in timeline.steps if s.kind is StepKind.BACKWARD and s.node == z.id)
    rules = [line.text for line in Explainer(timeline).step(step).lines if line.role == "muted"]
    assert any(text.startswith("∂z/∂w₁ = x₁") for text in rules)


def test_what_is_also_read_elsewhere_is_no_part_of_a_block() -> None:
    with record() as tape:
        x = Tensor(np.array([0.3, -0.4]), requires_grad=True)
        tape.label(x, "x", origin="x", role="parameter")
        z = x * x
        tape.label(z, "z", origin="layer1.z")
        a = functional.tanh(z)
        tape.label(a, "a", origin="layer1.a")
        output = tape.id_of((z * a).sum())
    tape.close()
    iteration = Iteration(1, tape, output)
    assert sorted(len(block.members) for block in blocks(tape, output).values()) == [1, 1, 2]
    everything(iteration)


@pytest.mark.parametrize("level", ["layers", "operations", "scalars"])
def test_what_was_computed_without_gradients_is_so_at_every_level(level: Level) -> None:
    training = formula(
        "k = no_grad(w**2 + w)", "d = detach(w*x)", "L = sum(k*d*w)", w=[3.0, 2.0], x=[2.0, 1.0]
    )
    iteration = training.iteration(1)
    timeline = Timeline(magnified(iteration, level).iteration)
    seen = [step for step in timeline.steps if step.kind is StepKind.BACKWARD]
    targets = {timeline.tape[step.target].name.partition("_")[0] for step in seen}
    assert not targets & {"k", "d", "x"}
    leaves = [node for node in timeline.tape if node.is_leaf and node.name.startswith("w")]
    found = [timeline.final_gradient(node.id) for node in leaves]
    total = sum(float(np.sum(gradient)) for gradient in found if gradient is not None)
    assert total == (9 + 3) * 6 + (4 + 2) * 2  # k · d, as if both were plain numbers
