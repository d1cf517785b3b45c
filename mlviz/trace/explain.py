"""The explanation of a step: the rule that fired, in symbols, in numbers, and its result.

An explanation is plain data. It never shows a number that has not been computed at its step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mlviz.autograd import Array, Contribution, Node, Op
from mlviz.autograd.expression import (
    Binary,
    Expression,
    Negative,
    Number,
)
from mlviz.i18n import Message
from mlviz.numerals import NOT_YET, format_shape
from mlviz.trace.blocked import SATURATED, Blocked, blocked_share
from mlviz.trace.blocks import BLOCK_NAMES
from mlviz.trace.steps import Step, StepKind
from mlviz.trace.symbols import tex_name, text_name
from mlviz.trace.timeline import State, Timeline
from mlviz.trace.typeset import Part, array, literal, number, symbol, typeset

LineKind = Literal["heading", "formula", "note"]


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of an explanation.

    Attributes:
        kind: `heading`, `formula` or `note`.
        tex: a formula, with `\role{name}{…}` around coloured factors.
        text: the same formula as plain text.
        message: the words of a heading or note.
        role: what a note is about: `muted`, `upstream`, `local`, `bad`, ….
        rows: what a formula is made of, row by row.
    """

    kind: LineKind
    tex: str = ""
    text: str = ""
    message: Message | None = None
    role: str = ""
    rows: tuple[tuple[Part, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is to be said about one step or one node."""

    title: Message
    lines: tuple[Line, ...]


_LONGEST_LIST = 6
_FRACTION = r"\frac{{\partial {0}}}{{\partial {1}}}"


class Explainer:
    """Explains the steps and nodes of one timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.tape = timeline.tape
        self.symbols = timeline.symbols

    # --- Symbols ---------------------------------------------------------------------------

    def symbol(self, id: int) -> Part:
        """Return the symbol of a node; a nameless constant is its own number."""
        node = self.tape[id]
        if self.symbols.name(id):
            return symbol(self.symbols.tex(id), self.symbols.text(id))
        return literal(float(node.value))

    def gradient_symbol(self, id: int) -> Part:
        """Return ∂L/∂(node)."""
        return self.derivative(self.timeline.output, id)

    def derivative(self, top: int, bottom: int) -> Part:
        """Return ∂(top)/∂(bottom)."""
        a, b = self.symbol(top), self.symbol(bottom)
        # It holds like a power: multiplied as it is, in brackets before it is transposed.
        return Part(_FRACTION.format(a.tex, b.tex), f"∂{a.text}/∂{b.text}", 3)

    def value(self, id: int) -> Part:
        """Return the node's value, or its symbol where it is too large to be written out."""
        node = self.tape[id]
        if not self.symbols.name(id):
            return self.symbol(id)
        return array(node.value) or self.symbol(id)

    def _is_scalar(self, *ids: int) -> bool:
        return all(self.tape[id].value.ndim == 0 for id in ids)

    # --- Steps -----------------------------------------------------------------------------

    def step(self, step: Step | None, *, done: bool = True, arrived: bool = True) -> Explanation:
        """Explain a step.

        Args:
            step: the step, or None for the start.
            done: whether its result is known already; if not, `·` stands in its place.
            arrived: in a backward step, whether the product has reached its input, where it
                is added up.
        """
        if step is None:
            return Explanation(
                Message("explain.start.title"),
                (Line("note", message=Message("explain.start.note")),),
            )
        match step.kind:
            case StepKind.FORWARD:
                return self._forward(step, done)
            case StepKind.SEED:
                return self._seed()
            case StepKind.BACKWARD:
                return self._backward(step, done, arrived)
            case StepKind.UPDATE:
                return self._update(step.node, done)
            case StepKind.RESULT:
                return self._result(done)

    def node(self, id: int, state: State) -> Explanation:
        """Explain one node as far as it is known in `state`."""
        node = self.tape[id]
        lines: list[Line] = []
        if node.op is None:
            lines.append(_formula([[self.symbol(id), _EQUALS, self.value(id)]]))
            role = node.role or "constant"
            if role == "parameter" and self.timeline.iteration.rule is None:
                role = "variable"  # nothing trains it
            lines.append(Line("note", message=Message(f"explain.leaf.{role}"), role="muted"))
        elif state.value(id) is None:
            lines += self._output_lines(node, done=False)
            lines.append(Line("note", message=Message("explain.not_yet"), role="muted"))
        else:
            lines += self._output_lines(node, done=True)
        if self.timeline.expected(id) or id == self.timeline.output:
            lines.append(Line("heading", message=Message("explain.gradient")))
            lines += self._sum_lines(id, state)
        update = state.update(id)
        if update is not None:
            lines.append(Line("heading", message=Message("explain.update.heading")))
            lines += self._update(id, True).lines
        title = Message("explain.node.title", symbol=self.symbol(id).text)
        return Explanation(title, tuple(lines))

    # --- Forward ---------------------------------------------------------------------------

    def _forward(self, step: Step, done: bool) -> Explanation:
        node = self.tape[step.node]
        lines = self._output_lines(node, done=done)
        assert node.op is not None
        if node.op.kink:
            lines.append(Line("note", message=Message(node.op.kink), role="muted"))
        title = Message(
            "explain.forward.title", op=_op_name(node.op), symbol=self.symbol(node.id).text
        )
        return Explanation(title, tuple(lines))

    def _output_lines(self, node: Node, *, done: bool) -> list[Line]:
        assert node.op is not None
        own = self.symbol(node.id)
        symbols = self._expression(node, [self.symbol(id) for id in node.inputs], r"\cdot")
        rows = [[own, _EQUALS, symbols]]
        known = [array(self.tape[id].value) for id in node.inputs]
        if all(part is not None for part in known):
            values = [self.value(id) for id in node.inputs]
            numbers = self._expression(node, values, r"\times")
            stack = self._stacked(
                node.op.output, dict(zip(node.op.arguments, values, strict=False))
            )
            if stack and not self._is_scalar(node.id, *node.inputs):
                rows += stack
            elif numbers.text != symbols.text:
                rows.append([_EMPTY, _EQUALS, numbers])
        result = array(node.value)
        if not done:
            rows.append([_EMPTY, _EQUALS, _DOT])
        elif result is not None:
            rows.append([_EMPTY, _EQUALS, _bold(result).role(_sign_role(node.value))])
        lines = [_formula(rows)]
        if result is None:
            shape = Message("explain.shape", symbol=own.text, shape=format_shape(node.value.shape))
            lines.append(Line("note", message=shape, role="muted"))
        return lines

    def _expression(self, node: Node, parts: Sequence[Part], times: str) -> Part:
        """Set what `node` computes, with `parts` for its inputs."""
        op = node.op
        assert op is not None
        if op.name == "total":
            return _sum(parts)
        if op.variadic:
            return _list(parts)
        if op.name == "index":
            return Part(
                f"{parts[0].tex}[{_index_text(node)}]", f"{parts[0].text}[{_index_text(node)}]"
            )
        named = dict(zip(op.arguments, parts, strict=True)) | _settings(node)
        return typeset(op.output, named, times=times)

    def _stacked(self, rule: Expression, parts: Mapping[str, Part]) -> list[list[Part]]:
        """Set the factors of a matrix product under each other; empty if it is none."""
        match rule:
            case Binary(operator="+", left=Binary(operator="@") as product, right=added):
                last = [[_EMPTY, Part("+", "+"), typeset(added, parts)]]
                return self._stacked(product, parts) + last
            case Binary(operator="@", left=left, right=right):
                return [
                    [_EMPTY, _EQUALS, typeset(left, parts).within(2)],
                    [_EMPTY, Part(r"\cdot", "@"), typeset(right, parts).within(2)],
                ]
        return []

    # --- Backward --------------------------------------------------------------------------

    def _seed(self) -> Explanation:
        own = self.gradient_symbol(self.timeline.output)
        one = array(self.timeline.seed) or literal(1)
        return Explanation(
            Message("explain.seed.title"),
            (
                _formula([[own, _EQUALS, _bold(one).role("gradient")]]),
                Line("note", message=Message("explain.seed.note"), role="muted"),
            ),
        )

    def _backward(self, step: Step, done: bool, arrived: bool) -> Explanation:
        contribution = self.timeline.contribution(step)
        node = self.tape[step.node]
        assert node.op is not None
        several = self.timeline.expected(step.target) > 1
        if node.op.elementwise:
            lines = self._chain_rule(node, node.op, contribution, done, several)
        else:
            lines = self._structured(node, node.op, contribution, done, several)
        if several:
            at = step.number if arrived else step.number - 1
            state = self.timeline.state_at(at)
            heading = Message("explain.accumulate", symbol=self.gradient_symbol(step.target).text)
            lines.append(Line("heading", message=heading))
            lines += self._sum_lines(step.target, state)
        title = Message(
            "explain.backward.title",
            source=self.symbol(step.node).text,
            target=self.symbol(step.target).text,
        )
        return Explanation(title, tuple(lines))

    def _chain_rule(
        self, node: Node, op: Op, contribution: Contribution, done: bool, several: bool
    ) -> list[Line]:
        """Downstream = upstream × local derivative, entry by entry."""
        slot, target = contribution.slot, contribution.target
        upstream = self.gradient_symbol(node.id).role("upstream")
        local = self.derivative(node.id, target).role("local")
        scalar = self._is_scalar(node.id)
        sign = _TIMES_SYMBOLS if scalar else _ENTRYWISE
        own = self.gradient_symbol(target)
        rows = [[own, _ADDS if several else _EQUALS, upstream, sign, local]]
        assert contribution.local is not None
        values = array(contribution.upstream), self._local_value(op, contribution)
        if values[0] is not None and values[1] is not None:
            first, second = values[0].role("upstream"), values[1].within(2).role("local")
            if scalar:
                rows.append([_EMPTY, _EQUALS, first, _TIMES_NUMBERS, second])
            else:  # matrices under each other: side by side they would not fit
                rows += [[_EMPTY, _EQUALS, first], [_EMPTY, _ENTRYWISE, second]]
        stretched = contribution.downstream.shape != contribution.upstream.shape
        downstream = array(contribution.downstream)
        if not done:
            rows.append([_EMPTY, _EQUALS, _DOT])
        elif downstream is not None:
            rows.append([_EMPTY, _EQUALS, _bold(downstream).role("downstream")])
        lines = [
            _formula(rows),
            Line("note", message=Message("explain.upstream"), role="upstream"),
            Line("note", message=Message("explain.local"), role="local"),
            self._local_rule(node, op, slot, contribution),
        ]
        if stretched:
            lines.append(Line("note", message=Message("explain.broadcast"), role="muted"))
        if op.kink:
            lines.append(Line("note", message=Message(op.kink), role="muted"))
        stopped = blocked_share(op, contribution)
        if done and stopped is not None:
            lines.append(Line("note", message=_blocked_words(stopped), role="bad"))
        return lines

    def _local_value(self, op: Op, contribution: Contribution) -> Part | None:
        """Return the local derivative; where the rule is a plain 1 or −1, as it is written."""
        assert contribution.local is not None
        if contribution.local.ndim == 0 and _is_written_number(op.rule(contribution.slot)):
            return literal(float(contribution.local))
        return array(contribution.local)

    def _local_rule(self, node: Node, op: Op, slot: int, contribution: Contribution) -> Line:
        """Say where the local derivative comes from: ∂y/∂z = 1 − y² = 1 − 0.119² = 0.986."""
        own = self.derivative(node.id, contribution.target).role("local")
        rule = op.rule(slot)
        names = ("out", *op.arguments)
        ids = (node.id, *node.inputs)
        if op.variadic:
            names, ids = ("out",), (node.id,)
        settings = _settings(node)
        symbols = settings | dict(zip(names, (self.symbol(id) for id in ids), strict=True))
        chain = [own, typeset(rule, symbols)]
        if self._is_scalar(*ids):
            values = settings | dict(zip(names, (self.value(id) for id in ids), strict=True))
            numbers = typeset(rule, values, times=r"\times")
            if numbers.text != chain[-1].text:
                chain.append(numbers)
            assert contribution.local is not None
            result = number(float(contribution.local))
            if not _is_written_number(rule) and result.text != chain[-1].text:
                chain.append(result)
        tex = " = ".join(part.tex for part in chain)
        return Line("formula", tex, " = ".join(part.text for part in chain), role="muted")

    def _structured(
        self, node: Node, op: Op, contribution: Contribution, done: bool, several: bool
    ) -> list[Line]:
        """Downstream by the operation's own rule, with matrices where they are small."""
        names = ("g", "out") if op.variadic else ("g", "out", *op.arguments)
        ids = (node.id,) if op.variadic else (node.id, *node.inputs)
        upstream = self.gradient_symbol(node.id).role("upstream")
        count = literal(self._reduced(node))
        symbols = {
            **_settings(node),
            **dict(zip(names, (upstream, *map(self.symbol, ids)), strict=True)),
            "n": count,
        }
        rule = op.rule(contribution.slot)
        own = self.gradient_symbol(contribution.target)
        rows = [[own, _ADDS if several else _EQUALS, typeset(rule, symbols)]]
        arriving = array(contribution.upstream)
        used = [array(self.tape[id].value) for id in ids]
        # The rule of a whole layer is too wide for numbers: they are inside of it.
        if arriving is not None and all(used) and op.name not in BLOCK_NAMES:
            values = {
                **_settings(node),
                **dict(zip(names, (arriving.role("upstream"), *map(self.value, ids)), strict=True)),
                "n": count,
            }
            numbers = typeset(rule, values, times=r"\times")
            rows += self._stacked(rule, values) or [[_EMPTY, _EQUALS, numbers]]
        result = array(contribution.downstream)
        if not done:
            rows.append([_EMPTY, _EQUALS, _DOT])
        elif result is not None:
            rows.append([_EMPTY, _EQUALS, _bold(result).role("downstream")])
        lines = [
            _formula(rows),
            Line("note", message=Message("explain.upstream"), role="upstream"),
        ]
        if result is None:
            shape = format_shape(contribution.downstream.shape)
            message = Message(
                "explain.shape", symbol=self.gradient_symbol(contribution.target).text, shape=shape
            )
            lines.append(Line("note", message=message, role="muted"))
        if op.moves or op.name in ("sum", "mean"):
            note = "explain.moved" if op.moves else f"explain.{op.name}"
            lines.append(Line("note", message=Message(note), role="muted"))
        return lines

    def _reduced(self, node: Node) -> int:
        """Return how many entries go into one entry of a reduction."""
        size = self.tape[node.inputs[0]].value.size
        return int(size // max(node.value.size, 1))

    def _sum_lines(self, id: int, state: State) -> list[Line]:
        """The contributions to a gradient, filled one by one, and their sum so far."""
        own = self.gradient_symbol(id)
        if id == self.timeline.output:
            seeded = state.gradient(id) is not None
            result = _bold(array(self.timeline.seed) or literal(1)).role("gradient")
            return [_formula([[own, _EQUALS, result if seeded else _DOT]])]
        contributions = self.timeline.contributions_to(id)
        received, expected = state.received(id), len(contributions)
        gradient = state.gradient(id)
        total = array(gradient) if gradient is not None else None
        lines: list[Line] = []
        rows: list[list[Part]] = [
            [own, _EQUALS, _DOT if total is None else _bold(total).role("gradient")]
        ]
        if expected > 1:
            terms = self._term_symbols(contributions)
            rows = [[own, _EQUALS, _sum(terms)]]
            written = [array(c.downstream) for c in contributions]
            if all(part is not None for part in written):
                shown = [
                    part.role("gradient") if k < received and part is not None else _DOT
                    for k, part in enumerate(written)
                ]
                rows.append([_EMPTY, _EQUALS, _sum(shown)])
            if total is not None:
                rows.append([_EMPTY, _EQUALS, _bold(total).role("gradient")])
        lines.append(_formula(rows))
        if expected > 1:
            message = Message("explain.received", count=received, expected=expected)
            lines.append(Line("note", message=message, role="muted"))
        elif gradient is None:
            lines.append(Line("note", message=Message("explain.not_yet"), role="muted"))
        return lines

    def _term_symbols(self, contributions: Sequence[Contribution]) -> list[Part]:
        """Name the terms of a sum by the nodes that sent them: ∂L/∂y · ∂y/∂h."""
        terms = []
        for c in contributions:
            upstream = self.gradient_symbol(c.node).role("upstream")
            local = self.derivative(c.node, c.target).role("local")
            terms.append(Part(rf"{upstream.tex} {local.tex}", f"{upstream.text}·{local.text}"))
        return terms

    # --- Update ----------------------------------------------------------------------------

    def _update(self, id: int, done: bool) -> Explanation:
        """The rule that ran, line by line: symbols, the numbers that were read, the result."""
        update = self.timeline.update(id)
        rule = self.timeline.iteration.rule
        assert update is not None
        assert rule is not None
        own = self.symbol(id)
        symbols = {"p": own, "g": self.gradient_symbol(id).role("gradient")}
        lines: list[Line] = []
        for line in update.lines:
            names = [*line.reads, line.line.target]
            symbols |= {name: rule_symbol(name) for name in names if name not in symbols}
            target = symbols[line.line.target]
            rows = [[target, _BECOMES, typeset(line.line.expression, symbols)]]
            counted = {*rule.settings, *rule.counters}  # shown as written: 0.9, not 0.9000
            read = {
                name: literal(float(value)) if name in counted else array(np.asarray(value))
                for name, value in line.reads.items()
            }
            if all(part is not None for part in read.values()):
                shown = {name: part for name, part in read.items() if part is not None}
                if "g" in shown:
                    shown["g"] = shown["g"].role("gradient")
                numbers = typeset(line.line.expression, shown, times=r"\times")
                rows.append([_EMPTY, _EQUALS, numbers])
            count = line.line.target in rule.counters
            result = literal(float(line.result)) if count else array(line.result)
            if not done:
                rows.append([_EMPTY, _EQUALS, _DOT])
            elif result is not None:
                rows.append([_EMPTY, _EQUALS, _bold(result).role("update")])
            lines.append(_formula(rows))
        if done and update.change.ndim == 0:
            change = number(float(update.change))
            lines.append(
                Line(
                    "note",
                    message=Message("explain.change", symbol=own.text, change=change.text),
                    role="update",
                )
            )
        title = Message("explain.update.title", symbol=own.text, rule=rule.name)
        return Explanation(title, tuple(lines))

    def _result(self, done: bool) -> Explanation:
        after = self.timeline.iteration.loss_after
        assert after is not None
        before = float(np.sum(self.tape[self.timeline.output].value))
        own = self.symbol(self.timeline.output)
        result = _bold(number(after)).role("update") if done else _DOT
        rows = [
            [own, _EQUALS, number(before)],
            [_EMPTY, _TO, result],
        ]
        lines = [_formula(rows)]
        if done:
            fell = "fell" if after < before else "rose" if after > before else "same"
            lines.append(Line("note", message=Message(f"explain.result.{fell}"), role="muted"))
        return Explanation(Message("explain.result.title"), tuple(lines))


# --- Pieces --------------------------------------------------------------------------------

_EMPTY = Part("", "")
_EQUALS = Part("=", "=")
_ADDS = Part(r"\mathrel{+}=", "+=")
_BECOMES = Part(r"\leftarrow", "←")
_TO = Part(r"\to", "→")
_TIMES_SYMBOLS = Part(r"\cdot", "·")
_TIMES_NUMBERS = Part(r"\times", "×")
_ENTRYWISE = Part(r"\odot", "⊙")
_DOT = Part(r"\role{faint}{\cdot}", NOT_YET)


def _formula(rows: Sequence[Sequence[Part]]) -> Line:
    """Set rows under each other, numbers under their symbols."""
    width = max(len(row) for row in rows)
    tex_rows = []
    for row in rows:
        cells = [rf"\displaystyle {part.tex}" if part.tex else "" for part in row]
        # Short rows are left as they are: the result stands under the first factor.
        tex_rows.append(" & ".join(cells))
    columns = "rc" + ("l" if width == 3 else "c" * (width - 2))
    body = r" \\[4pt] ".join(tex_rows)
    tex = rf"\begin{{array}}{{{columns}}} {body} \end{{array}}"
    text = " ".join(part.text for row in rows for part in row if part.text)
    return Line("formula", tex, text, rows=tuple(tuple(row) for row in rows))


def _sum(parts: Sequence[Part]) -> Part:
    if not parts:
        return literal(0)
    tex, text = parts[0].tex, parts[0].text
    for part in parts[1:]:
        held = part.within(2) if part.text.startswith("−") else part
        tex += f" + {held.tex}"
        text += f" + {held.text}"
    return Part(tex, text, 1 if len(parts) > 1 else parts[0].hold)


def _list(parts: Sequence[Part]) -> Part:
    """Set many entries side by side; of very many the first and the last."""
    shown = list(parts)
    if len(shown) > _LONGEST_LIST:
        shown = [*shown[:2], Part(r"\ldots", "…"), shown[-1]]
    tex, text = ", ".join(part.tex for part in shown), ", ".join(part.text for part in shown)
    return Part(rf"\left[{tex}\right]", f"[{text}]")


def _bold(part: Part) -> Part:
    return Part(rf"\mathbf{{{part.tex}}}", part.text, part.hold, part.number)


def _sign_role(value: Array) -> str:
    if value.ndim:
        return "value"
    return "negative" if float(value) < 0 else "positive"


def _is_written_number(rule: Expression) -> bool:
    """Return whether a rule is just 1 or −1."""
    return isinstance(rule.operand if isinstance(rule, Negative) else rule, Number)


_RULE_NAMES = {"lr": "eta", "eps": "epsilon", "weight_decay": "lambda"}
"""The letters that textbooks use for the settings of optimizers."""


def rule_symbol(name: str) -> Part:
    """Return the symbol of a setting or of something an optimizer keeps: η, β₁, m, v̂."""
    letter = _RULE_NAMES.get(name, name)
    return symbol(tex_name(letter), text_name(letter))


def _settings(node: Node) -> dict[str, Part]:
    """Return what an operation was set to, such as a slope of 0.01, as it is written."""
    return {
        name: literal(value)
        for name, value in node.params.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _blocked_words(stopped: Blocked) -> Message:
    """Say why no gradient, or hardly any, gets through."""
    share = f"{SATURATED:.0%}"
    if stopped.dead:
        return Message("explain.blocked")
    if stopped.slope is not None and stopped.largest is not None:
        slope, largest = number(stopped.slope).text, literal(stopped.largest).text
        return Message("explain.saturated", slope=slope, share=share, largest=largest)
    words = "explain.blocked.some" if stopped.largest is None else "explain.blocked.entries"
    return Message(words, count=stopped.count, total=stopped.total, share=share)


def _op_name(op: Op) -> Message:
    return Message(f"op.{op.name}")


def _index_text(node: Node) -> str:
    index = node.params.get("index")
    if isinstance(index, int):
        return str(index)
    if isinstance(index, tuple) and all(isinstance(part, int) for part in index):
        return ",".join(map(str, index))
    return "…"
