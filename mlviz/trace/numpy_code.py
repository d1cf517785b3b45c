"""A recorded training step, written out as NumPy: forward, backward, update, line by line.

`to_numpy_code` gives the text, as a good teacher would write it by hand; `compile_step` runs
that very text, without a tape, and its numbers equal the tape's to the last bit.

Only identifiers made on this page enter the source, and numbers; never a text of a user's.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mlviz.autograd import Array, Node, Tape
from mlviz.autograd.expression import Assignment, Binary, Name, python_source
from mlviz.learn.rules import State, UpdateRule
from mlviz.learn.training import Iteration
from mlviz.trace.numpy_rows import (
    FUNCTIONS,
    PULLS,
    ROWS,
    Context,
    Line,
    is_plain_number,
    literal,
    namespace,
    plain,
)

_WIDTH = 50
"""Column of the comments."""


def to_numpy_code(
    step: Tape | Iteration, output: int | None = None, rule: UpdateRule | None = None
) -> str:
    """Return a recorded step as the source of a Python function `step`.

    Args:
        step: a tape, or an iteration, which brings its output and its rule.
        output: id of the loss; the last node if not given.
        rule: how parameters are updated; without one there is no update.
    """
    tape, output, rule = _parts(step, output, rule)
    return _Writer(tape, output, rule).source()


@dataclass(eq=False)
class CompiledStep:
    """A training step as one function.

    Attributes:
        source: its text, the same that `to_numpy_code` gives.
        inputs: what it is given beside the parameters, by the names of the source.
        parameters: the parameters by the same names; a step changes them in place.
        origins: where each parameter and input comes from, by the names of the source.
        state: what the rule keeps, by the names of the source.
        settings: what the rule is given, such as `lr`.
    """

    source: str
    inputs: dict[str, Array]
    parameters: dict[str, Array]
    origins: dict[str, str]
    state: dict[str, Array]
    settings: dict[str, float]
    _function: Callable[..., Any]

    def __call__(self, **inputs: Array) -> Any:
        """Do one step, with the recorded inputs or with others, and return the loss before it."""
        given = {**self.inputs, **inputs}
        result = self._function(*given.values(), **self.parameters, **self.state, **self.settings)
        if not self.state:
            return result
        loss, *kept = result
        self.state.update(zip(self.state, kept, strict=True))
        return loss

    def bound(self) -> Callable[[], Any]:
        """Return a function that does one step with the recorded inputs, as fast as can be."""
        fixed = (*self.inputs.values(), *self.parameters.values())
        if self.state:
            return self
        return partial(self._function, *fixed, *self.settings.values())


def compile_step(
    step: Tape | Iteration, output: int | None = None, rule: UpdateRule | None = None
) -> CompiledStep:
    """Compile a recorded step to a function that starts from its parameters.

    Args:
        step: as in `to_numpy_code`.
        output: as in `to_numpy_code`.
        rule: as in `to_numpy_code`.
    """
    tape, output, rule = _parts(step, output, rule)
    writer = _Writer(tape, output, rule)
    source = writer.source()
    parameters = {writer.names[node.id]: node.value.copy() for node in writer.parameters}
    state: dict[str, Array] = {}
    for name, value in parameters.items():
        kept: State = rule.initial_state(value) if rule else {}
        state |= {f"{name}_{part}": array for part, array in kept.items()}
    return CompiledStep(
        source,
        {writer.names[node.id]: node.value for node in writer.inputs},
        parameters,
        {
            writer.names[node.id]: node.origin or node.name
            for node in (*writer.parameters, *writer.inputs)
        },
        state,
        dict(rule.settings) if rule else {},
        _load(source),
    )


@dataclass(frozen=True, slots=True, eq=False)
class CompiledGradients:
    """Loss and gradients as one function.

    Attributes:
        function: of the inputs, then the parameters; gives the loss, then the gradients of
            `parameters`.
        inputs: the recorded inputs, each with its origin, in the order of the function.
        parameters: the origins of all parameters.
        reached: the origins of those that the loss depends on.
    """

    function: Callable[..., Any]
    inputs: tuple[tuple[str, Array], ...]
    parameters: tuple[str, ...]
    reached: tuple[str, ...]


def compile_gradients(tape: Tape, output: int) -> CompiledGradients:
    """Compile the forward and the reverse pass of a recorded step, without the update."""
    writer = _Writer(tape, output, None)
    function = _load(_SUM.sub(_direct_sum, writer.source(with_gradients=True)))
    return CompiledGradients(
        function,
        tuple((node.origin, node.value) for node in writer.inputs),
        tuple(node.origin for node in writer.parameters),
        tuple(node.origin for node in writer.updated),
    )


_SUM = re.compile(r"\b([A-Za-z_]\w*)\.sum\((?:axis=0)?\)")


def _direct_sum(found: re.Match[str]) -> str:
    """Return a sum as NumPy itself computes it: nobody reads this, and the way is shorter."""
    axis = "0" if "axis" in found[0] else "None"
    return f"np.add.reduce({found[1]}, axis={axis})"


def _load(source: str) -> Callable[..., Any]:
    """Make a function of a text of this page."""
    found = namespace()
    exec(compile(source, "<step as NumPy>", "exec"), found)
    return found["step"]  # type: ignore[no-any-return]


def _parts(
    step: Tape | Iteration, output: int | None, rule: UpdateRule | None
) -> tuple[Tape, int, UpdateRule | None]:
    if isinstance(step, Iteration):
        return step.tape, step.output, rule or step.rule
    return step, len(step) - 1 if output is None else output, rule


class _Writer:
    """Writes one step. Every value has a name made of what it is: W1, tanh_1, d_tanh_1."""

    def __init__(self, tape: Tape, output: int, rule: UpdateRule | None) -> None:
        self.tape = tape
        self.output = output
        self.rule = rule
        self.nodes = self._needed()
        leaves = [node for node in self.nodes if node.is_leaf]
        self.parameters = [node for node in leaves if node.requires_grad]
        self.numbers = [node for node in leaves if self._is_written(node)]
        self.inputs = [
            node for node in leaves if not (node.requires_grad or self._is_written(node))
        ]
        self.names = self._name_all()
        self._lines: list[str] = []
        # Gradients that are one number for all entries: how a mean or a sum begins.
        self._even: set[int] = set()

    def _is_written(self, leaf: Node) -> bool:
        """Return whether a leaf is a number that every line can have in its formula.

        Entry by entry that is so where something else is computed with it; a sum, say, needs
        an array.
        """
        return is_plain_number(leaf) and all(
            user.op is not None
            and user.op.elementwise
            and not all(is_plain_number(self.tape[id]) for id in user.inputs)
            for user in self.nodes
            if leaf.id in user.inputs
        )

    def _needed(self) -> list[Node]:
        needed = {self.output}
        for node in reversed(self.tape.nodes[: self.output + 1]):
            if node.id in needed:
                needed.update(node.inputs)
        return [node for node in self.tape.nodes if node.id in needed]

    def _name_all(self) -> dict[int, str]:
        """Name weights W, biases b, other parameters p, inputs x and results by their op."""
        names: dict[int, str] = {}
        counts: dict[str, int] = {}

        def give(id: int, stem: str, separator: str = "") -> None:
            if id not in names:
                counts[stem] = counts.get(stem, 0) + 1
                names[id] = f"{stem}{separator}{counts[stem]}"

        for node in self.nodes:
            if node.op is not None and node.op.name == "linear":
                for id, stem in zip(node.inputs[1:], "Wb", strict=True):
                    if self.tape[id].is_leaf and self.tape[id].requires_grad:
                        give(id, stem)
        for node in self.parameters:
            give(node.id, "p")
        for node in self.inputs:
            give(node.id, "x")
        names |= {node.id: literal(node.value.item()) for node in self.numbers}
        for node in self.nodes:
            if node.op is not None:
                give(node.id, node.op.name, "_")
        names[self.output] = "loss"
        return names

    # --- Text ----------------------------------------------------------------------------------

    def source(self, *, with_gradients: bool = False) -> str:
        self._lines.clear()
        self._even.clear()
        self._targets: set[str] = set()
        self._forward()
        self._backward()
        kept = self._update()
        arguments = [self.names[node.id] for node in (*self.inputs, *self.parameters)]
        settings = list(self.rule.settings) if self.rule else []
        head = f"def step({', '.join([*arguments, *kept, *settings])}):"
        given = [self.names[self.output], *kept]
        if with_gradients:
            given += [f"d_{self.names[node.id]}" for node in self.updated]
        result = f"    return {', '.join(given)}"
        return "\n".join(["import numpy as np", "", "", head, *self._lines, result, ""])

    def _write(self, line: Line) -> None:
        text = f"    {line.target} {line.sign} {plain(line.source)}"
        self._targets.add(line.target)
        if not line.comment:
            self._lines.append(text)
        elif len(text) < _WIDTH:
            self._lines.append(f"{text:<{_WIDTH}}  # {line.comment}")
        else:
            self._lines += [f"    # {line.comment}", text]

    def _title(self, text: str) -> None:
        self._lines += ["", f"    # --- {text}"] if self._lines else [f"    # --- {text}"]

    def _forward(self) -> None:
        self._title("forward")
        for node in self.nodes:
            if node.op is None:
                continue
            row = ROWS.get(node.op.name, ROWS[""])
            for line in row(self._context(node)):
                self._write(line)

    def _backward(self) -> None:
        self._title("backward")
        self._write(Line(f"d_{self.names[self.output]}", self._seed(), "dL/dL = 1"))
        reached = {self.output}
        for node in reversed(self.nodes):
            if node.op is None or node.id not in reached or not node.requires_grad:
                continue
            pull = PULLS.get(node.op.name, PULLS[""])
            for slot, target in enumerate(node.inputs):
                if self.tape[target].requires_grad:
                    (*before, line), even = pull(self._context(node), slot)
                    for extra in before:
                        self._write(extra)
                        if extra.target == f"d_{self.names[node.id]}":
                            self._even.discard(node.id)
                    self._receive(self.tape[target], line, even, target in reached)
                    reached.add(target)

    def _seed(self) -> str:
        value = self.tape[self.output].value
        if not value.shape:
            return "1.0" if value.dtype == np.float64 else f"np.{value.dtype}(1)"
        return f"np.ones({value.shape}, np.{value.dtype})"

    def _receive(self, source: Node, line: Line, even: bool, again: bool) -> None:
        """Write the gradient that `source` receives, and add it to what it has received."""
        name = f"d_{self.names[source.id]}"
        text, comment = line.source, line.comment
        if source.value.dtype != np.float64:
            text = f"np.asarray({text}).astype(np.{source.value.dtype})"
        if even and source.is_leaf:
            text, even = f"np.full({self.names[source.id]}.shape, {text})", False
        if again:
            even = even and source.id in self._even
            text, comment = f"{name} + ({text})", f"{comment}, added to the gradient so far"
        self._even.discard(source.id)
        if even:
            self._even.add(source.id)
        self._write(Line(name, text, comment))

    def _context(self, node: Node) -> Context:
        return Context(
            node,
            [self.tape[id] for id in node.inputs],
            [self.names[id] for id in node.inputs],
            self.names[node.id],
            node.id in self._even,
        )

    @property
    def updated(self) -> list[Node]:
        """The parameters that a gradient reaches."""
        return [node for node in self.parameters if f"d_{self.names[node.id]}" in self._targets]

    def _update(self) -> list[str]:
        """Write the rule for every parameter; return the names of what it keeps."""
        if self.rule is None:
            return []
        self._title(f"update: {self.rule.name}")
        kept: list[str] = []
        for node in self.updated:
            name = self.names[node.id]
            own = {line.target for line in self.rule.lines} | set(self.rule.kept)
            rename = {part: f"{name}_{part}" for part in own} | {"p": name, "g": f"d_{name}"}
            kept += [rename[part] for part in self.rule.kept]
            for line in self.rule.lines:
                self._write(self._rule_line(line, rename, node))
        return kept

    def _rule_line(self, line: Assignment, rename: Mapping[str, str], node: Node) -> Line:
        assert self.rule is not None
        text = python_source(line.expression, rename, FUNCTIONS)
        if line.target == "p":
            match line.expression:
                case Binary(operator="-", left=Name(id="p"), right=change):
                    change_text = python_source(change, rename, FUNCTIONS)
                    return Line(rename["p"], change_text, line.text, "-=")
            return Line(f"{rename['p']}[...]", text, line.text)
        if not node.value.shape or line.target in self.rule.counters:
            # A lone number stays an array: NumPy rounds powers of its scalars differently.
            text = f"np.asarray({text})"
        return Line(rename[line.target], text, line.text)
