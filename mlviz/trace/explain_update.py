"""What an update does to a parameter, and what became of the loss."""

from collections.abc import Collection
from functools import reduce

import numpy as np

from mlviz.autograd import Array
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
    equal,
    formula,
)
from mlviz.trace.notation import Notation
from mlviz.trace.symbols import tex_name, text_name
from mlviz.trace.typeset import Part, array, literal, number, symbol, typeset

_RULE_NAMES = {"lr": "eta", "eps": "epsilon", "weight_decay": "lambda", "momentum": "mu"}
"""The letters that textbooks use for the settings of optimizers."""

_ROUNDED = 1e-12
"""Sums of the same terms differ by no more than this, in parts of all they are made of."""
_LOOKED_AT = 50
"""Updates among which one whose gradient was rounded otherwise is looked for at the end."""
_SHORT = 2
"""Lines of a rule; in a longer one what is equal stands on one line."""


def rule_symbol(name: str, kept: Collection[str]) -> Part:
    """Return the symbol of a setting or of something an optimizer keeps: η, β₁, m, v̂.

    Args:
        name: as the rule writes it.
        kept: all names that the rule keeps.
    """
    letter = _RULE_NAMES.get(name, name)
    if name == "b" and "v" not in kept:
        # PyTorch's buffer of momentum is the velocity of Sutskever et al. (2013), ICML; a b
        # would be taken for a bias.
        letter = "v"
    return symbol(tex_name(letter), text_name(letter))


def update_of(notation: Notation, id: int, done: bool) -> Explanation:
    """The rule that ran, line by line: symbols, the numbers that were read, the result."""
    update = notation.timeline.update(id)
    rule = notation.timeline.iteration.rule
    assert update is not None
    assert rule is not None
    own = notation.symbol(id)
    symbols = {"p": own, "g": notation.gradient_symbol(id).role("gradient")}
    compact = len(update.lines) > _SHORT
    lines: list[Line] = []
    for line in update.lines:
        names = [*line.reads, line.line.target]
        symbols |= {n: rule_symbol(n, rule.state) for n in names if n not in symbols}
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
            numbers = typeset(line.line.expression, shown, times=r"\times")
            rows.append([EMPTY, EQUALS, numbers])
        count = line.line.target in rule.counters
        result = literal(float(line.result)) if count else array(line.result)
        found = None
        if result is not None:
            found = bold(result).role("update") if done else DOT
        if count and found is not None:
            rows = [[target, BECOMES, equal(rows[0][-1], found)]]
        elif compact and found is not None:
            known = [row[-1] for row in rows]
            rows = [[target, BECOMES, reduce(equal, [*known, found])]]
        elif found is not None:
            rows.append([EMPTY, EQUALS, found])
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
        lines += _rounding(notation, id, update.gradient)
    title = Message("explain.update.title", symbol=own.text, rule=rule.name)
    return Explanation(title, tuple(lines))


def _rounding(notation: Notation, id: int, used: Array) -> list[Line]:
    """Say why the gradient that was used may have other digits than the one that is shown.

    Training adds whole arrays, and one number after another is another order to add in: where
    the terms cancel out, all that is left of their sum is how it was rounded.
    """
    if used.ndim:
        return []
    sent = [contribution.downstream for contribution in notation.timeline.contributions_to(id)]
    added = sum(sent)
    shown, read = number(float(added)), number(float(used))
    size = sum(abs(part) for part in sent)
    if shown.text == read.text or not abs(added - used) <= _ROUNDED * size:
        return []
    message = Message("explain.update.rounded", added=shown.text, used=read.text)
    return [Line("note", message=message, role="muted")]


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
        updates = notation.timeline.updates
        if len(updates) <= _LOOKED_AT:  # the two numbers stand beside each other still
            found = (_rounding(notation, each.node, each.gradient) for each in updates)
            lines += next(filter(None, found), [])
    return Explanation(Message("explain.result.title"), tuple(lines))
