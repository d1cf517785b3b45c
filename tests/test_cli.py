import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mlviz import __version__
from mlviz.cli import gui_main, main

TOP = Path(__file__).parent.parent
FRUIT = TOP / "examples" / "fruit.csv"
NEURON = ("--formula", "L = (tanh(w*x + b) - t)**2", "w=0.5", "x=2", "b=0", "t=1")


def run(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, words, env={"LANGUAGE": language, "LC_ALL": "C"})


def refused(*words: str, language: str = "en") -> str:
    """Run a command that fails as it should, and return its one line."""
    result = run(*words, language=language)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("mlviz: ")
    return result.stderr


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"mlviz {__version__}\n"


def test_the_examples_are_listed_with_their_titles_and_what_they_show() -> None:
    lines = run("examples").stdout.splitlines()
    assert len(lines) >= 4
    line = next(line for line in lines if line.split()[0] == "mazur")
    assert "Backpropagation, step by step – Matt Mazur’s published 2-2-2 network" in line
    assert run("examples", "--language", "zh_CN").stdout != run("examples").stdout


def test_a_formula_is_traced_to_its_gradients() -> None:
    result = run("trace", *NEURON)
    assert result.exit_code == 0, result.output
    # d/dw (tanh(w x + b) - t)² = 2 (tanh(1) - 1) (1 - tanh(1)²) · 2
    assert "∂L/∂w = −0.400497350" in result.stdout
    assert "∂L/∂b = −0.200248675" in result.stdout


def test_the_published_example_prints_its_published_numbers() -> None:
    text = run("trace", "mazur").stdout
    for number in ("0.298371109", "0.149780716", "0.358916480", "0.561370121"):
        assert number in text


def test_both_levels_end_at_the_same_loss() -> None:
    scalars = run("trace", "xor", "--level", "scalars").stdout
    operations = run("trace", "xor", "--level", "operations").stdout
    assert len(scalars.splitlines()) > 2 * len(operations.splitlines())
    losses = [line for line in operations.splitlines() if line.startswith("Loss")]
    assert losses
    assert all(line in scalars for line in losses)


def test_another_iteration_has_other_numbers() -> None:
    assert run("trace", "mazur", "--iteration", "2").stdout != run("trace", "mazur").stdout


def test_the_words_are_in_the_language_asked_for() -> None:
    assert "前向" in run("trace", *NEURON, "--language", "zh_CN").stdout
    assert "Forward" in run("trace", *NEURON).stdout


def test_values_may_be_lists_and_short_numbers() -> None:
    result = run("trace", "--formula", "L = sum(w * x)", "w=[1, 2]", "x=[.5, −3]")
    assert result.exit_code == 2  # a list is JSON, which wants its zero
    result = run("trace", "--formula", "L = sum(w * x)", "w=[1, 2]", "x=[0.5, −3]")
    assert result.exit_code == 0, result.output
    assert "−5.5" in result.stdout
    result = run("trace", "--formula", "L = w * x", "w=.5", "x=+2")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trace", "mazr"], 'did you mean "mazur"?'),
        (["trace"], "name an example"),
        (["trace", "mazur", "w=1"], '"w=1"'.strip('"')),
        (["trace", "mazur", "--iteration", "0"], "--iteration is 0; it goes from 1 to"),
        (["trace", "mazur", "--iteration", "9999999"], "it goes from 1 to"),
        (["trace", "mazur", "--formula", "L = w", "w=1"], "not of both"),
        (["trace", "--formula", "L = w", "w=two"], '"w=two" is not a value'),
        (["trace", "--formula", "L = w", "w=true"], "is not a value"),
        (["trace", "--formula", "L = w", "w=1e999"], "formula"),
        (["trace", "--formula", "L = __import__('os')", "w=1"], "formula"),
        (["trace", "--formula", "L = w * v", "w=1"], "v"),
        (["pictures", "somewhere", "--size", "big"], '"big" is not a size'),
        (["pictures", "somewhere", "--size", "1x1"], "is not a size"),
        (["pictures", "somewhere", "--only", "mazr"], "mazur"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(words: list[str], said: str) -> None:
    assert said in refused(*words)


def test_a_mistake_is_told_in_the_users_language() -> None:
    assert "是否" in refused("trace", "mazr", language="zh_CN")


def test_a_file_is_traced_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "square.toml"
    path.write_text('[formula]\nsource = "L = w**2"\n\n[leaves]\nw = 3.0\n', encoding="utf-8")
    assert "∂L/∂w = 6" in run("trace", str(path)).stdout
    path.write_text("[formula\n", encoding="utf-8")
    assert "square.toml" in refused("trace", str(path))


def test_a_window_without_a_screen_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("about Linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for words in ([], ["open", "mazur"], ["mazur"], ["mazur", "--step", "3"], [str(FRUIT)]):
        assert "no display" in refused(*words)


def test_what_is_neither_command_nor_file_nor_example_is_told() -> None:
    assert "No such command 'exmaples'" in run("exmaples").stderr


def test_a_bare_table_has_no_trace_and_the_way_to_open_it_is_told() -> None:
    for command in ("trace", "code"):
        said = refused(command, str(FRUIT))
        assert "fruit.csv" in said
        assert "mlviz FILE" in said


def test_the_starter_without_a_terminal_is_the_same_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mlviz-gui", "--version"])
    with pytest.raises(SystemExit) as left:
        gui_main()
    assert left.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_what_nobody_expected_is_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("mlviz.export.text.trace_text", break_down)
    monkeypatch.delenv("MLVIZ_DEBUG", raising=False)
    result = run("trace", "mazur")
    assert result.exit_code == 1
    assert result.stderr.startswith("mlviz: ")
    assert "ZeroDivisionError: by zero" in result.stderr
    assert result.stderr.count("\n") == 1
    monkeypatch.setenv("MLVIZ_DEBUG", "1")
    assert isinstance(run("trace", "mazur").exception, ZeroDivisionError)


def test_a_trace_loads_no_qt() -> None:
    code = (
        "import sys\nfrom mlviz.cli import main\n"
        "main(['trace', 'mazur'], standalone_mode=False)\n"
        "loaded = [m for m in sys.modules if m.startswith(('PySide6', 'shiboken6', 'mlviz.ui'))]\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Forward" in done.stdout or "前向" in done.stdout


def test_a_reader_that_stops_early_hears_no_complaint() -> None:
    if sys.platform == "win32":
        pytest.skip("pipes differ")
    command = f'"{sys.executable}" -m mlviz trace mazur --level scalars | head -n 1'
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_pictures_are_written_and_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mlviz", "pictures", str(tmp_path), "--only", "twice"]
    command += ["--theme", "light", "--language", "en", "--size", "1024x768"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    named = {Path(line) for line in done.stdout.splitlines()}
    assert named == set(tmp_path.rglob("*.png"))
    assert any("window-1024x768-light-en" in path.name for path in named)
