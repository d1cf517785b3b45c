"""The outcome of the run that is compared with, beside that of the run that is shown."""

from typing import Any, cast

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mlviz.learn.run import Run
from mlviz.learn.training import Parameters, Program
from mlviz.ui.lab_view import LabView
from mlviz.ui.region_view import RegionView
from mlviz.ui.session import Session


class OtherLab:
    """The lab as it would be if the other run were shown, at the same iteration.

    What it has not got of its own is the lab's.
    """

    def __init__(self, session: Session) -> None:
        self._lab = session.lab

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lab, name)

    @property
    def run(self) -> Run:
        """The run that is compared with; if there is none, the one that is shown."""
        return self._lab.other or self._lab.run

    @property
    def other(self) -> Run | None:
        """Nothing: it stands alone."""
        return None

    @property
    def cursor(self) -> int:
        """The same iteration; its own end if that is earlier."""
        return min(self._lab.cursor, self.run.head)

    @property
    def program(self) -> Program:
        """What is trained there."""
        return self.run.training.program_of(self.cursor)

    @property
    def parameters(self) -> Parameters:
        """What that iteration starts with."""
        return self.run.training.parameters(self.cursor)


class OtherSession:
    """The session, with the lab as it would be if the other run were shown."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.lab = OtherLab(session)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class BesideView(LabView):
    """A second outcome view, which shows the other run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.region = RegionView(cast(Session, OtherSession(session)), self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.region)

    def set_top(self, px: int) -> None:
        """Begin lower by so much: beside a panel with tabs both planes are as high then."""
        self._column.setContentsMargins(0, px, 0, 0)

    def refresh(self) -> None:
        """The view inside refreshes itself."""
        self.region.setVisible(self.lab.other is not None)
