"""How the session is moved: step by step, by leaps, or as a film that runs by itself."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mlviz.picture import player
from mlviz.picture.step_sizes import StepSize, larger, next_of, previous_of
from mlviz.trace.steps import Position
from mlviz.ui.magnification import Magnification
from mlviz.ui.motion import Motion

if TYPE_CHECKING:
    from mlviz.ui.lab import Lab


class Transport(Magnification):
    """The part of the session that goes from moment to moment."""

    playing_changed = Signal()

    lab: "Lab"
    _motion: Motion

    # What the session does for it.
    @property
    def iterations(self) -> int:
        """How many iterations there are."""
        raise NotImplementedError

    def seek(self, position: Position) -> None:
        """Go to a moment at once; it may lie in another iteration."""
        raise NotImplementedError

    def _move_to(self, position: Position) -> None:
        raise NotImplementedError

    # --- Step by step ----------------------------------------------------------------------

    def step_forward(self) -> None:
        """Move to the end of the next step, however far one goes; finish a running one first."""
        self._finish_running(forward=True)
        if self._step_size == "iteration":
            self._leap(self._end_of_iteration(1))
        else:
            self._start_towards(next_of(self._timeline, self._position, self._step_size))

    def step_back(self) -> None:
        """Move back to before the last step; while one is being undone, finish that first."""
        self._finish_running(forward=False)
        if self._step_size == "iteration":
            self._leap(self._end_of_iteration(-1))
        else:
            self._start_towards(self._before(self._step_size))

    def _before(self, size: StepSize) -> Position:
        """Return where a step back ends; of a step under way that is before this step."""
        if size == "term":
            return player.previous_rest(self._timeline, self._position)
        return previous_of(self._timeline, self._position, size)

    def _end_of_iteration(self, direction: int) -> Position:
        """Return the end of the iteration under way, of the next one, or of the one before."""
        number, steps = self._position.iteration, len(self._timeline)
        if direction > 0:
            ended = player.at_end(self._timeline, self._position)
            return Position(min(number + ended, self.iterations), steps)
        return Position(number - 1, steps) if number > 1 else Position(1, 0)

    def run_to(self, position: Position) -> None:
        """Let the film run to a moment of this iteration, in a few seconds; see `arrive`."""
        if self.playing:
            self._stop()
        self._start_towards(self._timeline.clamped(position))

    def arrive(self) -> bool:
        """Finish at once what moves to a place; tell whether there was something to finish."""
        target = self._motion.target
        if target is not None:
            self._leap(target)
            self._update_clock()
        return target is not None

    def _finish_running(self, *, forward: bool) -> None:
        """End the motion in this direction; one in the other direction turns round later."""
        self._end_passage()
        target = self._motion.target
        if self._motion.playing:
            target = player.finish(self._position)
            self._stop()
        if target is not None and (target > self._position) == forward:
            self.seek(target)

    def next_group(self) -> None:
        """Jump as far as the next larger size of steps goes: over the rest of an operation."""
        size = larger(self._step_size)
        if size == "iteration":
            self._leap(self._end_of_iteration(1))
        else:
            self._leap(next_of(self._timeline, self._position, size))

    def previous_group(self) -> None:
        """Jump back as far as the next larger size of steps goes: over an operation."""
        size = larger(self._step_size)
        if size == "iteration":
            self._leap(self._end_of_iteration(-1))
        else:
            self._leap(previous_of(self._timeline, self._position, size))

    def next_phase(self) -> None:
        """Jump to the end of the current phase, or of the next one."""
        self._leap(player.next_phase(self._timeline, self._position))

    def previous_phase(self) -> None:
        """Jump back to the beginning of the phase."""
        self._leap(player.previous_phase(self._timeline, self._position))

    def to_start(self) -> None:
        """Jump to before the first step."""
        self._leap(player.start(self._position))

    def to_end(self) -> None:
        """Jump to the end of the last step."""
        self._leap(player.end(self._timeline, self._position))

    def set_iteration(self, number: int) -> None:
        """Show the same step of another iteration; one far ahead comes when it is computed."""
        number = min(max(number, 1), self.iterations)
        if self.lab.fetch(number):
            self._leap(Position(number, player.finish(self._position).step))

    def next_iteration(self) -> None:
        """Show the same step of the next iteration."""
        self.set_iteration(self._position.iteration + 1)

    def previous_iteration(self) -> None:
        """Show the same step of the iteration before."""
        self.set_iteration(self._position.iteration - 1)

    def _leap(self, position: Position) -> None:
        self._stop()
        self._move_to(position)

    def _start_towards(self, target: Position) -> None:
        if target == self._position or self._reduced_motion:
            self.seek(target)
        else:
            self._motion.head_for(self._timeline, self._position, target)
        self._update_clock()

    # --- The film ---------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the film runs by itself."""
        return self._motion.playing

    def play(self) -> None:
        """Let the film run; from the end it starts over."""
        if self.playing:
            return
        self._motion.rest()
        if player.at_end(self._timeline, self._position):
            self._move_to(player.start(self._position))
        self._motion.playing = True
        self._update_clock()
        self.playing_changed.emit()

    def pause(self) -> None:
        """Stop where it is."""
        self._stop()

    def toggle_play(self) -> None:
        """Play or pause."""
        (self.pause if self.playing else self.play)()

    def _stop(self) -> None:
        self._end_passage()
        self._motion.rest()
        was_playing, self._motion.playing = self.playing, False
        self._update_clock()
        if was_playing:
            self.playing_changed.emit()
