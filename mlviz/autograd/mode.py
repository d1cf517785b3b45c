"""What the engine is doing in this thread: tracking gradients or not, recording or not."""

import threading
from contextlib import ContextDecorator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlviz.autograd.tape import Tape


USUAL: "tuple[bool, Tape | None]" = (True, None)
"""The state of a thread in which nothing was said: gradients are tracked, no tape is open."""


class _Special:
    """How many blocks are open, in all threads, in which something else holds.

    While there is none, an operation need not ask which thread it runs in: that look-up
    costs as much as a multiplication.
    """

    def __init__(self) -> None:
        self.open = 0
        self._lock = threading.Lock()

    def add(self, blocks: int) -> None:
        """Count blocks that opened (1) or closed (-1)."""
        with self._lock:
            self.open += blocks


special = _Special()


class _Mode(threading.local):
    """One per thread, so that a computation in the background disturbs nobody.

    Attributes:
        state: whether gradients are tracked, and the open tape or None; one attribute,
            because every operation reads it.
    """

    state: "tuple[bool, Tape | None]" = USUAL

    @property
    def grad(self) -> bool:
        """Whether operations are tracked for `backward()`."""
        return self.state[0]

    @property
    def tape(self) -> "Tape | None":
        """The tape that records, if one is open."""
        return self.state[1]


mode = _Mode()


class set_grad_enabled(ContextDecorator):
    """Track gradients in the block or function, or not.

    As in PyTorch it stands in a `with` or before a `def`.
    """

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._before: list[bool] = []

    def _recreate_cm(self) -> "set_grad_enabled":
        return set_grad_enabled(self._enabled)  # a decorated function may run in two threads

    def __enter__(self) -> None:
        before, tape = mode.state
        self._before.append(before)
        mode.state = (self._enabled, tape)
        special.add(1)

    def __exit__(self, *_: object) -> None:
        mode.state = (self._before.pop(), mode.state[1])
        special.add(-1)


def no_grad() -> set_grad_enabled:
    """Compute without tracking: results of the block do not require gradients.

    Stands in a `with no_grad():` or before a function as `@no_grad()`.
    """
    return set_grad_enabled(False)


def enable_grad() -> set_grad_enabled:
    """Track gradients in a block although it stands inside `no_grad()`."""
    return set_grad_enabled(True)


def is_grad_enabled() -> bool:
    """Return whether operations are tracked for `backward()` in this thread."""
    return mode.grad


def is_recording() -> bool:
    """Return whether a tape is open in this thread."""
    return special.open > 0 and mode.tape is not None
