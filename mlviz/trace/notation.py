"""How the nodes of a timeline are written in formulas."""

from mlviz.autograd import Node
from mlviz.trace.timeline import Timeline
from mlviz.trace.typeset import Part, array, literal, symbol

_FRACTION = r"\frac{{\partial {0}}}{{\partial {1}}}"


class Notation:
    """The symbols and numbers of one timeline's nodes, as parts of formulas."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.tape = timeline.tape
        self.symbols = timeline.symbols

    def symbol(self, id: int) -> Part:
        """Return the symbol of a node; a nameless constant is its own number."""
        node = self.tape[id]
        if self.symbols.name(id):
            return symbol(self.symbols.tex(id), self.symbols.text(id))
        return literal(float(node.value))

    def gradient_symbol(self, id: int) -> Part:
        """Return ∂L/∂(node)."""
        return self.derivative(self.timeline.output, id)

    def derivative(self, top: int, bottom: int) -> Part:
        """Return ∂(top)/∂(bottom)."""
        a, b = self.symbol(top), self.symbol(bottom)
        # It holds like a power: multiplied as it is, in brackets before it is transposed.
        return Part(_FRACTION.format(a.tex, b.tex), f"∂{a.text}/∂{b.text}", 3)

    def value(self, id: int) -> Part:
        """Return the node's value, or its symbol where it is too large to be written out."""
        node = self.tape[id]
        if not self.symbols.name(id):
            return self.symbol(id)
        return array(node.value) or self.symbol(id)

    def is_scalar(self, *ids: int) -> bool:
        """Return whether all of these nodes are single numbers."""
        return all(self.tape[id].value.ndim == 0 for id in ids)


def settings_of(node: Node) -> dict[str, Part]:
    """Return what an operation was set to, such as a slope of 0.01, as it is written."""
    return {
        name: literal(value)
        for name, value in node.params.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
