"""A study as far as it is done."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mlviz.document.document import Document
from mlviz.document.studies import STOPPING, Plan
from mlviz.document.study_runs import Result
from mlviz.i18n import Message
from mlviz.picture.study_lines import setting_text


@dataclass(eq=False)
class Done:
    """What is finished of a study.

    Attributes:
        plan: the study.
        base: the recipe that it varies.
        results: what is finished.
    """

    plan: Plan
    base: Document
    results: list[Result] = field(default_factory=list)

    def iteration_at(self, epoch: float) -> int:
        """Return the measured iteration of the first training that is nearest to an epoch."""
        trained = self.results[0].trained
        wanted = epoch * trained.program.iterations_per_epoch + 1
        return int(min(trained.run.curves.at, key=lambda number: abs(float(number) - wanted)))

    def name_of(self, result: Result, tr: Callable[[Message], str]) -> str:
        """Return what a training is called in the lab."""
        study = self.plan.study
        if study.name == STOPPING:
            return tr(study.title)
        text = f"{tr(study.varied)} {setting_text(result.case.setting)}"
        more = f" · {result.case.number + 1}" if result.case.number else ""
        return text[:1].upper() + text[1:] + more
