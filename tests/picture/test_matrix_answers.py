"""Every cell, lit row, elision and formula of a matrix page has a sentence of its own."""

from mlviz.i18n import LANGUAGES, Message, translate
from mlviz.picture.items import Box, Formula, Text
from mlviz.picture.matrix import matrix_page
from mlviz.picture.matrix_answers import matrix_mark_at
from mlviz.picture.matrix_table import Cell, matrix_picture
from mlviz.trace.magnify import OPERATIONS, magnified
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from tests.runs import network


def told(timeline: Timeline, step: int, node: int, lit: Cell | None) -> set[str]:
    page = matrix_page(timeline, Position(1, step), node)
    picture = matrix_picture(page, lit, 400)
    names = set()
    for item in picture.items:
        if isinstance(item, Box):
            names.add(matrix_mark_at(picture, *item.rect.center).id)
        elif isinstance(item, Formula):
            names.add(matrix_mark_at(picture, item.x + 4, item.y + 10).id)
        elif isinstance(item, Text):
            names.add(matrix_mark_at(picture, item.x, item.y - 2).id)
    return names


def test_every_kind_of_cell_is_told_in_every_language() -> None:
    timeline = Timeline(magnified(network(12, 3, 2, rows=20), OPERATIONS).iteration)
    end = timeline.segments[1].last
    found: set[str] = set()
    for node in timeline.tape:
        for step in (0, timeline.segments[0].last, end):
            for lit in (None, ("value", 0, 0), ("gradient", 0, 0), ("result", 0, 0)):
                found |= told(timeline, step, node.id, lit)
    names = "value gradient result part lit taking_part stretched left_out added_up written rule"
    assert {f"whats.cell.{name}" for name in names.split()} <= found
    for language in LANGUAGES:
        assert all(translate(Message(id), language) != id for id in found)
    for name in ("plus", "turned"):
        assert translate(Message(f"whats.cell.{name}"), "en") != f"whats.cell.{name}"


def test_beside_everything_the_panel_is_told() -> None:
    timeline = Timeline(network(2, 2, 1))
    picture = matrix_picture(matrix_page(timeline, Position(1, 0), 0), None, 400)
    assert matrix_mark_at(picture, -50, -50).id == "whats.panel.matrix"
