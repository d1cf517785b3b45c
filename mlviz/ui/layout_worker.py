"""The layout of a graph, computed beside the window's own thread."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

from PySide6.QtCore import QObject, Qt, Signal

from mlviz.layout import Layout, LayoutCancelled, LayoutGraph, layout

STAGE_ASPECT = 1.2  # width to height of the stage in the window's usual size


class LayoutWorker(QObject):
    """Lays out one graph at a time; a new request makes the one before it stale.

    Signals:
        arrived: the `Layout` of the last request; stale ones never arrive.
        broke: the exception that stopped the last request.
    """

    arrived = Signal(object)
    broke = Signal(object)
    _finished = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="mlviz-layout")
        self._ticket = 0
        self._future: Future[Layout] | None = None
        self._cancel = threading.Event()
        self._closed = False
        # Emitted in the worker's thread, so the slot must be called by the window's event loop.
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a layout is on its way."""
        return self._future is not None

    def request(self, graph: LayoutGraph, wait_seconds: float = 0.0) -> Layout | None:
        """Ask for the layout of `graph`.

        Returns:
            The layout if it is there within `wait_seconds`; otherwise None, and it arrives later.
        """
        self.cancel()
        self._cancel = threading.Event()
        self._ticket += 1
        self._future = self._executor.submit(_lay_out, graph, self._cancel)
        self._future.add_done_callback(_Notifier(self, self._ticket))
        return self.wait(wait_seconds)

    def wait(self, seconds: float | None) -> Layout | None:
        """Wait for the layout on its way (None: as long as it takes) and return it."""
        future = self._future
        if future is None:
            return None
        try:
            result = future.result(seconds)
        except FutureTimeout:
            return None
        self._future = None  # what is returned here does not arrive once more
        return result

    def cancel(self) -> None:
        """Forget the layout on its way."""
        self._cancel.set()
        if self._future is not None:
            self._future.cancel()
            self._future = None

    def close(self) -> None:
        """Stop the thread; nothing arrives any more."""
        self._closed = True
        self.cancel()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _on_finished(self, ticket: int) -> None:
        future = self._future
        if self._closed or ticket != self._ticket or future is None:
            return
        self._future = None
        error = future.exception()
        if error is None:
            self.arrived.emit(future.result())
        elif not isinstance(error, LayoutCancelled):
            self.broke.emit(error)


class _Notifier:
    """Tells the window's thread that a request is done."""

    def __init__(self, worker: LayoutWorker, ticket: int) -> None:
        self._worker = worker
        self._ticket = ticket

    def __call__(self, future: Future[Layout]) -> None:
        if not future.cancelled() and not self._worker._closed:
            self._worker._finished.emit(self._ticket)


def _lay_out(graph: LayoutGraph, cancel: threading.Event) -> Layout:
    if cancel.is_set():
        raise LayoutCancelled
    return layout(graph, rankdir="auto", aspect=STAGE_ASPECT, cancel=cancel)
