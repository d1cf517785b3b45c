"""The lines and the table of a study: places on the axis, means, spreads and the best setting."""

import math

import numpy as np
import pytest

from mlviz.document import recipe
from mlviz.document.document import Document
from mlviz.document.studies import BIAS, STOPPING, Plan, Wishes, planned
from mlviz.document.study_runs import Result, each_result
from mlviz.numerals import format_number
from mlviz.picture.study_lines import (
    LOSS,
    METRIC,
    WEIGHTS,
    best_setting,
    places,
    setting_text,
    study_lines,
    ticks,
    with_room,
)
from mlviz.picture.study_table import study_table
from mlviz.picture.study_words import summary
from tests.outcomes import curve, document, two_classes


def done(
    opened: Document, name: str, values: tuple[float, ...], epochs: int = 5, repeats: int = 1
) -> tuple[Plan, list[Result]]:
    plan = planned(opened, name, Wishes(values, epochs, repeats))
    return plan, [part for part in each_result(opened, plan) if isinstance(part, Result)]


def test_zero_stands_a_decade_left_of_the_least_on_a_logarithmic_axis() -> None:
    assert places([0.0, 0.01, 1.0], log=True) == {0.0: -3.0, 0.01: -2.0, 1.0: 0.0}
    assert places([0.0, 2.0], log=False) == {0.0: 0.0, 2.0: 2.0}
    assert ticks({0.01: -2.0, 0.0: -3.0}) == ((-3.0, "0"), (-2.0, "0.01"))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1e-4, "1e−4"), (3e-4, "3e−4"), (0.001, "0.001"), (1078, "1,078"), (-1.5, "−1.5")],
)
def test_settings_are_written_short(value: float, text: str) -> None:
    assert setting_text(value) == text


def test_numbers_without_room_are_left_out_but_for_the_first() -> None:
    marks = [(0.0, "000"), (1.0, "111"), (5.0, "555"), (9.0, "999")]
    assert with_room(marks, letters=1.0, gap=2.0) == [(0.0, "000"), (5.0, "555")]


def test_a_line_is_the_mean_with_its_deviation_and_every_training_a_dot() -> None:
    plan, results = done(document(two_classes(validation=0.25)), "l1", (0.0, 0.1), repeats=3)
    found = study_lines(plan, results, LOSS)
    assert [line.name for line in found.lines] == ["train", "validation"]
    losses = [each.trained.scores["validation"].loss for each in results]
    first = [losses[place] for place, each in enumerate(results) if each.case.setting == 0.0]
    line = found.lines[1]
    assert line.y[0] == pytest.approx(np.mean(first))
    assert line.high[0] - line.y[0] == pytest.approx(np.std(first, ddof=1))
    assert sorted(dot.y for dot in found.dots)[-1] == max(
        max(losses), *(each.trained.scores["train"].loss for each in results)
    )
    assert len(found.dots) == 2 * len(results)
    for dot in found.dots:
        assert dot.iteration == results[dot.result].trained.iteration


def test_the_lowest_validation_loss_is_marked_and_stands_out_in_the_table() -> None:
    plan, results = done(document(two_classes(validation=0.25)), "l1", (0.0, 0.3, 3.0), 60)
    losses = {each.case.setting: each.trained.scores["validation"].loss for each in results}
    best = min(losses, key=losses.__getitem__)
    assert best_setting(plan, results) == best
    found = study_lines(plan, results, LOSS)
    assert [mark.x for mark in found.marks] == [places(list(losses), log=True)[best]]
    table = study_table(plan, results)
    assert [row.is_best for row in table.rows] == [setting == best for setting in sorted(losses)]
    assert [row.cells[0].text for row in table.rows] == ["0", "0.3", "3"]
    assert len(table.columns) == len(table.rows[0].cells) == 7
    assert [message.id for message in summary(plan, results)] == ["study.told.lowest"]


def test_a_learning_curve_is_told_by_its_ends() -> None:
    plan, results = done(document(two_classes(validation=0.25)), "examples", (8.0, 20.0), 40)
    (told,) = summary(plan, results)
    assert (told.values["fewest"], told.values["most"]) == ("8", "20")
    last = next(each.trained for each in results if each.case.setting == 20.0)
    assert told.values["loss"] == format_number(last.scores["validation"].loss)
    assert told.values["train"] == format_number(last.scores["train"].loss)
    assert summary(plan, results[:1]) == []


def test_weights_grow_shorter_with_the_penalty() -> None:
    plan, results = done(document(two_classes(validation=0.25)), "weight_decay", (0.0, 1.0), 40)
    line = study_lines(plan, results, WEIGHTS).lines[0]
    assert line.name == "length"
    assert line.y[1] < 0.5 * line.y[0]


def test_the_metric_of_shifted_rows_is_told_from_best_to_worst() -> None:
    plan, results = done(document(two_classes(test=0.3)), "rotate", (0.0, 180.0), 60)
    line = study_lines(plan, results, METRIC).lines[-1]
    assert line.name == "test"
    assert line.y[1] < line.y[0]
    assert study_lines(plan, results, METRIC).marks == ()
    told = summary(plan, results)[0]
    assert (told.values["best"], told.values["worst"]) == ("0", "180")


def test_early_stopping_is_shown_for_any_patience_without_training_again() -> None:
    table = curve(count=24, validation=0.5, degree=9, noise=0.3)
    table = recipe.with_optimizer(recipe.with_inputs(table, 9), "Adam", lr=0.05)
    plan, results = done(document(table), STOPPING, (0.0,), 200)
    losses = results[0].trained.run.curves.losses["validation"]
    soon, late = (study_lines(plan, results, LOSS, patience) for patience in (2, 30))
    assert [mark.name for mark in soon.marks] == ["restored", "stopped"]
    assert soon.marks[1].x < late.marks[1].x
    assert losses[int(late.marks[0].x)] == losses[: int(late.marks[1].x) + 1].min()
    rows = study_table(plan, results, 2).rows
    assert len(rows) == 3
    assert rows[-1].iteration == 201
    assert study_lines(plan, results, LOSS, 1000).marks[-1].name == "restored"
    assert summary(plan, results, 1000)[0].id == "study.told.not_stopped"


def test_bias_variance_and_noise_are_lines_that_add_up() -> None:
    plan, results = done(document(curve(noise=0.2)), BIAS, (1, 2), 20, repeats=4)
    lines = {line.name: line.y for line in study_lines(plan, results, LOSS).lines}
    np.testing.assert_allclose(lines["bias"] + lines["variance"] + lines["noise"], lines["error"])
    assert len(study_table(plan, results).rows) == 2
    assert summary(plan, results)[1].values["sets"] == 4


def test_what_diverged_leaves_a_gap_and_is_never_the_best() -> None:
    table = recipe.with_optimizer(curve(validation=0.3), lr=0.05)
    plan, results = done(document(table), "weight_decay", (0.0, 100.0), 300)
    assert math.isfinite(results[0].trained.scores["validation"].loss)
    assert not math.isfinite(results[1].trained.scores["validation"].loss)
    assert best_setting(plan, results) == 0.0
    assert study_table(plan, results).rows[1].cells[1].text in ("nan", "inf")


def test_nothing_done_is_an_empty_plot() -> None:
    plan = planned(document(curve(validation=0.3)), "degree", Wishes((1, 2), 1))
    assert study_lines(plan, [], LOSS).lines == ()
    assert study_table(plan, []).rows == ()
    assert summary(plan, []) == []
