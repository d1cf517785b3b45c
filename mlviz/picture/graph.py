"""The computation graph on the stage: boxes, edges, and what travels along them now."""

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from mlviz.autograd import Array, Node
from mlviz.i18n import Message
from mlviz.layout import Layout
from mlviz.picture.afar import DETAIL, MANY_EDGES, Afar, within
from mlviz.picture.boxes import Outline, entry_rect, node_items, place_of
from mlviz.picture.easing import TIMINGS
from mlviz.picture.edges import Edges
from mlviz.picture.eye import Eye
from mlviz.picture.film import lock
from mlviz.picture.frames import frame_items, frame_names, frame_places
from mlviz.picture.glyphs import is_hidden
from mlviz.picture.items import Item, Picture, Rect, Role, Text
from mlviz.picture.shape import Path, edges_of, forms_of, graph_shape
from mlviz.picture.travel import Travel
from mlviz.trace.blocked import cut_edges
from mlviz.trace.magnify import Frame
from mlviz.trace.steps import Phase, Position, Step, StepKind
from mlviz.trace.timeline import State, Timeline

__all__ = ["GraphPictures", "graph_shape", "node_facts"]

_COLOURS = {
    Phase.FORWARD: Role.FORWARD,
    Phase.BACKWARD: Role.BACKWARD,
    Phase.UPDATE: Role.UPDATE,
}
_SIDE, _HEAD, _FOOT = 16.0, 30.0, 12.0
"""Room beside, above and below the nodes; above for a label at one of the topmost."""
_REACH = 10.0
"""How far a mark may reach beyond its node or edge: a halo, an arrow's head."""
_GLANCE = (480.0, 270.0)
"""Px of the picture that are seen at once on a small stage."""
_KEPT = 20_000
"""How many nodes' marks are kept from picture to picture."""


class GraphPictures:
    """Pictures of one timeline's graph, at any position."""

    def __init__(self, timeline: Timeline, layout: Layout, frames: Sequence[Frame] = ()) -> None:
        self.timeline = timeline
        self.tape = timeline.tape
        self.symbols = timeline.symbols
        self._visible = [node for node in self.tape if not is_hidden(node)]
        self._forms = forms_of(self.tape, self.symbols, self._visible)
        self._rects: dict[int, Rect] = {}
        for node in self._visible:
            x, y = layout.nodes[node.id]
            width, height = self._forms[node.id].width, self._forms[node.id].height
            self._rects[node.id] = Rect(x - width / 2, y - height / 2, width, height)
        edges = edges_of(self.tape, self._visible)
        self._paths = {
            (edge.target, edge.slot): Path(route.points)
            for edge, route in zip(edges, layout.routes, strict=True)
        }
        self._edges = Edges(timeline, self._paths)
        self.bounds = Rect(-_SIDE, -_HEAD, layout.width + 2 * _SIDE, layout.height + _HEAD + _FOOT)
        self.frames = frame_places(frames, self._rects)
        for place in self.frames:
            self.bounds = self.bounds.united(place.rect.grown(_FOOT))
        names = [place.plate for place in self.frames]
        downwards = layout.direction == "TB"
        self._travel = Travel(timeline, self._rects, self._paths, downwards, names)
        self._cut = cut_edges(timeline)
        self._frame_items = frame_items(self.frames)
        self._frame_names = frame_names(self.frames)
        self._marks: dict[tuple[int, int, Outline], list[Item]] = {}
        self._at_rest: dict[int, tuple[float, float, list[Item]]] = {}
        self._places: dict[int, Rect | None] = {}
        self.eye = Eye(timeline, self._rects, self._paths, self._travel)

    @property
    def rects(self) -> Mapping[int, Rect]:
        """Where each node's box is, by its id."""
        return self._rects

    @cached_property
    def afar(self) -> Afar:
        """The looks of the nodes and edges where they are too small for numbers."""
        return Afar(
            self.timeline, self._rects, {key: path.points for key, path in self._paths.items()}
        )

    def rect(self, node: int) -> Rect | None:
        """Return where a node's box is; None for a number that is written elsewhere."""
        return self._rects.get(node)

    def entry_rects(self, node: int) -> dict[tuple[int, ...], Rect]:
        """Return where the entries of a node's value are written, by their index."""
        value, rect = self.tape[node].value, self._rects.get(node)
        if rect is None or value.ndim > 2:
            return {}
        found = {}
        for index in np.ndindex(value.shape):
            row, column = (0, 0, *index)[-2:]
            place = entry_rect(self._forms[node], rect, row, column)
            if place is None:
                return {}
            found[index] = place
        return found

    def words(self, node: int, position: Position) -> list[Rect]:
        """Return where in a node's box names and numbers stand at a moment."""
        position = self.timeline.clamped(position)
        state = self._state(position, self.timeline.step(position.step))
        marks = self._resting(self.tape[node], state)
        return [place_of(item, self._rects[node]) for item in marks if isinstance(item, Text)]

    def route(self, node: int, slot: int) -> tuple[tuple[float, float], ...] | None:
        """Return how an edge runs, as Bézier points; None if it is not drawn."""
        path = self._paths.get((node, slot))
        return path.points if path else None

    def at(
        self, position: Position, selected: int | None = None, hovered: int | None = None
    ) -> Picture:
        """Return the picture at `position`, all of it in full detail."""
        picture = self._picture(position, selected, hovered, self._paths, self._visible)
        return replace(picture, focus=self.focus(position))

    def seen(
        self,
        position: Position,
        selected: int | None,
        hovered: int | None,
        view: Rect,
        scale: float,
    ) -> Picture:
        """Return what a view shows of the picture `at` a position.

        Args:
            position: the moment.
            selected: id of a node.
            hovered: id of a node.
            view: the part of the picture that is seen; nothing is made that lies beside it.
            scale: how large it is seen: there is less detail where all is small.
        """
        if scale < DETAIL:
            return self._seen_from_afar(position, selected, hovered, view, scale)
        low, high = self._spans
        rows = np.flatnonzero(within(low, high, view.grown(_REACH)))
        lines: Sequence[Item] = ()
        if rows.size > MANY_EDGES:
            step = self.timeline.step(self.timeline.clamped(position).step)
            lines = self.afar.edges(position.step, view, scale)
            edges = [] if step is None else self._served(step)
        else:
            keys = list(self._paths)
            edges = [keys[row] for row in rows]
        low = self.afar.boxes[:, :2]
        high = low + self.afar.boxes[:, 2:]
        rows = np.flatnonzero(within(low, high, view.grown(_REACH)))
        nodes = [self._visible[row] for row in rows]
        return self._picture(position, selected, hovered, edges, nodes, lines)

    @cached_property
    def _spans(self) -> tuple[Array, Array]:
        """The left upper and the right lower corner of each edge."""
        routes = [np.asarray(path.points) for path in self._paths.values()]
        corners = [(route.min(axis=0), route.max(axis=0)) for route in routes]
        low, high = np.array(corners).reshape(-1, 2, 2).swapaxes(0, 1)
        return low, high

    def _picture(
        self,
        position: Position,
        selected: int | None,
        hovered: int | None,
        edges: Collection[tuple[int, int]],
        nodes: Iterable[Node],
        lines: Sequence[Item] = (),
    ) -> Picture:
        position = self.timeline.clamped(position)
        step = self.timeline.step(position.step)
        state = self._state(position, step)
        items: list[Item] = [*self._frame_items, *lines]
        items += [self._edges.curve(*key, position.step) for key in edges]
        moving = self._travel.at(step, position.progress)
        items += moving.behind
        items += self._frame_names
        acting = () if step is None else (step.node, step.target)
        marked = {*acting, selected, hovered}
        kept = []
        for node in nodes:
            first = len(items)
            if node.id in marked:
                outline = self._outline(node.id, step, selected, hovered)
                items += self._node(node, state, step, outline)
            else:
                items += self._resting(node, state)
            if node.id not in acting:
                kept.append((first, len(items)))
        items += self._locks(edges, position)
        items += moving.above
        return Picture(tuple(items), self.bounds, None, self.summary(position), tuple(kept))

    def _state(self, position: Position, step: Step | None) -> State:
        """Return what is known, the result of the present step only once it has arrived."""
        settled = step is None or TIMINGS[step.kind].arrived(position.progress)
        return self.timeline.state_at(position.step if settled else position.step - 1)

    def _resting(self, node: Node, state: State) -> list[Item]:
        """Return the marks of a node that is neither acting nor pointed at."""
        known = self._at_rest.get(node.id)
        if known is None or not known[0] <= state.step < known[1]:
            events = [-math.inf, *self._events[node.id], math.inf]
            past = bisect_right(events, state.step)
            marks = self._node(node, state, None, self._outline(node.id, None, None, None))
            known = self._at_rest[node.id] = events[past - 1], events[past], marks
        return known[2]

    def _node(self, node: Node, state: State, step: Step | None, outline: Outline) -> list[Item]:
        """Return the marks of one node; they are kept until something happens to it."""
        form, rect = self._forms[node.id], self._rects[node.id]
        if step is not None and node.id in (step.node, step.target):
            return node_items(self.tape, self.symbols, node, form, rect, state, outline)
        key = (node.id, bisect_right(self._events[node.id], state.step), outline)
        marks = self._marks.get(key)
        if marks is None:
            if len(self._marks) >= _KEPT:
                self._marks.clear()
            marks = node_items(self.tape, self.symbols, node, form, rect, state, outline)
            self._marks[key] = marks
        return marks

    @cached_property
    def _events(self) -> dict[int, list[int]]:
        """The steps at which something happens to each node."""
        events: dict[int, list[int]] = {node.id: [] for node in self._visible}
        for step in self.timeline.steps:
            events.setdefault(step.target, []).append(step.number)
        return events

    def _seen_from_afar(
        self,
        position: Position,
        selected: int | None,
        hovered: int | None,
        view: Rect,
        scale: float,
    ) -> Picture:
        position = self.timeline.clamped(position)
        step = self.timeline.step(position.step)
        state = self._state(position, step)
        items: list[Item] = [*self._frame_items]
        items += self.afar.edges(position.step, view, scale)
        items += self.afar.nodes(state.step, view, scale)
        marked = [] if step is None else [step.node, step.target]
        if step is not None:
            items += [self._edges.curve(*key, position.step) for key in self._served(step)]
        for id in dict.fromkeys([*marked, hovered, selected]):
            if id is not None and id in self._rects:
                outline = self._outline(id, step, selected, hovered)
                node = self.tape[id]
                items.append(self._node(node, state, step, outline)[0])
        items += self._travel.tokens(step, position.progress)
        return Picture(tuple(items), self.bounds, None, self.summary(position))

    def _served(self, step: Step) -> list[tuple[int, int]]:
        """Return the edges along which something goes in a step."""
        slots: Iterable[int] = ()
        if step.kind is StepKind.FORWARD:
            slots = range(len(self.tape[step.node].inputs))
        elif step.kind is StepKind.BACKWARD:
            slots = (step.slot,)
        return [(step.node, slot) for slot in slots if (step.node, slot) in self._paths]

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

    def _locks(self, edges: Collection[tuple[int, int]], position: Position) -> list[Item]:
        """Mark the edges at which a gradient was stopped, and those it can never come back."""
        items: list[Item] = []
        begins = self.timeline.gradient_step(self.timeline.output)
        goes_back = begins is not None and position.step >= begins
        if not (self._travel.blocks or self._cut) or not goes_back:
            return items
        for key in edges:
            if key in self._cut:
                items += lock(*self._paths[key].at(self._travel.behind.free_middle(key)))
            elif key in self._travel.blocks and self._edges.sent[key] <= position.step:
                now = self._edges.sent[key] == position.step
                # Now, beyond the diamond that waits before it.
                beyond = min(0.22, 0.44 * self._travel.waits(key))
                place = beyond if now else self._travel.behind.free_middle(key)
                items += lock(*self._paths[key].at(place))
        return items

    # --- Where to look ---------------------------------------------------------------------

    def focus(self, position: Position) -> Rect | None:
        """Return where the eye is at the end of a step, on a small stage."""
        if position.step not in self._places:
            look = self.eye.look(position.step, _GLANCE)
            self._places[position.step] = None if look is None else look.end
        return self._places[position.step]

    def acting(self, number: int) -> list[Rect]:
        """Return where that is which a step is about: its nodes and labels."""
        return self.eye.acting(number)

    def summary(self, position: Position) -> Message:
        """Return the picture in words."""
        step = self.timeline.step(self.timeline.clamped(position).step)
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
    return timeline.symbols.text(id), state.value(id), state.gradient(id)
