"""What the actions do to the window and its session."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlviz.ui.main_window import MainWindow


def window_slots(window: "MainWindow") -> dict[str, Callable[..., object]]:
    """Return what each action does, by the action's name."""
    session, faces = window.session, window.faces
    return {
        "face": faces.toggle,
        "play": faces.play,
        "step_forward": faces.step_forward,
        "step_back": faces.step_back,
        "next_group": faces.next_group,
        "previous_group": faces.previous_group,
        "smaller_step": session.use_smaller_steps,
        "larger_step": session.use_larger_steps,
        "next_phase": faces.next_phase,
        "previous_phase": faces.previous_phase,
        "to_start": faces.to_start,
        "to_end": faces.to_end,
        "next_iteration": faces.next_iteration,
        "previous_iteration": faces.previous_iteration,
        "branch": faces.branch,
        "before_bad": faces.before_bad,
        "to_film": faces.to_film,
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
        "undo": faces.undo,
        "redo": faces.redo,
        "reset_values": session.what_if.reset,
        **window.tools.slots(),
        "memory": window.show_memory,
        "gallery": window.show_gallery,
        "open": window.opening.ask_for_file,
        "save": window.saving.save,
        "save_as": window.saving.ask_for_file,
        "code": window.show_code,
        "keys": window.show_keys,
        "quit": window.close,
    }
