import pytest
from PySide6.QtGui import QImage

from mlviz.ui.strange_letters import with_strange_letters
from tests.ui.test_formulas import image_of

pytestmark = pytest.mark.usefixtures("qapp")


def drawn(tex: str) -> QImage:
    return image_of(tex, size=80)


def test_a_chinese_name_is_written_in_its_characters_and_not_as_boxes() -> None:
    assert drawn(r"\mathrm{权}") != drawn(r"\mathrm{重}")


def test_each_box_takes_its_own_character_wherever_it_stands() -> None:
    one = r"\frac{\partial \mathrm{损失}}{\partial \mathrm{权重}}"
    other = r"\frac{\partial \mathrm{权重}}{\partial \mathrm{损失}}"
    assert drawn(one) != drawn(other)
    small, smaller = drawn(r"w_{损}"), drawn(r"w_{失}")
    assert small != smaller


def test_a_formula_without_strange_letters_stays_as_it_is() -> None:
    assert with_strange_letters("<svg/>") == "<svg/>"


def test_boxes_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        with_strange_letters("the font has no '权' <text>权</text>")
