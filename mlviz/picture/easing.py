"""Timing inside a step, as a table: what moves when, in parts of the step's progress."""

from dataclasses import dataclass

from mlviz.trace.steps import StepKind


def smooth(t: float) -> float:
    """Ease in and out: slow at both ends, from 0 at 0 to 1 at 1 (the cubic 3t² - 2t³)."""
    return t * t * (3 - 2 * t)


@dataclass(frozen=True, slots=True)
class Timing:
    """When the three parts of a step happen, and how long the whole takes.

    Attributes:
        seconds: the step's length at speed 1.
        leave: progress at which tokens leave.
        arrive: progress at which they arrive.
        settle: progress from which the result stands.
    """

    seconds: float
    leave: float
    arrive: float
    settle: float

    def travel(self, progress: float) -> float:
        """Return how far tokens are, 0 to 1, eased."""
        return smooth(_part(progress, self.leave, self.arrive))

    def arrived(self, progress: float) -> bool:
        """Return whether the result of the step is on screen."""
        return progress >= self.settle


def _part(progress: float, start: float, end: float) -> float:
    return min(max((progress - start) / (end - start), 0.0), 1.0)


TIMINGS: dict[StepKind, Timing] = {
    #                           seconds leave arrive settle
    StepKind.FORWARD: Timing(1.0, 0.10, 0.65, 0.70),
    StepKind.SEED: Timing(0.8, 0.10, 0.60, 0.60),
    StepKind.BACKWARD: Timing(1.4, 0.20, 0.75, 0.80),
    StepKind.UPDATE: Timing(1.0, 0.20, 0.60, 0.60),
    StepKind.RESULT: Timing(1.0, 0.20, 0.60, 0.60),
}
