"""Finding nodes by what a person calls them: `w1`, `z`, `layer2.weight[0,1]`, `tanh`, `×`."""

import unicodedata

from mlviz.autograd import Node
from mlviz.picture.glyphs import glyph, is_hidden
from mlviz.trace.timeline import Timeline


def find_nodes(timeline: Timeline, text: str) -> tuple[int, ...]:
    """Return the nodes that are called like `text`: those called exactly so come first."""
    wanted = _plain(text)
    if not wanted:
        return ()
    found = []
    for node in timeline.tape:
        if is_hidden(node):
            continue
        rank = min(_rank(name, wanted) for name in _names(timeline, node))
        if rank < 3:
            found.append((rank, node.id))
    return tuple(id for _, id in sorted(found))


def _names(timeline: Timeline, node: Node) -> list[str]:
    symbols = timeline.symbols
    names = [symbols.name(node.id), symbols.text(node.id), node.origin, *node.parts[:64]]
    if node.op is not None:
        names += [node.op.name, glyph(timeline.tape, node)]
    return [_plain(name) for name in names]


def _rank(name: str, wanted: str) -> int:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    return 2 if wanted in name else 3


def _plain(text: str) -> str:
    """Return `text` as it is typed: w₁ becomes w1, and spaces do not count."""
    typed = unicodedata.normalize("NFKC", text).casefold()
    return "".join(typed.split())
