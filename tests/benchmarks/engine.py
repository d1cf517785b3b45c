"""How fast the engine is, beside NumPy written by hand and beside its peers, in one run.

    python tests/benchmarks/engine.py [--json FILE] [--rounds N]

All steps (forward, backward, update) of one network are interleaved, a turn of some calls each, so
that whatever else the machine does falls on all of them alike. Each figure is the best single
call: the first of a turn finds the processor's caches full of the contestant before (it takes
twice as long, in NumPy too), while in training a step follows on its like. Peers that are not
installed are left out.
"""

import argparse
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # read when NumPy is loaded

import numpy as np  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[2]))

from mlviz.autograd import Tensor, backward, record, tensor  # noqa: E402
from mlviz.autograd import functional as F  # noqa: E402
from mlviz.learn import optim  # noqa: E402

Step = Callable[[], Any]
RATE = 0.01


class Network:
    """Data and starting weights of one network, and a step of it in every engine."""

    def __init__(self, sizes: list[int], batch: int, wanted: tuple[float, float]) -> None:
        rng = np.random.default_rng(0)
        self.name = "-".join(map(str, sizes))
        self.classify = sizes[-1] == 10
        self.x = rng.normal(size=(batch, sizes[0]))
        if self.classify:
            self.target: Any = rng.integers(0, sizes[-1], batch)
        else:
            self.target = rng.normal(size=(batch, sizes[-1]))
        self.wanted_plain, self.wanted_compiled = wanted
        self.weights = [rng.normal(size=(n, m)) / m**0.5 for m, n in pairwise(sizes)]
        self.biases = [np.zeros(n) for n in sizes[1:]]

    def arrays(self) -> list[Any]:
        pairs = zip(self.weights, self.biases, strict=True)
        return [array.copy() for pair in pairs for array in pair]

    def steps(self) -> dict[str, Step]:
        found = {
            "numpy": self.numpy(),
            "unrecorded": self.unrecorded(),
            "recorded": self.recorded(),
            "compiled": self.compiled(),
            "torch": self.torch(),
            "hips": self.hips(),
        }
        return {name: step for name, step in found.items() if step is not None}

    # --- By hand -----------------------------------------------------------------------------

    def numpy(self) -> Step:
        if self.classify:
            return self._numpy_classes()
        return self._numpy_two() if len(self.weights) == 2 else self._numpy_three()

    def _numpy_two(self) -> Step:
        x, t = self.x, self.target
        W1, b1, W2, b2 = self.arrays()

        def step() -> Any:
            nonlocal W1, b1, W2, b2
            h = np.tanh(x @ W1.T + b1)
            e = h @ W2.T + b2 - t
            loss = np.mean(e**2)
            dy = 2 * e / e.size
            dz = (dy @ W2) * (1 - h**2)
            W2 -= RATE * (dy.T @ h)
            b2 -= RATE * dy.sum(0)
            W1 -= RATE * (dz.T @ x)
            b1 -= RATE * dz.sum(0)
            return loss

        return step

    def _numpy_three(self) -> Step:
        x, t = self.x, self.target
        W1, b1, W2, b2, W3, b3 = self.arrays()

        def step() -> Any:
            nonlocal W1, b1, W2, b2, W3, b3
            h1 = np.tanh(x @ W1.T + b1)
            h2 = np.tanh(h1 @ W2.T + b2)
            e = h2 @ W3.T + b3 - t
            loss = np.mean(e**2)
            dy = 2 * e / e.size
            dz2 = (dy @ W3) * (1 - h2**2)
            dz1 = (dz2 @ W2) * (1 - h1**2)
            W3 -= RATE * (dy.T @ h2)
            b3 -= RATE * dy.sum(0)
            W2 -= RATE * (dz2.T @ h1)
            b2 -= RATE * dz2.sum(0)
            W1 -= RATE * (dz1.T @ x)
            b1 -= RATE * dz1.sum(0)
            return loss

        return step

    def _numpy_classes(self) -> Step:
        x, t = self.x, self.target
        W1, b1, W2, b2 = self.arrays()
        rows = np.arange(len(x))

        def step() -> Any:
            nonlocal W1, b1, W2, b2
            z = x @ W1.T + b1
            h = np.maximum(z, 0)
            y = h @ W2.T + b2
            y -= y.max(1, keepdims=True)
            p = np.exp(y)
            total = p.sum(1, keepdims=True)
            loss = (np.log(total[:, 0]) - y[rows, t]).mean()
            p /= total
            p[rows, t] -= 1
            p /= len(x)
            dz = (p @ W2) * (z > 0)
            W2 -= RATE * (p.T @ h)
            b2 -= RATE * p.sum(0)
            W1 -= RATE * (dz.T @ x)
            b1 -= RATE * dz.sum(0)
            return loss

        return step

    # --- MLViz -------------------------------------------------------------------------------

    def _forward(self) -> tuple[list[Tensor], Callable[[], Tensor]]:
        parameters = [tensor(array, requires_grad=True) for array in self.arrays()]
        x, target = tensor(self.x), tensor(self.target)
        activation = F.relu if self.classify else F.tanh
        cost = F.cross_entropy if self.classify else F.mse_loss
        layers = list(zip(parameters[::2], parameters[1::2], strict=True))

        def forward() -> Tensor:
            h = x
            for weight, bias in layers[:-1]:
                h = activation(F.linear(h, weight, bias))
            return cost(F.linear(h, *layers[-1]), target)

        return parameters, forward

    def unrecorded(self) -> Step:
        parameters, forward = self._forward()
        optimizer = optim.SGD(parameters, lr=RATE)

        def step() -> Any:
            loss = forward()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        return step

    def recorded(self) -> Step:
        parameters, forward = self._forward()
        rule = optim.SGD(parameters, lr=RATE).rule()

        def step() -> Any:
            with record() as tape:
                loss = forward()
            totals = {c.target: c.total for c in backward(tape, tape.id_of(loss))}
            for parameter in parameters:
                after, _ = rule.step(parameter.data, totals[tape.id_of(parameter)], {})
                parameter.data = after
            return loss

        return step

    def compiled(self) -> Step | None:
        try:
            from mlviz.trace.numpy_code import compile_step
        except ImportError:
            return None
        parameters, forward = self._forward()
        rule = optim.SGD(parameters, lr=RATE).rule()
        with record() as tape:
            loss = forward()
        for number, parameter in enumerate(parameters):
            tape.label(parameter, origin=f"p{number}", role="parameter")
        run = compile_step(tape, tape.id_of(loss), rule)
        return run.bound()

    # --- Peers -------------------------------------------------------------------------------

    def torch(self) -> Step | None:
        try:
            import torch
        except ImportError:
            return None
        torch.set_num_threads(1)
        parameters = [torch.from_numpy(array).requires_grad_() for array in self.arrays()]
        x, target = torch.from_numpy(self.x), torch.from_numpy(self.target)
        functional = torch.nn.functional
        activation = torch.relu if self.classify else torch.tanh
        cost = functional.cross_entropy if self.classify else functional.mse_loss
        layers = list(zip(parameters[::2], parameters[1::2], strict=True))
        optimizer = torch.optim.SGD(parameters, lr=RATE)

        def step() -> Any:
            h = x
            for weight, bias in layers[:-1]:
                h = activation(functional.linear(h, weight, bias))
            loss = cost(functional.linear(h, *layers[-1]), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        return step

    def hips(self) -> Step | None:
        try:
            import autograd.numpy as anp
            from autograd import grad
        except ImportError:
            return None
        parameters = self.arrays()
        rows = np.arange(len(self.x))

        def cost(parameters: Any) -> Any:
            h = self.x
            for weight, bias in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
                z = anp.dot(h, weight.T) + bias
                h = anp.maximum(z, 0.0) if self.classify else anp.tanh(z)
            y = anp.dot(h, parameters[-2].T) + parameters[-1]
            if not self.classify:
                return anp.mean((y - self.target) ** 2)
            y = y - anp.max(y, axis=1, keepdims=True)
            return anp.mean(anp.log(anp.sum(anp.exp(y), axis=1)) - y[rows, self.target])

        slopes = grad(cost)

        def step() -> None:
            for parameter, g in zip(parameters, slopes(parameters), strict=True):
                parameter -= RATE * g

        return step


def scalar_steps() -> dict[str, Step]:
    """A 2-16-16-1 network of single numbers, as micrograd builds it: forward and backward."""
    rng = np.random.default_rng(0)
    sizes = [2, 16, 16, 1]
    layers: list[list[tuple[list[Tensor], Tensor]]] = [
        [
            (
                [tensor(w, requires_grad=True) for w in rng.uniform(-1, 1, m)],
                tensor(0.0, requires_grad=True),
            )
            for _ in range(n)
        ]
        for m, n in pairwise(sizes)
    ]
    parameters = [p for layer in layers for ws, b in layer for p in (*ws, b)]

    def mlviz() -> Any:
        values: list[Any] = [1.0, -2.0]
        for layer in layers:
            sums = [sum((w * v for w, v in zip(ws, values, strict=True)), b) for ws, b in layer]
            values = sums if layer is layers[-1] else [s.relu() for s in sums]
        loss = (values[0] - 1.0) ** 2
        for p in parameters:
            p.grad = None
        loss.backward()
        return loss

    steps: dict[str, Step] = {"mlviz": mlviz}
    try:
        from micrograd.nn import MLP
    except ImportError:
        return steps
    network = MLP(2, [16, 16, 1])

    def micrograd() -> Any:
        loss = (network([1.0, -2.0]) - 1.0) ** 2
        network.zero_grad()
        loss.backward()
        return loss

    steps["micrograd"] = micrograd
    return steps


def best(steps: dict[str, Step], rounds: int, calls: int) -> dict[str, float]:
    """Return the best time of one call of each step, in seconds, all steps interleaved."""
    times = dict.fromkeys(steps, float("inf"))
    clock = time.perf_counter
    for _ in range(rounds):
        for name, step in steps.items():
            best = times[name]
            for _ in range(calls):
                start = clock()
                step()
                best = min(best, clock() - start)
            times[name] = best
    return times


def bytes_per_node(count: int = 5_000) -> float:
    """Return the memory of one computed 0-d tensor with its history."""
    x = tensor(1.0, requires_grad=True)
    tracemalloc.start()
    y = x
    for _ in range(count):
        y = y * x
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del y
    return size / count


Row = dict[str, Any]


def row(name: str, value: float, unit: str, wanted: float | None = None) -> Row:
    holds = None if wanted is None else bool(value <= wanted)
    return {"name": name, "value": round(value, 4), "unit": unit, "wanted": wanted, "holds": holds}


def measure(rounds: int) -> list[Row]:
    networks = [
        (Network([2, 4, 1], 1, (3.0, 1.2)), 50),
        (Network([2, 8, 8, 1], 32, (2.3, 1.15)), 30),
        (Network([64, 32, 10], 64, (1.6, 1.1)), 20),
        (Network([784, 128, 10], 128, (1.12, 1.05)), 4),
    ]
    rows: list[Row] = []
    for network, calls in networks:
        steps = network.steps()
        times = best(steps, rounds, calls)
        rows.append(row(f"{network.name}: numpy by hand", times["numpy"] * 1e6, "µs"))
        wanted = {
            "unrecorded": network.wanted_plain,
            "compiled": network.wanted_compiled,
        }
        for name in [name for name in steps if name != "numpy"]:
            ratio = times[name] / times["numpy"]
            unit = "× numpy"
            rows.append(row(f"{network.name}: {name}", ratio, unit, wanted.get(name)))
        ratio = times["recorded"] / times["unrecorded"]
        rows.append(row(f"{network.name}: recorded", ratio, "× unrecorded", 1.6))
    steps = scalar_steps()
    times = best(steps, rounds, 5)
    rows.append(row("2-16-16-1 scalars: mlviz", times["mlviz"] * 1e6, "µs"))
    if "micrograd" in times:
        ratio = times["mlviz"] / times["micrograd"]
        rows.append(row("2-16-16-1 scalars: mlviz", ratio, "× micrograd", 1.0))
    rows.append(row("memory of a 0-d node", bytes_per_node(), "bytes"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file too")
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args()
    rows = measure(arguments.rounds)
    for entry in rows:
        wanted = "" if entry["wanted"] is None else f"wanted ≤ {entry['wanted']}"
        verdict = {None: "", True: "holds", False: "does not hold"}[entry["holds"]]
        print(f"{entry['name']:34} {entry['value']:10.3f} {entry['unit']:13} {wanted:14} {verdict}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
