"""A timeline as text: the same steps, rules and numbers as on the stage, for a terminal."""

from collections.abc import Iterator

import numpy as np

from mlviz.autograd import Array
from mlviz.i18n import Message, translate
from mlviz.numerals import format_number, format_shape
from mlviz.trace.explain import Explainer
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.symbols import part_name, text_name
from mlviz.trace.timeline import Timeline

DIGITS = 9
"""Significant digits of the results listed at the end."""


def trace_text(timeline: Timeline, language: str = "en") -> Iterator[str]:
    """Yield the lines of a trace: leaves, every step with its rule, and the results.

    Args:
        timeline: what to write.
        language: of the words around the formulas.
    """
    explainer = Explainer(timeline)
    yield translate(Message("text.leaves"), language)
    for node in timeline.tape:
        if node.is_leaf and timeline.symbols.name(node.id):
            untrained = node.role == "parameter" and timeline.iteration.rule is None
            part = "variable" if untrained else node.role
            role = translate(Message(f"role.{part}"), language)
            yield f"  {explainer.notation.symbol(node.id).text} = {_values(node.value)}   ({role})"
    width = len(str(len(timeline)))
    for segment in timeline.segments:
        yield ""
        yield translate(Message(f"phase.{segment.phase}"), language)
        for step in timeline.steps[segment.first - 1 : segment.last]:
            for k, line in enumerate(_step_lines(explainer, step)):
                yield f"  {step.number:>{width}}  {line}" if not k else f"  {'':>{width}}  {line}"
    yield ""
    yield from _results(timeline, language)


def _step_lines(explainer: Explainer, step: Step) -> Iterator[str]:
    """Yield the formulas of one step: the chain of equalities first, the rule behind it."""
    formulas = [line for line in explainer.step(step).lines if line.kind == "formula"]
    if step.kind is StepKind.BACKWARD and len(formulas) == 2 and formulas[1].role == "muted":
        yield f"{formulas[0].text}     {formulas[1].text}"
        return
    for formula in formulas:
        yield formula.text


def _values(value: Array, digits: int = 4) -> str:
    """Return an array's entries, or its shape if they are many."""
    if value.ndim == 0:
        return format_number(value.item(), digits)
    if value.size > 32:
        return format_shape(value.shape)
    rows = value.reshape(-1, value.shape[-1])
    return "[" + "; ".join(" ".join(format_number(x, digits) for x in row) for row in rows) + "]"


def _results(timeline: Timeline, language: str) -> Iterator[str]:
    iteration = timeline.iteration
    loss = float(np.sum(timeline.tape[timeline.output].value))
    yield translate(Message("text.loss", loss=format_number(loss, DIGITS)), language)
    if iteration.rule is None:
        top = timeline.symbols.text(timeline.output)
        for node in timeline.tape:
            gradient = timeline.final_gradient(node.id)
            if node.role == "parameter" and gradient is not None:
                name = text_name(node.name)
                yield f"  ∂{top}/∂{name} = {_values(gradient, DIGITS)}"
        return
    for update in timeline.updates:
        node = timeline.tape[update.node]
        for index in np.ndindex(update.after.shape):
            name = text_name(part_name(node, index))
            after = format_number(float(update.after[index]), DIGITS)
            yield f"  {name} → {after}"
    assert iteration.loss_after is not None
    after = format_number(iteration.loss_after, DIGITS)
    yield translate(Message("text.loss_after", loss=after), language)
