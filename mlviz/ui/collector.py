"""Python's garbage collector, kept from looking through everything while something moves.

A full sweep takes several frames' time for a large graph. While somebody holds it, only what has
just been made is looked through; afterwards everything is swept again as usual.
"""

import gc

_NEVER = 1_000_000
_holders: set[int] = set()
_usual = gc.get_threshold()


def hold(holder: object) -> None:
    """Spare what there is by now, until it is released."""
    _holders.add(id(holder))
    gc.freeze()
    gc.set_threshold(_usual[0], _usual[1], _NEVER)


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
            gc.set_threshold(*_usual)
