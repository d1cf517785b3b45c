"""Numbers of a recipe as they are typed, written and stepped. No Qt in here."""

import math
from typing import TYPE_CHECKING, Any

from mlviz.i18n import Message
from mlviz.learn.changes import ChangeError, read_value

if TYPE_CHECKING:
    from mlviz.ui.recipe_settings import Setting


_MOST = 1e15
"""A whole number that is larger is a slip of the finger."""


def parsed(setting: "Setting", text: str) -> Any:
    """Return the value that was typed for a setting.

    Raises:
        ChangeError: it is no number, or not the kind that is wanted.
    """
    if not text:
        if setting.blank is None:
            raise ChangeError(Message("recipe.missing"))
        return None
    return whole(text) if setting.kind == "whole" else read_value(text)


def whole(text: str) -> int:
    """Return the whole number that was typed.

    Raises:
        ChangeError: it is none.
    """
    try:
        value = read_value(text.replace(",", ""))
    except ChangeError:
        raise ChangeError(Message("recipe.not_whole", found=text)) from None
    if abs(value) > _MOST:
        raise ChangeError(Message("recipe.too_large", found=text))
    if value != round(value):
        raise ChangeError(Message("recipe.not_whole", found=text))
    return round(value)


def written(value: Any) -> str:
    """Return a value as it is typed."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def stepped(setting: "Setting", value: float | None, step: int) -> float | None:
    """Return a value one step higher or lower: by as much, or along 1, 2, 5, 10, ….

    An empty field begins at a usual value.
    """
    if value is None:
        return _BEGIN.get(setting.name, 1)
    if setting.step:
        moved = round(value + step * setting.step, 9)
        return max(moved, 0) if setting.kind != "whole" else max(round(moved), _least(setting))
    if value == 0:
        return _BEGIN.get(setting.name, 1e-3) if step > 0 else 0.0
    power = math.floor(math.log10(value) + 1e-9)
    scale, places = 10.0**power, (1, 2, 5, 10)
    if step > 0:
        return next(p for p in places if p * scale > value * (1 + 1e-9)) * scale
    lower = [p for p in (0.5, 1, 2, 5) if p * scale < value * (1 - 1e-9)]
    return lower[-1] * scale


_BEGIN = {
    "optimizer.weight_decay": 1e-4,
    "optimizer.l1": 1e-4,
    "data.batch_size": 32,
    "training.epochs": 100,
    "training.iterations": 1000,
    "training.loss_below": 0.01,
    "training.patience": 10,
}


def _least(setting: "Setting") -> int:
    return 0 if setting.name == "seed" else 1
