"""Tensors as matrices: the numbers are the tape's, and their products are written out rightly."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.learn.training import Iteration
from mlviz.numerals import NOT_YET, format_full, format_number
from mlviz.picture.items import Box, Picture, Role, Text
from mlviz.picture.matrix import MatrixPage, matrix_page
from mlviz.picture.matrix_table import Cell, cell_key, cell_of, matrix_picture
from mlviz.trace.magnify import Level, magnified
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network


def at_end(iteration: Iteration) -> tuple[Timeline, Position]:
    timeline = Timeline(iteration)
    last = [s.number for s in timeline.steps if s.kind is StepKind.BACKWARD][-1]
    return timeline, Position(1, last)


def node_of(timeline: Timeline, origin: str) -> int:
    return next(node.id for node in timeline.tape if node.origin == origin)


def texts(picture: Picture) -> list[str]:
    return [i.text for i in picture.items if isinstance(i, Text) and isinstance(i.text, str)]


def strokes(picture: Picture, *roles: Role) -> set[Cell | None]:
    return {
        cell_of(item.key)
        for item in picture.items
        if isinstance(item, Box) and item.key and item.stroke in roles
    }


def page_of(timeline: Timeline, position: Position, origin: str) -> MatrixPage:
    return matrix_page(timeline, position, node_of(timeline, origin))


@pytest.mark.parametrize("level", ["linear", "operations"])
def test_a_weight_gets_the_transposed_gradient_times_the_input(level: Level) -> None:
    iteration = network(3, 2, 1, rows=4)
    if level == "operations":
        iteration = magnified(iteration, level).iteration
    timeline, end = at_end(iteration)
    page = page_of(timeline, end, "layer1.weight")
    rule = page.rule
    assert rule is not None
    assert rule.kind == "product"
    left, right = rule.parts
    gradient = timeline.final_gradient(page.node)
    assert gradient is not None
    assert page.gradient is not None
    np.testing.assert_array_equal(page.gradient.values, gradient)
    np.testing.assert_array_equal(rule.result.values, gradient)
    np.testing.assert_array_equal(right.values, timeline.tape[0].value)
    upstream = timeline.final_gradient(timeline.contributions_to(page.node)[0].node)
    assert upstream is not None
    np.testing.assert_array_equal(left.values, upstream.T)
    assert "^{T}" in rule.tex


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_every_cell_is_the_sum_of_its_terms(rows: int, inner: int, out: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    values = {"A": random.normal(size=(rows, inner)), "B": random.normal(size=(inner, out))}
    run = formula("C = A @ B", "D = C + b", "L = sum(D * D)", b=random.normal(size=out), **values)
    timeline, end = at_end(run.iteration(1))
    names = {node.name: node.id for node in timeline.tape}
    forward = Position(1, sum(step.kind is StepKind.FORWARD for step in timeline.steps))
    pages = [matrix_page(timeline, end, names[name]) for name in ("A", "B", "b")]
    pages.append(matrix_page(timeline, forward, names["C"]))
    stretched = out if rows > 1 else 0
    for page, kind in zip(pages, ("product", "product", "sum", "product"), strict=True):
        if kind == "sum" and not stretched and page.rule is None:
            continue
        rule = page.rule
        assert rule is not None
        assert rule.kind == kind
        result = rule.result.values
        assert result is not None
        for (row, column), number in np.ndenumerate(result):
            total = sum(np.prod(term) for term in rule.terms(row, column))
            assert number == pytest.approx(total, abs=1e-12)


def test_a_linear_layer_adds_its_stretched_bias_to_row_times_column() -> None:
    timeline = Timeline(network(2, 3, 1, rows=4))
    page = page_of(timeline, Position(1, 1), "layer1.z")
    rule = page.rule
    assert rule is not None
    assert rule.plus is not None
    assert rule.plus.stretched == (True, False)
    assert not rule.plus.is_ghost(0, 2)
    assert rule.plus.is_ghost(1, 0)
    total = sum(np.prod(term) for term in rule.terms(2, 1))
    assert page.value.values is not None
    assert page.value.values[2, 1] == pytest.approx(total, rel=1e-12)


def test_the_row_and_the_column_of_the_cell_are_lit_and_its_sum_written_out() -> None:
    timeline, end = at_end(network(3, 2, 1, rows=2))
    page = page_of(timeline, end, "layer1.weight")
    picture = matrix_picture(page, ("gradient", 1, 2), 800)
    assert strokes(picture, Role.BACKWARD) == {
        *(("part0", 1, k) for k in range(2)),
        *(("part1", k, 2) for k in range(2)),
    }
    assert strokes(picture, Role.SELECTED) == {("gradient", 1, 2), ("result", 1, 2)}
    assert page.gradient is not None
    number = page.gradient.number(1, 2)
    assert number is not None
    assert f"[2, 3] = {format_full(number)}" in texts(picture)
    assert f"= {format_number(number)}" in texts(picture)
    assert page.rule is not None
    for a, b in page.rule.terms(1, 2):
        piece = re.escape(format_number(a)) + r"\)? × \(?" + re.escape(format_number(b))
        assert any(re.search(piece, text) for text in texts(picture))


def test_a_bias_gets_the_sum_of_what_every_row_sends() -> None:
    timeline, end = at_end(network(2, 3, 1, rows=4))
    page = page_of(timeline, end, "layer1.bias")
    rule = page.rule
    assert rule is not None
    assert rule.kind == "sum"
    assert (rule.parts[0].rows, rule.result.rows) == (4, 1)
    picture = matrix_picture(page, ("gradient", 0, 2), 400)
    assert strokes(picture, Role.BACKWARD) == {("part0", k, 2) for k in range(4)}


def test_what_broadcasting_repeats_is_dashed() -> None:
    run = formula("y = A + b", "L = sum(y)", A=[[1.0, 2.0], [3.0, 4.0]], b=[5.0, 6.0])
    timeline = Timeline(run.iteration(1))
    node = next(n.id for n in timeline.tape if n.name == "y")
    picture = matrix_picture(matrix_page(timeline, Position(1, 1), node), None, 400)
    dashed = {cell_of(i.key) for i in picture.items if isinstance(i, Box) and i.dashed}
    assert dashed == {("part1", 1, 0), ("part1", 1, 1)}


def test_no_number_is_shown_before_it_is_computed() -> None:
    timeline = Timeline(network(2, 2, 1, rows=2))
    for number in range(len(timeline) + 1):
        state = timeline.state_at(number)
        for node in timeline.tape:
            page = matrix_page(timeline, Position(1, number), node.id)
            update = state.update(node.id)
            assert (page.value.values is None) == (state.value(node.id) is None)
            if update is not None:
                np.testing.assert_array_equal(np.ravel(page.value.values), np.ravel(update.after))
            if page.gradient is not None:
                assert (page.gradient.values is None) == (state.gradient(node.id) is None)
            if page.rule is not None and page.rule.result.flow == "gradient":
                sender = timeline.contributions_to(node.id)[max(state.received(node.id) - 1, 0)]
                for part in page.rule.parts:
                    known = part.flow == "value" or state.gradient_complete(sender.node)
                    assert (part.values is not None) == known
            if page.rule is not None and page.rule.result.values is None:
                assert NOT_YET in texts(matrix_picture(page, ("result", 0, 0), 400))
    start = page_of(timeline, Position(), "layer1.z")
    assert start.rule is not None
    assert start.rule.result.values is None


def test_long_products_are_left_out_in_the_middle_and_counted() -> None:
    timeline, end = at_end(network(50, 30, 1, rows=40))
    page = page_of(timeline, end, "layer1.weight")
    picture = matrix_picture(page, ("gradient", 0, 0), 360)
    assert sum(isinstance(item, Box) for item in picture.items) < 900
    counts = [
        item.text.values["n"]
        for item in picture.items
        if isinstance(item, Text)
        and not isinstance(item.text, str)
        and item.text.id == "matrix.more_terms"
    ]
    assert counts == [40 - 6]
    inside = picture.bounds.grown(0.5)
    for item in picture.items:
        if isinstance(item, Box):
            assert inside.united(item.rect) == inside


def test_the_node_that_something_happens_to_is_shown_if_none_is_selected() -> None:
    timeline = Timeline(network(2, 2, 1))
    for step in timeline.steps:
        assert matrix_page(timeline, Position(1, step.number), None).node == step.target


def test_a_key_and_its_cell_lead_to_each_other() -> None:
    assert cell_of(cell_key(("part0", 3, 7))) == ("part0", 3, 7)
    assert cell_of("node:3") is None
