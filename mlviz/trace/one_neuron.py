"""One neuron, opened: its products and their sum, at the magnification that is shown."""

from mlviz.autograd.ops import LINEAR
from mlviz.learn.training import Iteration
from mlviz.trace.blocks import blocks
from mlviz.trace.magnify import LAYERS, SCALARS, Level, Spot
from mlviz.trace.neurons import Neurons, Place


def neuron_spots(
    iteration: Iteration, neurons: Neurons, level: Level, place: Place
) -> tuple[Spot, ...]:
    """Return what is to be opened so that one neuron is seen as what it computes.

    Args:
        iteration: as it was recorded.
        neurons: of its tape.
        level: the magnification in which it is opened.
        place: the neuron, with the example of the batch that is looked at.

    Returns:
        From the outside to the inside; nothing for an input, and where all is open anyway.
    """
    where = Place("sum", place.layer, place.unit, row=place.row)
    entry = neurons.entry(where) if place.layer else None
    if entry is None or level == SCALARS or place.unit is None:
        return ()
    node = iteration.tape[entry[0]]
    spots: list[Spot] = []
    if level == LAYERS:
        homes = blocks(iteration.tape, iteration.output).values()
        home = next(block for block in homes if node.id in block.members)
        if len(home.members) > 1:
            spots.append(Spot(home.root, "layer"))
    spots.append(Spot(node.id, "", entry[1]))
    if node.op is not LINEAR and node.inputs:  # the sum that the bias is added to
        product = iteration.tape[node.inputs[0]]
        if product.op is not None and product.value.shape == node.value.shape:
            spots.append(Spot(product.id, "", entry[1]))
    return tuple(spots)
