from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from mlviz.autograd.ops import OPS
from mlviz.picture.equation import EquationPicture, equation_picture
from mlviz.picture.items import Role
from mlviz.trace.magnify import Level
from mlviz.trace.steps import Position, StepKind
from mlviz.ui import equation_view
from mlviz.ui.equation_view import EquationView
from mlviz.ui.session import Session
from tests.ui.pixels import has, ink

MakeView = Callable[..., EquationView]


def resize(view: EquationView, width: int, height: int) -> None:
    view.resize(width, height)
    view.grab()  # a view that is not shown is only now told of its size


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(session: Session, width: int = 340, height: int = 420) -> EquationView:
        view = EquationView(session)
        qtbot.addWidget(view)
        resize(view, width, height)
        return view

    return make


@pytest.fixture
def view(session: Session, make_view: MakeView) -> EquationView:
    return make_view(session)


def backward(session: Session) -> Position:
    """Return a moment at which a gradient has just been multiplied."""
    steps = [s for s in session.timeline.steps if s.kind is StepKind.BACKWARD]
    return Position(1, steps[-1].number)


def test_the_factors_have_their_colours(view: EquationView) -> None:
    theme = view.session.theme
    view.session.seek(backward(view.session))
    image = view.grab().toImage()
    for role in (Role.TEXT, Role.BACKWARD, Role.POSITIVE):
        assert has(image, theme.colour(role)), role


def test_what_is_shown_follows_position_and_selection(view: EquationView) -> None:
    seen = [view.grab().toImage()]
    view.session.seek(Position(1, 2))
    seen.append(view.grab().toImage())
    view.session.select(0)
    seen.append(view.grab().toImage())
    view.session.select(None)
    assert view.grab().toImage() == seen[1]
    assert seen[0] != seen[1] != seen[2]


def test_it_is_described_in_words_with_formulas_read_aloud(view: EquationView) -> None:
    view.session.seek(backward(view.session))
    text = view.accessibleDescription()
    assert "partial L" in text
    assert "role" not in text
    view.session.set_language("zh_CN")
    assert "分之" in view.accessibleDescription()


def test_while_a_step_runs_it_is_explained_at_most_twice(
    view: EquationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    explain = equation_view.equation_picture

    def counted(*arguments: object) -> object:
        asked.append(arguments)
        return explain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(equation_view, "equation_picture", counted)
    for k in range(60):
        view.session.seek(Position(1, 5, k / 59))
    assert 1 <= len(asked) <= 2


def equation_of(session: Session) -> EquationPicture:
    return equation_picture(session.timeline, session.position, session.selected)


def test_a_formula_that_is_a_little_too_wide_is_made_smaller(
    session: Session, make_view: MakeView
) -> None:
    session.seek(backward(session))
    wide = make_view(session, 600)
    size = wide._rows[1].formula.size  # type: ignore[union-attr]
    narrow = make_view(session, 230)
    small = narrow._rows[1].formula.size  # type: ignore[union-attr]
    assert 0.6 * size <= small < size
    assert narrow.horizontalScrollBar().maximum() == 0


def test_a_formula_that_was_made_smaller_leaves_nothing_to_be_scrolled(view: EquationView) -> None:
    view.session.seek(backward(view.session))
    for width in range(190, 240, 4):
        resize(view, width, 900)
        over = view._wide - view._room
        assert over <= 0.5 or view._rows[1].formula.size < 0.6 * 19  # type: ignore[union-attr]


def test_a_sum_of_arrays_that_is_too_wide_is_broken_at_its_signs(
    make_session: Callable[..., Session], make_view: MakeView
) -> None:
    session = make_session("activations")
    session.set_level("layers")
    y = next(node.id for node in session.timeline.tape if node.name == "y")
    session.seek(Position(1, next(s.number for s in session.timeline.steps if s.node == y)))
    wide, narrow = make_view(session, 900), make_view(session, 324)
    flat, broken = (view._rows[1].formula for view in (wide, narrow))  # type: ignore[union-attr]
    assert flat.width > 324
    assert broken.width <= narrow._room
    assert broken.height > 1.4 * flat.height * broken.size / flat.size
    assert broken.size >= 14


@pytest.mark.parametrize("name", ["activations", "softmax", "symmetry", "penalties", "dropout"])
@pytest.mark.parametrize("width", [324, 284])
def test_no_formula_is_cut_and_none_is_tiny(
    name: str, width: int, make_session: Callable[..., Session], make_view: MakeView
) -> None:
    session = make_session(name)
    for level in ("layers", "operations"):
        session.set_level(level)
        view = make_view(session, width)
        for step in session.timeline.steps:
            session.seek(Position(1, step.number))
            formulas = [row.formula for row in view._rows if hasattr(row, "formula")]
            assert view.horizontalScrollBar().maximum() == 0, (level, step.number)
            assert all(formula.size >= 8.4 for formula in formulas), (level, step.number)


def test_a_long_chain_of_equals_is_folded_where_it_is_too_wide(
    session: Session, make_view: MakeView
) -> None:
    tanh = next(node for node in session.timeline.tape if node.op and node.op.name == "tanh")
    steps = session.timeline.steps
    sent = [s.number for s in steps if s.kind is StepKind.BACKWARD and s.node == tanh.id]
    session.seek(Position(1, sent[0]))
    rule = next(block for block in equation_of(session).blocks if block.kind == "rule")
    wide, narrow = make_view(session, 600), make_view(session, 230)
    place = equation_of(session).blocks.index(rule) + 1
    flat, folded = (view._rows[place].formula for view in (wide, narrow))  # type: ignore[union-attr]
    assert folded.size == flat.size
    assert folded.width < flat.width
    assert folded.height > 1.5 * flat.height


def test_of_a_long_rule_the_new_value_is_seen(
    make_session: Callable[..., Session], make_view: MakeView
) -> None:
    session = make_session("fruit")
    session.set_level("scalars")
    session.wait_for_layout()
    view = make_view(session, 284)
    resize(view, 284, 180)
    step = next(s.number for s in session.timeline.steps if s.kind is StepKind.UPDATE)
    session.seek(Position(1, step))
    bar = view.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum()
    session.seek(Position(1, 1))
    assert bar.value() == 0


@pytest.mark.parametrize("level", ["layers", "scalars"])
def test_what_is_scrolled_begins_and_ends_with_a_whole_row(
    make_session: Callable[..., Session], make_view: MakeView, level: Level
) -> None:
    session = make_session("fruit")
    session.set_level(level)
    session.wait_for_layout()
    view = make_view(session, 300)
    ground = session.theme.colour(Role.PANEL)
    last = [s.number for s in session.timeline.steps if s.kind is StepKind.UPDATE][-1]
    seen = 0
    for height in range(180, 320, 11):
        resize(view, 300, height)
        session.seek(Position(1, last - 1))
        session.seek(Position(1, last))
        bar = view.verticalScrollBar()
        for place in (bar.value(), bar.maximum() // 2):
            bar.setValue(place)
            if not place > 0:
                continue
            words = {y for _, y in ink(view.viewport().grab().toImage(), ground)}
            assert words
            assert not {0, height - 1} & words
            seen += 1
    assert seen


def test_letters_get_smaller_before_a_matrix_is_cut(
    make_session: Callable[..., Session], make_view: MakeView
) -> None:
    session = make_session("xor")
    session.set_level("operations")
    session.wait_for_layout()
    view = make_view(session, 319, 247)
    tape = session.timeline.tape
    step = next(
        s.number
        for s in session.timeline.steps
        if s.kind is StepKind.BACKWARD and tape[s.node].op is OPS["tanh"]
    )
    session.seek(Position(1, step))
    assert len(view._rows) > 2
    assert view.verticalScrollBar().maximum() == 0


def test_blocks_stand_closer_before_anything_is_scrolled(view: EquationView) -> None:
    session = view.session
    session.seek(backward(session))
    resize(view, 340, 900)
    need = view._rows[-1].bottom
    size = view._rows[1].formula.size  # type: ignore[union-attr]
    resize(view, 340, round(0.85 * need))
    assert view.verticalScrollBar().maximum() == 0
    assert view._rows[1].formula.size < size  # type: ignore[union-attr]


def test_what_colours_mean_is_left_out_before_formulas_get_small(view: EquationView) -> None:
    view.session.seek(backward(view.session))
    resize(view, 340, 900)
    everything, need = len(view._rows), view._rows[-1].bottom
    assert everything == 1 + len(view.equation().blocks)
    resize(view, 340, round(0.7 * need))
    assert view.verticalScrollBar().maximum() == 0
    assert len(view._rows) == everything - 2
    assert view._rows[1].formula.size >= 0.7 * view.equation().blocks[0].size  # type: ignore[union-attr]


def test_nothing_is_scrolled_where_there_is_room(view: EquationView) -> None:
    resize(view, 340, 900)
    for step in view.session.timeline.steps:
        view.session.seek(Position(1, step.number))
        assert view.horizontalScrollBar().maximum() == 0
        assert view.verticalScrollBar().maximum() == 0


def test_a_low_panel_is_scrolled_and_a_new_step_begins_at_the_top(view: EquationView) -> None:
    resize(view, 340, 90)
    view.session.seek(backward(view.session))
    bar = view.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    view.session.seek(Position(1, 2))
    assert bar.value() == 0


def test_within_a_step_the_place_that_was_scrolled_to_is_kept(view: EquationView) -> None:
    resize(view, 340, 90)
    last = backward(view.session).step
    view.session.seek(Position(1, last, 0.01))
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    view.session.seek(Position(1, last, 0.02))
    assert bar.value() == bar.maximum() > 0


def test_everything_grows_with_the_scale(view: EquationView) -> None:
    resize(view, 900, 900)
    view.session.seek(backward(view.session))
    before = view._rows[-1].bottom
    hint = view.sizeHint()
    view.session.set_scale(2.0)
    assert view._rows[-1].bottom == pytest.approx(2 * before, rel=0.04)
    assert view.sizeHint() == 2 * hint


def test_the_theme_switches_at_once(view: EquationView) -> None:
    view.session.seek(backward(view.session))
    view.session.set_theme("dark")
    image = view.grab().toImage()
    assert image.pixelColor(2, 2) == view.session.theme.colour(Role.PANEL)
    assert has(image, view.session.theme.colour(Role.BACKWARD))


def test_a_bar_that_comes_or_goes_does_not_have_everything_arranged_again(
    view: EquationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    arranged = []
    arrange = EquationView._arrange

    def counted(self: EquationView) -> None:
        arranged.append(self.session.position)
        arrange(self)

    monkeypatch.setattr(EquationView, "_arrange", counted)
    resize(view, 340, 105)
    arranged.clear()
    shown = set()
    for step in range(len(view.session.timeline) + 1):
        view.session.seek(Position(1, step))
        view.grab()
        shown.add(view.verticalScrollBar().maximum() > 0)
    assert shown == {True, False}
    assert len(arranged) == len(set(arranged))
