import numpy as np

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.document.recipe import rebuilt, with_batch_size
from mlviz.learn.run import Run
from mlviz.learn.stop import StopRules
from mlviz.picture.run_bar import epoch_text, loss_at, planned, rate_at, run_bar, thinned


def xor_run(**stop: int) -> Run:
    return Run(load(find("xor")).training, stop=StopRules(**stop))


def test_a_bar_is_as_long_as_what_was_planned_or_done() -> None:
    run = xor_run()
    assert run_bar(run).total == 300  # as its file says
    run.advance(400)
    assert run_bar(run).total == 401
    assert run_bar(run).head == 401


def test_epochs_that_are_asked_for_decide_how_long_it_is() -> None:
    assert planned(xor_run(epochs=50)) == 51
    assert planned(xor_run(iterations=20)) == 21


def test_a_bar_knows_where_it_stopped_and_why() -> None:
    run = xor_run(iterations=20)
    run.advance(100)
    bar = run_bar(run, [1, 7, 7])
    assert bar.stop == 20
    assert bar.reason is not None
    assert not bar.is_bad
    assert bar.branches == (7,)


def test_marks_are_thinned_evenly() -> None:
    places = np.arange(1000.0)
    found = thinned(places, 1000, 50)
    assert len(found) <= 50
    assert len(set(np.diff(found))) == 1
    assert len(thinned(places, 1000, 0)) == 0
    assert len(thinned(places[:3], 1000, 50)) == 3


def test_an_iteration_is_read_off() -> None:
    run = xor_run()
    run.advance(5)
    assert loss_at(run, 1) == run.curves.loss[0]
    assert loss_at(run, 6) is None
    assert rate_at(run, 1) == 1.0
    assert epoch_text(run, 3) == "2"


def test_epochs_are_counted_in_parts_where_there_are_batches() -> None:
    document = load(find("xor"))
    run = Run(rebuilt(document, with_batch_size(document.table, 2)).training)
    run.advance(3)
    assert epoch_text(run, 4) == "1.50"
