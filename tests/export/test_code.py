"""The step as a NumPy script."""

import contextlib
import io
import runpy
from pathlib import Path

import numpy as np
import pytest

from mlviz.document.document import load
from mlviz.document.examples import examples
from mlviz.export.code import numpy_script
from mlviz.learn.rules import adam, sgd
from mlviz.learn.training import Training
from tests.runs import formula, network, neuron_training


def losses(script: str, folder: Path) -> list[float]:
    """Run a script as a person would, and return the losses it prints."""
    path = folder / "step.py"
    path.write_text(script, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(str(path), run_name="__main__")
    return [float(line.split()[-1]) for line in printed.getvalue().splitlines()]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_the_script_of_an_example_trains_as_the_program_does(example, tmp_path: Path) -> None:
    training = load(example.path).training
    script = numpy_script(training.iteration(1))
    if "__main__" not in script:
        pytest.skip("its data is too large to stand in the script")
    found = losses(script, tmp_path)
    if training.rule is None:
        known = [training.iteration(1).tape[training.iteration(1).output].value] * 10
    else:
        known = [training.loss(number) for number in range(1, 11)]
    if training.program.data(1):  # the script has the first batch, or the first mask, alone
        found, known = found[:1], known[:1]
    assert found == known


def test_what_an_optimizer_keeps_is_carried_from_step_to_step(tmp_path: Path) -> None:
    for rule in (sgd(0.1, momentum=0.9), adam(0.05)):
        training = Training(neuron_training().program, rule, iterations=10)
        found = losses(numpy_script(training.iteration(1)), tmp_path)
        assert found == [training.loss(number) for number in range(1, 11)]


def test_the_script_needs_nothing_of_ours() -> None:
    script = numpy_script(network(2, 3, 1, rows=4, activation="sigmoid"))
    assert "mlviz" not in script
    assert "def sigmoid(x" in script


def test_no_name_of_a_person_gets_into_the_script() -> None:
    training = formula("danger = tanh(exit1 * quit2)", exit1=1.0, quit2=2.0)
    script = numpy_script(training.iteration(1))
    assert not any(name in script for name in ("danger", "exit1", "quit2"))


def test_large_data_is_not_written_into_the_script() -> None:
    script = numpy_script(network(100, 80, 1, rows=2))
    assert "__main__" not in script
    assert "(80, 100)" in script


def test_numbers_are_written_with_every_digit(tmp_path: Path) -> None:
    value = float(np.nextafter(0.1, 1))
    training = formula("y = x * 1", x=value)
    assert losses(numpy_script(training.iteration(1)), tmp_path)[0] == value
