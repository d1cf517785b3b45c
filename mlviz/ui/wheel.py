"""The wheel on the stage: it zooms, and where zooming ends it changes the magnification.

Towards what can be opened the wheel zooms until that can be read from afar, and outwards until
all of the graph is small. There it stops and says what one more notch would do. Only a notch
after a pause does it, so that nobody who spins the wheel is carried off.
"""

from typing import TYPE_CHECKING, NamedTuple, cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel

from mlviz.i18n import Message
from mlviz.ui.camera import fitting_scale
from mlviz.ui.inside import LEVEL_NAMES, hand_inside, hand_on
from mlviz.ui.levels import node_in

if TYPE_CHECKING:
    from mlviz.ui.stage_view import StageView

NEAR = 2.2
"""The wheel brings what can be opened no nearer than this."""
_TURN = 1.0015
"""Zoom by one eighth of a degree of the wheel."""
_NOTCH = 120
_PAUSE_MS = 250
"""Turns that follow each other faster than this are one movement of the hand."""
_SMALL = 0.7
"""Outwards the wheel ends where the graph takes this part of the stage …"""
_SPECK, _UNREADABLE = 0.3, 0.55
"""… or what is open takes this part of it, if it is too small to be read then."""
_MOVED = 12.0
"""Px that the pointer moves before what was said does not hold any more."""
_LARGEST_INSIDE = 1.6


class Turn(NamedTuple):
    """What the next notch would do.

    Attributes:
        kind: `inside` (open a node), `level` (show another level) or `out` (close a node).
        node: the node to be opened, or the one that is nearest to the pointer.
        level: the level that would be shown.
        words: what is said about it.
    """

    kind: str
    node: int | None
    level: str
    words: Message


class Push:
    """Tells a notch beyond an end from the turning that led there."""

    def __init__(self) -> None:
        self._offer: Turn | None = None
        self._last = 0
        self._turned = 0
        self._rested = False

    @property
    def offer(self) -> Turn | None:
        """What was announced."""
        return self._offer

    def announce(self, offer: Turn | None) -> None:
        """Say what one more notch would do; None takes it back."""
        if offer != self._offer:
            self._offer, self._turned, self._rested = offer, 0, False

    def turned(self, amount: int, time_ms: int) -> bool:
        """Note that the wheel was turned; tell whether that was a notch after a pause."""
        paused = time_ms - self._last > _PAUSE_MS
        self._last = time_ms
        if self._offer is None:
            return False
        self._rested = self._rested or paused
        self._turned += abs(amount) if self._rested else 0
        return self._turned >= _NOTCH

    def is_one_movement(self, time_ms: int) -> bool:
        """Return whether a turn at this time belongs to the one before."""
        return time_ms - self._last <= _PAUSE_MS


class Wheel(QObject):
    """What the wheel does on a stage.

    Attributes:
        hint: says beside the pointer what one more notch would do.
    """

    def __init__(self, stage: "StageView") -> None:
        super().__init__(stage)
        self._push = Push()
        self._spent = 0
        self._at = QPointF()
        self._arriving: tuple[str, int | None] | None = None
        self.hint = QLabel(stage)
        self.hint.setProperty("kind", "hint")
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()
        stage.installEventFilter(self)
        stage.session.layout_changed.connect(self._arrive)
        stage.session.timeline_changed.connect(self.forget)
        stage.session.language_changed.connect(self.forget)

    @property
    def _stage(self) -> "StageView":
        """The stage; held by Qt alone, or neither of the two would ever go."""
        return cast("StageView", self.parent())

    def turn(self, amount: int, at: QPointF, time_ms: int) -> None:
        """Zoom at a point, or do what was announced there."""
        if self._spent * amount > 0 and self._push.is_one_movement(time_ms):
            self._push.turned(amount, time_ms)
            return
        self._spent = 0
        stage, unit = self._stage, self._stage.session.scale
        inwards = amount > 0
        offer = self._inwards(at) if inwards else self._outwards()
        scale = stage.camera().scale
        end = NEAR * unit if inwards else self._farthest()
        beyond = offer is not None and (scale >= end if inwards else scale <= end)
        if beyond and offer is not None and self._push.offer == offer:
            if self._push.turned(amount, time_ms):
                self._spent = 1 if inwards else -1
                self._do(offer)
            return
        self._push.announce(offer if beyond else None)
        self._push.turned(0, time_ms)
        if not beyond:
            factor = _TURN**amount
            if offer is not None:
                room = end / scale * (1 + 1e-9 if inwards else 1 - 1e-9)
                factor = min(factor, room) if inwards else max(factor, room)
                if factor == room:
                    self._push.announce(offer)
            stage.zoom(factor, (at.x(), at.y()))
        self._say(at)

    def forget(self) -> None:
        """Take back what was announced."""
        self._push.announce(None)
        self.hint.hide()

    # --- What the next notch would do ------------------------------------------------------

    def _inwards(self, at: QPointF) -> Turn | None:
        session, node = self._stage.session, self._stage.node_at(at)
        if node is not None:
            if session.inside_reason(node) is not None:
                return None
            name = session.timeline.symbols.text(node)
            return Turn("inside", node, "", Message("wheel.inside", name=name))
        if session.opened:
            return None
        return self._towards(1, at)

    def _outwards(self) -> Turn | None:
        session = self._stage.session
        if session.opened:
            name = session.opened[-1].name
            return Turn("out", None, "", Message("wheel.out", name=name))
        return self._towards(-1, None)

    def _towards(self, direction: int, at: QPointF | None) -> Turn | None:
        """Return the turn to the next level, or the one before."""
        session = self._stage.session
        place = session.levels.index(session.level) + direction
        if not 0 <= place < len(session.levels):
            return None
        level = session.levels[place]
        near = None if at is None else self._nearest(at)
        words = Message("wheel.level", level=LEVEL_NAMES[level])
        return Turn("level", near, level, words)

    def _nearest(self, at: QPointF) -> int | None:
        graph, camera = self._stage.session.graph, self._stage.camera()
        if graph is None or not graph.rects:
            return None
        x, y = camera.to_picture(at.x(), at.y())

        def distance(node: int) -> float:
            middle_x, middle_y = graph.rects[node].center
            return float((middle_x - x) ** 2 + (middle_y - y) ** 2)

        return min(graph.rects, key=distance)

    def _farthest(self) -> float:
        """Return the scale at which zooming out ends, if there is something to go back to."""
        session, area = self._stage.session, self._stage.area
        graph, unit = session.graph, session.scale
        if graph is None:
            return 0.0
        end = _SMALL * min(fitting_scale(graph.bounds, area), self._stage.lens.LARGEST * unit)
        if session.opened:
            spot = session.opened[-1].spot
            for place in graph.frames:
                if place.spot == spot:
                    speck = _SPECK * fitting_scale(place.rect, area)
                    end = max(end, min(speck, _UNREADABLE * unit))
        return end

    # --- Doing it --------------------------------------------------------------------------

    def _do(self, turn: Turn) -> None:
        session = self._stage.session
        self.forget()
        recorded = None if turn.node is None else session.view.spots[turn.node].node
        # The layout may be there before the call returns.
        self._arriving = (turn.kind, recorded)
        if turn.kind == "level":
            session.set_level(turn.level)
        elif turn.kind == "out":
            session.step_out()
        elif turn.node is None or not session.step_inside(turn.node, session.selected_entry):
            self._arriving = None

    def _arrive(self) -> None:
        """Look at what was opened, or at what stands for what the pointer was on."""
        stage, session = self._stage, self._stage.session
        if self._arriving is None or session.graph is None:
            return
        (kind, recorded), self._arriving = self._arriving, None
        hand = None
        if session.opened:
            hand = hand_inside(session, None, stage.area, _LARGEST_INSIDE)
        elif kind == "level" and recorded is not None:
            node = node_in(session.view, recorded)
            rect = None if node is None else session.graph.rect(node)
            hand = hand_on(session, rect, stage.lens, stage.area)
        stage.look_at(hand)

    # --- Saying it -------------------------------------------------------------------------

    def _say(self, at: QPointF) -> None:
        offer, stage = self._push.offer, self._stage
        if offer is None:
            self.hint.hide()
            return
        self._at = at
        self.hint.setText(stage.session.tr(offer.words))
        self.hint.adjustSize()
        gap = round(16 * stage.session.scale)
        x = min(round(at.x()) + gap, stage.width() - self.hint.width() - 4)
        y = round(at.y()) + gap
        if y + self.hint.height() > stage.height() - 4:
            y = round(at.y()) - gap - self.hint.height()
        self.hint.move(max(x, 4), max(y, 4))
        self.hint.show()
        self.hint.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let what was said hold no longer than the pointer rests."""
        kinds = (QEvent.Type.Leave, QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress)
        if self._push.offer is not None:
            moved = isinstance(event, QMouseEvent) and (
                (event.position() - self._at).manhattanLength() > _MOVED
            )
            if moved or event.type() in kinds:
                self.forget()
        return super().eventFilter(watched, event)
