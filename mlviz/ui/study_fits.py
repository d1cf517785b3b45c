"""What the networks of a study answer: every fitted curve, with the data or the true function."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from mlviz.document.studies import BIAS, Plan
from mlviz.document.study_runs import Result
from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.picture.loss_curves import drawable
from mlviz.ui.line_legend import Entry
from mlviz.ui.plots import DASHED, SOLID, Plot
from mlviz.ui.session import Session

_MOST = 40
_ROOM = 0.25


class StudyFits(Plot):
    """The curves of one setting in front; those of the others behind."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._behind = [self.curve(Role.MUTED, 1.0, opacity=0.45) for _ in range(_MOST)]
        self.truth = self.curve(Role.FORWARD, 1.8, DASHED)
        self.chosen = self.curve(Role.SELECTED, 2.4)
        self.train = self.points(Role.TEXT, 6)
        self.held = self.points(Role.SELECTED, 6, "t")
        self._entries: list[Entry] = []

    def show_fits(self, plan: Plan, results: Sequence[Result], setting: float) -> None:
        """Draw the curves of a study with one setting in front."""
        chosen = [each for each in results if each.case.setting == setting]
        chosen = [each for each in chosen if each.answers is not None]
        points = plan.points
        if points is None or not chosen:
            return
        x, is_bias = points[:, 0], plan.study.name == BIAS
        firsts = [each for each in results if not each.case.number and each not in chosen]
        behind = chosen if is_bias else firsts
        for item, result in zip(self._behind, behind, strict=False):
            item.setData(x, drawable(np.asarray(result.answers)))
        for place, item in enumerate(self._behind):
            item.setVisible(place < len(behind))
        answers = np.array([each.answers for each in chosen])
        self.chosen.setData(x, drawable(answers.mean(axis=0) if is_bias else answers[0]))
        self.truth.setVisible(plan.truth is not None)
        if plan.truth is not None:
            self.truth.setData(x, plan.truth)
        seen = self._show_data(chosen[0], are_drawn=not is_bias)
        heights = np.concatenate([seen, [] if plan.truth is None else plan.truth])
        low, high = float(heights.min()), float(heights.max())
        room = _ROOM * max(high - low, 1e-9)
        self.set_range((float(x.min()), float(x.max())), (low - room, high + room))
        info = chosen[0].document.data
        assert info is not None
        self.set_labels(info.input_names[0], info.dataset.target_name)
        self._name(is_bias, plan.truth is not None)

    def _show_data(self, result: Result, *, are_drawn: bool) -> Any:
        """Show the examples of a training, unless each has others; return their answers."""
        info = result.document.data
        assert info is not None
        inputs, targets = info.dataset.inputs[:, 0], info.dataset.targets[:, 0]
        self.train.setData(inputs[info.split.train], targets[info.split.train])
        held = info.split.validation
        self.train.setVisible(are_drawn)
        self.held.setVisible(are_drawn)
        self.held.setData(inputs[held], targets[held])
        return targets

    def _name(self, is_bias: bool, has_truth: bool) -> None:
        self._entries = [
            Entry(Message("study.fit.mean" if is_bias else "study.fit.chosen"), Role.SELECTED),
            Entry(
                Message("study.fit.each" if is_bias else "study.fit.others"), Role.MUTED, SOLID, 1.0
            ),
        ]
        if has_truth:
            self._entries.append(Entry(Message("study.fit.truth"), Role.FORWARD, DASHED))

    def entries(self) -> list[Entry]:
        """Return what the lines are, for the legend."""
        return self._entries
