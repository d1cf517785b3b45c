"""What a document looks like on a card of the gallery: made of the document itself.

A network that can be seen over its data shows what it has learned, any other one its neurons,
and a formula its graph.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from mlviz.document.document import Document
from mlviz.layout import layout
from mlviz.learn.network import NetworkProgram
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Picture
from mlviz.picture.network import network_pictures
from mlviz.picture.outcome import outcome
from mlviz.picture.reading import reading_of
from mlviz.picture.region_scene import RegionScene, Wishes, region_scene
from mlviz.trace.magnify import magnified
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline

MOST_ITERATIONS = 400
"""No card waits for longer training than this."""
_SLICE_SECONDS = 0.006
_SIDE, _STRETCH = 60, 1.75
_MOST_POINTS = 120
_MOST_FEATURES = 4
_LEAST_ROWS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """What is painted on a card: a picture, or a network's answers over its data."""

    picture: Picture | None = None
    scene: RegionScene | None = None


def thumbnail(document: Document) -> Generator[float, None, Thumbnail]:
    """Make the thumbnail of a document in small steps; each yields how much is done."""
    program = document.training.program
    if isinstance(program, NetworkProgram) and _has_plane(document, program):
        yield from _trained(document)
        yield 0.9
        return Thumbnail(scene=_scene(document, program))
    with np.errstate(all="ignore"):
        iteration = document.training.iteration(1)
        yield 0.3
        timeline = Timeline(magnified(iteration, document.level).iteration)
        end = Position(1, len(timeline))
        if isinstance(program, NetworkProgram):
            pictures = network_pictures(timeline)
            if pictures is not None:
                yield 0.6
                return Thumbnail(pictures.at(end))
        drawing = layout(graph_shape(timeline), "layered")
        yield 0.6
        return Thumbnail(GraphPictures(timeline, drawing).at(end))


def _has_plane(document: Document, program: NetworkProgram) -> bool:
    features = reading_of(program, document.data).features
    answers = bool(program.classes) or features == 1 or program.spec.layers[-1].units == 1
    return answers and features <= _MOST_FEATURES and len(program.inputs) >= _LEAST_ROWS


def _trained(document: Document) -> Generator[float, None, None]:
    """Train as far as the file says, or as a card waits."""
    training = document.training
    goal, portion = min(training.iterations, MOST_ITERATIONS), 1
    while training.head <= goal:
        begun = time.perf_counter()
        if not training.advance(min(portion, goal - training.head + 1)):
            return
        faster = time.perf_counter() - begun < _SLICE_SECONDS / 2
        portion = portion * 2 if faster else max(portion // 2, 1)
        yield 0.9 * (training.head - 1) / goal


def _scene(document: Document, program: NetworkProgram) -> RegionScene:
    parameters = document.training.parameters(document.training.head)
    reading = reading_of(program, document.data)
    found = outcome(program, parameters, ("train",), _MOST_POINTS)
    last = max(reading.features - 1, 1)
    wishes = Wishes((last - 1, last), 0, _SIDE, _STRETCH)
    return region_scene(program, parameters, found, reading, wishes)
