"""How iterations are computed one after the other: on a tape, or with the compiled step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

import numpy as np

from mlviz.autograd import Array, backward
from mlviz.learn.history import Layout, Snapshot
from mlviz.learn.records import Parameters, Program, Recording, States, Update
from mlviz.learn.rules import State, UpdateRule


class QuickStep(Protocol):
    """Loss and gradients without a tape, with the same numbers to the last bit.

    Attributes:
        parameters: the origins of what it is given as parameters.
    """

    parameters: tuple[str, ...]

    def __call__(
        self, data: Mapping[str, Array], parameters: Sequence[Array]
    ) -> tuple[float, Sequence[Array]]:
        """Return the loss, and its gradient by each parameter."""
        ...


Compiler = Callable[[Recording], QuickStep | None]
"""Makes the quick form of a recorded step; None where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """From iteration `first` on, this is what runs."""

    first: int
    program: Program
    rule: UpdateRule | None
    layout: Layout


class Walker:
    """Where a computation stands: the parameters that iteration `number` starts with.

    All parameters lie in one array, so that a rule updates them at a stroke.
    """

    def __init__(self, number: int, layout: Layout, snapshot: Snapshot) -> None:
        self.number = number
        self.layout = layout
        self.flat = snapshot.flat.copy()
        self.parameters = layout.parameters(self.flat)
        self.state: State = dict(zip(layout.kept, snapshot.kept, strict=True))
        self.bound: dict[Any, Callable[[Mapping[str, Array], UpdateRule], float]] = {}
        self._gradient = np.zeros_like(self.flat)
        self._zeros = np.zeros_like(self.flat)

    def snapshot(self) -> Snapshot:
        """Return where it stands."""
        flat = self.flat.copy()
        flat.flags.writeable = False
        return Snapshot(flat, tuple(self.state.values()))

    def load(self, snapshot: Snapshot) -> None:
        """Continue from somewhere else."""
        self.flat[...] = snapshot.flat
        self.state = dict(zip(self.layout.kept, snapshot.kept, strict=True))

    def is_finite(self) -> bool:
        """Return whether all parameters are finite."""
        return isfinite(self.flat.dot(self._zeros))

    def bind(
        self, quick: QuickStep | None
    ) -> Callable[[Mapping[str, Array], UpdateRule], float] | None:
        """Return a function that does one iteration with the parameters of this walker.

        There is none where some of them get no gradient: a rule leaves these as they are.
        """
        if quick is None or set(quick.parameters) != set(self.layout.origins):
            return None
        arrays = [self.parameters[origin] for origin in quick.parameters]
        views = self.layout.parameters(self._gradient)
        places = [views[origin] for origin in quick.parameters]
        flat, gradient = self.flat, self._gradient

        def step(data: Mapping[str, Array], rule: UpdateRule) -> float:
            loss, found = quick(data, arrays)
            for place, value in zip(places, found, strict=True):
                place[...] = value
            self.state = rule.update(flat, gradient, self.state)
            return loss

        return step


def epoch_of(program: Program, number: int) -> int:
    """Return in which pass over its data a program is, from 0; one without passes counts."""
    found = getattr(program, "epoch_of", None)
    return number - 1 if found is None else int(found(number))


def keeps_alike(rule: UpdateRule, other: UpdateRule) -> bool:
    """Return whether a rule can go on with what another one kept."""
    kinds = [(each.name, each.state, each.counters) for each in (rule, other)]
    return kinds[0] == kinds[1]


def updated(
    recording: Recording, rule: UpdateRule, parameters: Parameters, states: States
) -> tuple[tuple[Update, ...], dict[str, Array], dict[str, State]]:
    """Return every parameter's update, all parameters after it, and what the rule keeps."""
    after, kept = dict(parameters), dict(states)
    updates = []
    # Training that diverges is shown as it is, so NumPy need not warn too.
    with np.errstate(all="ignore"):
        totals = {c.target: c.total for c in backward(recording.tape, recording.output)}
        for node in recording.tape:
            if node.role != "parameter" or node.id not in totals:
                continue
            result = rule.apply(node.value, totals[node.id], states[node.origin])
            after[node.origin] = result.after
            kept[node.origin] = result.state
            updates.append(
                Update(
                    node.id,
                    node.origin,
                    node.value,
                    totals[node.id],
                    result.after,
                    result.values,
                    result.lines,
                )
            )
    return tuple(updates), after, kept
