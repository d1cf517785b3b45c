from pathlib import Path

import pytest

from mlviz.document import Scene, scene_steps
from mlviz.document.localtext import LocalText
from mlviz.document.scenes import Moments
from mlviz.trace.scalars import scalarize
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.timeline import Timeline
from tests.document.texts import FORMULA, NETWORK, error_of, read_text


@pytest.fixture
def formula(tmp_path: Path) -> Timeline:
    return Timeline(read_text(tmp_path, FORMULA).training.iteration(1))


@pytest.fixture
def network(tmp_path: Path) -> Timeline:
    return Timeline(read_text(tmp_path, NETWORK).training.iteration(1))


def told(timeline: Timeline, at: str) -> str:
    """Return what happens at the step that `at` means."""
    number = Moments(timeline).step(at)
    assert number is not None
    step = timeline.step(number)
    return "start" if step is None else _told(timeline, step)


def _told(timeline: Timeline, step: Step) -> str:
    def name(id: int) -> str:
        node = timeline.tape[id]
        return node.name or (node.op.name if node.op else "?")

    if step.kind is StepKind.BACKWARD:
        return f"{name(step.node)} to {name(step.target)}"
    return f"{step.kind} {name(step.node)}"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("start", "start"),
        ("forward", "forward mul"),
        ("forward:z", "forward z"),
        ("forward:tanh", "forward tanh"),
        ("forward:loss", "forward L"),
        (" forward : L ", "forward L"),
        ("backward", "seed L"),
        ("backward:loss", "L to sub"),
        ("backward:tanh", "tanh to z"),
        ("backward:z->b", "z to b"),
        ("backward:z#2", "z to b"),
        ("backward:->w", "mul to w"),
        ("update", "update w"),
        ("update:b", "update b"),
        ("update#2", "update b"),
        ("result", "result L"),
        ("end", "result L"),
    ],
)
def test_a_moment_is_the_step_that_its_words_mean(
    formula: Timeline, at: str, expected: str
) -> None:
    at = at.replace(" : ", ":")
    at = at if "#" not in at or ":" in at else at.replace("#", ":#")
    assert told(formula, at) == expected


@pytest.mark.parametrize("name", ["z^1", "z1", "z¹", " z^1 "])
def test_a_name_may_be_written_with_or_without_its_superscript(
    network: Timeline, name: str
) -> None:
    assert told(network, f"forward:{name}") == "forward z^1"


def test_a_tensor_is_found_by_its_first_entry_among_the_scalars(tmp_path: Path) -> None:
    iteration = read_text(tmp_path, NETWORK).training.iteration(1)
    scalars = Timeline(scalarize(iteration).iteration)
    assert told(scalars, "forward:z^1") == "forward z^1_11"
    assert told(scalars, "update:W1") == "update w^1_11"
    assert " to w^1_" in told(scalars, "backward:->W^1")


def test_entries_are_found_in_their_tensor(tmp_path: Path) -> None:
    names = 'units = 3\npre_activation_names = ["net_a", "net_b", "net_c"]'
    text = NETWORK.replace("units = 3", names).replace("[3.0, 4.0]", "[3.0, 4.0]")
    text = text.replace("[[1.0, 2.0], [3.0, 4.0]]", "[[1.0, 2.0]]").replace(
        "[[1.0], [0.0]]", "[[1.0]]"
    )
    iteration = read_text(tmp_path, text).training.iteration(1)
    assert told(Timeline(iteration), "forward:net_b") == "forward z^1"
    assert told(Timeline(scalarize(iteration).iteration), "forward:net_b") == "forward net_b"


def test_scenes_come_in_the_order_of_their_steps_without_those_of_another_level(
    tmp_path: Path,
) -> None:
    text = NETWORK.replace(
        "[[scene]]",
        """
        [[scene]]
        at = "update"
        say = "last"
        [[scene]]
        at = "forward:linear"
        say = "first"
        [[scene]]""",
    )
    document = read_text(tmp_path, text)
    iteration = document.training.iteration(1)
    assert scene_steps(document, Timeline(iteration)) == [
        (1, Scene("forward:linear", LocalText("first", "first"))),
        (12, Scene("backward:tanh", LocalText("here", "这里"))),
        (15, Scene("update", LocalText("last", "last"))),
    ]
    scalars = scene_steps(document, Timeline(scalarize(iteration).iteration))
    assert [scene.at for _, scene in scalars] == ["backward:tanh", "update"]


@pytest.mark.parametrize(
    ("at", "error"),
    [
        ("backward:thanh", 'scene[0].at: "thanh" is not known; did you mean "tanh"?'),
        ("forward:yaht", 'scene[0].at: "yaht" is not known; did you mean "yhat"?'),
        ("forward:W1", 'scene[0].at: "W1" is not known; '),
        ("backward:->W3", 'scene[0].at: "W3" is not known; allowed: '),
        ("backward:yhat->b^1", "scene[0].at: there is no step backward:yhat->b^1"),
        ("backward:tanh#9", "scene[0].at: there is no step backward:tanh#9"),
        ("backward:tanh#0", "scene[0].at: there is no step backward:tanh#0"),
        ("start:tanh", "scene[0].at: there is no step start:tanh"),
        ("backwards:tanh", 'scene[0].at: "backwards" is not known; did you mean "backward"?'),
        ("", 'scene[0].at: "" is not known; allowed: "start", "forward", "backward", "update"'),
    ],
)
def test_a_moment_that_does_not_exist_is_refused(tmp_path: Path, at: str, error: str) -> None:
    found = error_of(tmp_path, NETWORK.replace("backward:tanh", at))
    assert found.startswith(f"net.toml: {error}")


def test_without_an_optimizer_there_is_no_update_to_stand_at(tmp_path: Path) -> None:
    text = NETWORK.replace('[optimizer]\nname = "SGD"\nlr = 0.1\n', "")
    text = text.replace("iterations = 5\n", "").replace("backward:tanh", "update")
    assert error_of(tmp_path, text) == "net.toml: scene[0].at: there is no update phase here"


def test_a_document_has_a_bounded_number_of_scenes(tmp_path: Path) -> None:
    scenes = "\n[[scene]]\nat = 'start'\nsay = 'x'\n" * 100
    assert error_of(tmp_path, NETWORK + scenes) == (
        "net.toml: scene: 101 is too much; the limit is 100"
    )


def test_a_gradient_that_overflows_does_not_keep_a_scene_from_being_found(tmp_path: Path) -> None:
    text = """
    [formula]
    source = "L = w**3"
    [leaves]
    w = 1e200
    [[scene]]
    at = "backward:->w"
    say = "too large"
    """
    assert read_text(tmp_path, text).scenes[0].say.en == "too large"
