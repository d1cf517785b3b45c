"""Tables of folds that stay when their dialog is closed, to be compared with the next one."""

from dataclasses import dataclass, field

from mlviz.document.document import Document
from mlviz.document.schema import FileTable
from mlviz.i18n import Message
from mlviz.learn.kfold import Fold, Spread, spread
from mlviz.learn.measure import metric_name
from mlviz.learn.network import NetworkProgram
from mlviz.numerals import format_number
from mlviz.picture.recipe_words import Worded, several, worded

MOST = 12
"""Older tables are forgotten."""


@dataclass(frozen=True, slots=True)
class FoldRow:
    """One fold without its run: what it came to."""

    number: int
    iterations: int
    scores: tuple[float, float, float]


@dataclass(eq=False)
class KeptFolds:
    """A table with the recipe that it belongs to.

    Attributes:
        recipe: what was trained.
        metric: what the last column is called.
        k: how many folds there are to be.
        epochs: how long each was trained.
        seed: decides which row is in which fold.
        rows: what is finished.
    """

    recipe: FileTable
    metric: Message
    k: int
    epochs: int
    seed: int
    rows: list[FoldRow] = field(default_factory=list)

    def add(self, fold: Fold) -> FoldRow:
        """Take what a fold came to."""
        scores = (fold.train.loss, fold.validation.loss, fold.validation.metric)
        row = FoldRow(fold.number, fold.iteration - 1, scores)
        self.rows.append(row)
        return row

    def spread(self, place: int) -> Spread:
        """Return mean and deviation of a column of scores."""
        return spread([row.scores[place] for row in self.rows])

    def words(self, number: int) -> Message:
        """Return what it is called in a list."""
        return Message("kfold.kept", number=number, k=self.k, epochs=f"{self.epochs:,}")

    def beside(self, other: "KeptFolds", number: int) -> Message:
        """Return how it compares with another table, and in what their recipes differ."""
        found = list(worded(other.recipe, self.recipe))
        for name, before, after in (
            (Message("kfold.k"), other.k, self.k),
            (Message("kfold.epochs"), other.epochs, self.epochs),
            (Message("kfold.folds_seed"), other.seed, self.seed),
        ):
            if before != after:
                found.append(Worded(name, f"{before:,}", f"{after:,}"))
        means = [format_number(table.spread(1).mean) for table in (other, self)]
        values: dict[str, int | str] = {"number": number, "before": means[0], "after": means[1]}
        if not found:
            return Message("kfold.beside.same", **values)
        return Message("kfold.beside", what=several(found), **values)

    def text(self, headings: list[str], mean: str, deviation: str) -> str:
        """Return the table as text with tabs, as other programs take it."""
        lines = [headings]
        for row in self.rows:
            lines.append([str(row.number), str(row.iterations), *map(repr, row.scores)])
        both = [self.spread(place) for place in range(3)]
        lines.append([mean, "", *(repr(found.mean) for found in both)])
        lines.append([deviation, "", *(repr(found.deviation) for found in both)])
        return "\n".join("\t".join(line) for line in lines)


def table_for(document: Document, k: int, epochs: int, seed: int) -> KeptFolds:
    """Return an empty table for a document's recipe."""
    program = document.training.program
    metric = Message("metric.accuracy")
    if isinstance(program, NetworkProgram):
        metric = metric_name(program)
    return KeptFolds(document.table, metric, k, epochs, seed)


def keep(tables: list[KeptFolds], table: KeptFolds) -> None:
    """Keep a table, if anything of it is finished."""
    if table.rows and table not in tables:
        tables.append(table)
        del tables[:-MOST]
