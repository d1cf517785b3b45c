"""What can be set in a recipe: a row for each number, choice and switch. No Qt in here.

A row reads its value from the recipe's table and writes another one into it. Which rows there
are depends on the recipe: an optimizer has only the settings that it reads.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from msgspec.structs import replace

from mlviz.document.document import Document
from mlviz.document.fitting import losses_for, with_loss, with_optimizer, with_schedule
from mlviz.document.optimizer_file import OPTIMIZERS
from mlviz.document.recipe import with_batch_size, with_seed, with_training
from mlviz.document.schema import FileTable, ScheduleTable, TrainingTable
from mlviz.i18n import Message
from mlviz.learn.schedules import SCHEDULES

Kind = Literal["whole", "number", "choice", "switch", "rate"]
Choices = tuple[tuple[str, "Message | str"], ...]

NONE = "none"


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that can be set.

    Attributes:
        name: where it stands in the file.
        label: what it is called.
        kind: what it is.
        read: its value in a recipe; None for none.
        write: the recipe with another value.
        choices: the values with their names, of a choice.
        blank: what an empty field means; None if it may not be empty.
        step: by how much an arrow key changes it; 0 to multiply.
        tip: more about it.
    """

    name: str
    label: Message | str
    kind: Kind
    read: Callable[[FileTable], Any]
    write: Callable[[FileTable, Any], FileTable]
    choices: Choices = ()
    blank: Message | None = None
    step: float = 0.0
    tip: Message | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together.

    Attributes:
        title: what they are about.
        live: whether a run goes on when one of them is changed; otherwise it begins anew.
        settings: the rows.
    """

    title: Message
    live: bool
    settings: tuple[Setting, ...]


def sections(document: Document) -> tuple[Section, ...]:
    """Return what can be set in a recipe besides its network and its data."""
    table = document.table
    found = []
    if table.formula is None:
        found.append(Section(Message("recipe.loss"), False, _loss(document)))
    found.append(Section(Message("recipe.optimizer"), True, _optimizer(table)))
    if table.optimizer is not None:
        found.append(Section(Message("recipe.penalties"), True, _PENALTIES))
        stops = _STOPS if table.formula is None else _FORMULA_STOPS
        found.append(Section(Message("recipe.stops"), True, stops))
    return tuple(found)


# --- Loss ----------------------------------------------------------------------------------


def _loss(document: Document) -> tuple[Setting, ...]:
    names = ("mse_loss",) if document.data is None else losses_for(document.data.dataset)
    present = document.table.loss
    if present is not None and present.name not in names:
        names = (*names, present.name)  # what holds is always there to be seen
    folder = None if document.path is None else document.path.parent

    def write(table: FileTable, name: str) -> FileTable:
        return with_loss(table, name, folder)

    choices = tuple((name, Message(f"recipe.loss.{name}")) for name in names)
    return (
        Setting(
            "loss.name",
            Message("recipe.loss"),
            "choice",
            lambda table: table.loss and table.loss.name,
            write,
            choices,
        ),
        Setting(
            "seed",
            Message("recipe.seed"),
            "whole",
            lambda table: table.seed,
            with_seed,
            step=1,
            tip=Message("recipe.seed.tip"),
        ),
    )


# --- Optimizer -----------------------------------------------------------------------------

_ORDER = (
    "momentum",
    "dampening",
    "nesterov",
    "betas",
    "alpha",
    "centered",
    "amsgrad",
    "eps",
    "lr_decay",
    "initial_accumulator_value",
)
_LABELS: Mapping[str, Message | str] = {
    "momentum": Message("recipe.momentum"),
    "dampening": Message("recipe.dampening"),
    "nesterov": "Nesterov",
    "alpha": "α",
    "centered": Message("recipe.centered"),
    "amsgrad": "AMSGrad",
    "eps": "ε",
    "lr_decay": Message("recipe.lr_decay"),
    "initial_accumulator_value": Message("recipe.accumulator"),
}
_SWITCHES = ("nesterov", "centered", "amsgrad")
_SCHEDULE_LABELS: Mapping[str, Message | str] = {
    "step_size": Message("recipe.step_size"),
    "gamma": "γ",
    "T_max": Message("recipe.t_max"),
    "eta_min": Message("recipe.eta_min"),
}


def _optimizer(table: FileTable) -> tuple[Setting, ...]:
    names: Choices = tuple((name, name) for name in OPTIMIZERS)
    if table.optimizer is None:
        names = ((NONE, Message("recipe.none")), *names)
    found = [
        Setting(
            "optimizer.name",
            Message("recipe.optimizer"),
            "choice",
            lambda table: NONE if table.optimizer is None else table.optimizer.name,
            lambda table, name: table if name == NONE else _with_optimizer(table, name),
            names,
        )
    ]
    if table.optimizer is None:
        return tuple(found)
    found.append(
        Setting(
            "optimizer.lr",
            Message("recipe.rate"),
            "rate",
            lambda table: table.optimizer and table.optimizer.lr,
            lambda table, value: with_optimizer(table, lr=value),
            tip=Message("recipe.rate.tip"),
        )
    )
    known = inspect.signature(OPTIMIZERS[table.optimizer.name]).parameters
    for name in _ORDER:
        if name == "betas" and name in known:
            found += [_beta(place, known[name].default) for place in (0, 1)]
        elif name in known:
            found.append(_setting(name, known[name].default))
    found.append(_schedule(table))
    if table.schedule is not None:
        found += _schedule_settings(table.schedule)
    if table.formula is None:
        found.append(_BATCH)
    return tuple(found)


def _with_optimizer(table: FileTable, name: str) -> FileTable:
    """Return the recipe with an optimizer; in a formula it changes every leaf that is free."""
    formula = table.formula
    if formula is not None and formula.parameters is None and table.optimizer is None:
        held = {*formula.targets, *formula.constants}
        free = [leaf for leaf in table.leaves if leaf not in held]
        table = replace(table, formula=replace(formula, parameters=free))
    return with_optimizer(table, name)


def _setting(name: str, usual: Any) -> Setting:
    def read(table: FileTable) -> Any:
        found = getattr(table.optimizer, name)
        return usual if found is None else found

    def write(table: FileTable, value: Any) -> FileTable:
        return with_optimizer(table, **{name: value})

    kind: Kind = "switch" if name in _SWITCHES else "number"
    step = 0.05 if name in ("momentum", "dampening", "alpha") else 0.0
    return Setting(f"optimizer.{name}", _LABELS[name], kind, read, write, step=step)


def _beta(place: int, usual: tuple[float, float]) -> Setting:
    def both(table: FileTable) -> list[float]:
        found = table.optimizer.betas if table.optimizer is not None else None
        return list(found or usual)

    def write(table: FileTable, value: float) -> FileTable:
        betas = both(table)
        betas[place] = value
        return with_optimizer(table, betas=betas)

    return Setting(
        f"optimizer.betas[{place}]",
        "β₁" if place == 0 else "β₂",
        "number",
        lambda table: both(table)[place],
        write,
        step=0.01 if place == 0 else 0.001,
    )


def _schedule(table: FileTable) -> Setting:
    choices = tuple((name, Message(f"recipe.schedule.{name}")) for name in (NONE, *SCHEDULES))
    return Setting(
        "schedule.name",
        Message("recipe.schedule"),
        "choice",
        lambda table: NONE if table.schedule is None else table.schedule.name,
        lambda table, name: with_schedule(table, None if name == NONE else name),
        choices,
    )


def _schedule_settings(schedule: ScheduleTable) -> list[Setting]:
    found = []
    for name, parameter in inspect.signature(SCHEDULES[schedule.name]).parameters.items():
        usual = parameter.default if parameter.default is not inspect.Parameter.empty else None
        found.append(_schedule_setting(name, usual))
    return found


def _schedule_setting(name: str, usual: Any) -> Setting:
    def read(table: FileTable) -> Any:
        found = getattr(table.schedule, name)
        return usual if found is None else found

    def write(table: FileTable, value: Any) -> FileTable:
        assert table.schedule is not None
        return with_schedule(table, table.schedule.name, **{name: value})

    whole = name in ("step_size", "T_max")
    return Setting(
        f"schedule.{name}",
        _SCHEDULE_LABELS[name],
        "whole" if whole else "number",
        read,
        write,
        step=1 if whole else 0.0,
    )


_BATCH = Setting(
    "data.batch_size",
    Message("recipe.batch"),
    "whole",
    lambda table: table.data and table.data.batch_size,
    with_batch_size,
    blank=Message("recipe.batch.all"),
    step=1,
    tip=Message("recipe.batch.tip"),
)


# --- Penalties and stop rules --------------------------------------------------------------


def _penalty(name: str, label: str, tip: Message) -> Setting:
    return Setting(
        f"optimizer.{name}",
        label,
        "number",
        lambda table: getattr(table.optimizer, name) or 0.0,
        lambda table, value: with_optimizer(table, **{name: value or None}),
        tip=tip,
    )


_PENALTIES = (
    _penalty("weight_decay", "L2", Message("recipe.l2.tip")),
    _penalty("l1", "L1", Message("recipe.l1.tip")),
)


def _stop(
    name: str, label: Message, kind: Kind, blank: Message, tip: Message | None = None
) -> Setting:
    def read(table: FileTable) -> Any:
        return getattr(table.training or TrainingTable(), name)

    def write(table: FileTable, value: Any) -> FileTable:
        return with_training(table, **{name: value})

    step = 1 if kind == "whole" else 0.0
    return Setting(f"training.{name}", label, kind, read, write, blank=blank, step=step, tip=tip)


_NEVER = Message("recipe.never")
_FORMULA_STOPS = (
    _stop("iterations", Message("recipe.stop.iterations"), "whole", Message("recipe.endless")),
)
_STOPS = (
    _stop("epochs", Message("recipe.stop.epochs"), "whole", Message("recipe.endless")),
    *_FORMULA_STOPS,
    _stop("loss_below", Message("recipe.stop.loss"), "number", _NEVER),
    _stop(
        "patience",
        Message("recipe.stop.patience"),
        "whole",
        _NEVER,
        Message("recipe.stop.patience.tip"),
    ),
    Setting(
        "training.restore_best",
        Message("recipe.stop.best"),
        "switch",
        lambda table: (table.training or TrainingTable()).restore_best,
        lambda table, value: with_training(table, restore_best=value),
        tip=Message("recipe.stop.best.tip"),
    ),
)
