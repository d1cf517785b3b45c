"""What an example looks like on its card."""

import time
from collections.abc import Generator

import numpy as np
import pytest
from msgspec.structs import replace

from mlviz.document import load
from mlviz.document.examples import examples, find
from mlviz.document.recipe import rebuilt
from mlviz.picture.thumbnail import MOST_ITERATIONS, Thumbnail, thumbnail


def made(steps: Generator[float, None, Thumbnail]) -> tuple[Thumbnail, list[float]]:
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            return end.value, shares


@pytest.mark.parametrize("name", [example.name for example in examples()])
def test_every_example_has_a_picture_that_is_made_of_it(name: str) -> None:
    document = load(find(name))
    found, shares = made(thumbnail(document))
    assert (found.picture is None) != (found.scene is None)
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    if found.picture is not None:
        assert found.picture.items
        assert found.picture.bounds.width > 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [("xor", "classes"), ("houses", "curve"), ("k-fold", "classes"), ("mazur", ""), ("slope", "")],
)
def test_a_network_with_few_features_is_seen_over_its_data(name: str, kind: str) -> None:
    found, _ = made(thumbnail(load(find(name))))
    assert (found.scene.kind if found.scene is not None else "") == kind


def test_a_trained_network_is_shown_as_it_is_after_its_training() -> None:
    document = load(find("xor"))
    found, _ = made(thumbnail(document))
    assert document.training.head == 301
    assert found.scene is not None
    assert not found.scene.wrong.any()
    long = load(find("digits"))
    assert long.training.iterations > MOST_ITERATIONS
    made(thumbnail(long))
    assert long.training.head <= MOST_ITERATIONS + 1


def test_another_recipe_has_another_picture() -> None:
    document = load(find("houses"))
    assert document.table.data is not None
    data = replace(document.table.data, features=["rooms"])
    one, _ = made(thumbnail(document))
    other, _ = made(thumbnail(rebuilt(document, replace(document.table, data=data))))
    assert one.scene is not None
    assert other.scene is not None
    assert not np.array_equal(one.scene.places, other.scene.places)


def test_no_step_of_the_work_takes_long() -> None:
    for name in ("optimizers", "twice", "digits"):
        steps = thumbnail(load(find(name)))
        slices = []
        while True:
            begun = time.process_time()
            if next(steps, None) is None:
                break
            slices.append(time.process_time() - begun)
        assert np.median(slices) < 0.05
