import numpy as np
import pytest

from mlviz.i18n import Message
from mlviz.learn import measure
from mlviz.learn.losses import LossSpec
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec

ROWS = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 1.0], [0.5, -1.0]])


def passing(loss: str, targets: object, outputs: int = 2, **options: object) -> NetworkProgram:
    """Return a network that answers its inputs, or the first of them."""
    layer = LayerSpec(outputs, "identity", np.eye(2)[:outputs])
    return NetworkProgram(NetworkSpec(2, (layer,)), ROWS, targets, LossSpec(loss), **options)  # type: ignore[arg-type]


def test_classes_are_those_with_the_largest_output() -> None:
    made = passing("cross_entropy", [0, 1, 0, 1], classes=("cat", "dog"))
    start = made.start()
    assert measure.predicted(made, start, ROWS).tolist() == [0, 1, 1, 0]
    assert measure.metric_of(made, start, "train") == 0.5
    assert measure.metric_name(made) == Message("metric.accuracy")
    # Rows are what is true, columns what was said.
    assert measure.confusion(made, start, "train").tolist() == [[1, 1], [1, 1]]
    assert measure.classes(made) == ("cat", "dog")


def test_classes_may_be_given_one_hot() -> None:
    made = passing("mse_loss", [[1, 0], [0, 1], [0, 1], [0, 1]])
    assert measure.metric_of(made, made.start(), "train") == 0.75
    assert measure.classes(made) == ("0", "1")
    assert measure.confusion(made, made.start(), "train").tolist() == [[1, 0], [1, 2]]


@pytest.mark.parametrize(
    ("loss", "targets", "said"),
    [
        # The outputs are 1, 0, −3 and 0.5; a logit is yes above 0, a probability above ½.
        ("binary_cross_entropy_with_logits", [1, 0, 0, 1], [1, 0, 0, 1]),
        ("mse_loss", [1, 0, 0, 1], [1, 0, 0, 0]),
        ("mse_loss", [1, -1, -1, 1], [1, 0, 0, 1]),
    ],
)
def test_two_classes_are_parted_in_the_middle(
    loss: str, targets: list[float], said: list[int]
) -> None:
    made = passing(loss, np.array(targets)[:, None], 1)
    assert measure.predicted(made, made.start(), ROWS).tolist() == said
    wanted = np.array(targets) > 0
    assert measure.metric_of(made, made.start(), "train") == np.mean(wanted == said)
    assert len(measure.classes(made)) == 2


def test_several_yes_or_no_answers_count_one_by_one() -> None:
    made = passing("binary_cross_entropy_with_logits", [[1, 1], [1, 1], [0, 0], [1, 0]])
    # Yes are 1 of the first row, 2 of the second, 1 of the third and 0.5 of the last.
    assert measure.metric_of(made, made.start(), "train") == 5 / 8
    assert measure.confusion(made, made.start(), "train").sum() == 8


def test_numbers_are_measured_by_how_much_they_explain() -> None:
    targets = np.array([[1.5], [0.0], [-2.0], [0.5]])
    made = passing("mse_loss", targets, 1)
    rest, spread = 0.25 + 1.0, np.sum((targets - targets.mean()) ** 2)
    assert measure.metric_of(made, made.start(), "train") == pytest.approx(1 - rest / spread)
    assert measure.metric_name(made) == Message("metric.r2")
    assert measure.loss_of(made, made.start(), "train") == pytest.approx(rest / 4)
    np.testing.assert_array_equal(measure.predicted(made, made.start(), ROWS), ROWS[:, :1])
    assert measure.classes(made) == ()
    with pytest.raises(ValueError, match="no classes"):
        measure.confusion(made, made.start(), "train")


def test_targets_all_alike_are_explained_only_by_themselves() -> None:
    assert (
        measure.metric_of(
            passing("mse_loss", np.full((4, 1), 3.0), 1),
            {"layer1.weight": np.zeros((1, 2))},
            "train",
        )
        == 0.0
    )


def test_each_part_is_measured_on_its_own_rows() -> None:
    made = passing(
        "cross_entropy", [0, 1, 1, 0], validation=(ROWS[:2], [0, 0]), test=(ROWS[:1], [1])
    )
    start = made.start()
    assert measure.parts(made) == ("train", "validation", "test")
    assert [measure.metric_of(made, start, part) for part in measure.parts(made)] == [1, 0.5, 0]
    assert measure.parts(passing("cross_entropy", [0, 1, 1, 0])) == ("train",)
    with pytest.raises(KeyError):
        measure.loss_of(passing("cross_entropy", [0, 1, 1, 0]), start, "test")
