"""The first bad number of a run: which operation made nan or inf, and why.

The reason is read off the numbers that went into the operation; nothing is guessed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from mlviz.autograd import Array, Node
from mlviz.i18n import Message
from mlviz.learn.training import Training
from mlviz.numerals import format_number
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import Timeline

_GROWN = 1e4
"""Parameters this many times larger than at the start have run away."""
_EXP = float(np.log(np.finfo(float).max))


@dataclass(frozen=True, slots=True)
class Bad:
    """The first nan or inf.

    Attributes:
        step: the step that made it; 0 if the iteration began with it.
        node: id of the node where it stands.
        number: `nan`, `inf` or `−inf`.
        reason: why it came about.
    """

    step: int
    node: int
    number: str
    reason: Message


def first_bad(timeline: Timeline) -> Bad | None:
    """Return the first number of an iteration that is not finite, or None."""
    for node in timeline.tape:
        if node.is_leaf and not _finite(node.value):
            return _bad(timeline, 0, node.id, node.value, Message("bad.before"))
    for step in timeline.steps:
        found = _at_step(timeline, step)
        if found is not None:
            return found
    return None


def first_bad_iteration(training: Training, number: int) -> int:
    """Return the iteration up to `number` whose update made the first bad parameter.

    It is `number` itself if that iteration began with finite parameters.
    """
    low, high = 1, number  # once a parameter is bad, it stays so
    while low < high:
        middle = (low + high) // 2
        after = training.parameters(middle + 1)
        if all(_finite(values) for values in after.values()):
            low = middle + 1
        else:
            high = middle
    return low


def runaway(training: Training, number: int) -> Message | None:
    """Return how far the parameters have run away by iteration `number`, if they have.

    The rule's own learning rate and the parameters of both iterations say so.
    """
    rule = training.rule_of(number)
    rate = rule.settings.get("lr") if rule is not None else None
    start, now = _largest(training.parameters(1)), _largest(training.parameters(number))
    if rate is None or number <= 1 or now <= _GROWN * max(start, 1.0):
        return None
    return Message(
        "bad.runaway",
        rate=f"{rate:g}",
        start=format_number(start),
        now=format_number(now),
        iterations=number - 1,
    )


def _largest(parameters: Any) -> float:
    sizes = [np.max(np.abs(values), initial=0.0) for values in parameters.values()]
    largest = float(np.max(sizes, initial=0.0))
    return np.inf if np.isnan(largest) else largest


def _finite(values: Array) -> bool:
    # A single number is looked at far faster by itself, and a graph can have thousands.
    return isfinite(values.item()) if values.size == 1 else bool(np.isfinite(values).all())


def _word(values: Array) -> str:
    return format_number(np.asarray(values)[~np.isfinite(values)].reshape(-1)[0])


def _bad(timeline: Timeline, step: int, node: int, values: Array, reason: Message) -> Bad:
    return Bad(step, node, _word(values), reason)


def _at_step(timeline: Timeline, step: Step) -> Bad | None:
    tape = timeline.tape
    match step.kind:
        case StepKind.FORWARD:
            node = tape[step.node]
            if not _finite(node.value):
                reason = _forward_reason(timeline, node)
                return _bad(timeline, step.number, node.id, node.value, reason)
        case StepKind.BACKWARD:
            sent = timeline.contribution(step)
            if not _finite(sent.downstream):
                reason = _backward_reason(timeline, step)
                return _bad(timeline, step.number, step.target, sent.downstream, reason)
            if not _finite(sent.total):
                reason = Message("bad.accumulated", node=Symbols(tape).text(step.target))
                return _bad(timeline, step.number, step.target, sent.total, reason)
        case StepKind.UPDATE:
            update = timeline.update(step.node)
            if update is not None and not _finite(update.after):
                reason = _update_reason(timeline, step)
                return _bad(timeline, step.number, step.node, update.after, reason)
        case StepKind.RESULT:
            after = timeline.iteration.loss_after
            if after is not None and not np.isfinite(after):
                reason = _result_reason(timeline)
                return _bad(timeline, step.number, step.node, np.asarray(after), reason)
    return None


# --- Forward ---------------------------------------------------------------------------------

_Rule = Callable[[Sequence[Array]], Message | None]


def _forward_reason(timeline: Timeline, node: Node) -> Message:
    assert node.op is not None  # a leaf is no step
    arrays = timeline.tape.arrays(node)
    rule = _RULES.get(node.op.name)
    found = rule(arrays) if rule is not None else None
    if found is not None:
        return found
    largest = max((float(np.max(np.abs(array), initial=0.0)) for array in arrays), default=0.0)
    inside = Message(f"op.{node.op.name}")
    if np.isnan(np.asarray(node.value)).any():
        return Message("bad.undefined", op=inside, largest=format_number(largest))
    return Message("bad.overflow", op=inside, largest=format_number(largest))


def _log(arrays: Sequence[Array]) -> Message | None:
    x = arrays[0]
    if (x < 0).any():
        return Message("bad.log_negative", x=format_number(x[x < 0].reshape(-1)[0]))
    return Message("bad.log_zero") if (x == 0).any() else None


def _log1p(arrays: Sequence[Array]) -> Message | None:
    return _log([1 + arrays[0]])


def _exp(arrays: Sequence[Array]) -> Message | None:
    largest = float(np.max(arrays[0]))
    if largest > _EXP:
        return Message("bad.exp", x=format_number(largest), limit=format_number(_EXP))
    return None


def _div(arrays: Sequence[Array]) -> Message | None:
    x, y = np.broadcast_arrays(*arrays)
    if (y == 0).any():
        top = x[y == 0].reshape(-1)[0]
        return Message("bad.zero_by_zero") if top == 0 else Message("bad.div", x=format_number(top))
    return None


def _reciprocal(arrays: Sequence[Array]) -> Message | None:
    return Message("bad.div", x="1") if (arrays[0] == 0).any() else None


def _sqrt(arrays: Sequence[Array]) -> Message | None:
    x = arrays[0]
    return Message("bad.sqrt", x=format_number(x[x < 0].reshape(-1)[0])) if (x < 0).any() else None


def _rsqrt(arrays: Sequence[Array]) -> Message | None:
    return _sqrt(arrays) or _reciprocal(arrays)


def _pow(arrays: Sequence[Array]) -> Message | None:
    x, y = np.broadcast_arrays(*arrays)
    zero = (x == 0) & (y < 0)
    if zero.any():
        return Message("bad.pow_zero", y=format_number(y[zero].reshape(-1)[0]))
    negative = (x < 0) & (y != np.round(y))
    if negative.any():
        found = x[negative].reshape(-1)[0], y[negative].reshape(-1)[0]
        return Message("bad.pow_negative", x=format_number(found[0]), y=format_number(found[1]))
    return None


_RULES: dict[str, _Rule] = {
    "log": _log,
    "log1p": _log1p,
    "exp": _exp,
    "div": _div,
    "reciprocal": _reciprocal,
    "sqrt": _sqrt,
    "rsqrt": _rsqrt,
    "pow": _pow,
}

# --- Backward and update ---------------------------------------------------------------------


def _backward_reason(timeline: Timeline, step: Step) -> Message:
    tape, sent = timeline.tape, timeline.contribution(step)
    node = tape[step.node]
    assert node.op is not None  # only operations send
    symbols = Symbols(tape)
    slope = f"∂{symbols.text(node.id)}/∂{symbols.text(step.target)}"
    if sent.local is not None and not _finite(sent.local):
        bad = ~np.isfinite(sent.local)
        source = np.broadcast_to(tape[step.target].value, bad.shape)
        x = format_number(source[bad].reshape(-1)[0])
        return Message("bad.slope", op=Message(f"op.{node.op.name}"), x=x, slope=slope)
    upstream = float(np.max(np.abs(sent.upstream), initial=0.0))
    if sent.local is None:
        op = Message(f"op.{node.op.name}")
        return Message("bad.backward_overflow", op=op, upstream=format_number(upstream))
    local = float(np.max(np.abs(sent.local), initial=0.0))
    return Message(
        "bad.product", upstream=format_number(upstream), local=format_number(local), slope=slope
    )


def _update_reason(timeline: Timeline, step: Step) -> Message:
    update, rule = timeline.update(step.node), timeline.iteration.rule
    assert update is not None
    gradient = format_number(float(np.max(np.abs(update.gradient), initial=0.0)))
    rate = rule.settings.get("lr") if rule is not None else None
    if rate is None:
        return Message("bad.update_any", gradient=gradient)
    return Message("bad.update", rate=f"{rate:g}", gradient=gradient)


def _result_reason(timeline: Timeline) -> Message:
    rule = timeline.iteration.rule
    rate = rule.settings.get("lr") if rule is not None else None
    moved = max(
        (float(np.max(np.abs(update.change), initial=0.0)) for update in timeline.updates),
        default=0.0,
    )
    if rate is None:
        return Message("bad.result_any", moved=format_number(moved))
    return Message("bad.result", rate=f"{rate:g}", moved=format_number(moved))
