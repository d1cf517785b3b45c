"""What is open, where it stands and what is selected: the one observed object, the one clock."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from mlviz.document.document import Document, load
from mlviz.document.examples import find
from mlviz.errors import MLVizError
from mlviz.layout import Layout
from mlviz.learn.training import Training
from mlviz.picture import player
from mlviz.picture.frames import framed
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.step_sizes import StepSize, larger, next_of, previous_of
from mlviz.settings import Settings
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.clock import Clock
from mlviz.ui.lab import Lab
from mlviz.ui.layout_worker import LayoutWorker
from mlviz.ui.magnification import Magnification
from mlviz.ui.magnifier import Magnifier
from mlviz.ui.motion import Motion
from mlviz.ui.spotlight import Spotlight
from mlviz.ui.turns import Turns
from mlviz.ui.what_if import WhatIf

FIRST_LAYOUT_SECONDS = 0.4
"""How long the first picture may be waited for: there is no window yet that could stand still."""
NEXT_LAYOUT_SECONDS = 0.04


class Session(Magnification):
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
    playing_changed = Signal()

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
        self._set_document(document)
        self.lab = Lab(self)
        self.lab.changed.connect(self._update_clock)
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
        try:
            document = load(find(str(name_or_path)))
            return self.may_leave() and self.open_document(document)
        except MLVizError as error:
            self.failed.emit(error.message)
            return False

    def open_document(self, document: Document) -> bool:
        """Show another document; see `open`."""
        try:
            self._set_document(document)
        except MLVizError as error:
            self.failed.emit(error.message)
            return False
        self._stop()
        self._request_layout(NEXT_LAYOUT_SECONDS)
        self.document_changed.emit()
        self._announce_timeline()
        self._announce_place()
        self.what_if.changed.emit()
        return True

    def _set_document(self, document: Document) -> None:
        """Take over a document, or raise with nothing changed."""
        magnifier = Magnifier(document.training)
        glass = magnifier.first(document.level)
        timeline = magnifier.timeline(1, glass)
        self._document = document
        self.what_if.begin(document.training)
        self._magnifier = magnifier
        self._glass = glass
        self._passage = self._awaited = None
        self._timeline = timeline
        self._position = Position(1, 0)
        self._select_quietly(None)

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
        other = number != self._position.iteration
        if other:
            self._show(self._magnifier.timeline(number, self._glass))
        target = self._timeline.clamped(Position(number, position.step, position.progress))
        if target == self._position:
            return
        self._position = target
        if other:
            self._announce_timeline()
        self.position_changed.emit()

    def step_forward(self) -> None:
        """Move to the end of the next step, however far one goes; finish a running one first."""
        self._finish_running(forward=True)
        if self._step_size == "iteration":
            self._leap(self._end_of_iteration(1))
        else:
            self._start_towards(next_of(self._timeline, self._position, self._step_size))

    def step_back(self) -> None:
        """Move back to before the last step; while one is being undone, finish that first."""
        self._finish_running(forward=False)
        if self._step_size == "iteration":
            self._leap(self._end_of_iteration(-1))
        else:
            self._start_towards(self._before(self._step_size))

    def _before(self, size: StepSize) -> Position:
        """Return where a step back ends; of a step under way that is before this step."""
        if size == "term":
            return player.previous_rest(self._timeline, self._position)
        return previous_of(self._timeline, self._position, size)

    def _end_of_iteration(self, direction: int) -> Position:
        """Return the end of the iteration under way, of the next one, or of the one before."""
        number, steps = self._position.iteration, len(self._timeline)
        if direction > 0:
            ended = player.at_end(self._timeline, self._position)
            return Position(min(number + ended, self.iterations), steps)
        return Position(number - 1, steps) if number > 1 else Position(1, 0)

    def run_to(self, position: Position) -> None:
        """Let the film run to a moment of this iteration, in a few seconds; see `arrive`."""
        if self.playing:
            self._stop()
        self._start_towards(self._timeline.clamped(position))

    def arrive(self) -> bool:
        """Finish at once what moves to a place; tell whether there was something to finish."""
        target = self._motion.target
        if target is not None:
            self._leap(target)
            self._update_clock()
        return target is not None

    def _finish_running(self, *, forward: bool) -> None:
        """End the motion in this direction; one in the other direction turns round later."""
        self._end_passage()
        target = self._motion.target
        if self._motion.playing:
            target = player.finish(self._position)
            self._stop()
        if target is not None and (target > self._position) == forward:
            self.seek(target)

    def next_group(self) -> None:
        """Jump as far as the next larger size of steps goes: over the rest of an operation."""
        size = larger(self._step_size)
        if size == "iteration":
            self._leap(self._end_of_iteration(1))
        else:
            self._leap(next_of(self._timeline, self._position, size))

    def previous_group(self) -> None:
        """Jump back as far as the next larger size of steps goes: over an operation."""
        size = larger(self._step_size)
        if size == "iteration":
            self._leap(self._end_of_iteration(-1))
        else:
            self._leap(previous_of(self._timeline, self._position, size))

    def next_phase(self) -> None:
        """Jump to the end of the current phase, or of the next one."""
        self._leap(player.next_phase(self._timeline, self._position))

    def previous_phase(self) -> None:
        """Jump back to the beginning of the phase."""
        self._leap(player.previous_phase(self._timeline, self._position))

    def to_start(self) -> None:
        """Jump to before the first step."""
        self._leap(player.start(self._position))

    def to_end(self) -> None:
        """Jump to the end of the last step."""
        self._leap(player.end(self._timeline, self._position))

    def set_iteration(self, number: int) -> None:
        """Show the same step of another iteration; one far ahead comes when it is computed."""
        number = min(max(number, 1), self.iterations)
        if self.lab.fetch(number):
            self._leap(Position(number, player.finish(self._position).step))

    def next_iteration(self) -> None:
        """Show the same step of the next iteration."""
        self.set_iteration(self._position.iteration + 1)

    def previous_iteration(self) -> None:
        """Show the same step of the iteration before."""
        self.set_iteration(self._position.iteration - 1)

    def _leap(self, position: Position) -> None:
        self._stop()
        self._move_to(position)

    def _start_towards(self, target: Position) -> None:
        if target == self._position or self._reduced_motion:
            self.seek(target)
        else:
            self._motion.head_for(self._timeline, self._position, target)
        self._update_clock()

    # --- The clock -------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the film runs by itself."""
        return self._motion.playing

    @property
    def moving(self) -> bool:
        """Whether the clock is running."""
        return self._motion.moving or self.passage is not None or self.lab.busy

    def play(self) -> None:
        """Let the film run; from the end it starts over."""
        if self.playing:
            return
        self._motion.rest()
        if player.at_end(self._timeline, self._position):
            self._move_to(player.start(self._position))
        self._motion.playing = True
        self._update_clock()
        self.playing_changed.emit()

    def pause(self) -> None:
        """Stop where it is."""
        self._stop()

    def toggle_play(self) -> None:
        """Play or pause."""
        (self.pause if self.playing else self.play)()

    def _stop(self) -> None:
        self._end_passage()
        self._motion.rest()
        was_playing, self._motion.playing = self.playing, False
        self._update_clock()
        if was_playing:
            self.playing_changed.emit()

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
        self._worker.close()
        super().close()
