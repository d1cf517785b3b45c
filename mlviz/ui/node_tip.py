"""What is told about a node when the pointer rests on it: its numbers in full."""

from collections.abc import Iterable
from html import escape

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_full, format_shape
from mlviz.picture.graph import node_facts
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.moment import state_shown
from mlviz.ui.texts import Translate

_ROWS, _COLUMNS = 4, 4
"""Larger arrays are told by their shape only."""


def node_tip(timeline: Timeline, position: Position, node: int, tr: Translate) -> str:
    """Return the tip of a node, as rich text."""
    state = state_shown(timeline, position)
    name, value, gradient = node_facts(timeline, state, node)
    record = timeline.tape[node]
    kind = Message(f"op.{record.op.name}") if record.op else Message(f"role.{record.role}")
    rows = [(tr(Message("tip.value")), _numbers(value, tr))]
    update = state.update(node)
    if update is not None:
        rows.append((tr(Message("tip.updated")), _numbers(update.after, tr)))
    if record.requires_grad:
        rows.append((tr(Message("tip.gradient")), _numbers(gradient, tr)))
    # Whitespace as it stands: Qt would break a tip of one long word nowhere, others anywhere.
    return (
        f'<div style="white-space:pre"><b>{escape(name)}</b>  {escape(tr(kind))}'
        f"{tip_table(rows)}</div>"
    )


def tip_table(rows: Iterable[tuple[str, str]]) -> str:
    """Return labels and, beside them, numbers that are rich text already."""
    lines = "".join(
        f'<tr><td style="padding-right:8px">{escape(label)}</td>'
        f'<td style="font-family:MLViz Mono">{numbers}</td></tr>'
        for label, numbers in rows
    )
    return f"<table>{lines}</table>"


def _numbers(value: Array | None, tr: Translate) -> str:
    if value is None:
        return escape(tr(Message("tip.not_yet")))
    if value.ndim == 0:
        return format_full(value.item())
    columns = value.shape[-1]
    small = value.ndim <= 2 and columns <= _COLUMNS and 0 < value.size <= _ROWS * columns
    if not small:
        return format_shape(value.shape)
    rows = [[format_full(entry) for entry in row] for row in value.reshape(-1, columns)]
    width = max(len(text) for row in rows for text in row)
    return "<br>".join("  ".join(text.rjust(width) for text in row) for row in rows)
