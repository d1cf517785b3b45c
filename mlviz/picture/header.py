"""The headline of the stage: which phase, and what happens in one line."""

from mlviz.i18n import Message
from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.trace.timeline import Timeline


def header(timeline: Timeline, position: Position) -> tuple[Phase | None, Message, Message]:
    """Return the phase (None at the start), its name, and what the step does."""
    step = timeline.step(timeline.clamped(position).step)
    if step is None:
        return None, Message("header.start"), Message("header.start.detail")
    symbols = timeline.symbols
    node, target = symbols.text(step.node), symbols.text(step.target)
    match step.kind:
        case StepKind.FORWARD:
            inputs = [symbols.text(id) for id in dict.fromkeys(timeline.tape[step.node].inputs)]
            detail = Message("header.forward", inputs=", ".join(filter(None, inputs)), node=node)
        case kind:
            detail = Message(f"header.{kind}", node=node, target=target)
    return step.phase, Message(f"phase.{step.phase}"), detail
