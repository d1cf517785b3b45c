"""What an update does to a parameter, and what became of the loss."""

from collections.abc import Mapping

import numpy as np

from mlviz.autograd.expression import Binary, Expression
from mlviz.i18n import Message
from mlviz.trace.formula_rows import (
    BECOMES,
    DOT,
    EMPTY,
    EQUALS,
    TO,
    Explanation,
    Line,
    bold,
    formula,
)
from mlviz.trace.notation import Notation
from mlviz.trace.symbols import tex_name, text_name
from mlviz.trace.typeset import Part, array, literal, number, symbol, typeset

_RULE_NAMES = {"lr": "eta", "eps": "epsilon", "weight_decay": "lambda"}
"""The letters that textbooks use for the settings of optimizers."""


def rule_symbol(name: str) -> Part:
    """Return the symbol of a setting or of something an optimizer keeps: η, β₁, m, v̂."""
    letter = _RULE_NAMES.get(name, name)
    return symbol(tex_name(letter), text_name(letter))


def update_of(notation: Notation, id: int, done: bool) -> Explanation:
    """The rule that ran, line by line: symbols, the numbers that were read, the result."""
    update = notation.timeline.update(id)
    rule = notation.timeline.iteration.rule
    assert update is not None
    assert rule is not None
    own = notation.symbol(id)
    symbols = {"p": own, "g": notation.gradient_symbol(id).role("gradient")}
    lines: list[Line] = []
    for line in update.lines:
        names = [*line.reads, line.line.target]
        symbols |= {name: rule_symbol(name) for name in names if name not in symbols}
        target = symbols[line.line.target]
        rows = [[target, BECOMES, typeset(line.line.expression, symbols)]]
        counted = {*rule.settings, *rule.counters}  # shown as written: 0.9, not 0.9000
        read = {
            name: literal(float(value)) if name in counted else array(np.asarray(value))
            for name, value in line.reads.items()
        }
        if all(part is not None for part in read.values()):
            shown = {name: part for name, part in read.items() if part is not None}
            if "g" in shown:
                shown["g"] = shown["g"].role("gradient")
            rows += _numbers(line.line.expression, shown, wide=update.before.ndim > 0)
        count = line.line.target in rule.counters
        result = literal(float(line.result)) if count else array(line.result)
        if not done:
            rows.append([EMPTY, EQUALS, DOT])
        elif result is not None:
            rows.append([EMPTY, EQUALS, bold(result).role("update")])
        lines.append(formula(rows))
    if done and update.change.ndim == 0:
        change = number(float(update.change))
        lines.append(
            Line(
                "note",
                message=Message("explain.change", symbol=own.text, change=change.text),
                role="update",
            )
        )
    title = Message("explain.update.title", symbol=own.text, rule=rule.name)
    return Explanation(title, tuple(lines))


def _numbers(expression: Expression, shown: Mapping[str, Part], *, wide: bool) -> list[list[Part]]:
    """Set the numbers that a rule read; the terms of arrays stand under each other."""
    times = r"\times"
    match expression:
        case Binary(operator="+" | "-" as sign, left=left, right=right) if wide:
            mark = Part(sign, "−" if sign == "-" else sign)
            first = [EMPTY, EQUALS, typeset(left, shown, times=times)]
            return [first, [EMPTY, mark, typeset(right, shown, times=times).within(2)]]
    return [[EMPTY, EQUALS, typeset(expression, shown, times=times)]]


def loss_result(notation: Notation, done: bool) -> Explanation:
    """Say what became of the loss once every parameter was updated."""
    after = notation.timeline.iteration.loss_after
    assert after is not None
    before = float(np.sum(notation.tape[notation.timeline.output].value))
    own = notation.symbol(notation.timeline.output)
    result = bold(number(after)).role("update") if done else DOT
    rows = [
        [own, EQUALS, number(before)],
        [EMPTY, TO, result],
    ]
    lines = [formula(rows)]
    if done:
        fell = "fell" if after < before else "rose" if after > before else "same"
        lines.append(Line("note", message=Message(f"explain.result.{fell}"), role="muted"))
    return Explanation(Message("explain.result.title"), tuple(lines))
