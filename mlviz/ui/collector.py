"""Python's garbage collector, kept from looking through everything while a person is at work.

A full sweep looks at every object there is. A hundred thousand of them, 50 to 80 ms, are the
program itself, which is no garbage as long as it runs: they are set aside. What is new is swept
frame by frame, the rest when everything has come to rest. And from the moment that there is an
application nothing is swept by any thread but the window's own: what Qt made must be deleted where
it was made, or the program crashes, now and then.
"""

import gc

_FEW, _MANY = 700, 20_000
"""So many new objects are worth a look, and so few that this takes no time worth mentioning."""
_holders: set[int] = set()


def settle() -> None:
    """Set aside what there is: it stays. From now on nothing is swept by itself."""
    gc.freeze()
    gc.disable()


def hold(holder: object) -> None:
    """Sweep nothing but by `sweep_new`, until it is released."""
    _holders.add(id(holder))


def release(holder: object) -> None:
    """Let `sweep` sweep again, unless somebody else still holds it."""
    _holders.discard(id(holder))


def sweep_new() -> None:
    """Sweep what has been made since the last time; a large graph waits for a rest."""
    if _FEW < gc.get_count()[0] < _MANY:
        gc.collect(0)


def sweep() -> None:
    """Sweep everything that was not set aside, unless somebody holds the collector."""
    if not _holders:
        gc.collect()
