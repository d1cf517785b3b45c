"""What a study looks like: lines over the settings, with the spread of the repetitions.

Every training is a dot of its own; a dot knows which one it is, so that it can be opened.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlviz.autograd import Array
from mlviz.document.studies import BIAS, DEGREE, EXAMPLES, SHIFTS, STOPPING, Plan
from mlviz.document.study_runs import Result, decompositions
from mlviz.learn.studies import Stopping, by_setting, lowest, stopping
from mlviz.numerals import MINUS, format_number

LOSS, METRIC, WEIGHTS = "loss", "metric", "weights"
EXACT = "exact."
"""Before the name of a part: its loss with the least squares."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line with its spread; where nothing is spread, `low` and `high` are the line itself."""

    name: str
    x: Array
    y: Array
    low: Array
    high: Array


@dataclass(frozen=True, slots=True)
class Dot:
    """One training: where it is, its place among the results, and the iteration meant."""

    x: float
    y: float
    result: int
    iteration: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the axis that has a name."""

    name: str
    x: float


@dataclass(frozen=True, slots=True, eq=False)
class StudyLines:
    """Everything in the plot of a study.

    Attributes:
        lines: means over the repetitions.
        dots: single trainings.
        ticks: where numbers stand at the axis; empty for any.
        span: from where to where the axis goes.
        marks: places that have a name: the best setting, where training would have stopped.
    """

    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    span: tuple[float, float] = (0.0, 1.0)
    marks: tuple[Mark, ...] = ()


def setting_text(value: float) -> str:
    """Return a setting as it is written."""
    if 0 < abs(value) < 1e-3:
        text = f"{value:.3e}"
        mantissa, exponent = text.split("e")
        text = f"{float(mantissa):g}e{int(exponent)}"
    else:
        text = f"{value:,.6g}" if value == int(value) else f"{value:g}"
    return text.replace("-", MINUS)


def places(values: Sequence[float], *, log: bool) -> dict[float, float]:
    """Return where settings stand on the axis; on a logarithmic one 0 is left of the least."""
    if not log:
        return {value: float(value) for value in values}
    positive = [value for value in values if value > 0]
    least = math.log10(min(positive)) if positive else 0.0
    return {value: math.log10(value) if value > 0 else least - 1.0 for value in values}


def ticks(at: Mapping[float, float]) -> tuple[tuple[float, str], ...]:
    """Return the numbers at the axis: every setting."""
    return tuple(sorted((place, setting_text(value)) for value, place in at.items()))


def with_room(
    marks: Sequence[tuple[float, str]], letters: float, gap: float = 2.0
) -> list[tuple[float, str]]:
    """Return the numbers at an axis for which there is room; the first is always there.

    Args:
        marks: place and text, from left to right.
        letters: how wide a letter is, in units of the axis.
        gap: letters that are to be free between two texts.
    """
    found: list[tuple[float, str]] = []
    for place, text in marks:
        before = len(found[-1][1]) if found else 0
        if not found or place - found[-1][0] >= ((before + len(text)) / 2 + gap) * letters:
            found.append((place, text))
    return found


def study_lines(
    plan: Plan, results: Sequence[Result], shows: str, patience: int = 1, min_delta: float = 0.0
) -> StudyLines:
    """Return what the plot of a study shows, of the results there are so far.

    Args:
        plan: the study.
        results: what is finished.
        shows: `loss`, `metric` or `weights`.
        patience: of the study of early stopping.
        min_delta: of the same.
    """
    if plan.study.name == STOPPING:
        return _course(results[0], shows, patience, min_delta) if results else StudyLines()
    settings = sorted({case.setting for case in plan.cases})
    at = places(settings, log=plan.study.log)
    span = (min(at.values()), max(at.values()))
    room = 0.04 * max(span[1] - span[0], 0.1)
    ends = (span[0] - room, span[1] + room)
    best = best_setting(plan, results) if shows == LOSS else None
    marks = (Mark("best", at[best]),) if best is not None else ()
    if plan.study.name == BIAS:
        return StudyLines(_parts_of_error(plan, results, at), (), ticks(at), ends, marks)
    lines, dots = [], []
    for name, value_of in _measures(plan, results, shows).items():
        line, found = _line(name, results, value_of, at)
        lines.append(line)
        dots += found
    if plan.study.name == DEGREE:
        lines += _exact(results, shows, at)
    return StudyLines(tuple(lines), tuple(dots), ticks(at), ends, marks)


def _measures(
    plan: Plan, results: Sequence[Result], shows: str
) -> dict[str, Callable[[Result], float]]:
    """Return what is drawn by the name of its line."""
    if shows == WEIGHTS:
        is_sum = plan.study.name == "l1"
        return {"sum" if is_sum else "length": weight_sum if is_sum else weight_length}
    found: dict[str, Callable[[Result], float]] = {}
    for part in parts_of(results):
        found[part] = _Scored(part, shows)
    return found


@dataclass(frozen=True, slots=True)
class _Scored:
    part: str
    shows: str

    def __call__(self, result: Result) -> float:
        score = result.trained.scores[self.part]
        return score.loss if self.shows == LOSS else score.metric


def weight_length(result: Result) -> float:
    """Return ‖w‖₂."""
    return result.trained.length


def weight_sum(result: Result) -> float:
    """Return Σ|w|."""
    return result.trained.sum


def parts_of(results: Sequence[Result]) -> tuple[str, ...]:
    """Return which parts were measured."""
    return tuple(results[0].trained.scores) if results else ()


def _line(
    name: str,
    results: Sequence[Result],
    value_of: Callable[[Result], float],
    at: Mapping[float, float],
) -> tuple[Line, list[Dot]]:
    values = [(each.case.setting, value_of(each)) for each in results]
    means = by_setting(values)
    x = np.array([at[setting] for setting in means])
    mean = np.array([each.mean for each in means.values()])
    deviation = np.nan_to_num(np.array([each.deviation for each in means.values()]))
    dots = [
        Dot(at[setting], value, place, results[place].trained.iteration)
        for place, (setting, value) in enumerate(values)
    ]
    return Line(name, x, mean, mean - deviation, mean + deviation), dots


def _exact(results: Sequence[Result], shows: str, at: Mapping[float, float]) -> tuple[Line, ...]:
    """Return what the least squares would give, of the recipe's own seeds."""
    known = [each for each in results if each.exact and not each.case.number]
    if shows != LOSS or not known or len({each.case.setting for each in known}) < 2:
        return ()
    known.sort(key=lambda each: each.case.setting)
    x = np.array([at[each.case.setting] for each in known])
    values = {part: np.array([each.exact[part] for each in known]) for part in known[0].exact}
    return tuple(Line(EXACT + part, x, y, y, y) for part, y in values.items() if part != "test")


def best_setting(plan: Plan, results: Sequence[Result]) -> float | None:
    """Return the setting with the lowest validation loss.

    More examples are always welcome, and a shift is nobody's choice: there is no best one.
    """
    name = plan.study.name
    if name == BIAS:
        found = {k: each.error for k, each in decompositions(plan, results).items()}
        return min(found, key=found.__getitem__) if found else None
    if name in (STOPPING, EXAMPLES, *SHIFTS) or "validation" not in parts_of(results):
        return None
    scored = _Scored("validation", LOSS)
    return lowest(by_setting([(each.case.setting, scored(each)) for each in results]))


def _parts_of_error(
    plan: Plan, results: Sequence[Result], at: Mapping[float, float]
) -> tuple[Line, ...]:
    found = decompositions(plan, results)
    x = np.array([at[setting] for setting in found])
    lines = []
    for name in ("error", "bias", "variance", "noise"):
        y = np.array([getattr(each, name) for each in found.values()])
        lines.append(Line(name, x, y, y, y))
    return tuple(lines)


# --- Early stopping ------------------------------------------------------------------------


def stopped_at(result: Result, patience: int, min_delta: float) -> Stopping:
    """Return where early stopping would have ended a training."""
    return stopping(result.trained.run.curves.losses["validation"], patience, min_delta)


def _course(result: Result, shows: str, patience: int, min_delta: float) -> StudyLines:
    curves, program = result.trained.run.curves, result.trained.program
    x = (curves.at - 1) / program.iterations_per_epoch
    measured = curves.losses if shows != METRIC else curves.metrics
    lines = tuple(Line(part, x, y, y, y) for part, y in measured.items())
    found = stopped_at(result, patience, min_delta)
    marks = [Mark("restored", float(x[found.best]))]
    if found.stop is not None:
        marks.append(Mark("stopped", float(x[found.stop])))
    end = max(float(x[-1]), 1.0)
    return StudyLines(lines, (), (), (0.0, end), tuple(marks))


def numbers_text(mean: float, deviation: float) -> str:
    """Return a mean with its deviation, if there is one."""
    text = format_number(mean)
    return text if math.isnan(deviation) else f"{text} ± {format_number(deviation, 2)}"
