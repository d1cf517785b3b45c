"""Another magnification of a large run, made ready beside the window's own thread."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from mlviz.layout import Layout, LayoutGraph
from mlviz.learn.training import Iteration
from mlviz.picture.afar import DETAIL
from mlviz.picture.bad import bad_number
from mlviz.picture.frames import framed
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.items import Swarm
from mlviz.picture.parameters import widest_cells
from mlviz.picture.steps import step_list
from mlviz.picture.timeline import timeline_bar
from mlviz.trace.magnify import View, magnified
from mlviz.trace.scalars import NoScalarForm, scalar_count
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from mlviz.ui.collector import hold, release
from mlviz.ui.layout_worker import lay_out
from mlviz.ui.levels import SCALARS
from mlviz.ui.magnifier import Glass
from mlviz.ui.swarms import prepare

LARGE = 150
"""With more scalars than this a magnification is made ready beside the window's thread."""
_SWITCH_SECONDS = 0.0005
"""How long the other thread may keep the interpreter while the window waits for it."""

T = TypeVar("T")
Known = tuple[str, Layout]
"""The key of a graph's shape, and its layout."""


class Ready(NamedTuple):
    """A magnification with all that is needed to show it.

    Attributes:
        recorded: the iteration that it was made from.
        glass: how that is looked at.
        view: the iteration through the glass.
        timeline: its steps.
        shape: what was laid out.
        layout: where everything lies.
        graph: its pictures.
    """

    recorded: Iteration
    glass: Glass
    view: View
    timeline: Timeline
    shape: LayoutGraph
    layout: Layout
    graph: GraphPictures


def is_large(recorded: Iteration, glass: Glass) -> bool:
    """Return whether a magnification takes so long that the window must not wait for it."""
    return glass.level == SCALARS and scalar_count(recorded.tape) > LARGE


class Cancelled(Exception):
    """Nobody wants it any more."""


class Developer(QObject):
    """Makes one magnification ready at a time; a new wish makes the one before it stale.

    Attributes:
        also: what else is worked out of its timeline and remembered there.
    """

    arrived = Signal(object)
    """The `Ready` that was asked for last; stale ones never arrive."""
    refused = Signal(object)
    """The `Message` why there is no such magnification."""
    broke = Signal(object)
    """The exception that stopped it."""
    changed = Signal()
    """Something else is being made ready, or nothing any more."""
    _finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="mlviz-develop")
        self._future: Future[Ready] | None = None
        self._cancel = threading.Event()
        self._wish: tuple[Iteration, Glass] | None = None
        self._last: Ready | None = None
        self.also: tuple[Callable[[Timeline], object], ...] = ()
        # Emitted in the other thread, so the slot must be called by the window's event loop.
        self._finished.connect(self.deliver, Qt.ConnectionType.QueuedConnection)

    def ask(self, recorded: Iteration, glass: Glass, known: Known | None = None) -> Ready | None:
        """Return a magnification if it is ready; otherwise it is made so, and arrives later.

        Args:
            recorded: what is looked at.
            glass: how.
            known: a layout that need not be computed once more, with the shape it is of.
        """
        last = self._last
        if last is not None and last.recorded is recorded and last.glass == glass:
            self.cancel()
            return last
        if self._wish != (recorded, glass):
            self.cancel()
            self._wish = recorded, glass
            self._cancel = threading.Event()
            sys.setswitchinterval(_SWITCH_SECONDS)
            hold(self)
            self._future = self._executor.submit(
                _ready, recorded, glass, known, self.also, self._cancel
            )
            self._future.add_done_callback(self._tell)
            self.changed.emit()
        return None

    def is_making(self, recorded: Iteration) -> bool:
        """Return whether this iteration is being made ready."""
        return self._wish is not None and self._wish[0] is recorded

    @property
    def wished(self) -> Glass | None:
        """What is being made ready, or None."""
        return self._wish[1] if self._wish else None

    def cancel(self) -> bool:
        """Make nothing ready any more; tell whether there was something to cancel."""
        self._cancel.set()
        future, self._future, self._wish = self._future, None, None
        if future is None:
            return False
        future.cancel()
        release(self)
        self.changed.emit()
        return True

    def cancel_unless(self, level: str) -> None:
        """Cancel what is being made ready if it is of another level."""
        if self.wished is not None and self.wished.level != level:
            self.cancel()

    def wait(self) -> None:
        """Wait for what is being made ready, and let it arrive."""
        if self._future is not None:
            wait((self._future,))
            self.deliver()

    def deliver(self) -> None:
        """Let it arrive if it is there."""
        future = self._future
        if future is None or not future.done():
            return
        self._future = self._wish = None
        release(self)
        try:
            self._last = future.result()
        except NoScalarForm as error:
            self.refused.emit(error.message)
        except Exception as error:
            self.broke.emit(error)
        else:
            self.arrived.emit(self._last)
        self.changed.emit()

    def _tell(self, future: Future[Ready]) -> None:
        if not future.cancelled() and not self._cancel.is_set():
            self._finished.emit()

    def close(self) -> None:
        """Stop the thread; nothing arrives any more."""
        self.cancel()
        self._executor.shutdown(wait=True, cancel_futures=True)


def _ready(
    recorded: Iteration,
    glass: Glass,
    known: Known | None,
    also: tuple[Callable[[Timeline], object], ...],
    cancel: threading.Event,
) -> Ready:
    """Work out all that can be worked out before anything is shown."""
    view = _unless(cancel, magnified, recorded, glass.level, glass.opened)
    timeline = _unless(cancel, Timeline, view.iteration)
    shape = framed(_unless(cancel, graph_shape, timeline), view.frames)
    if known is not None and known[0] == shape.shape_key():
        layout = known[1]
    else:
        layout = _unless(cancel, lay_out, shape, cancel)
    graph = _unless(cancel, GraphPictures, timeline, layout, view.frames)
    # What a picture needs is made when it is first painted, for each phase.
    for scale in (DETAIL / 2, DETAIL):
        for segment in timeline.segments:
            moment = Position(1, segment.last, 0.5)
            picture = _unless(cancel, graph.seen, moment, None, None, graph.bounds, scale)
            for item in picture.items:
                if isinstance(item, Swarm):
                    prepare(item)
    rest: tuple[Callable[[Timeline], object], ...] = (bad_number, step_list, widest_cells, *also)
    for work in rest:
        _unless(cancel, work, timeline)
    _unless(cancel, timeline_bar, timeline, Position(1, 0))
    return Ready(recorded, glass, view, timeline, shape, layout, graph)


def _unless(cancel: threading.Event, work: Callable[..., T], *given: Any) -> T:
    if cancel.is_set():
        raise Cancelled
    return work(*given)
