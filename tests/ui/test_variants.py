"""All variants of a file, trained side by side and compared."""

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from mlviz.document.document import PANELS
from mlviz.document.recipe import rebuilt
from mlviz.learn.run import Run
from mlviz.ui.lab_docks import LAB_DOCKS
from mlviz.ui.main_window import MainWindow
from mlviz.ui.race_view import RaceView, log_ticks
from mlviz.ui.runs_view import RunsView
from mlviz.ui.session import Session
from mlviz.ui.variant_runs import VariantRuns, _Leg, share_done
from tests.ui.labs import work_out
from tests.ui.windows import NO_SCREEN, example, opened

pytestmark = NO_SCREEN


def names(session: Session) -> list[str]:
    return [trial.name for trial in session.lab.trials.all]


def test_every_variant_is_trained_to_the_end_with_the_same_numbers_as_alone(qtbot: QtBot) -> None:
    with opened(example("learning-rates")) as session:
        runs = VariantRuns(session)
        assert runs.begin()
        assert runs.running
        work_out(session)
        assert not runs.running
        assert sorted(names(session)) == ["Nearly too large", "Right", "Too large", "Too small"]
        for trial in session.lab.trials.all:
            assert trial.run.head == 101
            variant = next(v for v in runs.variants if v.name.en == trial.name)
            alone = Run(rebuilt(session.document, variant.table).training)
            alone.advance(100)
            np.testing.assert_array_equal(trial.run.curves.loss, alone.curves.loss)
        # The one that the film shows is the one that is shown here, and there is another beside.
        assert session.lab.trials.shown.name == "Right"
        assert session.lab.other is not None
        assert session.lab.cursor == 101


def test_beginning_again_goes_on_with_the_runs_that_are_there(qtbot: QtBot) -> None:
    with opened(example("learning-rates")) as session:
        runs = VariantRuns(session)
        runs.begin()
        session.lab.work.advance(0.001)
        runs.cancel()
        assert not session.lab.work.busy
        part = [run.head for run in session.lab.runs]
        assert max(part) < 101
        runs.begin()
        work_out(session)
        assert [run.head for run in session.lab.runs] == [101] * 4


def test_another_file_ends_the_work(qtbot: QtBot) -> None:
    with opened(example("optimizers")) as session:
        runs = VariantRuns(session)
        runs.begin()
        session.open("xor")
        assert not runs.running
        assert runs.variants == ()
        for _ in range(3):
            session.lab.work.advance(0.001)
        assert session.lab.run.head == 1


def test_the_runs_are_named_in_the_language_of_the_window(qtbot: QtBot) -> None:
    with opened(example("learning-rates")) as session:
        runs = VariantRuns(session)
        runs.begin()
        session.lab.rename(session.lab.trials.all[0].run, "mine")
        session.set_language("zh_CN")
        assert "太小" in names(session)
        assert "mine" in names(session)


@pytest.mark.parametrize("name", ["xor", "optimizers"])
def test_the_offer_is_there_only_for_files_with_variants(qtbot: QtBot, name: str) -> None:
    with opened(example(name)) as session:
        view = RunsView(session)
        qtbot.addWidget(view)
        view.show()
        QCoreApplication.processEvents()
        bar = view.variants
        assert bar.isVisible() == (name == "optimizers")
        if bar.isVisible():
            assert "RMSprop" in bar.names.text()
            bar.button.click()
            assert bar.button.text() == "Stop"
            bar.button.click()
            assert bar.button.text() == "Train all variants"
            assert len(session.lab.runs) == 5


def test_the_plot_of_all_runs_has_a_line_for_each_that_tells_it_from_the_others(
    qtbot: QtBot,
) -> None:
    with opened(example("penalties")) as session:
        runs = VariantRuns(session)
        runs.begin()
        session.lab.work.advance(0.05)
        runs.cancel()
        view = RaceView(session)
        qtbot.addWidget(view)
        view.resize(800, 300)
        view.show()
        view.refresh_now()
        pens = [item.opts["pen"] for item in view._items.values()]
        looks = {(pen.color().name(), pen.style()) for pen in pens}
        assert len(looks) == 3
        assert len({style for _, style in looks}) == 3  # colour is never the only cue
        assert view.choices["test"].isHidden()
        view.choices["validation"].click()
        assert view.shows == "validation"
        other = session.lab.trials.all[1]
        view.legend.chosen.emit(other.number)
        assert session.lab.trials.shown is other
        session.lab.remove(session.lab.trials.all[0].run)
        view.refresh_now()
        assert len(view._items) == 2


def test_a_file_may_have_any_panel_of_the_lab_in_front() -> None:
    always = {"run-bar", "beside"}
    assert set(PANELS) == {row.name for row in LAB_DOCKS} - always


def test_the_panel_that_a_file_wants_is_in_front_once(qtbot: QtBot) -> None:
    with opened(example("gradient")) as session:
        window = MainWindow(session)
        qtbot.addWidget(window)
        window.show()
        session.set_face("lab")
        QCoreApplication.processEvents()
        lab = window.faces.lab
        assert lab is not None
        seen = lab.docks["contour"].view()
        assert seen.isVisible()
        assert not seen.visibleRegion().isEmpty()
        lab.bring("formula")
        session.set_face("film")
        session.set_face("lab")
        QCoreApplication.processEvents()
        assert not lab.docks["formula"].view().visibleRegion().isEmpty()


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (-0.4, 1.4, ["0.5", "1", "2", "5", "10", "20"]),
        (-2.1, 1.1, ["0.01", "0.1", "1", "10"]),
        (-0.05, 0.1, ["1"]),
    ],
)
def test_the_numbers_at_a_logarithmic_axis_do_not_hide_each_other(
    low: float, high: float, texts: list[str]
) -> None:
    found = log_ticks(low, high)
    assert [text for _, text in found] == texts
    assert all(low <= place <= high for place, _ in found)
    assert len(log_ticks(-30, 30)) < 10


def test_the_share_that_is_done_counts_what_an_iteration_of_each_run_costs() -> None:
    with opened(example("optimizers")) as session:
        trials = session.lab.trials
        legs = [_Leg(trials.shown), _Leg(trials.shown)]
        half = legs[0].left // 2
        for leg in legs:
            leg._goal = 2 * half + trials.shown.run.head - 1
        legs[0].done, legs[0].spent = half, 1.0
        legs[1].done, legs[1].spent = half, 9.0
        # Ahead are 2 · half iterations of each: 2 s of one, 18 s of the other.
        assert share_done(legs) == pytest.approx(10 / 30)
