"""What a backward step sends, and how the terms of a gradient are added up."""

from collections.abc import Sequence

from mlviz.autograd import Contribution, Node, Op
from mlviz.autograd.expression import Expression, Negative, Number
from mlviz.i18n import Message
from mlviz.numerals import format_shape
from mlviz.trace.blocked import SATURATED, Blocked, blocked_share
from mlviz.trace.blocks import BLOCK_NAMES
from mlviz.trace.formula_rows import (
    ADDS,
    DOT,
    EMPTY,
    ENTRYWISE,
    EQUALS,
    TIMES_NUMBERS,
    TIMES_SYMBOLS,
    Explanation,
    Line,
    bold,
    formula,
    stacked,
    sum_of,
)
from mlviz.trace.notation import Notation, settings_of
from mlviz.trace.slopes import SLOPES, parted
from mlviz.trace.steps import Step
from mlviz.trace.timeline import State
from mlviz.trace.typeset import Part, array, literal, number, typeset

_LONGEST = 56
"""Letters in a line of numbers; longer ones could not be read at once."""


def seed(notation: Notation) -> Explanation:
    """Explain the step that starts the backward pass: ∂L/∂L = 1."""
    own = notation.gradient_symbol(notation.timeline.output)
    one = array(notation.timeline.seed) or literal(1)
    return Explanation(
        Message("explain.seed.title"),
        (
            formula([[own, EQUALS, bold(one).role("gradient")]]),
            Line("note", message=Message("explain.seed.note"), role="muted"),
        ),
    )


def backward(notation: Notation, step: Step, done: bool, arrived: bool) -> Explanation:
    """Explain a backward step."""
    contribution = notation.timeline.contribution(step)
    node = notation.tape[step.node]
    assert node.op is not None
    several = notation.timeline.expected(step.target) > 1
    if node.op.elementwise:
        lines = _chain_rule(notation, node, node.op, contribution, done, several)
    else:
        lines = _structured(notation, node, node.op, contribution, done, several)
    if several:
        at = step.number if arrived else step.number - 1
        state = notation.timeline.state_at(at)
        heading = Message("explain.accumulate", symbol=notation.gradient_symbol(step.target).text)
        lines.append(Line("heading", message=heading))
        lines += sum_lines(notation, step.target, state)
    title = Message(
        "explain.backward.title",
        source=notation.symbol(step.node).text,
        target=notation.symbol(step.target).text,
    )
    return Explanation(title, tuple(lines))


def _chain_rule(
    notation: Notation, node: Node, op: Op, contribution: Contribution, done: bool, several: bool
) -> list[Line]:
    """Downstream = upstream × local derivative, entry by entry."""
    slot, target = contribution.slot, contribution.target
    upstream = notation.gradient_symbol(node.id).role("upstream")
    local = notation.derivative(node.id, target).role("local")
    scalar = notation.is_scalar(node.id)
    own = notation.gradient_symbol(target)
    product = [upstream, TIMES_SYMBOLS, local]
    stretched = contribution.downstream.shape != contribution.upstream.shape
    summed = stretched and contribution.downstream.size < contribution.upstream.size
    if not scalar:  # in one column: those of the matrices below would draw it apart
        both = Part(rf"{upstream.tex} \odot {local.tex}", f"{upstream.text} ⊙ {local.text}", 2)
        product = [_summed(both) if summed else both]
    rows = [[own, ADDS if several else EQUALS, *product]]
    assert contribution.local is not None
    values = array(contribution.upstream), _local_value(op, contribution)
    if values[0] is not None and values[1] is not None:
        first, second = values[0].role("upstream"), values[1].within(2).role("local")
        if scalar:
            rows.append([EMPTY, EQUALS, first, TIMES_NUMBERS, second])
        else:  # matrices under each other: side by side they would not fit
            first = _summed(first) if summed else first
            rows += [[EMPTY, EQUALS, first], [EMPTY, ENTRYWISE, second]]
    downstream = array(contribution.downstream)
    if downstream is not None:
        rows.append([EMPTY, EQUALS, bold(downstream).role("downstream") if done else DOT])
    lines = [
        formula(rows),
        Line("note", message=Message("explain.upstream"), role="upstream"),
        Line(
            "note", message=Message("explain.local" if scalar else "explain.slopes"), role="local"
        ),
        _local_rule(notation, node, op, slot, contribution),
    ]
    if stretched:
        lines.append(Line("note", message=Message("explain.broadcast"), role="muted"))
    if op.kink:
        lines.append(Line("note", message=Message(op.kink), role="muted"))
    stopped = blocked_share(op, contribution)
    if done and stopped is not None:
        lines.append(Line("note", message=_blocked_words(stopped), role="bad"))
    return lines


def _summed(part: Part) -> Part:
    """Set a sum over the entries that forward made of one."""
    return Part(rf"\sum {part.tex}", f"Σ {part.text}", 1)


def _local_value(op: Op, contribution: Contribution) -> Part | None:
    """Return the local derivative; where the rule is a plain 1 or −1, as it is written."""
    assert contribution.local is not None
    if contribution.local.ndim == 0 and _is_written_number(op.rule(contribution.slot)):
        return literal(float(contribution.local))
    return array(contribution.local)


def _local_rule(
    notation: Notation, node: Node, op: Op, slot: int, contribution: Contribution
) -> Line:
    """Say where the local derivative comes from: ∂y/∂z = 1 − y² = 1 − 0.119² = 0.986."""
    own = notation.derivative(node.id, contribution.target).role("local")
    rule = op.rule(slot)
    names = ("out", *op.arguments)
    ids = (node.id, *node.inputs)
    if op.variadic:
        names, ids = ("out",), (node.id,)
    settings = settings_of(node)
    symbols = settings | dict(zip(names, (notation.symbol(id) for id in ids), strict=True))
    times, scalars = _times(notation, names, ids)
    chain = [own, typeset(rule, symbols, times=times, scalars=scalars)]
    if notation.is_scalar(*ids):
        values = settings | dict(zip(names, (notation.value(id) for id in ids), strict=True))
        numbers = typeset(rule, values, times=r"\times")
        if numbers.text != chain[-1].text:
            chain.append(numbers)
        assert contribution.local is not None
        result = number(float(contribution.local))
        if not _is_written_number(rule) and result.text != chain[-1].text:
            chain.append(result)
    tex, text = (" = ".join(parts) for parts in zip(*((p.tex, p.text) for p in chain), strict=True))
    rows = tuple((chain[0] if k == 0 else EMPTY, EQUALS, p) for k, p in enumerate(chain[1:]))
    return Line("formula", tex, text, role="muted", rows=rows)


def _structured(
    notation: Notation, node: Node, op: Op, contribution: Contribution, done: bool, several: bool
) -> list[Line]:
    """Downstream by the operation's own rule, with matrices where they are small."""
    names = ("g", "out") if op.variadic else ("g", "out", *op.arguments)
    ids = (node.id,) if op.variadic else (node.id, *node.inputs)
    upstream = notation.gradient_symbol(node.id).role("upstream")
    count = literal(_reduced(notation, node))
    symbols = {
        **settings_of(node),
        **dict(zip(names, (upstream, *map(notation.symbol, ids)), strict=True)),
        "n": count,
    }
    rule = op.rule(contribution.slot)
    times, scalars = _times(notation, ("g", *names[1:]), (node.id, *ids))
    slopes = None
    if op.name in BLOCK_NAMES:
        rule, slopes = parted(rule)
    if slopes is not None:
        symbols[SLOPES] = typeset(slopes, symbols, times=times, scalars=scalars).role("local")
    own = notation.gradient_symbol(contribution.target)
    right = typeset(rule, symbols, times=times, scalars=scalars)
    rows = [[own, ADDS if several else EQUALS, right]]
    arriving = array(contribution.upstream)
    used = [array(notation.tape[id].value) for id in ids]
    # The rule of a whole layer is too wide for numbers: they are inside of it.
    if arriving is not None and all(used) and op.name not in BLOCK_NAMES:
        values = {
            **settings_of(node),
            **dict(zip(names, (arriving.role("upstream"), *map(notation.value, ids)), strict=True)),
            "n": count,
        }
        numbers = typeset(rule, values, times=times.replace("cdot", "times"), scalars=scalars)
        found = stacked(rule, values)
        if found or len(numbers.text) <= _LONGEST:
            rows += found or [[EMPTY, EQUALS, numbers]]
    result = array(contribution.downstream)
    if result is not None:
        rows.append([EMPTY, EQUALS, bold(result).role("downstream") if done else DOT])
    lines = [
        formula(rows),
        Line("note", message=Message("explain.upstream"), role="upstream"),
    ]
    if slopes is not None:
        single = notation.is_scalar(node.id)
        message = Message("explain.local" if single else "explain.slopes")
        lines.append(Line("note", message=message, role="local"))
    if result is None:
        shape = format_shape(contribution.downstream.shape)
        message = Message(
            "explain.shape", symbol=notation.gradient_symbol(contribution.target).text, shape=shape
        )
        lines.append(Line("note", message=message, role="muted"))
    if op.moves or op.name in ("sum", "mean"):
        note = "explain.moved" if op.moves else f"explain.{op.name}"
        lines.append(Line("note", message=Message(note), role="muted"))
    return lines


def _times(
    notation: Notation, names: Sequence[str], ids: Sequence[int]
) -> tuple[str, frozenset[str]]:
    """Return the sign between symbols, entry by entry if any is an array, and which are none."""
    known = zip(names, ids, strict=False)
    scalars = frozenset(name for name, id in known if notation.is_scalar(id))
    return r"\cdot" if notation.is_scalar(*ids) else r"\odot", scalars


def _reduced(notation: Notation, node: Node) -> int:
    """Return how many entries go into one entry of a reduction."""
    size = notation.tape[node.inputs[0]].value.size
    return int(size // max(node.value.size, 1))


def sum_lines(notation: Notation, id: int, state: State) -> list[Line]:
    """The contributions to a gradient, filled one by one, and their sum so far."""
    own = notation.gradient_symbol(id)
    if id == notation.timeline.output:
        seeded = state.gradient(id) is not None
        result = bold(array(notation.timeline.seed) or literal(1)).role("gradient")
        return [formula([[own, EQUALS, result if seeded else DOT]])]
    contributions = notation.timeline.contributions_to(id)
    received, expected = state.received(id), len(contributions)
    gradient = state.gradient(id)
    total = array(gradient) if gradient is not None else None
    lines: list[Line] = []
    rows: list[list[Part]] = [[own, EQUALS, DOT if total is None else bold(total).role("gradient")]]
    if expected > 1:
        terms = _term_symbols(notation, contributions)
        now = max(received - 1, 0)
        rows = [[own, EQUALS, sum_of(terms, now)]]
        written = [array(c.downstream) for c in contributions]
        if all(part is not None for part in written):
            shown = [
                part.role("gradient") if k < received and part is not None else DOT
                for k, part in enumerate(written)
            ]
            rows.append([EMPTY, EQUALS, sum_of(shown, now)])
        if total is not None:
            rows.append([EMPTY, EQUALS, bold(total).role("gradient")])
    lines.append(formula(rows))
    if expected > 1:
        message = Message("explain.received", count=received, expected=expected)
        lines.append(Line("note", message=message, role="muted"))
    elif gradient is None:
        lines.append(Line("note", message=Message("explain.not_yet"), role="muted"))
    return lines


def _term_symbols(notation: Notation, contributions: Sequence[Contribution]) -> list[Part]:
    """Name the terms of a sum by the nodes that sent them: ∂L/∂y · ∂y/∂h."""
    terms = []
    for c in contributions:
        upstream = notation.gradient_symbol(c.node).role("upstream")
        local = notation.derivative(c.node, c.target).role("local")
        terms.append(Part(rf"{upstream.tex} {local.tex}", f"{upstream.text}·{local.text}"))
    return terms


def _is_written_number(rule: Expression) -> bool:
    """Return whether a rule is just 1 or −1."""
    return isinstance(rule.operand if isinstance(rule, Negative) else rule, Number)


def _blocked_words(stopped: Blocked) -> Message:
    """Say why no gradient, or hardly any, gets through."""
    share = f"{SATURATED:.0%}"
    if stopped.dead:
        return Message("explain.blocked")
    if stopped.slope is not None and stopped.largest is not None:
        slope, largest = number(stopped.slope).text, literal(stopped.largest).text
        return Message("explain.saturated", slope=slope, share=share, largest=largest)
    words = "explain.blocked.some" if stopped.largest is None else "explain.blocked.entries"
    return Message(words, count=stopped.count, total=stopped.total, share=share)
