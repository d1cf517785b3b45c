"""The trainings of a k-fold validation: a document's recipe on other rows."""

from pathlib import Path

from mlviz.document.document import Document
from mlviz.document.network_file import network_program
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.learn.data.splits import Split
from mlviz.learn.kfold import fold_splits
from mlviz.learn.training import Training
from mlviz.trace.quick import quick_step

MOST_FOLDS = 20


def splits_of(document: Document, k: int, seed: int = 0) -> tuple[Split, ...]:
    """Return the splits of k folds; classes are mixed alike unless the recipe says otherwise.

    Raises:
        DocumentError: it has no data set.
        ArgumentError: `k` is out of range.
    """
    info, data = document.data, document.table.data
    if info is None or data is None:
        raise DocumentError(document.name, "data", Message("data.none"))
    kinds = info.dataset.targets if info.classes and data.stratify is not False else None
    return fold_splits(info.split, k, seed, kinds)


def training_on(document: Document, split: Split) -> Training:
    """Return the document's training from its start, on other rows.

    Gaps and scales are measured anew on the training rows of the split.

    Raises:
        DocumentError: an input has no value in these training rows.
    """
    folder: Path | None = None if document.path is None else document.path.parent
    program, _ = network_program(document.name, document.table, folder, split)
    return Training(program, document.training.rule, document.training.iterations, quick_step)
