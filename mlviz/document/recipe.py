"""The recipe: what a document says, how each part of it is changed, and in what two differ.

A recipe is the file's table. It is never changed; an edit makes another one, the document is
rebuilt from it, and undoing is going back to the table before.
"""

from dataclasses import replace

from mlviz.document.differences import Difference, Effect, differences, effect
from mlviz.document.document import Document, built
from mlviz.document.edits import (
    with_activation,
    with_batch_size,
    with_bias,
    with_dropout,
    with_init,
    with_inputs,
    with_layer,
    with_seed,
    with_training,
    with_units,
    without_layer,
)
from mlviz.document.fitting import (
    losses_for,
    starting_table,
    with_data,
    with_data_set,
    with_loss,
    with_optimizer,
    with_schedule,
)
from mlviz.document.reading import shown_path
from mlviz.document.scenes import fitting_scenes
from mlviz.document.schema import FileTable

__all__ = [
    "Difference",
    "Effect",
    "differences",
    "effect",
    "losses_for",
    "rebuilt",
    "starting_table",
    "with_activation",
    "with_batch_size",
    "with_bias",
    "with_data",
    "with_data_set",
    "with_dropout",
    "with_init",
    "with_inputs",
    "with_layer",
    "with_loss",
    "with_optimizer",
    "with_schedule",
    "with_seed",
    "with_training",
    "with_units",
    "without_layer",
]


def rebuilt(document: Document, table: FileTable) -> Document:
    """Return the document of another recipe, under the name and from the folder of `document`.

    Scenes at moments that the changed network does not have are no longer among the document's;
    its table keeps them, for they come back when the network does.

    Raises:
        DocumentError: the recipe is not possible; `document` is as it was.
    """
    file = document.name if document.path is None else shown_path(document.path)
    made = built(file, document.path, document.name, table, are_scenes_checked=False)
    is_trained = document.table.optimizer is not None
    same = effect(document.table, table) != "restart"
    if same and is_trained == (table.optimizer is not None):
        return replace(made, scenes=document.scenes)
    return replace(made, scenes=fitting_scenes(made))
