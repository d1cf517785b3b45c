import numpy as np
import pytest

from mlviz.picture.confusion import Confusion, cell_of, confusion_picture, rate_text
from mlviz.picture.items import Box, Text

# Class a: 5 right, 1 taken for b. Class b: 2 taken for a, 2 right. Of class c there is none.
COUNTS = np.array([[5, 1, 0], [2, 2, 0], [0, 0, 0]])
NAMES = ("a", "b", "c")


def test_the_rates_are_those_of_the_definition() -> None:
    found = Confusion(COUNTS, NAMES)
    assert (found.total, found.right) == (10, 7)
    assert found.accuracy == pytest.approx(0.7)
    assert found.precision(0) == pytest.approx(5 / 7)
    assert found.recall(0) == pytest.approx(5 / 6)
    assert found.f1(0) == pytest.approx(2 * (5 / 7) * (5 / 6) / (5 / 7 + 5 / 6))
    assert found.precision(1) == pytest.approx(2 / 3)
    assert found.recall(1) == pytest.approx(1 / 2)
    assert found.rate(1, 0) == pytest.approx(1 / 2)


def test_nothing_of_nothing_is_a_dash_and_no_zero() -> None:
    found = Confusion(COUNTS, NAMES)
    for rate in (found.precision(2), found.recall(2), found.f1(2), found.rate(2, 2)):
        assert np.isnan(rate)
        assert rate_text(rate) == "–"
    assert rate_text(0.0) == "0.000"


def cell_texts(picture: object, key: str) -> list[str]:
    rect = picture.box(key).rect  # type: ignore[attr-defined]
    return [
        item.text
        for item in picture.items  # type: ignore[attr-defined]
        if isinstance(item, Text) and rect.contains(item.x, item.y)
    ]


def test_each_cell_says_its_count_or_its_share_of_the_true_class() -> None:
    found = Confusion(COUNTS, NAMES)
    counts = confusion_picture(found, 500)
    assert cell_texts(counts, "cell:1:0") == ["2"]
    assert cell_texts(counts, "cell:0:0") == ["5"]
    rates = confusion_picture(found, 500, rates=True)
    assert cell_texts(rates, "cell:1:0") == ["0.500"]
    assert cell_texts(rates, "cell:2:2") == ["–"]


def test_another_run_is_told_as_the_difference() -> None:
    picture = confusion_picture(
        Confusion(COUNTS, NAMES), 500, changed=np.array([[3, 1, 0], [3, 2, 0], [0, 0, 0]])
    )
    assert cell_texts(picture, "cell:0:0") == ["5 (+2)"]
    assert cell_texts(picture, "cell:1:0") == ["2 (−1)"]
    assert cell_texts(picture, "cell:0:1") == ["1"]


@pytest.mark.parametrize("width", [200, 320, 900])
def test_precision_recall_and_f1_are_there_at_every_width(width: float) -> None:
    picture = confusion_picture(Confusion(COUNTS, NAMES), width)
    texts = [item.text for item in picture.items if isinstance(item, Text)]
    assert {"0.714", "0.833", "0.769"} <= set(texts)
    for item in picture.items:
        if isinstance(item, Box):
            assert item.rect.right <= picture.bounds.right + 1e-6
    assert all(item.y <= picture.bounds.bottom for item in picture.items if isinstance(item, Text))


def test_a_key_names_the_cell() -> None:
    assert cell_of("cell:3:12") == (3, 12)
    assert cell_of("") is None


def test_the_rates_below_a_narrow_matrix_are_not_cut() -> None:
    found = Confusion(np.diag([15, 15, 14]), ("apple", "pear", "plum"))
    for width in (205, 222, 244):
        picture = confusion_picture(found, width)
        texts = [item for item in picture.items if isinstance(item, Text) and item.align == "right"]
        assert max(text.x for text in texts) <= picture.bounds.width
