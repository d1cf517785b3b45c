"""What the region view shows: the network's answers, the examples on them, and the axes."""

from dataclasses import dataclass, field, replace

import numpy as np

from mlviz.autograd import Array
from mlviz.learn import forward
from mlviz.learn.network import NetworkProgram
from mlviz.learn.training import Parameters
from mlviz.picture.outcome import PARTS, Outcome
from mlviz.picture.reading import Reading
from mlviz.picture.region import (
    Field,
    Fitted,
    Plane,
    fitted_curve,
    limits,
    plane_of,
    region_field,
)

_ALIKE = 2.5
"""Features whose extents differ more than so many times have different units."""
_MOST_GROWN = 2.0


def _nothing() -> Array:
    return np.empty((0, 2, 2))


@dataclass(frozen=True, slots=True, eq=False)
class RegionScene:
    """Everything that is visible in the region view.

    Attributes:
        kind: `classes` or `numbers` over a plane, or `curve` along one feature.
        plane: the features and how far they reach; of a curve the second is the answer.
        names: what the two axes are called.
        classes: what the classes are called; empty for a regression.
        scale: the answers at both ends of the colours, of `numbers`.
        answers: over the plane; None for a curve.
        curve: along the feature; None for a plane.
        truth: the curve that the data were made from, where that is known.
        other_lines: where another run has the lines between its classes.
        other_curve: what another run answers along the feature.
        places: of the examples, from the left and from the top, 0 to 1, (n, 2).
        kinds: their classes, (n); 0 in a regression.
        values: their targets, (n), nan for classes.
        parts: to which part each belongs, as in `outcome.PARTS`, (n).
        wrong: which of them are put into another class, (n).
        target: what is learned.
        ends: how high the answer for each stands, 0 to 1 from the top, (n); of a curve only.
    """

    kind: str
    plane: Plane
    names: tuple[str, str]
    classes: tuple[str, ...]
    scale: tuple[float, float]
    answers: Field | None
    curve: Fitted | None
    places: Array
    kinds: Array
    values: Array
    parts: Array
    wrong: Array
    ends: Array
    truth: Fitted | None = None
    other_lines: Array = field(default_factory=_nothing)
    other_curve: Fitted | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be seen.

    Attributes:
        features: which feature goes to the right, and which goes up.
        output: which output of a regression.
        side: how many points the plane is asked at, each way.
        stretch: how many times wider than high the view is.
        outlined: whether lines between classes are wanted.
    """

    features: tuple[int, int] = (0, 1)
    output: int = 0
    side: int = 80
    stretch: float = 1.0
    outlined: bool = True


def region_scene(
    program: NetworkProgram,
    parameters: Parameters,
    found: Outcome,
    reading: Reading,
    wishes: Wishes,
    other: tuple[NetworkProgram, Parameters] | None = None,
    plane: Plane | None = None,
) -> RegionScene:
    """Return what the view shows.

    Args:
        program: the network.
        parameters: its numbers.
        found: what it says of the examples.
        reading: what its numbers mean.
        wishes: what is to be seen.
        other: another run to compare with; it reads and answers the same.
        plane: of two features, if it is known already.
    """
    inputs = own_inputs(found, reading)
    if reading.features == 1:
        return _along_one(program, parameters, found, inputs, reading, wishes, other)
    if plane is None:
        plane = widened(plane_of(inputs, wishes.features, reading.to_network), wishes.stretch)
    answers = region_field(
        program,
        parameters,
        plane,
        wishes.side,
        mean=reading.from_network,
        output=wishes.output,
        outlined=wishes.outlined,
    )
    lines = _nothing()
    if other is not None and found.classes:
        lines = region_field(*other, plane, wishes.side).lines
    targets = np.full(len(found), np.nan)
    if not found.classes:
        targets = reading.from_network(found.truth)[:, wishes.output]
    return RegionScene(
        "classes" if found.classes else "numbers",
        plane,
        (reading.names[plane.features[0]], reading.names[plane.features[1]]),
        found.classes,
        value_scale(targets),
        answers,
        None,
        plane.places(inputs),
        found.truth if found.classes else np.zeros(len(found), np.intp),
        targets,
        found.parts,
        found.wrong,
        np.empty(0),
        other_lines=lines,
        target=reading.names[-1],
    )


def own_inputs(found: Outcome, reading: Reading) -> Array:
    """Return the examples' features in units of their own, (n, features)."""
    pieces = [
        reading.inputs[part][found.rows[found.parts == place]]
        for place, part in enumerate(PARTS)
        if part in reading.inputs
    ]
    return np.concatenate(pieces)


def _along_one(
    program: NetworkProgram,
    parameters: Parameters,
    found: Outcome,
    inputs: Array,
    reading: Reading,
    wishes: Wishes,
    other: tuple[NetworkProgram, Parameters] | None,
) -> RegionScene:
    low, high = limits(inputs)
    if found.classes:
        # With two classes the height is the probability of the second one.
        heights = found.truth.astype(float) if len(found.classes) == 2 else np.ones(len(found))
        answers = found.probabilities[:, -1] if len(found.classes) == 2 else heights
        bottom, top = -0.12, 1.12
    else:
        heights = reading.from_network(found.truth)[:, wishes.output]
        answers = reading.from_network(found.predicted)[:, wishes.output]
        ends = limits(heights[:, None])
        bottom, top = float(ends[0][0]), float(ends[1][0])
    plane = Plane((0, 1), np.array([low[0], bottom]), np.array([high[0], top]), inputs[0])
    left, right = float(low[0]), float(high[0])

    def answered(of: NetworkProgram, numbers: Parameters) -> Fitted:
        curve = fitted_curve(of, numbers, reading, left, right)
        one = curve.y[:, wishes.output][:, None]
        return curve if found.classes else Fitted(curve.x, one)

    with np.errstate(all="ignore"):
        ends_at = 1 - (answers - bottom) / (top - bottom)
    truth = reading.truth
    name = reading.names[-1]
    if found.classes:
        name = f"p({found.classes[1]})" if len(found.classes) == 2 else "p"
    return RegionScene(
        "curve",
        plane,
        (reading.names[0], name),
        found.classes,
        (bottom, top),
        None,
        answered(program, parameters),
        plane.places(np.column_stack([inputs[:, 0], heights])),
        found.truth if found.classes else np.zeros(len(found), np.intp),
        heights,
        found.parts,
        found.wrong,
        np.asarray(ends_at),
        truth=None if truth is None else Fitted(truth[:, 0], truth[:, 1:]),
        other_curve=None if other is None else answered(*other),
        target=reading.names[-1],
    )


def without_examples(scene: RegionScene) -> RegionScene:
    """Return the scene with no examples on it."""
    return replace(
        scene,
        places=scene.places[:0],
        kinds=scene.kinds[:0],
        values=scene.values[:0],
        parts=scene.parts[:0],
        wrong=scene.wrong[:0],
        ends=scene.ends[:0],
    )


def widened(plane: Plane, stretch: float) -> Plane:
    """Return the plane reaching farther in one direction, so that a circle looks round.

    Only where both features have about the same extent; others have different units anyway.
    """
    extent = plane.high - plane.low
    if not 1 / _ALIKE < extent[0] / extent[1] < _ALIKE:
        return plane
    more = np.clip(stretch * extent[1] / extent[0], 1 / _MOST_GROWN, _MOST_GROWN)
    grown = np.array([max(more - 1, 0), max(1 / more - 1, 0)]) * extent / 2
    return replace(plane, low=plane.low - grown, high=plane.high + grown, _grids={})


def value_scale(targets: Array) -> tuple[float, float]:
    """Return the answers at both ends of the colours: fixed by the data, so that it holds still.

    Around zero both ends are as far, so that no colour means zero.
    """
    fine = targets[np.isfinite(targets)]
    if not len(fine):
        return -1.0, 1.0
    low, high = float(fine.min()), float(fine.max())
    if low < 0 < high:
        most = max(-low, high)
        return -most, most
    return (low, high) if high > low else (low - 1, high + 1)


def answer_at(
    program: NetworkProgram, parameters: Parameters, plane: Plane, x: float, y: float
) -> Array:
    """Return the network's outputs at one place of a plane, (outputs)."""
    point = plane.others.copy()
    point[list(plane.features)] = plane.numbers(x, y)
    with np.errstate(all="ignore"):
        return np.asarray(forward.outputs(program, parameters, plane.read(point[None]))[0])
