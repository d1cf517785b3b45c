"""What moves the position: playing, or a single step that was asked for. No Qt, no clock."""

from mlviz.picture import player
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline


class Motion:
    """Whether and where the position moves.

    Attributes:
        playing: whether the film runs by itself.
        target: where a step that was asked for comes to rest, or None.
    """

    def __init__(self) -> None:
        self.playing = False
        self.target: Position | None = None
        self._waited = 0.0

    @property
    def moving(self) -> bool:
        """Whether time changes anything."""
        return self.playing or self.target is not None

    def rest(self) -> None:
        """Forget the step that was asked for."""
        self.target = None
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
            return self._advanced_step(timeline, position, seconds, self.target)
        if self.playing and jumps:
            return self._jumped(timeline, position, seconds)
        if self.playing:
            return player.tick(timeline, position, seconds)
        return position

    def _advanced_step(
        self, timeline: Timeline, position: Position, seconds: float, target: Position
    ) -> Position:
        if target >= position:
            reached = min(player.tick(timeline, position, seconds), target)
        else:
            progress = position.progress - seconds / player.seconds_of(timeline, position.step)
            undone = Position(position.iteration, position.step, progress)
            reached = undone if progress > 0 else target
        if reached == target:
            self.target = None
        return reached

    def _jumped(self, timeline: Timeline, position: Position, seconds: float) -> Position:
        target = player.next_rest(timeline, position)
        self._waited += seconds
        if target.step == 0 or self._waited < player.seconds_of(timeline, target.step):
            return position
        self._waited = 0.0
        return target
