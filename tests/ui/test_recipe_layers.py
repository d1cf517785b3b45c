from msgspec.structs import replace

from mlviz.ui.fields import ChoiceField
from mlviz.ui.recipe_view import RecipeView
from tests.outcomes import two_classes
from tests.ui.labs import panel, settle
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


def test_a_layer_of_which_the_file_says_nothing_shows_how_it_really_starts() -> None:
    table = two_classes()
    with panel(RecipeView, table) as view:
        said = view.lab.document.training.program.spec.layers[0].weight
        assert view.layers.cards[0].init.combo.currentData() == "xavier_uniform"
        layers = [replace(layer, init="xavier_uniform") for layer in table.network.layers]
        assert view.lab.edit(replace(table, network=replace(table.network, layers=layers)))
        again = view.lab.document.training.program.spec.layers[0].weight
        assert (said == again).all()


def test_after_points_are_drawn_the_loss_is_still_the_one_that_is_shown() -> None:
    table = two_classes()
    with panel(RecipeView, table) as view:
        data = replace(table.data, set=None, count=None, inputs=[[0.5, 1.0]], targets=[[1.0]])
        assert view.lab.edit(replace(table, data=data))
        settle()
        combo = view.fields["loss.name"].combo
        assert combo.currentData() == table.loss.name
        offered = [combo.itemData(place) for place in range(combo.count())]
        assert "binary_cross_entropy" in offered
        assert "mse_loss" in offered
        assert "cross_entropy" not in offered


def test_a_loss_that_suits_the_data_badly_is_shown_all_the_same() -> None:
    table = two_classes()
    with panel(RecipeView, table) as view:
        data = replace(table.data, set=None, count=None, inputs=[[0.5, 1.0]], targets=[[0.7]])
        assert view.lab.edit(replace(table, data=data))
        settle()
        assert view.fields["loss.name"].combo.currentData() == table.loss.name


def test_a_share_that_is_left_out_is_read_as_it_is() -> None:
    table = two_classes()
    layers = [replace(table.network.layers[0], dropout=0.5), table.network.layers[1]]
    with panel(RecipeView, replace(table, network=replace(table.network, layers=layers))) as view:
        assert view.layers.cards[0].dropout.edit.text() == "0.5"


def test_no_name_in_a_list_is_cut_however_narrow_the_panel_is() -> None:
    for width in (260, 300, 420):
        with panel(RecipeView, two_classes(), size=(width, 900)) as view:
            cards = [field for card in view.layers.cards for field in card.fields()]
            choices = [f for f in (*cards, *view.fields.values()) if isinstance(f, ChoiceField)]
            assert len(choices) >= 6
            for field in choices:
                metrics = field.combo.fontMetrics()
                name = metrics.horizontalAdvance(field.combo.currentText())
                room = field.combo.width() - 2 * metrics.horizontalAdvance("m")
                assert name <= room, (width, field.objectName())


def test_what_is_wrong_with_a_layer_is_told_over_the_whole_card() -> None:
    with panel(RecipeView, two_classes(), size=(300, 900)) as view:
        card = view.layers.cards[0]
        card.units.edit.setText("abc")
        card.units.edit.editingFinished.emit()
        settle()
        assert card.units.problem.id == "recipe.not_whole"
        assert card.units.problem_label.width() > 0.85 * card.width()


def test_the_loss_says_its_convention() -> None:
    with panel(RecipeView, two_classes(), size=(300, 900)) as view:
        assert "mean" in view.convention.text()
        view.session.set_language("zh_CN")
        settle()
        assert "平均" in view.convention.text()
