from msgspec.structs import replace

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
