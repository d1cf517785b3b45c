"""k-fold validation: every row is validated once, always from the same start."""

import math
from pathlib import Path

import numpy as np
import pytest

from mlviz.document import recipe
from mlviz.document.document import Document, load
from mlviz.document.examples import find
from mlviz.document.folds import splits_of, training_on
from mlviz.errors import ArgumentError, DocumentError
from mlviz.learn.data.splits import Split
from mlviz.learn.kfold import Fold, each_fold, fold_splits, folds, spread
from mlviz.learn.network import NetworkProgram
from mlviz.learn.stop import StopRules


def document(name: str = "iris", **data: object) -> Document:
    from msgspec.structs import replace

    xor = load(find("xor"))
    table = recipe.with_data_set(xor.table, name)
    assert table.data is not None
    table = recipe.with_data(table, replace(table.data, **data))
    return recipe.rebuilt(xor, recipe.with_optimizer(table, "Adam", lr=0.02))


def finished(opened: Document, k: int, stop: StopRules) -> tuple[tuple[Fold, ...], list[float]]:
    steps = folds(splits_of(opened, k), lambda split: training_on(opened, split), stop)
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            return end.value, shares


def test_every_row_but_those_of_the_test_is_validated_once() -> None:
    opened = document(validation=0.2, test=0.2)
    assert opened.data is not None
    splits = splits_of(opened, 4, seed=3)
    held = np.sort(np.concatenate([split.validation for split in splits]))
    split = opened.data.split
    assert held.tolist() == np.sort(np.concatenate([split.train, split.validation])).tolist()
    for part in splits:
        assert part.test.tolist() == split.test.tolist()
        assert not set(part.train) & set(part.validation)
        assert np.bincount(opened.data.dataset.targets[part.validation]).tolist() == [10, 10, 10]
    assert splits_of(opened, 4, seed=4)[0].validation.tolist() != splits[0].validation.tolist()


def test_every_fold_starts_alike_and_measures_its_scale_on_its_own_rows() -> None:
    opened = document("houses")
    programs = [training_on(opened, split).program for split in splits_of(opened, 3)]
    first, second, _ = programs
    assert isinstance(first, NetworkProgram)
    assert isinstance(second, NetworkProgram)
    for origin, value in first.start().items():
        np.testing.assert_array_equal(value, second.start()[origin])
    for program in programs:
        assert isinstance(program, NetworkProgram)
        np.testing.assert_allclose(program.inputs.mean(axis=0), 0, atol=1e-12)
        assert program.validation is not None


def test_folds_are_trained_measured_and_told() -> None:
    result, shares = finished(document(), 3, StopRules(epochs=30))
    assert [fold.number for fold in result] == [1, 2, 3]
    for fold in result:
        assert fold.iteration == 31
        assert fold.train.loss == fold.run.curves.losses["train"][-1]
        assert fold.validation.metric == fold.run.curves.metrics["validation"][-1]
        assert fold.train.loss < fold.run.curves.losses["train"][0]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len({fold.validation.loss for fold in result}) == 3


def test_early_stopping_measures_where_it_was_best() -> None:
    stop = StopRules(epochs=400, patience=2, min_delta=0.01)
    result, _ = finished(document(), 2, stop)
    for fold in result:
        assert fold.iteration == fold.run.best
        assert fold.iteration < 401
        assert fold.validation.loss == fold.run.curves.losses["validation"].min()


def test_folds_are_told_one_by_one() -> None:
    opened = document()
    parts = each_fold(
        splits_of(opened, 3), lambda split: training_on(opened, split), StopRules(iterations=2)
    )
    first = next(part for part in parts if isinstance(part, Fold))
    assert (first.number, first.iteration) == (1, 3)


def test_mean_and_deviation_are_those_of_a_sample() -> None:
    assert spread([1.0, 2.0, 4.0]) == pytest.approx((7 / 3, np.std([1, 2, 4], ddof=1)))
    assert math.isnan(spread([1.0]).deviation)


def test_what_cannot_be_done_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError):
        splits_of(document(), 151)
    with pytest.raises(ArgumentError):
        fold_splits(Split(np.arange(4), np.arange(0), np.arange(0)), 1)
    with pytest.raises(ArgumentError, match="epochs"):
        finished(document(), 2, StopRules())
    with pytest.raises(DocumentError):
        splits_of(load(find("twice")), 2)
