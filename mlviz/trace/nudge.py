"""Is the gradient right? The loss run again with numbers that are a little different."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mlviz.autograd import Array, Node, Tape, Tensor, apply, backward, record
from mlviz.learn.changes import Change, Place, changed_training
from mlviz.learn.training import Training

MOST_ENTRIES = 300
"""Up to so many numbers are checked one by one; of more, some random directions."""
DIRECTIONS = 12

_TOLERANCE = 1e-5
_ROUNDING = 1e-14
_LEAST = 1e-9
_JUMP = 1e-2
"""A slope that changes more than this over such a little way jumps."""


def loss_with(training: Training, number: int, place: Place, value: float) -> float:
    """Return the loss of iteration `number` if one number were another: forward alone.

    Raises:
        ChangeError: the number cannot be changed, or not to this.
    """
    return changed_training(training, Change(number, place, value)).loss(number)


@dataclass(frozen=True, slots=True)
class Nudge:
    """What happens to the loss when one number is moved by `epsilon`.

    Attributes:
        loss: before.
        moved: after, measured by running forward again.
        epsilon: how far the number was moved.
        gradient: dL/d(number), from the reverse pass.
    """

    loss: float
    moved: float
    epsilon: float
    gradient: float

    @property
    def measured(self) -> float:
        """ΔL as it is."""
        return self.moved - self.loss

    @property
    def promised(self) -> float:
        """ΔL as the gradient says: gradient · ε."""
        return self.gradient * self.epsilon

    @property
    def secant(self) -> float:
        """The slope measured: ΔL / ε."""
        return self.measured / self.epsilon


def nudge(
    training: Training, number: int, place: Place, value: float, gradient: float, epsilon: float
) -> Nudge:
    """Return what moving one number from `value` by `epsilon` does in iteration `number`."""
    loss = training.loss(number)
    moved = loss_with(training, number, place, value + epsilon)
    return Nudge(loss, moved, epsilon, gradient)


@lru_cache(maxsize=8)
def loss_curve(
    training: Training, number: int, place: Place, middle: float, half: float, points: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the loss of iteration `number` as a function of one number.

    Returns:
        Evenly spaced values from `middle - half` to `middle + half`, and the loss at each.
    """
    xs = np.linspace(middle - half, middle + half, points).tolist()
    return tuple(xs), tuple(loss_with(training, number, place, x) for x in xs)


def data_gradient(training: Training, number: int, place: Place) -> float | None:
    """Return the gradient of a number that the run computes none for: data, or what is fixed.

    None if the loss does not follow it smoothly, as with the numbers of classes.
    """
    whole = _gradient_of_leaf(training, number, place.origin)
    return None if whole is None else float(whole[place.index or (0,) * whole.ndim])


@lru_cache(maxsize=4)
def _gradient_of_leaf(training: Training, number: int, origin: str) -> Array | None:
    """Run iteration `number` once more, now with a gradient for this leaf."""
    program, parameters = training.program_of(number), dict(training.parameters(number))
    values: list[Tensor] = []
    own: Tensor | None = None
    with np.errstate(all="ignore"):
        recorded = program.run(parameters, number)
        with record() as tape:
            for node in recorded.tape:
                inputs = [values[id] for id in node.inputs]
                if node.op is not None:
                    values.append(apply(node.op, *inputs, **node.params))
                    continue
                smooth = np.issubdtype(node.value.dtype, np.floating)
                wanted = node.origin == origin and smooth
                values.append(Tensor(node.value, requires_grad=node.requires_grad or wanted))
                own = values[-1] if wanted else own
            if own is None:
                return None
            leaf, output = tape.id_of(own), tape.id_of(values[recorded.output])
        tape.close()
        totals = {sent.target: sent.total for sent in backward(tape, output)}
    return totals.get(leaf)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether finite differences agree with the reverse pass.

    Attributes:
        agrees: whether they do, everywhere they were compared.
        largest: the largest difference, absolute.
        where: origin of the number where it is; empty where directions were compared.
        compared: how many numbers, or directions, were compared.
        directions: whether the graph was too large for single numbers.
        finite: whether there is something to compare: the loss and the gradients are finite.
        cut: whether a gradient is stopped on purpose, so that it tells less than differences do.
        kinks: how many were not compared, as a value stands where a slope jumps.
    """

    agrees: bool
    largest: float
    where: str
    compared: int
    directions: bool = False
    finite: bool = True
    cut: bool = False
    kinks: int = 0


def check_steps(training: Training, number: int) -> Iterator[Check]:
    """Compare every gradient of iteration `number` with central differences, a few at a time.

    Yields what was found so far; the last is the result. Each step costs two forward runs.
    """
    program, parameters = training.program_of(number), dict(training.parameters(number))
    with np.errstate(all="ignore"):
        recording = program.run(parameters, number)
        totals = {sent.target: sent.total for sent in backward(recording.tape, recording.output)}
    gradients = {
        node.origin: np.asarray(totals.get(node.id, np.zeros_like(node.value)), dtype=float)
        for node in recording.tape
        if node.is_leaf and node.origin in parameters
    }
    loss = recording.loss
    if not np.isfinite(loss) or not all(np.isfinite(g).all() for g in gradients.values()):
        yield Check(False, np.nan, "", 0, finite=False)
        return
    if is_cut(recording.tape):
        yield Check(False, np.nan, "", 0, cut=True)
        return
    count = sum(gradient.size for gradient in gradients.values())
    by_direction = count > MOST_ENTRIES
    moves = _directions(gradients) if by_direction else _entries(gradients)
    agrees, largest, where = True, 0.0, ""
    compared = kinks = 0
    for name, move in moves:
        size = max(float(np.max(np.abs(parameters[origin]))) for origin in move)
        step = 1e-5 * max(size, 1.0)
        runs = [program.run(_moved(parameters, move, sign * step), number) for sign in (1, -1)]
        ends = [run.loss for run in runs]
        measured = (ends[0] - ends[1]) / (2 * step)
        promised = float(sum(np.sum(gradients[origin] * way) for origin, way in move.items()))
        difference = abs(measured - promised)
        # What rounding alone can do to a difference of two losses, and what curvature does.
        rounding = _ROUNDING * max(abs(ends[0]), abs(ends[1])) / step
        allowed = _TOLERANCE * max(abs(measured), abs(promised)) + rounding + _LEAST
        right = bool(difference <= allowed)
        if not right and _has_kink(runs[0].tape, runs[1].tape):
            kinks += 1
        else:
            compared += 1
            agrees = agrees and right
            if not difference <= largest:
                largest, where = difference, name
        yield Check(agrees, largest, where, compared, by_direction, kinks=kinks)


def _has_kink(one: Tape, other: Tape) -> bool:
    """Return whether a slope jumps between two runs that hardly differ."""
    with np.errstate(all="ignore"):
        return any(
            _jumps(node, one, other)
            for node in one
            if node.op is not None and node.op.kink and node.requires_grad
        )


def _jumps(node: Node, one: Tape, other: Tape) -> bool:
    op = node.op
    assert op is not None
    # Numbers that all differ, so that jumps up and down do not make up for each other.
    upstream = np.random.default_rng(0).uniform(0.5, 1.5, node.value.shape)
    for slot, source in enumerate(node.inputs):
        if one[source].requires_grad:
            above, below = (
                op.vjp(
                    slot,
                    upstream,
                    tape[node.id].value,
                    tuple(tape[id].value for id in node.inputs),
                    node.params,
                )
                for tape in (one, other)
            )
            if not np.allclose(above, below, rtol=_JUMP, atol=_JUMP):
                return True
    return False


def is_cut(tape: Tape) -> bool:
    """Return whether something with a gradient is computed on without one: detach, no_grad."""
    return any(
        node.op is not None
        and not node.requires_grad
        and any(tape[source].requires_grad for source in node.inputs)
        for node in tape
    )


def check(training: Training, number: int) -> Check:
    """Return the result of `check_steps`."""
    result = Check(True, 0.0, "", 0)
    for result in check_steps(training, number):  # noqa: B007  the last one counts
        pass
    return result


Move = dict[str, Array]
"""Which way each parameter moves."""


def _entries(gradients: dict[str, Array]) -> Iterator[tuple[str, Move]]:
    for origin, gradient in gradients.items():
        for index in np.ndindex(gradient.shape):
            way = np.zeros_like(gradient)
            way[index] = 1.0
            name = f"{origin}[{','.join(map(str, index))}]" if index else origin
            yield name, {origin: way}


def _directions(gradients: dict[str, Array]) -> Iterator[tuple[str, Move]]:
    # The same directions every time, and each of them moves everything.
    random = np.random.default_rng(0)
    count = sum(gradient.size for gradient in gradients.values())
    for _ in range(DIRECTIONS):
        yield (
            "",
            {
                origin: random.normal(size=gradient.shape) / np.sqrt(count)
                for origin, gradient in gradients.items()
            },
        )


def _moved(parameters: dict[str, Array], move: Move, step: float) -> dict[str, Array]:
    return parameters | {origin: parameters[origin] + step * way for origin, way in move.items()}
