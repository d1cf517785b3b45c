"""Every path from a number to the loss, with the local derivatives on it and their product."""

from functools import lru_cache

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_number
from mlviz.picture.boxes import number_role, number_width
from mlviz.picture.easing import TIMINGS
from mlviz.picture.items import Box, Item, Picture, Rect, Role, Text
from mlviz.picture.pages import Page, number_of, symbol_width
from mlviz.trace.paths import GradientPath, Paths, has_paths, paths_to
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.symbols import Symbols
from mlviz.trace.timeline import Timeline

ONLY_SCALARS = Message("why.paths.tensors")
"""Why there are no paths where nodes hold arrays."""

EdgeKey = tuple[int, int]
"""An edge by the operation and the slot it goes into."""

_SYMBOL, _NUMBER = 12.0, 12.5
_LINE, _ROW_GAP, _SIDE, _SIGN = 39.0, 9.0, 12.0, 20.0


@lru_cache(maxsize=16)
def paths_shown(timeline: Timeline, node: int) -> Paths | None:
    """Return what `paths_to` finds; asked for at every step, found once."""
    return paths_to(timeline, node)


def path_edges(timeline: Timeline, node: int, number: int | None) -> frozenset[EdgeKey]:
    """Return the edges of a path, counted from 0 as it is listed; none for None."""
    paths = paths_shown(timeline, node)
    if number is None or paths is None or number >= len(paths.listed):
        return frozenset()
    return frozenset((link.node, link.slot) for link in paths.listed[number].links)


def paths_page(
    timeline: Timeline, position: Position, node: int | None, lit: int | None, width: float
) -> Page:
    """Return the page at `position`.

    Args:
        timeline: what is shown.
        position: the moment; a local derivative is shown once its edge has sent.
        node: the selected node.
        lit: which path is pointed at.
        width: of the picture, px.
    """
    if node is None:
        return Page(Message("why.paths.nothing"))
    if not has_paths(timeline):
        return Page(ONLY_SCALARS)
    symbol = Symbols(timeline.tape).text(node) or format_number(timeline.tape[node].value.item())
    paths = paths_shown(timeline, node)
    if paths is None:
        return Page(Message("why.paths.no_gradient", node=symbol))
    loss = Symbols(timeline.tape).text(timeline.output)
    if node == timeline.output:
        return Page(Message("why.paths.loss", loss=loss))
    known = _known_step(timeline, position)
    complete = (timeline.gradient_step(node) or 0) <= known
    rows = _Rows(timeline, known, width)
    for number, path in enumerate(paths.listed):
        rows.add(number, path, lit == number)
    intro = Message(
        "why.paths.intro", n=paths.count, count=number_of(paths.count), node=symbol, loss=loss
    )
    picture = Picture(tuple(rows.items), Rect(0, 0, width, rows.bottom), None, intro)
    return Page(intro, picture, _outro(paths, symbol, loss, complete))


def _outro(paths: Paths, symbol: str, loss: str, complete: bool) -> Message:
    gradient = format_number(paths.gradient) if complete else NOT_YET
    hidden = paths.count - len(paths.listed)
    if hidden:
        return Message(
            "why.paths.sum_more",
            hidden=number_of(hidden),
            rest=format_number(paths.rest) if complete else NOT_YET,
            node=symbol,
            loss=loss,
            gradient=gradient,
        )
    return Message("why.paths.sum", n=paths.count, node=symbol, loss=loss, gradient=gradient)


def _known_step(timeline: Timeline, position: Position) -> int:
    position = timeline.clamped(position)
    step = timeline.step(position.step)
    arrived = step is None or TIMINGS[step.kind].arrived(position.progress)
    return position.step if arrived else position.step - 1


class _Rows:
    """Lays one path below the other, each in as many lines as it needs."""

    def __init__(self, timeline: Timeline, known: int, width: float) -> None:
        self._symbols = Symbols(timeline.tape)
        self._width = width
        self._sent = {
            (step.node, step.slot)
            for step in timeline.steps[:known]
            if step.kind is StepKind.BACKWARD
        }
        self.items: list[Item] = []
        self.bottom = 4.0

    def add(self, number: int, path: GradientPath, lit: bool) -> None:
        """Add the row of a path."""
        marks: list[Item] = []
        x, y = _SIDE + 4, self.bottom
        whole = True
        for place, link in enumerate(path.links):
            name = f"∂{self._name(link.node)}/∂{self._name(link.target)}"
            is_known = (link.node, link.slot) in self._sent
            whole = whole and is_known
            text = format_number(link.local) if is_known else NOT_YET
            if place and text.startswith("−"):
                text = f"({text})"
            role = number_role(link.local) if is_known else Role.FAINT
            x, y = self._cell(marks, x, y, "×" if place else "", name, text, role)
        text = format_number(path.product) if whole else NOT_YET
        role = Role.BACKWARD if whole else Role.FAINT
        _, y = self._cell(marks, x, y, "=", "", text, role)
        height = y + _LINE - self.bottom
        rect = Rect(4, self.bottom, self._width - 8, height)
        fill, stroke = (Role.BACKWARD_SOFT, Role.SELECTED) if lit else (Role.STAGE, Role.LINE)
        self.items.append(Box(f"path:{number}", rect, fill, stroke, 2 if lit else 1, 7))
        self.items += marks
        self.bottom += height + _ROW_GAP

    def _name(self, id: int) -> str:
        return self._symbols.text(id)

    def _cell(
        self, marks: list[Item], x: float, y: float, sign: str, name: str, text: str, role: Role
    ) -> tuple[float, float]:
        """Write a symbol with its number below it; return where the next one begins."""
        wide = max(symbol_width(name, _SYMBOL), number_width(text, _NUMBER))
        space = _SIGN if sign else 0.0
        if x + space + wide > self._width - _SIDE and x > _SIDE + 4:
            x, y = _SIDE + 4, y + _LINE - 4
        if sign:
            marks.append(Text(x + space / 2, y + 31, sign, Role.MUTED, _NUMBER, align="center"))
            x += space
        middle = x + wide / 2
        if name:
            marks.append(Text(middle, y + 15, name, Role.MUTED, _SYMBOL, align="center"))
        bold = not name
        marks.append(Text(middle, y + 31, text, role, _NUMBER, bold, "center", "number"))
        return x + wide, y
