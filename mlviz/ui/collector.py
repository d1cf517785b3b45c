"""Python's garbage collector, kept from looking through everything while something moves.

A full sweep takes several frames' time for a large graph. While somebody holds it, a sweep only
looks through what was made since; afterwards everything is swept again as usual.
"""

import gc

_holders: set[int] = set()


def hold(holder: object) -> None:
    """Spare what there is by now, until it is released."""
    _holders.add(id(holder))
    gc.freeze()


def spare() -> None:
    """Spare what has been made since, too; of no effect while nobody holds the collector."""
    if _holders:
        gc.freeze()


def release(holder: object) -> None:
    """Sweep everything again, unless somebody else still holds it."""
    if id(holder) in _holders:
        _holders.discard(id(holder))
        if not _holders:
            gc.unfreeze()
