from collections.abc import Callable

import numpy as np

from mlviz.trace.steps import Position
from mlviz.ui.node_tip import _numbers, node_tip
from mlviz.ui.session import Session


def tip(session: Session, node: int, step: int, progress: float = 1.0) -> str:
    return node_tip(session.timeline, Position(1, step, progress), node, session.tr)


def test_a_number_is_told_in_full_once_it_is_computed(session: Session) -> None:
    step = next(step for step in session.timeline.steps if step.node > 5)
    node = step.node
    value = repr(session.timeline.tape[node].value.item()).replace("-", "−")
    assert value not in tip(session, node, step.number - 1)
    assert "not computed yet" in tip(session, node, step.number - 1)
    assert value not in tip(session, node, step.number, progress=0.2)
    assert value in tip(session, node, step.number)


def test_the_new_value_and_the_gradient_are_told_at_the_end(session: Session) -> None:
    end = len(session.timeline)
    update = session.timeline.updates[0]
    text = tip(session, update.node, end)
    for number in (update.before, update.gradient, update.after):
        assert repr(number.item()).replace("-", "−") in text


def test_a_node_without_gradient_is_not_said_to_have_one(session: Session) -> None:
    leaf = next(node for node in session.timeline.tape if not node.requires_grad)
    assert "gradient" not in tip(session, leaf.id, len(session.timeline))


def test_small_arrays_are_told_and_others_by_their_shape(
    make_session: Callable[..., Session],
) -> None:
    session = make_session("xor")
    end = len(session.timeline)
    matrix = next(node for node in session.timeline.tape if node.value.shape == (4, 2))
    text = tip(session, matrix.id, end)
    assert text.count("<br>") >= 3
    for number in matrix.value.reshape(-1):
        assert repr(float(number)).replace("-", "−") in text
    large = np.zeros((5, 2))
    assert _numbers(large, session.tr) == "5×2"
    assert _numbers(np.zeros((0, 3)), session.tr) == "0×3"


def test_it_speaks_the_language_of_the_reader(session: Session) -> None:
    english = tip(session, 0, 0)
    session.set_language("zh_CN")
    assert tip(session, 0, 0) != english
