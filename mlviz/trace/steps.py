"""Steps and positions: the words in which time is told."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """The three phases of one iteration."""

    FORWARD = "forward"
    BACKWARD = "backward"
    UPDATE = "update"


class StepKind(StrEnum):
    """What happens in a step."""

    FORWARD = "forward"
    """One operation computes its output."""
    SEED = "seed"
    """dL/dL = 1: where the gradient starts."""
    BACKWARD = "backward"
    """One edge sends upstream × local derivative to its input, which accumulates it."""
    UPDATE = "update"
    """One parameter takes its new value."""
    RESULT = "result"
    """Forward once more with the new parameters: did the loss fall?"""


_PHASES = {
    StepKind.FORWARD: Phase.FORWARD,
    StepKind.SEED: Phase.BACKWARD,
    StepKind.BACKWARD: Phase.BACKWARD,
    StepKind.UPDATE: Phase.UPDATE,
    StepKind.RESULT: Phase.UPDATE,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a timeline.

    Attributes:
        number: counted from 1.
        kind: what happens.
        node: id of the node that acts: the operation, the loss, the parameter.
        slot: in a backward step, which input of `node` is served.
        target: in a backward step, id of the node that receives; otherwise `node`.
    """

    number: int
    kind: StepKind
    node: int
    slot: int
    target: int

    @property
    def phase(self) -> Phase:
        """The phase it belongs to."""
        return _PHASES[self.kind]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A moment: everything visible is a function of a timeline and one of these.

    Attributes:
        iteration: counted from 1.
        step: 0 before anything was computed, otherwise the number of the step that is
            under way or has just ended.
        progress: how much of that step has happened, 0 to 1; at rest it is 1.
    """

    iteration: int = 1
    step: int = 0
    progress: float = 1.0


@dataclass(frozen=True, slots=True)
class Segment:
    """The steps of one phase, `first` to `last`, both included."""

    phase: Phase
    first: int
    last: int
