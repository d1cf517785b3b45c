"""Differences of recipes in the words of the lab."""

from msgspec.structs import replace

from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.document.fitting import with_optimizer
from mlviz.document.recipe import with_activation, with_batch_size, with_dropout, with_training
from mlviz.i18n import LANGUAGES, Message, translate
from mlviz.picture.recipe_words import changes, several, worded

XOR = load(find("xor")).table


def said(message: Message, language: str = "en") -> str:
    return translate(message, language)


def test_a_difference_is_said_as_the_lab_calls_it() -> None:
    found = worded(XOR, with_optimizer(XOR, lr=0.25, weight_decay=1e-4))
    words = [said(each.words) for each in found]
    assert words == ["Learning rate η 1 → 0.25", "L2 0 → 1e−4"]
    (batch,) = worded(with_batch_size(XOR, 3), XOR)
    assert said(batch.words) == "Batch size 3 → all rows"


def test_a_layer_is_named_by_its_number_and_values_by_their_names() -> None:
    (found,) = worded(XOR, with_activation(XOR, 0, "relu"))
    assert said(found.words) == "Layer 1: Activation tanh → ReLU"
    (found,) = worded(XOR, with_dropout(XOR, 0, 0.5))
    assert said(found.words, "zh_CN") == "第 1 层：随机失活 0 → 0.5"


def test_several_are_cut_after_two() -> None:
    other = with_dropout(with_batch_size(with_optimizer(XOR, lr=0.5), 2), 0, 0.1)
    found = worded(XOR, other)
    assert len(found) == 3
    assert said(several(found)).count("→") == 2
    assert said(several(found)).endswith(" …")
    assert said(several(found[:1])) == said(found[0].words)


def test_where_training_stops_changes_no_number() -> None:
    other = with_training(XOR, epochs=7)
    assert worded(XOR, other)
    assert changes(XOR, other) == ()


def test_no_key_of_the_usual_recipes_is_left_as_the_file_has_it() -> None:
    for name in ("overfitting", "dropout", "penalties", "optimizers", "digits", "k-fold"):
        document = load(find(name))
        for variant in document.variants:
            for each in worded(document.table, variant.table):
                for language in LANGUAGES:
                    assert "." not in translate(each.name, language), (name, each.name)
    assert worded(XOR, replace(XOR, seed=3))[0].name == Message("recipe.seed")
