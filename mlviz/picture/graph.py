"""The computation graph on the stage: boxes, edges, and what travels along them now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from mlviz.autograd import Array, Node, Tape
from mlviz.i18n import Message
from mlviz.layout import Edge, Layout, LayoutGraph, NodeBox
from mlviz.numerals import format_number, format_shape
from mlviz.picture.boxes import NodeForm, Outline, node_form, node_items, number_width
from mlviz.picture.easing import TIMINGS
from mlviz.picture.glyphs import is_hidden
from mlviz.picture.items import Box, Curve, Item, Picture, Polygon, Rect, Role, Text, Token
from mlviz.trace.steps import Phase, Position, Step, StepKind
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import State, Timeline

_COLOURS = {
    Phase.FORWARD: Role.FORWARD,
    Phase.BACKWARD: Role.BACKWARD,
    Phase.UPDATE: Role.UPDATE,
}
_BUBBLE_SIZE = 12.0
_MARGIN = 26.0
_LONGEST_TIP = 70.0


def graph_shape(timeline: Timeline) -> LayoutGraph:
    """Return the graph that is to be laid out: visible nodes with their sizes, and edges."""
    tape = timeline.tape
    symbols = Symbols(tape)
    visible = [node for node in tape if not is_hidden(node)]
    boxes = [
        NodeBox(id, form.width, form.height) for id, form in _forms(tape, symbols, visible).items()
    ]
    edges = [
        Edge(source, node.id, slot)
        for node in visible
        for slot, source in enumerate(node.inputs)
        if not is_hidden(tape[source])
    ]
    return LayoutGraph(tuple(boxes), tuple(edges))


def _forms(tape: Tape, symbols: Symbols, nodes: Sequence[Node]) -> dict[int, NodeForm]:
    """Return the form of every node's box, in whole px."""
    uses = Counter(source for node in tape for source in node.inputs)
    forms = {node.id: node_form(tape, symbols, node, uses[node.id]) for node in nodes}
    return {
        id: replace(form, width=round(form.width), height=round(form.height))
        for id, form in forms.items()
    }


class _Path:
    """An edge's route, to be walked at even speed."""

    def __init__(self, points: tuple[tuple[float, float], ...]) -> None:
        self.points = points

    @cached_property
    def _samples(self) -> tuple[Array, Array]:
        t = np.linspace(0, 1, 17)[:, None]
        pieces = []
        control = np.asarray(self.points, dtype=float)
        for k in range(0, len(control) - 1, 3):
            a, b, c, d = control[k : k + 4]
            pieces.append(
                a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3
            )
        line = np.concatenate(pieces)
        steps = np.hypot(*np.diff(line, axis=0).T)
        return line, np.concatenate([[0.0], np.cumsum(steps)])

    def at(self, t: float) -> tuple[float, float]:
        """Return the point after part `t` of the length."""
        line, length = self._samples
        where = t * length[-1]
        return float(np.interp(where, length, line[:, 0])), float(
            np.interp(where, length, line[:, 1])
        )


class GraphPictures:
    """Pictures of one timeline's graph, at any position."""

    def __init__(self, timeline: Timeline, layout: Layout) -> None:
        self.timeline = timeline
        self.tape = timeline.tape
        self.symbols = Symbols(timeline.tape)
        self._visible = [node for node in self.tape if not is_hidden(node)]
        self._forms = _forms(self.tape, self.symbols, self._visible)
        self._rects: dict[int, Rect] = {}
        for node in self._visible:
            x, y = layout.nodes[node.id]
            width, height = self._forms[node.id].width, self._forms[node.id].height
            self._rects[node.id] = Rect(x - width / 2, y - height / 2, width, height)
        graph = graph_shape(timeline)
        self._paths = {
            (edge.target, edge.slot): _Path(route.points)
            for edge, route in zip(graph.edges, layout.routes, strict=True)
        }
        self._consumed = {
            step.node: step.number for step in timeline.steps if step.kind is StepKind.FORWARD
        }
        self._sent = {
            (step.node, step.slot): step.number
            for step in timeline.steps
            if step.kind is StepKind.BACKWARD
        }
        self._downwards = layout.direction == "TB"
        self.bounds = Rect(0, 0, layout.width, layout.height).grown(_MARGIN)

    def rect(self, node: int) -> Rect | None:
        """Return where a node's box is; None for a number that is written elsewhere."""
        return self._rects.get(node)

    def at(
        self, position: Position, selected: int | None = None, hovered: int | None = None
    ) -> Picture:
        """Return the picture at `position`."""
        position = self.timeline.clamped(position)
        step = self.timeline.step(position.step)
        settled = step is None or TIMINGS[step.kind].arrived(position.progress)
        state = self.timeline.state_at(position.step if settled else position.step - 1)
        items: list[Item] = [self._edge(*key, position) for key in self._paths]
        for node in self._visible:
            outline = self._outline(node.id, step, selected, hovered)
            items += node_items(
                self.tape,
                self.symbols,
                node,
                self._forms[node.id],
                self._rects[node.id],
                state,
                outline,
            )
        items += self._moving(step, position.progress)
        summary = self._summary(step)
        return Picture(tuple(items), self.bounds, self._focus(position), summary)

    # --- At rest ---------------------------------------------------------------------------

    def _outline(
        self, id: int, step: Step | None, selected: int | None, hovered: int | None
    ) -> Outline:
        node = self.tape[id]
        strong = node.role == "parameter" or id == self.timeline.output
        stroke, width = (Role.STRONG, 1.75) if strong else (Role.LINE, 1.25)
        halo = None
        if step is not None:
            colour = _COLOURS[step.phase]
            if id == step.node:
                stroke, width, halo = colour, 2.0, colour
            elif step.kind is StepKind.BACKWARD and id == step.target:
                stroke, width = colour, 2.0
        if id == hovered:
            stroke, width = Role.HOVERED, 2.5
        if id == selected:
            stroke, width = Role.SELECTED, 3.0
        return Outline(stroke, width, halo)

    def _edge(self, node: int, slot: int, position: Position) -> Curve:
        """Draw an edge as what last went along it: nothing yet, a value, or a gradient."""
        points = self._paths[node, slot].points
        key = f"edge:{node}:{slot}"
        step = self.timeline.step(position.step)
        active = step is not None and step.node == node
        if step is not None and step.kind is StepKind.FORWARD and active:
            return Curve(key, points, Role.FORWARD, 2.5, True, arrow="end")
        sent = self._sent.get((node, slot))
        if sent is not None and sent <= position.step:
            now = sent == position.step
            return Curve(
                key,
                points,
                Role.BACKWARD,
                2.75 if now else 1.5,
                bezier=True,
                dashed=True,
                arrow="start",
                opacity=1 if now else 0.55,
            )
        if self._consumed[node] <= position.step:
            return Curve(key, points, Role.FORWARD, 1.5, True, arrow="end", opacity=0.5)
        return Curve(key, points, Role.LINE, 1.25, True, arrow="end")

    # --- Moving ----------------------------------------------------------------------------

    def _moving(self, step: Step | None, progress: float) -> list[Item]:
        if step is None:
            return []
        timing = TIMINGS[step.kind]
        travel = timing.travel(progress)
        match step.kind:
            case StepKind.FORWARD:
                if timing.arrived(progress):
                    return []
                return self._values(step, travel)
            case StepKind.BACKWARD:
                return self._gradient(step, travel, timing.arrived(progress))
            case StepKind.UPDATE:
                return self._update(step, timing.arrived(progress))
        return []

    def _values(self, step: Step, travel: float) -> list[Item]:
        """Round tokens carry the inputs' values to the operation."""
        items: list[Item] = []
        for slot, source in enumerate(self.tape[step.node].inputs):
            path = self._paths.get((step.node, slot))
            if path is None:
                continue
            x, y = path.at(travel)
            text = _short(self.tape[source].value)
            items += _bubble(x, y - 15, (text,), Role.FORWARD)
            items.append(Token(x, y, "round", Role.FORWARD, 6))
        return items

    def _gradient(self, step: Step, travel: float, arrived: bool) -> list[Item]:
        """A diamond carries upstream × local derivative to the input."""
        path = self._paths.get((step.node, step.slot))
        if path is None:
            return []
        contribution = self.timeline.contribution(step)
        # At rest the diamond waits in the middle of its edge, where the product can be read.
        x, y = path.at(1 - travel / 2 if arrived else 1 - travel)
        if contribution.upstream.ndim or contribution.local is None:
            lines: tuple[str, ...] = (_short(contribution.downstream),)
        else:
            upstream = format_number(contribution.upstream.item())
            local = format_number(contribution.local.item())
            local = f"({local})" if local.startswith("−") else local
            product = f"{upstream} × {local}"
            result = format_number(contribution.downstream.item())
            lines = (product, f"= {result}") if travel > 0 else (product,)
        both = self._rects[step.node].united(self._rects[step.target])
        token = Token(x, y, "diamond", Role.BACKWARD, 8)
        if self._downwards:
            return [*_bubble_beside(x + 11, y, lines, Role.BACKWARD, both.right + 8), token]
        return [*_bubble(x, y - 11, lines, Role.BACKWARD, both.y - 8), token]

    def _update(self, step: Step, arrived: bool) -> list[Item]:
        update = self.timeline.update(step.node)
        rect = self._rects.get(step.node)
        if update is None or rect is None or update.before.ndim:
            return []
        before, change = format_number(update.before.item()), update.change.item()
        sign = "−" if change < 0 else "+"
        lines = [f"{before} {sign} {format_number(abs(change))}"]
        if arrived:
            lines.append(f"= {format_number(update.after.item())}")
        x, _ = rect.center
        return _bubble(x, rect.y - 4, tuple(lines), Role.UPDATE)

    # --- Where to look ---------------------------------------------------------------------

    def _focus(self, position: Position) -> Rect | None:
        """Return where the eye should be, gliding from one step's place to the next."""
        now = self._place(position.step)
        before = self._place(position.step - 1) if position.step else None
        if now is None or before is None or position.progress >= 1:
            return now
        t = min(position.progress / 0.3, 1.0)
        t = t * t * (3 - 2 * t)
        return Rect(
            before.x + (now.x - before.x) * t,
            before.y + (now.y - before.y) * t,
            before.width + (now.width - before.width) * t,
            before.height + (now.height - before.height) * t,
        )

    def _place(self, number: int) -> Rect | None:
        step = self.timeline.step(min(max(number, 0), len(self.timeline)))
        if step is None:
            rects = [self._rects[n.id] for n in self._visible if n.is_leaf]
            first = rects[:1] or [self.bounds]
            return first[0]
        ids = {step.node, step.target}
        if step.kind is StepKind.FORWARD:
            ids |= {id for id in self.tape[step.node].inputs if id in self._rects}
        place = self._rects[step.node]
        for id in ids:
            if id in self._rects:
                place = place.united(self._rects[id])
        return place.grown(_MARGIN)

    def _summary(self, step: Step | None) -> Message:
        if step is None:
            return Message("graph.summary.start", n=len(self._visible))
        return Message(
            f"graph.summary.{step.kind}",
            number=step.number,
            count=len(self.timeline),
            node=self.symbols.text(step.node),
            target=self.symbols.text(step.target),
        )


def node_facts(timeline: Timeline, state: State, id: int) -> tuple[str, Array | None, Array | None]:
    """Return a node's symbol, and its value and gradient as far as they are known."""
    return Symbols(timeline.tape).text(id), state.value(id), state.gradient(id)


def _short(value: Array) -> str:
    """Return a number, or a shape where there are many."""
    return format_number(value.item()) if value.ndim == 0 else format_shape(value.shape)


def _bubble(
    x: float, y: float, lines: tuple[str, ...], role: Role, above: float | None = None
) -> list[Item]:
    """Return a filled label with its tip at (x, y).

    Args:
        x: of the tip.
        y: of the tip.
        lines: the label's text.
        role: of its fill.
        above: where the label has to end so that it hides nothing of what it is about; kept
            only if it is near enough for the tip to reach.
    """
    width, height = _bubble_size(lines)
    bottom = y - 7
    if above is not None and bottom - _LONGEST_TIP < above < bottom:
        bottom = above
    rect = Rect(x - width / 2, bottom - height, width, height)
    tip = ((x - 5, bottom - 0.5), (x + 5, bottom - 0.5), (x, y))
    return [*_label(rect, lines, role), Polygon(tip, role)]


def _bubble_beside(
    x: float, y: float, lines: tuple[str, ...], role: Role, beyond: float
) -> list[Item]:
    """Return a filled label to the right of its tip at (x, y), from `beyond` on if that is near."""
    width, height = _bubble_size(lines)
    left = beyond if x + 7 < beyond < x + _LONGEST_TIP + 7 else x + 7
    rect = Rect(left, y - height / 2, width, height)
    tip = ((left + 0.5, y - 5), (left + 0.5, y + 5), (x, y))
    return [*_label(rect, lines, role), Polygon(tip, role)]


def _bubble_size(lines: tuple[str, ...]) -> tuple[float, float]:
    return max(number_width(line, _BUBBLE_SIZE) for line in lines) + 18, 17 * len(lines) + 9


def _label(rect: Rect, lines: tuple[str, ...], role: Role) -> list[Item]:
    items: list[Item] = [Box("", rect, role, Role.CLEAR, 0, 6)]
    x, _ = rect.center
    for row, line in enumerate(lines):
        baseline = rect.y + 17 + 17 * row
        items.append(
            Text(x, baseline, line, Role.ON_COLOUR, _BUBBLE_SIZE, True, "center", "number")
        )
    return items
