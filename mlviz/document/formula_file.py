"""From the text of a formula and the values of its leaves to a program."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlviz.autograd import Array
from mlviz.autograd.expression import Assignment, names_in
from mlviz.document.checks import at_most, bad_name, check_count, check_known
from mlviz.document.limits import (
    MAX_DIMENSIONS,
    MAX_ENTRIES,
    MAX_FORMULA,
    MAX_LINES,
    MAX_NAME,
)
from mlviz.document.schema import FormulaTable, checked_leaf
from mlviz.errors import DocumentError, FormulaError
from mlviz.i18n import Message
from mlviz.learn.formula import FormulaProgram, Leaf, is_alias, read_line
from mlviz.learn.shapes import ShapeReader

SOURCE = "formula.source"
ZERO_WIDTH = "\N{ZERO WIDTH SPACE}"
_AS_TYPED = str.maketrans(
    {"−": "-", "·": "*", "⋅": "*", "×": "*", ZERO_WIDTH: ""}
    | {chr(ord(sign) + 0xFEE0): sign for sign in "()+-*/,="}  # a Chinese keyboard's
)
"""Signs as they stand on paper and on the screen, and those of the language."""


@dataclass(frozen=True, slots=True, eq=False)
class FormulaFile:
    """A formula that was read.

    Attributes:
        program: what runs.
        source: the lines as they were written; line k of the tape is `source[k]`.
    """

    program: FormulaProgram
    source: tuple[str, ...]


def read_formula(
    file: str, table: FormulaTable, leaves: Mapping[str, Any], *, is_trained: bool
) -> FormulaFile:
    """Return the program of a formula.

    Args:
        file: the file's name in errors.
        table: the text, and which leaves are what.
        leaves: the values of the leaves.
        is_trained: whether an optimizer changes the parameters. Without one, the gradients
            of all leaves are computed that are not said to be targets or constants.

    Raises:
        DocumentError: a line is wrong, a name has no value or two, shapes do not fit, or the
            result is not one number that depends on a leaf.
    """
    lines = _lines(file, table.source)
    values = _leaves(file, table, leaves, is_trained)
    _check_assignments(file, lines, values)
    _check_names(file, lines, values)
    _check_shapes(file, lines, values)
    program = FormulaProgram([line for _, line in lines], list(values.values()))
    _check_result(file, program, lines[-1])
    return FormulaFile(program, tuple(line.text for _, line in lines))


# --- Lines ---------------------------------------------------------------------------------

_Line = tuple[int, Assignment]
"""A line with its number in the text, counted from 1."""


def _lines(file: str, source: str) -> list[_Line]:
    at_most(file, SOURCE, len(source), MAX_FORMULA)
    lines = []
    for number, text in enumerate(source.split("\n"), 1):
        text = text.translate(_AS_TYPED)
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        try:
            line = read_line(text)
        except FormulaError as error:
            raise _error(file, number, error.message) from None
        # Python's own reading of a name may differ from how it is written (ﬁ and fi).
        if unicodedata.normalize("NFKC", line.target) != line.target or len(line.target) > MAX_NAME:
            raise _error(file, number, bad_name(line.target))
        lines.append((number, line))
    check_count(file, SOURCE, len(lines), MAX_LINES)
    return lines


def _error(file: str, number: int, problem: Message) -> DocumentError:
    return DocumentError(file, SOURCE, Message("error.document.line", line=number, problem=problem))


def _check_assignments(file: str, lines: Sequence[_Line], leaves: Mapping[str, Leaf]) -> None:
    """Refuse a name that gets a second value, or that is only another name for a value."""
    first: dict[str, int] = {}
    for number, line in lines:
        name = line.target
        if name in leaves:
            raise _error(file, number, Message("error.formula.is_leaf", name=name))
        if name in first:
            problem = Message("error.formula.twice", name=name, line=first[name])
            raise _error(file, number, problem)
        if is_alias(line):
            raise _error(file, number, Message("error.formula.alias", name=name))
        first[name] = number


def _check_names(file: str, lines: Sequence[_Line], leaves: Mapping[str, Leaf]) -> None:
    """Refuse names that have no value where they are used, and leaves that nobody uses."""
    later = {line.target: number for number, line in lines}
    known = dict.fromkeys(leaves)
    used: set[str] = set()
    for number, line in lines:
        for name in names_in(line.expression):
            if name in known:
                used.add(name)
            elif name in later:
                problem = Message("error.formula.later", name=name, line=later[name])
                raise _error(file, number, problem)
            else:
                raise _error(file, number, _unknown(name, known))
        known[line.target] = None
    for name in leaves:
        if name not in used:
            raise DocumentError(file, f"leaves.{name}", Message("error.formula.unused", name=name))


def _unknown(name: str, known: Iterable[str]) -> Message:
    """Say that a name has no value; with the known name that was probably meant."""
    near = DocumentError("", found=name, allowed=list(known))
    if near.suggestion:
        return near.problem
    return Message("error.formula.no_value", name=name)


def _check_shapes(file: str, lines: Sequence[_Line], leaves: Mapping[str, Leaf]) -> None:
    reader = ShapeReader({leaf.name: leaf.value.shape for leaf in leaves.values()}, MAX_ENTRIES)
    shape: tuple[int, ...] = ()
    for number, line in lines:
        try:
            shape = reader.read(line)
        except FormulaError as error:
            raise _error(file, number, error.message) from None
    if any(size != 1 for size in shape):
        number, line = lines[-1]
        text = "×".join(map(str, shape))
        raise _error(file, number, Message("error.formula.result", name=line.target, shape=text))


def _check_result(file: str, program: FormulaProgram, last: _Line) -> None:
    recording = program.run(program.start(), 1)
    if not recording.tape[recording.output].requires_grad:
        number, line = last
        raise _error(file, number, Message("error.formula.no_gradient", name=line.target))


# --- Leaves --------------------------------------------------------------------------------


def _leaves(
    file: str, table: FormulaTable, values: Mapping[str, Any], is_trained: bool
) -> dict[str, Leaf]:
    _check_lists(file, table, values)
    leaves = {}
    trainable: bool | None
    for name, given in values.items():
        key = f"leaves.{name}"
        _check_leaf_name(file, key, name)
        trainable = None
        if isinstance(given, Mapping):
            leaf = checked_leaf(file, given, key)
            given, trainable, key = leaf.value, leaf.trainable, f"{key}.value"
        if trainable is None:
            trainable = _is_trainable(table, name, is_trained)
        role = "parameter" if trainable else _role(table, name)
        leaves[name] = Leaf(name, _value(file, key, given), trainable, role)
    if is_trained and not any(leaf.trainable for leaf in leaves.values()):
        raise DocumentError(file, "formula", Message("error.formula.no_parameters"))
    return leaves


def _check_lists(file: str, table: FormulaTable, values: Mapping[str, Any]) -> None:
    """Refuse a list of leaves that names what is no leaf, or what another list names too."""
    seen: dict[str, str] = {}
    lists = {
        "parameters": table.parameters or [],
        "targets": table.targets,
        "constants": table.constants,
    }
    for which, names in lists.items():
        for index, name in enumerate(names):
            key = f"formula.{which}[{index}]"
            check_known(file, key, name, values)
            if name in seen:
                raise DocumentError(file, key, Message("error.document.name_twice", name=name))
            seen[name] = which


def _check_leaf_name(file: str, key: str, name: str) -> None:
    is_plain = name.isidentifier() and unicodedata.normalize("NFKC", name) == name
    if not is_plain or len(name) > MAX_NAME:
        raise DocumentError(file, key[:80], bad_name(name))


def _is_trainable(table: FormulaTable, name: str, is_trained: bool) -> bool:
    if table.parameters is not None:
        return name in table.parameters
    return not is_trained and name not in table.targets and name not in table.constants


def _role(table: FormulaTable, name: str) -> str:
    if name in table.targets:
        return "target"
    return "constant" if name in table.constants else "input"


def _value(file: str, key: str, given: Any) -> Array:
    """Return a number or nested lists of numbers as an array."""
    shape: list[int] = []
    level = [given]
    # Level by level: all entries of a level are numbers, or lists of one length.
    while isinstance(level[0], list):
        for part in level:
            if not isinstance(part, list) or len(part) != len(level[0]):
                raise DocumentError(file, key, Message("error.document.ragged"))
        check_count(file, key, len(level[0]), MAX_ENTRIES)
        shape.append(len(level[0]))
        if len(shape) > MAX_DIMENSIONS:
            problem = Message("error.document.dimensions", limit=MAX_DIMENSIONS)
            raise DocumentError(file, key, problem)
        level = [entry for part in level for entry in part]
    for entry in level:
        if isinstance(entry, bool) or not isinstance(entry, int | float):
            id = "error.document.ragged" if isinstance(entry, list) else "error.document.numbers"
            raise DocumentError(file, key, Message(id))
    try:
        array = np.array(level, dtype=np.float64).reshape(shape)
    except OverflowError:
        raise DocumentError(file, key, Message("error.document.number")) from None
    if not np.isfinite(array).all():
        raise DocumentError(file, key, Message("error.document.not_finite"))
    return array
