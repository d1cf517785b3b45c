"""Make the bundled tables anew, from three packages of PyPI. Run by hand; no test runs it.

    python tests/tools/make_data.py SCIKIT_LEARN_FOLDER PALMERPENGUINS_FOLDER LIBPYSAL_FOLDER

Each folder is the package as it is installed, or unpacked from its wheel: scikit-learn 1.9,
palmerpenguins 0.1, libpysal 4.14. What the tables are and whose they are is told in
``resources/data/SOURCES.md``.
"""

import csv
import gzip
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[2] / "resources" / "data"

IRIS = ("sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm", "species")

# Names with their units, in the place of the short ones of 1992; the price comes last.
HOUSES = {
    "NROOM": "rooms",
    "DWELL": "detached",
    "NBATH": "bathrooms",
    "PATIO": "patio",
    "FIREPL": "fireplace",
    "AC": "air_conditioning",
    "BMENT": "basement",
    "NSTOR": "storeys",
    "GAR": "garage_cars",
    "AGE": "age_years",
    "CITCOU": "outside_city",
    "LOTSZ": "lot_100_sqft",
    "SQFT": "area_100_sqft",
    "PRICE": "price_1000_usd",
}


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def make_iris(sklearn: Path) -> None:
    with (sklearn / "datasets/data/iris.csv").open(encoding="utf-8") as file:
        (_, _, *species), *rows = csv.reader(file)
    write("iris.csv", IRIS, ([*row[:-1], species[int(row[-1])]] for row in rows))


def make_digits(sklearn: Path) -> None:
    with gzip.open(sklearn / "datasets/data/digits.csv.gz", "rt", encoding="utf-8") as file:
        table = np.loadtxt(file, delimiter=",").astype(np.uint8)
    images = table[:, :-1].reshape(-1, 8, 8)
    np.savez_compressed(DATA / "digits.npz", images=images, digits=table[:, -1])


def make_penguins(palmerpenguins: Path) -> None:
    with (palmerpenguins / "data/penguins.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    write("penguins.csv", header, rows)


def make_houses(libpysal: Path) -> None:
    path = libpysal / "examples/baltim/baltimore.geojson"
    houses = [entry["properties"] for entry in json.loads(path.read_text())["features"]]
    rows = ([f"{house[name]:g}" for name in HOUSES] for house in houses)
    write("houses.csv", list(HOUSES.values()), rows)


if __name__ == "__main__":
    sklearn, palmerpenguins, libpysal = map(Path, sys.argv[1:])
    DATA.mkdir(exist_ok=True)
    make_iris(sklearn)
    make_digits(sklearn)
    make_penguins(palmerpenguins)
    make_houses(libpysal)
