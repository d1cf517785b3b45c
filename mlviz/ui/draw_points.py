"""Drawing and wiping out examples: each stroke is one change of the recipe, to be undone."""

from collections.abc import Sequence

from mlviz.document.own_points import Point, Target, drawn, points_of, target_of, with_points
from mlviz.learn.network import NetworkProgram
from mlviz.picture.outcome import class_names
from mlviz.ui.lab import Lab


class DrawPoints:
    """Changes the examples of the lab's recipe.

    Args:
        lab: whose recipe.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def is_possible(self, features: int, classes: Sequence[str], outputs: int) -> bool:
        """Return whether points of so many features, with such answers, can be drawn on a plane."""
        if self._lab.document.data is None or not (classes or outputs == 1):
            return False
        return features == 2 or (features == 1 and not classes)

    @property
    def is_blank(self) -> bool:
        """Whether the next stroke begins with no other examples."""
        return self._lab.is_blank

    def clear(self) -> None:
        """Let the next stroke begin anew: a network cannot be without any example."""
        self._lab.set_blank(True)

    def add(
        self,
        points: Sequence[tuple[float, float]],
        kind: int,
        value: float,
        *,
        is_curve: bool,
    ) -> bool:
        """Add examples.

        Args:
            points: where, in units of their own; of a curve the second is the answer.
            kind: their class.
            value: their answer, where it is a number over a plane.
            is_curve: whether there is one feature only.

        Returns:
            Whether the recipe allows it.
        """
        found = list(self._present().values())
        for x, y in drawn(points):
            if is_curve:
                found.append(Point([x], [y]))
            else:
                found.append(Point([x, y], self._target(kind, value)))
        return self._take(found)

    def remove(self, examples: Sequence[tuple[int, int]]) -> bool:
        """Wipe out examples, each told by the place of its part and its row there."""
        info = self._lab.document.data
        if info is None or self.is_blank:
            return False
        gone = {int(info.split[part][row]) for part, row in examples}
        left = [point for row, point in self._present().items() if row not in gone]
        if not any(point.part == "train" for point in left):
            self.clear()
            return True
        return self._take(left)

    @property
    def is_current(self) -> bool:
        """Whether what is seen at the cursor are the recipe's examples, not those of before."""
        shown, wanted = self._lab.program, self._lab.document.training.program
        if not isinstance(shown, NetworkProgram) or not isinstance(wanted, NetworkProgram):
            return False
        return shown.has_data_of(wanted)

    def _present(self) -> dict[int, Point]:
        info = self._lab.document.data
        if self.is_blank or info is None:
            return {}
        return points_of(self._lab.table, info, self._low())

    def _low(self) -> float:
        """Return the answer that stands for no."""
        program = self._lab.document.training.program
        has_minus = isinstance(program, NetworkProgram) and program.targets.min() < 0
        return -1.0 if has_minus else 0.0

    def _target(self, kind: int, value: float) -> Target:
        program = self._lab.document.training.program
        if isinstance(program, NetworkProgram) and class_names(program):
            return target_of(self._lab.table, kind, self._low())
        return [value]

    def _take(self, points: Sequence[Point]) -> bool:
        """Learn from other examples from here on; from none of those before, begin anew."""
        lab, begins = self._lab, self.is_blank
        done = lab.edit(with_points(lab.table, points), goes_on=not begins)
        if done and lab.is_stale:
            lab.reset()
        return done
