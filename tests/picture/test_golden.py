"""Golden pictures: what is on screen at chosen moments, as text that can be read in a diff.

`python -m pytest tests/picture/test_golden.py --bless` writes them anew.
"""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlviz.i18n import Message
from mlviz.layout import layout
from mlviz.learn.training import Iteration
from mlviz.picture.curve import curve_picture
from mlviz.picture.equation import equation_picture
from mlviz.picture.graph import GraphPictures, graph_shape
from mlviz.picture.parameters import parameter_table
from mlviz.picture.steps import step_groups
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline
from tests.runs import network, neuron, twice

FOLDER = Path(__file__).parents[1] / "golden"

MOMENTS: dict[str, tuple[Callable[[], Iteration], Position]] = {
    "neuron-start": (neuron, Position()),
    "neuron-forward": (neuron, Position(1, 5, 0.5)),
    "neuron-backward": (neuron, Position(1, 11, 0.5)),
    "neuron-update": (neuron, Position(1, 19, 1.0)),
    "twice-accumulate": (twice, Position(1, 9, 1.0)),
    "network-backward": (lambda: network(2, 2, 1, rows=3), Position(1, 9, 0.9)),
}


def plain(value: Any) -> Any:
    """Reduce a picture to lists, texts and rounded numbers; what has its default is left out."""
    if isinstance(value, Message):
        return [value.id, {key: plain(part) for key, part in value.values.items()}]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = {"is": type(value).__name__}
        for field in dataclasses.fields(value):
            part = getattr(value, field.name)
            if field.default is dataclasses.MISSING or part != field.default:
                shown[field.name] = plain(part)
        return shown
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value


def as_text(timeline: Timeline, position: Position) -> str:
    graph = GraphPictures(timeline, layout(graph_shape(timeline), "layered")).at(position)
    views = {
        "graph": graph.items,
        "focus": graph.focus,
        "curve": curve_picture(timeline, position, None, 330, 220),
        "equation": equation_picture(timeline, position, None),
        "parameters": tuple(parameter_table(timeline, position).rows),
        "steps": step_groups(timeline, position),
    }
    lines = []
    for name, view in views.items():
        lines.append(f"## {name}")
        parts = view if isinstance(view, tuple) else (view,)
        lines += [json.dumps(plain(part), ensure_ascii=False) for part in parts]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", MOMENTS)
def test_the_picture_is_the_golden_one(name: str, bless: bool) -> None:
    make, position = MOMENTS[name]
    found = as_text(Timeline(make()), position)
    path = FOLDER / f"{name}.txt"
    if bless:
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")
