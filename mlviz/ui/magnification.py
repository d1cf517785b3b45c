"""How near the session looks: the level, the nodes that were opened, and the way between."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from mlviz.i18n import Message
from mlviz.learn.training import Iteration, Training
from mlviz.picture import player
from mlviz.picture.graph import GraphPictures
from mlviz.picture.transition import SECONDS, Passage
from mlviz.settings import Settings
from mlviz.trace.magnify import SCALARS, Frame, Level, Spot, View, openable
from mlviz.trace.neurons import Place, find_neurons
from mlviz.trace.one_neuron import neuron_spots
from mlviz.trace.scalars import NoScalarForm
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.developer import Developer, Ready, is_large
from mlviz.ui.layout_worker import LayoutWorker
from mlviz.ui.magnifier import Glass, Magnifier
from mlviz.ui.selection import Selection


class Magnification(Selection):
    """The part of the session that changes what a run is shown as."""

    transition_changed = Signal()
    """How far the passage from one magnification to another has come."""
    failed = Signal(object)
    noted = Signal(object)
    """Why something does not happen that is nothing wrong, as a `Message`."""
    """A `Message` that tells what went wrong."""
    _ask: Callable[[], bool] | None = None

    wish_changed = Signal()
    """Another magnification is being made ready, or none any more."""

    _magnifier: Magnifier
    _worker: LayoutWorker
    _glass: Glass
    _position: Position
    _timeline: Timeline
    _graph: GraphPictures | None
    _passage: Passage | None = None
    _awaited: Passage | None = None
    _coming: tuple[Iteration, Position] | None = None

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._developer = Developer(self)
        self._developer.arrived.connect(self._on_ready)
        self._developer.refused.connect(self.noted)
        self._developer.broke.connect(self._on_layout_broke)
        self._developer.changed.connect(self.wish_changed)

    def ask_before_leaving(self, ask: Callable[[], bool]) -> None:
        """Let somebody be asked before another document takes the place of this one."""
        self._ask = ask

    def may_leave(self) -> bool:
        """Return whether what is open may be left; something may have to be saved first."""
        return self._ask is None or self._ask()

    # What the session does for it.
    def _stop(self) -> None:
        raise NotImplementedError

    def _show(self, timeline: Timeline) -> None:
        raise NotImplementedError

    def _stand_at(self, position: Position, *, is_other: bool) -> None:
        raise NotImplementedError

    def _on_layout_broke(self, error: BaseException) -> None:
        raise NotImplementedError

    def _announce_timeline(self) -> None:
        raise NotImplementedError

    def _announce_place(self) -> None:
        raise NotImplementedError

    def _update_clock(self) -> None:
        raise NotImplementedError

    # --- The level -------------------------------------------------------------------------

    @property
    def level(self) -> str:
        """The magnification: `layers`, `operations` or `scalars`."""
        return self._glass.level

    @property
    def wished_level(self) -> str:
        """The magnification that is being made ready; if there is none, the one that is shown."""
        wished = self._developer.wished
        return self.level if wished is None else wished.level

    @property
    def levels(self) -> tuple[str, ...]:
        """The magnifications this document has."""
        return self._magnifier.levels

    @property
    def recorded(self) -> Iteration:
        """The present iteration as it was recorded, whatever it is shown as."""
        return self._magnifier.recorded(self._timeline.iteration.number)

    @property
    def view(self) -> View:
        """The present iteration as it is shown."""
        return self._magnifier.view(self._timeline.iteration.number, self._glass)

    def level_reason(self, level: str) -> Message | None:
        """Return why a level is not offered, or None if it is."""
        return self._magnifier.reasons.get(level)  # type: ignore[call-overload,no-any-return]

    def set_level(self, level: str) -> None:
        """Show the same moment and the same selection at another magnification."""
        known: tuple[Level, ...] = self._magnifier.levels
        self._developer.cancel_unless(level)
        if level != self.level or self._glass.opened:
            for one in known:
                if one == level:
                    self._look_through(Glass(one))

    # --- Opened nodes ----------------------------------------------------------------------

    @property
    def opened(self) -> tuple[Frame, ...]:
        """The opened nodes as frames, from the outermost to the innermost."""
        frames = {frame.spot: frame for frame in self.view.frames if frame.spot is not None}
        return tuple(frames[spot] for spot in self._glass.opened if spot in frames)

    def inside_reason(self, node: int) -> Message | None:
        """Return why a node cannot be opened, or None if it can."""
        return openable(self.view, self.recorded, node)

    def step_inside(self, node: int, entry: tuple[int, ...] | None = None) -> bool:
        """Replace a node by what is inside of it; see `noted` for why that is not possible.

        Args:
            node: id of a node of the current tape.
            entry: of a node too large to be shown whole, the entry to look at; the one that
                is farthest from 0 if left out.
        """
        reason = self.inside_reason(node)
        spot = self.view.spots[node]
        if reason is None and spot.part == "layer" and entry is not None:
            neurons = find_neurons(self.recorded.tape)
            place = None if neurons is None else neurons.place(spot.node, entry)
            if place is not None and place.kind in ("neuron", "sum"):
                return self.open_neuron(place)
        if reason is None:
            opened = (*self._glass.opened, Spot(spot.node, spot.part, entry))
            try:
                self._look_through(self._glass._replace(opened=opened))
            except NoScalarForm as error:
                reason = error.message
        if reason is not None:
            self.noted.emit(reason)
        return reason is None

    def show_entry(self, entry: tuple[int, ...]) -> None:
        """Take another entry apart of the node that was opened last."""
        *before, last = self._glass.opened
        self._look_through(self._glass._replace(opened=(*before, last._replace(entry=entry))))

    def open_neuron(self, place: Place) -> bool:
        """Open what one neuron computes; tell whether there is something inside."""
        neurons = find_neurons(self.recorded.tape)
        spots: tuple[Spot, ...] = ()
        if neurons is not None:
            spots = neuron_spots(self.recorded, neurons, self._glass.level, place)
        if spots:
            parts = {(spot.node, spot.part) for spot in spots}
            kept = [s for s in self._glass.opened if (s.node, s.part) not in parts]
            self._look_through(self._glass._replace(opened=(*kept, *spots)))
        else:
            scalars = self.level == SCALARS and place.layer > 0
            words = Message("inside.neuron_open") if scalars else Message("inside.leaf")
            self.noted.emit(words)
        return bool(spots)

    def close_inside(self, spot: Spot) -> None:
        """Replace what is inside of an opened node by the node, and all that was opened in it."""
        opened = self._glass.opened
        if spot in opened:
            self._look_through(self._glass._replace(opened=opened[: opened.index(spot)]))

    def step_out(self) -> bool:
        """Close what was opened last; tell whether there was something to close.

        What is still being made ready is no longer wished for.
        """
        if self._developer.cancel():
            return True
        opened = self._glass.opened
        if opened:
            self.close_inside(opened[-1])
        return bool(opened)

    # --- The passage -----------------------------------------------------------------------

    @property
    def passage(self) -> Passage | None:
        """What the stage shows between two magnifications; None at rest."""
        return self._passage

    @property
    def leaving(self) -> Passage | None:
        """What is still to be seen while another magnification is laid out; otherwise None."""
        return self._awaited

    def _look_through(self, glass: Glass) -> None:
        """Show the same moment and selection otherwise, or raise with nothing changed.

        What takes long is made ready first, while all stays as it is.
        """
        if not is_large(self.recorded, glass):
            self._developer.cancel()
            self._change(glass)
            return
        ready = self._developer.ask(self.recorded, glass)
        if ready is not None:
            self._on_ready(ready)

    # --- Another iteration -----------------------------------------------------------------

    @property
    def making(self) -> Message | None:
        """What is being made ready beside the window's thread; None if there is nothing."""
        if self._is_coming and self._coming is not None:
            return Message("stage.making_iteration", number=f"{self._coming[0].number:,}")
        return None if self._developer.wished is None else Message("stage.making_level")

    @property
    def _is_coming(self) -> bool:
        return self._coming is not None and self._developer.is_making(self._coming[0])

    def _let_come(self, iterations: Training, position: Position) -> bool:
        """Make a large iteration ready while the present one stays; tell whether it is large."""
        if not is_large(self.recorded, self._glass):
            return False
        coming, number = self._coming, position.iteration
        if not self._is_coming or coming is None or coming[0].number != number:
            coming = (iterations.iteration(number), position)
        self._coming = coming[0], position
        self._developer.ask(coming[0], self._glass, self._worker.known)
        return True

    def _let_stay(self) -> None:
        """Make no other iteration ready: somebody wants to see more of this one."""
        if self._is_coming:
            self._developer.cancel()
        self._coming = None

    def _on_ready(self, ready: Ready) -> None:
        coming = self._coming
        if coming is not None and ready.recorded is coming[0]:
            self._coming = None
            self._end_passage()
            self._magnifier.turn_to(ready.recorded)
            self._magnifier.adopt(ready.recorded, ready.glass, ready.view, ready.timeline)
            self._show_ready(ready)
            self._stand_at(ready.timeline.clamped(coming[1]), is_other=True)
            return
        if self._magnifier.adopt(ready.recorded, ready.glass, ready.view, ready.timeline):
            self._change(ready.glass, ready)

    def _change(self, glass: Glass, ready: Ready | None = None) -> None:
        number = self._position.iteration
        timeline = self._magnifier.timeline(number, glass)
        self._stop()
        self._end_passage()
        place = (player.finish(self._position), self._selected)
        before, left = self.view, self._graph
        position, selected = self._magnifier.moved(place, self._glass, glass)
        if left is not None:
            after = self._magnifier.view(number, glass)
            self._awaited = Passage.between(left, place, before, after)
        self._glass = glass
        self._position = position
        self._select_quietly(selected)
        if ready is None:
            self._show(timeline)
        else:
            self._show_ready(ready)
        self._begin_passage()
        self._announce_timeline()
        self._announce_place()

    def _show_ready(self, ready: Ready) -> None:
        self._timeline = ready.timeline
        self._forget_from(len(ready.timeline.tape))
        self._worker.adopt(ready.shape, ready.layout)
        self._graph = ready.graph

    def wait_for_layout(self) -> None:
        """Wait until what was asked for is there."""
        self._developer.wait()

    def close(self) -> None:
        """Make nothing ready any more."""
        self._developer.close()
        super().close()

    def _begin_passage(self) -> None:
        """Begin to move as soon as the graph is laid out."""
        if self._awaited is None or self._graph is None:
            return
        passage, self._awaited = self._awaited.towards(self._graph), None
        if not self._reduced_motion:
            self._passage = passage
            self._update_clock()
            self.transition_changed.emit()

    def _advance_passage(self, seconds: float) -> None:
        if self._passage is None:
            return
        self._passage = self._passage.later(seconds / SECONDS)
        if self._passage.progress >= 1:
            self._end_passage()
        else:
            self.transition_changed.emit()

    def _end_passage(self) -> bool:
        """Be at the other magnification at once; tell whether there was something to end."""
        running = self._passage is not None
        self._passage = self._awaited = None
        if running:
            self.transition_changed.emit()
        return running
