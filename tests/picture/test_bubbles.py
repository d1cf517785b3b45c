"""Labels point at what they are about, and stand where they hide no node."""

import pytest

from mlviz.picture.bubbles import bubble_size, callout
from mlviz.picture.items import Box, Curve, Polygon, Rect, Role, Text
from mlviz.picture.room import Room

LINES = ("−0.8000 − 0.1 × (−1.042)", "= −0.6958")
PLACE = Rect(100, 100, *bubble_size(LINES))
ENDS = Rect(-100, -100, 900, 700)


def tip(x: float, y: float) -> Polygon | None:
    last = callout(PLACE, LINES, Role.UPDATE, x, y)[-1]
    return last if isinstance(last, Polygon) else None


@pytest.mark.parametrize(("x", "y"), [(150, 60), (150, 190), (60, 120), (340, 120), (60, 60)])
def test_a_label_points_at_what_lies_beside_it(x: float, y: float) -> None:
    found = tip(x, y)
    assert found is not None
    (ax, ay), (bx, by), end = found.points
    assert end == (x, y)
    assert PLACE.contains(ax, ay)
    assert PLACE.contains(bx, by)


def test_a_label_points_at_what_is_far_off_by_a_line_and_not_into_itself() -> None:
    assert tip(150, 400) is None
    (line,) = (i for i in callout(PLACE, ("1",), Role.UPDATE, 150, 400) if isinstance(i, Curve))
    assert line.points[-1] == (150, 400)
    assert PLACE.grown(1).contains(*line.points[0])
    assert tip(*PLACE.center) is None


def test_the_first_line_does_not_move_when_the_second_comes() -> None:
    both = [item for item in callout(PLACE, LINES, Role.UPDATE, 0, 0) if isinstance(item, Text)]
    one = [item for item in callout(PLACE, LINES[:1], Role.UPDATE, 0, 0) if isinstance(item, Text)]
    assert both[0] == one[0]
    assert isinstance(callout(PLACE, LINES[:1], Role.UPDATE, 0, 0)[0], Box)


def shared(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )


NODES = [
    Rect(0, 0, 90, 70),
    Rect(130, 0, 90, 70),
    Rect(0, 90, 90, 70),
    Rect(130, 90, 90, 70),
]


def test_a_label_stands_beside_the_nodes_and_near_its_point() -> None:
    room = Room(NODES, ENDS)
    for at in ((110, 35), (45, 80), (110, 125), (175, 80)):
        _, place = room.place(((96, 41),), at)
        assert not any(shared(place, rect) for rect in NODES)
        assert not place.contains(*at)
        x, y = place.center
        assert abs(x - at[0]) + abs(y - at[1]) < 240


def test_a_flat_label_is_taken_where_only_that_has_room() -> None:
    rows = [Rect(-200, 100.0 * k, 600, 78) for k in range(-4, 6)]
    form, place = Room(rows, Rect(-900, -900, 1800, 1800)).place(((96, 41), (190, 19)), (100, 90))
    assert form == 1
    assert not any(shared(place, rect) for rect in rows)


def test_labels_make_room_for_each_other_and_do_not_point_across_nodes() -> None:
    room = Room(NODES, ENDS)
    _, first = room.place(((60, 19),), (110, 80))
    _, second = room.place(((60, 19),), (110, 80), taken=(first,))
    assert not shared(first, second)
    walled = Room([Rect(60, 20, 200, 60)], Rect(0, 0, 400, 90))
    _, place = walled.place(((60, 19),), (160, 15))
    assert place.bottom <= 20  # below the wall it would be as near, but not to be pointed from


def test_a_label_hides_no_name() -> None:
    name = Rect(95, 60, 34, 17)
    _, place = Room(NODES, ENDS).place(((30, 18),), (110, 85))
    assert shared(place, name)
    _, place = Room(NODES, ENDS, [name]).place(((30, 18),), (110, 85))
    assert not shared(place, name)


def test_a_label_is_seen_whole_at_the_edge_of_a_graph() -> None:
    _, place = Room([Rect(0, 0, 90, 70)], Rect(-14, -29, 118, 300)).place(((160, 19),), (5, -4))
    assert place.x >= -14 - 42 - 8
    _, place = Room([Rect(0, 0, 90, 70)], Rect(-14, -29, 400, 300)).place(((160, 19),), (5, -4))
    assert place.x >= -14
