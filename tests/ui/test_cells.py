"""Cells that are painted together look as each of them does."""

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from mlviz.picture.items import Box, Item, Picture, Rect, Role, Text
from mlviz.ui.cells import runs
from mlviz.ui.painting import paint
from mlviz.ui.theme import LIGHT
from tests.ui.test_stamps import as_it_is

pytestmark = pytest.mark.usefixtures("qapp")


def cells(rows: int, columns: int) -> list[Box]:
    found = []
    for row in range(rows):
        for column in range(columns):
            rect = Rect(8.5 + column * 14.0, 6.25 + row * 9.0, 13.0, 8.0)
            shade = Role.NEGATIVE if (row + column) % 3 else Role.POSITIVE
            found.append(Box("", rect, Role.STAGE, Role.LINE, 0.5, 1))
            found.append(Box("", rect, shade, Role.CLEAR, 0, 1, opacity=row / rows))
    return found


def image(items: list[Item], scale: float) -> np.ndarray:
    made = QImage(340, 200, QImage.Format.Format_RGB32)
    made.fill(LIGHT.colour(Role.STAGE))
    painter = QPainter(made)
    paint(painter, Picture(tuple(items), Rect(0, 0, 300, 200)), LIGHT, as_it_is, scale)
    painter.end()
    return np.array(made.constBits()).reshape(200, 340, 4)[:, :, :3].astype(int)


@pytest.mark.parametrize("scale", [0.7, 1.0])
def test_together_they_look_as_one_by_one(scale: float, monkeypatch: pytest.MonkeyPatch) -> None:
    items: list[Item] = [*cells(12, 8), Text(10, 190, "below")]
    together = image(items, scale)
    monkeypatch.setattr("mlviz.ui.painting.runs", lambda boxes: [(False, boxes)])
    alone = image(items, scale)
    assert (alone != image([], scale)).any()
    # A corner is a right angle then: one px of a hundred, and not by much.
    assert np.abs(together - alone).mean() < 0.5
    assert (np.abs(together - alone) > 40).mean() < 0.01


def test_only_cells_are_painted_so() -> None:
    before = [Box(f"node:{k}", Rect(0, 0, 9, 9)) for k in range(5)]
    shades = cells(9, 9)
    after = [Box("", Rect(1, 1, 3, 3), radius=9)]
    found = list(runs([*before, *shades, *after]))
    assert [(are_cells, len(run)) for are_cells, run in found] == [
        (False, len(before)),
        (True, len(shades)),
        (False, len(after)),
    ]
    assert [box for _, run in found for box in run] == [*before, *shades, *after]
    assert list(runs(shades[:20])) == [(False, shades[:20])]
