"""The explanation panel: what happens now, as a stack of blocks."""

from dataclasses import dataclass
from functools import lru_cache

from mlviz.i18n import Message
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Role
from mlviz.trace.explain import Explainer, Explanation
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline

_NOTE_ROLES = {
    "upstream": Role.BACKWARD,
    "local": Role.POSITIVE,
    "update": Role.UPDATE,
    "bad": Role.BAD,
    "": Role.TEXT,
}

FORMULA_SIZE = 19.0
RULE_SIZE = 15.0
_FEW = 3
"""Formulas that are large when they stand together."""


@dataclass(frozen=True, slots=True)
class Block:
    r"""One block of the panel.

    Attributes:
        kind: `formula`, `rule` (a smaller formula), `heading` or `note`.
        tex: a formula, with `\role{name}{…}` around coloured factors.
        text: words, or the formula as plain text for people who cannot see it.
        role: colour of words.
        size: px.
        rows: the cells of a formula, row by row, for where it is too wide and must be broken.
    """

    kind: str
    tex: str = ""
    text: Message | str | None = None
    role: Role = Role.TEXT
    size: float = 12.5
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class EquationPicture:
    """What the explanation panel shows."""

    title: Message
    blocks: tuple[Block, ...]


@lru_cache(maxsize=8)
def explainer(timeline: Timeline) -> Explainer:
    """Return the explainer of a timeline; made once."""
    return Explainer(timeline)


def equation_picture(
    timeline: Timeline, position: Position, selected: int | None
) -> EquationPicture:
    """Return the explanation of the selected node, or else of the step at `position`."""
    position = timeline.clamped(position)
    step = timeline.step(position.step)
    arrived = step is None or TIMINGS[step.kind].arrived(position.progress)
    if selected is None:
        done = arrived
        if step is not None and step.kind is StepKind.BACKWARD:
            # The product is there as soon as it leaves; its bubble shows it on the way.
            done = TIMINGS[step.kind].travel(position.progress) > 0
        return _blocks(explainer(timeline).step(step, done=done, arrived=arrived))
    state = timeline.state_at(position.step if arrived else position.step - 1)
    return _blocks(explainer(timeline).node(selected, state))


def _blocks(explanation: Explanation) -> EquationPicture:
    blocks = []
    many = sum(line.kind == "formula" for line in explanation.lines) > _FEW
    for line in explanation.lines:
        match line.kind:
            case "formula":
                small = line.role == "muted"
                kind = "rule" if small else "formula"
                size = RULE_SIZE if small or many else FORMULA_SIZE
                role = Role.MUTED if small else Role.TEXT
                rows = tuple(tuple(part.tex for part in row) for row in line.rows)
                blocks.append(Block(kind, line.tex, line.text, role, size, rows))
            case "heading":
                blocks.append(Block("heading", text=line.message, role=Role.MUTED))
            case "note":
                role = _NOTE_ROLES.get(line.role, Role.MUTED)
                blocks.append(Block("note", text=line.message, role=role))
    return EquationPicture(explanation.title, tuple(blocks))
