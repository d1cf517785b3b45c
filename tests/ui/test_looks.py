"""No text lies over another, no label over strange nodes, and nothing that rests ever moves.

What needs no eyes is looked at here: every example at every magnification, step by step, with
the widths that the program's own fonts have.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Protocol

import pytest

from mlviz.document.document import Document, from_formula, load
from mlviz.document.examples import examples, find
from mlviz.i18n import LANGUAGES, translate
from mlviz.learn.training import Iteration
from mlviz.picture.frames import framed
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Box, Picture, Rect, Role, Text
from mlviz.picture.network import NetworkPictures
from mlviz.picture.shape import Path
from mlviz.trace.magnify import LAYERS, LEVELS, Level, layers_reason, magnified
from mlviz.trace.neurons import find_neurons
from mlviz.trace.scalars import NoScalarForm
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from mlviz.ui.fonts import text_width
from mlviz.ui.layout_worker import NARROW, USUAL, Room, lay_out
from tests.picture.looks import badge_flaws, is_badge, places, plate_flaws, text_flaws

TYPED = from_formula(
    "z = w*x + b; y = tanh(z); L = (y - t)**2 + 0.1*w*w", {"x": 1.5, "w": 0.3, "b": -0.2, "t": 1.0}
)
NAMES = [found.name for found in examples()]
_LARGE = ("optimizers", "penalties", "vanishing", "fruit", "shift")
"""Examples with so many scalars that looking at them takes many seconds."""
ALL = [
    pytest.param(name, marks=pytest.mark.slow) if name in _LARGE else name
    for name in [*NAMES, "typed"]
]
ROOMS = (None, (864, 576), (456, 408), (864, 240), (456, 216))
"""For the network: the stage, whole and half, of a window of 1440×900, and of one of 1024×768."""
_GRAIN = 4
_MOST, _NEARBY, _FEW, _LONG = 180, 100, 7, 1500
"""Of a longer run not every step is looked at, but as many as these; of a very long one all of
the picture is looked at only a few times, and otherwise the part of it where something happens."""
_AROUND = 60.0
"""Px around what happens that belong to that part."""


class Pictures(Protocol):
    def at(self, position: Position, /) -> Picture: ...


@dataclass(frozen=True)
class View:
    """One way to look at a run; `network` tells the network from the graph."""

    timeline: Timeline
    pictures: Pictures
    network: bool


def document(name: str) -> Document:
    return TYPED if name == "typed" else load(find(name))


def views(
    iteration: Iteration, levels: Collection[Level] = LEVELS, room: Room = USUAL
) -> Iterator[View]:
    for level in levels:
        if level == LAYERS and layers_reason(iteration):
            continue
        try:
            view = magnified(iteration, level)
        except NoScalarForm:
            continue
        timeline = Timeline(view.iteration)
        layout = lay_out(framed(graph_shape(timeline), view.frames), Event(), room)
        yield View(timeline, GraphPictures(timeline, layout, view.frames), network=False)
        neurons = find_neurons(timeline.tape)
        if neurons is not None:
            for form in ROOMS if level == "operations" else ROOMS[:1]:
                pictures = NetworkPictures(timeline, neurons)
                pictures.arrange(form)
                yield View(timeline, pictures, network=True)


def widths(language: str) -> Callable[[Text], float]:
    def width(text: Text) -> float:
        words = text.text if isinstance(text.text, str) else translate(text.text, language)
        return text_width(words, text.family, round(text.size * _GRAIN), text.bold) / _GRAIN

    return width


def flaws(view: View, language: str, steps: Iterable[int], progress: Iterable[float]) -> list[str]:
    found = []
    width = widths(language)
    for number in steps:
        for part in progress:
            picture = view.pictures.at(Position(1, number, part))
            wrong = [*text_flaws(picture, width), *badge_flaws(picture)]
            if view.network:
                wrong += plate_flaws(picture)
            found += [f"step {number} at {part}: {each}" for each in wrong]
    return found


def flaws_nearby(
    pictures: GraphPictures, language: str, steps: Iterable[int], progress: Iterable[float]
) -> list[str]:
    """Look only where something happens: a thousandth of the boxes of a large graph."""
    found = []
    width = widths(language)
    for number in steps:
        acting = pictures.acting(number)
        if not acting:
            continue
        for part in progress:
            for rect in acting:
                place = rect.grown(_AROUND)
                picture = pictures.seen(Position(1, number, part), None, None, place, 1.0)
                wrong = [*text_flaws(picture, width), *badge_flaws(picture)]
                found += [f"step {number} at {part}: {each}" for each in wrong]
    return found


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ALL)
def test_texts_and_labels_keep_clear_of_each_other(name: str) -> None:
    for view in views(document(name).training.iteration(1)):
        last = len(view.timeline)
        steps = range(0, last + 1, max(last // 12, 1))
        assert flaws(view, "en", steps, (0.5, 1.0)) == []


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", [*NAMES, "typed"])
def test_texts_and_labels_keep_clear_of_each_other_in_both_languages(
    name: str, level: Level, language: str
) -> None:
    training = document(name).training
    # Another language has other words at the same places, what moves moves alike; so with it
    # goes the layout for a stage of another form.
    english = language == "en"
    room, moments = (USUAL, (0.1, 0.3, 0.5, 0.8, 1.0)) if english else (NARROW, (0.5,))
    for view in views(training.iteration(min(2, training.iterations)), (level,), room):
        last = len(view.timeline)
        most = _MOST if last <= _LONG else _FEW
        steps = range(0, last + 1, max(last // most, 1))
        assert flaws(view, language, steps, moments) == []
        if last > _LONG and isinstance(view.pictures, GraphPictures) and english:
            steps = range(1, last + 1, max(last // _NEARBY, 1))
            assert flaws_nearby(view.pictures, language, steps, (0.3, 0.8)) == []


def resting(name: str, iterations: Iterable[int], share: int) -> None:
    training = document(name).training
    known: dict[int, tuple[Rect, dict[str, Rect]]] = {}
    for number in [number for number in iterations if number <= training.iterations]:
        for which, view in enumerate(views(training.iteration(number))):
            last = len(view.timeline)
            for step in range(0, last + 1, max(last // share, 1)):
                for part in (0.1, 0.5, 1.0):
                    picture = view.pictures.at(Position(number, step, part))
                    found = picture.bounds, places(picture)
                    assert known.setdefault(which, found) == found


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ALL)
def test_what_rests_never_moves(name: str) -> None:
    resting(name, (1, 2), 8)


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", NAMES)
def test_what_rests_never_moves_over_many_iterations(name: str) -> None:
    resting(name, (1, 2, 40), _FEW)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["tanh-neuron", "activations"])
def test_a_label_stands_still_but_of_a_long_way_one_stands_at_each_end(name: str) -> None:
    ends = set()
    for view in views(document(name).training.iteration(1), ("operations",)):
        assert isinstance(view.pictures, GraphPictures)
        for step in view.timeline.steps:
            route = view.pictures.route(step.node, step.slot)
            if step.kind is not StepKind.BACKWARD or route is None:
                continue
            places = list(
                dict.fromkeys(
                    item.rect
                    for part in (0.05, 0.3, 0.5, 0.6)
                    for item in view.pictures.at(Position(1, step.number, part)).items
                    if isinstance(item, Box) and is_badge(item) and item.fill is Role.BACKWARD
                )
            )
            assert len(places) == (2 if Path(route).length > 400 else 1)
            ends.add(len(places))
            if len(places) == 2:
                leaves, arrives = route[-1], route[0]
                assert places[0].distance(*leaves) < places[1].distance(*leaves)
                assert places[1].distance(*arrives) < places[0].distance(*arrives)
    assert 1 in ends
    assert name == "tanh-neuron" or 2 in ends
