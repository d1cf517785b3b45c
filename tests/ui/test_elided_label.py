"""A label that gives way says something, or nothing."""

import pytest

from mlviz.ui.widgets import ElidedLabel
from tests.ui.windows import NO_SCREEN

pytestmark = [pytest.mark.usefixtures("qapp"), NO_SCREEN]


def test_a_letter_of_many_is_not_shown() -> None:
    label = ElidedLabel()
    label.setText("norm of each layer")
    label.resize(label.sizeHint().width(), 20)
    assert label.shown_text() == "norm of each layer"
    label.resize(80, 20)
    assert label.shown_text().endswith("…")
    label.resize(24, 20)
    assert label.shown_text() == ""
    label.setText("η")
    assert label.shown_text() == "η"
