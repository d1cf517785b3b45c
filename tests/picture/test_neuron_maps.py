import numpy as np

from mlviz.i18n import translate
from mlviz.picture.items import Box, Raster, Swarm, Text, Token
from mlviz.picture.neuron_maps import (
    MOST,
    LayerMaps,
    neuron_key,
    neuron_maps,
    neuron_of,
    shades_of,
)


def layer(units: int) -> LayerMaps:
    outputs = np.zeros((units, 4, 4))
    outputs[:, 0] = 2.0
    line = np.array([[[0.0, 0.25], [1.0, 0.25]]])
    return LayerMaps("tanh", outputs, [line] * units)


def test_an_output_of_one_or_more_is_the_full_shade() -> None:
    shades = shades_of(np.array([[2.0, 0.5], [-1.0, np.nan]]))
    assert np.frombuffer(shades, dtype=np.int8).tolist() == [127, 64, -127, 0]


def test_every_neuron_has_a_map_with_its_line() -> None:
    picture = neuron_maps([layer(3), layer(1)], 200)
    keys = [item.key for item in picture.items if isinstance(item, Box)]
    assert keys == ["neuron:1:0", "neuron:1:1", "neuron:1:2", "neuron:2:0"]
    rect = picture.box("neuron:1:1").rect
    lines = [item for item in picture.items if isinstance(item, Swarm)]
    assert lines[1].shapes.tolist() == [
        [rect.x, rect.y + rect.height / 4, rect.right, rect.y + rect.height / 4]
    ]
    names = [item.text for item in picture.items if isinstance(item, Text)]
    assert "ŷ" in names


def test_the_chosen_one_is_large_with_the_examples_on_it() -> None:
    examples = (np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 1]))
    picture = neuron_maps([layer(2)], 300, (1, 1), examples)
    rasters = [item for item in picture.items if isinstance(item, Raster)]
    assert rasters[0].rect.width > 3 * rasters[1].rect.width
    tokens = [item for item in picture.items if isinstance(item, Token)]
    assert len(tokens) == 2
    assert tokens[0].shape != tokens[1].shape
    assert (tokens[0].x, tokens[0].y) == rasters[0].rect.center
    assert not any(
        isinstance(item, Token) for item in neuron_maps([layer(2)], 300, None, examples).items
    )
    # A neuron that is not there any more is not enlarged.
    assert len(neuron_maps([layer(2)], 300, (1, 7)).items) == len(
        neuron_maps([layer(2)], 300).items
    )


def test_of_very_many_neurons_it_is_said_how_many_are_left_out() -> None:
    picture = neuron_maps([layer(MOST + 5)], 400)
    assert sum(isinstance(item, Raster) for item in picture.items) == MOST
    told = [translate(item.text, "en") for item in picture.items if isinstance(item, Text)]
    assert any("5" in text and "more" in text for text in told)


def test_a_key_names_the_neuron() -> None:
    assert neuron_of(neuron_key((2, 13))) == (2, 13)
    assert neuron_of("") is None


def test_few_maps_fill_the_room_and_many_stay_as_they_are() -> None:
    def side(count: int, height: float) -> float:
        picture = neuron_maps([layer(count), layer(1)], 660, height=height)
        boxes = [item for item in picture.items if isinstance(item, Box)]
        assert picture.bounds.height <= max(height, 260) or count > 8
        return boxes[0].rect.width

    assert side(2, 380) > 120
    assert side(2, 0) == side(200, 380) == 68
