import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from mlviz.picture.items import Role
from mlviz.picture.predictions import scatter_axes
from mlviz.ui.predictions_view import PredictionsView
from tests.outcomes import curve, many_classes, recipe, two_classes
from tests.ui.labs import panel, settle
from tests.ui.pixels import has
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


def column(view: PredictionsView, name: str) -> list[str]:
    model = view.table.shown
    place = model.columns.index(name)
    return [str(model.index(row, place).data()) for row in range(model.rowCount())]


def test_the_examples_come_worst_first_with_their_losses(qtbot: QtBot) -> None:
    with panel(PredictionsView, two_classes(validation=0.25), 10) as view:
        assert view.found is not None
        order = np.argsort(-view.found.losses, kind="stable")
        assert column(view, "number") == [str(view.found.rows[i] + 1) for i in order]
        assert set(column(view, "part")) == {"training", "validation"}
        assert column(view, "true")[0] != column(view, "answer")[0]
        assert has(view.grab().toImage(), view.session.theme.colour(Role.BAD))


def test_only_the_wrong_ones_of_a_part_are_listed(qtbot: QtBot) -> None:
    with panel(PredictionsView, two_classes(validation=0.25), 2) as view:
        view.wrong.setChecked(True)
        view.parts.set_value("validation")
        assert view.found is not None
        wanted = int((view.found.wrong & (view.found.parts == 1)).sum())
        assert view.table.shown.rowCount() == wanted
        assert set(column(view, "part")) <= {"validation"}
        assert str(wanted) in view.told.text()


def test_choosing_a_line_selects_the_example_everywhere(qtbot: QtBot) -> None:
    with panel(PredictionsView, two_classes(), 4) as view:
        view.table.selectRow(3)
        settle()
        assert view.lab.selected_row == int(column(view, "number")[3]) - 1
        # Another view selects: the line follows.
        view.lab.select_row(0)
        settle()
        assert column(view, "number")[view.table.currentIndex().row()] == "1"


def test_return_follows_the_example_through_the_network(qtbot: QtBot) -> None:
    with panel(PredictionsView, two_classes(), 4) as view:
        view.table.selectRow(1)
        settle()
        qtbot.keyClick(view.table, Qt.Key.Key_Return)
        assert view.session.selected is not None
        assert view.session.selected_entry == (int(column(view, "number")[1]) - 1, 0)


def test_handwritten_digits_are_shown_as_pictures(qtbot: QtBot) -> None:
    table = recipe(64, [10], "cross_entropy", {"set": "digits", "standardise": True})
    with panel(PredictionsView, table, 1) as view:
        model = view.table.shown
        assert "picture" in model.columns
        image = model.image(0)
        assert image is not None
        assert (image.width(), image.height()) == (8, 8)
        assert view.reading is not None
        # The inks of the file, whatever the network reads.
        pixels = view.reading.inputs["train"][0].reshape(8, 8)
        darkest = np.unravel_index(pixels.argmax(), (8, 8))
        text, ground = (view.session.theme.colour(role) for role in (Role.TEXT, Role.PANEL))
        assert image.pixelColor(int(darkest[1]), int(darkest[0])) == text
        assert image.pixelColor(0, 0) == ground


def test_a_regression_has_targets_answers_and_what_is_between(qtbot: QtBot) -> None:
    with panel(PredictionsView, curve(), 4) as view:
        assert view.found is not None
        worst = int(np.argmax(view.found.losses))
        assert float(column(view, "residual")[0].replace("−", "-")) == pytest.approx(
            view.found.residuals()[worst], rel=1e-3
        )
        assert not view.scatter.isHidden()
        assert view.wrong.isHidden()
        image = view.scatter.grab().toImage()
        assert has(image, view.session.theme.colour(Role.MUTED))
        assert view.scatter.accessibleDescription()


@pytest.mark.parametrize("residuals", [False, True])
def test_a_click_in_the_scatter_selects_the_example(qtbot: QtBot, residuals: bool) -> None:
    with panel(PredictionsView, curve(), 4) as view:
        view.residuals.setChecked(residuals)
        assert view.found is not None
        truth, answers = view.found.truth[:, 0], view.found.predicted[:, 0]
        across, up = (answers, answers - truth) if residuals else (truth, answers)
        size = view.scatter.size()
        axes = scatter_axes(across, up, size.width(), size.height(), residuals=residuals)
        x, y = axes.point(across[11], up[11])
        qtbot.mouseClick(view.scatter, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
        settle()
        assert view.lab.selected_row is not None
        chosen = view.lab.selected_row
        assert np.hypot(across[chosen] - across[11], up[chosen] - up[11]) < 0.05


def test_the_headings_are_in_the_reader_s_language(qtbot: QtBot) -> None:
    with panel(PredictionsView, many_classes(validation=0.3), 1) as view:
        model = view.table.shown

        def headings() -> list[str]:
            across = Qt.Orientation.Horizontal
            assert all(model.headerData(i, across) for i in range(model.columnCount()))
            return [model.title(column) for column in model.columns]

        english = headings()
        view.session.set_language("zh_CN")
        settle()
        assert all(a != b for a, b in zip(english, headings(), strict=True))
        cell = model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
        assert "：" in cell or ":" in cell


def test_in_a_narrow_panel_the_part_gives_way(qtbot: QtBot) -> None:
    with panel(PredictionsView, two_classes(validation=0.3), 1, (900, 400)) as view:
        place = view.table.shown.columns.index("part")
        assert not view.table.isColumnHidden(place)
        view.resize(300, 400)
        settle()
        assert view.table.isColumnHidden(place)


def test_in_a_narrow_panel_pictures_and_probabilities_are_whole(qtbot: QtBot) -> None:
    table = recipe(64, [10], "cross_entropy", {"set": "digits", "standardise": True})
    with panel(PredictionsView, table, 1, (280, 400)) as view:
        columns = view.table.shown.columns
        shown = [name for k, name in enumerate(columns) if not view.table.isColumnHidden(k)]
        assert shown == ["number", "picture", "true", "answer", "chances"]
        assert not view.table.horizontalScrollBar().maximum()
        side = view.table.verticalHeader().defaultSectionSize()
        assert view.table.columnWidth(columns.index("picture")) > side


def test_in_a_narrow_panel_digits_keep_their_number_and_no_heading_is_cut(qtbot: QtBot) -> None:
    table = recipe(64, [10], "cross_entropy", {"set": "digits", "validation": 0.2})
    with panel(PredictionsView, table, 1, (272, 460)) as view:
        model, columns = view.table.shown, view.table.shown.columns
        shown = [name for k, name in enumerate(columns) if not view.table.isColumnHidden(k)]
        assert {"number", "picture", "chances"} <= {*shown}
        metrics = view.table.horizontalHeader().fontMetrics()
        for name in shown:
            place = columns.index(name)
            title = model.headerData(place, Qt.Orientation.Horizontal)
            assert metrics.horizontalAdvance(title) <= view.table.columnWidth(place) - 3, name
        view.resize(700, 460)
        settle()
        titles = [model.headerData(k, Qt.Orientation.Horizontal) for k in range(len(columns))]
        assert titles[columns.index("chances")] == "probabilities"
