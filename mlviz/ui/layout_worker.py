"""The layout of a graph, computed beside the window's own thread."""

import math
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal

from mlviz.layout import DEFAULT_SPACING, Layout, LayoutGraph, Spacing, folded, layout


class Room(NamedTuple):
    """What a stage of some form has room for.

    Attributes:
        name: of the form.
        width: of a drawing that is seen whole in its usual size, px.
        height: likewise.
    """

    name: str
    width: float
    height: float

    @property
    def aspect(self) -> float:
        """Width to height."""
        return self.width / self.height


USUAL, NARROW = Room("usual", 820.0, 620.0), Room("narrow", 450.0, 500.0)
"""The stage in the window's usual and in its least size."""
_ROOMS = (USUAL, NARROW, Room("flat", 820.0, 300.0))
_WORTH = {"LR": 1.0, "folded": 0.9, "TB": 0.87, "layered": 0.8}
"""Left to right is what people expect of a graph; others must be so much larger to be taken.
The built-in layers mix what stands in different frames."""
_FULL, _WHOLE = 1.0, 0.64
"""A drawing of this size can be read well, so a larger one is not looked for; and one of that
size can be read just so, thus all of it is shown at once, which counts more than anything."""
_BLOCKS_ASPECT = 1.2
_TIGHT = Spacing(rank=0.62 * DEFAULT_SPACING.rank)


def room_of(width: float, height: float) -> Room:
    """Return the room whose form is most like that of a stage."""
    aspect = math.log(max(width, 1.0) / max(height, 1.0))
    return min(_ROOMS, key=lambda room: abs(aspect - math.log(room.aspect)))


class LayoutWorker(QObject):
    """Lays out one graph at a time; a new request makes the one before it stale."""

    arrived = Signal(object)
    """The `Layout` of the last request; stale ones never arrive."""
    broke = Signal(object)
    """The exception that stopped the last request."""
    _finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="mlviz-layout")
        self._future: Future[Layout] | None = None
        self._cancel = threading.Event()
        self._key = self._shape = ""
        self.room = USUAL
        """What the next layouts are made for."""
        self._layout: Layout | None = None
        # Emitted in the worker's thread, so the slot must be called by the window's event loop.
        self._finished.connect(self.deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a layout is on its way."""
        return self._future is not None

    @property
    def known(self) -> tuple[str, Layout] | None:
        """The layout that is there, with the key of the shape it is of."""
        return None if self._layout is None else (self._key, self._layout)

    def request(self, graph: LayoutGraph, wait_seconds: float = 0.0) -> Layout | None:
        """Ask for the layout of `graph`; a graph of the same shape has the same one.

        Returns:
            The layout if it is there within `wait_seconds`; otherwise None, and it arrives later.
        """
        key, shape = self._names(graph)
        if shape != self._shape or (self._layout is None and not self.busy):
            self._stop()
            self._key, self._shape, self._layout = key, shape, None
            self._cancel = threading.Event()
            self._future = self._executor.submit(lay_out, graph, self._cancel, self.room)
            self._future.add_done_callback(self._tell)
            self.wait(wait_seconds)
            self._take()
        return self._layout

    def adopt(self, graph: LayoutGraph, layout: Layout) -> None:
        """Take over a layout that was computed elsewhere; what is on its way is stale."""
        self._stop()
        self._key, self._shape = self._names(graph)
        self._layout = layout

    def _names(self, graph: LayoutGraph) -> tuple[str, str]:
        """Return the key of a graph's shape, and that with the room it is laid out for."""
        key = graph.shape_key()
        return key, key + ("" if is_blocks(graph) else self.room.name)

    def wait(self, seconds: float | None) -> None:
        """Wait for the layout on its way; None: as long as it takes."""
        if self._future is not None:
            wait((self._future,), seconds)

    def deliver(self) -> None:
        """Let the layout arrive if it is there and has not been returned before."""
        try:
            arrived = self._take()
        except Exception as error:
            self.broke.emit(error)
        else:
            if arrived:
                self.arrived.emit(self._layout)

    def _take(self) -> bool:
        """Take over a finished layout; what is taken does not arrive once more."""
        future = self._future
        if future is None or not future.done():
            return False
        self._future = None
        self._layout = future.result()
        return True

    def _stop(self) -> None:
        self._cancel.set()
        if self._future is not None:
            self._future.cancel()
            self._future = None

    def _tell(self, future: Future[Layout]) -> None:
        if not future.cancelled() and not self._cancel.is_set():
            self._finished.emit()

    def close(self) -> None:
        """Stop the thread; nothing arrives any more."""
        self._stop()
        self._executor.shutdown(wait=True, cancel_futures=True)


def lay_out(graph: LayoutGraph, cancel: threading.Event, room: Room = USUAL) -> Layout:
    """Let the flow go from left to right, unless the boxes get larger in another way."""
    if is_blocks(graph):
        return layout(graph, "blocks", aspect=_BLOCKS_ASPECT, cancel=cancel)
    aspect, width = room.aspect, room.width
    best: tuple[float, Layout] | None = None
    for way, drawing in _drawings(graph, aspect, width, cancel):
        size = min(room.width / drawing.width, room.height / drawing.height, _FULL)
        value = size * _WORTH[way] + (size >= _WHOLE)
        if best is None or value > best[0]:
            best = value, drawing
        if size >= _FULL:
            break
    assert best is not None
    return best[1]


def is_blocks(graph: LayoutGraph) -> bool:
    """Return whether a graph is laid out by blocks, in the same way on every stage."""
    return any(node.group for node in graph.nodes)


def _drawings(
    graph: LayoutGraph, aspect: float, width: float, cancel: threading.Event
) -> Iterator[tuple[str, Layout]]:
    """Yield drawings of a graph, from the usual one on."""
    yield "LR", layout(graph, rankdir="LR", aspect=aspect, width=width, cancel=cancel)
    for spacing in (DEFAULT_SPACING, _TIGHT):
        rows = folded(layout(graph, spacing=spacing, cancel=cancel), graph, aspect)
        if rows is not None:
            yield "folded", rows
    yield "TB", layout(graph, rankdir="TB", aspect=aspect, width=width, cancel=cancel)
    for direction in ("LR", "TB"):
        yield (
            "layered",
            layout(graph, "layered", rankdir=direction, aspect=aspect, width=width, cancel=cancel),
        )
