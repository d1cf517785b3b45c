"""Studies: the same training many times, each with something else, and what came of it.

A study is a list of cases. Every case is trained to its end and measured; what is finished is
yielded at once, so that a study that is cancelled keeps what it has.
"""

import math
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from mlviz.autograd import Array
from mlviz.learn.kfold import Score, Spread, spread
from mlviz.learn.measure import loss_of, measured, parts
from mlviz.learn.network import NetworkProgram
from mlviz.learn.records import Parameters
from mlviz.learn.run import Run
from mlviz.learn.slices import Shares, check_ends, trained
from mlviz.learn.stop import Patience

C = TypeVar("C")


@dataclass(frozen=True, slots=True, eq=False)
class Trained(Generic[C]):
    """A case of a study, finished.

    Attributes:
        case: which one.
        run: its training with the curves.
        iteration: with the parameters of which iteration it was measured: the last, or where
            the validation loss was lowest if early stopping goes back there.
        scores: loss and metric of each part.
        length: ‖w‖₂ of all weights together, biases left out.
        sum: Σ|w| of them.
    """

    case: C
    run: Run
    iteration: int
    scores: Mapping[str, Score]
    length: float
    sum: float

    @property
    def program(self) -> NetworkProgram:
        """What was trained."""
        program = self.run.training.program_of(self.iteration)
        assert isinstance(program, NetworkProgram)
        return program

    @property
    def parameters(self) -> Parameters:
        """With what it was measured."""
        return self.run.training.parameters(self.iteration)


def _no_kind(_: object) -> None:
    return None


def _no_weight(_: object) -> float:
    return 1.0


def each_trained(
    cases: Sequence[C],
    run_of: Callable[[C], Run],
    kind_of: Callable[[C], Hashable] = _no_kind,
    weight_of: Callable[[C], float] = _no_weight,
) -> Generator[float | Trained[C], None, None]:
    """Train one case after the other.

    Args:
        cases: what is trained.
        run_of: makes the run of a case; it must have a number of epochs or iterations.
        kind_of: cases with the same of these take equally long, about.
        weight_of: about how long a case takes, in any unit.

    Yields:
        How much of it is done, 0 … 1, and every case as soon as it is finished.

    Raises:
        ArgumentError: a training would never stop.
    """
    shares = Shares([kind_of(case) for case in cases], [weight_of(case) for case in cases])
    for case in cases:
        shares.begin()
        run = run_of(case)
        check_ends(run.stop)
        yield shares.rested(0.0)  # making it took a moment, so does the first iteration
        shares.go_on()
        for part in trained(run):
            yield shares.rested(part)
            shares.go_on()
        yield _finished(case, run)
        yield shares.rested(1.0)


def _finished(case: C, run: Run) -> Trained[C]:
    iteration = run.restored()
    program, parameters = run.training.program_of(iteration), run.training.parameters(iteration)
    assert isinstance(program, NetworkProgram)
    scores = {part: Score(*measured(program, parameters, part)) for part in parts(program)}
    return Trained(case, run, iteration, scores, *weight_norms(parameters))


def weight_norms(parameters: Parameters) -> tuple[float, float]:
    """Return ‖w‖₂ and Σ|w| of all weights; biases are left out."""
    weights = [value for origin, value in parameters.items() if origin.endswith(".weight")]
    with np.errstate(all="ignore"):
        squares = sum(float(np.sum(weight * weight)) for weight in weights)
        return math.sqrt(squares), float(sum(np.abs(weight).sum() for weight in weights))


# --- What several cases have in common -----------------------------------------------------


def by_setting(pairs: Sequence[tuple[float, float]]) -> dict[float, Spread]:
    """Return mean and deviation of all values with the same setting, settings in order.

    Values that are not finite make the mean not finite too: it is not hidden that one diverged.
    """
    found: dict[float, list[float]] = {}
    for setting, value in pairs:
        found.setdefault(setting, []).append(value)
    with np.errstate(all="ignore"):
        return {setting: spread(found[setting]) for setting in sorted(found)}


def lowest(means: Mapping[float, Spread]) -> float | None:
    """Return the setting whose mean is lowest; the first of several; None without numbers."""
    known = {setting: each.mean for setting, each in means.items() if math.isfinite(each.mean)}
    return min(known, key=known.__getitem__) if known else None


# --- Early stopping ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stopping:
    """Where early stopping would have ended a training that went on.

    Attributes:
        best: the place of the measurement it goes back to.
        stop: the place of the one at which it stops; None if patience never ran out.
    """

    best: int
    stop: int | None


def stopping(losses: Array, patience: int, min_delta: float = 0.0) -> Stopping:
    """Return where early stopping ends, for the loss of every measurement in order.

    The rule is that of `Run`: it stops when `patience` measurements in a row did not lower the
    loss by more than `min_delta`, and goes back to where it was lowest until then.
    """
    rule, best = Patience(patience, min_delta), 0
    for place, loss in enumerate(losses.tolist()):
        over = rule.is_over(loss)
        if loss < losses[best] or math.isnan(losses[best]):
            best = place
        if over:
            return Stopping(best, place)
    return Stopping(best, None)


# --- Exact solutions -----------------------------------------------------------------------


def least_squares(program: NetworkProgram) -> Parameters | None:
    """Return the parameters that no training can beat on the training rows.

    There are such for one affine layer without an activation that learns numbers with a
    squared error; of other networks None.
    """
    layers, loss = program.spec.layers, program.loss.name
    is_affine = len(layers) == 1 and layers[0].activation == "identity"
    has_bias = layers[0].bias is not None and layers[0].train_bias
    if not is_affine or not has_bias or loss not in ("mse_loss", "half_squared_error"):
        return None
    rows = np.column_stack([program.inputs, np.ones(len(program.inputs))])
    found = np.linalg.lstsq(rows, program.targets, rcond=None)[0]
    bias = layers[0].bias
    assert bias is not None
    shared = found[-1] if bias.ndim else found[-1].mean()
    return {"layer1.weight": found[:-1].T, "layer1.bias": np.asarray(shared)}


def exact_losses(program: NetworkProgram) -> dict[str, float]:
    """Return the loss of each part with `least_squares`; nothing where there is no such."""
    found = least_squares(program)
    if found is None:
        return {}
    return {part: loss_of(program, found, part) for part in parts(program)}
