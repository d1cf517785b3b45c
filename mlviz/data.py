"""Data to learn from, and what makes it ready: the public names, in one list.

What stands behind them is in `mlviz.learn.data`.
"""

from mlviz.learn.data.csv_file import read_csv
from mlviz.learn.data.dataset import Dataset, Subset, TensorDataset
from mlviz.learn.data.generated import blobs, circles, linear, moons, polynomial, spiral, xor
from mlviz.learn.data.loader import DataLoader
from mlviz.learn.data.preprocess import (
    Filler,
    Standardizer,
    class_numbers,
    complete_rows,
    one_hot,
)
from mlviz.learn.data.shipped import digits, houses, iris, penguins, table
from mlviz.learn.data.splits import Split, k_fold, random_split, train_validation_test_split
from mlviz.learn.data.tables import Table

__all__ = [
    # sets and batches, as in PyTorch
    "TensorDataset",
    "Subset",
    "DataLoader",
    "random_split",
    # sets that say what their numbers are
    "Dataset",
    "xor",
    "circles",
    "moons",
    "spiral",
    "blobs",
    "linear",
    "polynomial",
    "iris",
    "penguins",
    "houses",
    "digits",
    # tables
    "Table",
    "table",
    "read_csv",
    # getting ready
    "train_validation_test_split",
    "Split",
    "k_fold",
    "Standardizer",
    "Filler",
    "complete_rows",
    "class_numbers",
    "one_hot",
]
