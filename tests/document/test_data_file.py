"""`[data]`: sets by name, CSV files and written rows, shared out, filled and scaled."""

from pathlib import Path

import numpy as np
import pytest

from mlviz.document import Document
from mlviz.document.data_file import DataInfo
from mlviz.learn.data import generated, shipped
from mlviz.learn.data.csv_file import read_csv
from mlviz.learn.data.splits import train_validation_test_split
from mlviz.learn.network import NetworkProgram
from mlviz.paths import resource
from tests.document.texts import NETWORK, error_of, read_text, written

ROWS = "inputs = [[1.0, 2.0], [3.0, 4.0]]\ntargets = [[1.0], [0.0]]"
WEIGHTS = "weight = [[0.5, -0.5, 0.25]]\nbias = [0.1]\n"

CSV = """\
size,kind,year,price
1.0,b,2001,10
2.0,a,2002,20
,b,2001,30
4.0,,2002,40
5.0,a,2001,
6.0,b,2003,60
"""


def text(data: str, inputs: int = 2, outputs: int = 1, loss: str = "mse_loss") -> str:
    made = NETWORK.replace(ROWS, data).replace("mse_loss", loss).replace(WEIGHTS, "")
    made = made.replace("inputs = 2", f"inputs = {inputs}", 1)
    return made.replace("units = 1", f"units = {outputs}")


def parts(document: Document) -> tuple[NetworkProgram, DataInfo]:
    assert isinstance(document.training.program, NetworkProgram)
    assert document.data is not None
    return document.training.program, document.data


def from_csv(folder: Path, data: str, inputs: int = 1, csv: str = CSV) -> str:
    written(folder, csv, "table.csv")
    return text(f'csv = "table.csv"\n{data}', inputs)


def test_a_generated_set_has_its_count_noise_and_seed(tmp_path: Path) -> None:
    wanted = generated.moons(50, 0.2, 7)
    data = 'set = "moons"\ncount = 50\nnoise = 0.2\nseed = 7'
    program, info = parts(read_text(tmp_path, text(data)))
    np.testing.assert_array_equal(program.inputs, wanted.inputs)
    np.testing.assert_array_equal(program.targets[:, 0], wanted.targets)
    assert (program.classes, info.input_names) == (("0", "1"), ("x1", "x2"))
    assert program.validation is None


def test_a_set_can_have_more_classes(tmp_path: Path) -> None:
    data = 'set = "spiral"\nkinds = 3'
    program, _ = parts(read_text(tmp_path, text(data, 2, 3, "cross_entropy")))
    assert np.unique(program.targets).tolist() == [0, 1, 2]
    one_hot, _ = parts(read_text(tmp_path, text(data, 2, 3, "mse_loss")))
    np.testing.assert_array_equal(one_hot.targets.argmax(axis=1), program.targets)


def test_rows_are_shared_out_with_the_same_mix_of_classes(tmp_path: Path) -> None:
    data = 'set = "iris"\nvalidation = 0.2\ntest = 0.1\nsplit_seed = 4'
    program, info = parts(read_text(tmp_path, text(data, 4, 3, "cross_entropy")))
    iris = shipped.iris()
    split = train_validation_test_split(150, 0.2, 0.1, 4, iris.targets)
    assert program.validation is not None
    assert program.test is not None
    for rows, (inputs, targets) in zip(
        split, ((program.inputs, program.targets), program.validation, program.test), strict=True
    ):
        np.testing.assert_array_equal(inputs, iris.inputs[rows])
        np.testing.assert_array_equal(targets, iris.targets[rows])
    assert np.bincount(program.targets).tolist() == [35, 35, 35]
    assert info.split.test.tolist() == split.test.tolist()
    plain, _ = parts(read_text(tmp_path, text(f"{data}\nstratify = false", 4, 3, "cross_entropy")))
    assert np.bincount(plain.targets).tolist() != [35, 35, 35]


def test_scales_are_measured_on_the_training_rows_alone(tmp_path: Path) -> None:
    data = 'set = "houses"\nvalidation = 0.5\nstandardise = true\nstandardise_target = true'
    program, info = parts(read_text(tmp_path, text(data, 13)))
    np.testing.assert_allclose(program.inputs.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(program.inputs.std(axis=0), 1, atol=1e-12)
    np.testing.assert_allclose(program.targets.std(), 1, atol=1e-12)
    assert program.validation is not None
    assert abs(program.validation[0].mean(axis=0)).max() > 0.01
    own = info.prepared.target_scale
    assert own is not None
    first = info.split.train[0]
    np.testing.assert_allclose(own.inverse(program.targets)[0], info.dataset.targets[first])
    np.testing.assert_array_equal(
        info.prepared.network_inputs(info.dataset.inputs[[first]])[0], program.inputs[0]
    )


def test_powers_stand_behind_the_numbers(tmp_path: Path) -> None:
    program, info = parts(read_text(tmp_path, text('set = "polynomial"\ndegree = 3', 3)))
    x = info.dataset.inputs
    np.testing.assert_array_equal(program.inputs, np.concatenate([x, x**2, x**3], axis=1))
    assert info.prepared.network_names == ("x", "x^2", "x^3")


def test_a_csv_file_stands_beside_the_document(tmp_path: Path) -> None:
    data = 'features = ["size"]\ntarget = "price"'
    program, info = parts(read_text(tmp_path, from_csv(tmp_path, data)))
    assert program.inputs.tolist() == [[1], [2], [4], [6]]
    assert program.targets.tolist() == [[10], [20], [40], [60]]
    assert (info.name, info.left_out) == ("table.csv", 2)


def test_gaps_are_filled_from_the_training_rows(tmp_path: Path) -> None:
    csv = "x,y\n" + "".join(f"{'' if row % 5 == 0 else row * row},{row}\n" for row in range(40))
    for rule, of in (("mean", np.nanmean), ("median", np.nanmedian)):
        data = f'target = "y"\nmissing = "{rule}"\nvalidation = 0.25\nsplit_seed = 2'
        program, info = parts(read_text(tmp_path, from_csv(tmp_path, data, csv=csv)))
        x = np.where(np.arange(40) % 5 == 0, np.nan, np.arange(40.0) ** 2)
        put = of(x[info.split.train])
        assert put != of(x)
        expected = np.where(np.isnan(x), put, x)
        np.testing.assert_array_equal(program.inputs[:, 0], expected[info.split.train])
        assert program.validation is not None
        np.testing.assert_array_equal(program.validation[0][:, 0], expected[info.split.validation])


def test_every_column_has_its_own_rule_and_words_become_switches(tmp_path: Path) -> None:
    data = (
        'features = ["size", "kind", "year"]\ntarget = "price"\none_hot = ["year"]\n'
        "missing = { size = -1, kind = 0.0 }\nstandardise = true"
    )
    program, info = parts(read_text(tmp_path, from_csv(tmp_path, data, 6)))
    assert info.input_names == (
        "size",
        "kind=a",
        "kind=b",
        "year=2001",
        "year=2002",
        "year=2003",
    )
    assert info.dataset.inputs.tolist() == [
        [1, 0, 1, 1, 0, 0],
        [2, 1, 0, 0, 1, 0],
        [-1, 0, 1, 1, 0, 0],
        [4, 0, 0, 0, 1, 0],
        [6, 0, 1, 0, 0, 1],
    ]
    np.testing.assert_array_equal(program.inputs[:, 1:], info.dataset.inputs[:, 1:])
    assert abs(program.inputs[:, 0].mean()) < 1e-12


def test_numbers_can_be_learned_as_classes(tmp_path: Path) -> None:
    data = 'features = ["size"]\ntarget = "year"\ntask = "classes"'
    document = read_text(tmp_path, from_csv(tmp_path, data).replace("units = 1", "units = 3"))
    program, info = parts(document)
    assert info.classes == ("2001", "2002", "2003")
    assert program.targets.argmax(axis=1).tolist() == [0, 1, 1, 0, 2]


def test_a_large_table_can_be_sampled(tmp_path: Path) -> None:
    csv = "x,y\n" + "".join(f"{row},{row}\n" for row in range(500))
    data = 'target = "y"\nrows = 50'
    program, info = parts(read_text(tmp_path, from_csv(tmp_path, data, csv=csv)))
    rows = program.inputs[:, 0].tolist()
    assert len(rows) == 50
    assert rows == sorted(set(rows))
    assert rows[-1] > 400
    other = from_csv(tmp_path, f"{data}\nsplit_seed = 1", csv=csv)
    assert parts(read_text(tmp_path, other))[0].inputs[:, 0].tolist() != rows
    assert info.table is not None


def test_points_drawn_by_hand_are_classes(tmp_path: Path) -> None:
    data = 'inputs = [[0, 0], [1, 1], [2, 2]]\ntargets = [0, 1, 1]\ntask = "classes"'
    program, info = parts(read_text(tmp_path, text(data)))
    assert program.targets.tolist() == [[0], [1], [1]]
    assert info.classes == ("0", "1")
    numbers = data.replace("classes", "regression")
    assert parts(read_text(tmp_path, text(numbers)))[1].classes == ()


def test_a_shipped_table_gives_other_columns_too(tmp_path: Path) -> None:
    data = 'set = "penguins"\nfeatures = ["body_mass_g", "island"]\ntarget = "sex"'
    _, info = parts(read_text(tmp_path, text(data, 4)))
    assert info.classes == ("female", "male")
    assert info.left_out == 11
    table = read_csv(resource("data/penguins.csv"))
    assert len(info.dataset) == int((~table.missing("sex")).sum())


def test_dropout_and_stop_rules_reach_the_run(tmp_path: Path) -> None:
    made = NETWORK.replace("units = 3\n", "units = 3\ndropout = 0.25\n")
    document = read_text(tmp_path, made + "\n[training]\nepochs = 7\npatience = 2\n")
    program = document.training.program
    assert isinstance(program, NetworkProgram)
    assert program.spec.layers[0].dropout == 0.25
    assert (document.stop.epochs, document.stop.patience) == (7, 2)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('set = "moon"', 'data.set: "moon" is not known; did you mean "moons"?'),
        ('set = "moons"\ncount = 10001', "data.count: 10001 is outside the range from 1 to 10,000"),
        ('set = "moons"\nnoise = -1', "data.noise: -1 is outside"),
        ('set = "moons"\nkinds = 3', "data.kinds: moons always has the same classes"),
        ('set = "blobs"\nkinds = 30', "data.kinds: 30 is outside the range from 2 to 10"),
        ('set = "blobs"\nkinds = 3\ncount = 2', "data.count: 2 is outside"),
        ('set = "iris"\nnoise = 1', 'data: "noise" is not known'),
        ('set = "moons"\ntarget = "x"', 'data: "target" is not known'),
        ('set = "moons"\ncsv = "a.csv"', "data: set and csv exclude each other"),
        ('set = "moons"\nvalidation = 1.5', "data.validation: 1.5 is outside"),
        ('set = "moons"\nvalidation = 0.5\ntest = 0.5', "data.validation + data.test: 1 is outs"),
        ('set = "moons"\ndegree = 0', "data.degree: 0 is outside the range from 1 to 20"),
        ('set = "moons"\nsplit_seed = -1', "data.split_seed: -1 is outside"),
        ('csv = "no.csv"\ntarget = "y"', "data.csv: no.csv: the file cannot be read"),
        ('csv = "table.csv"', "data: target is missing"),
        ('csv = "table.csv"\ntarget = "prize"', 'data.target: "prize" is not known; did you mean'),
        (
            'csv = "table.csv"\ntarget = "price"\nfeatures = ["sice"]',
            'data.features[0]: "sice" is not known; did you mean "size"?',
        ),
        (
            'csv = "table.csv"\ntarget = "price"\nfeatures = ["price"]',
            "data.features[0]: the name price is used twice",
        ),
        (
            'csv = "table.csv"\ntarget = "price"\nmissing = "men"',
            'data.missing: "men" is not known; did you mean "mean"?',
        ),
        (
            'csv = "table.csv"\ntarget = "price"\nmissing = { sice = "mean" }',
            'data.missing: "sice" is not known; did you mean "size"?',
        ),
        (
            'csv = "table.csv"\ntarget = "price"\none_hot = ["knd"]',
            'data.one_hot[0]: "knd" is not known; did you mean "kind"?',
        ),
        (
            'csv = "table.csv"\ntarget = "kind"\ntask = "regression"',
            "data: “kind” has words in it",
        ),
        ('csv = "table.csv"\ntarget = "kind"\ntask = "class"', 'data.task: "class" is not known'),
        ('csv = "table.csv"\ntarget = "price"\nencoding = "utf8"', 'data.encoding: "utf8" is not'),
        ('csv = "table.csv"\ntarget = "price"\nseparator = ",,"', "data.separator: one character"),
        ('csv = "table.csv"\ntarget = "price"\nrows = 0', "data.rows: 0 is outside"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tmp_path: Path, data: str, told: str) -> None:
    written(tmp_path, CSV, "table.csv")
    found = error_of(tmp_path, text(data))
    assert told in found
    assert found.startswith("net.toml: data")


@pytest.mark.parametrize(
    ("csv", "data", "told"),
    [
        ("x,y\n,1\n,2\n", 'target = "y"', "data: Of 2 rows none is left"),
        ("x,y\n,1\n,2\n", 'target = "y"\nmissing = "mean"', "data: Column x has no value at all"),
        (
            "x,y\n" + "1,1\n" * 2 + ",1\n" * 100,
            'target = "y"\nmissing = "mean"\nvalidation = 0.95',
            "data: Column x has no value at all",
        ),
        ("x,y\n1,a\n2,a\n", 'target = "y"', "data.target: All rows have the same value in “y”"),
        (
            "x,y\n" + "".join(f"w{row},1\n" for row in range(1100)),
            'target = "y"',
            "data: “x” has 1,100 different values; at most 1,024",
        ),
    ],
)
def test_a_table_from_which_nothing_can_be_learned_is_told(
    tmp_path: Path, csv: str, data: str, told: str
) -> None:
    assert told in error_of(tmp_path, from_csv(tmp_path, data, csv=csv))


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ('[schedule]\nname = "stepp"', 'schedule.name: "stepp" is not known; did you mean "step"?'),
        ('[schedule]\nname = "step"', "schedule: step_size is missing"),
        ('[schedule]\nname = "step"\nstep_size = 0', "schedule.step_size: 0 is outside"),
        ('[schedule]\nname = "cosine"\ngamma = 1', 'schedule (cosine): "gamma" is not known'),
        ("[training]\nepochs = 0", "training.epochs: 0 is outside"),
        ("[training]\nloss_below = -1", "training.loss_below: -1 is outside"),
    ],
)
def test_schedules_and_stop_rules_are_checked(tmp_path: Path, tables: str, told: str) -> None:
    assert told in error_of(tmp_path, f"{NETWORK}\n{tables}\n")


def test_a_share_that_is_left_out_is_checked(tmp_path: Path) -> None:
    made = NETWORK.replace("units = 3\n", "units = 3\ndropout = 1.0\n")
    assert "network.layers[0].dropout: 1 is outside" in error_of(tmp_path, made)


def test_answers_outside_0_and_1_are_refused_by_a_loss_of_two_classes(tmp_path: Path) -> None:
    made = text('set = "linear"', 1, 1, "binary_cross_entropy_with_logits")
    assert "data: this loss needs targets from 0 to 1" in error_of(tmp_path, made)
