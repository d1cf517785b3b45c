import pytest

from mlviz.picture.items import Rect
from mlviz.ui.hits import Hits


@pytest.fixture
def hits() -> Hits:
    return Hits({7: Rect(10, 10, 100, 50), 3: Rect(200, 10, 100, 50), 5: Rect(90, 40, 100, 50)})


def test_a_point_inside_a_box_finds_its_node(hits: Hits) -> None:
    assert hits.at(20, 20) == 7
    assert hits.at(200, 10) == 3


def test_of_two_boxes_the_one_on_top_is_found(hits: Hits) -> None:
    assert hits.at(100, 50) == 5


def test_beside_the_nodes_there_is_nothing(hits: Hits) -> None:
    assert hits.at(400, 400) is None
    assert hits.at(-1, -1) is None


def test_nodes_follow_each_other_in_the_order_of_the_run(hits: Hits) -> None:
    assert [hits.next_to(None, 1), hits.next_to(3, 1), hits.next_to(5, 1)] == [3, 5, 7]
    assert hits.next_to(7, 1) == 3
    assert hits.next_to(3, -1) == 7
    assert hits.next_to(None, -1) == 7
    assert hits.next_to(99, 1) == 3


def test_an_empty_picture_has_no_nodes() -> None:
    hits = Hits({})
    assert hits.at(0, 0) is None
    assert hits.next_to(None, 1) is None
