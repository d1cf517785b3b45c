from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from mlviz.trace.steps import StepKind
from mlviz.trace.timeline import Timeline
from mlviz.ui.pictures import Choice, make_pictures, moments
from tests.ui.windows import NO_SCREEN, example, neuron, twice

pytestmark = [pytest.mark.usefixtures("qapp", "settings_dir"), NO_SCREEN]

ONE = Choice(themes=("dark",), languages=("zh_CN",), sizes=((1024, 768),))


def test_every_moment_and_every_view_becomes_a_picture(tmp_path: Path) -> None:
    made = list(make_pictures(tmp_path, ["tanh-neuron"], ONE))
    assert sorted(made) == sorted(tmp_path.rglob("*.png"))
    names = {path.name for path in made}
    assert len(names) == len(made)
    for moment in ("start", "forward", "seed", "backward", "update", "end"):
        assert any(name.endswith(f"-{moment}.png") for name in names), moment
    views = ("stage", "lesson", "steps", "equation", "curve", "parameters", "time")
    assert {f"{view}-dark-zh_CN.png" for view in views} <= names
    parts = ("legend", "memory", "minimap", "find", "why", "matrix")
    assert {f"window-{part}-1024x768-dark-zh_CN.png" for part in parts} <= names
    others = ("why-paths", "why-order", "why-nudge", "dialog-code", "dialog-keys", "window-bad")
    assert {f"{other}-dark-zh_CN.png" for other in others} <= names
    assert "lab-1024x768-dark-zh_CN-1-trained.png" in names
    assert {f"lab-{panel}-dark-zh_CN.png" for panel in ("recipe", "loss", "run-bar")} <= names
    for path in made:
        assert path.parent == tmp_path / "tanh-neuron"
        image = QImage(str(path))
        if path.name.startswith("window-1024"):
            assert (image.width(), image.height()) == (1024, 768)
        assert image.pixelColor(2, image.height() - 3).lightness() < 60, path.name


def test_pictures_are_the_same_every_time(tmp_path: Path) -> None:
    one = list(make_pictures(tmp_path / "one", ["twice"], ONE))
    other = list(make_pictures(tmp_path / "other", ["twice"], ONE))
    assert [path.name for path in one] == [path.name for path in other]
    assert all(QImage(str(a)) == QImage(str(b)) for a, b in zip(one, other, strict=True))


def test_pictures_of_different_moments_are_different(tmp_path: Path) -> None:
    made = [path for path in make_pictures(tmp_path, ["twice"], ONE) if "window-1024" in path.name]
    images = [QImage(str(path)) for path in made]
    assert all(one != other for one, other in pairwise(images))


def test_every_magnification_is_a_picture_of_the_window_in_every_phase_and_size(
    tmp_path: Path,
) -> None:
    choice = Choice(themes=("dark",), languages=("zh_CN",))
    found = {path.name: path for path in make_pictures(tmp_path, ["mazur"], choice)}
    for view in ("layers", "operations", "scalars", "network", "split"):
        for phase in ("forward", "backward", "update", "end"):
            for width, height in ((1440, 900), (1024, 768)):
                path = found[f"stage-{view}-{phase}-{width}x{height}-dark-zh_CN.png"]
                image = QImage(str(path))
                assert (image.width(), image.height()) == (width, height)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OSError, match="file"):
        next(make_pictures(file, ["twice"], ONE))


def test_the_moments_stand_in_order_and_show_each_kind_of_step() -> None:
    for document in (neuron(), twice(), example("mazur"), example("xor")):
        timeline = Timeline(document.training.iteration(1))
        found = moments(timeline)
        assert list(found.values()) == sorted(found.values())
        kinds = {name: timeline.step(position.step) for name, position in found.items()}
        assert kinds["start"] is None
        backward = kinds["backward"]
        assert backward is not None
        assert backward.kind is StepKind.BACKWARD
        assert 0 < found["backward"].progress < 1


def test_accumulation_is_shown_where_a_second_contribution_arrives() -> None:
    timeline = Timeline(twice().training.iteration(1))
    step = timeline.step(moments(timeline)["accumulate"].step)
    assert step is not None
    earlier = [s for s in timeline.steps[: step.number - 1] if s.kind is StepKind.BACKWARD]
    assert any(other.target == step.target for other in earlier)


def test_a_sample_has_each_example_once_and_takes_turns() -> None:
    choice = Choice(sample=True)
    turns = [choice.of(number) for number in range(8)]
    assert all(len(turn.themes) == len(turn.languages) == len(turn.sizes) == 1 for turn in turns)
    looks = {(*turn.themes, *turn.languages, *turn.sizes) for turn in turns}
    assert len(looks) == 8  # two themes, two languages, two sizes
    assert Choice().of(3) == Choice()
