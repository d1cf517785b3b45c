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
from mlviz.picture.items import Box, Picture, Rect, Text
from mlviz.picture.network import NetworkPictures
from mlviz.trace.magnify import LAYERS, LEVELS, Level, layers_reason, magnified
from mlviz.trace.neurons import find_neurons
from mlviz.trace.scalars import NoScalarForm
from mlviz.trace.steps import Position, Step, StepKind
from mlviz.trace.timeline import Timeline
from mlviz.ui.fonts import text_width
from mlviz.ui.layout_worker import lay_out
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
_TOUCH, _BORDER = 0.5, 4.5
"""Px that a label may reach over a node; that of an update is wide, and where it only fits
between two rows of boxes it may lie over their borders, where nothing is written."""
_MOST, _FEW, _LONG = 200, 15, 1500
"""Of a longer run not every step is looked at, but as many as these; and of a very long one."""


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


def views(iteration: Iteration, levels: Collection[Level] = LEVELS) -> Iterator[View]:
    for level in levels:
        if level == LAYERS and layers_reason(iteration):
            continue
        try:
            view = magnified(iteration, level)
        except NoScalarForm:
            continue
        timeline = Timeline(view.iteration)
        layout = lay_out(framed(graph_shape(timeline), view.frames), Event())
        yield View(timeline, GraphPictures(timeline, layout, view.frames), network=False)
        neurons = find_neurons(timeline.tape)
        if neurons is not None:
            for room in ROOMS:
                pictures = NetworkPictures(timeline, neurons)
                pictures.arrange(room)
                yield View(timeline, pictures, network=True)


def widths(language: str) -> Callable[[Text], float]:
    def width(text: Text) -> float:
        words = text.text if isinstance(text.text, str) else translate(text.text, language)
        return text_width(words, text.family, round(text.size * _GRAIN), text.bold) / _GRAIN

    return width


def own(timeline: Timeline, step: Step | None) -> set[str]:
    """The nodes that take part in a step; its labels may cover them."""
    if step is None:
        return set()
    ids = {step.node, step.target, *timeline.tape[step.node].inputs}
    return {f"node:{id}" for id in ids}


def flaws(view: View, language: str, steps: Iterable[int], progress: Iterable[float]) -> list[str]:
    found = []
    width = widths(language)
    for number in steps:
        for part in progress:
            picture = view.pictures.at(Position(1, number, part))
            wrong = list(text_flaws(picture, width))
            if view.network:
                wrong += [*plate_flaws(picture), *badge_flaws(picture, ())]
            elif len(view.timeline) <= _LONG:  # thousands of nodes leave no room for every label
                step = view.timeline.step(number)
                wide = step is not None and step.kind is StepKind.UPDATE
                wrong += badge_flaws(picture, own(view.timeline, step), _BORDER if wide else _TOUCH)
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
    for view in views(training.iteration(min(2, training.iterations)), (level,)):
        last = len(view.timeline)
        most = _MOST if last <= _LONG else _FEW
        steps = range(0, last + 1, max(last // most, 1))
        # The other language has other words at the same places; what moves moves alike.
        moments = (0.1, 0.3, 0.5, 0.8, 1.0) if language == "en" else (0.5,)
        assert flaws(view, language, steps, moments) == []


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
def test_a_label_stands_still_as_long_as_its_step_lasts() -> None:
    (view,) = views(document("tanh-neuron").training.iteration(1), ("operations",))
    for step in view.timeline.steps:
        labels = {
            tuple(
                item.rect
                for item in view.pictures.at(Position(1, step.number, part)).items
                if isinstance(item, Box) and is_badge(item)
            )
            for part in (0.05, 0.3, 0.5, 0.6)
        }
        assert len(labels) == 1
