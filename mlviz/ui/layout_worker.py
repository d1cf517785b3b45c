"""The layout of a graph, computed beside the window's own thread."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

from PySide6.QtCore import QObject, Qt, Signal

from mlviz.layout import DEFAULT_SPACING, Layout, LayoutGraph, Spacing, folded, layout

STAGE_ASPECT = 1.2  # width to height of the stage in the window's usual size
WIDEST_ACROSS = 750.0  # px; wider drawings get small there
_WORTH_TURNING = 1.1
_TIGHT = Spacing(rank=0.6 * DEFAULT_SPACING.rank)
WHOLE = (980.0, 782.0)  # px; a drawing of that size is seen whole there, and can be read


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
        self._shape = ""
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
        return None if self._layout is None else (self._shape, self._layout)

    def request(self, graph: LayoutGraph, wait_seconds: float = 0.0) -> Layout | None:
        """Ask for the layout of `graph`; a graph of the same shape has the same one.

        Returns:
            The layout if it is there within `wait_seconds`; otherwise None, and it arrives later.
        """
        shape = graph.shape_key()
        if shape != self._shape or (self._layout is None and not self.busy):
            self._stop()
            self._shape, self._layout = shape, None
            self._cancel = threading.Event()
            self._future = self._executor.submit(lay_out, graph, self._cancel)
            self._future.add_done_callback(self._tell)
            self.wait(wait_seconds)
            self._take()
        return self._layout

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


def lay_out(graph: LayoutGraph, cancel: threading.Event) -> Layout:
    """Let the flow go from left to right, unless the boxes would get too small to read."""
    if any(node.group for node in graph.nodes):
        return layout(graph, "blocks", aspect=STAGE_ASPECT, cancel=cancel)
    across = layout(graph, rankdir="LR", aspect=STAGE_ASPECT, cancel=cancel)
    if across.width <= WIDEST_ACROSS and across.height <= WIDEST_ACROSS / STAGE_ASPECT:
        return across
    found = layout(graph, rankdir="auto", aspect=STAGE_ASPECT, cancel=cancel)
    if _is_whole(found) and found.direction == "LR":
        return found
    for spacing in (DEFAULT_SPACING, _TIGHT):
        rows = folded(layout(graph, spacing=spacing, cancel=cancel), graph, STAGE_ASPECT)
        if rows is not None and _is_whole(rows) and _size(rows) < _WORTH_TURNING * _size(found):
            return rows
    if _is_whole(found):
        return found
    # The built-in layers mix what stands in different frames, so they need less room.
    mixed = layout(graph, "layered", rankdir="auto", aspect=STAGE_ASPECT, cancel=cancel)
    return mixed if _is_whole(mixed) else found


def _size(drawing: Layout) -> float:
    """Return how large a stage must be for a drawing, so the smaller the better."""
    return max(drawing.width / STAGE_ASPECT, drawing.height)


def _is_whole(drawing: Layout) -> bool:
    return drawing.width <= WHOLE[0] and drawing.height <= WHOLE[1]
