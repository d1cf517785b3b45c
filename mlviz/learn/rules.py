"""Update rules of optimizers, as rows of text: computed and shown from the same tree.

A rule is a few assignments over the parameter `p`, its gradient `g`, settings such as `lr`
and state that is kept between iterations. The last line assigns the new `p`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlviz.autograd import Array
from mlviz.autograd.expression import ROW_FUNCTIONS, Assignment, evaluate, parse_assignment


@dataclass(frozen=True, slots=True, eq=False)
class RuleResult:
    """What one application of a rule computed."""

    after: Array
    state: Mapping[str, Array]
    values: Mapping[str, Array]


@dataclass(frozen=True, slots=True, eq=False)
class UpdateRule:
    """How an optimizer changes one parameter.

    Attributes:
        name: PyTorch's name of the optimizer.
        lines: the assignments, in order.
        settings: learning rate and the like, by the names the lines use.
        state: names that are kept between iterations; each starts at zero.
    """

    name: str
    lines: tuple[Assignment, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    state: tuple[str, ...] = ()

    def initial_state(self, parameter: Array) -> Mapping[str, Array]:
        """Return the state before the first iteration: zeros of the parameter's shape."""
        return {name: np.zeros_like(parameter) for name in self.state}

    def apply(self, p: Array, g: Array, state: Mapping[str, Array]) -> RuleResult:
        """Compute one update; nothing is changed in place."""
        values: dict[str, Any] = {**self.settings, **state, "p": p, "g": g}
        for line in self.lines:
            values[line.target] = np.asarray(evaluate(line.expression, values, ROW_FUNCTIONS))
        kept = {name: values[name] for name in self.state}
        shown = {line.target: values[line.target] for line in self.lines if line.target != "p"}
        return RuleResult(values["p"], kept, shown)


def sgd(lr: float) -> UpdateRule:
    """Return the rule of stochastic gradient descent: a step of `lr` against the gradient."""
    return UpdateRule("SGD", (parse_assignment("p = p - lr * g"),), {"lr": lr})
