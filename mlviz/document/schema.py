"""What a document may say: the tables of its TOML file, with their keys and types.

A network::

    title = { en = "Exclusive or", zh_CN = "异或" }
    about = { en = "…", zh_CN = "…" }
    shows = { en = "…", zh_CN = "…" }   # in one line, for the gallery
    theme = "networks"              # under which it stands there
    seed = 3                        # decides the starting weights and the order of the data
    iterations = 300

    [network]
    inputs = 2
    [[network.layers]]
    units = 2
    activation = "tanh"             # identity, sigmoid, relu, gelu, …
    init = "xavier_uniform"         # or weight = [[…], […]], one row a unit
    bias = [0.1, 0.2]               # or one number for all units, or false; zeros if left out
    train_bias = false              # held fixed
    dropout = 0.2                   # share of this layer's outputs that an iteration leaves out

    [data]                          # inputs = [[…], …] and targets = [[…], …]; or a set:
    set = "moons"                   # iris, penguins, digits, houses; xor, circles, spiral, …
    count = 200                     # points of a generated set
    noise = 0.1
    seed = 0
    csv = "houses.csv"              # or a table of one's own, as seen from this file
    rows = 20000                    # so many of its rows, drawn at random; all if left out
    features = ["area", "sex"]      # its columns; all but the target if left out
    target = "price"
    task = "regression"             # classes
    missing = "drop"                # mean, median, a number; or { area = "mean", sex = "drop" }
    one_hot = ["year"]              # columns of numbers that become switches, as words always do
    standardise = true              # mean 0 and spread 1, measured on the training rows alone
    degree = 3                      # inputs x, x² and x³
    validation = 0.2                # shares of the rows
    test = 0.2
    split_seed = 0
    stratify = true                 # the same mix of classes in every part
    validation_rows = [3, 8]        # or these of the rows that are written out, counted from 0
    test_rows = [5]
    train_rows = 40                 # only the first so many of the training rows are learned from
    test_shift = 0.5                # test inputs are moved by so many standard deviations,
    test_scale = 1.5                # stretched about their mean, turned by so many degrees,
    test_rotate = 30                # made noisier; their answers stay
    test_noise = 0.2
    batch_size = 32

    [loss]
    name = "mse_loss"               # half_squared_error, cross_entropy, …
    reduction = "mean"              # sum

    [optimizer]
    name = "SGD"                    # Adam, AdamW, RMSprop, Adagrad; settings as in PyTorch
    lr = 1.0
    momentum = 0.9

    [schedule]
    name = "step"                   # exponential, cosine; settings as in PyTorch
    step_size = 10

    [training]                      # where training stops by itself
    epochs = 50
    patience = 5                    # epochs without a better validation loss

    [view]
    level = "operations"            # layers, scalars
    face = "lab"                    # where it is opened: in the lab; or as a film
    panel = "contour"               # the panel of the lab that is in front at first
    study = "bias"                  # the study that is chosen there

    [[scene]]
    at = "backward:tanh"            # see `scenes`
    say = { en = "…", zh_CN = "…" }

    [[variant]]                     # to be trained beside it and compared; see `variants`
    name = { en = "Large steps", zh_CN = "大步" }
    set = { "optimizer.lr" = 3.0 }

A formula has, in the place of network, data and loss::

    [formula]
    source = '''
    z = w*x + b
    L = (tanh(z) - t)**2
    '''
    parameters = ["w", "b"]         # those that the optimizer changes
    targets = ["t"]

    [leaves]
    w = 0.5
    x = { value = 2.0, trainable = true }
"""

import re
import typing
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from mlviz.errors import DocumentError
from mlviz.i18n import Message


class _Table(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """A table of the file; its fields are the keys it may have."""


class TextTable(_Table, frozen=True):
    """A text in each language."""

    en: str = ""
    zh_CN: str = ""


class LayerTable(_Table, frozen=True):
    """`[[network.layers]]`: one affine layer and its activation."""

    units: int
    activation: str = "identity"
    weight: list[list[float]] | None = None
    init: str | None = None
    bias: bool | float | list[float] | None = None
    train_bias: bool = True
    dropout: float = 0.0
    weight_names: list[list[str]] = []
    bias_names: list[str] = []
    pre_activation_names: list[str] = []
    activation_names: list[str] = []


class NetworkTable(_Table, frozen=True):
    """`[network]`: layers one after the other."""

    inputs: int
    layers: list[LayerTable]


class DataTable(_Table, frozen=True):
    """`[data]`: examples with their answers, a data set's name, or a CSV file.

    Keys that do not go with the chosen source are refused; see `data_file`.
    """

    set: str | None = None
    count: int | None = None
    noise: float | None = None
    seed: int | None = None
    kinds: int | None = None
    csv: str | None = None
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    header: bool = True
    rows: int | None = None
    features: list[str] = []
    target: str | None = None
    task: str | None = None
    missing: str | float | dict[str, str | float] | None = None
    one_hot: list[str] = []
    standardise: bool = False
    standardise_target: bool = False
    degree: int = 1
    validation: float = 0.0
    test: float = 0.0
    split_seed: int = 0
    stratify: bool | None = None
    train_rows: int | None = None
    validation_rows: list[int] | None = None
    test_rows: list[int] | None = None
    test_shift: float = 0.0
    test_scale: float = 1.0
    test_rotate: float = 0.0
    test_noise: float = 0.0
    inputs: list[list[float]] | None = None
    targets: list[list[float] | float] | None = None
    input_names: list[str] = []
    target_names: list[str] = []
    batch_size: int | None = None


class LossTable(_Table, frozen=True):
    """`[loss]`: what is differentiated."""

    name: str
    reduction: str | None = None
    entry_names: list[str] = []


class FormulaTable(_Table, frozen=True):
    """`[formula]`: assignments, one a line."""

    source: str
    parameters: list[str] | None = None
    targets: list[str] = []
    constants: list[str] = []


class LeafTable(_Table, frozen=True):
    """A leaf that is more than its value."""

    value: Any
    trainable: bool | None = None


class OptimizerTable(_Table, frozen=True):
    """`[optimizer]`: how parameters are updated."""

    name: str
    lr: float
    momentum: float | None = None
    dampening: float | None = None
    nesterov: bool | None = None
    betas: list[float] | None = None
    alpha: float | None = None
    centered: bool | None = None
    amsgrad: bool | None = None
    eps: float | None = None
    lr_decay: float | None = None
    initial_accumulator_value: float | None = None
    weight_decay: float | None = None
    l1: float | None = None


class ScheduleTable(_Table, frozen=True):
    """`[schedule]`: how the learning rate changes from epoch to epoch."""

    name: str
    step_size: int | None = None
    gamma: float | None = None
    T_max: int | None = None
    eta_min: float | None = None


class TrainingTable(_Table, frozen=True):
    """`[training]`: where training stops by itself."""

    iterations: int | None = None
    epochs: int | None = None
    loss_below: float | None = None
    patience: int | None = None
    min_delta: float = 0.0
    restore_best: bool = True


class ViewTable(_Table, frozen=True):
    """`[view]`: how the document is shown when it is opened."""

    level: str = "operations"
    face: str = "film"
    panel: str = ""
    study: str = ""


class SceneTable(_Table, frozen=True):
    """`[[scene]]`: where to stand and what to say there."""

    at: str
    say: str | TextTable


class VariantTable(_Table, frozen=True):
    """`[[variant]]`: what another run has otherwise, by dotted keys."""

    name: str | TextTable
    set: dict[str, Any]


class FileTable(_Table, frozen=True):
    """The whole file."""

    title: str | TextTable = ""
    about: str | TextTable = ""
    shows: str | TextTable = ""
    theme: str = ""
    seed: int = 0
    iterations: int = 1
    network: NetworkTable | None = None
    data: DataTable | None = None
    loss: LossTable | None = None
    formula: FormulaTable | None = None
    leaves: dict[str, Any] = {}
    optimizer: OptimizerTable | None = None
    schedule: ScheduleTable | None = None
    training: TrainingTable | None = None
    view: ViewTable = msgspec.field(default_factory=ViewTable)
    scene: list[SceneTable] = []
    variant: list[VariantTable] = []


def checked_table(file: str, raw: Mapping[str, Any]) -> FileTable:
    """Return the file's values in their types.

    Raises:
        DocumentError: a key is not known, missing, or of another type.
    """
    return _converted(file, raw, FileTable, "")


def checked_leaf(file: str, raw: Mapping[str, Any], key: str) -> LeafTable:
    """Return a leaf that is written as a table; `key` is where it stands.

    Raises:
        DocumentError: a key is not known, missing, or of another type.
    """
    return _converted(file, raw, LeafTable, key)


_T = typing.TypeVar("_T", bound=_Table)


def _converted(file: str, raw: Mapping[str, Any], table: type[_T], key: str) -> _T:
    _check_names(file, raw, table, key)
    try:
        return msgspec.convert(raw, table)
    except msgspec.ValidationError as error:
        raise _type_error(file, key, str(error)) from None


def _check_names(file: str, raw: Mapping[str, Any], table: type[_Table], key: str) -> None:
    """Refuse keys that a table does not have, with the nearest one it has."""
    fields = _fields(table)
    for name in raw:
        if name not in fields:
            raise DocumentError(file, key, found=name, allowed=list(fields))
    for name, value in raw.items():
        inner = _table_in(fields[name])
        if inner is None:
            continue
        where = f"{key}.{name}" if key else name
        if isinstance(value, Mapping):
            _check_names(file, value, inner, where)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for index, part in enumerate(value):
                if isinstance(part, Mapping):
                    _check_names(file, part, inner, f"{where}[{index}]")


@lru_cache(maxsize=32)
def _fields(table: type[_Table]) -> Mapping[str, Any]:
    """Return the keys that a table may have, each with its type."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(table)}


def _table_in(kind: Any) -> type[_Table] | None:
    """Return the table that a field's type is made of, if there is one."""
    if isinstance(kind, type) and issubclass(kind, _Table):
        return kind
    return next(filter(None, map(_table_in, typing.get_args(kind))), None)


# msgspec's words, without which place: "Expected `int`, got `str` - at `$.network.inputs`".
_WRONG_TYPE = re.compile(r"Expected `([^`]*)`, got `([^`]*)`(?: - at `\$\.?(.*)`)?")
_MISSING = re.compile(r"Object missing required field `(\w+)`(?: - at `\$\.?(.*)`)?")
_KINDS = {
    "int": "kind.whole",
    "float": "kind.number",
    "str": "kind.text",
    "bool": "kind.bool",
    "array": "kind.list",
    "object": "kind.table",
}


def _type_error(file: str, key: str, error: str) -> DocumentError:
    if match := _MISSING.fullmatch(error):
        where = _joined(key, match[2])
        return DocumentError(file, where, Message("error.document.missing", name=match[1]))
    if match := _WRONG_TYPE.fullmatch(error):
        problem = Message(
            "error.document.type", wanted=_kinds(match[1].split(" | ")), found=_kind(match[2])
        )
        return DocumentError(file, _joined(key, match[3]), problem, found=match[2])
    return DocumentError(file, key, Message("error.document.read", detail=error))


def _joined(key: str, place: str | None) -> str:
    return ".".join(part for part in (key, place) if part)


def _kinds(names: Sequence[str]) -> Message | str:
    """Return the kinds, joined by `or`; null cannot be written in TOML and is left out."""
    kinds = [_kind(name) for name in names if name != "null"]
    joined = kinds[0]
    for kind in kinds[1:]:
        joined = Message("kind.or", first=joined, second=kind)
    return joined


def _kind(name: str) -> Message | str:
    return Message(_KINDS[name]) if name in _KINDS else name
