"""Tours through a window: what is worth a picture, by its name, as it is shown just then."""

from collections.abc import Iterator

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from mlviz.document.document import from_formula
from mlviz.trace.steps import Phase, Position, StepKind
from mlviz.trace.timeline import Timeline
from mlviz.ui.code_dialog import CodeDialog
from mlviz.ui.keys_dialog import KeysDialog
from mlviz.ui.levels import OPERATIONS
from mlviz.ui.main_window import MainWindow
from mlviz.ui.session import Session
from mlviz.ui.why_view import WhyView

Views = Iterator[tuple[str, QWidget]]

_UNDER_WAY = 0.5
_PHASES = ("forward", "backward", "update", "end")


def moments(timeline: Timeline) -> dict[str, Position]:
    """Return the moments that are worth a picture, by name and in order."""
    found = {"start": Position()}
    segments = {segment.phase: segment for segment in timeline.segments}
    if Phase.FORWARD in segments:
        segment = segments[Phase.FORWARD]
        found["forward"] = Position(1, (segment.first + segment.last + 1) // 2, _UNDER_WAY)
    received: set[int] = set()
    backward = []
    for step in timeline.steps:
        if step.kind is StepKind.SEED:
            found["seed"] = Position(1, step.number)
        elif step.kind is StepKind.BACKWARD:
            backward.append(step.number)
            if step.target in received:
                found.setdefault("accumulate", Position(1, step.number, 0.9))
            received.add(step.target)
        elif step.kind is StepKind.UPDATE:
            found.setdefault("update", Position(1, step.number, _UNDER_WAY))
    if backward:
        found["backward"] = Position(1, backward[len(backward) // 2], _UNDER_WAY)
    found["end"] = Position(1, len(timeline))
    return dict(sorted(found.items(), key=lambda entry: (entry[1], entry[0])))


def panels(window: MainWindow) -> Views:
    """Come by every panel that is always there."""
    for name, widget in window.views().items():
        if widget.isVisible():  # panels that open on demand have pictures of their own
            yield name, widget


def window_parts(window: MainWindow) -> Views:
    """Come by what lies over the window or beside its panels only when it is wanted."""
    session, tools, actions = window.session, window.tools, window.actions_table
    session.seek(moments(session.timeline).get("backward", Position()))
    for name in ("legend", "memory"):
        actions[name].trigger()
        yield f"window-{name}", window
        actions[name].trigger()
    window.stage.zoom(2.5)
    yield "window-minimap", window
    window.stage.resume()
    tools.open_find()
    tools.find.field.setText("w")
    tools.find.field.textEdited.emit("w")
    yield "window-find", window
    tools.find.leave()
    leaf = _parameter(session)
    if leaf is None:
        return
    session.select(leaf)
    for name, show in (("why", window.show_why), ("matrix", window.show_matrix)):
        show(True)
        yield f"window-{name}", window
        show(False)
    session.select(None)


def stages(window: MainWindow) -> Views:
    """Come by every magnification in every phase, and by the network, alone and beside the graph.

    It is the whole window: what the panels say belongs to what the stage shows.
    """
    session = window.session
    usual = session.level
    window.stage.resume()
    session.set_reduced_motion(True)  # a passage between two levels is no picture
    for level in session.levels:
        modes = ["graph"]
        if level == usual and window.stage_area.switch.has_network:
            modes += ["network", "split"]
        for mode in modes:
            session.set_stage_mode(mode)
            session.set_level(level)
            QApplication.processEvents()  # the layout is one for the stage as it is now
            session.wait_for_layout()
            places = moments(session.timeline)
            for phase in _PHASES:
                if phase in places:
                    session.seek(places[phase])
                    yield f"stage-{level if mode == 'graph' else mode}-{phase}", window
    session.set_stage_mode("graph")
    session.set_level(usual)
    session.wait_for_layout()


def answers(window: MainWindow) -> Views:
    """Come by a parameter as a matrix, and by every page of the panel "Why?"."""
    session, view = window.session, window.why.widget()
    session.set_level(OPERATIONS)
    session.wait_for_layout()
    session.to_end()
    session.select(_parameter(session))
    window.show_matrix(True)
    yield "matrix-of-parameter", window.matrix.widget()
    window.show_matrix(False)
    if isinstance(view, WhyView):
        window.show_why(True)
        for page in view.tabs():
            view.show_tab(page)
            yield f"why-{page}", view
        window.show_why(False)
    session.select(None)


def dialogs(window: MainWindow) -> Views:
    """Come by the dialogs."""
    made: dict[str, QDialog] = {
        "code": CodeDialog(window.session, window),
        "keys": KeysDialog(window.session, window),
    }
    for name, dialog in made.items():
        dialog.show()
        yield f"dialog-{name}", dialog
        dialog.close()
        dialog.deleteLater()


def broken(window: MainWindow) -> Views:
    """Come by a run with a number that is none, and by what is told about it."""
    session = window.session
    session.open_document(from_formula("y = log(x); L = y*y", {"x": 0.0}))
    session.wait_for_layout()
    session.to_end()
    yield "window-bad", window


def _parameter(session: Session) -> int | None:
    leaves = (node.id for node in session.timeline.tape if node.role == "parameter")
    return next(leaves, None)
