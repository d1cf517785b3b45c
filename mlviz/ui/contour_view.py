"""The loss around the present weights, computed in slices when somebody looks at it."""

import time
from collections.abc import Generator, Mapping

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mlviz.i18n import Message
from mlviz.learn.changes import Place
from mlviz.learn.training import Parameters, Program
from mlviz.numerals import format_full, format_number
from mlviz.picture.contour import (
    Directions,
    Landscape,
    along_parameters,
    entry_places,
    path_directions,
    path_iterations,
    random_directions,
    training_gradient,
    training_loss,
)
from mlviz.picture.contour_map import is_flat
from mlviz.trace.symbols import text_name
from mlviz.ui.choices import Chooser
from mlviz.ui.contour_canvas import ContourCanvas
from mlviz.ui.fields import CalmCombo
from mlviz.ui.lab_view import LabView
from mlviz.ui.session import Session
from mlviz.ui.stale_veil import StaleVeil
from mlviz.ui.widgets import ElidedLabel
from mlviz.ui.work import Job, left_message

_PAD = 20
_SIDE = 41
_HALVES = {"parameters": 2.0, "random": 1.0, "path": 1.25}
_AT_ONCE_SECONDS = 1.5
_TRIES = 3
_MOST_PLACES = 3000
Key = tuple[object, ...]


class ContourView(LabView):
    """Qt view of `picture.contour_map`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        tip = Message("contour.random.tip")
        self.kind = Chooser(session, Message("contour.kind"), self, tip)
        self.kind.setMinimumContentsLength(4)
        self.kind.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.kind.changed.connect(self._on_wish)
        self.first, self.second = CalmCombo(self), CalmCombo(self)
        for chooser in (self.first, self.second):
            chooser.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            chooser.setMinimumContentsLength(3)
            chooser.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            chooser.currentIndexChanged.connect(self._on_wish)
        self.again, self.nearer, self.farther = (QPushButton(self) for _ in range(3))
        for button in (self.again, self.nearer, self.farther):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.again.clicked.connect(self._on_again)
        self.nearer.clicked.connect(self._on_nearer)
        self.farther.clicked.connect(self._on_farther)
        self.nearer.setText("+")
        self.farther.setText("−")
        self.canvas = ContourCanvas(session, self)
        self.canvas.pointed.connect(self._on_pointed)
        self.told = ElidedLabel("muted", self)
        self.told.setSizePolicy(
            self.told.sizePolicy().Policy.Ignored, self.told.sizePolicy().verticalPolicy()
        )
        self.legend = QLabel(self)
        self.legend.setProperty("kind", "muted")
        self.legend.setWordWrap(True)
        self._seed = 0
        self._zoom = 1.0
        self._job: Job | None = None
        self.problem: Message | None = None
        self._key: Key | None = None
        self._centre = 1  # the iteration that the map is of
        self._places: list[Place] = []
        self._cost: tuple[object, float] | None = None
        above, below = QHBoxLayout(), QHBoxLayout()
        for part in (self.kind, self.first, self.second, self.farther, self.nearer):
            above.addWidget(part)
        above.addStretch()
        below.addWidget(self.told, 1)
        below.addWidget(self.again)
        self._column = QVBoxLayout(self)
        self._column.addLayout(above)
        self._column.addWidget(self.canvas, 1)
        self._column.addWidget(self.legend)
        self._column.addLayout(below)
        self.veil = StaleVeil(session, self)
        self._retranslate()
        self._restyle()

    # --- What is shown ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Show where the run is on the map; make another map when it rests somewhere else."""
        lab, program = self.lab, self.lab.program
        is_plane = sum(value.size for value in lab.parameters.values()) > 1
        for part in (self.canvas, self.legend, self.again, self.kind):
            part.setVisible(is_plane)
        for control in (self.nearer, self.farther):
            control.setVisible(is_plane)
        if not is_plane:
            self.first.hide()
            self.second.hide()
            self.told.setText(self.session.tr(Message("contour.no_plane")))
            return
        self.kind.offer(
            {
                "parameters": Message("contour.parameters"),
                "random": Message("contour.random"),
                "path": Message("contour.path"),
            }
        )
        self._offer(lab.parameters)
        for chooser in (self.first, self.second):
            chooser.setVisible(self.kind.value == "parameters")
        key = self._wanted()
        if key != self._key and not lab.running and self._is_quick(program):
            self._begin(program, key)
        self._show_place()
        self._tell()

    def _wanted(self) -> Key:
        wish: Key = (self._seed,)
        if self.kind.value == "path":
            wish = (self.lab.run.head,)
        elif self.kind.value == "parameters":
            wish = (self.first.currentIndex(), self.second.currentIndex())
        return (self.lab.run, self.lab.cursor, self.kind.value, wish, self._zoom)

    def _offer(self, parameters: Parameters) -> None:
        places = entry_places(parameters)[:_MOST_PLACES]
        if places == self._places:
            return
        self._places = places
        names = [_name(place) for place in places]
        for number, chooser in enumerate((self.first, self.second)):
            chooser.blockSignals(True)
            chooser.clear()
            chooser.addItems(names)
            chooser.setCurrentIndex(min(number, len(names) - 1))
            chooser.blockSignals(False)

    def _is_quick(self, program: Program) -> bool:
        """Return whether the whole map takes so little that nobody need ask for it."""
        if self._cost is None or self._cost[0] is not program:
            took = []
            for _ in range(_TRIES):  # the first time is slow, and others may be busy too
                begun = time.perf_counter()
                training_loss(program, self.lab.parameters)
                took.append(time.perf_counter() - begun)
            self._cost = (program, min(took))
        return self._cost[1] * _SIDE**2 < _AT_ONCE_SECONDS

    # --- Making the map --------------------------------------------------------------------

    def _begin(self, program: Program, key: Key) -> None:
        if self._job is not None:
            self._job.cancel()
        parameters = self.lab.parameters
        self._key = key
        self.problem = None
        try:
            directions = self._directions(parameters)
        except ValueError:
            self.problem = Message("contour.same")
            return
        self._centre = self.lab.cursor
        if directions is not None:
            self._show(program, parameters, directions)
        self._job = self.lab.work.begin(self._steps(program, parameters, directions), self)
        self._job.progressed.connect(self._on_progress)
        self._job.finished.connect(self._on_progress)

    def _show(self, program: Program, parameters: Parameters, directions: Directions) -> Landscape:
        half = _HALVES[self.kind.value] * self._zoom

        def loss(moved: Parameters) -> float:
            return training_loss(program, moved)

        landscape = Landscape(parameters, directions, half, _SIDE, loss)
        self.canvas.landscape, self.canvas.down = landscape, None
        return landscape

    def _directions(self, parameters: Parameters) -> Directions | None:
        """Return the directions of the map; None if they follow from the path."""
        if self.kind.value == "random":
            return random_directions(parameters, self._seed)
        if self.kind.value == "path":
            return None
        one, two = (self._places[c.currentIndex()] for c in (self.first, self.second))
        return along_parameters(parameters, one, two, (_name(one), _name(two)))

    def _steps(
        self, program: Program, parameters: Parameters, directions: Directions | None
    ) -> Generator[float, None, None]:
        """Compute the slope, the losses and the path, a bit at a time."""
        run = self.lab.run
        numbers = path_iterations(run.head)
        walked: dict[int, Parameters] = {}
        if directions is None:
            for number in numbers:
                walked[number] = run.training.parameters(number)
                yield 0.1 * len(walked) / len(numbers)
            try:
                directions = path_directions(parameters, list(walked.values()))
            except ValueError:
                self.problem, self.canvas.landscape = Message("contour.no_path"), None
                return
            landscape = self._show(program, parameters, directions)
        else:
            assert self.canvas.landscape is not None
            landscape = self.canvas.landscape
        gradient = training_gradient(program, parameters)
        self.canvas.down = directions.down(parameters, gradient)
        for share in landscape.compute():
            yield 0.1 + 0.75 * share
        known = walked.__getitem__ if walked else run.training.parameters
        for share in landscape.walk(numbers, known):
            yield 0.85 + 0.15 * share

    def _on_progress(self) -> None:
        self.canvas.update()
        self._tell()

    def _on_wish(self) -> None:
        self._key = None
        self.refresh_now()

    def _on_again(self) -> None:
        """Compute the map now, or stop; of random directions take two others."""
        if self._job is not None and self._job.running:
            self._job.cancel()
            self._tell()
            return
        if self.kind.value == "random" and self._key == self._wanted():
            self._seed += 1
        self._begin(self.lab.program, self._wanted())
        self._show_place()
        self._tell()

    def _on_nearer(self) -> None:
        self._zoom = max(self._zoom / 2, 1 / 64)
        self.refresh_now()

    def _on_farther(self) -> None:
        self._zoom = min(self._zoom * 2, 64.0)
        self.refresh_now()

    # --- What is told ----------------------------------------------------------------------

    def _show_place(self) -> None:
        """Show where the cursor is on the map, if the map is of another iteration."""
        landscape, cursor = self.canvas.landscape, self.lab.cursor
        self.canvas.cursor_at = cursor
        self.canvas.here = (0.0, 0.0)
        if landscape is not None and cursor != self._centre:
            known = {o: v.shape for o, v in landscape.center.items()}
            now = self.lab.parameters
            if known == {origin: value.shape for origin, value in now.items()}:
                self.canvas.here = landscape.directions.steps_to(landscape.center, now)
        self.canvas.update()

    def _on_pointed(self, x: float, y: float) -> None:
        self._tell(QPointF(x, y))

    def _tell(self, point: QPointF | None = None) -> None:
        """Say the exact loss under the pointer, how far the work is, or where the map is from."""
        tr, landscape = self.session.tr, self.canvas.landscape
        is_working = self._job is not None and self._job.running
        asked = "contour.stop" if is_working else "contour.again"
        if not is_working and self.kind.value == "random":
            asked = "contour.others"
        self.again.setText(tr(_BUTTONS[asked]))
        found = None if point is None else self.canvas.loss_under(point)
        if self.problem is not None:
            text: Message | str = self.problem
        elif found is not None and landscape is not None:
            names = [tr(name) for name in landscape.directions.names]
            numbers = ", ".join(
                f"{name} = {format_number(value)}"
                for name, value in zip(names, found[:2], strict=True)
            )
            text = Message("contour.loss", numbers=numbers, loss=format_full(found[2]))
        elif is_working and self._job is not None:
            text = left_message(self._job)
        elif landscape is None:
            text = ""
        elif self._centre != self.lab.cursor:
            text = Message("contour.old", iteration=f"{self._centre:,}")
        else:
            text = Message("contour.of", iteration=f"{self._centre:,}")
        flat = landscape is not None and not is_working and is_flat(landscape.losses)
        self.legend.setText(tr(Message("contour.flat") if flat else Message("contour.legend")))
        self.told.setText(tr(text))

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("contour.name")))
        self.canvas.setAccessibleName(tr(Message("contour.name")))
        for button, name in (
            (self.nearer, Message("contour.nearer")),
            (self.farther, Message("contour.farther")),
        ):
            button.setToolTip(tr(name))
            button.setAccessibleName(tr(name))
        for chooser, name in (
            (self.first, Message("contour.first")),
            (self.second, Message("contour.second")),
        ):
            chooser.setToolTip(tr(name))
            chooser.setAccessibleName(tr(name))
        self.again.setText(tr(_BUTTONS["contour.again"]))

    def _restyle(self) -> None:
        pad = self.px(_PAD)
        self._column.setContentsMargins(pad, self.px(6), pad, self.px(8))
        self._column.setSpacing(self.px(6))
        for chooser, least, most in (
            (self.kind, 84, 170),
            (self.first, 100, 140),
            (self.second, 100, 140),
        ):
            chooser.setMinimumWidth(self.px(least))
            chooser.setMaximumWidth(self.px(most))
        for button in (self.nearer, self.farther):
            button.setFixedWidth(self.px(34))


_BUTTONS: Mapping[str, Message] = {
    "contour.stop": Message("contour.stop"),
    "contour.again": Message("contour.again"),
    "contour.others": Message("contour.others"),
}


def _name(place: Place) -> str:
    """Return what a parameter is called for short: `layer1.weight[0,2]` is W¹[0,2]."""
    layer, _, part = place.origin.partition(".")
    letter = {"weight": "W", "bias": "b"}.get(part)
    name = text_name(f"{letter}^{layer.removeprefix('layer')}") if letter else place.origin
    return f"{name}[{','.join(str(number) for number in place.index)}]" if place.index else name
