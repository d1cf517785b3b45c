"""A timeline: one iteration as a finished sequence of steps, and its state at each of them."""

import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlviz.autograd import Array, Contribution, Tape, backward
from mlviz.learn.training import Iteration, Update
from mlviz.trace.steps import Phase, Position, Segment, Step, StepKind
from mlviz.trace.symbols import Symbols


class Timeline:
    """All steps of one iteration.

    Everything is known when the timeline exists; moving along it computes nothing new.

    Attributes:
        iteration: the record it was made from.
        tape: the recorded operations.
        output: id of the node that is differentiated (the loss).
        contributions: one for each backward step, in order.
        updates: one for each updated parameter, in order.
        steps: all steps; `steps[k - 1]` is step number k.
        segments: the phases, with their first and last step.
    """

    def __init__(self, iteration: Iteration) -> None:
        self.iteration = iteration
        self.tape: Tape = iteration.tape
        self.output = iteration.output
        self.seed: Array = np.ones_like(self.tape[self.output].value)
        # An overflow is shown as what it is, so NumPy need not warn too.
        with np.errstate(all="ignore"):
            self.contributions: tuple[Contribution, ...] = tuple(backward(self.tape, self.output))
        self.updates: tuple[Update, ...] = iteration.updates
        self.steps: tuple[Step, ...] = tuple(self._make_steps())
        self.segments: tuple[Segment, ...] = tuple(self._make_segments())
        self._index()

    def _make_steps(self) -> Iterable[Step]:
        number = 0
        for node in self.tape:
            if not node.is_leaf:
                number += 1
                yield Step(number, StepKind.FORWARD, node.id, 0, node.id)
        if self.tape[self.output].requires_grad:
            number += 1
            yield Step(number, StepKind.SEED, self.output, 0, self.output)
        for contribution in self.contributions:
            number += 1
            yield Step(
                number,
                StepKind.BACKWARD,
                contribution.node,
                contribution.slot,
                contribution.target,
            )
        for update in self.updates:
            number += 1
            yield Step(number, StepKind.UPDATE, update.node, 0, update.node)
        if self.iteration.loss_after is not None:
            number += 1
            yield Step(number, StepKind.RESULT, self.output, 0, self.output)

    def _make_segments(self) -> Iterable[Segment]:
        for phase in Phase:
            numbers = [step.number for step in self.steps if step.phase is phase]
            if numbers:
                yield Segment(phase, numbers[0], numbers[-1])

    def _index(self) -> None:
        """Note when each value, gradient and update appears, so that any state is one look-up."""
        self._value_step = {node.id: 0 for node in self.tape if node.is_leaf}
        self._received: dict[int, list[tuple[int, Contribution]]] = {}
        self._update_step: dict[int, tuple[int, Update]] = {}
        self._seed_step: int | None = None
        self._contribution_of: dict[int, Contribution] = {}
        contributions = iter(self.contributions)
        updates = iter(self.updates)
        for step in self.steps:
            match step.kind:
                case StepKind.FORWARD:
                    self._value_step[step.node] = step.number
                case StepKind.SEED:
                    self._seed_step = step.number
                case StepKind.BACKWARD:
                    contribution = next(contributions)
                    self._contribution_of[step.number] = contribution
                    self._received.setdefault(step.target, []).append((step.number, contribution))
                case StepKind.UPDATE:
                    self._update_step[step.node] = (step.number, next(updates))

    @cached_property
    def symbols(self) -> Symbols:
        """What each node is called."""
        return Symbols(self.tape)

    def __len__(self) -> int:
        return len(self.steps)

    def step(self, number: int) -> Step | None:
        """Return step `number`, or None for 0: before anything was computed."""
        return self.steps[number - 1] if number else None

    def contribution(self, step: Step) -> Contribution:
        """Return what a backward step sends."""
        return self._contribution_of[step.number]

    def update(self, node: int) -> Update | None:
        """Return how parameter `node` changes in this iteration, if it does."""
        entry = self._update_step.get(node)
        return entry[1] if entry else None

    def expected(self, node: int) -> int:
        """Return how many contributions `node` receives in the whole reverse pass."""
        return len(self._received.get(node, ()))

    def contributions_to(self, node: int) -> tuple[Contribution, ...]:
        """Return everything `node` receives, in order."""
        return tuple(contribution for _, contribution in self._received.get(node, ()))

    def gradient_step(self, node: int) -> int | None:
        """Return the step after which the gradient of `node` is complete."""
        if node == self.output:
            return self._seed_step
        received = self._received.get(node)
        return received[-1][0] if received else None

    def final_gradient(self, node: int) -> Array | None:
        """Return the gradient of `node` at the end of the reverse pass."""
        return self.state_at(len(self.steps)).gradient(node)

    def segment_of(self, step: int) -> Segment | None:
        """Return the phase that step `step` lies in; None for step 0."""
        for segment in self.segments:
            if segment.first <= step <= segment.last:
                return segment
        return None

    def state_at(self, step: int) -> "State":
        """Return what is known once steps 1 to `step` have happened."""
        if not 0 <= step <= len(self.steps):
            raise IndexError(f"step {step} is outside 0…{len(self.steps)}")
        return State(self, step)

    def clamped(self, position: Position) -> Position:
        """Return `position` moved into this timeline."""
        step = min(max(position.step, 0), len(self.steps))
        progress = min(max(position.progress, 0.0), 1.0) if step else 1.0
        return Position(position.iteration, step, progress)


@dataclass(frozen=True, slots=True)
class State:
    """What is known once steps 1 to `step` of a timeline have happened.

    A state stores nothing: it looks up in the finished timeline, and answers None for
    whatever has not been computed yet.
    """

    timeline: Timeline
    step: int

    def value(self, node: int) -> Array | None:
        """Return the value of `node` as forward computed it."""
        known = self.timeline._value_step[node] <= self.step
        return self.timeline.tape[node].value if known else None

    def received(self, node: int) -> int:
        """Return how many contributions `node` has received so far."""
        entries = self.timeline._received.get(node, ())
        return bisect.bisect_right(entries, self.step, key=lambda entry: entry[0])

    def gradient(self, node: int) -> Array | None:
        """Return the gradient accumulated at `node` so far."""
        if node == self.timeline.output:
            seed = self.timeline._seed_step
            return self.timeline.seed if seed is not None and seed <= self.step else None
        count = self.received(node)
        return self.timeline._received[node][count - 1][1].total if count else None

    def gradient_complete(self, node: int) -> bool:
        """Return whether `node` has received everything it will receive."""
        last = self.timeline.gradient_step(node)
        return last is not None and last <= self.step

    def update(self, node: int) -> Update | None:
        """Return how parameter `node` was updated, once it was."""
        entry = self.timeline._update_step.get(node)
        return entry[1] if entry and entry[0] <= self.step else None
