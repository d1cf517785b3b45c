"""Pictures of the network: its numbers are the tape's, and nothing is shown too early."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.items import Box, Curve, Picture, Raster, Role, Text, Token
from mlviz.picture.magnitude import magnitude
from mlviz.picture.network import NetworkPictures, network_pictures
from mlviz.picture.network_form import MOST
from mlviz.picture.network_legend import network_legend
from mlviz.picture.network_marks import line_width
from mlviz.picture.network_plan import NetworkPlan
from mlviz.trace.magnify import LEVELS, Level, Spot, magnified
from mlviz.trace.neurons import Place, find_neurons
from mlviz.trace.scalars import scalarize
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from tests.picture.looks import badge_flaws, is_badge, plate_flaws
from tests.runs import network, neuron


def pictures(*widths: int, rows: int = 1, level: str = "linear", **more: object) -> NetworkPictures:
    iteration = network(*widths, rows=rows, **more)  # type: ignore[arg-type]
    if level == "scalars":
        iteration = scalarize(iteration).iteration
    found = network_pictures(Timeline(iteration))
    assert found is not None
    return found


def curve(picture: Picture, key: str) -> Curve:
    return next(i for i in picture.items if isinstance(i, Curve) and i.key == key)


def tokens(picture: Picture) -> list[Token]:
    return [item for item in picture.items if isinstance(item, Token)]


def step_of(shown: NetworkPictures, kind: StepKind, place: str, target: str | None = None) -> int:
    places = shown.neurons.places
    for step in shown.timeline.steps:
        fits = step.kind is kind and places[step.node].kind == place
        if fits and target in (None, places[step.target].kind):
            return step.number
    raise AssertionError("there is no such step")


def test_width_is_the_size_of_a_weight_and_colour_its_sign() -> None:
    shown = pictures(2, 2, 1)
    weights = shown.timeline.tape[1].value
    picture = shown.at(Position())
    for unit, source in itertools.product(range(2), range(2)):
        line = curve(picture, f"weight:1:{unit}:{source}")
        value = weights[unit, source]
        assert line.width == line_width(value)
        assert line.role is (Role.NEGATIVE if value < 0 else Role.POSITIVE)
    assert line_width(1.0) - line_width(0.1) == pytest.approx(line_width(10.0) - line_width(1.0))


def test_a_negative_weight_carries_a_minus_sign_too() -> None:
    shown = pictures(4, 5, 1)
    signs = sum(isinstance(item, Text) and item.text == "−" for item in shown.at(Position()).items)
    weights = [n.value for n in shown.timeline.tape if n.origin.endswith("weight")]
    numbered = sum(int((w < 0).sum()) for w in weights if w.size <= 6)
    assert signs >= sum(int((w < 0).sum()) for w in weights) - numbered
    assert signs > 0


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.integers(1, 3), min_size=2, max_size=3),
    st.sampled_from(LEVELS),
    st.integers(0, 99),
    st.data(),
)
def test_no_number_is_shown_before_it_is_computed(
    widths: list[int], level: Level, seed: int, data: st.DataObject
) -> None:
    """Every number in the picture is known, or under way now."""
    iteration = magnified(network(*widths, rows=2, seed=seed), level).iteration
    shown = network_pictures(Timeline(iteration))
    assert shown is not None
    steps = data.draw(st.lists(st.integers(0, len(shown.timeline)), min_size=6, max_size=6))
    for number, progress in itertools.product(steps, (0.0, 0.5, 1.0)):
        picture = shown.at(Position(1, number, progress))
        # What is under way, and a weight, has fewer digits where there is little room.
        at = itertools.product((max(number - 1, 0), number), (4, 3, 2))
        known = set[str]().union(*(_known(shown, *one) for one in at))
        for item in picture.items:
            if isinstance(item, Text) and item.family == "number" and item.text != "−":
                assert item.text in known, item.text


def _known(shown: NetworkPictures, number: int, digits: int = 4) -> set[str]:
    timeline = shown.timeline
    state, step = timeline.state_at(number), timeline.step(number)
    known = {NOT_YET}
    arrays = [state.value(node.id) for node in timeline.tape]
    arrays += [state.gradient(node.id) for node in timeline.tape]
    for node in timeline.tape:
        update = state.update(node.id)
        arrays += [update.before, update.after] if update is not None else []
    if step is not None and step.kind is StepKind.BACKWARD:
        sent = timeline.contribution(step)
        arrays.append(sent.downstream)
        known |= _terms(shown, sent.upstream, digits)
    return known | {format_number(v, digits) for a in arrays if a is not None for v in np.ravel(a)}


def _terms(shown: NetworkPictures, upstream: np.ndarray, digits: int) -> set[str]:
    if upstream.ndim != 2:
        return set()
    return {
        format_number(g * w, digits)
        for node in shown.timeline.tape
        if node.origin.endswith("weight") and node.value.ndim == 2
        for g in upstream.reshape(-1)
        for w in node.value.reshape(-1)
    }


@pytest.mark.parametrize("level", LEVELS)
def test_every_magnification_has_a_network_in_which_something_moves(level: Level) -> None:
    iteration = magnified(network(2, 2, 1, rows=2), level).iteration
    shown = network_pictures(Timeline(iteration))
    assert shown is not None
    moving = {
        step.kind
        for step in shown.timeline.steps
        if tokens(shown.at(Position(1, step.number, 0.5)))
    }
    assert {StepKind.FORWARD, StepKind.BACKWARD} <= moving
    edges = set()
    for step in shown.timeline.steps:
        edges |= {
            (move.place, move.start > move.end)
            for move in shown.travelling.moves.of(step, 0)
            if move.place.kind == "weight"
        }
    weights = [Place("weight", 1, u, s) for u in range(2) for s in range(2)]
    weights += [Place("weight", 2, 0, s) for s in range(2)]
    assert edges == {(weight, back) for weight in weights for back in (False, True)}


def test_inside_an_opened_node_the_network_still_stands() -> None:
    iteration = network(2, 3, 1, rows=2)
    for spot in (Spot(3, "matmul"), Spot(4)):
        timeline = Timeline(magnified(iteration, "operations", (spot,)).iteration)
        shown = network_pictures(timeline)
        assert shown is not None
        for step in timeline.steps:
            shown.at(Position(1, step.number, 0.5))


def test_forward_tokens_go_to_the_neuron_and_gradients_come_back() -> None:
    shown = pictures(2, 2, 1)
    forward = step_of(shown, StepKind.FORWARD, "sum")
    xs = [
        np.mean([t.x for t in tokens(shown.at(Position(1, forward, p)))]) for p in (0.2, 0.4, 0.6)
    ]
    assert xs == sorted(xs)
    assert {t.shape for t in tokens(shown.at(Position(1, forward, 0.4)))} == {"round"}
    back = step_of(shown, StepKind.BACKWARD, "sum", "neuron")
    xs = [np.mean([t.x for t in tokens(shown.at(Position(1, back, p)))]) for p in (0.3, 0.5, 0.7)]
    assert xs == sorted(xs, reverse=True)
    assert {t.shape for t in tokens(shown.at(Position(1, back, 0.4)))} == {"diamond"}


@pytest.mark.parametrize("level", ["linear", "scalars"])
def test_an_update_morphs_the_width_from_old_to_new(level: str) -> None:
    shown = pictures(2, 2, 1, level=level)
    step = next(
        s.number
        for s in shown.timeline.steps
        if s.kind is StepKind.UPDATE and shown.neurons.places[s.node].kind == "weight"
    )
    update = shown.timeline.updates[0]
    before, after = (float(np.ravel(v)[0]) for v in (update.before, update.after))
    widths = [
        curve(shown.at(Position(1, step, p)), "weight:1:0:0").width
        for p in (0.0, 0.3, 0.5, 0.6, 1.0)
    ]
    assert widths[0] == line_width(before)
    assert widths[-2:] == [line_width(after)] * 2
    assert widths == sorted(widths, reverse=abs(before) > abs(after))
    assert len(set(widths)) == 4


def test_a_row_of_the_batch_or_their_mean_is_shown() -> None:
    shown = pictures(2, 3, 1, rows=4)
    state = shown.timeline.state_at(len(shown.timeline))
    values = shown.timeline.tape[shown.neurons.entry(Place("neuron", 1, 2, row=0))[0]].value  # type: ignore[index]
    place = Place("neuron", 1, 2)
    assert shown.reading(place, state, 3, "value") == values[3, 2]
    assert shown.reading(place, state, None, "value") == pytest.approx(values[:, 2].mean())


def test_the_plane_shows_what_the_neurons_compute_there() -> None:
    shown = pictures(2, 3, 1, rows=5)
    end = Position(1, len(shown.timeline))
    assert sum(isinstance(item, Raster) for item in shown.at(end).items) == 6
    assert sum(isinstance(item, Raster) for item in shown.at(Position()).items) == 2
    # Where an example lies, the plane has that example's output.
    forward = [s for s in shown.timeline.steps if s.kind is StepKind.FORWARD][-1].number
    state = shown.timeline.state_at(forward)
    side = 201
    shades = np.frombuffer(shown.planes.shades(2, 0, state, side), dtype=np.int8)
    for row in range(5):
        x, y = shown.planes.place_of_row(row)
        shade = shades.reshape(side, side)[int(y * side), int(x * side)] / 127
        value = shown.reading(Place("neuron", 2, 0), state, row, "value")
        assert shade == pytest.approx(value, abs=0.06)


def test_the_plane_changes_when_the_weights_are_updated() -> None:
    shown = pictures(2, 2, 1, rows=3)
    first = next(s.number for s in shown.timeline.steps if s.kind is StepKind.UPDATE)
    shades = [
        shown.planes.shades(2, 0, shown.timeline.state_at(number), 16)
        for number in (first - 2, first - 1, len(shown.timeline))
    ]
    assert shades[0] == shades[1] != shades[2]


def test_a_network_of_three_inputs_has_no_plane_but_shades() -> None:
    shown = pictures(3, 2, 1)
    picture = shown.at(Position(1, len(shown.timeline)))
    assert not any(isinstance(item, Raster) for item in picture.items)
    values = shown.timeline.tape[0].value
    strengths = {item.opacity for item in picture.items if isinstance(item, Box)}
    assert {magnitude(value) for value in values.reshape(-1)} <= strengths


def test_large_layers_are_left_out_in_the_middle_and_counted() -> None:
    shown = pictures(784, 128, 10)
    assert shown.plan.hidden == [784 - MOST + 1, 128 - MOST + 1, 10 - MOST + 1]
    messages = [
        item.text.values["n"]
        for item in shown.at(Position()).items
        if isinstance(item, Text)
        and not isinstance(item.text, str)
        and item.text.id == "network.more"
    ]
    assert messages == shown.plan.hidden
    assert len(shown.at(Position(1, 1, 0.5)).items) < 1500


def test_a_neuron_that_is_left_out_is_drawn_once_it_is_wanted() -> None:
    neurons = find_neurons(network(784, 128, 10).tape)
    assert neurons is not None
    shown = NetworkPictures(Timeline(network(784, 128, 10)), neurons, {1: 77, 0: 3})
    assert 77 in shown.plan.shown[1]
    assert len(shown.plan.shown[1]) == len(shown.plan.shown[0])
    assert shown.plan.hidden[1] == sum(count for _, count in shown.plan.gaps(1)) == 128 - MOST + 1
    rect = shown.rect(Place("neuron", 1, 77))
    assert rect is not None
    assert shown.hit(*rect.center) == Place("neuron", 1, 77)
    assert shown.rect(Place("weight", 1, 77, 783)) is not None
    for (x, y), _ in shown.plan.gaps(1):
        assert shown.hit(x, y) is None
        assert shown.gap_at(x, y) == 1
    assert shown.gap_at(-500, 0) is None


@pytest.mark.parametrize("brought", [{}, {0: 5, 1: 6}])
def test_neurons_do_not_overlap_whatever_the_sizes(brought: dict[int, int]) -> None:
    for sizes in ((1, 1), (2, 8, 8, 1), (7, 8, 3), (784, 128, 10)):
        plan = NetworkPlan(sizes, brought)
        rects = [plan.neuron(k, u) for k, units in enumerate(plan.shown) for u in units]
        rects += [plan.bias(k, u) for k, units in enumerate(plan.shown) for u in units if k]
        found = [rect for rect in rects if rect is not None] + [plan.loss]
        for one, other in itertools.combinations(found, 2):
            apart = one.right <= other.x or other.right <= one.x
            assert apart or one.bottom <= other.y or other.bottom <= one.y
        assert all(plan.bounds.united(rect) == plan.bounds for rect in found)


@pytest.mark.parametrize("level", ["linear", "scalars"])
def test_what_is_selected_on_the_tape_is_marked_and_what_is_hit_is_on_the_tape(level: str) -> None:
    shown = pictures(2, 2, 1, level=level)
    for place in (Place("neuron", 1, 1), Place("bias", 1, 0), Place("weight", 1, 1, 0)):
        rect = shown.rect(place)
        assert rect is not None
        x, y = rect.center
        if place.kind == "weight":  # away from where two lines cross
            line = shown.plan.line(place)
            assert line is not None
            x, y = (0.8 * a + 0.2 * b for a, b in zip(*line, strict=True))
        assert shown.hit(x, y) == place
        choice = shown.choice(place, 0)
        assert choice is not None
        roles = {
            item.role
            for item in shown.at(Position(), selected=choice).items
            if isinstance(item, Curve)
        } | {
            item.stroke
            for item in shown.at(Position(), selected=choice).items
            if isinstance(item, Box)
        }
        assert Role.SELECTED in roles
    assert shown.hit(-500, -500) is None


def test_a_whole_tensor_selected_marks_all_its_neurons() -> None:
    shown = pictures(2, 3, 1)
    node, _ = shown.choice(Place("neuron", 1, 0), 0)  # type: ignore[misc]
    picture = shown.at(Position(), selected=(node, None))
    marked = {i.key for i in picture.items if isinstance(i, Box) and i.stroke is Role.SELECTED}
    assert marked == {"neuron:1:0", "neuron:1:1", "neuron:1:2"}


def test_a_formula_has_no_network() -> None:
    assert network_pictures(Timeline(neuron())) is None


def test_the_legend_names_its_scale_and_wraps() -> None:
    wide, narrow = network_legend(900, True, True), network_legend(300, True, True)
    assert wide.bounds.width <= 900
    assert narrow.bounds.width <= 300
    assert narrow.bounds.height > wide.bounds.height
    widths = [item.width for item in wide.items if isinstance(item, Curve)][:5]
    assert widths == [line_width(size) for size in (0.001, 0.01, 0.1, 1, 10)]


def test_labels_on_the_way_hide_no_neuron_and_no_number() -> None:
    shown = pictures(2, 2, 1, level="scalars")
    seen = 0
    for step in shown.timeline.steps:
        found = {shown.at(Position(1, step.number, part)) for part in (0.3, 0.5, 1.0)}
        for picture in found:
            seen += sum(isinstance(item, Box) and is_badge(item) for item in picture.items)
            assert [*plate_flaws(picture), *badge_flaws(picture)] == []
    assert seen > 20


def test_a_dropped_neuron_is_crossed_and_its_number_struck() -> None:
    timeline = Timeline(load(find("dropout")).training.iteration(1))
    shown = network_pictures(timeline)
    assert shown is not None
    mask = next(node.value for node in timeline.tape if node.origin == "layer1.mask")
    picture = shown.at(Position(1, len(timeline)))
    for unit in shown.plan.shown[1]:
        body = picture.box(f"neuron:1:{unit}")
        assert body.dashed == (mask[0, unit] == 0)
        assert shown.is_dropped(Place("neuron", 1, unit), 0) == body.dashed
        crosses = [
            item
            for item in picture.items
            if isinstance(item, Curve)
            and item.role is Role.BAD
            and body.rect.contains(*item.points[0])
        ]
        assert len(crosses) == (2 if body.dashed else 0)
    assert any(isinstance(item, Text) and item.struck for item in picture.items)
    assert not any(shown.is_dropped(Place("neuron", 1, unit), None) for unit in range(32))


def test_what_stays_in_a_neuron_or_the_loss_moves_along_its_edge() -> None:
    shown = pictures(2, 2, 1)
    for step in shown.timeline.steps:
        if step.kind in (StepKind.FORWARD, StepKind.BACKWARD):
            moved = tokens(shown.at(Position(1, step.number, 0.5)))
            targets = shown.neurons.places[step.target].kind
            assert moved or targets in ("target", "turned"), step


@pytest.mark.parametrize("room", [(864, 576), (456, 432), (864, 240), (456, 240)])
@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 3, 1), (7, 5, 3), (2, 16, 1), (64, 32, 10)])
def test_a_network_fills_its_room_with_letters_that_can_be_read(
    sizes: tuple[int, ...], room: tuple[int, int]
) -> None:
    plan = NetworkPlan(sizes, None, room)
    scale = min(room[0] / plan.bounds.width, room[1] / plan.bounds.height)
    assert scale * min(plan.form.sizes) >= 8.3
    assert max(plan.bounds.width * scale / room[0], plan.bounds.height * scale / room[1]) > 0.98


def test_of_a_deep_network_whole_columns_are_seen() -> None:
    sizes = (2, 6, 6, 6, 6, 6, 6, 1)
    plan = NetworkPlan(sizes, None, (456, 432))
    for layers in ([4, 3], [2, 1]):
        part = plan.around(layers)
        assert part.width * plan.form.legible == pytest.approx(456, abs=25)
        for layer in range(len(sizes)):
            column = plan.column(layer)
            inside = part.x <= column.x and column.right <= part.right
            assert inside or column.right < part.x or column.x > part.right
    ends = [plan.column(layer) for layer in range(7)] + [plan.loss]
    assert min(b.x - a.right for a, b in itertools.pairwise(ends)) > 20
