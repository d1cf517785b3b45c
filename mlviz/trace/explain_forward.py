"""What a forward step computes: its rule in symbols, in numbers, and its result."""

from collections.abc import Sequence

from mlviz.autograd import Node, Op
from mlviz.autograd.expression import Call, Expression, Number
from mlviz.i18n import Message
from mlviz.numerals import format_shape
from mlviz.trace.blocks import BLOCK_NAMES
from mlviz.trace.formula_rows import (
    DOT,
    EMPTY,
    EQUALS,
    Explanation,
    Line,
    bold,
    formula,
    list_of,
    stacked,
    sum_of,
)
from mlviz.trace.notation import Notation, settings_of
from mlviz.trace.steps import Step
from mlviz.trace.typeset import Part, array, number, typeset


def forward(notation: Notation, step: Step, done: bool) -> Explanation:
    """Explain a forward step."""
    node = notation.tape[step.node]
    lines = output_lines(notation, node, done=done)
    assert node.op is not None
    if node.op.kink:
        lines.append(Line("note", message=Message(node.op.kink), role="muted"))
    symbol = notation.symbol(node.id).text
    title = Message("explain.forward.title", op=_op_name(node.op), symbol=symbol)
    if node.op.name in BLOCK_NAMES:  # the formula itself says what is computed
        title = Message("explain.forward.block", symbol=symbol)
    return Explanation(title, tuple(lines))


def output_lines(notation: Notation, node: Node, *, done: bool) -> list[Line]:
    """Say how a node's value comes about."""
    assert node.op is not None
    own = notation.symbol(node.id)
    times = r"\cdot", r"\times"
    if all(notation.tape[id].value.ndim or not notation.symbols.name(id) for id in node.inputs):
        times = r"\odot", r"\odot"  # entry by entry, as the way back writes it
    symbols = _expression(notation, node, [notation.symbol(id) for id in node.inputs], times[0])
    rows = [[own, EQUALS, symbols]]
    known = [array(notation.tape[id].value) for id in node.inputs]
    if all(part is not None for part in known):
        values = [notation.value(id) for id in node.inputs]
        numbers = _expression(notation, node, values, times[1])
        stack = stacked(node.op.output, dict(zip(node.op.arguments, values, strict=False)))
        if stack and not notation.is_scalar(node.id, *node.inputs):
            rows += stack
        elif numbers.text != symbols.text:
            rows.append([EMPTY, EQUALS, numbers])
    result = array(node.value, _signed if node.value.ndim else _bold_signed)
    if result is not None:
        rows.append([EMPTY, EQUALS, result if done else DOT])
    lines = [formula(rows)]
    if result is None:
        shape = Message("explain.shape", symbol=own.text, shape=format_shape(node.value.shape))
        lines.append(Line("note", message=shape, role="muted"))
    return lines


def _expression(notation: Notation, node: Node, parts: Sequence[Part], times: str) -> Part:
    """Set what `node` computes, with `parts` for its inputs."""
    op = node.op
    assert op is not None
    if op.name == "total":
        return sum_of(parts)
    if op.variadic:
        return list_of(parts)
    if op.name == "index":
        return Part(f"{parts[0].tex}[{_index_text(node)}]", f"{parts[0].text}[{_index_text(node)}]")
    named = dict(zip(op.arguments, parts, strict=True)) | settings_of(node)
    return typeset(_with_axis(op.output, node), named, times=times)


def _with_axis(output: Expression, node: Node) -> Expression:
    """Return what is computed, a sum or a mean with the axis that it goes along."""
    dim = node.params.get("dim")
    match output:
        case Call(function="sum" | "mean" as name, arguments=(inside,)) if isinstance(dim, int):
            return Call(name, (inside, Number(dim)))
    return output


def _signed(value: float) -> Part:
    """Set a number of a result, in the colour of its sign."""
    return _coloured(number(value), value)


def _bold_signed(value: float) -> Part:
    """Set a result that is one number."""
    return _coloured(bold(number(value)), value)


def _coloured(part: Part, value: float) -> Part:
    return part.role("negative" if value < 0 else "positive")


def _op_name(op: Op) -> Message:
    return Message(f"op.{op.name}")


def _index_text(node: Node) -> str:
    index = node.params.get("index")
    if isinstance(index, int):
        return str(index)
    if isinstance(index, tuple) and all(isinstance(part, int) for part in index):
        return ",".join(map(str, index))
    return "…"
