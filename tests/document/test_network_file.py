import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from mlviz.document import Document
from mlviz.i18n import translate
from mlviz.learn.network import NetworkProgram
from tests.document.texts import CLASSES, NETWORK, error_of, read_text


def program(document: Document) -> NetworkProgram:
    assert isinstance(document.training.program, NetworkProgram)
    return document.training.program


def test_a_file_says_layers_data_loss_and_optimizer(tmp_path: Path) -> None:
    document = read_text(tmp_path, NETWORK)
    made = program(document)
    assert [(layer.units, layer.activation) for layer in made.spec.layers] == [
        (3, "tanh"),
        (1, "identity"),
    ]
    np.testing.assert_array_equal(made.spec.layers[1].weight, [[0.5, -0.5, 0.25]])
    np.testing.assert_array_equal(made.spec.layers[1].bias, [0.1])
    np.testing.assert_array_equal(made.spec.layers[0].bias, np.zeros(3))
    np.testing.assert_array_equal(made.targets, [[1.0], [0.0]])
    assert document.training.iterations == 5
    assert document.level == "operations"
    assert translate(document.loss, "en") == "squared error (mean, no ½)"
    assert document.optimizer is not None
    assert translate(document.optimizer, "en") == "SGD, η = 0.1"


def test_the_seed_decides_the_weights(tmp_path: Path) -> None:
    first, again, other = (
        program(read_text(tmp_path, text)).spec.layers[0].weight
        for text in (NETWORK, NETWORK, NETWORK.replace("seed = 1", "seed = 2"))
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("line", "bias"),
    [("bias = 0.5", np.array(0.5)), ("bias = 2", np.array(2.0)), ("bias = true", np.zeros(1))],
)
def test_a_bias_may_be_one_number_for_all_units(tmp_path: Path, line: str, bias: object) -> None:
    layer = program(read_text(tmp_path, NETWORK.replace("bias = [0.1]", line))).spec.layers[1]
    np.testing.assert_array_equal(layer.bias, bias)
    assert np.shape(layer.bias) == np.shape(bias)


def test_a_layer_may_have_no_bias(tmp_path: Path) -> None:
    document = read_text(tmp_path, NETWORK.replace("bias = [0.1]", "bias = false"))
    assert program(document).spec.layers[1].bias is None
    ops = [node.op.name for node in document.training.iteration(1).tape if node.op]
    assert ops == ["linear", "tanh", "permute", "matmul", "squared_error", "mean"]


def test_classes_are_whole_numbers(tmp_path: Path) -> None:
    document = read_text(tmp_path, CLASSES)
    assert program(document).targets.tolist() == [1, 0]
    assert document.training.loss(5) < document.training.loss(1)


def test_each_loss_tells_its_convention(tmp_path: Path) -> None:
    told = set()
    for base in (NETWORK, NETWORK.replace("mse_loss", "half_squared_error"), CLASSES):
        for reduction in ("mean", "sum"):
            text = base.replace("[optimizer]", f'reduction = "{reduction}"\n[optimizer]')
            loss = read_text(tmp_path, text).loss
            told.add((translate(loss, "en"), translate(loss, "zh_CN")))
    assert len(told) == 6


def test_half_squared_errors_are_summed_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    document = read_text(tmp_path, NETWORK.replace("mse_loss", "half_squared_error"))
    assert translate(document.loss, "en") == "½ squared error (sum)"


LAYER = "network.layers[1]"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        # Names that are not known.
        (
            '"tanh"',
            '"rlu"',
            'network.layers[0].activation: "rlu" is not known; did you mean "relu"',
        ),
        (
            '"tanh"',
            '"softmax"',
            'network.layers[0].activation: "softmax" is not known; allowed: "id',
        ),
        ("units = 3", "unit = 3", 'network.layers[0]: "unit" is not known; did you mean "units"?'),
        ("[network]", "[netwrok]", '"netwrok" is not known; did you mean "network"?'),
        ("seed = 1", "sead = 1", '"sead" is not known; did you mean "seed"?'),
        ("lr = 0.1", "lr = 0.1\nmomentun = 1", 'optimizer: "momentun" is not known; did you mean'),
        ('"mse_loss"', '"mse"', 'loss.name: "mse" is not known; did you mean "mse_loss"?'),
        ('"SGD"', '"SDG"', 'optimizer.name: "SDG" is not known; did you mean "SGD"?'),
        ('en = "here"', 'de = "hier"', 'scene[0].say: "de" is not known; allowed: "en", "zh_CN"'),
        (
            "units = 3",
            'units = 3\ninit = "xavier"',
            'network.layers[0].init: "xavier" is not known',
        ),
        ("inputs = [[1.0, 2.0], [3.0, 4.0]]", 'set = "xnor"', 'data.set: "xnor" is not known; did'),
        ("[optimizer]", 'reduction = "none"\n[optimizer]', 'loss.reduction: "none" is not known'),
        ("[optimizer]", '[view]\nlevel = "scalar"\n[optimizer]', 'view.level: "scalar" is not kn'),
        # Types, and what is missing.
        (
            "units = 3",
            'units = "3"',
            "network.layers[0].units: a whole number is wanted here, not te",
        ),
        (
            "units = 3",
            "units = 2.5",
            "network.layers[0].units: a whole number is wanted here, not a ",
        ),
        (
            "units = 3",
            "units = true",
            "network.layers[0].units: a whole number is wanted here, not",
        ),
        (
            "units = 3",
            "units = 2020-01-01",
            "network.layers[0].units: a whole number is wanted her",
        ),
        ("units = 3\n", "", "network.layers[0]: units is missing"),
        (
            '[loss]\nname = "mse_loss"',
            "[[loss]]",
            "loss: a table is wanted here, not a list",
        ),
        (
            'title = "A net"',
            "title = 3",
            "title: text or a table is wanted here, not a whole number",
        ),
        ("lr = 0.1", 'lr = "0.1"', "optimizer.lr: a number is wanted here, not text"),
        ("0.5, -0.5", '0.5, "a"', f"{LAYER}.weight[0][1]: a number is wanted here, not text"),
        (
            "bias = [0.1]",
            'bias = "no"',
            f"{LAYER}.bias: true or false or a number or a list is want",
        ),
        ("inputs = [[1.0, 2.0], [3.0, 4.0]]\n", "", "data: inputs is missing"),
        ("targets = [[1.0], [0.0]]\n", "", "data: targets is missing"),
        ('[loss]\nname = "mse_loss"\n', "", "loss is missing"),
        ('name = "mse_loss"\n', "", "loss: name is missing"),
        ("lr = 0.1", "", "optimizer: lr is missing"),
        # Sizes.
        (
            "units = 3",
            "units = 0",
            "network.layers[0].units: 0 is outside the range from 1 to 1,024",
        ),
        (
            "units = 3",
            "units = -1",
            "network.layers[0].units: -1 is outside the range from 1 to 1,0",
        ),
        ("units = 3", "units = 100000", "network.layers[0].units: 100000 is outside the range"),
        ("inputs = 2\n", "inputs = 0\n", "network.inputs: 0 is outside the range from 1 to 1,024"),
        ("units = 3", "units = 4", f"{LAYER}.weight: the shape is 1×3, wanted 1×4"),
        ("[[0.5, -0.5, 0.25]]", "[[0.5], [1, 2]]", f"{LAYER}.weight[1]: found 2, wanted 1"),
        ("[[0.5, -0.5, 0.25]]", "[]", f"{LAYER}.weight: the shape is 0×0, wanted 1×3"),
        ("bias = [0.1]", "bias = [0.1, 0.2]", f"{LAYER}.bias: found 2, wanted 1"),
        ("[3.0, 4.0]", "[3.0]", "data.inputs[1]: found 1, wanted 2"),
        ("[[1.0, 2.0], [3.0, 4.0]]", "[]", "data.inputs: at least one entry is needed"),
        ("[[1.0, 2.0], [3.0, 4.0]]", "[[1.0], [2.0]]", "data.inputs: the shape is 2×1, wanted 2×2"),
        ("[[1.0], [0.0]]", "[[1.0]]", "data.targets: found 1, wanted 2"),
        ("[[1.0], [0.0]]", "[[1, 2], [3, 4]]", "data.targets: the shape is 2×2, wanted 2×1"),
        (
            "[[1.0], [0.0]]",
            "[1.0, 0.0]",
            "data.targets[0]: a list of numbers is wanted for every ex",
        ),
        (
            "[loss]",
            "batch_size = 0\n[loss]",
            "data.batch_size: 0 is outside the range from 1 to 10,",
        ),
        (
            "iterations = 5",
            "iterations = 0",
            "iterations: 0 is outside the range from 1 to 100,000",
        ),
        ("seed = 1", "seed = -1", "seed: -1 is outside the range from 0 to 4,294,967,295"),
        ("lr = 0.1", "lr = -0.1", "optimizer.lr: -0.1 is outside the range from 0 to 1e6"),
        # What does not go together.
        ("0.25]]", '0.25]]\ninit = "zeros"', f"{LAYER}: weight and init exclude each other"),
        ("targets =", 'set = "xor"\ntargets =', "data: set and inputs exclude each other"),
        (
            '[optimizer]\nname = "SGD"\nlr = 0.1',
            "",
            "iterations: more than one iteration needs an [",
        ),
        (
            "[network]",
            "[leaves]\nw = 1\n[network]",
            "leaves: network and leaves exclude each other",
        ),
        (
            '"mse_loss"',
            '"cross_entropy"',
            "data.targets[0]: a class is a whole number from 0 to 0",
        ),
        # Names of values.
        ("[loss]", 'input_names = ["a"]\n[loss]', "data.input_names: found 1, wanted 2"),
        (
            "[loss]",
            'input_names = ["a", "a"]\n[loss]',
            "data.input_names: the name a is used twice",
        ),
        ("[loss]", 'input_names = ["a", "2"]\n[loss]', "data.input_names[1]: “2” cannot be a name"),
        ("[loss]", 'input_names = ["a", ""]\n[loss]', "data.input_names[1]: “” cannot be a name"),
        (
            "units = 3",
            'units = 3\nweight_names = [["a", "b"]]',
            "network.layers[0].weight_names: fou",
        ),
        (
            "units = 1",
            'units = 1\nweight_names = [["a"]]',
            f"{LAYER}.weight_names[0]: found 1, want",
        ),
        (
            "units = 1",
            'units = 1\nbias_names = ["a", "b"]',
            f"{LAYER}.bias_names: found 2, wanted 1",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in NETWORK
    found = error_of(tmp_path, NETWORK.replace(old, new, 1))
    assert found.startswith(f"net.toml: {error}")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("[1, 0]", "[1, 2]", "data.targets[1]: a class is a whole number from 0 to 1"),
        ("[1, 0]", "[1, 0.5]", "data.targets[1]: a class is a whole number from 0 to 1"),
        ("[1, 0]", "[1, [0]]", "data.targets[1]: a class is a whole number from 0 to 1"),
        ('"identity"', '"tanh"', f"{LAYER}.activation: cross_entropy takes logits"),
    ],
)
def test_what_is_wrong_with_classes_is_told(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in CLASSES
    assert error_of(tmp_path, CLASSES.replace(old, new)).startswith(f"net.toml: {error}")


def test_a_data_set_that_does_not_fit_the_network_is_refused(tmp_path: Path) -> None:
    data = "inputs = [[1.0, 2.0], [3.0, 4.0]]\ntargets = [[1.0], [0.0]]"
    text = NETWORK.replace(data, 'set = "xor"')
    assert program(read_text(tmp_path, text)).inputs.shape == (4, 2)
    wide = text.replace("inputs = 2", "inputs = 3")
    assert error_of(tmp_path, wide) == "net.toml: network.inputs: found 3, wanted 2"
    classes = text.replace("mse_loss", "cross_entropy")
    assert error_of(tmp_path, classes) == "net.toml: network.layers[1].units: found 1, wanted 2"
    numbers = classes.replace('"xor"', '"linear"').replace("inputs = 2", "inputs = 1")
    assert error_of(tmp_path, numbers).startswith("net.toml: data: the targets of this data set")


@pytest.mark.parametrize(
    ("layers", "error"),
    [
        ("[[network.layers]]\nunits = 1024\n" * 32, "network: 32,638,980 is too much; the limit"),
        ("[[network.layers]]\nunits = 1\n" * 33, "network.layers: 33 is too much; the limit is 32"),
        ("layers = []", "network.layers: at least one entry is needed"),
    ],
)
def test_a_network_that_is_too_large_is_refused_before_it_is_allocated(
    tmp_path: Path, layers: str, error: str
) -> None:
    start, end = NETWORK.index("[[network"), NETWORK.index("[data]")
    text = NETWORK[:start] + layers + "\n" + NETWORK[end:]
    text = text.replace("[[1.0], [0.0]]", f"[{[0.0] * 1024}, {[0.0] * 1024}]")
    tracemalloc.start()
    found = error_of(tmp_path, text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.startswith(f"net.toml: {error}")
    assert peak < 5_000_000
