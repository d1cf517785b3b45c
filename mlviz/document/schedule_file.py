"""From the tables of a schedule and of stop rules to what a run follows."""

import inspect
from typing import Any

import msgspec

from mlviz.document.checks import check_known
from mlviz.document.limits import MAX_ITERATIONS
from mlviz.document.schema import ScheduleTable, TrainingTable
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.learn.schedules import SCHEDULES, Schedule
from mlviz.learn.stop import StopRules

_LARGEST = 1e6


def schedule_of(file: str, table: ScheduleTable) -> Schedule:
    """Return the schedule that a file's learning rate follows.

    Raises:
        DocumentError: the schedule or a setting is not known, missing or out of range.
    """
    check_known(file, "schedule.name", table.name, SCHEDULES)
    make = SCHEDULES[table.name]
    known = inspect.signature(make).parameters
    settings: dict[str, Any] = {}
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        if field.name == "name" or value is None:
            continue
        if field.name not in known:
            raise DocumentError(
                file, f"schedule ({table.name})", found=field.name, allowed=[*known]
            )
        low = 1 if isinstance(value, int) and field.name in ("step_size", "T_max") else 0
        _check_range(file, f"schedule.{field.name}", value, low, _LARGEST)
        settings[field.name] = value
    for name, parameter in known.items():
        if name not in settings and parameter.default is inspect.Parameter.empty:
            raise DocumentError(file, "schedule", Message("error.document.missing", name=name))
    return make(**settings)


def stop_rules(file: str, table: TrainingTable | None) -> StopRules:
    """Return where training stops by itself.

    Raises:
        DocumentError: a number is out of range.
    """
    if table is None:
        return StopRules()
    for name, low, high in (
        ("iterations", 1, MAX_ITERATIONS),
        ("epochs", 1, MAX_ITERATIONS),
        ("patience", 1, MAX_ITERATIONS),
        ("loss_below", 0, _LARGEST),
        ("min_delta", 0, _LARGEST),
    ):
        value = getattr(table, name)
        if value is not None:
            _check_range(file, f"training.{name}", value, low, high)
    return StopRules(**msgspec.structs.asdict(table))


def _check_range(file: str, key: str, found: float, low: float, high: float) -> None:
    if not low <= found <= high:
        problem = Message(
            "error.document.range", found=f"{found:g}", low=f"{low:g}", high=f"{high:,g}"
        )
        raise DocumentError(file, key, problem, found=f"{found:g}")
