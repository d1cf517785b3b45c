"""What the engine is doing in this thread: tracking gradients or not, recording or not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlviz.autograd.tape import Tape


class _Mode(threading.local):
    """One per thread, so that a computation in the background disturbs nobody."""

    grad: bool = True
    tape: "Tape | None" = None


mode = _Mode()


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without tracking: results of the block do not require gradients."""
    before = mode.grad
    mode.grad = False
    try:
        yield
    finally:
        mode.grad = before


def is_grad_enabled() -> bool:
    """Return whether operations are tracked for `backward()` in this thread."""
    return mode.grad
