"""A document: what is run, what is said about it, and how it is first shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlviz.document.checks import at_most, check_known
from mlviz.document.data_file import DataInfo
from mlviz.document.formula_file import read_formula
from mlviz.document.limits import MAX_ITERATIONS, MAX_SCENES, MAX_SEED
from mlviz.document.localtext import LocalText, local_text
from mlviz.document.network_file import network_program
from mlviz.document.optimizer_file import optimizer_rule, optimizer_words
from mlviz.document.reading import read, shown_path
from mlviz.document.scenes import Moments, Scene
from mlviz.document.schedule_file import schedule_of, stop_rules
from mlviz.document.schema import (
    FileTable,
    FormulaTable,
    checked_table,
)
from mlviz.document.table_file import TABLE_ENDINGS
from mlviz.document.variants import Variant, read_variants
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.learn.stop import StopRules
from mlviz.learn.training import Program, Training
from mlviz.trace.magnify import LEVELS, Level, magnified
from mlviz.trace.quick import quick_step
from mlviz.trace.scalars import scalars_reason
from mlviz.trace.timeline import Timeline
from mlviz.trace.typeset import line_text

FACES = ("film", "lab")
PANELS = (
    *("lesson", "recipe", "data", "region", "formula", "neurons", "contour", "distributions"),
    *("waterfall", "studies", "predictions", "confusion", "loss", "race", "gradients"),
    *("anatomy", "runs"),
)
"""The panels of the lab that a file may have in front."""
STUDY_NAMES = (
    *("stopping", "degree", "weight_decay", "l1", "dropout", "examples", "bias"),
    *("move", "scale", "rotate", "noise"),
)
"""The studies that a file may have chosen."""
_LEVELS: dict[str, Level] = {level: level for level in LEVELS}


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """What a file says, ready to be run.

    Attributes:
        name: what it is called for short: the file's name without its number and ending.
        path: where it was read from; None if it was typed.
        table: what it says, all in all; never changed, see `recipe`.
        title: its title.
        about: what it shows, in a few sentences.
        face: where it is opened: `film` or `lab`.
        training: its program with its optimizer; gives any iteration.
        level: the magnification it is first shown at.
        source: the lines of its formula; empty for a network.
        scenes: what is said, and when, in the order of the file.
        loss: the loss with its convention (½ or not, mean or sum).
        data: the examples of a network, with what they are called; None for a formula.
        stop: where training stops by itself.
        optimizer: the optimizer with its settings; None if nothing is updated.
        variants: recipes to compare with each other.
    """

    name: str
    path: Path | None
    table: FileTable
    title: LocalText
    about: LocalText
    training: Training
    level: Level
    face: str
    source: tuple[str, ...]
    scenes: tuple[Scene, ...]
    loss: Message
    data: DataInfo | None
    stop: StopRules
    optimizer: Message | None
    variants: tuple[Variant, ...] = ()


def load(path: Path) -> Document:
    """Read a document from its file. Nothing in the file is executed.

    Raises:
        DocumentError: the file cannot be read, is a bare table, or says something that is not
            allowed.
    """
    if path.suffix.lower() in TABLE_ENDINGS:
        raise DocumentError(shown_path(path), "", Message("error.document.table"))
    return _document(shown_path(path), path, short_name(path), read(path))


def from_formula(text: str, values: Mapping[str, Any]) -> Document:
    """Make a document of a typed formula.

    Args:
        text: assignments such as `L = (w*x - t)**2`, separated by line ends or semicolons.
            The last one is differentiated.
        values: a number, or nested lists of numbers, for every other name.

    Raises:
        DocumentError: the formula is wrong, or a name has no value.
    """
    file = "formula"
    table = FileTable(
        title=text.strip(),
        formula=FormulaTable(source=text.replace(";", "\n")),
        leaves=dict(values),
    )
    return built(file, None, file, table)


def short_name(path: Path) -> str:
    """Return `xor` for `04_xor.toml`."""
    number, mark, rest = path.stem.partition("_")
    return rest if mark and number.isdecimal() and rest else path.stem


def _document(file: str, path: Path, name: str, raw: Mapping[str, Any]) -> Document:
    return built(file, path, name, checked_table(file, raw))


def built(
    file: str, path: Path | None, name: str, table: FileTable, *, are_scenes_checked: bool = True
) -> Document:
    """Return the document of a table.

    Args:
        file: the file's name in errors.
        path: where the table was read from; files that it names are looked for beside it.
        name: what the document is called for short.
        table: what it says.
        are_scenes_checked: whether a scene at a moment that does not exist is refused.

    Raises:
        DocumentError: the table says something that is not allowed.
    """
    check_known(file, "view.level", table.view.level, _LEVELS)
    check_known(file, "view.face", table.view.face, FACES)
    if table.view.panel:
        check_known(file, "view.panel", table.view.panel, PANELS)
    if table.view.study:
        check_known(file, "view.study", table.view.study, STUDY_NAMES)
    _check_range(file, "seed", table.seed, 0, MAX_SEED)
    _check_range(file, "iterations", table.iterations, 1, MAX_ITERATIONS)
    if table.optimizer is None and table.iterations > 1:
        raise DocumentError(file, "iterations", Message("error.document.no_optimizer"))
    rule = None if table.optimizer is None else optimizer_rule(file, table.optimizer)
    if table.schedule is not None:
        if rule is None:
            raise DocumentError(file, "schedule", Message("error.document.no_optimizer_here"))
        rule = rule.scheduled(schedule_of(file, table.schedule))
    program, source, loss, data = _program(file, table, path)
    training = Training(program, rule, table.iterations, quick_step)
    title = local_text(table.title)
    document = Document(
        name=name,
        path=path,
        table=table,
        title=title if title.in_language("en") else LocalText(name, name),
        about=local_text(table.about),
        training=training,
        level=_LEVELS[table.view.level],
        face=table.view.face,
        source=source,
        scenes=tuple(Scene(scene.at, local_text(scene.say)) for scene in table.scene),
        loss=loss,
        data=data,
        stop=stop_rules(file, table.training),
        optimizer=None if rule is None else optimizer_words(rule),
        variants=read_variants(file, table),
    )
    _check_view(file, document, are_scenes_checked)
    return document


def _program(
    file: str, table: FileTable, path: Path | None
) -> tuple[Program, tuple[str, ...], Message, DataInfo | None]:
    """Return what the file runs, its lines, its loss with the convention, and its data."""
    if table.formula is not None:
        for name in ("network", "data", "loss"):
            if getattr(table, name) is not None:
                problem = Message("error.document.only_one", first="formula", second=name)
                raise DocumentError(file, name, problem)
        is_trained = table.optimizer is not None
        formula = read_formula(file, table.formula, table.leaves, is_trained=is_trained)
        last = line_text(formula.program.lines[-1])
        return formula.program, formula.source, Message("loss.formula", line=last), None
    if table.network is None:
        raise DocumentError(file, "", Message("error.document.nothing"))
    if table.leaves:
        problem = Message("error.document.only_one", first="network", second="leaves")
        raise DocumentError(file, "leaves", problem)
    program, data = network_program(file, table, None if path is None else path.parent)
    return program, (), program.loss.convention(), data


def _check_range(file: str, key: str, found: int, low: int, high: int) -> None:
    if not low <= found <= high:
        problem = Message("error.document.range", found=str(found), low=str(low), high=f"{high:,}")
        raise DocumentError(file, key, problem, found=str(found))


def _check_view(file: str, document: Document, are_scenes_checked: bool) -> None:
    """Refuse a level that this program does not have, and scenes at moments there are not."""
    if document.level == "operations" and not (document.scenes and are_scenes_checked):
        return
    at_most(file, "scene", len(document.scenes), MAX_SCENES)
    with np.errstate(all="ignore"):
        iteration = document.training.iteration(1)
        reason = scalars_reason(iteration.tape) if document.level == "scalars" else None
        if reason is not None:
            raise DocumentError(file, "view.level", reason)
        if not document.scenes or not are_scenes_checked:
            return
        moments = Moments(Timeline(magnified(iteration, document.level).iteration))
    for index, scene in enumerate(document.scenes):
        moments.check(file, f"scene[{index}].at", scene.at)
