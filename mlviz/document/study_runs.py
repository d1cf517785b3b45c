"""A study while it is done: every case trained, measured, and asked for its answers."""

import dataclasses
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from mlviz.autograd import Array
from mlviz.document.document import Document
from mlviz.document.recipe import rebuilt
from mlviz.document.schema import ViewTable
from mlviz.document.studies import EXAMPLES, STOPPING, Case, Plan
from mlviz.learn import forward
from mlviz.learn.bias_variance import Decomposition, decomposed
from mlviz.learn.network import NetworkProgram
from mlviz.learn.run import Run
from mlviz.learn.studies import Trained, each_trained, exact_losses
from mlviz.learn.training import Training
from mlviz.trace.quick import quick_step

_BUDGET = 2**24
"""Bytes of checkpoints that all runs of a study keep together, about."""
_LEAST, _MOST = 2**16, 2**20
_MEASUREMENTS = 50
_FIXED_ROWS = 300.0
"""An iteration takes as long without any rows as with so many, about."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A case that is finished.

    Attributes:
        case: which one.
        document: its recipe, ready to be opened.
        trained: what came of it.
        answers: what it answers at the plan's points, in units of its own, (n).
        exact: the loss of each part with the least squares, where they exist.
    """

    case: Case
    document: Document
    trained: Trained[Case]
    answers: Array | None
    exact: dict[str, float]


def each_result(document: Document, plan: Plan) -> Generator[float | Result, None, None]:
    """Do a study.

    Yields:
        How much of it is done, 0 … 1, and every case as soon as it is finished.

    Raises:
        DocumentError: a recipe is not possible.
    """
    opened: dict[int, Document] = {}

    def run_of(case: Case) -> Run:
        opened[id(case)] = made = _opened(document, case)
        budget = min(max(_BUDGET // len(plan.cases), _LEAST), _MOST)
        return _run(made, budget, every_epoch=plan.study.name == STOPPING)

    of_rows = plan.study.name == EXAMPLES
    each = document.table.data.batch_size if document.table.data is not None else None

    def weight_of(case: Case) -> float:
        rows = min(case.setting, each or case.setting) if of_rows else 0.0
        return _FIXED_ROWS + rows

    for part in each_trained(plan.cases, run_of, _setting_of, weight_of):
        if isinstance(part, Trained):
            yield _result(opened.pop(id(part.case)), part, plan.points)
        else:
            yield part


def _setting_of(case: Case) -> float:
    return case.setting


def _opened(document: Document, case: Case) -> Document:
    """Return the document of a case, without what is only said about it; see `whole`."""
    plain = replace(case.table, view=ViewTable(), scene=[], variant=[])
    made = rebuilt(document, plain)
    return dataclasses.replace(made, table=case.table)


def whole(document: Document, result: Result) -> Document:
    """Return the recipe of a result with everything that its file says, to be opened.

    Args:
        document: what was studied.
        result: of its study.

    Raises:
        DocumentError: it is not possible any more: a file has gone.
    """
    return rebuilt(document, result.case.table)


def _run(document: Document, budget: int, *, every_epoch: bool) -> Run:
    training = document.training
    program = training.program
    assert isinstance(program, NetworkProgram)
    small = Training(program, training.rule, training.iterations, quick_step, budget=budget)
    each, updates = program.iterations_per_epoch, document.stop.iterations or 1
    seldom = each * max(updates // each // _MEASUREMENTS, 1)
    return Run(small, stop=document.stop, measure_every=each if every_epoch else seldom)


def _result(document: Document, trained: Trained[Case], points: Array | None) -> Result:
    found = answers = None
    info = document.data
    if points is not None and info is not None:
        inputs = info.prepared.network_inputs(points)
        found = forward.outputs(trained.program, trained.parameters, inputs)
        scale = info.prepared.target_scale
        answers = (found if scale is None else scale.inverse(found))[:, 0]
    return Result(trained.case, document, trained, answers, _exact(document, trained))


def _exact(document: Document, trained: Trained[Case]) -> dict[str, float]:
    optimizer = document.table.optimizer
    if optimizer is None or optimizer.weight_decay or optimizer.l1:
        return {}
    return exact_losses(trained.program)


_KNOWN: WeakKeyDictionary[Plan, tuple[int, dict[float, Decomposition]]] = WeakKeyDictionary()
"""What was found last of each plan, and of how many results: they only become more."""


def decompositions(plan: Plan, results: Sequence[Result]) -> dict[float, Decomposition]:
    """Return the parts of the error by setting, of the models there are so far."""
    if plan.truth is None or plan.noise is None:
        return {}
    known = _KNOWN.get(plan)
    if known is not None and known[0] == len(results):
        return known[1]
    answers: dict[float, list[Array]] = {}
    for result in results:
        if result.answers is not None:
            answers.setdefault(result.case.setting, []).append(result.answers)
    truth, noise = plan.truth, plan.noise
    found = {setting: decomposed(answers[setting], truth, noise) for setting in sorted(answers)}
    _KNOWN[plan] = len(results), found
    return found
