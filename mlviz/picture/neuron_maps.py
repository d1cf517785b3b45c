"""What every neuron gives over the plane of two features: small maps, one beside the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.picture.items import Box, Item, Picture, Raster, Rect, Role, Swarm, Text, Token
from mlviz.trace.symbols import text_name

_LARGEST = 220.0
_TILE, _GAP, _HEAD, _NAME = 68.0, 10.0, 26.0, 15.0
_LOOKS = (("diamond", Role.NEGATIVE), ("round", Role.POSITIVE))
Examples = tuple[Array, Array]
"""Places from the left and from the top, 0 to 1, (n, 2), and classes, (n)."""

MOST = 32
"""More neurons of a layer than this are left out, and it is said how many."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerMaps:
    """The maps of one layer.

    Attributes:
        function: its activation.
        outputs: what each neuron gives, (units, side, side), rows from the top.
        lines: where the sum z of each is 0, as pieces from 0 to 1.
    """

    function: str
    outputs: Array
    lines: Sequence[Array]


def shades_of(outputs: Array) -> bytes:
    """Return a map's shades: an output of 1 or more is the full shade, −1 that of the other sign.

    Shapes: (side, side).
    """
    part = np.clip(np.nan_to_num(outputs, nan=0.0), -1, 1)
    shades: NDArray[np.int8] = np.round(part * 127).astype(np.int8)
    return shades.tobytes()


def neuron_maps(
    layers: Sequence[LayerMaps],
    width: float,
    chosen: tuple[int, int] | None = None,
    examples: Examples | None = None,
    height: float = 0.0,
) -> Picture:
    """Return the maps, layer by layer; the chosen one is enlarged on top.

    Args:
        layers: from the first to the last.
        width: of the picture, px.
        chosen: layer, from 1, and unit of the one to be enlarged.
        examples: where they lie on the plane, and their classes.
        height: that there is room for; few maps fill it, unless one is enlarged.
    """
    exists = chosen is not None and _exists(layers, chosen)
    tile = _TILE if exists else _fitting([len(each.outputs) for each in layers], width, height)
    items: list[Item] = []
    y = 4.0
    if chosen is not None and _exists(layers, chosen):
        side = min(width - 4, 300.0)
        rect = Rect(2, y + _HEAD, side, side)
        items += _map(layers, chosen, rect, large=True)
        items += [] if examples is None else _marks(examples, rect)
        items.append(Text(2, y + 17, _title(layers, chosen), Role.TEXT, 13, True))
        y += side + _HEAD + 12
    columns = _across(tile, width)
    for number, layer in enumerate(layers, 1):
        count = len(layer.outputs)
        title = Message("neurons.layer", number=number, function=layer.function)
        if number == len(layers):
            title = Message("neurons.output", function=layer.function)
        items.append(Text(2, y + 16, title, Role.MUTED, 11.5, True))
        y += _HEAD
        shown = min(count, MOST)
        for unit in range(shown):
            row, column = divmod(unit, columns)
            x = 2 + column * (tile + _GAP)
            top = y + row * (tile + _NAME + _GAP)
            place = (number, unit)
            items += _map(layers, place, Rect(x, top, tile, tile), is_chosen=place == chosen)
            name = _name(layers, place)
            items.append(Text(x + tile / 2, top + tile + 12, name, Role.TEXT, 11, align="center"))
        y += -(-shown // columns) * (tile + _NAME + _GAP)
        if count > shown:
            more = Message("network.more", n=count - shown)
            items.append(Text(2, y + 8, more, Role.MUTED, 11.5))
            y += 20
    summary = Message("neurons.summary", n=sum(len(layer.outputs) for layer in layers))
    return Picture(tuple(items), Rect(0, 0, width, y + 6), None, summary)


def _across(tile: float, width: float) -> int:
    return max(int((width + _GAP) // (tile + _GAP)), 1)


def _fitting(counts: Sequence[int], width: float, height: float) -> float:
    """Return how large a map can be for all to be seen; never smaller than usual."""
    for tile in np.arange(_LARGEST, _TILE, -4.0).tolist():
        across = _across(tile, width)
        rows = [-(-min(count, MOST) // across) for count in counts]
        more = sum(20 for count in counts if count > MOST)
        needed = sum(_HEAD + row * (tile + _NAME + _GAP) for row in rows) + more + 10
        if needed <= height and tile <= width - 4:
            return float(tile)
    return _TILE


def _marks(examples: Examples, rect: Rect) -> list[Item]:
    """Return the examples; only two classes have looks of their own."""
    places, kinds = examples
    several = bool(len(kinds)) and int(kinds.max()) > 1
    items: list[Item] = []
    for (x, y), kind in zip(places.tolist(), kinds.tolist(), strict=True):
        shape, role = ("round", Role.MUTED) if several else _LOOKS[int(kind)]
        items.append(Token(rect.x + x * rect.width, rect.y + y * rect.height, shape, role, 3.4))
    return items


def _exists(layers: Sequence[LayerMaps], place: tuple[int, int]) -> bool:
    return 0 < place[0] <= len(layers) and place[1] < len(layers[place[0] - 1].outputs)


def _map(
    layers: Sequence[LayerMaps],
    place: tuple[int, int],
    rect: Rect,
    *,
    large: bool = False,
    is_chosen: bool = False,
) -> list[Item]:
    layer = layers[place[0] - 1]
    outputs = layer.outputs[place[1]]
    radius = 4.0
    items: list[Item] = [Raster(rect, outputs.shape[1], shades_of(outputs), radius)]
    pieces = layer.lines[place[1]] if layer.lines else np.empty((0, 2, 2))
    if len(pieces):
        shapes = pieces.reshape(-1, 4) * np.array([rect.width, rect.height] * 2)
        shapes += np.array([rect.x, rect.y] * 2)
        items.append(Swarm(shapes, np.arange(len(shapes)), True, stroke=Role.TEXT))
    key = "" if large else neuron_key(place)
    stroke, width = (Role.SELECTED, 3.0) if is_chosen else (Role.LINE, 1.25)
    items.append(Box(key, rect, Role.CLEAR, stroke, width, radius))
    return items


def neuron_key(place: tuple[int, int]) -> str:
    """Return the key of a neuron's box."""
    return f"neuron:{place[0]}:{place[1]}"


def neuron_of(key: str) -> tuple[int, int] | None:
    """Return layer and unit that a box stands for."""
    name, _, rest = key.partition(":")
    layer, _, unit = rest.partition(":")
    return (int(layer), int(unit)) if name == "neuron" else None


def _name(layers: Sequence[LayerMaps], place: tuple[int, int]) -> str:
    base = "yhat" if place[0] == len(layers) else f"a^{place[0]}"
    alone = len(layers[place[0] - 1].outputs) == 1
    return text_name(base if alone else f"{base}_{place[1] + 1}")


def _title(layers: Sequence[LayerMaps], place: tuple[int, int]) -> Message:
    return Message(
        "neurons.title", name=_name(layers, place), function=layers[place[0] - 1].function
    )
