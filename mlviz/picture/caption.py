"""The caption of the present step: a line of words, and its formula on one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from mlviz.i18n import Message
from mlviz.picture.easing import TIMINGS
from mlviz.picture.equation import explainer
from mlviz.picture.header import header
from mlviz.picture.timeline import timeline_bar
from mlviz.trace.explain import Explanation
from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.trace.timeline import Timeline
from mlviz.trace.typeset import Part


@dataclass(frozen=True, slots=True)
class Caption:
    r"""What the last row has to be able to read.

    Attributes:
        phase: the phase, for its colour; None at the start.
        title: its name.
        detail: what happens: `tanh → z`.
        label: `Step 11 of 20`.
        formulas: TeX of what is computed, the longest first: in symbols, numbers and result;
            in numbers and result; in symbols and result; the result; the symbols alone. The
            first that fits is shown.
        text: the longest in plain text.
    """

    phase: Phase | None
    title: Message
    detail: Message
    label: Message
    formulas: tuple[str, ...]
    text: str


def caption(timeline: Timeline, position: Position) -> Caption:
    """Return the caption at `position`; `·` stands for what is not computed yet."""
    position = timeline.clamped(position)
    step = timeline.step(position.step)
    done = step is None or TIMINGS[step.kind].arrived(position.progress)
    return _caption(timeline, Position(position.iteration, position.step), done)


@lru_cache(maxsize=64)
def _caption(timeline: Timeline, position: Position, done: bool) -> Caption:
    """Return the caption of a whole step; while the film moves it is asked for at every frame."""
    step = timeline.step(position.step)
    rows = _rows(explainer(timeline).step(step, done=done), None if step is None else step.kind)
    chains = _chains(rows)
    text = " ".join(part.text for part in chains[0] if part.text) if chains else ""
    phase, title, detail = header(timeline, position)
    label = timeline_bar(timeline, position).label
    return Caption(phase, title, detail, label, tuple(map(_joined, chains)), text)


def _rows(explanation: Explanation, kind: StepKind | None) -> Sequence[Sequence[Part]]:
    """Return the rows of the formula that the step is about."""
    formulas = [line for line in explanation.lines if line.rows and line.role != "muted"]
    if not formulas:
        return ()
    # The last line of an update's rule is the one that gives the new value.
    return formulas[-1 if kind is StepKind.UPDATE else 0].rows


def _chains(rows: Sequence[Sequence[Part]]) -> list[list[Part]]:
    if not rows:
        return []
    own = list(rows[0][:1])
    first, *others = (list(row) for row in rows)
    chains = [first + [part for row in others for part in row]]
    if len(others) > 1:
        chains.append(own + [part for row in others for part in row])
        chains.append(first + others[-1])
    if others:
        chains.append(own + others[-1])
        chains.append(first)
    return chains


def _joined(chain: Sequence[Part]) -> str:
    return r"\displaystyle " + r"\; ".join(part.tex for part in chain if part.tex)
