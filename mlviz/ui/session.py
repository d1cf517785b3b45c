"""What is open, where it stands and what is selected: the one observed object, the one clock."""

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from mlviz.document.document import Document, load
from mlviz.document.examples import find
from mlviz.document.scenes import told
from mlviz.errors import MLVizError
from mlviz.layout import Layout
from mlviz.learn.training import Training
from mlviz.picture import player
from mlviz.picture.frames import framed
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.shape import LARGE
from mlviz.settings import Settings
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.clock import Clock
from mlviz.ui.developer import is_large
from mlviz.ui.lab import Lab
from mlviz.ui.layout_worker import LayoutWorker, Room
from mlviz.ui.magnifier import Glass, Magnifier
from mlviz.ui.motion import Motion
from mlviz.ui.spotlight import Spotlight
from mlviz.ui.transport import Transport
from mlviz.ui.turns import Turns
from mlviz.ui.what_if import WhatIf

FIRST_LAYOUT_SECONDS = 0.4
"""How long the first picture may be waited for: there is no window yet that could stand still."""
NEXT_LAYOUT_SECONDS = 0.02
"""How long a later one is: until it is there, the one before stays in its place."""


class Session(Transport):
    """What is open and where it stands.

    Views connect bound methods to the signals and write back through the methods; they do not
    know each other. When a signal is emitted, everything it speaks of has already changed.

    Args:
        document: what is open at the start.
        settings: the user's wishes; the usual ones if left out.
        parent: the Qt parent.
    """

    document_changed = Signal()
    timeline_changed = Signal()
    """Another iteration, level or document; a layout may still be missing."""
    layout_changed = Signal()
    """`graph` has arrived."""
    position_changed = Signal()

    def __init__(
        self,
        document: Document,
        settings: Settings | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(settings, parent)
        self._closed = False

        self._clock = Clock(self)
        self._clock.ticked.connect(self.advance)
        self._motion = Motion()
        self.turns = Turns(self)
        self.turns.dragged.connect(self._update_clock)

        self._worker = LayoutWorker(self)
        self._worker.arrived.connect(self._on_layout_arrived)
        self._worker.broke.connect(self._on_layout_broke)
        self._graph: GraphPictures | None = None

        self.spotlight = Spotlight(self)
        self.what_if = WhatIf(self)
        self._set_document(document, later=False)
        self.lab = Lab(self)
        self.lab.changed.connect(self._update_clock)
        self.lab.refreshing.late.connect(self._update_clock)
        self._request_layout(FIRST_LAYOUT_SECONDS)

    # --- What is open ----------------------------------------------------------------------

    @property
    def document(self) -> Document:
        """What is open."""
        return self._document

    @property
    def training(self) -> Training:
        """Where iterations come from."""
        return self.what_if.training

    def rerun(self, training: Training) -> None:
        """Show another training of the document, with changed values, at the same moment."""
        self._end_passage()
        self._let_stay()
        self._magnifier.follow(training)
        self._show(self._magnifier.timeline(self._position.iteration, self._glass))
        self._position = self._timeline.clamped(self._position)
        self._announce_timeline()
        self.position_changed.emit()

    @property
    def timeline(self) -> Timeline:
        """The steps of the current iteration at the current level."""
        return self._timeline

    @property
    def graph(self) -> GraphPictures | None:
        """The pictures of the graph; None while its layout is being computed."""
        return self._graph

    @property
    def iterations(self) -> int:
        """How many iterations there are."""
        return self.training.iterations

    def open(self, name_or_path: str | Path) -> bool:
        """Open a file or an example.

        Returns:
            Whether it worked; if not, `failed` tells why and everything is as it was.
        """
        begun = time.perf_counter()
        try:
            document = load(find(str(name_or_path)))
            return self.may_leave() and self.open_document(document, begun)
        except MLVizError as error:
            self.failed.emit(error.message)
            return False

    def open_document(self, document: Document, begun: float | None = None) -> bool:
        """Show another document; see `open`. With `begun` says when that was asked for."""
        begun = time.perf_counter() if begun is None else begun
        try:
            wished = self._set_document(document)
        except MLVizError as error:
            self.failed.emit(error.message)
            return False
        self._stop()
        self._request_layout(0.0)  # computed while everything else is brought up to date
        self.document_changed.emit()
        self._announce_timeline()
        self._announce_place()
        self.what_if.changed.emit()
        self._worker.wait(max(NEXT_LAYOUT_SECONDS + begun - time.perf_counter(), 0.0))
        self._worker.deliver()
        if wished != self._glass:
            self._look_through(wished)
        return True

    def _set_document(self, document: Document, *, later: bool = True) -> Glass:
        """Take over a document, or raise with nothing changed; return what it wants to be."""
        magnifier = Magnifier(document.training)
        wished = magnifier.first(document.level)
        # What takes long comes later, from something that is there at once.
        glass = Glass() if later and is_large(magnifier.recorded(1), wished) else wished
        timeline = magnifier.timeline(1, glass)
        self._document = document
        self.what_if.begin(document.training)
        self._magnifier = magnifier
        self._glass = glass
        self._passage = self._awaited = None
        self._let_stay()
        self._developer.also = (partial(told, document.scenes),)
        self._timeline = timeline
        self._position = Position(1, 0)
        self._select_quietly(None)
        return wished

    # --- Where it stands -------------------------------------------------------------------

    @property
    def position(self) -> Position:
        """The moment that is shown."""
        return self._position

    def seek(self, position: Position) -> None:
        """Go to a moment at once; it may lie in another iteration."""
        self._end_passage()
        self._motion.rest()
        self._update_clock()
        self._move_to(position)

    def _move_to(self, position: Position) -> None:
        number = min(max(position.iteration, 1), self.iterations)
        target = Position(number, position.step, position.progress)
        other = number != self._position.iteration
        if other:
            if self._let_come(self.training, target):
                return
            self._show(self._magnifier.timeline(number, self._glass))
        target = self._timeline.clamped(target)
        if target != self._position:
            self._let_stay()
            self._stand_at(target, is_other=other)

    def _stand_at(self, position: Position, *, is_other: bool) -> None:
        self._position = position
        if is_other:
            self._announce_timeline()
        self.position_changed.emit()

    # --- The clock -------------------------------------------------------------------------

    @property
    def moving(self) -> bool:
        """Whether the clock is running."""
        return self._motion.moving or self.passage is not None or self.lab.busy

    def _update_clock(self) -> None:
        self._clock.run((self.moving or self.turns.dragging) and not self._closed)
        self.turns.settle()

    def advance(self, seconds: float) -> None:
        """Let time pass; the clock calls this, and so does a test."""
        self._advance_passage(seconds)
        self.lab.advance(seconds)
        reached = self._motion.advanced(
            self._timeline, self._position, seconds * self._speed, jumps=self._reduced_motion
        )
        self._move_to(reached)
        if self.playing and player.at_end(self._timeline, self._position):
            self._stop()
        self.turns.tick()
        self._update_clock()

    # --- The layout ------------------------------------------------------------------------

    def _show(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._forget_from(len(timeline.tape))
        self._request_layout(NEXT_LAYOUT_SECONDS)

    def _request_layout(self, wait_seconds: float) -> None:
        frames = self.view.frames
        shape = framed(graph_shape(self._timeline), frames)
        layout = self._worker.request(shape, wait_seconds)
        self._graph = GraphPictures(self._timeline, layout, frames) if layout else None

    def set_room(self, room: Room) -> None:
        """Lay the graph out for a stage of another form."""
        if room == self._worker.room or self._closed:
            return
        self._worker.room = room
        before = self._graph
        if before is not None and len(before.rects) > LARGE:  # such are laid out by blocks
            return
        self._end_passage()
        self._request_layout(NEXT_LAYOUT_SECONDS)
        if self._graph is not before:
            self.layout_changed.emit()

    def wait_for_layout(self) -> None:
        """Wait until `graph` is there."""
        super().wait_for_layout()
        self._worker.wait(None)
        self._worker.deliver()

    def _on_layout_arrived(self, arrived: Layout) -> None:
        self._graph = GraphPictures(self._timeline, arrived, self.view.frames)
        self._begin_passage()
        self.layout_changed.emit()

    def _on_layout_broke(self, error: BaseException) -> None:
        raise error

    def _announce_timeline(self) -> None:
        self.timeline_changed.emit()
        if self._graph is not None:
            self.layout_changed.emit()

    def _announce_place(self) -> None:
        self.position_changed.emit()
        self.selection_changed.emit()
        self.hover_changed.emit()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Let the film jump, or move; what moves comes to rest."""
        if reduced and self._motion.target is not None:
            self.seek(self._motion.target)
        elif reduced and self.playing:
            self._move_to(player.finish(self._position))
        self._update_clock()
        super().set_reduced_motion(reduced)

    def close(self) -> None:
        """Stop the clock and the layout; the session is of no more use."""
        if self._closed:
            return
        self._closed = True
        self._stop()
        self.lab.work.close()
        self._clock.close()
        self._worker.close()
        super().close()
