"""A tensor as a matrix: its numbers, and the chain rule of products as rows times columns.

`matrix_page` says what is shown of a node at a moment; `picture.matrix_table` draws it.
"""

from dataclasses import dataclass, field

import numpy as np

from mlviz.autograd import Array, Contribution, Node
from mlviz.i18n import Message
from mlviz.picture.easing import TIMINGS
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import State, Timeline

TRANSPOSED = ("linear", "matmul_transposed")
"""Products that read their second factor, a weight, transposed."""
_PRODUCTS = (*TRANSPOSED, "matmul")


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A matrix with a name.

    Attributes:
        tex: its name in TeX.
        rows: how many rows it has.
        columns: how many columns.
        values: its numbers; None before they are computed.
        flow: `value` or `gradient`.
        turned: whether it is the transpose of what is on the tape.
        stretched: whether its rows and its columns are one that broadcasting repeats.
    """

    tex: str
    rows: int
    columns: int
    values: Array | None
    flow: str = "value"
    turned: bool = False
    stretched: tuple[bool, bool] = (False, False)

    def number(self, row: int, column: int) -> float | None:
        """Return one number; None before it is computed."""
        return None if self.values is None else float(self.values[row, column])

    def is_ghost(self, row: int, column: int) -> bool:
        """Return whether a cell only repeats the first one."""
        return (self.stretched[0] and row > 0) or (self.stretched[1] and column > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """How a matrix comes about.

    Attributes:
        kind: `product` (left times right), `sum` (left added up along what was stretched) or
            `stretch` (entry by entry, the parts stretched to one shape).
        tex: the rule as a formula.
        parts: the matrices it is made of; of a product first left, then right.
        result: what comes out.
        plus: what is added to a product, stretched to its shape.
    """

    kind: str
    tex: str
    parts: tuple[Grid, ...]
    result: Grid
    plus: Grid | None = None

    def terms(self, row: int, column: int) -> list[tuple[float, ...]]:
        """Return what is added up for one cell: pairs to be multiplied, or single numbers."""
        if any(part.values is None for part in self.parts):
            return []
        if self.kind == "product":
            left, right = (part.values for part in self.parts)
            assert left is not None
            assert right is not None
            found: list[tuple[float, ...]] = [
                (float(a), float(b)) for a, b in zip(left[row], right[:, column], strict=True)
            ]
            if self.plus is not None and self.plus.values is not None:
                found.append((float(self.plus.values[row, column]),))
            return found
        if self.kind == "sum":
            values = self.parts[0].values
            assert values is not None
            rows = slice(None) if self.result.rows < self.parts[0].rows else row
            columns = slice(None) if self.result.columns < self.parts[0].columns else column
            return [(float(value),) for value in np.ravel(values[rows, columns])]
        return []

    def made_of(self, part: int, row: int, column: int, cell: tuple[int, int]) -> bool:
        """Return whether a cell of a part takes part in the result's cell at row and column."""
        r, c = cell
        if self.kind == "product":
            return r == row if part == 0 else c == column
        if self.kind == "sum":
            whole = self.parts[0]
            return (self.result.rows < whole.rows or r == row) and (
                self.result.columns < whole.columns or c == column
            )
        return cell == (row, column)


@dataclass(frozen=True, slots=True, eq=False)
class MatrixPage:
    """What is shown of one node at one moment.

    Attributes:
        node: its id.
        name: its symbol.
        value: its value, the new one once it is updated.
        gradient: its gradient; None if it gets none.
        rule: where the value, or the newest part of the gradient, comes from.
        problem: why there is no matrix; None if there is one.
    """

    node: int
    name: str
    value: Grid
    gradient: Grid | None
    rule: Rule | None
    problem: Message | None = field(default=None)


def matrix_node(timeline: Timeline, position: Position, selected: int | None) -> int:
    """Return the node that is shown: the selected one, or the one something happens to."""
    if selected is not None:
        return selected
    step = timeline.step(timeline.clamped(position).step)
    if step is None:
        return 0
    return step.target


def matrix_page(timeline: Timeline, position: Position, selected: int | None) -> MatrixPage:
    """Return what is shown of the selected node, or of the one something happens to."""
    position = timeline.clamped(position)
    id = matrix_node(timeline, position, selected)
    symbols = Symbols(timeline.tape)
    node, tex = timeline.tape[id], symbols.tex(id)
    step = timeline.step(position.step)
    arrived = step is None or TIMINGS[step.kind].arrived(position.progress)
    state = timeline.state_at(position.step if arrived else position.step - 1)
    update = state.update(id)
    value = state.value(id) if update is None else update.after
    gradient = None
    if node.requires_grad:
        gradient = _grid(_slope(tex), node.value, state.gradient(id), "gradient")
    problem = Message("matrix.too_many_axes", n=node.value.ndim) if node.value.ndim > 2 else None
    rule = None
    if problem is None:
        backward = step is not None and step.kind is not StepKind.FORWARD
        rule = _Rules(timeline, state, symbols).of(node, backward=backward)
    return MatrixPage(
        id, symbols.text(id), _grid(tex, node.value, value, "value"), gradient, rule, problem
    )


def _grid(
    tex: str,
    like: Array,
    values: Array | None,
    flow: str,
    *,
    turned: bool = False,
    upright: bool = False,
) -> Grid:
    """Return an array as a matrix: a vector is a row, or a column if it is to stand upright."""
    shape = _matrix(like, upright).shape
    matrix = None if values is None else _matrix(values, upright)
    if turned:
        shape, matrix = shape[::-1], None if matrix is None else matrix.T
    return Grid(tex, shape[0], shape[1], matrix, flow, turned)


def _matrix(array: Array, upright: bool = False) -> Array:
    if array.ndim == 2:
        return array
    if array.ndim > 2:
        return array.reshape(-1, array.shape[-1])
    return array.reshape(-1, 1) if upright else array.reshape(1, -1)


def _slope(tex: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {tex}}}"


class _Rules:
    """Finds the rule behind a node's numbers."""

    def __init__(self, timeline: Timeline, state: State, symbols: Symbols) -> None:
        self._timeline = timeline
        self._tape = timeline.tape
        self._state = state
        self._symbols = symbols

    def of(self, node: Node, *, backward: bool) -> Rule | None:
        contributions = self._timeline.contributions_to(node.id)
        received = self._state.received(node.id)
        if backward and contributions:
            return self._sent(contributions[max(received - 1, 0)], known=received > 0)
        return self._forward(node)

    # --- Forward ---------------------------------------------------------------------------

    def _forward(self, node: Node) -> Rule | None:
        op = node.op
        if op is None:
            return None
        inputs = [self._tape[id] for id in node.inputs]
        if any(source.value.ndim > 2 for source in inputs):
            return None
        result = self._value(node)
        if op.name in _PRODUCTS:
            if inputs[1].value.ndim == 1 and op.name in TRANSPOSED:
                return None
            turned = op.name in TRANSPOSED
            left, right = self._value(inputs[0]), self._value(inputs[1], turned=turned)
            if op.name == "matmul" and inputs[1].value.ndim == 1:
                right, result = self._upright(inputs[1]), self._upright(node)
            tex = f"{result.tex} = {left.tex} {right.tex}"
            plus = None
            if len(inputs) > 2:
                plus = self._stretched(inputs[2], node)
                tex += f" + {plus.tex}"
            return Rule("product", tex, (left, right), result, plus)
        if op.elementwise and any(source.value.shape != node.value.shape for source in inputs):
            parts = tuple(self._stretched(source, node) for source in inputs if source.value.ndim)
            if parts and any(any(part.stretched) for part in parts):
                names = r",\ ".join(part.tex for part in parts)
                return Rule("stretch", rf"{names}\ \rightarrow\ {result.tex}", parts, result)
        return None

    def _value(self, node: Node, *, turned: bool = False) -> Grid:
        tex = self._symbols.tex(node.id) + ("^{T}" if turned else "")
        return _grid(tex, node.value, self._state.value(node.id), "value", turned=turned)

    def _upright(self, node: Node) -> Grid:
        tex = self._symbols.tex(node.id)
        return _grid(tex, node.value, self._state.value(node.id), "value", upright=True)

    def _stretched(self, source: Node, node: Node) -> Grid:
        """Return an input as broadcasting sees it: repeated to the result's shape."""
        shape = _matrix(node.value).shape
        own = _matrix(source.value).shape
        value = self._state.value(source.id)
        values = None if value is None else np.broadcast_to(_matrix(value), shape)
        repeated = (own[0] == 1 and shape[0] > 1, own[1] == 1 and shape[1] > 1)
        tex = self._symbols.tex(source.id)
        return Grid(tex, shape[0], shape[1], values, "value", stretched=repeated)

    # --- Backward --------------------------------------------------------------------------

    def _sent(self, sent: Contribution, *, known: bool) -> Rule | None:
        node, target = self._tape[sent.node], self._tape[sent.target]
        inputs = [self._tape[id] for id in node.inputs]
        op = node.op
        assert op is not None
        if any(each.value.ndim > 2 for each in (node, target, *inputs)):
            return None
        result = _grid(
            _slope(self._symbols.tex(target.id)),
            target.value,
            sent.downstream if known else None,
            "gradient",
        )
        if op.name in _PRODUCTS and sent.slot < 2 and all(i.value.ndim == 2 for i in inputs[:2]):
            return self._product(sent, op.name, inputs, result)
        is_bias = op.name == "linear" and sent.slot == 2
        if (op.elementwise or is_bias) and node.value.shape != target.value.shape:
            return self._added_up(sent, result)
        return None

    def _upstream(self, sent: Contribution, *, turned: bool = False) -> Grid:
        complete = self._state.gradient_complete(sent.node)
        tex = _slope(self._symbols.tex(sent.node))
        tex = rf"\left({tex}\right)^{{T}}" if turned else tex
        values = sent.upstream if complete else None
        return _grid(tex, sent.upstream, values, "gradient", turned=turned)

    def _product(self, sent: Contribution, name: str, inputs: list[Node], result: Grid) -> Rule:
        if name in TRANSPOSED:
            first = sent.slot == 0
            left = self._upstream(sent, turned=not first)
            right = self._value(inputs[1] if first else inputs[0])
        elif sent.slot == 0:
            left, right = self._upstream(sent), self._value(inputs[1], turned=True)
        else:
            left, right = self._value(inputs[0], turned=True), self._upstream(sent)
        return Rule("product", f"{result.tex} = {left.tex} {right.tex}", (left, right), result)

    def _added_up(self, sent: Contribution, result: Grid) -> Rule:
        """What broadcasting stretched receives the sum of what all its copies send."""
        complete = self._state.gradient_complete(sent.node)
        with np.errstate(all="ignore"):
            each = sent.upstream if sent.local is None else sent.upstream * sent.local
        upstream = _slope(self._symbols.tex(sent.node))
        simple = sent.local is None or bool(np.all(sent.local == 1))
        of, by = self._symbols.tex(sent.node), self._symbols.tex(sent.target)
        local = rf"\frac{{\partial {of}}}{{\partial {by}}}"
        tex = upstream if simple else rf"{upstream}\, {local}"
        whole = _grid(tex, each, each if complete else None, "gradient")
        return Rule("sum", rf"{result.tex} = \sum {tex}", (whole,), result)
