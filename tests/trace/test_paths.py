"""Paths: their number, their products, and that they add up to the gradient."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.trace.paths import MOST_PATHS, Link, Paths, has_paths, path_counts, paths_to
from mlviz.trace.scalars import scalarize
from mlviz.trace.timeline import Timeline
from tests.runs import formula, network, neuron, timelines, twice


def node_named(timeline: Timeline, name: str) -> int:
    return next(node.id for node in timeline.tape if node.name == name)


def of(timeline: Timeline, name: str, limit: int = MOST_PATHS) -> Paths:
    found = paths_to(timeline, node_named(timeline, name), limit)
    assert found is not None
    return found


def every_path(timeline: Timeline, node: int) -> list[tuple[Link, ...]]:
    """Return all paths, found the slow way: from the node towards the loss."""
    if node == timeline.output:
        return [()]
    found = []
    for sent in timeline.contributions_to(node):
        assert sent.local is not None
        link = Link(sent.node, sent.slot, sent.target, float(sent.local.item()))
        found += [(*path, link) for path in every_path(timeline, sent.node)]
    return found


def test_the_example_has_six_paths_that_make_114() -> None:
    found = of(Timeline(twice()), "x")
    assert (found.count, found.gradient) == (6, 114.0)
    assert [path.product for path in found.listed] == [27.0] * 4 + [3.0] * 2
    assert found.rest == 0


def test_a_path_goes_from_the_loss_to_the_number_without_a_gap() -> None:
    timeline = Timeline(neuron())
    (path,) = of(timeline, "w1").listed
    assert path.links[0].node == timeline.output
    assert path.links[-1].target == node_named(timeline, "w1")
    for one, other in itertools.pairwise(path.links):
        assert one.target == other.node
    assert path.product == pytest.approx(of(timeline, "w1").gradient, rel=1e-14)


def test_the_loss_itself_has_one_path_without_links() -> None:
    timeline = Timeline(neuron())
    found = paths_to(timeline, timeline.output)
    assert found is not None
    assert (found.count, found.gradient, found.listed[0].links) == (1, 1.0, ())


@given(timelines())
@settings(max_examples=40, deadline=None)
def test_the_sum_over_all_paths_is_the_gradient(timeline: Timeline) -> None:
    scalars = Timeline(scalarize(timeline.iteration).iteration)
    counts = path_counts(scalars)
    for node in scalars.tape:
        gradient = scalars.final_gradient(node.id)
        found = paths_to(scalars, node.id, limit=10_000)
        assert (found is None) == (gradient is None)
        if found is None or gradient is None:
            continue
        assert found.count == counts[node.id] == len(found.listed)
        total = math.fsum(path.product for path in found.listed)
        assert total == pytest.approx(float(gradient.item()), rel=1e-12, abs=1e-12)
        assert len({path.links for path in found.listed}) == found.count


LINES = ("{a} + {b}", "{a} * {b}", "tanh({a})", "{a} - 0.5*{b}", "sigmoid({a}) * {b}", "{a}**2")


@given(
    st.lists(
        st.tuples(st.sampled_from(LINES), st.integers(0, 9), st.integers(0, 9)),
        min_size=1,
        max_size=6,
    ),
    st.floats(-1.5, 1.5),
    st.floats(-1.5, 1.5),
)
@settings(max_examples=60, deadline=None)
def test_the_sum_over_all_paths_is_the_gradient_of_random_formulas(
    chosen: list[tuple[str, int, int]], x: float, y: float
) -> None:
    names = ["x", "y"]
    lines = []
    for number, (line, first, second) in enumerate(chosen):
        a, b = names[-1 - first % len(names)], names[-1 - second % len(names)]
        lines.append(f"h{number} = {line.format(a=a, b=b)}")
        names.append(f"h{number}")
    lines.append("L = " + " + ".join(names))  # so that everything leads to the loss
    timeline = Timeline(formula(*lines, x=x, y=y).iteration(1))
    for name in ("x", "y"):
        found = of(timeline, name, limit=20_000)
        products = [path.product for path in found.listed]
        assert len(products) == found.count
        scale = max(1.0, *map(abs, products))
        assert math.fsum(products) == pytest.approx(found.gradient, rel=1e-12, abs=1e-12 * scale)


@given(timelines())
@settings(max_examples=30, deadline=None)
def test_the_largest_paths_come_first(timeline: Timeline) -> None:
    scalars = Timeline(scalarize(timeline.iteration).iteration)
    for node in scalars.tape:
        found = paths_to(scalars, node.id, limit=5)
        if found is None:
            continue
        wanted = sorted(
            (abs(math.prod(link.local for link in path)) for path in every_path(scalars, node.id)),
            reverse=True,
        )
        sizes = [abs(path.product) for path in found.listed]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes == pytest.approx(wanted[:5], rel=1e-9, abs=1e-300)


def test_more_paths_than_can_be_walked_are_counted_to_the_last() -> None:
    lines = ["h1 = x + x*0.5", *(f"h{k + 1} = h{k} + h{k}*0.5" for k in range(1, 80))]
    timeline = Timeline(formula(*lines, x=1.0).iteration(1))
    found = of(timeline, "x")
    assert found.count == 2**80
    assert len(found.listed) == MOST_PATHS
    assert found.listed[0].product == 1.0
    assert found.gradient == pytest.approx(1.5**80)
    assert found.rest == pytest.approx(1.5**80, rel=1e-6)


def test_products_of_zero_do_not_make_the_search_wander() -> None:
    lines = ["h0 = x*0", *(f"h{k + 1} = h{k} + h{k}" for k in range(60))]
    found = of(Timeline(formula(*lines, x=1.0).iteration(1)), "x")
    assert found.count == 2**60
    assert {path.product for path in found.listed} == {0.0}
    assert len(found.listed) == MOST_PATHS


def test_what_is_not_a_number_comes_first() -> None:
    timeline = Timeline(formula("L = sqrt(x) + 2*x", x=0.0).iteration(1))
    found = of(timeline, "x")
    assert [path.product for path in found.listed] == [math.inf, 2.0]


def test_tensors_have_no_paths_of_numbers() -> None:
    timeline = Timeline(network(2, 3, 1))
    assert not has_paths(timeline)
    assert paths_to(timeline, node_named(timeline, "W^1")) is None


def test_a_number_without_a_gradient_has_no_paths() -> None:
    timeline = Timeline(neuron())
    assert has_paths(timeline)
    assert paths_to(timeline, node_named(timeline, "t")) is None


def test_operations_without_a_rule_per_entry_have_a_local_derivative_too() -> None:
    timeline = Timeline(formula("L = sum(w*w) + mean(w)", w=np.array([3.0])).iteration(1))
    found = of(timeline, "w")
    assert found.count == 3
    assert math.fsum(path.product for path in found.listed) == 7.0
