"""Update rules of optimizers, as rows of text: computed and shown from the same tree.

A rule is a few assignments over the parameter `p`, its gradient `g`, settings such as `lr`
and state that is kept between iterations. The last line assigns the new `p`. Only the lines
that do something are there: without momentum nothing is said of momentum.

The arithmetic is PyTorch's; `mlviz.learn.optim` gives the rules PyTorch's interface.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mlviz.autograd import Array
from mlviz.autograd.expression import ROW_FUNCTIONS, Assignment, evaluate, names_in
from mlviz.learn.rule_lines import CompiledLine, change_of, compiled_change, read_rule_line

if TYPE_CHECKING:
    from mlviz.learn.schedules import Schedule

State = Mapping[str, Array]
"""What a rule keeps of one parameter between iterations, by the names the rule uses."""


_BLOCK = 16_384  # entries


@dataclass(frozen=True, slots=True, eq=False)
class LineResult:
    """What one line of a rule computed.

    Attributes:
        line: the assignment.
        reads: what the names on its right stood for; the same name may mean an older value
            here than after the line, as `b` in `b = momentum * b + g`.
        result: the new value of the name on its left.
    """

    line: Assignment
    reads: Mapping[str, Array | float]
    result: Array


@dataclass(frozen=True, slots=True, eq=False)
class RuleResult:
    """What one application of a rule computed.

    Attributes:
        after: the new value of the parameter.
        state: what is kept for the next iteration.
        values: everything else that was computed, by name.
        lines: the same line by line, with what each line read.
    """

    after: Array
    state: State
    values: Mapping[str, Array]
    lines: tuple[LineResult, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class UpdateRule:
    """How an optimizer changes one parameter.

    Attributes:
        name: PyTorch's name of the optimizer.
        lines: the assignments, in order.
        settings: learning rate and the like, by the names the lines use.
        state: names that are kept between iterations, each in the parameter's shape.
        counters: names that are kept too, but are one number for the whole parameter.
        start: what state begins with where that is not zero.
        schedule: how `lr` changes from epoch to epoch; None if it does not.
    """

    name: str
    lines: tuple[Assignment, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    state: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    start: Mapping[str, float] = field(default_factory=dict)
    schedule: "Schedule | None" = None
    _compiled: tuple[CompiledLine, ...] = field(default=(), repr=False)
    _change: CompiledLine | None = field(default=None, repr=False)
    _only: Callable[[Array, Array], Array] | None = field(default=None, repr=False)

    @property
    def kept(self) -> tuple[str, ...]:
        """All names that are kept between iterations."""
        return self.state + self.counters

    def with_settings(self, **settings: float) -> "UpdateRule":
        """Return the same rule with other settings, such as `lr`; names it lacks are left out."""
        given = {name: float(settings.get(name, old)) for name, old in self.settings.items()}
        only = self._only
        if isinstance(only, partial):
            only = partial(only.func, *given.values())
        return replace(self, settings=given, _only=only)

    def scheduled(self, schedule: "Schedule | None") -> "UpdateRule":
        """Return the same rule with a learning rate that follows a schedule."""
        return replace(self, schedule=schedule)

    def at(self, epoch: int) -> "UpdateRule":
        """Return the rule as it is in an epoch, counted from 0: with that epoch's rate."""
        if self.schedule is None:
            return self
        rate = self.schedule.rate(self.settings["lr"], epoch)
        return self.with_settings(lr=rate).scheduled(None)

    def initial_state(self, parameter: Array) -> State:
        """Return the state before the first iteration."""
        kept = {
            name: np.full_like(parameter, self.start.get(name, 0.0), subok=False)
            for name in self.state
        }
        return kept | {name: np.zeros((), parameter.dtype) for name in self.counters}

    def apply(self, p: Array, g: Array, state: State) -> RuleResult:
        """Compute one update, keeping every value on the way; nothing is changed in place."""
        values: dict[str, Any] = {**self.settings, **state, "p": p, "g": g}
        record = []
        for line in self.lines:
            result = np.asarray(evaluate(line.expression, values, ROW_FUNCTIONS))
            reads = {name: values[name] for name in names_in(line.expression)}
            record.append(LineResult(line, reads, result))
            values[line.target] = result
        kept = {name: values[name] for name in self.kept}
        shown = {line.target: values[line.target] for line in self.lines if line.target != "p"}
        return RuleResult(values["p"], kept, shown, tuple(record))

    def step(self, p: Array, g: Array, state: State) -> tuple[Array, State]:
        """Compute the same numbers as `apply`, without a record of how."""
        if self._only is not None:
            return np.asarray(p - self._only(p, g)), state
        if not self._compiled:
            result = self.apply(p, g, state)
            return result.after, result.state
        values: dict[str, Any] = {**self.settings, **state, "p": p, "g": g}
        for line in self._compiled:
            computed = line.function(*line.pick(values))
            if computed.__class__ is not np.ndarray:
                # A lone number stays an array: NumPy rounds powers of its scalars differently.
                computed = np.asarray(computed)
            values[line.target] = computed
        return values["p"], {name: values[name] for name in self.kept}

    def update(self, p: Array, g: Array, state: State) -> State:
        """Compute the same numbers as `apply` into `p` itself, and return the new state."""
        only = self._only
        if only is not None:
            if p.size <= _BLOCK or not (p.flags.c_contiguous and g.flags.c_contiguous):
                p -= only(p, g)
                return state
            # Block by block, what is computed on the way stays in the processor's cache.
            flat_p, flat_g = p.reshape(-1), g.reshape(-1)
            for start in range(0, p.size, _BLOCK):
                block = flat_p[start : start + _BLOCK]
                block -= only(block, flat_g[start : start + _BLOCK])
            return state
        if self._change is None:
            after, state = self.step(p, g, state)
            p[...] = after
            return state
        values: dict[str, Any] = {**self.settings, **state, "p": p, "g": g}
        for line in self._compiled[:-1]:
            computed = line.function(*line.pick(values))
            if computed.__class__ is not np.ndarray:
                computed = np.asarray(computed)
            values[line.target] = computed
        change = self._change.function(*self._change.pick(values))
        if values["p"] is p:
            p -= change
        else:
            np.subtract(values["p"], change, out=p)
        return {name: values[name] for name in self.kept} if self.state or self.counters else state


def _rule(
    name: str,
    texts: Sequence[str],
    settings: Mapping[str, float],
    *,
    state: Sequence[str] = (),
    counters: Sequence[str] = (),
    start: Mapping[str, float] | None = None,
) -> UpdateRule:
    """Make a rule from texts of this page, keeping only the settings that they read."""
    lines = [read_rule_line(text) for text in texts]
    used = {name for _, compiled in lines for name in compiled.names}
    given = {name: float(value) for name, value in settings.items() if name in used}
    change = change_of(texts[-1])
    only = None
    if change is not None and len(texts) == 1 and not state:
        # A rule of one line: its settings are filled in once instead of at every step.
        only = partial(
            compiled_change(texts[0].partition("p = p - ")[2], tuple(given)), *given.values()
        )
    return UpdateRule(
        name,
        tuple(line for line, _ in lines),
        given,
        tuple(state),
        tuple(counters),
        start or {},
        None,
        tuple(compiled for _, compiled in lines),
        change,
        only,
    )


def _penalised(weight_decay: float, l1: float) -> tuple[list[str], str]:
    """Return the lines that add the slope of the penalties, and the name of the sum.

    The penalties are `weight_decay / 2 * p**2` (L2) and `l1 * abs(p)` (L1), entry by entry.
    """
    lines = []
    if weight_decay:
        lines.append("d = g + weight_decay * p")
    if l1:
        lines.append(f"d = {'d' if weight_decay else 'g'} + l1 * sign(p)")
    return lines, "d" if lines else "g"


def sgd(
    lr: float,
    momentum: float = 0.0,
    dampening: float = 0.0,
    weight_decay: float = 0.0,
    nesterov: bool = False,
    *,
    l1: float = 0.0,
) -> UpdateRule:
    """Return the rule of stochastic gradient descent: a step of `lr` against the gradient."""
    lines, d = _penalised(weight_decay, l1)
    counters = []
    if momentum:
        rolling = f"momentum * b + {d}"
        if dampening:
            # The first step starts the buffer with the whole gradient, as in PyTorch.
            counters.append("t")
            lines.append("t = t + 1")
            rolling = f"where(t == 1, {d}, momentum * b + (1 - dampening) * {d})"
        lines.append(f"b = {rolling}")
        if nesterov:
            lines.append(f"d = {d} + momentum * b")
        d = "d" if nesterov else "b"
    lines.append(f"p = p - lr * {d}")
    settings = {"lr": lr, "momentum": momentum, "dampening": dampening}
    return _rule(
        "SGD",
        lines,
        settings | {"weight_decay": weight_decay, "l1": l1},
        state=["b"] if momentum else [],
        counters=counters,
    )


def _adam_lines(d: str, amsgrad: bool) -> list[str]:
    lines = [
        "t = t + 1",
        f"m = beta1 * m + (1 - beta1) * {d}",
        f"v = beta2 * v + (1 - beta2) * {d}**2",
        "mhat = m / (1 - beta1**t)",
    ]
    if amsgrad:
        lines.append("u = maximum(u, v)")
    lines.append(f"vhat = {'u' if amsgrad else 'v'} / (1 - beta2**t)")
    lines.append("p = p - lr * mhat / (sqrt(vhat) + eps)")
    return lines


def adam(
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    amsgrad: bool = False,
    *,
    l1: float = 0.0,
) -> UpdateRule:
    """Return the rule of Adam: rolling means of the gradient and of its square."""
    lines, d = _penalised(weight_decay, l1)
    settings = {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps}
    return _rule(
        "Adam",
        lines + _adam_lines(d, amsgrad),
        settings | {"weight_decay": weight_decay, "l1": l1},
        state=["m", "v", "u"] if amsgrad else ["m", "v"],
        counters=["t"],
    )


def adamw(
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
    amsgrad: bool = False,
    *,
    l1: float = 0.0,
) -> UpdateRule:
    """Return the rule of AdamW: Adam whose weight decay shrinks `p` directly."""
    lines, d = _penalised(0.0, l1)
    if weight_decay:
        lines.append("p = p - lr * weight_decay * p")
    settings = {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps}
    return _rule(
        "AdamW",
        lines + _adam_lines(d, amsgrad),
        settings | {"weight_decay": weight_decay, "l1": l1},
        state=["m", "v", "u"] if amsgrad else ["m", "v"],
        counters=["t"],
    )


def rmsprop(
    lr: float = 1e-2,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    momentum: float = 0.0,
    centered: bool = False,
    *,
    l1: float = 0.0,
) -> UpdateRule:
    """Return the rule of RMSprop: each entry's step is divided by its usual size."""
    lines, d = _penalised(weight_decay, l1)
    lines.append(f"v = alpha * v + (1 - alpha) * {d}**2")
    state = ["v"]
    spread = "v"
    if centered:
        lines.append(f"a = alpha * a + (1 - alpha) * {d}")
        state.append("a")
        spread = "v - a**2"
    step = f"{d} / (sqrt({spread}) + eps)"
    if momentum:
        lines.append(f"b = momentum * b + {step}")
        state.append("b")
        step = "b"
    lines.append(f"p = p - lr * {step}")
    settings = {"lr": lr, "alpha": alpha, "eps": eps, "momentum": momentum}
    return _rule("RMSprop", lines, settings | {"weight_decay": weight_decay, "l1": l1}, state=state)


def adagrad(
    lr: float = 1e-2,
    lr_decay: float = 0.0,
    weight_decay: float = 0.0,
    initial_accumulator_value: float = 0.0,
    eps: float = 1e-10,
    *,
    l1: float = 0.0,
) -> UpdateRule:
    """Return the rule of Adagrad: each entry's step shrinks with all it has seen so far."""
    lines, d = _penalised(weight_decay, l1)
    rate = "lr"
    if lr_decay:
        lines += ["t = t + 1", "c = lr / (1 + (t - 1) * lr_decay)"]
        rate = "c"
    lines += [f"s = s + {d}**2", f"p = p - {rate} * {d} / (sqrt(s) + eps)"]
    return _rule(
        "Adagrad",
        lines,
        {"lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay, "l1": l1},
        state=["s"],
        counters=["t"] if lr_decay else [],
        start={"s": initial_accumulator_value},
    )
