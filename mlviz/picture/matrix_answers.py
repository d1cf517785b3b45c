"""What a mark of a matrix page is: a sentence for whatever lies at a point."""

from mlviz.i18n import Message
from mlviz.picture.items import Box, Formula, Picture, Role, Text
from mlviz.picture.marks import over
from mlviz.picture.matrix_table import cell_of

_SOFT = (Role.FORWARD_SOFT, Role.BACKWARD_SOFT)
_FORMULA_HEIGHT = 46.0
_TABLES = {"value": "value", "gradient": "gradient", "result": "result", "plus": "plus"}


def matrix_mark_at(picture: Picture, x: float, y: float) -> Message:
    """Return what the mark at a point of a matrix page is."""
    for item in reversed(picture.items):
        name = ""
        if isinstance(item, Box) and item.key and item.rect.contains(x, y):
            name = _cell(item)
        elif isinstance(item, Text):
            name = _text(item) if over(item, x, y) else ""
        elif isinstance(item, Formula):
            name = "rule" if item.x <= x and 0 <= y - item.y <= _FORMULA_HEIGHT else ""
        if name:
            return Message(f"whats.cell.{name}")
    return Message("whats.panel.matrix")


def _cell(box: Box) -> str:
    """Return what a cell is: what it does now first, then whose entry it is."""
    cell = cell_of(box.key)
    if cell is None:
        return ""
    if box.stroke is Role.SELECTED:
        return "lit"
    if box.fill in _SOFT:
        return "taking_part"
    if box.dashed:
        return "stretched"
    return _TABLES.get(cell[0], "part")


def _text(text: Text) -> str:
    words = text.text
    if isinstance(words, Message):
        return {"matrix.more_terms": "left_out", "matrix.turned": "turned"}.get(words.id, "")
    if words in ("⋮", "…"):
        return "left_out"
    if words.startswith("Σ"):
        return "added_up"
    return "written" if text.family == "number" and words[:1] in "=+" else ""
