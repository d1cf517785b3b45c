"""The real data that comes with MLViz; whose it is stands in `resources/data/SOURCES.md`."""

import numpy as np

from mlviz.learn.data.csv_file import read_csv
from mlviz.learn.data.dataset import Dataset
from mlviz.learn.data.preprocess import complete_rows
from mlviz.learn.data.tables import Table
from mlviz.paths import resource


def table(name: str) -> Table:
    """Return a shipped table as it is in its file: `iris`, `penguins` or `houses`.

    Raises:
        FileNotFoundError: there is no such table.
    """
    return read_csv(resource(f"data/{name}.csv"))


def iris() -> Dataset:
    """Return 150 iris flowers: 4 lengths in cm, 3 species (Fisher, 1936).

    Shapes: inputs (150, 4), targets (150).
    """
    return table("iris").dataset("species", name="iris")


def penguins(missing: bool = False) -> Dataset:
    """Return 344 penguins: 4 measures in mm and g, 3 species (Gorman et al., 2014).

    The table, `table("penguins")`, also has the island, the sex and the year.

    Shapes: inputs (342, 4), targets (342); with `missing` 344 rows.

    Args:
        missing: also return the 2 penguins that were not measured, as nan.
    """
    measures = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    birds = table("penguins").dataset("species", measures, name="penguins")
    return birds if missing else birds.take(complete_rows(birds.inputs))


def houses() -> Dataset:
    """Return 211 houses sold in Baltimore in 1978: 13 features, price in 1000 USD (Dubin, 1992).

    Areas are in hundreds of square feet, 9.29 m².

    Shapes: inputs (211, 13), targets (211, 1).
    """
    return table("houses").dataset("price_1000_usd", name="houses")


def digits() -> Dataset:
    """Return 1797 handwritten digits: 8×8 pixels, 0 … 16, row by row (Alpaydin, 1998).

    `inputs.reshape(-1, 8, 8)` are the pictures.

    Shapes: inputs (1797, 64), targets (1797).
    """
    with np.load(resource("data/digits.npz"), allow_pickle=False) as file:
        images, kinds = file["images"], file["digits"]
    names = tuple(f"pixel[{row},{column}]" for row in range(8) for column in range(8))
    return Dataset(
        "digits",
        images.reshape(len(images), -1).astype(np.float64),
        kinds.astype(np.int64),
        names,
        "digit",
        tuple("0123456789"),
    )
