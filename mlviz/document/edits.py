"""Edits of a recipe: each returns another table in which everything still fits together.

What a change makes impossible goes with it: weights that were written out for another number
of units, and names for each of them. Sizes and names are checked when the document is rebuilt.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from mlviz.document.schema import FileTable, LayerTable, NetworkTable, TrainingTable


def with_layer(table: FileTable, index: int) -> FileTable:
    """Return the recipe with one more hidden layer, which is number `index` from 0.

    It is as wide and has the activation of the hidden layer before it, or of the one after it.
    """
    layers = _layers(table)
    hidden = layers[:-1]
    like = hidden[min(max(index - 1, 0), len(hidden) - 1)] if hidden else None
    made = LayerTable(
        units=like.units if like else 4, activation=like.activation if like else "tanh"
    )
    layers[index] = _without_weight(layers[index])
    return _with_layers(table, [*layers[:index], made, *layers[index:]])


def without_layer(table: FileTable, index: int) -> FileTable:
    """Return the recipe without layer number `index`; the last layer cannot be taken out."""
    layers = _layers(table)
    if not 0 <= index < len(layers) - 1:
        return table
    layers[index + 1] = _without_weight(layers[index + 1])
    return _with_layers(table, [*layers[:index], *layers[index + 1 :]])


def with_units(table: FileTable, index: int, units: int) -> FileTable:
    """Return the recipe with another number of units in a layer."""
    layers = _layers(table)
    layers[index] = replace(
        _without_weight(layers[index]),
        units=units,
        bias=None if isinstance(layers[index].bias, list) else layers[index].bias,
        bias_names=[],
        pre_activation_names=[],
        activation_names=[],
    )
    if index + 1 < len(layers):
        layers[index + 1] = _without_weight(layers[index + 1])
    made = _with_layers(table, layers)
    if index + 1 < len(layers):
        return made
    return replace(
        made,
        data=made.data and replace(made.data, target_names=[]),
        loss=made.loss and replace(made.loss, entry_names=[]),
    )


def with_inputs(table: FileTable, inputs: int) -> FileTable:
    """Return the recipe whose network reads another number of features."""
    if table.network is None or table.network.inputs == inputs:
        return table
    layers = _layers(table)
    layers[0] = _without_weight(layers[0])
    data = table.data and replace(table.data, input_names=[])
    return replace(table, network=NetworkTable(inputs=inputs, layers=layers), data=data)


def with_activation(table: FileTable, index: int, activation: str) -> FileTable:
    """Return the recipe with another activation of a layer."""
    return _changed(table, index, activation=activation)


def with_init(table: FileTable, index: int, init: str) -> FileTable:
    """Return the recipe whose layer starts from another initialisation."""
    return _changed(table, index, init=init, weight=None)


def with_dropout(table: FileTable, index: int, share: float) -> FileTable:
    """Return the recipe whose layer leaves out a share of its outputs in every iteration."""
    return _changed(table, index, dropout=share)


def with_bias(table: FileTable, index: int, has_bias: bool) -> FileTable:
    """Return the recipe whose layer has a bias, from zero, or none."""
    return _changed(table, index, bias=None if has_bias else False, bias_names=[])


def with_seed(table: FileTable, seed: int) -> FileTable:
    """Return the recipe with other starting weights and another order of the rows."""
    return replace(table, seed=seed)


def with_batch_size(table: FileTable, rows: int | None) -> FileTable:
    """Return the recipe whose iterations see so many rows; None for all of them."""
    return replace(table, data=table.data and replace(table.data, batch_size=rows))


def with_training(table: FileTable, **settings: Any) -> FileTable:
    """Return the recipe with other stop rules, such as `epochs=50`; None takes one away."""
    return replace(table, training=replace(table.training or TrainingTable(), **settings))


def _layers(table: FileTable) -> list[LayerTable]:
    """Return the layers in a list of one's own."""
    assert table.network is not None
    return list(table.network.layers)


def _with_layers(table: FileTable, layers: Sequence[LayerTable]) -> FileTable:
    assert table.network is not None
    return replace(table, network=replace(table.network, layers=list(layers)))


def _changed(table: FileTable, index: int, **values: Any) -> FileTable:
    layers = _layers(table)
    layers[index] = replace(layers[index], **values)
    return _with_layers(table, layers)


def _without_weight(layer: LayerTable) -> LayerTable:
    """Return a layer that takes another number of inputs: its weights begin by chance."""
    return replace(layer, weight=None, weight_names=[])
