from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mlviz.picture import parameters
from mlviz.picture.items import Role
from mlviz.trace.steps import Position
from mlviz.ui import parameter_view
from mlviz.ui.fonts import text_width
from mlviz.ui.parameter_view import ParameterView
from mlviz.ui.session import Session
from tests.ui.pixels import count, has

DISPLAY = Qt.ItemDataRole.DisplayRole
TIP = Qt.ItemDataRole.ToolTipRole
MakeView = Callable[..., ParameterView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(session: Session, width: int = 360, height: int = 200) -> ParameterView:
        view = ParameterView(session)
        qtbot.addWidget(view)
        view.resize(width, height)
        view.grab()
        return view

    return make


@pytest.fixture
def view(session: Session, make_view: MakeView) -> ParameterView:
    return make_view(session)


def end(session: Session) -> Position:
    return Position(1, len(session.timeline))


def texts(view: ParameterView) -> list[list[str]]:
    model = view.model
    return [
        [model.index(row, column).data(DISPLAY) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def parameter_ids(session: Session) -> list[int]:
    return [node.id for node in session.timeline.tape if node.role == "parameter"]


class TestNumbers:
    def test_the_table_shows_what_the_picture_says(self, view: ParameterView) -> None:
        view.session.seek(end(view.session))
        table = parameters.parameter_table(view.session.timeline, view.session.position)
        assert texts(view) == [[cell.text for cell in row.cells] for row in table.rows]

    def test_nothing_is_shown_before_it_is_computed(self, view: ParameterView) -> None:
        assert [row[2:] for row in texts(view)] == [["·"] * 3] * 3

    def test_numbers_are_told_in_full_on_hovering(self, view: ParameterView) -> None:
        view.session.seek(end(view.session))
        update = view.session.timeline.updates[0]
        full = repr(update.after.item()).replace("-", "−")
        assert view.model.index(0, 4).data(TIP) == full
        assert full in view.model.index(0, 4).data(Qt.ItemDataRole.AccessibleTextRole)

    def test_numbers_stand_at_the_right_and_names_at_the_left(self, view: ParameterView) -> None:
        align = Qt.ItemDataRole.TextAlignmentRole
        for column in range(view.model.columnCount()):
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            assert view.model.index(0, column).data(align) & side
            heading = view.model.headerData(column, Qt.Orientation.Horizontal, align)
            assert heading & side

    def test_numbers_have_the_colours_of_their_roles(self, view: ParameterView) -> None:
        view.session.seek(end(view.session))
        image = view.grab().toImage()
        for role in (Role.POSITIVE, Role.NEGATIVE, Role.BACKWARD, Role.UPDATE):
            assert has(image, view.session.theme.colour(role)), role

    def test_old_values_are_struck_through(self, view: ParameterView) -> None:
        session, colour = view.session, view.session.theme.colour(Role.POSITIVE)
        before = count(view.grab().toImage(), colour)
        session.seek(end(session))
        assert count(view.grab().toImage(), colour) > before + 40


class TestChanges:
    def test_a_step_changes_cells_and_resets_nothing(
        self, view: ParameterView, qtbot: QtBot
    ) -> None:
        resets: list[int] = []
        view.model.modelReset.connect(self._note(resets))
        session = view.session
        gradient = session.timeline.gradient_step(0)
        assert gradient is not None
        session.seek(Position(1, gradient - 1))
        with qtbot.waitSignal(view.model.dataChanged) as changed:
            session.seek(Position(1, gradient))
        assert changed.args[0].row() == 0
        assert resets == []

    @staticmethod
    def _note(resets: list[int]) -> Callable[[], None]:
        def note() -> None:
            resets.append(1)

        return note

    def test_selection_and_scrolling_outlive_a_step(
        self, make_session: Callable[..., Session], make_view: MakeView
    ) -> None:
        view = make_view(make_session("mazur"), 360, 120)
        bar = view.table.verticalScrollBar()
        assert bar.maximum() > 0
        node = view.model.row(4).node
        view.session.select(node)
        bar.setValue(bar.maximum() // 2)
        before = bar.value()
        for k in range(0, 19, 3):  # forward steps are about no parameter
            view.session.seek(Position(1, k))
            assert view.session.selected == node
            assert view.table.currentIndex().row() == 4
            assert bar.value() == before

    def test_while_a_step_runs_the_table_is_made_at_most_twice(
        self, view: ParameterView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []

        def counted(*arguments: object) -> object:
            asked.append(arguments)
            return parameters.parameter_table(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(parameter_view, "parameter_table", counted)
        for k in range(60):
            view.session.seek(Position(1, 5, k / 59))
        assert 1 <= len(asked) <= 2

    def test_no_column_changes_its_width_on_the_way(self, view: ParameterView) -> None:
        def widths() -> list[int]:
            return [view.table.columnWidth(k) for k in range(view.model.columnCount())]

        before = widths()
        for step in view.session.timeline.steps:
            view.session.seek(Position(1, step.number))
            assert widths() == before

    def test_every_number_fits_its_column_however_narrow_the_panel(
        self, session: Session, make_view: MakeView
    ) -> None:
        view = make_view(session, 150)
        assert view.table.horizontalScrollBar().maximum() > 0
        session.seek(end(session))
        for row in texts(view):
            for column, text in enumerate(row[1:], 1):
                if view.table.isColumnHidden(column):
                    continue
                assert view.table.columnWidth(column) > text_width(text, "number", 11, False) + 4

    @pytest.mark.parametrize("width", [250, 284, 324, 363])
    def test_no_number_loses_its_sign_at_any_step(
        self, width: int, make_session: Callable[..., Session], make_view: MakeView
    ) -> None:
        # Its gradients are negative sums on their way to positive ones.
        session = make_session("linear-xor")
        session.set_level("scalars")
        session.wait_for_layout()
        view = make_view(session, width)
        table = view.table
        for step in session.timeline.steps:
            session.seek(Position(1, step.number))
            for row in range(table.model().rowCount()):
                for column in range(1, table.model().columnCount()):
                    if table.isColumnHidden(column):
                        continue
                    text = table.model().index(row, column).data(DISPLAY)
                    need = text_width(text, "number", table.delegate.font_px, column == 4)
                    assert need + 2 * table.delegate.pad <= table.columnWidth(column), (
                        step.number,
                        text,
                    )

    def test_the_heading_names_what_is_differentiated(
        self, make_session: Callable[..., Session], make_view: MakeView
    ) -> None:
        view = make_view(make_session("entropy"))
        assert view.model.heading(2) == "∂K/∂θ"

    def test_the_row_that_a_step_is_about_is_in_view(
        self, make_session: Callable[..., Session], make_view: MakeView
    ) -> None:
        session = make_session("mazur")
        view = make_view(session, 360, 110)
        table = view.table
        for step in session.timeline.steps:
            session.seek(Position(1, step.number))
            for row in table.model().active_rows():  # type: ignore[attr-defined]
                shown = table.visualRect(table.model().index(row, 0))
                assert table.viewport().rect().contains(shown), step.number

    def test_in_a_narrow_panel_numbers_are_smaller_before_columns_are_scrolled_away(
        self, session: Session, make_view: MakeView
    ) -> None:
        wide, narrow = make_view(session, 500), make_view(session, 290)
        assert narrow.table.delegate.font_px < wide.table.delegate.font_px
        assert narrow.table.horizontalScrollBar().maximum() == 0

    def test_the_change_gives_way_before_the_new_value_does(
        self, session: Session, make_view: MakeView
    ) -> None:
        assert session.open("xor")
        wide, narrow = make_view(session, 500), make_view(session, 280)
        assert not wide.table.isColumnHidden(3)
        assert [narrow.table.isColumnHidden(column) for column in range(5)] == [
            *(False, False, False, True, False)
        ]
        assert narrow.table.horizontalScrollBar().maximum() == 0

    def test_nothing_is_scrolled_at_the_usual_width(self, view: ParameterView) -> None:
        view.session.seek(end(view.session))
        assert view.table.horizontalScrollBar().maximum() == 0

    def test_another_document_has_other_columns(self, view: ParameterView) -> None:
        assert view.session.open("twice")
        assert view.model.columnCount() == 3
        assert texts(view) == [["x", "3.000", "·"]]

    def test_a_table_that_was_cut_says_so(
        self, view: ParameterView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parameters, "MOST_ROWS", 1)
        view.session.seek(Position(1, 4))
        assert len(texts(view)) == 1
        assert not view._more.isHidden()
        assert "1 of 3" in view._more.text()

    def test_of_many_parameters_the_one_that_acts_is_listed_and_in_view(
        self,
        make_session: Callable[..., Session],
        make_view: MakeView,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(parameters, "MOST_ROWS", 3)
        session = make_session("mazur")
        view = make_view(session, 360, 150)
        table, model = view.table, view.model
        acted = set()
        for step in session.timeline.steps:
            session.seek(Position(1, step.number))
            named = {step.node, step.target} & set(parameter_ids(session))
            for node in named:
                rows = model.rows_of(node)
                assert 1 <= len(rows) <= 3
                assert table.viewport().rect().contains(table.visualRect(model.index(rows[0], 0)))
                acted.add(node)
        assert len(acted) > 3

    @pytest.mark.parametrize("height", [113, 150, 177, 201])
    def test_no_row_is_cut_in_half_wherever_one_scrolls(
        self, make_session: Callable[..., Session], make_view: MakeView, height: int
    ) -> None:
        table = make_view(make_session("mazur"), 360, height).table
        for place in (0, 1, table.verticalScrollBar().maximum()):
            table.verticalScrollBar().setValue(place)
            room = table.viewport().rect()
            tops = [table.rowViewportPosition(row) for row in range(table.model().rowCount())]
            shown = [top for top in tops if 0 <= top < room.height()]
            assert shown[0] == 0
            assert shown[-1] + table.rowHeight(0) <= room.height() < len(tops) * table.rowHeight(0)


class TestSelection:
    def test_a_row_selects_its_node(self, view: ParameterView, qtbot: QtBot) -> None:
        place = view.table.visualRect(view.model.index(1, 1)).center()
        qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert view.session.selected == view.model.row(1).node

    def test_a_node_selects_its_row(self, view: ParameterView) -> None:
        view.session.select(view.model.row(2).node)
        assert view.table.currentIndex().row() == 2
        rows = view.table.selectionModel().selectedRows()
        assert [index.row() for index in rows] == [2]
        view.session.select(None)
        assert not view.table.currentIndex().isValid()
        assert not view.table.selectionModel().hasSelection()

    def test_a_node_that_is_no_parameter_stays_selected(self, view: ParameterView) -> None:
        other = next(node for node in view.session.timeline.tape if node.role != "parameter")
        view.session.select(0)
        view.session.select(other.id)
        assert view.session.selected == other.id
        assert not view.table.selectionModel().hasSelection()
        assert not view.table.currentIndex().isValid()

    def test_keys_walk_through_the_rows(self, view: ParameterView, qtbot: QtBot) -> None:
        view.session.select(view.model.row(0).node)
        qtbot.keyClick(view.table, Qt.Key.Key_Down)
        assert view.session.selected == view.model.row(1).node
        qtbot.keyClick(view.table, Qt.Key.Key_Escape)
        assert view.session.selected is None

    def test_a_selected_row_is_marked_not_by_tint_alone(self, view: ParameterView) -> None:
        colour = view.session.theme.colour(Role.SELECTED)
        assert not has(view.grab().toImage(), colour)
        view.session.select(0)
        assert has(view.grab().toImage(), colour)

    def test_the_row_under_the_pointer_is_hovered_until_it_leaves(
        self, view: ParameterView
    ) -> None:
        viewport = view.table.viewport()
        place = QPointF(view.table.visualRect(view.model.index(1, 1)).center())
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            viewport.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, event)
        assert view.session.hovered == view.model.row(1).node
        QApplication.sendEvent(view.table, QEvent(QEvent.Type.Leave))
        assert view.session.hovered is None

    def test_what_is_hovered_elsewhere_is_tinted(self, view: ParameterView) -> None:
        before = view.grab().toImage()
        view.session.hover(view.model.row(2).node)
        assert view.grab().toImage() != before
        view.session.hover(None)
        assert view.grab().toImage() == before


class TestLooks:
    def test_the_row_of_the_present_step_is_tinted(self, view: ParameterView) -> None:
        session = view.session
        tint = session.theme.colour(Role.UPDATE_SOFT)
        update = next(step for step in session.timeline.steps if step.kind == "update")
        assert not has(view.grab().toImage(), tint)
        session.seek(Position(1, update.number))
        assert has(view.grab().toImage(), tint)

    def test_headings_follow_the_language(self, view: ParameterView) -> None:
        def headings() -> list[str]:
            return [
                view.model.headerData(k, Qt.Orientation.Horizontal)
                for k in range(view.model.columnCount())
            ]

        english, name = headings(), view.table.accessibleName()
        view.session.set_language("zh_CN")
        assert headings() != english
        assert view.table.accessibleName() != name
        assert all([*headings(), name])

    def test_rows_grow_with_the_scale(self, view: ParameterView) -> None:
        before = view.table.rowHeight(0), view.table.columnWidth(1)
        view.session.set_scale(2.0)
        view.resize(720, 400)
        view.grab()
        assert view.table.rowHeight(0) == 2 * before[0]
        assert view.table.columnWidth(1) == pytest.approx(2 * before[1], abs=3)

    def test_the_theme_switches_at_once(self, view: ParameterView) -> None:
        view.session.set_theme("dark")
        image = view.table.viewport().grab().toImage()
        assert has(image, view.session.theme.colour(Role.POSITIVE))


def test_selecting_in_the_table_does_not_come_back_as_another_selection(
    view: ParameterView,
) -> None:
    heard: list[int | None] = []

    def note() -> None:
        heard.append(view.session.selected)

    view.session.selection_changed.connect(note)
    index = view.model.index(1, 0)
    flags = QItemSelectionModel.SelectionFlag
    view.table.selectionModel().setCurrentIndex(index, flags.SelectCurrent | flags.Rows)
    assert heard == [view.model.row(1).node]
