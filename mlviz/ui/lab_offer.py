"""Which panels of the lab have something to show of what is open; the others step aside."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mlviz.learn.network import NetworkProgram
from mlviz.ui.lab import Lab
from mlviz.ui.lab_lesson import has_words

if TYPE_CHECKING:
    from mlviz.ui.lab_window import LazyDock


def _is_network(lab: Lab) -> bool:
    return isinstance(lab.document.training.program, NetworkProgram)


def _is_formula(lab: Lab) -> bool:
    return not _is_network(lab)


NEEDS: Mapping[str, Callable[[Lab], bool]] = {
    "words": lambda lab: has_words(lab.opened),
    "network": _is_network,
    "formula": _is_formula,
}
"""What a panel may need in order to have anything to show."""


class Offer:
    """Hides what has nothing to show, and brings it back as soon as it has.

    What somebody hid stays hidden.

    Args:
        lab: whose document decides.
        docks: the panels by name.
    """

    def __init__(self, lab: Lab, docks: Mapping[str, "LazyDock"]) -> None:
        self._lab = lab
        self._docks = docks
        self._aside: set[str] = set()

    def has(self, name: str) -> bool:
        """Return whether a panel has something to show."""
        needs = self._docks[name].row.needs
        return not needs or NEEDS[needs](self._lab)

    def apply(self) -> list[str]:
        """Let the panels be there that have something; return the names of those that came."""
        came = []
        known = {needs: found(self._lab) for needs, found in NEEDS.items()}
        for name, dock in self._docks.items():
            has = known.get(dock.row.needs, True)
            dock.toggleViewAction().setEnabled(has)
            if not has and not dock.isHidden():
                self._aside.add(name)
                dock.hide()
            elif has and name in self._aside:
                self._aside.remove(name)
                dock.show()
                came.append(name)
        return came

    def forget(self) -> None:
        """All panels were put somewhere else: none is aside any more."""
        self._aside.clear()

    def show_all(self) -> None:
        """Bring back what is aside, so that it is kept as shown."""
        for name in tuple(self._aside):
            self._docks[name].show()
