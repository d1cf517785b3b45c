"""The outcome over the data: regions of classes, a field of answers, or a fitted curve."""

import time

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.learn.network import NetworkProgram
from mlviz.numerals import format_number
from mlviz.picture.outcome import PART_NAMES, PARTS, outcome, probabilities
from mlviz.picture.predictions import first_features
from mlviz.picture.reading import Reading
from mlviz.picture.region import Plane, plane_of
from mlviz.picture.region_scene import (
    Wishes,
    answer_at,
    own_inputs,
    region_scene,
    widened,
    without_examples,
)
from mlviz.ui.draw_points import DrawPoints
from mlviz.ui.lab_words import count_of, wrong_message
from mlviz.ui.outcome_panel import OutcomePanel
from mlviz.ui.region_canvas import NO_NETWORK, RegionCanvas
from mlviz.ui.region_legend import RegionLegend, entries_of
from mlviz.ui.region_tools import RegionTools
from mlviz.ui.session import Session
from mlviz.ui.widgets import ElidedLabel

_SIDES = (24, 32, 48, 64, 80, 100)
_BUDGET_SECONDS = 0.002
_REST_SECONDS = 0.03
_MOST_EXAMPLES = 1500
_PAD = 20


class RegionView(OutcomePanel):
    """Qt view of `picture.region_scene`, with tools to draw points by hand."""

    most_a_second = 120.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.tools = RegionTools(session, self)
        self.canvas = RegionCanvas(session, self)
        self.legend = RegionLegend(session, self)
        self.told = ElidedLabel("muted", self)
        self.send = QPushButton(self)
        self.send.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tools.hide()  # until it is known whether there is a network
        self.send.hide()
        self._plane: tuple[tuple[object, ...], Plane] | None = None
        self._side = len(_SIDES) - 2
        self._cost = 0.0  # seconds that a point takes, about
        self.pen = DrawPoints(self.lab)
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        below = QHBoxLayout()
        below.addWidget(self.told, 1)
        below.addWidget(self.send)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.tools)
        self._column.addWidget(self.canvas, 1)
        self._column.addWidget(self.legend)
        self._column.addLayout(below)
        self.tools.changed.connect(self._on_tools_changed)
        self.tools.cleared.connect(self._on_cleared)
        self.canvas.resized.connect(self.request_refresh)
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.chosen.connect(self.choose)
        self.canvas.opened.connect(self.open_place)
        self.canvas.drawn.connect(self._on_drawn)
        self.canvas.erased.connect(self._on_erased)
        self.send.clicked.connect(self.send_chosen)
        self._retranslate()
        self._restyle()

    # --- What is shown ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the run at the cursor."""
        program = self.program
        if program is None:
            self.canvas.show_scene(None)
            self.canvas.reason = NO_NETWORK
            self.canvas.setAccessibleDescription(self.session.tr(NO_NETWORK))
            self.legend.show_entries(())
            self.told.setText("")
        for part in (self.tools, self.send):
            part.setVisible(program is not None)
        if program is None:
            return
        lab, begun = self.lab, time.perf_counter()
        self.found = outcome(program, lab.parameters, most=_MOST_EXAMPLES)
        reading = self.read(program)
        self._offer(program, reading)
        other = self.other(program)
        is_still = not lab.running
        side = self._finest() if is_still else _SIDES[self._side]
        outlined = is_still or len(self.found.classes) == 2
        wishes = Wishes(
            self._features(reading), self._output(program), side, self.canvas.stretch, outlined
        )
        plane = None if reading.features == 1 else self._plane_for(reading, wishes)
        scene = region_scene(program, lab.parameters, self.found, reading, wishes, other, plane)
        self._pace(time.perf_counter() - begun, side, is_still)
        if self.pen.is_blank:
            scene = without_examples(scene)
        self.canvas.selected = -1 if self.pen.is_blank else self.chosen_place()
        self.canvas.residuals = self.tools.residuals.isChecked()
        self.canvas.show_scene(scene)
        self.legend.show_entries(entries_of(scene, self.canvas.residuals))
        self._tell()
        if not is_still:
            # An update would wait, and often for longer than until the next frame.
            self.canvas.repaint()

    def forget_reading(self) -> None:
        """Forget where the examples were."""
        self._plane = None

    def _plane_for(self, reading: Reading, wishes: Wishes) -> Plane:
        key = (wishes.features, round(wishes.stretch, 3))
        if self._plane is None or self._plane[0] != key:
            assert self.found is not None
            inputs = own_inputs(self.found, reading)
            whole = plane_of(inputs, wishes.features, reading.to_network)
            self._plane = key, widened(whole, wishes.stretch)
        return self._plane[1]

    def _features(self, reading: Reading) -> tuple[int, int]:
        return (0, 1) if reading.features <= 2 else self.tools.features

    def _output(self, program: NetworkProgram) -> int:
        return min(max(self.tools.output.currentIndex(), 0), program.spec.layers[-1].units - 1)

    def _offer(self, program: NetworkProgram, reading: Reading) -> None:
        assert self.found is not None
        classes, outputs = self.found.classes, program.spec.layers[-1].units
        self.tools.show_choices(
            reading.names[:-1],
            classes,
            outputs,
            can_draw=self.pen.is_possible(reading.features, classes, outputs),
            is_curve=reading.features == 1,
            usual=0.0 if classes else float(np.median(reading.from_network(self.found.truth))),
            first=first_features(reading.inputs["train"], reading.names[:-1]),
        )
        self.canvas.tool = self.tools.tool
        self.canvas.ink = max(self.tools.ink.currentIndex(), 0)

    def _finest(self) -> int:
        """Return how many points are asked at rest: as many as nobody has to wait for."""
        fine = (side for side in reversed(_SIDES) if side**2 * self._cost <= _REST_SECONDS)
        return next(fine, _SIDES[0])

    def _pace(self, seconds: float, side: int, is_still: bool) -> None:
        """Ask fewer points while training if they take too long, and more if there is time."""
        # Once in a while the machine does something else; that is not what a point costs.
        cost = seconds / side**2
        self._cost = min(cost, 2 * self._cost) if self._cost else cost
        if is_still:
            return
        if seconds > _BUDGET_SECONDS * 1.3 and self._side > 0:
            self._side -= 1
        elif seconds < _BUDGET_SECONDS * 0.5 and self._side < len(_SIDES) - 2:
            self._side += 1

    # --- What is drawn ---------------------------------------------------------------------

    def _on_tools_changed(self) -> None:
        self._plane = None
        if self.tools.tool == "point":
            self.lab.set_blank(False)
        self.refresh_now()

    def _on_cleared(self) -> None:
        self.pen.clear()
        self.refresh_now()

    def _on_drawn(self, places: list[tuple[float, float]]) -> None:
        scene = self.canvas.scene
        if scene is not None:
            points = [scene.plane.numbers(*place) for place in places]
            is_curve = scene.kind == "curve"
            self.pen.add(points, self.canvas.ink, self.tools.value.number, is_curve=is_curve)
        self.refresh_now()

    def _on_erased(self, places: list[int]) -> None:
        if not self.pen.is_current:
            self.session.noted.emit(Message("region.other_data"))
            self.lab.seek(self.lab.run.head)
        elif self.found is not None:
            chosen = [(int(self.found.parts[p]), int(self.found.rows[p])) for p in places]
            self.pen.remove(chosen)
        self.choose(-1)
        self.refresh_now()

    # --- What is told ----------------------------------------------------------------------

    def _on_pointed(self, x: float, y: float) -> None:
        self._tell((x, y) if x >= 0 else None)

    def _tell(self, place: tuple[float, float] | None = None) -> None:
        """Say the exact numbers under the pointer, of the selected example, or the sum of it."""
        tr, scene, found = self.session.tr, self.canvas.scene, self.found
        self.send.setEnabled(self.can_send)
        self.send.setToolTip(self.session.tr(self.send_tip))
        if scene is None or found is None:
            return
        example = self.canvas.selected
        if place is not None:
            point = self.canvas.area.topLeft()
            point.setX(point.x() + place[0] * self.canvas.area.width())
            point.setY(point.y() + place[1] * self.canvas.area.height())
            example = self.canvas.example_at(point)
        if example >= 0:
            text = tr(self._about_example(example))
        elif place is not None:
            text = tr(self._about_place(*place))
        else:
            text = tr(self._about_all())
        self.told.setText(text)
        self.told.setToolTip(text)
        if place is None:
            self.canvas.setAccessibleDescription(text)

    def _about_example(self, place: int) -> Message:
        found, reading = self.found, self.reading
        assert found is not None
        assert reading is not None
        row, part = int(found.rows[place]), PARTS[int(found.parts[place])]
        own = reading.inputs[part][row]
        shown = self._features(reading) if reading.features > 1 else (0,)
        numbers = ", ".join(f"{reading.names[f]} = {format_number(own[f])}" for f in shown)
        if found.classes:
            truth, answer = int(found.truth[place]), int(found.predicted[place])
            said: dict[str, Message | str | int] = {
                "number": row + 1,
                "part": PART_NAMES[part],
                "numbers": numbers,
                "truth": found.classes[truth],
                "chance": format_number(found.probabilities[place, answer]),
                "loss": format_number(found.losses[place]),
            }
            if found.undecided[place]:
                return Message("region.example.undecided", **said)
            return Message("region.example.class", answer=found.classes[answer], **said)
        output = self._output(self._asserted())
        targets = reading.from_network(found.truth[place : place + 1])[0, output]
        answers = reading.from_network(found.predicted[place : place + 1])[0, output]
        return Message(
            "region.example.number",
            number=row + 1,
            part=PART_NAMES[part],
            numbers=numbers,
            truth=format_number(targets),
            answer=format_number(answers),
            loss=format_number(found.losses[place]),
        )

    def _asserted(self) -> NetworkProgram:
        program = self.program
        assert program is not None
        return program

    def _about_place(self, x: float, y: float) -> Message:
        scene, reading = self.canvas.scene, self.reading
        assert scene is not None
        assert reading is not None
        program, plane = self._asserted(), scene.plane
        across, up = plane.numbers(x, y)
        if scene.kind == "curve" and len(scene.classes) > 2:
            chances = self._curves_at(across)
            best = int(chances.argmax())
            return Message(
                "region.place.class",
                numbers=f"{scene.names[0]} = {format_number(across)}",
                answer=scene.classes[best],
                chance=format_number(chances[best]),
            )
        if scene.kind == "curve":
            return Message(
                "region.place.curve",
                name=scene.names[0],
                x=format_number(across),
                other=scene.names[1],
                y=format_number(self._curves_at(across)[0]),
            )
        outputs = answer_at(program, self.lab.parameters, plane, x, y)[None]
        numbers = f"{scene.names[0]} = {format_number(across)}, {scene.names[1]} = "
        numbers += format_number(up)
        if scene.classes:
            chances = probabilities(program, outputs)[0]
            best = int(chances.argmax())
            return Message(
                "region.place.class",
                numbers=numbers,
                answer=scene.classes[best],
                chance=format_number(chances[best]),
            )
        answer = reading.from_network(outputs)[0, self._output(program)]
        return Message("region.place.number", numbers=numbers, answer=format_number(answer))

    def _curves_at(self, x: float) -> Array:
        scene = self.canvas.scene
        assert scene is not None
        assert scene.curve is not None
        return np.array([np.interp(x, scene.curve.x, column) for column in scene.curve.y.T])

    def _about_all(self) -> Message:
        found, reading = self.found, self.reading
        if self.pen.is_blank:
            return Message("region.blank")
        assert found is not None
        assert reading is not None
        if reading.features > 2:
            return Message("region.slice", n=reading.features - 2)
        if found.classes:
            return wrong_message(found, np.ones(len(found), dtype=bool))
        return count_of(len(found))

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("region.name")))
        self.canvas.setAccessibleName(tr(Message("region.name")))
        self.canvas.setToolTip("")
        self.send.setText(tr(Message("region.send")))

    def _restyle(self) -> None:
        pad = self.px(_PAD)
        self._column.setContentsMargins(pad, self.px(6), pad, self.px(8))
        self._column.setSpacing(self.px(6))
