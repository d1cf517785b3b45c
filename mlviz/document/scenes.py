"""Scenes: what is said, and at which moment of a timeline.

`at` is `start`, `end`, a phase, or a phase with a place:

* `forward:z` — where z is computed; a name, an operation (`tanh`), or `loss`;
* `backward` — the seed, dL/dL = 1;
* `backward:tanh` — where the rule of tanh fires; `backward:z->b` — where it serves b;
* `backward:->h` — where something arrives at h; `#2` behind it is the second such step;
* `update:w1` — where a parameter takes its new value;
* `result` — the loss once more, with the new parameters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mlviz.document.localtext import LocalText
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.trace.magnify import magnified
from mlviz.trace.opening import MATMUL_TRANSPOSED
from mlviz.trace.steps import Phase, Step, StepKind
from mlviz.trace.timeline import Timeline

if TYPE_CHECKING:
    from mlviz.document.document import Document

_AT = re.compile(r"(?P<when>\w+)(:(?P<node>[^#>]*?)(->(?P<target>[^#>]+))?(#(?P<count>\d{1,4}))?)?")
_WHEN = ("start", *Phase, "result", "end")
_FIRING = (StepKind.FORWARD, StepKind.BACKWARD, StepKind.UPDATE)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789", "^")


@dataclass(frozen=True, slots=True)
class Scene:
    """Something said at a moment.

    Attributes:
        at: the moment, such as `backward:tanh`.
        say: what is said there.
    """

    at: str
    say: LocalText


def scene_steps(document: "Document", timeline: Timeline) -> list[tuple[int, Scene]]:
    """Return the scenes with the numbers of their steps, in the order of the steps.

    A scene whose place does not exist at this timeline's level is left out.
    """
    return list(told(document.scenes, timeline))


@lru_cache(maxsize=8)
def told(scenes: tuple[Scene, ...], timeline: Timeline) -> tuple[tuple[int, Scene], ...]:
    """Return scenes with the numbers of their steps; see `scene_steps`."""
    if not scenes:
        return ()
    moments = Moments(timeline)
    found = ((moments.step(scene.at), scene) for scene in scenes)
    known = [(step, scene) for step, scene in found if step is not None]
    return tuple(sorted(known, key=lambda entry: entry[0]))


def fitting_scenes(document: "Document") -> tuple[Scene, ...]:
    """Return the scenes at moments that the first iteration of a document has."""
    if not document.scenes:
        return ()
    with np.errstate(all="ignore"):
        iteration = magnified(document.training.iteration(1), document.level).iteration
        moments = Moments(Timeline(iteration))
    return tuple(scene for scene in document.scenes if moments.step(scene.at) is not None)


class Moments:
    """Finds the steps of a timeline by the words of a scene."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._called: dict[int, frozenset[str]] = {}

    def step(self, at: str) -> int | None:
        """Return the number of the step that `at` means, or None if there is none."""
        match = _AT.fullmatch(at.strip())
        if match is None or match["when"] not in _WHEN:
            return None
        if match["when"] == "start":
            return 0 if match[0] == "start" else None
        steps = self._matching(match["when"], match["node"], match["target"])
        count = int(match["count"] or 1)
        return steps[count - 1].number if 1 <= count <= len(steps) else None

    def check(self, file: str, key: str, at: str) -> None:
        """Refuse a moment that does not exist.

        Raises:
            DocumentError: with the nearest name that does exist there.
        """
        match = _AT.fullmatch(at.strip())
        if match is None or match["when"] not in _WHEN:
            raise DocumentError(file, key, found=at.partition(":")[0], allowed=_WHEN)
        when = match["when"]
        steps = self._steps(when)
        if not steps and when != "start":
            raise DocumentError(file, key, Message("error.scene.no_phase", phase=when))
        ends = (
            (match["node"], [step.node for step in steps]),
            (
                match["target"],
                [step.target for step in steps if step.kind is StepKind.BACKWARD],
            ),
        )
        for wanted, places in ends:
            if wanted and places and not any(self._is_called(place, wanted) for place in places):
                names = dict.fromkeys(name for place in places for name in self._names(place))
                raise DocumentError(file, key, found=wanted, allowed=list(names))
        if self.step(at) is None:
            raise DocumentError(file, key, Message("error.scene.no_step", at=at))

    def _steps(self, when: str) -> Sequence[Step]:
        """Return the steps among which a moment lies."""
        steps = self._timeline.steps
        match when:
            case "start":
                return ()
            case "end":
                return steps[-1:]
            case "result":
                return [step for step in steps if step.kind is StepKind.RESULT]
        return [step for step in steps if step.phase == when]

    def _matching(self, when: str, node: str | None, target: str | None) -> Sequence[Step]:
        steps = self._steps(when)
        if target:
            steps = [
                step
                for step in steps
                if step.kind is StepKind.BACKWARD and self._is_called(step.target, target)
            ]
        if node:
            # The seed and the result stand at the loss too, but its rule fires elsewhere.
            steps = [
                step for step in steps if step.kind in _FIRING and self._is_called(step.node, node)
            ]
        return steps

    def _names(self, id: int) -> list[str]:
        """Return what a node may be called in a scene."""
        node = self._timeline.tape[id]
        names = [node.name, *node.parts, node.op.name if node.op else ""]
        if node.op is MATMUL_TRANSPOSED:  # the product of a Linear, as its first part
            names[-1:] = ["linear", "matmul"]
        if id == self._timeline.output:
            names.append("loss")
        return [name for name in names if name]

    def _is_called(self, id: int, name: str) -> bool:
        """Whether `name` means this node: its name, its operation, or the tensor it is part of."""
        called = self._called.get(id)
        if called is None:
            names = [_plain(known) for known in self._names(id)]
            tensor, mark, _ = _plain(self._timeline.tape[id].name).partition("_")
            single = "^" in self._timeline.tape[id].name  # w^1 is all of a W^1 of one number
            if mark or single:  # z^1_2 is an entry of z^1, and w^1_12 of W^1
                names += [tensor, tensor[:1].upper() + tensor[1:]]
            called = self._called[id] = frozenset(names)
        return _plain(name) in called


def _plain(name: str) -> str:
    """Return a name as it is compared: z¹, z^1 and z1 are the same."""
    return name.strip().translate(_SUPERSCRIPTS)
