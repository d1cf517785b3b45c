"""In what recipes differ, in words: what the lab calls the keys of the file, and their values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlviz.document.differences import Difference, differences
from mlviz.document.schema import FileTable
from mlviz.i18n import Message
from mlviz.picture.study_lines import setting_text

Words = Message | str

INIT_NAMES: Mapping[str, str] = {
    "xavier_uniform": "Xavier U",
    "xavier_normal": "Xavier N",
    "kaiming_uniform": "He U",
    "kaiming_normal": "He N",
    "linear_default": "nn.Linear",
}
"""Short names of first weights."""

_NAMES: Mapping[str, Words] = {
    "seed": Message("recipe.seed"),
    "loss": Message("recipe.loss"),
    "loss.name": Message("recipe.loss"),
    "loss.reduction": Message("differ.reduction"),
    "optimizer": Message("recipe.optimizer"),
    "optimizer.name": Message("recipe.optimizer"),
    "optimizer.lr": Message("recipe.rate"),
    "optimizer.momentum": Message("recipe.momentum"),
    "optimizer.dampening": Message("recipe.dampening"),
    "optimizer.nesterov": "Nesterov",
    "optimizer.betas": "β₁, β₂",
    "optimizer.alpha": "α",
    "optimizer.centered": Message("recipe.centered"),
    "optimizer.amsgrad": "AMSGrad",
    "optimizer.eps": "ε",
    "optimizer.lr_decay": Message("recipe.lr_decay"),
    "optimizer.initial_accumulator_value": Message("recipe.accumulator"),
    "optimizer.weight_decay": "L2",
    "optimizer.l1": "L1",
    "schedule": Message("recipe.schedule"),
    "schedule.name": Message("recipe.schedule"),
    "schedule.step_size": Message("recipe.step_size"),
    "schedule.gamma": "γ",
    "schedule.T_max": Message("recipe.t_max"),
    "schedule.eta_min": Message("recipe.eta_min"),
    "training": Message("recipe.stops"),
    "training.epochs": Message("recipe.stop.epochs"),
    "training.iterations": Message("recipe.stop.iterations"),
    "training.loss_below": Message("recipe.stop.loss"),
    "training.patience": Message("recipe.stop.patience"),
    "training.restore_best": Message("recipe.stop.best"),
    "iterations": Message("recipe.stop.iterations"),
    "network": Message("recipe.network"),
    "network.inputs": Message("differ.inputs"),
    "data": Message("data.heading.sets"),
    "data.set": Message("data.heading.sets"),
    "data.csv": Message("data.heading.sets"),
    "data.batch_size": Message("recipe.batch"),
    "data.count": Message("data.count"),
    "data.noise": Message("data.noise"),
    "data.kinds": Message("data.kinds"),
    "data.seed": Message("differ.data_seed"),
    "data.split_seed": Message("data.split_seed"),
    "data.degree": Message("data.degree"),
    "data.rows": Message("data.train_rows"),
    "data.train_rows": Message("data.train_rows"),
    "data.validation": Message("differ.validation"),
    "data.test": Message("differ.test"),
    "data.standardise": Message("data.standardise"),
    "data.standardise_target": Message("data.standardise_target"),
    "data.features": Message("differ.features"),
    "data.target": Message("csv.target"),
    "data.missing": Message("csv.gaps"),
    "data.inputs": Message("differ.examples"),
    "data.targets": Message("differ.targets"),
    "data.test_shift": Message("data.test_shift"),
    "data.test_scale": Message("data.test_scale"),
    "data.test_rotate": Message("data.test_rotate"),
    "data.test_noise": Message("data.test_noise"),
    "formula.source": Message("recipe.formula"),
}
_OF_LAYER: Mapping[str, Words] = {
    "units": Message("recipe.units"),
    "activation": Message("recipe.activation"),
    "init": Message("recipe.init"),
    "weight": Message("recipe.init"),
    "dropout": Message("recipe.dropout"),
    "bias": Message("differ.bias"),
}
_NOTHING: Mapping[str, Words] = {
    "optimizer": Message("recipe.none"),
    "optimizer.momentum": "0",
    "optimizer.weight_decay": "0",
    "optimizer.l1": "0",
    "schedule": Message("recipe.schedule.none"),
    "training.epochs": Message("recipe.endless"),
    "training.iterations": Message("recipe.endless"),
    "training.loss_below": Message("recipe.never"),
    "training.patience": Message("recipe.never"),
    "data.batch_size": Message("recipe.batch.all"),
    "data.train_rows": Message("data.train_rows.all"),
    "data.rows": Message("data.train_rows.all"),
}
"""What holds where the file says nothing."""
_LAYER = re.compile(r"network\.layers\[(\d+)\](?:\.(\w+))?")
_NAMED = re.compile(r"name = (\w+)")
_UNTOUCHED = ("training", "iterations")
"""Where training stops: no number that is computed is another one."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A difference in words.

    Attributes:
        name: what differs.
        before: what the first recipe has there.
        after: what the second has.
    """

    name: Words
    before: Words
    after: Words

    @property
    def words(self) -> Message:
        """All of it."""
        return Message("differ.change", what=self.name, before=self.before, after=self.after)


def worded(before: FileTable, after: FileTable) -> tuple[Worded, ...]:
    """Return in what two recipes differ, in words."""
    return tuple(map(_worded, differences(before, after)))


def changes(before: FileTable, after: FileTable) -> tuple[Worded, ...]:
    """Return those differences on which the numbers of a run depend."""
    found = differences(before, after)
    return tuple(_worded(each) for each in found if each.key.partition(".")[0] not in _UNTOUCHED)


def several(found: Sequence[Worded], most: int = 2) -> Message:
    """Return the first of some differences in one sentence; there is at least one."""
    said = found[0].words
    for each in found[1:most]:
        said = Message("differ.both", one=said, other=each.words)
    return said if len(found) <= most else Message("differ.more", some=said)


def _worded(found: Difference) -> Worded:
    values = (_value(found.key, text) for text in (found.before, found.after))
    return Worded(_name(found.key), *values)


def _name(key: str) -> Words:
    layer = _LAYER.fullmatch(key)
    if layer is None:
        return _NAMES.get(key.partition("[")[0], key)
    words = Message("recipe.layer", number=int(layer[1]) + 1)
    part = layer[2]
    return (
        words if part is None else Message("differ.of", whole=words, part=_OF_LAYER.get(part, part))
    )


def _value(key: str, text: str) -> Words:
    if not text:
        return _NOTHING.get(key, "—")
    last = key.rpartition(".")[2]
    if last == "activation":
        return Message(f"recipe.act.{text}")
    if key == "loss.name":
        return Message(f"recipe.loss.{text}")
    if key == "schedule.name" or (key == "schedule" and _NAMED.match(text)):
        named = _NAMED.match(text)
        return Message(f"recipe.schedule.{named[1] if named else text}")
    if key == "optimizer" and (named := _NAMED.match(text)):
        return named[1]
    if key == "data.set":
        return Message(f"data.set.{text}")
    if last == "init":
        return INIT_NAMES.get(text, text)
    if text in ("true", "false"):
        return Message("differ.yes") if text == "true" else Message("differ.no")
    try:
        return setting_text(float(text))
    except ValueError:
        return text
