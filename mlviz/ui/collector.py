"""Python's garbage collector, kept from looking through everything while a person is at work.

A full sweep looks at every object there is. A hundred thousand of them, 50 to 80 ms, are the
program itself, which is no garbage as long as it runs: they are set aside once. What is new is
swept frame by frame, the rest when everything has come to rest. Then nothing is swept by the
threads beside the window's own, either: what Qt made must be deleted where it was made.
"""

import gc

_FEW, _MANY = 700, 20_000
"""So many new objects are worth a look, and so few that this takes no time worth mentioning."""
_holders: set[int] = set()
_is_settled = False


def settle() -> None:
    """Set aside what there is: the program is loaded. From now on nothing is swept by itself."""
    global _is_settled
    _is_settled = True
    gc.freeze()
    gc.disable()


def unsettle() -> None:
    """Let Python sweep as usual, and everything, as before `settle`."""
    global _is_settled
    _is_settled = False
    gc.unfreeze()
    if not _holders:
        gc.enable()


def hold(holder: object) -> None:
    """Sweep nothing but by `sweep_new`, until it is released."""
    _holders.add(id(holder))
    gc.disable()


def release(holder: object) -> None:
    """Sweep as before, unless somebody else still holds it."""
    _holders.discard(id(holder))
    if not _holders and not _is_settled:
        gc.enable()


def sweep_new() -> None:
    """Sweep what has been made since the last time; a large graph waits for a rest."""
    if _FEW < gc.get_count()[0] < _MANY:
        gc.collect(0)


def sweep() -> None:
    """Sweep everything that was not set aside, unless somebody holds the collector."""
    if _is_settled and not _holders:
        gc.collect()
