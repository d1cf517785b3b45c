"""What moves the position: playing, or a single step that was asked for. No Qt, no clock."""

from mlviz.picture import player
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline

LONGEST = 3.0
"""Seconds of film that a move over many steps takes at most; it runs faster if need be."""


class Motion:
    """Whether and where the position moves.

    Attributes:
        playing: whether the film runs by itself.
        target: where a step that was asked for comes to rest, or None.
    """

    def __init__(self) -> None:
        self.playing = False
        self.target: Position | None = None
        self._pace = 1.0
        self._waited = 0.0

    @property
    def moving(self) -> bool:
        """Whether time changes anything."""
        return self.playing or self.target is not None

    def head_for(self, timeline: Timeline, position: Position, target: Position) -> None:
        """Move to `target` from now on; a single step in its own time, many steps in a hurry."""
        self.target = target
        whole = player.seconds_between(timeline, position, target)
        single = abs(target.step - position.step) <= 1
        self._pace = 1.0 if single else max(whole / LONGEST, 1.0)

    def rest(self) -> None:
        """Forget the step that was asked for."""
        self.target = None
        self._pace = 1.0
        self._waited = 0.0

    def advanced(
        self, timeline: Timeline, position: Position, seconds: float, *, jumps: bool
    ) -> Position:
        """Return the position `seconds` of film later; the target is gone once it is reached.

        Args:
            timeline: what is played.
            position: where it stands.
            seconds: of the film, so the speed has been counted in.
            jumps: go from rest to rest, with no motion in between.
        """
        if self.target is not None:
            return self._moved(timeline, position, seconds * self._pace, self.target)
        if self.playing and jumps:
            return self._jumped(timeline, position, seconds)
        if self.playing:
            return player.tick(timeline, position, seconds)
        return position

    def _moved(
        self, timeline: Timeline, position: Position, seconds: float, target: Position
    ) -> Position:
        if target >= position:
            reached = min(player.tick(timeline, position, seconds), target)
        else:
            reached = max(player.rewind(timeline, position, seconds), target)
        if reached == target:
            self.rest()
        return reached

    def _jumped(self, timeline: Timeline, position: Position, seconds: float) -> Position:
        target = player.next_rest(timeline, position)
        self._waited += seconds
        if target.step == 0 or self._waited < player.seconds_of(timeline, target.step):
            return position
        self._waited = 0.0
        return target
