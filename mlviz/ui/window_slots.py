"""What the actions do to the window and its session."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow


def window_slots(window: "MainWindow") -> dict[str, Callable[..., object]]:
    """Return what each action does, by the action's name."""
    session = window.session
    return {
        "play": session.toggle_play,
        "step_forward": session.step_forward,
        "step_back": session.step_back,
        "next_group": session.next_group,
        "previous_group": session.previous_group,
        "smaller_step": session.use_smaller_steps,
        "larger_step": session.use_larger_steps,
        "next_phase": window.next_phase,
        "previous_phase": window.previous_phase,
        "to_start": window.to_start,
        "to_end": session.to_end,
        "next_iteration": session.next_iteration,
        "previous_iteration": session.previous_iteration,
        "level": window.switch_level,
        "explain": window.show_explanation,
        "why": window.show_why,
        "matrix": window.show_matrix,
        "stage_mode": window.stage_area_mode,
        "fit": window.fit,
        "follow": window.follow,
        "larger": window.make_larger,
        "smaller": window.make_smaller,
        "usual_size": window.make_usual,
        "reduced_motion": session.set_reduced_motion,
        "reset_layout": window.reset_layout,
        "lecture": window.toggle_lecture,
        "leave_lecture": window.leave_lecture,
        "blank": window.blank,
        "undo": session.what_if.undo,
        "redo": session.what_if.redo,
        "reset_values": session.what_if.reset,
        **window.tools.slots(),
        "memory": window.show_memory,
        "open": window.ask_for_file,
        "code": window.show_code,
        "keys": window.show_keys,
        "quit": window.close,
    }
