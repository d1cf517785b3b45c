"""The drawing of a matrix page: heat-map tables, and products as rows times columns."""

from dataclasses import dataclass

import numpy as np

from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_full, format_number, format_shape
from mlviz.picture.boxes import number_role, number_width
from mlviz.picture.items import Box, Formula, Item, Picture, Rect, Role, Text
from mlviz.picture.magnitude import magnitude
from mlviz.picture.matrix import Grid, MatrixPage, Rule

Cell = tuple[str, int, int]
"""A table (`value`, `gradient`, `result`, `part0`, …), a row and a column of it."""

_PAD = 12.0
_HEIGHT = 22.0
_WIDEST, _NARROWEST = 66.0, 54.0
_GAP = 14.0
_MOST_ROWS = 8
_SHADE = 0.42
_SIZE = 10.5
_MOST_TERMS = 6
_LINE = 17.0
_SUM_SIZE = 11.0


@dataclass(frozen=True, slots=True)
class _Axis:
    """Which rows or columns are shown: all, or the first and the last with a gap."""

    shown: tuple[int, ...]
    size: int

    @property
    def gap(self) -> int:
        """Before which of the shown ones some are left out; 0 for none."""
        for place, index in enumerate(self.shown):
            if index != place:
                return place
        return 0

    def length(self, pitch: float) -> float:
        return len(self.shown) * pitch + (_GAP if self.gap else 0)

    def offset(self, place: int, pitch: float) -> float:
        return place * pitch + (_GAP if self.gap and place >= self.gap else 0)


def _axis(size: int, most: int) -> _Axis:
    most = max(most, 2)
    if size <= most:
        return _Axis(tuple(range(size)), size)
    last = max(most // 3, 1)
    return _Axis((*range(most - last), *range(size - last, size)), size)


def cell_key(cell: Cell) -> str:
    """Return the key of a cell's box."""
    return f"cell:{cell[0]}:{cell[1]}:{cell[2]}"


def cell_of(key: str) -> Cell | None:
    """Return the cell that a key stands for."""
    parts = key.split(":")
    if len(parts) != 4 or parts[0] != "cell":
        return None
    return parts[1], int(parts[2]), int(parts[3])


def matrix_picture(page: MatrixPage, lit: Cell | None, width: float) -> Picture:
    """Return the page's picture, `width` px wide.

    Args:
        page: what is shown.
        lit: the cell that is pointed at.
        width: the room for it; larger matrices are left out in the middle.
    """
    return _Table(page, lit, width).picture()


class _Table:
    def __init__(self, page: MatrixPage, lit: Cell | None, width: float) -> None:
        self._page = page
        self._lit = lit
        self._width = max(width, 220.0)
        self._items: list[Item] = []
        self._y = 6.0

    def picture(self) -> Picture:
        page = self._page
        shape = format_shape((page.value.rows, page.value.columns))
        self._text(f"{page.name}   {shape}", size=14, bold=True, below=24)
        if page.problem is not None:
            self._text(page.problem, Role.MUTED, below=22)
        self._tables()
        self._told()
        if page.rule is not None:
            self._rule(page.rule)
        elif page.problem is None:
            single = page.value.rows * page.value.columns == 1
            words = Message("matrix.one_number") if single else Message("matrix.no_rule")
            self._text(words, Role.MUTED, 11.5, below=20)
        summary = Message("matrix.summary", name=page.name, shape=shape)
        bounds = Rect(0, 0, self._width, self._y + 8)
        return Picture(tuple(self._items), bounds, None, summary)

    def _text(
        self,
        text: str | Message,
        role: Role = Role.TEXT,
        size: float = 12,
        bold: bool = False,
        below: float = _LINE,
        family: str = "ui",
    ) -> None:
        self._items.append(Text(_PAD, self._y + 13, text, role, size, bold, "left", family))
        self._y += below

    # --- The node itself -------------------------------------------------------------------

    def _tables(self) -> None:
        grids = [("value", self._page.value)]
        if self._page.gradient is not None:
            grids.append(("gradient", self._page.gradient))
        room = self._width - 2 * _PAD
        beside = len(grids) > 1 and 2 * self._page.value.columns * _NARROWEST + 20 <= room
        share = (room - 20) / 2 if beside else room
        top = self._y
        lowest = top
        for place, (kind, grid) in enumerate(grids):
            x = _PAD + place * (share + 20) if beside else _PAD
            self._y = top if beside else self._y
            heading = Message("matrix.value") if kind == "value" else Message("matrix.gradient")
            role = Role.MUTED if kind == "value" else Role.BACKWARD
            self._items.append(Text(x, self._y + 12, heading, role, 11, True))
            columns = _axis(grid.columns, int(share // _NARROWEST))
            rows = _axis(grid.rows, _MOST_ROWS)
            pitch = min(share / max(len(columns.shown), 1) - 2, _WIDEST)
            self._grid(kind, grid, rows, columns, x, self._y + 20, pitch)
            self._y += 20 + rows.length(_HEIGHT) + 12
            lowest = max(lowest, self._y)
        self._y = lowest

    def _told(self) -> None:
        """The cell that is pointed at, in full."""
        cell = self._lit
        number = self._number(cell) if cell is not None else None
        if cell is None or number is None:
            self._text(Message("matrix.point"), Role.MUTED, 11.5, below=26)
            return
        table, row, column = cell
        grid = self._grid_of(table)
        assert grid is not None
        name = f"[{row + 1}, {column + 1}] = {format_full(number)}"
        role = Role.BACKWARD if grid.flow == "gradient" else number_role(number)
        self._text(name, role, 12, True, 26, "number")

    def _grid_of(self, table: str) -> Grid | None:
        page, rule = self._page, self._page.rule
        if table == "value":
            return page.value
        if table == "gradient":
            return page.gradient
        if rule is None:
            return None
        if table == "result":
            return rule.result
        if table == "plus":
            return rule.plus
        place = int(table.removeprefix("part"))
        return rule.parts[place] if place < len(rule.parts) else None

    def _number(self, cell: Cell) -> float | None:
        grid = self._grid_of(cell[0])
        if grid is None or cell[1] >= grid.rows or cell[2] >= grid.columns:
            return None
        return grid.number(cell[1], cell[2])

    # --- The rule --------------------------------------------------------------------------

    def _target(self) -> tuple[int, int] | None:
        """Return the cell of the rule's result that is explained now."""
        rule = self._page.rule
        if rule is None or self._lit is None:
            return None
        table, row, column = self._lit
        same = table == "result" or table == rule.result.flow
        if same and row < rule.result.rows and column < rule.result.columns:
            return row, column
        return None

    def _rule(self, rule: Rule) -> None:
        line = Box("", Rect(_PAD, self._y, self._width - 2 * _PAD, 1), Role.LINE, Role.CLEAR, 0, 0)
        self._items.append(line)
        self._y += 10
        self._text(_HEADINGS[rule.kind], Role.MUTED, 11, True, 20)
        self._items.append(Formula(_PAD, self._y, rule.tex, 15))
        self._y += 50
        if rule.kind == "product":
            self._product(rule)
        elif rule.kind == "sum":
            self._sum(rule)
        else:
            self._stretch(rule)

    def _product(self, rule: Rule) -> None:
        """Rows of the left and columns of the upper matrix meet in the result."""
        left, right = rule.parts
        room = self._width - 2 * _PAD - 16
        budget = int(room // _NARROWEST)
        across = _axis(right.columns, max(budget - min(left.columns, max(budget // 2, 2)), 2))
        inner = _axis(left.columns, max(budget - len(across.shown), 2))
        down = _axis(left.rows, _MOST_ROWS)
        gaps = (_GAP if inner.gap else 0) + (_GAP if across.gap else 0)
        pitch = min((room - gaps) / (len(inner.shown) + len(across.shown)), _WIDEST)
        x = _PAD + inner.length(pitch) + 16
        self._name(right, x, self._y)
        top = self._y + 18
        self._grid("part1", right, inner, across, x, top, pitch)
        self._name(left, _PAD, top + inner.length(_HEIGHT) - _HEIGHT + 2)
        y = top + inner.length(_HEIGHT) + 14
        self._grid("part0", left, down, inner, _PAD, y, pitch)
        self._grid("result", rule.result, down, across, x, y, pitch)
        # The corner between them is free for the sum, if it fits there.
        free = inner.length(_HEIGHT) - 4
        lines = self._lines(rule, inner.length(pitch))
        fits = len(lines) * _LINE <= free
        if fits:
            self._y = top - 18
            self._write(lines)
        self._y = y + down.length(_HEIGHT) + 8
        if rule.plus is not None:
            self._name(rule.plus, x, self._y, "+ ")
            self._grid("plus", rule.plus, down, across, x, self._y + 18, pitch)
            self._y += 18 + down.length(_HEIGHT) + 8
        if not fits:
            self._write(self._lines(rule, self._width - 2 * _PAD))

    def _sum(self, rule: Rule) -> None:
        whole = rule.parts[0]
        room = self._width - 2 * _PAD - 30
        columns = _axis(whole.columns, int(room // _NARROWEST) - 1)
        rows = _axis(whole.rows, _MOST_ROWS)
        pitch = min(room / (len(columns.shown) + 1), _WIDEST)
        self._grid("part0", whole, rows, columns, _PAD, self._y, pitch)
        if rule.result.rows < whole.rows:
            self._y += rows.length(_HEIGHT) + 4
            self._text(f"Σ ↓  = {_plain(rule.result)}", Role.MUTED, 11, below=18)
            kept = columns if rule.result.columns == whole.columns else _axis(1, 2)
            self._grid("result", rule.result, _axis(1, 2), kept, _PAD, self._y, pitch)
            self._y += _HEIGHT + 8
        else:
            x = _PAD + columns.length(pitch) + 30
            self._items.append(Text(x - 24, self._y + 14, "Σ →", Role.MUTED, 11))
            self._grid("result", rule.result, rows, _axis(1, 2), x, self._y, pitch)
            self._y += rows.length(_HEIGHT) + 8
        self._write(self._lines(rule, self._width - 2 * _PAD))

    def _stretch(self, rule: Rule) -> None:
        room = self._width - 2 * _PAD
        rows = _axis(rule.result.rows, _MOST_ROWS)
        columns = _axis(rule.result.columns, int(room // _NARROWEST))
        pitch = min((room - _GAP) / len(columns.shown), _WIDEST)
        tables = [(f"part{place}", part) for place, part in enumerate(rule.parts)]
        for table, grid in [*tables, ("result", rule.result)]:
            self._name(grid, _PAD, self._y)
            self._grid(table, grid, rows, columns, _PAD, self._y + 18, pitch)
            self._y += 18 + rows.length(_HEIGHT) + 8
        self._text(Message("matrix.stretched"), Role.MUTED, 11, below=20)

    def _name(self, grid: Grid, x: float, y: float, before: str = "") -> None:
        shape = format_shape((grid.rows, grid.columns))
        role = Role.BACKWARD if grid.flow == "gradient" else Role.MUTED
        turned = Message("matrix.turned", shape=shape) if grid.turned else f"{before}{shape}"
        self._items.append(Text(x, y + 11, turned, role, 10.5))

    def _lines(self, rule: Rule, width: float) -> list[tuple[str | Message, Role]]:
        """The cell that is pointed at, written out as the sum that it is."""
        target = self._target()
        number = None if target is None else rule.result.number(*target)
        terms = [] if target is None or number is None else rule.terms(*target)
        if target is None or number is None or not terms:
            return []
        shown = _axis(len(terms), _MOST_TERMS)
        lines: list[tuple[str | Message, Role]] = []
        line = ""
        for place, index in enumerate(shown.shown):
            if shown.gap and place == shown.gap:
                left_out = Message("matrix.more_terms", n=len(terms) - len(shown.shown))
                lines += [(line, Role.TEXT), (left_out, Role.MUTED)]
                line = ""
            piece = ("+ " if index else "= ") + _term(terms[index])
            if line and number_width(f"{line} {piece}", _SUM_SIZE) > width:
                lines.append((line, Role.TEXT))
                line = ""
            line = f"{line} {piece}" if line else piece
        lines.append((line, Role.TEXT))
        role = Role.BACKWARD if rule.result.flow == "gradient" else number_role(number)
        return [*lines, (f"= {format_number(number)}", role)]

    def _write(self, lines: list[tuple[str | Message, Role]]) -> None:
        for text, role in lines:
            family = "number" if isinstance(text, str) else "ui"
            bold = role not in (Role.TEXT, Role.MUTED)
            self._text(text, role, _SUM_SIZE, bold, family=family)

    # --- Cells -----------------------------------------------------------------------------

    def _grid(
        self,
        table: str,
        grid: Grid,
        rows: _Axis,
        columns: _Axis,
        x: float,
        y: float,
        pitch: float,
    ) -> None:
        for down, row in enumerate(rows.shown):
            for across, column in enumerate(columns.shown):
                left = x + columns.offset(across, pitch)
                top = y + rows.offset(down, _HEIGHT)
                rect = Rect(left, top, pitch - 2, _HEIGHT - 2)
                self._cell((table, row, column), grid, rect)
        middle_x, middle_y = x + columns.length(pitch) / 2, y + rows.length(_HEIGHT) / 2
        if rows.gap:
            height = y + rows.offset(rows.gap, _HEIGHT) - 5
            self._items.append(Text(middle_x, height, "⋮", Role.MUTED, 10, True, "center"))
        if columns.gap:
            width = x + columns.offset(columns.gap, pitch) - _GAP / 2 - 1
            self._items.append(Text(width, middle_y + 3, "…", Role.MUTED, 10, True, "center"))

    def _cell(self, cell: Cell, grid: Grid, rect: Rect) -> None:
        number = grid.number(cell[1], cell[2])
        ghost = grid.is_ghost(cell[1], cell[2])
        stroke, width, fill = self._look(cell)
        self._items.append(Box(cell_key(cell), rect, fill, stroke, width, 3, dashed=ghost))
        x, y = rect.right - 5, rect.y + 14.5
        if number is None:
            self._items.append(
                Text(x, y, NOT_YET, Role.FAINT, _SIZE, align="right", family="number")
            )
            return
        role = Role.BACKWARD if grid.flow == "gradient" else number_role(number)
        if np.isfinite(number) and not ghost:
            shade = _SHADE * magnitude(number)
            self._items.append(Box("", rect, role, Role.CLEAR, 0, 3, opacity=shade))
        shown = Role.MUTED if ghost else Role.TEXT if np.isfinite(number) else Role.BAD
        text = format_number(number)
        size = min(_SIZE, (rect.width - 7) / max(number_width(text, 1.0), 1e-9))
        self._items.append(Text(x, y, text, shown, size, False, "right", "number"))

    def _look(self, cell: Cell) -> tuple[Role, float, Role]:
        """How a cell is outlined: pointed at, taking part in that, or plain."""
        table, row, column = cell
        target = self._target()
        rule = self._page.rule
        if cell == self._lit or (
            target == (row, column) and rule is not None and table in ("result", rule.result.flow)
        ):
            return Role.SELECTED, 2.25, Role.STAGE
        if target is not None and rule is not None and table.startswith("part"):
            place = int(table.removeprefix("part"))
            if rule.made_of(place, *target, (row, column)):
                back = rule.result.flow == "gradient"
                role = Role.BACKWARD if back else Role.FORWARD
                return role, 1.75, Role.BACKWARD_SOFT if back else Role.FORWARD_SOFT
        if target == (row, column) and table == "plus":
            return Role.FORWARD, 1.75, Role.FORWARD_SOFT
        return Role.LINE, 0.75, Role.STAGE


_HEADINGS = {
    "product": Message("matrix.rule.product"),
    "sum": Message("matrix.rule.sum"),
    "stretch": Message("matrix.rule.stretch"),
}


def _plain(grid: Grid) -> str:
    return format_shape((grid.rows, grid.columns))


def _term(numbers: tuple[float, ...]) -> str:
    """Return `0.5 × (−2.000)`; negative numbers after a sign stand in brackets."""
    texts = [format_number(number) for number in numbers]
    return " × ".join(f"({text})" if text.startswith("−") else text for text in texts)
