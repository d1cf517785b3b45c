"""Small documents for the tests, and how a text becomes one."""

from pathlib import Path

import pytest

from mlviz.document import Document, load
from mlviz.errors import DocumentError

NETWORK = """\
title = "A net"
seed = 1
iterations = 5

[network]
inputs = 2

[[network.layers]]
units = 3
activation = "tanh"

[[network.layers]]
units = 1
activation = "identity"
weight = [[0.5, -0.5, 0.25]]
bias = [0.1]

[data]
inputs = [[1.0, 2.0], [3.0, 4.0]]
targets = [[1.0], [0.0]]

[loss]
name = "mse_loss"

[optimizer]
name = "SGD"
lr = 0.1

[[scene]]
at = "backward:tanh"
say = { en = "here", zh_CN = "这里" }
"""

CLASSES = (
    NETWORK.replace("mse_loss", "cross_entropy")
    .replace("units = 1", "units = 2")
    .replace("weight = [[0.5, -0.5, 0.25]]\nbias = [0.1]\n", "")
    .replace("[[1.0], [0.0]]", "[1, 0]")
)

DATA = """\
[network]
inputs = 7

[[network.layers]]
units = 3
dropout = 0.25

[[network.layers]]
units = 3

[data]
set = "penguins"
features = ["body_mass_g", "sex", "island", "year"]
target = "species"
task = "classes"
rows = 100
one_hot = []
missing = { sex = 0.0, body_mass_g = "median" }
standardise = true
validation = 0.2
test = 0.1
split_seed = 1
stratify = false
batch_size = 16

[loss]
name = "cross_entropy"

[optimizer]
name = "Adam"
lr = 0.01

[schedule]
name = "step"
step_size = 5

[training]
epochs = 3
patience = 2
min_delta = 0.01
"""

FORMULA = """\
[formula]
source = '''
z = w*x + b
L = (tanh(z) - t)**2
'''
parameters = ["w", "b"]
targets = ["t"]

[leaves]
w = 0.5
x = 2.0
b = 0.0
t = 1.0

[optimizer]
name = "SGD"
lr = 0.1
"""


def written(folder: Path, text: str | bytes, name: str = "net.toml") -> Path:
    """Return the path of a file in `folder` with this text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read_text(folder: Path, text: str | bytes) -> Document:
    """Return the document that a text means."""
    return load(written(folder, text))


def error_of(folder: Path, text: str | bytes) -> str:
    """Return the error that a text leads to, without the folder in front of the file."""
    with pytest.raises(DocumentError) as caught:
        read_text(folder, text)
    return str(caught.value).replace(f"{folder.as_posix()}/", "")
