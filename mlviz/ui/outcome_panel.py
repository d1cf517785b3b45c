"""What panels share that show a network's answers: whose they are, and which one is chosen."""

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.learn import measure
from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.learn.training import Parameters
from mlviz.picture.outcome import PART_NAMES, PARTS, Outcome
from mlviz.picture.reading import Reading, reading_of
from mlviz.ui.lab_view import LabView
from mlviz.ui.send_example import send_example
from mlviz.ui.session import Session
from mlviz.ui.stale_veil import StaleVeil


def network_of(run: Run, cursor: int) -> tuple[NetworkProgram, Parameters] | None:
    """Return a run's network with its numbers at an iteration; None if it is a formula."""
    number = min(cursor, run.head)
    program = run.training.program_of(number)
    if not isinstance(program, NetworkProgram):
        return None
    return program, run.training.parameters(number)


def comparable(one: NetworkProgram, other: NetworkProgram) -> bool:
    """Return whether two networks read and answer the same."""
    return (
        one.inputs.shape[1] == other.inputs.shape[1]
        and one.spec.layers[-1].units == other.spec.layers[-1].units
        and one.loss.of_classes == other.loss.of_classes
    )


class OutcomePanel(LabView):
    """A panel that shows answers to examples, of which one can be chosen.

    Attributes:
        found: the examples that are shown, with their answers.
        reading: what their numbers mean.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.found: Outcome | None = None
        self.reading: Reading | None = None
        self._read_of: tuple[object, object] = (None, None)
        self.veil = StaleVeil(session, self)

    def showEvent(self, event: QShowEvent) -> None:
        """Let the veil lie over all parts."""
        super().showEvent(event)
        self.veil.raise_()

    @property
    def program(self) -> NetworkProgram | None:
        """The network at the cursor; None if a formula is trained."""
        program = self.lab.program
        return program if isinstance(program, NetworkProgram) else None

    def read(self, program: NetworkProgram) -> Reading:
        """Return what the numbers of a network mean."""
        info = self.lab.trials.shown.document.data
        known = self._read_of
        if self.reading is None or known[0] is not program.inputs or known[1] is not info:
            self.reading = reading_of(program, info)
            self._read_of = (program.inputs, info)
            self.forget_reading()
        return self.reading

    def forget_reading(self) -> None:
        """Forget what followed from the examples: there are others now."""

    def other(self, program: NetworkProgram) -> tuple[NetworkProgram, Parameters] | None:
        """Return the run that is compared with, if it answers the same question."""
        other = None if self.lab.other is None else network_of(self.lab.other, self.lab.cursor)
        return other if other is not None and comparable(other[0], program) else None

    @property
    def chosen(self) -> tuple[int, int | None]:
        """Part and row of the chosen example; no row if none is."""
        selected = self.lab.selected
        return (0, None) if selected is None else (PARTS.index(selected[0]), selected[1])

    def chosen_place(self) -> int:
        """Return where the chosen example stands among those that are shown; −1 for none."""
        part, row = self.chosen
        if self.found is None or row is None:
            return -1
        places = np.nonzero((self.found.parts == part) & (self.found.rows == row))[0]
        return int(places[0]) if len(places) else -1

    def choose(self, place: int) -> None:
        """Choose an example by its place, in all panels; −1 for none."""
        found = self.found
        if found is None:
            return
        if place < 0:
            self.lab.select_row(None)
        else:
            self.lab.select_row(int(found.rows[place]), PARTS[int(found.parts[place])])
        self.request_refresh()

    @property
    def can_send(self) -> bool:
        """Whether there is a chosen example to be followed through the network."""
        program, selected = self.program, self.lab.selected
        if program is None or selected is None:
            return False
        part, row = selected
        return part in measure.parts(program) and row < len(measure.rows_of(program, part)[0])

    @property
    def send_tip(self) -> Message:
        """What following the chosen example does, or why there is nothing to follow."""
        selected = self.lab.selected
        if selected is None or not self.can_send:
            return Message("region.send.choose")
        if selected[0] == "train":
            return Message("region.send.tip")
        return Message("region.send.alone", part=PART_NAMES[selected[0]])

    def send_chosen(self) -> None:
        """Follow the chosen example through the network."""
        selected = self.lab.selected
        if selected is not None and self.can_send:
            send_example(self.session, selected[1], selected[0])

    def open_place(self, place: int) -> None:
        """Choose an example and follow it through the network."""
        self.choose(place)
        self.send_chosen()
