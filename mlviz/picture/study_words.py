"""What came of a study, in a sentence or two."""

import math
from collections.abc import Sequence

from mlviz.document.studies import BIAS, EXAMPLES, SHIFTS, STOPPING, Plan
from mlviz.document.study_runs import Result, decompositions
from mlviz.i18n import Message
from mlviz.learn.measure import metric_name
from mlviz.learn.studies import by_setting
from mlviz.numerals import format_number
from mlviz.picture.study_lines import best_setting, setting_text, stopped_at


def summary(plan: Plan, results: Sequence[Result], patience: int = 1) -> list[Message]:
    """Return what the results so far say."""
    if not results:
        return []
    name = plan.study.name
    if name == STOPPING:
        return [_stopping(results[0], patience)]
    if name in SHIFTS:
        return _shifted(plan, results)
    if name == EXAMPLES:
        return _of_rows(results)
    best = best_setting(plan, results)
    if best is None:
        return []
    varied: dict[str, Message | str] = {"name": plan.study.varied, "value": setting_text(best)}
    if name == BIAS:
        found = decompositions(plan, results)[best]
        parts = {key: format_number(getattr(found, key)) for key in ("bias", "variance", "noise")}
        told = Message("study.told.bias", error=format_number(found.error), **parts, **varied)
        return [told, Message("study.told.sets", sets=found.sets)]
    losses = [(each.case.setting, each.trained.scores["validation"].loss) for each in results]
    mean = by_setting(losses)[best].mean
    return [Message("study.told.lowest", loss=format_number(mean), **varied)]


def _stopping(result: Result, patience: int) -> Message:
    curves, each = result.trained.run.curves, result.trained.program.iterations_per_epoch
    losses, found = curves.losses["validation"], stopped_at(result, patience, 0.0)
    numbers = {
        "best": f"{(curves.at[found.best] - 1) / each:,g}",
        "loss": format_number(float(losses[found.best])),
        "end": f"{(curves.at[-1] - 1) / each:,g}",
        "last": format_number(float(losses[-1])),
    }
    if found.stop is None:
        return Message("study.told.not_stopped", **numbers)
    return Message("study.told.stopped", stop=f"{(curves.at[found.stop] - 1) / each:,g}", **numbers)


def _of_rows(results: Sequence[Result]) -> list[Message]:
    """Return the losses with the fewest and with the most training rows."""
    losses = {
        part: by_setting([(each.case.setting, each.trained.scores[part].loss) for each in results])
        for part in ("train", "validation")
        if all(part in each.trained.scores for each in results)
    }
    rows = list(losses["train"])
    if len(rows) < 2 or "validation" not in losses:
        return []
    texts = {
        (part, row): format_number(losses[part][row].mean)
        for part in losses
        for row in (rows[0], rows[-1])
    }
    return [
        Message(
            "study.told.examples",
            fewest=setting_text(rows[0]),
            most=setting_text(rows[-1]),
            loss=texts["validation", rows[-1]],
            train=texts["train", rows[-1]],
            first=texts["validation", rows[0]],
            first_train=texts["train", rows[0]],
        )
    ]


def _shifted(plan: Plan, results: Sequence[Result]) -> list[Message]:
    """Return the best and the worst metric of the test rows."""
    pairs = [(each.case.setting, each.trained.scores["test"].metric) for each in results]
    means = {setting: each.mean for setting, each in by_setting(pairs).items()}
    known = {setting: mean for setting, mean in means.items() if math.isfinite(mean)}
    if len(known) < 2:
        return []
    best, worst = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    numbers = {
        "best": setting_text(best),
        "high": format_number(known[best]),
        "worst": setting_text(worst),
        "low": format_number(known[worst]),
    }
    metric = metric_name(results[0].trained.program)
    return [Message("study.told.shift", metric=metric, name=plan.study.varied, **numbers)]
