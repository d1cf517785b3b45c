from msgspec.structs import replace

from mlviz.ui.recipe_view import RecipeView
from tests.outcomes import two_classes
from tests.ui.labs import panel
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
