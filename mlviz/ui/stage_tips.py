"""What the stage tells about a place on it: tips, and the answers to "what is this?"."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWhatsThis

from mlviz.i18n import Message
from mlviz.picture.marks import mark_at
from mlviz.ui.node_tip import node_tip

if TYPE_CHECKING:
    from mlviz.ui.stage_view import StageView


def tell(stage: "StageView", event: QEvent) -> bool:
    """Answer an event that asks what is at a place; tell whether it was one."""
    if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.WhatsThis:
        _tell_mark(stage, event.pos(), event.globalPos())
        return True
    if event.type() is QEvent.Type.QueryWhatsThis:
        event.accept()
        return True
    if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
        _show_tip(stage, event.pos(), event.globalPos())
        return True
    return False


def _tell_mark(stage: "StageView", point: QPoint, at: QPoint) -> None:
    """Tell what the mark under a point is."""
    camera, session = stage.camera(), stage.session
    picture = stage.seen(camera)
    words = Message("whats.stage")
    if picture is not None:
        x, y = camera.to_picture(point.x(), point.y())
        words = mark_at(session.timeline, picture, x, y)
    QWhatsThis.showText(at, session.tr(words), stage)


def _show_tip(stage: "StageView", point: QPoint, at: QPoint) -> None:
    node = stage.node_at(QPointF(point))
    if node is None:
        QToolTip.hideText()
        return
    session = stage.session
    text = node_tip(session.timeline, session.position, node, session.tr)
    QToolTip.showText(at, text, stage, stage.node_rect(node))
