"""Every mark of every picture of a network, and of its legend, has a sentence of its own."""

import pytest

from mlviz.i18n import LANGUAGES, Message, translate
from mlviz.picture.items import Box, Raster, Text, Token
from mlviz.picture.network import NetworkPictures, network_pictures
from mlviz.picture.network_answers import network_legend_mark_at, network_mark_at
from mlviz.picture.network_legend import network_legend
from mlviz.picture.network_plan import along
from mlviz.trace.magnify import SCALARS, magnified
from mlviz.trace.neurons import Place
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from tests.runs import network


def pictures(*sizes: int, rows: int = 3) -> NetworkPictures:
    found = network_pictures(Timeline(network(*sizes, rows=rows)))
    assert found is not None
    return found


def told(shown: NetworkPictures, position: Position, row: int | None = 0) -> set[str]:
    """Return what is said about everything that is drawn."""
    hovered = shown.choice(Place("neuron", 1, 0), row)
    picture = shown.at(position, hovered=hovered, row=row)
    names = set()
    for item in picture.items:
        match item:
            case Box(rect=rect) | Raster(rect=rect):
                names.add(network_mark_at(shown, picture, *rect.center).id)
            case Text(x=x, y=y) | Token(x=x, y=y):
                names.add(network_mark_at(shown, picture, x, y).id)
    for layer in range(1, len(shown.plan.shown)):
        for place in shown.plan.weights(layer):
            line = shown.plan.line(place)
            assert line is not None
            names.add(network_mark_at(shown, picture, *along(line, 0.2)).id)
    return names


def test_every_kind_of_mark_is_told_in_every_language() -> None:
    found: set[str] = set()
    for sizes in ((2, 3, 1), (12, 2, 1)):
        shown = pictures(*sizes)
        for step in shown.timeline.steps:
            for progress in (0.5, 1.0):
                found |= told(shown, Position(1, step.number, progress))
    wanted = "neuron input weight bias loss value plane example shade more"
    assert {f"whats.net.{name}" for name in wanted.split()} <= found
    shared = ["token", "diamond", "bubble", "not_yet", "gradient_sign", "gradient", "updated"]
    assert {f"whats.mark.{name}" for name in shared} <= found
    for language in LANGUAGES:
        assert all(translate(Message(id), language) != id for id in found)


def test_the_gradient_of_a_weight_is_the_dashed_line_beside_it() -> None:
    shown = pictures(2, 2, 1, rows=1)
    end = Position(1, shown.timeline.segments[1].last)
    picture = shown.at(end)
    dashed = [item for item in picture.items if getattr(item, "dashed", False)]
    (x0, y0), (x1, y1) = dashed[0].points  # type: ignore[union-attr]
    at = x0 + 0.7 * (x1 - x0), y0 + 0.7 * (y1 - y0)
    assert network_mark_at(shown, picture, *at).id == "whats.net.slope"


def test_a_token_of_another_example_is_told_apart() -> None:
    shown = network_pictures(Timeline(magnified(network(2, 2, 1, rows=2), SCALARS).iteration))
    assert shown is not None
    found = set()
    for step in shown.timeline.steps:
        position = Position(1, step.number, 0.5)
        picture = shown.at(position, row=0)
        plates = [item.rect for item in picture.items if isinstance(item, Box) and not item.key]
        for item in picture.items:
            # What lies behind the number or sign of a weight is not the topmost mark.
            if isinstance(item, Token) and not any(r.contains(item.x, item.y) for r in plates):
                told = network_mark_at(shown, picture, item.x, item.y).id
                assert (told == "whats.net.strange") == item.hollow
                found.add(told)
    assert {"whats.net.strange", "whats.mark.token", "whats.mark.diamond"} <= found
    picture = shown.at(Position())
    assert network_mark_at(shown, picture, -500, -500).id == "whats.network"


@pytest.mark.parametrize(
    ("x", "name"), [(20, "legend_width"), (230, "legend_sign"), (400, "slope"), (520, "plane")]
)
def test_every_part_of_the_legend_is_told(x: float, name: str) -> None:
    legend = network_legend(2000, planes=True)
    assert network_legend_mark_at(legend, x, 25).id == f"whats.net.{name}"
    assert network_legend_mark_at(legend, x, 500).id == "whats.legend"
