import pytest

from mlviz.picture.axis_marks import scale_marks, tick_text
from mlviz.picture.curve import Axes
from mlviz.picture.items import Curve, Rect, Text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (-2.0, "−2"), (3e-4, "3e−4"), (1.25e5, "1.25e5"), (0.0, "0"), (100.0, "100")],
)
def test_numbers_have_no_zeros_that_say_nothing(value: float, text: str) -> None:
    assert tick_text(value) == text


def test_each_number_stands_where_it_belongs() -> None:
    axes = Axes(Rect(50, 10, 200, 100), -1.0, 1.0, 0.0, 10.0)
    items = scale_marks(axes)
    marks = [item for item in items if isinstance(item, Curve)]
    texts = [item for item in items if isinstance(item, Text)]
    assert len(marks) == len(texts)
    zero = next(text for text in texts if text.text == "0" and text.align == "center")
    assert zero.x == 150
    five = next(text for text in texts if text.text == "5")
    assert five.y == pytest.approx(60, abs=4)
