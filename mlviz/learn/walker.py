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
    """One iteration without a tape, with the same numbers to the last bit.

    Attributes:
        parameters: the origins of what it is given as parameters, and changes in place.
        kept: what the rule keeps, as it is given and returned: origin and name.
    """

    parameters: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]

    def __call__(
        self,
        data: Mapping[str, Array],
        parameters: Sequence[Array],
        kept: Sequence[Array],
        settings: Sequence[float],
    ) -> tuple[float, Sequence[Array]]:
        """Return the loss before the update, and what the rule keeps from now on."""
        ...


Compiler = Callable[[Recording, UpdateRule], QuickStep | None]
"""Makes the quick form of a recorded step; None where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """From iteration `first` on, this is what runs."""

    first: int
    program: Program
    rule: UpdateRule | None
    layout: Layout


class Walker:
    """Where a computation stands: the parameters that iteration `number` starts with."""

    def __init__(self, number: int, layout: Layout, snapshot: Snapshot) -> None:
        self.number = number
        self.layout = layout
        self.flat = snapshot.flat.copy()
        self.parameters = layout.parameters(self.flat)
        self.kept: list[Array] = list(snapshot.kept)
        self._zeros = np.zeros_like(self.flat)
        self.bound: dict[Any, Callable[[Mapping[str, Array], Sequence[float]], float]] = {}

    def snapshot(self) -> Snapshot:
        """Return where it stands."""
        flat = self.flat.copy()
        flat.flags.writeable = False
        return Snapshot(flat, tuple(self.kept))

    def is_finite(self) -> bool:
        """Return whether all parameters are finite."""
        return isfinite(self.flat.dot(self._zeros))

    def bind(self, quick: QuickStep) -> Callable[[Mapping[str, Array], Sequence[float]], float]:
        """Return a function that does one iteration with the parameters of this walker."""
        arrays = [self.parameters[origin] for origin in quick.parameters]
        if quick.kept == self.layout.parts:

            def step(data: Mapping[str, Array], settings: Sequence[float]) -> float:
                loss, self.kept = quick(data, arrays, self.kept, settings)  # type: ignore[assignment]
                return loss

            return step
        places = [self.layout.parts.index(part) for part in quick.kept]

        def some(data: Mapping[str, Array], settings: Sequence[float]) -> float:
            loss, kept = quick(data, arrays, [self.kept[place] for place in places], settings)
            for place, value in zip(places, kept, strict=True):
                self.kept[place] = value
            return loss

        return some


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
