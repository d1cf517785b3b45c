"""The explanation of a step: the rule that fired, in symbols, in numbers, and its result.

An explanation is plain data. It never shows a number that has not been computed at its step.
"""

from mlviz.i18n import Message
from mlviz.trace.explain_backward import backward, seed, sum_lines
from mlviz.trace.explain_forward import forward, output_lines
from mlviz.trace.explain_update import loss_result, rule_symbol, update_of
from mlviz.trace.formula_rows import EQUALS, Explanation, Line, formula
from mlviz.trace.notation import Notation
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import State, Timeline

__all__ = ["Explainer", "Explanation", "Line", "rule_symbol"]


class Explainer:
    """Explains the steps and nodes of one timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.notation = Notation(timeline)

    def step(self, step: Step | None, *, done: bool = True, arrived: bool = True) -> Explanation:
        """Explain a step.

        Args:
            step: the step, or None for the start.
            done: whether its result is known already; if not, `·` stands in its place.
            arrived: in a backward step, whether the product has reached its input, where it
                is added up.
        """
        if step is None:
            return Explanation(
                Message("explain.start.title"),
                (Line("note", message=Message("explain.start.note")),),
            )
        match step.kind:
            case StepKind.FORWARD:
                return forward(self.notation, step, done)
            case StepKind.SEED:
                return seed(self.notation)
            case StepKind.BACKWARD:
                return backward(self.notation, step, done, arrived)
            case StepKind.UPDATE:
                return update_of(self.notation, step.node, done)
            case StepKind.RESULT:
                return loss_result(self.notation, done)

    def node(self, id: int, state: State) -> Explanation:
        """Explain one node as far as it is known in `state`."""
        node = self.timeline.tape[id]
        lines: list[Line] = []
        if node.op is None:
            lines.append(formula([[self.notation.symbol(id), EQUALS, self.notation.value(id)]]))
            role = node.role or "constant"
            if role == "parameter" and self.timeline.iteration.rule is None:
                role = "variable"  # nothing trains it
            lines.append(Line("note", message=Message(f"explain.leaf.{role}"), role="muted"))
        elif state.value(id) is None:
            lines += output_lines(self.notation, node, done=False)
            lines.append(Line("note", message=Message("explain.not_yet"), role="muted"))
        else:
            lines += output_lines(self.notation, node, done=True)
        if self.timeline.expected(id) or id == self.timeline.output:
            lines.append(Line("heading", message=Message("explain.gradient")))
            lines += sum_lines(self.notation, id, state)
        update = state.update(id)
        if update is not None:
            lines.append(Line("heading", message=Message("explain.update.heading")))
            lines += update_of(self.notation, id, True).lines
        title = Message("explain.node.title", symbol=self.notation.symbol(id).text)
        return Explanation(title, tuple(lines))
