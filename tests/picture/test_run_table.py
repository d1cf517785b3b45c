from mlviz.document.document import load
from mlviz.document.examples import find
from mlviz.document.fitting import with_optimizer
from mlviz.document.recipe import rebuilt
from mlviz.i18n import Message
from mlviz.learn.run import Run
from mlviz.picture.run_table import Row, recipe_rows, result_rows

ACCURACY = Message("metric.accuracy")


def test_what_differs_is_named_with_both_values() -> None:
    table = load(find("xor")).table
    assert recipe_rows(table, table) == ()
    assert recipe_rows(table, with_optimizer(table, lr=0.25)) == (
        Row(Message("recipe.rate"), "1", "0.25"),
    )


def test_results_are_those_of_the_iteration_looked_at() -> None:
    document = load(find("xor"))
    one, other = Run(document.training), Run(rebuilt(document, document.table).training)
    one.advance(30)
    other.advance(10)
    rows = {row.name.id: row for row in result_rows(one, other, 20, ACCURACY)}  # type: ignore[union-attr]
    assert rows["lab.readout.iteration"].one == "20"
    assert rows["lab.readout.iteration"].other == "11"  # as far as it came
    assert rows["lab.result.rate"].one == "1.000"
    assert "lab.result.metric" in rows
