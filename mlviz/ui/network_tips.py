"""What the network tells about a place on it: tips, and the answers to "what is this?"."""

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWhatsThis

from mlviz.i18n import Message
from mlviz.numerals import format_full
from mlviz.picture.network_answers import network_legend_mark_at, network_mark_at
from mlviz.trace.neurons import entry_gradient, entry_value
from mlviz.ui.moment import state_shown
from mlviz.ui.node_tip import tip_table
from mlviz.ui.session import Session

if TYPE_CHECKING:
    from mlviz.ui.network_view import NetworkView


def tell_network(view: "NetworkView", event: QEvent) -> bool:
    """Answer an event that asks what is at a place; tell whether it was one."""
    if event.type() is QEvent.Type.QueryWhatsThis:
        event.accept()
        return True
    if not isinstance(event, QHelpEvent):
        return False
    if event.type() is QEvent.Type.WhatsThis:
        words = network_answer(view, QPointF(event.pos()))
        QWhatsThis.showText(event.globalPos(), view.session.tr(words), view)
        return True
    if event.type() is QEvent.Type.ToolTip:
        _show_tip(view, event.pos(), event.globalPos())
        return True
    return False


def network_answer(view: "NetworkView", point: QPointF) -> Message:
    """Return what the mark under a point of the view is."""
    pictures, picture = view.pictures, view.picture()
    if pictures is None or picture is None:
        return Message("whats.network")
    corner, unit = view.legend_corner(), view.session.scale
    if point.y() >= corner.y():
        x, y = (point.x() - corner.x()) / unit, (point.y() - corner.y()) / unit
        return network_legend_mark_at(view.legend(), x, y)
    x, y = view.camera().to_picture(point.x(), point.y())
    return network_mark_at(pictures, picture, x, y)


def _show_tip(view: "NetworkView", point: QPoint, at: QPoint) -> None:
    place = view.place_at(QPointF(point))
    choice = None if place is None else view.choice(place)
    if choice is None:
        QToolTip.hideText()
    else:
        dropped = place is not None and view.is_dropped(place)
        QToolTip.showText(at, network_tip(view.session, choice, dropped=dropped), view)


def network_tip(
    session: Session, where: tuple[int, tuple[int, ...]], *, dropped: bool = False
) -> str:
    """Return a mark's numbers in full, as rich text.

    Args:
        session: where it stands.
        where: the node behind the mark, and which entry of it.
        dropped: whether it is a neuron that dropout leaves out.
    """
    node, entry = where
    record = session.timeline.tape[node]
    state = state_shown(session.timeline, session.position)
    update = state.update(node)
    rows = [(Message("tip.value"), entry_value(state, where))]
    if update is not None:
        rows.append((Message("tip.updated"), float(update.after[entry])))
    if record.requires_grad:
        rows.append((Message("tip.gradient"), entry_gradient(state, where)))
    title = record.origin
    if entry and not title.endswith("]"):
        title += f"[{','.join(map(str, entry))}]"
    table = tip_table((session.tr(label), _number(session, number)) for label, number in rows)
    if dropped:
        table += escape(session.tr(Message("network.dropped")))
    return f'<div style="white-space:pre"><b>{escape(title)}</b>{table}</div>'


def _number(session: Session, number: float | None) -> str:
    if number is None:
        return escape(session.tr(Message("tip.not_yet")))
    return format_full(number)
