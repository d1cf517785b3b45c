"""How a table becomes what a network reads, as a pandas script that does the same steps.

Only identifiers and comments of our own making are in it, numbers, and texts in quotes.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from mlviz.document.data_file import DataInfo
from mlviz.document.schema import DataTable
from mlviz.learn.data.columns import MISSING
from mlviz.learn.data.prepare import Columns, Gap
from mlviz.learn.data.splits import train_validation_test_split
from mlviz.learn.data.tables import Style, Table

_WIDTH = 100


def pandas_code(info: DataInfo, data: DataTable) -> str:
    """Return the script; empty if the examples do not come from a table.

    It ends with `x_train`, `y_train` and so on: the network's inputs, and numbers or class
    numbers.

    Args:
        info: the examples.
        data: the recipe's words for them.
    """
    table, columns = info.table, info.columns
    if table is None or columns is None:
        return ""
    parts = (
        _reading(data, table, columns),
        _dropping(columns),
        _switching(table, columns),
        _answers(columns),
        _sharing(info, data),
        _filling(table, columns),
        _shifting(info, data),
        _powers(info, data),
        _scaling(info, data),
        _parts(),
    )
    blocks = ["\n".join(lines) for lines in (list(part) for part in parts) if lines]
    return "import numpy as np\nimport pandas as pd\n\n" + "\n\n".join(blocks) + "\n"


def _reading(data: DataTable, table: Table, columns: Columns) -> Iterator[str]:
    style = table.style or Style()
    source = data.csv or f"{data.set}.csv"
    encoding = "utf-8-sig" if style.encoding == "utf-8" else style.encoding
    yield "# All entries are read as texts first, so that nothing is guessed."
    yield f"data = pd.read_csv(\n    {source!r},"
    yield f"    sep={style.separator!r},\n    encoding={encoding!r},"
    if not style.header:
        yield "    header=None,"
    yield "    dtype=str,\n    keep_default_na=False,\n)"
    if any(name.startswith("column ") for name in table.names):
        yield f"data.columns = {_list(table.names)}"
    else:
        yield "data.columns = data.columns.str.strip()"
    if data.rows == len(table):
        yield f"numbers = np.random.default_rng({data.split_seed})"
        yield f"drawn = numbers.choice(len(data), {data.rows}, replace=False, shuffle=False)"
        yield "data = data.iloc[np.sort(drawn)].reset_index(drop=True)"
    yield f"missing = {_list(sorted(MISSING))}"
    used = [*columns.features, columns.target]
    numbers = [name for name in used if name in table.numeric]
    words = [name for name in used if name not in table.numeric]
    if numbers:
        yield f"for name in {_list(numbers)}:"
        yield "    texts = data[name].str.strip()"
        yield "    texts = texts.mask(texts.str.lower().isin(missing))"
        if style.decimal != ".":
            yield f'    texts = texts.str.replace({style.decimal!r}, ".")'
        yield "    data[name] = texts.astype(float)"
    if words:
        yield f"for name in {_list(words)}:"
        yield "    texts = data[name].str.strip()"
        yield "    data[name] = texts.mask(texts.str.lower().isin(missing))"


def _dropping(columns: Columns) -> Iterator[str]:
    needed = [columns.target]
    needed += [name for name in columns.features if columns.gaps.get(name, "drop") == "drop"]
    yield "# Rows without an answer go, and those with a gap that is not filled."
    yield f"data = data.dropna(subset={_list(needed)}).reset_index(drop=True)"


def _of_words(table: Table, columns: Columns, name: str) -> bool:
    return name not in table.numeric or name in columns.switches


def _switching(table: Table, columns: Columns) -> Iterator[str]:
    words = [name for name in columns.features if _of_words(table, columns, name)]
    if not words:
        yield f"inputs = data[{_list(columns.features)}]"
        return
    yield "# A column of words becomes one switch a word: 1 where the row has it, 0 elsewhere."
    yield f"words = {_list(words)}"
    yield "parts = []"
    yield f"for name in {_list(columns.features)}:"
    yield "    if name in words:"
    yield '        switches = pd.get_dummies(data[name], dtype=float).add_prefix(f"{name}=")'
    yield "        parts.append(switches.mask(data[name].isna()))"
    yield "    else:"
    yield "        parts.append(data[[name]])"
    yield "inputs = pd.concat(parts, axis=1)"


def _answers(columns: Columns) -> Iterator[str]:
    if not columns.is_classes:
        yield f"targets = data[[{columns.target!r}]].to_numpy()"
        return
    yield "# Classes are numbered from 0, in the order of the alphabet or of size."
    yield f"classes, targets = np.unique(data[{columns.target!r}].to_numpy(), return_inverse=True)"


def _sharing(info: DataInfo, data: DataTable) -> Iterator[str]:
    yield from _shares(info, data)
    if data.train_rows is not None:
        yield f"train = train[:{data.train_rows}]"


def _shares(info: DataInfo, data: DataTable) -> Iterator[str]:
    if not data.validation and not data.test:
        yield "train = np.arange(len(inputs))"
        yield "validation = test = np.arange(0)"
        return
    is_mixed = bool(info.classes) and data.stratify is not False
    kinds = info.dataset.targets if is_mixed else None
    split = train_validation_test_split(
        len(info.dataset), data.validation, data.test, data.split_seed, kinds
    )
    yield "# The rows are shuffled, then shared out."
    yield f"order = np.random.default_rng({data.split_seed}).permutation(len(inputs))"
    if kinds is not None:
        counts = [np.bincount(kinds[rows], minlength=len(info.classes)) for rows in split]
        yield "# Every class gives the same share to each part: so many rows to each."
        yield "part = np.empty(len(order), dtype=int)"
        yield f"counts = {_list([tuple(map(int, each)) for each in zip(*counts, strict=True)])}"
        yield "for number, (first, second, _) in enumerate(counts):"
        yield "    rows = order[targets[order] == number]"
        yield "    part[rows[:first]] = 0"
        yield "    part[rows[first : first + second]] = 1"
        yield "    part[rows[first + second :]] = 2"
        yield "train, validation, test = (order[part[order] == number] for number in range(3))"
        return
    ends = (len(split.train), len(split.train) + len(split.validation))
    yield f"train, validation, test = np.split(order, [{ends[0]}, {ends[1]}])"


def _filling(table: Table, columns: Columns) -> Iterator[str]:
    rules: dict[Gap, list[str]] = {}
    for name in columns.features:
        rules.setdefault(columns.gaps.get(name, "drop"), []).append(name)
    for rule, names in rules.items():
        if rule == "drop":
            continue
        told = f"the {rule} of the training rows" if isinstance(rule, str) else "one number"
        yield f"# Gaps in these columns get {told}."
        for name in names:
            if _of_words(table, columns, name):
                yield f"gaps = [name for name in inputs if name.startswith({name + '='!r})]"
            else:
                yield f"gaps = [{name!r}]"
            known = f"inputs.iloc[train][gaps].{rule}()" if isinstance(rule, str) else repr(rule)
            yield f"inputs = inputs.assign(**inputs[gaps].fillna({known}))"


def _numbers(info: DataInfo) -> list[str]:
    """Return the inputs that are numbers, not switches."""
    switches = info.prepared.is_switch
    return [n for n, switch in zip(info.input_names, switches, strict=True) if not switch]


def _shifting(info: DataInfo, data: DataTable) -> Iterator[str]:
    names = _numbers(info)
    shifts = (data.test_shift, data.test_scale, data.test_rotate, data.test_noise)
    if shifts == (0.0, 1.0, 0.0, 0.0) or not names or not len(info.split.test):
        return
    yield "# The test rows come from another distribution; their answers stay."
    yield f"numbers = {_list(names)}"
    yield "known = inputs.iloc[train][numbers].to_numpy(dtype=float)"
    yield "mean, spread = known.mean(axis=0), known.std(axis=0)"
    yield "away = inputs.iloc[test][numbers].to_numpy(dtype=float) - mean"
    if data.test_rotate:
        yield f"angle = np.deg2rad({data.test_rotate!r})"
        yield "cos, sin = np.cos(angle), np.sin(angle)"
        yield "away[:, :2] = away[:, :2] @ np.array([[cos, -sin], [sin, cos]]).T"
    yield f"chance = np.random.default_rng({data.split_seed}).normal(size=away.shape)"
    yield "inputs = inputs.astype({name: float for name in numbers})"
    yield "inputs.iloc[test, inputs.columns.get_indexer(numbers)] = ("
    yield f"    mean + {data.test_scale!r} * away"
    yield f"    + {data.test_shift!r} * spread + {data.test_noise!r} * spread * chance"
    yield ")"


def _powers(info: DataInfo, data: DataTable) -> Iterator[str]:
    if data.degree == 1:
        return
    yield "# Every number with its powers."
    yield f"numbers = inputs[{_list(_numbers(info))}]"
    yield f"for power in range(2, {data.degree + 1}):"
    yield '    inputs = pd.concat([inputs, (numbers**power).add_suffix(f"^{power}")], axis=1)'


def _scaling(info: DataInfo, data: DataTable) -> Iterator[str]:
    names = _numbers(info)
    names += [f"{name}^{power}" for power in range(2, data.degree + 1) for name in names]
    if data.standardise and names:
        yield "# Numbers get mean 0 and spread 1, measured on the training rows alone."
        yield f"numbers = {_list(names)}"
        yield "known = inputs.iloc[train][numbers]"
        yield "scaled = (inputs[numbers] - known.mean()) / known.std(ddof=0).replace(0, 1)"
        yield "inputs = inputs.assign(**scaled)"
    if data.standardise_target and not info.classes:
        yield "# So do the answers."
        yield "spread = targets[train].std(axis=0)"
        yield "targets = (targets - targets[train].mean(axis=0)) / np.where(spread > 0, spread, 1)"


def _parts() -> Iterator[str]:
    yield "x = inputs.to_numpy(dtype=float)"
    for part in ("train", "validation", "test"):
        yield f"x_{part}, y_{part} = x[{part}], targets[{part}]"
    yield "print(x_train.shape, x_validation.shape, x_test.shape)"


def _list(values: Sequence[object]) -> str:
    """Return a list as Python writes it, on several lines if it is long."""
    text = "[" + ", ".join(map(repr, values)) + "]"
    if len(text) < _WIDTH - 30:
        return text
    lines, line = [], "   "
    for value in values:
        if len(line) > 3 and len(line) + len(repr(value)) > _WIDTH - 20:
            lines.append(line)
            line = "   "
        line += f" {value!r},"
    return "[\n" + "\n".join([*lines, line]) + "\n]"
