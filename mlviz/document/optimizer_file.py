"""From the table of an optimizer to its rule; a setting that the rule does not have is refused."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mlviz.document.checks import check_known
from mlviz.document.schema import OptimizerTable
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.learn.rules import UpdateRule, adagrad, adam, adamw, rmsprop, sgd

OPTIMIZERS: Mapping[str, Callable[..., UpdateRule]] = {
    "SGD": sgd,
    "Adam": adam,
    "AdamW": adamw,
    "RMSprop": rmsprop,
    "Adagrad": adagrad,
}

_LARGEST = 1e6
_BELOW_ONE = ("momentum", "dampening", "alpha", "betas")
"""Settings that are shares of what was there before."""
_SIGNS = {
    "lr": "η",
    "beta1": "β₁",
    "beta2": "β₂",
    "eps": "ε",
    "alpha": "α",
}


def optimizer_rule(file: str, table: OptimizerTable) -> UpdateRule:
    """Return the rule that a file's optimizer updates with.

    Raises:
        DocumentError: the optimizer or a setting is not known, or a setting is out of range.
    """
    check_known(file, "optimizer.name", table.name, OPTIMIZERS)
    make = OPTIMIZERS[table.name]
    known = [name for name in inspect.signature(make).parameters if name != "p"]
    settings: dict[str, Any] = {}
    for name in (field.name for field in msgspec.structs.fields(table)):
        value = getattr(table, name)
        if name == "name" or value is None:
            continue
        if name not in known:
            raise DocumentError(file, f"optimizer ({table.name})", found=name, allowed=known)
        for number in value if isinstance(value, list) else [value]:
            _check_range(file, f"optimizer.{name}", number, name in _BELOW_ONE)
        settings[name] = tuple(value) if isinstance(value, list) else value
    if len(settings.get("betas", (0, 0))) != 2:
        problem = Message("error.document.count", found=str(len(settings["betas"])), wanted="2")
        raise DocumentError(file, "optimizer.betas", problem)
    if settings.get("nesterov") and not settings.get("momentum"):
        raise DocumentError(file, "optimizer.nesterov", Message("error.document.nesterov"))
    return make(**settings)


def optimizer_words(rule: UpdateRule) -> Message:
    """Return the rule's name with the settings that it reads: `SGD, η = 0.1`."""
    rate = f"{rule.settings['lr']:g}"
    others = "".join(
        f", {_SIGNS.get(name, name)} = {value:g}"
        for name, value in rule.settings.items()
        if name not in ("lr", "eps")
    )
    return Message("optimizer.named", name=rule.name, lr=rate, others=others)


def _check_range(file: str, key: str, found: float, below_one: bool) -> None:
    if not 0 <= found <= _LARGEST or (below_one and found >= 1):
        text = "0.999999" if below_one else "1e6"
        problem = Message("error.document.range", found=f"{found:g}", low="0", high=text)
        raise DocumentError(file, key, problem)
