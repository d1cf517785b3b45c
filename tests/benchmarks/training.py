"""How fast a network trains, how quickly a run goes back, and what its history takes.

    python tests/benchmarks/training.py [--json FILE] [--iterations N]

The network is 2-8-8-1 on the spiral, in batches of 32 rows. What is compared is interleaved,
so that whatever else the machine does falls on all of it alike; where a figure is of processor
time, it does not count.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # read when NumPy is loaded

import numpy as np  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[2]))

from mlviz.learn.data.generated import spiral  # noqa: E402
from mlviz.learn.losses import LossSpec  # noqa: E402
from mlviz.learn.network import LayerSpec, NetworkProgram, NetworkSpec  # noqa: E402
from mlviz.learn.rules import UpdateRule, adam, sgd  # noqa: E402
from mlviz.learn.run import Run  # noqa: E402
from mlviz.learn.training import Training  # noqa: E402
from mlviz.trace.quick import quick_step  # noqa: E402

Row = dict[str, Any]

FRAME = 0.008  # seconds of a drawn frame that go to training
SEEKS = 200
WIDE = 3000  # iterations of the network whose snapshots do not all fit


def program(sizes: tuple[int, ...] = (2, 8, 8, 1), dropout: float = 0.0) -> NetworkProgram:
    """Return a network that tells the arms of the spiral apart."""
    rng = np.random.default_rng(0)
    layers = tuple(
        LayerSpec(n, "tanh", rng.normal(size=(n, m)) / m**0.5, np.zeros(n), dropout=dropout)
        for m, n in pairwise(sizes)
    )
    last = LayerSpec(sizes[-1], "identity", layers[-1].weight, layers[-1].bias)
    data, other = spiral(400), spiral(100, seed=1)
    inputs = np.tile(data.inputs, sizes[0] // 2)
    return NetworkProgram(
        NetworkSpec(sizes[0], (*layers[:-1], last)),
        inputs,
        data.targets[:, None],
        LossSpec("binary_cross_entropy_with_logits"),
        batch_size=32,
        validation=(np.tile(other.inputs, sizes[0] // 2), other.targets[:, None]),
    )


def training(rule: UpdateRule, dropout: float = 0.0) -> Training:
    return Training(program(dropout=dropout), rule, compiler=quick_step)


KINDS: dict[str, tuple[UpdateRule, float]] = {
    "SGD": (sgd(0.1), 0.0),
    "Adam, dropout": (adam(0.01), 0.2),
}


def row(
    name: str, value: float, unit: str, *, most: float | None = None, least: float | None = None
) -> Row:
    wanted = most if least is None else least
    holds = None
    if wanted is not None:
        holds = bool(value <= wanted if least is None else value >= wanted)
    sign = "≤" if least is None else "≥"
    value = round(value, 3)
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "wanted": wanted,
        "sign": sign,
        "holds": holds,
    }


def speed(rounds: int = 40) -> Iterator[Row]:
    """Measure what the window's clock does in every frame: a slice of a run with its curves."""
    runs = {name: Run(training(*kind)) for name, kind in KINDS.items()}
    bare = {name: training(*kind) for name, kind in KINDS.items()}
    frames: dict[str, list[int]] = {name: [] for name in KINDS}
    busy: dict[str, list[int]] = {name: [] for name in KINDS}
    times: dict[str, list[float]] = {name: [] for name in KINDS}
    for name in KINDS:
        runs[name].advance(200)
        bare[name].advance(200)
    for _ in range(rounds):
        for name in KINDS:
            begin = time.perf_counter()
            done = bare[name].advance(200)
            times[name].append((time.perf_counter() - begin) / done)
            frames[name].append(runs[name].advance_for(FRAME))
            busy[name].append(runs[name].advance_for(FRAME, time.process_time))
    for name in KINDS:
        best, usual = min(times[name]), float(np.median(times[name]))
        yield row(f"{name}: iteration, best", best * 1e6, "µs")
        yield row(f"{name}: iteration, median", usual * 1e6, "µs")
        yield row(f"{name}: iterations a second", 1 / usual, "1/s")
        wanted = 60 if name == "SGD" else None
        count = float(np.median(frames[name]))
        yield row(f"{name}: iterations in 8 ms of a frame", count, "")
        count = float(np.median(busy[name]))
        yield row(f"{name}: iterations in 8 ms of processor time", count, "", least=wanted)


def taken(made: Training) -> float:
    """Return what the history takes in MB: every array and every entry of its tables."""
    history = made._history
    size = sys.getsizeof(history._kept) + sys.getsizeof(history._recent) + made.losses.nbytes
    for snapshot in (*history._kept.values(), *history._recent.values()):
        size += sys.getsizeof(snapshot) + sys.getsizeof(snapshot.kept)
        size += sum(sys.getsizeof(array) for array in (snapshot.flat, *snapshot.kept))
    return size / 2**20


def bits(made: Training, number: int) -> bytes:
    states = made.states(number).values()
    kept = [value.tobytes() for state in states for value in state.values()]
    return b"".join([value.tobytes() for value in made.parameters(number).values()] + kept)


def seeking(iterations: int) -> Iterator[Row]:
    """Measure how a long run goes back: to an iteration with its tape, as the film shows it."""
    random = np.random.default_rng(0)
    for name, kind in KINDS.items():
        made = training(*kind)
        numbers = np.unique(random.integers(1, iterations, SEEKS))
        originals = {}
        for number in numbers.tolist():
            made.advance(number - made.head)
            originals[number] = bits(made, number)
        made.advance(iterations - made.head)
        times, near, same = [], [], True
        for number in random.permutation(numbers).tolist():
            begin = time.perf_counter()
            made.iteration(number)
            times.append(time.perf_counter() - begin)
            same &= bits(made, number) == originals[number]
            begin = time.perf_counter()
            made.iteration(number + 1)
            near.append(time.perf_counter() - begin)
        title = f"{name}, {iterations:,} iterations"
        late, usual = np.percentile(times, 95) * 1e3, np.median(times) * 1e3
        yield row(f"{title}: seek, 95th percentile", late, "ms", most=50)
        yield row(f"{title}: seek, median", usual, "ms")
        yield row(f"{title}: seek to a neighbour, median", np.median(near) * 1e3, "ms")
        yield row(f"{title}: history", taken(made), "MB", most=64)
        yield row(f"{title}: replayed bit for bit", float(same), "", least=1)


def memory() -> Iterator[Row]:
    """Measure the history of a network whose snapshots are too large to keep them all."""
    made = Training(program((64, 128, 1)), adam(0.01), compiler=quick_step)
    made.advance(WIDE)
    yield row(f"64-128-1, Adam, {WIDE:,} iterations: history", taken(made), "MB", most=64)


def window(iterations: int) -> Iterator[Row]:
    """Measure the window while it trains, with the region and the curves on the screen."""
    from lab_window import frames, seeks

    found = frames()
    title = "lab, 1440×900"
    yield row(f"{title}: iterations a drawn frame", found["per_frame"], "", least=60)
    yield row(f"{title}: share of a processor that it got", found["share"] * 100, "%")
    yield row(f"{title}: drawn frames a second", found["frames"], "1/s", least=60)
    yield row(f"{title}: drawn frames a second of processor time", found["frames_busy"], "1/s")
    yield row(f"{title}: longest block", found["longest"], "ms")
    yield row(f"{title}: longest block, processor time", found["longest_busy"], "ms", most=50)
    found = seeks(iterations)
    title = f"{title}, {iterations:,} iterations"
    yield row(f"{title}: seek and draw, 95th percentile", found["seek_late"], "ms", most=50)
    yield row(f"{title}: seek and draw, median", found["seek_usual"], "ms")


def main() -> int:
    """Print the figures; the exit code says whether all that is wanted holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file too")
    parser.add_argument("--iterations", type=int, default=100_000)
    arguments = parser.parse_args()
    rows = []
    for part in (speed(), seeking(arguments.iterations), memory(), window(arguments.iterations)):
        for entry in part:
            rows.append(entry)
            wanted = "" if entry["wanted"] is None else f"{entry['sign']} {entry['wanted']:g}"
            verdict = {None: "", True: "holds", False: "MISSED"}[entry["holds"]]
            value = f"{entry['value']:12,.3f} {entry['unit']:4}"
            print(f"{entry['name']:66}{value}{wanted:8}{verdict}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return 0 if all(entry["holds"] is not False for entry in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
