"""The lines of update rules as functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from mlviz.autograd import Array
from mlviz.autograd.expression import (
    ROW_FUNCTIONS,
    Assignment,
    compile_row,
    names_in,
    parse,
    parse_assignment,
    python_source,
)


@dataclass(frozen=True, slots=True)
class CompiledLine:
    """A line of a rule as a function; `pick` takes what it reads from all values."""

    target: str
    names: tuple[str, ...]
    pick: Callable[[Mapping[str, Any]], Any]
    function: Callable[..., Any]


@cache
def read_rule_line(text: str) -> tuple[Assignment, CompiledLine]:
    """Return a line of a rule, as a tree and as a function."""
    line = parse_assignment(text, functions=ROW_FUNCTIONS)
    names = names_in(line.expression)
    function = compile_row(text.partition("=")[2], names)
    # With one name only, `itemgetter` would not give a tuple.
    pick = itemgetter(*names) if len(names) > 1 else lambda values: (values[names[0]],)
    return line, CompiledLine(line.target, names, pick, function)


@cache
def compiled_change(change: str, settings: tuple[str, ...]) -> Callable[..., Array]:
    """Return what is taken away from `p`, as a function of settings, `p` and `g`."""
    return compile_row(change, (*settings, "p", "g"))


def change_of(text: str) -> CompiledLine | None:
    """Return what a line `p = p - …` takes away, compiled; None for a line of another form."""
    start, _, change = text.partition("p = p - ")
    if start or not change:
        return None
    if python_source(read_rule_line(text)[0].expression) != f"(p - {python_source(parse(change))})":
        return None  # in `p - a - b` it is not `a - b` that is taken away
    return read_rule_line(f"change = {change}")[1]
