"""The panels: curve, equation, table, list of steps, headline."""

import numpy as np
import pytest
from hypothesis import given, settings

from mlviz.autograd.ops import OPS
from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.i18n import LANGUAGES, Message, translate
from mlviz.learn.rules import adam
from mlviz.learn.training import Training
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture import parameters
from mlviz.picture.curve import curve_node, curve_picture
from mlviz.picture.equation import equation_picture
from mlviz.picture.header import header
from mlviz.picture.items import Box, Curve, Picture, Text, Token
from mlviz.picture.parameters import changed_rows, parameter_table, widest_cells
from mlviz.picture.steps import step_groups
from mlviz.trace.scalars import scalarize
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, neuron, neuron_training, timelines, twice


def tanh_step(timeline: Timeline, kind: StepKind) -> int:
    return next(
        s.number
        for s in timeline.steps
        if s.kind is kind and timeline.tape[s.node].op is OPS["tanh"]
    )


def texts(picture: Picture) -> str:
    return " ".join(translate(item.text, "en") for item in picture.items if isinstance(item, Text))


def test_the_slope_appears_when_backward_has_used_it() -> None:
    timeline = Timeline(neuron())
    forward = tanh_step(timeline, StepKind.FORWARD)
    back = tanh_step(timeline, StepKind.BACKWARD)
    for number, seen in ((forward - 2, False), (forward, False), (back - 1, False), (back, True)):
        tanh = timeline.step(back).node
        picture = curve_picture(timeline, Position(1, number), tanh, 330, 220)
        assert picture is not None
        assert ("slope 0.9857" in texts(picture)) == seen
        tangents = [i for i in picture.items if isinstance(i, Curve) and i.key == "tangent"]
        assert bool(tangents) == seen


def test_the_operating_point_appears_with_its_input() -> None:
    timeline = Timeline(neuron())
    before = curve_picture(timeline, Position(1, 0), None, 330, 220)
    after = curve_picture(timeline, Position(1, 4), None, 330, 220)
    assert before is not None
    assert after is not None
    assert not [item for item in before.items if isinstance(item, Token)]
    assert [item for item in after.items if isinstance(item, Token)]
    assert "z = 0.1200" in texts(after)


def test_the_logarithm_has_the_plot_for_itself_and_every_place_of_the_run_is_in_it() -> None:
    timeline = Timeline(formula("y = log(x)", "L = sum(y)", x=[0.04, 0.3, 3.0]).iteration(1))
    picture = curve_picture(timeline, Position(1, 1), None, 330, 220)
    assert picture is not None
    area = next(item.rect for item in picture.items if isinstance(item, Box))
    zero = next(item.x for item in picture.items if isinstance(item, Text) and item.text == "0")
    assert zero - area.x < 0.2 * area.width
    assert sum(isinstance(item, Token) for item in picture.items) == 3


def test_the_old_slope_of_the_loss_is_of_an_earlier_step_once_it_is_computed_again() -> None:
    timeline = Timeline(load(find("slope")).training.iteration(1))
    said = []
    for step in timeline.steps:
        picture = curve_picture(timeline, Position(1, step.number), None, 330, 220)
        assert picture is not None
        words = [item.text for item in picture.items if isinstance(item, Text)]
        said.append((step.kind, Message("curve.earlier") in words))
    assert dict(said) == {
        StepKind.FORWARD: False,
        StepKind.SEED: True,
        StepKind.BACKWARD: False,
        StepKind.UPDATE: True,
        StepKind.RESULT: True,
    }


def test_the_derivative_of_exp_is_seen_on_exp() -> None:
    def drawn(line: str) -> list[str]:
        timeline = Timeline(formula(line, "L = y*y", x=0.5).iteration(1))
        picture = curve_picture(timeline, Position(1, 1), None, 330, 220)
        assert picture is not None
        keys = [item.key for item in picture.items if isinstance(item, Curve)]
        return [key for key in dict.fromkeys(keys) if key in ("slope", "function")]

    assert drawn("y = exp(x)") == ["function", "slope"]
    assert drawn("y = tanh(x)") == ["slope", "function"]


def test_the_logarithm_has_no_slope_where_it_is_not_defined() -> None:
    timeline = Timeline(formula("y = log(x)", "L = y*y", x=2.0).iteration(1))
    picture = curve_picture(timeline, Position(1, 1), None, 330, 220)
    assert picture is not None
    axis = next(item for item in picture.items if isinstance(item, Text) and item.text == "0")
    lines = [item for item in picture.items if isinstance(item, Curve) and item.key == "slope"]
    assert lines
    assert all(x >= axis.x for line in lines for x, _ in line.points)


def test_captions_leave_the_operating_point_free() -> None:
    timeline = Timeline(formula("y = exp(x)", "L = y*y", x=2.6).iteration(1))
    for number in (1, len(timeline)):
        picture = curve_picture(timeline, Position(1, number), None, 330, 220)
        assert picture is not None
        token = next(item for item in picture.items if isinstance(item, Token))
        grounds = [item.rect for item in picture.items if isinstance(item, Box)][1:]
        words = [i for i in picture.items if isinstance(i, Text) and "x = " in str(i.text)]
        assert words
        for rect in grounds:
            assert not (rect.x <= token.x <= rect.right and rect.y <= token.y <= rect.bottom)
        for text in words:
            assert abs(text.x - token.x) > 20 or abs(text.y - token.y) > 14


def test_a_curve_of_another_step_says_so() -> None:
    timeline = Timeline(neuron())
    forward = tanh_step(timeline, StepKind.FORWARD)
    found = [texts(curve_picture(timeline, Position(1, n), None, 330, 220)) for n in (1, forward)]  # type: ignore[arg-type]
    assert "of a later step" in found[0]
    assert "step" not in found[1]
    after = curve_picture(timeline, Position(1, forward + 1), None, 330, 220)
    assert "of an earlier step" in texts(after)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["slope", "entropy", "activations"])
@pytest.mark.parametrize(("width", "height"), [(240, 110), (300, 130), (300, 240)])
def test_numbers_of_another_step_are_never_seen_without_the_note_that_they_are(
    name: str, width: int, height: int
) -> None:
    iteration = load(find(name)).training.iteration(1)
    seen = 0
    for timeline in (Timeline(iteration), Timeline(scalarize(iteration).iteration)):
        for step in timeline.steps:
            picture = curve_picture(timeline, Position(1, step.number), None, width, height)
            node = curve_node(timeline, Position(1, step.number), None)
            assert picture is not None
            assert node is not None
            acts = step.node == node.id and step.kind in (StepKind.FORWARD, StepKind.BACKWARD)
            words = texts(picture)
            assert ("of an earlier step" in words or "of a later step" in words) is not acts
            seen += not acts
    assert seen


def test_the_curve_goes_through_the_operating_point() -> None:
    timeline = Timeline(neuron())
    picture = curve_picture(timeline, Position(1, 5), None, 660, 440)
    assert picture is not None
    (token,) = [item for item in picture.items if isinstance(item, Token)]
    points = np.array(
        [p for i in picture.items if isinstance(i, Curve) and i.key == "function" for p in i.points]
    )
    assert np.min(np.hypot(*(points - (token.x, token.y)).T)) < 5


def test_a_run_without_a_function_of_one_variable_has_no_curve() -> None:
    assert curve_picture(Timeline(twice()), Position(), None, 330, 220) is None


def test_the_selected_function_is_shown() -> None:
    timeline = Timeline(formula("y = tanh(x) + exp(x)", x=0.5).iteration(1))
    exp = next(node.id for node in timeline.tape if node.op is OPS["exp"])
    node = curve_node(timeline, Position(), exp)
    assert node is not None
    assert node.id == exp


def test_a_number_of_the_formula_leaves_a_function_of_one_variable() -> None:
    timeline = Timeline(formula("y = x**3", x=1.5).iteration(1))
    picture = curve_picture(timeline, Position(1, len(timeline)), None, 330, 220)
    assert picture is not None
    assert "y = x³" in texts(picture)
    assert "slope 6.750" in texts(picture)  # 3·1.5²
    hyperbola = Timeline(formula("y = 2/x", x=0.5).iteration(1))
    picture = curve_picture(hyperbola, Position(1, len(hyperbola)), None, 330, 220)
    assert picture is not None
    assert "slope −8.000" in texts(picture)


@pytest.mark.parametrize("text", ["y = 2*x", "y = x/2 - 1", "y = -x"])
def test_a_straight_line_is_no_curve(text: str) -> None:
    timeline = Timeline(formula(text, x=1.5).iteration(1))
    assert curve_picture(timeline, Position(1, len(timeline)), None, 330, 220) is None


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu", "exp", "log", "sqrt", "abs", "sin"])
def test_every_curve_can_be_drawn(name: str) -> None:
    timeline = Timeline(formula(f"y = {name}(x)", x=0.7).iteration(1))
    picture = curve_picture(timeline, Position(1, len(timeline)), None, 330, 220)
    assert picture is not None
    for item in picture.items:
        if isinstance(item, Curve):
            assert np.isfinite(item.points).all()
            assert all(0 <= x <= 330 and 0 <= y <= 220 for x, y in item.points)


def test_the_chain_rule_stands_with_its_numbers_under_it() -> None:
    timeline = Timeline(neuron())
    step = tanh_step(timeline, StepKind.BACKWARD)
    blocks = equation_picture(timeline, Position(1, step), None).blocks
    formulas = [block for block in blocks if block.kind in ("formula", "rule")]
    assert formulas[0].text == "∂L/∂z = ∂L/∂y · ∂y/∂z = −1.761 × 0.9857 = −1.736"
    assert formulas[1].text == "∂y/∂z = 1 − y² = 1 − 0.1194² = 0.9857"
    for role in ("upstream", "local", "downstream"):
        assert rf"\role{{{role}}}" in formulas[0].tex


def test_the_result_is_a_dot_until_it_is_computed() -> None:
    timeline = Timeline(neuron())
    step = tanh_step(timeline, StepKind.BACKWARD)
    waiting, leaving = (
        str(equation_picture(timeline, Position(1, step, progress), None).blocks[0].text)
        for progress in (0.1, 0.3)
    )
    assert waiting.endswith(f"= {NOT_YET}")
    assert "1.736" not in waiting
    assert leaving.endswith("= −1.736")


def test_a_product_on_its_way_is_not_yet_in_the_sum() -> None:
    timeline = Timeline(twice())
    last = max(step.number for step in timeline.steps if step.target == 0)
    moving, settled = (
        equation_picture(timeline, Position(1, last, progress), None).blocks
        for progress in (0.5, 1.0)
    )
    sums = [
        [str(block.text) for block in blocks if block.kind == "formula"][-1]
        for blocks in (moving, settled)
    ]
    assert sums[0].endswith(f"= 57.00 + {NOT_YET} = 57.00")
    assert sums[1].endswith("= 57.00 + 57.00 = 114.0")


def test_the_sum_of_contributions_is_filled_one_by_one() -> None:
    timeline = Timeline(twice())
    steps = [step.number for step in timeline.steps if step.target == 0 and step.number > 3]
    sums = []
    for number in steps:
        blocks = equation_picture(timeline, Position(1, number), None).blocks
        sums.append(str([block.text for block in blocks if block.kind == "formula"][-1]))
    assert sums[0].endswith(f"= 57.00 + {NOT_YET} = 57.00")
    assert sums[1].endswith("= 57.00 + 57.00 = 114.0")


@given(timelines())
@settings(max_examples=20, deadline=None)
def test_every_step_and_every_node_can_be_explained_in_every_language(timeline: Timeline) -> None:
    for number in range(len(timeline) + 1):
        for progress in (0.2, 1.0):
            position = Position(1, number, progress)
            found = [equation_picture(timeline, position, None)]
            found += [equation_picture(timeline, position, node.id) for node in timeline.tape]
            for picture in found:
                for language in LANGUAGES:
                    assert translate(picture.title, language)
                    for block in picture.blocks:
                        assert block.tex.count("{") == block.tex.count("}")
                        assert block.text is None or translate(block.text, language)


def test_the_explanation_of_a_selected_node_keeps_to_what_is_known() -> None:
    timeline = Timeline(neuron())
    z = next(node.id for node in timeline.tape if node.name == "z")
    early = equation_picture(timeline, Position(1, 1), z)
    late = equation_picture(timeline, Position(1, len(timeline)), z)
    assert "0.1200" not in " ".join(str(block.text) for block in early.blocks)
    assert "0.1200" in " ".join(str(block.text) for block in late.blocks)


def test_the_table_fills_from_left_to_right() -> None:
    timeline = Timeline(neuron())
    start = parameter_table(timeline, Position())
    end = parameter_table(timeline, Position(1, len(timeline)))
    assert [row.cells[0].text for row in start.rows] == ["w₁", "w₂", "b"]
    assert [cell.text for cell in start.rows[0].cells[1:]] == ["0.5000", *[NOT_YET] * 3]
    assert [cell.text for cell in end.rows[0].cells[1:]] == ["0.5000", "−1.736", "0.1736", "0.6736"]
    assert end.rows[0].cells[1].struck


@pytest.mark.parametrize("scale", [1.0, 1e-4, 99999.6])
def test_the_widest_cells_are_as_wide_as_any_row_at_the_end(scale: float) -> None:
    training = neuron_training()
    iteration = training.iteration(1)
    for node in iteration.tape:
        node.value.setflags(write=True)
        node.value *= scale
    timeline = Timeline(iteration)
    rows = parameter_table(timeline, Position(1, len(timeline))).rows
    for column, cells in enumerate(widest_cells(timeline)):
        longest = max(len(row.cells[column].text) for row in rows)
        assert max(len(cell.text) for cell in cells) == longest


def test_a_table_tells_which_rows_have_changed_and_writes_only_rows_that_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timeline = Timeline(neuron())
    written = []
    cells = parameters._cells
    monkeypatch.setattr(parameters, "_cells", lambda *a: written.append(a) or cells(*a))
    last = next(s for s in timeline.steps if s.kind is StepKind.UPDATE)
    before = parameter_table(timeline, Position(1, last.number - 1))
    after = parameter_table(timeline, Position(1, last.number))
    changed = changed_rows(before, after)
    assert written == []
    assert changed
    assert [k for k in range(3) if before.rows[k] != after.rows[k]] == changed


def test_a_table_without_updates_has_no_columns_for_them() -> None:
    assert len(parameter_table(Timeline(twice()), Position()).columns) == 3


def test_every_entry_of_a_matrix_has_its_row() -> None:
    table = parameter_table(Timeline(network(2, 2, 1)), Position())
    assert [row.cells[0].text for row in table.rows][:4] == [
        "w⁽¹⁾₁₁",
        "w⁽¹⁾₁₂",
        "w⁽¹⁾₂₁",
        "w⁽¹⁾₂₂",
    ]
    assert len(table.rows) == 4 + 2 + 2 + 1


@given(timelines())
@settings(max_examples=20, deadline=None)
def test_exactly_one_row_of_the_list_is_now(timeline: Timeline) -> None:
    assert all(group.status == "later" for group in step_groups(timeline, Position()))
    for number in range(1, len(timeline) + 1):
        groups = step_groups(timeline, Position(1, number))
        assert [group.status for group in groups].count("now") == 1


def test_the_headline_says_who_sends_to_whom() -> None:
    timeline = Timeline(neuron())
    phase, title, detail = header(timeline, Position(1, tanh_step(timeline, StepKind.BACKWARD)))
    assert phase == "backward"
    assert translate(title, "en") == "Backward"
    assert translate(detail, "en") == "y → z"


def test_every_line_of_an_optimizer_is_shown_with_the_numbers_it_read() -> None:
    training = Training(neuron_training().program, adam(lr=0.1), iterations=5)
    timeline = Timeline(training.iteration(2))
    first = timeline.updates[0]
    step = next(s for s in timeline.steps if s.kind is StepKind.UPDATE)
    blocks = equation_picture(timeline, Position(1, step.number), None).blocks
    shown = [str(block.text) for block in blocks if block.kind == "formula"]
    before = Timeline(training.iteration(1)).updates[0]
    m, g = before.values["m"], first.gradient
    assert shown[0].startswith("t ← t + 1 = 2")
    assert shown[1] == (
        f"m ← β₁ · m + (1 − β₁) · ∂L/∂w₁ = 0.9 × {bracketed(m)} + 0.1 × {bracketed(g)}"
        f" = {format_number(first.values['m'])}"
    )
    assert shown[-1].startswith("w₁ ← w₁ − η · m̂ / (√(v̂) + ε)")
    assert shown[-1].endswith(f"= {format_number(first.after)}")


def bracketed(value: np.ndarray) -> str:
    text = format_number(float(value))
    return f"({text})" if text.startswith("−") else text


def test_a_line_of_numbers_that_nobody_could_read_at_once_is_left_out() -> None:
    timeline = Timeline(load(find("softmax")).training.iteration(1))
    steps = [
        step.number
        for step in timeline.steps
        if step.kind is StepKind.BACKWARD and timeline.tape[step.node].op is OPS["softmax"]
    ]
    for step in steps:
        text = str(equation_picture(timeline, Position(1, step), None).blocks[0].text)
        assert text.startswith("∂L/∂z = p ⊙ (")
        assert text.count("=") == 2
        assert text.endswith("]")
    assert steps


def test_long_names_leave_room_for_the_other_line_of_the_legend() -> None:
    line = "prediction_of_network = tanh(hidden_pre_activation*w)"
    timeline = Timeline(formula(line, hidden_pre_activation=1.0, w=0.5).iteration(1))
    picture = curve_picture(timeline, Position(1, 1), None, 280, 220)
    assert picture is not None
    words = texts(picture)
    assert "prediction_of_network =" not in words
    assert "tanh derivative" in words


def test_a_long_name_of_the_loss_does_not_widen_the_column_of_gradients() -> None:
    timeline = Timeline(formula("squared_error_of_it = x*x", x=1.0).iteration(1))
    assert translate(parameter_table(timeline, Position(1, 0)).columns[2], "en") == "gradient"


@pytest.mark.parametrize(
    ("lines", "value"),
    [(("d = x - x", "q = 1/d", "L = q*x"), 2.0), (("e = exp(x)", "L = e**2"), 400.0)],
)
def test_numbers_that_are_not_finite_are_shown_without_a_warning(
    lines: tuple[str, ...], value: float
) -> None:
    timeline = Timeline(formula(*lines, x=value).iteration(1))
    for step in range(len(timeline.steps) + 1):
        parameter_table(timeline, Position(1, step))
        curve_picture(timeline, Position(1, step), None, 330, 220)
    widest_cells(timeline)


def test_of_many_parameters_those_around_what_acts_are_listed_and_it_is_said_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parameters, "MOST_ROWS", 4)
    timeline = Timeline(network(2, 3, 1))  # W⁽¹⁾ with 6 numbers, b⁽¹⁾ with 3, W⁽²⁾ and b⁽²⁾
    said = {}
    for step in timeline.steps:
        table = parameter_table(timeline, Position(1, step.number))
        for id in (step.node, step.target):
            if id is not None and timeline.tape[id].role == "parameter":
                assert id in table.nodes
        assert len(table.rows) == len(table.nodes) <= 4
        assert table.note is not None
        said[timeline.symbols.text(table.nodes[0])] = translate(table.note, "en")
    assert said == {
        "W⁽¹⁾": "Beginning of W⁽¹⁾: 4 of 13 parameters",
        "b⁽¹⁾": "b⁽¹⁾: 3 of 13 parameters",
        "W⁽²⁾": "W⁽²⁾ to b⁽²⁾: 4 of 13 parameters",
    }


def test_a_matrix_of_one_number_is_called_in_the_table_as_everywhere() -> None:
    table = parameter_table(Timeline(network(1, 1, 1)), Position())
    assert [row.cells[0].text for row in table.rows] == ["W⁽¹⁾", "b⁽¹⁾", "W⁽²⁾", "b⁽²⁾"]
    assert table.note is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_steps_names_the_parameter_that_is_updated_now(language: str) -> None:
    timeline = Timeline(network(2, 3, 1))
    updates = [step for step in timeline.steps if step.kind is StepKind.UPDATE]
    assert len(updates) == 4
    for place, step in enumerate(updates, 1):
        groups = step_groups(timeline, Position(1, step.number))
        now = next(group for group in groups if group.status == "now")
        name = timeline.symbols.text(step.node)
        assert name in translate(now.short, language)
        said = translate(now.title, language).replace(name, "")
        assert [each for each in said if each.isdigit()] == [str(place), "4"]
    rest = next(g for g in step_groups(timeline, Position()) if g.first == updates[0].number)
    assert all(
        timeline.symbols.text(step.node) in translate(rest.title, language) for step in updates
    )


def test_the_table_shows_the_gradient_that_the_new_value_came_from() -> None:
    iteration = load(find("houses")).training.iteration(1)
    timeline = Timeline(scalarize(iteration).iteration)
    table = parameter_table(timeline, Position(1, len(timeline)))
    assert len(table.rows) > 1
    for row in table.rows:
        value, gradient, change, new = (
            float(cell.full.replace("−", "-")) for cell in row.cells[1:]
        )
        assert change == pytest.approx(-0.1 * gradient, rel=1e-12, abs=0.0)
        assert new == pytest.approx(value - 0.1 * gradient, rel=1e-12, abs=0.0)
