"""Variants of a file: a few keys changed, everything else as it stands."""

from pathlib import Path

import pytest

from mlviz.document.recipe import differences, rebuilt
from tests.document.texts import NETWORK, error_of, read_text


def with_variant(change: str) -> str:
    return f'{NETWORK}\n[[variant]]\nname = "Other"\nset = {{ {change} }}\n'


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ('"optimizer.lr" = 0.5', ["optimizer.lr"]),
        ("seed = 7", ["seed"]),
        ('"network.layers[0].activation" = "relu"', ["network.layers[0].activation"]),
        (
            '"network.layers[*].dropout" = 0.0, "network.layers[0].init" = "normal"',
            ["network.layers[0].init"],
        ),
        (
            '"network.layers[*].activation" = "sigmoid"',
            ["network.layers[0].activation", "network.layers[1].activation"],
        ),
        ("training = { patience = 3 }", ["training"]),
        ("", []),
    ],
)
def test_a_variant_differs_in_what_it_says_alone(
    tmp_path: Path, change: str, keys: list[str]
) -> None:
    document = read_text(tmp_path, with_variant(change))
    (variant,) = document.variants
    assert variant.name.in_language("zh_CN") == "Other"
    assert [found.key for found in differences(document.table, variant.table)] == keys
    assert rebuilt(document, variant.table).training.iteration(1).updates


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ('"optimiser.lr" = 1.0', 'variant[0].set."optimiser.lr": a file has no key "optimiser.lr"'),
        ('"network.layers[7].units" = 1', "a file has no key"),
        ('"network.layers[x].units" = 1', "a file has no key"),
        ('"title" = "x"', "a file has no key"),
        ('"variant" = []', "a file has no key"),
        ('"seed.more" = 1', "a file has no key"),
        ('"optimizer.rate" = 1.0', 'variant[0].set.optimizer: "rate" is not known'),
        ('"optimizer.lr" = "fast"', "variant[0].set.optimizer.lr: "),
    ],
)
def test_a_key_that_is_not_there_is_told_with_its_place(
    tmp_path: Path, change: str, error: str
) -> None:
    assert error in error_of(tmp_path, with_variant(change))


def test_a_file_has_no_more_variants_than_can_be_compared(tmp_path: Path) -> None:
    many = NETWORK + '\n[[variant]]\nname = "x"\nset = {}\n' * 9
    assert "variant" in error_of(tmp_path, many)
