"""Labels stand on their tips, and are seen whole at the edge of a graph."""

from mlviz.picture.bubbles import bubble
from mlviz.picture.items import Box, Polygon, Role

LINES = ("−0.8000 − 0.1 × (−1.042)", "= −0.6958")


def placed(x: float, within: tuple[float, float] | None) -> tuple[float, float]:
    box, *_, tip = bubble(x, 100, LINES, Role.UPDATE, within=within)
    assert isinstance(box, Box)
    assert isinstance(tip, Polygon)
    low = min(point[0] for point in tip.points)
    high = max(point[0] for point in tip.points)
    assert box.rect.x <= low
    assert high <= box.rect.right
    return box.rect.x, box.rect.right


def test_a_label_stands_in_the_middle_over_its_tip() -> None:
    left, right = placed(300, (0, 600))
    assert (left + right) / 2 == 300


def test_a_label_moves_inwards_from_either_end_of_the_graph() -> None:
    assert placed(50, (0, 600))[0] == 0
    assert placed(550, (0, 600))[1] == 600


def test_a_label_does_not_leave_its_tip() -> None:
    assert placed(0, (100, 600))[0] < 0
    assert placed(700, (100, 600))[1] > 700
