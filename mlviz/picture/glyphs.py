"""How an operation is written on its node: signs and short names, the same in every language."""

from mlviz.autograd import Node, Op, Tape
from mlviz.autograd.expression import Binary, Call, Expression, Name, Negative
from mlviz.trace.blocks import BLOCK_NAMES, FUNCTION_NAMES
from mlviz.trace.symbols import Symbols, text_name
from mlviz.trace.typeset import Part, literal, typeset

GLYPHS: dict[str, str] = {
    **FUNCTION_NAMES,
    "add": "+",
    "sub": "−",
    "mul": "×",
    "div": "÷",
    "pow": "( )ⁿ",
    "neg": "−( )",
    "abs": "| |",
    "log": "ln",
    "sqrt": "√",
    "square": "( )²",
    "sigmoid": "σ",
    "maximum": "max",
    "minimum": "min",
    "total": "Σ",
    "sum": "Σ",
    "matmul": "@",
    "put": "( )ᵢ",
    "stack": "[ … ]",
    "permute": "( )ᵀ",
    "index": "[ ]",
    "squared_error": "( − )²",
    "half_squared_error": "½( − )²",
    "cross_entropy": "−ln p",
    "nll": "−ln p",
    "absolute_error": "| − |",
    "reciprocal": "1 ÷ ( )",
    "rsqrt": "1 ÷ √",
    "log1p": "ln(1 + )",
    "clamp_between": "clamp",
    "amax": "max",
    "amin": "min",
    "prod": "Π",
    "norm": "‖ ‖",
    "logsumexp": "ln Σ exp",
    "outer": "⊗",
    "lt": "<",
    "le": "≤",
    "gt": ">",
    "ge": "≥",
    "eq": "=",
    "ne": "≠",
}
"""Operations that are not written by their own name."""

_BLANK = Part("", "( )")
_LONGEST = 15
_LONGEST_BLOCK = 26
_PRODUCTS = ("linear", "matmul_transposed")
_WIDE = (*BLOCK_NAMES, *_PRODUCTS)
"""Operations that are written with the names of their inputs, which may take more room."""


def is_hidden(node: Node) -> bool:
    """Return whether a node is a plain number, written on the node that uses it."""
    return node.is_leaf and node.role == "constant" and not node.name and node.value.size == 1


def glyph(tape: Tape, node: Node) -> str:
    """Return the sign of the operation that made `node`; empty for a leaf.

    A plain number among the inputs is written with it: `( )²`, `( ) · 0.5`.
    """
    if node.op is None:
        return ""
    if node.op.name in ("rest_of_dot", "rest_of_sum"):
        sign = " ×" if node.op.name == "rest_of_dot" else ""
        return f"Σ {node.params['last'] - node.params['first']}{sign}"
    if node.op.name in BLOCK_NAMES:
        return _block_glyph(tape, node, node.op)
    if node.op.name in _PRODUCTS:
        return _product_glyph(tape, node)
    numbers = [is_hidden(tape[id]) for id in node.inputs]
    if any(numbers) and node.op.elementwise and not node.op.variadic:
        parts = [
            literal(tape[id].value.item()) if plain else _BLANK
            for id, plain in zip(node.inputs, numbers, strict=True)
        ]
        return typeset(node.op.output, dict(zip(node.op.arguments, parts, strict=True))).text
    return GLYPHS.get(node.op.name, node.op.name)


def _product_glyph(tape: Tape, node: Node) -> str:
    """Return a layer's product with its own input and weights, and the bias if it has one."""
    usual = ("x", "W", "b")
    names = [text_name(tape[id].name) or usual[slot] for slot, id in enumerate(node.inputs)]
    if len(names) == 2:
        return f"{names[0]} {names[1]}ᵀ"
    return f"{names[0]} @ {names[1]}ᵀ + {names[2]}"


def _block_glyph(tape: Tape, node: Node, op: Op) -> str:
    """Return what a whole layer or line computes, with its inputs' names where that is short."""
    parts = {}
    for name, id in zip(op.arguments, node.inputs, strict=True):
        source = tape[id]
        plain = is_hidden(source)
        parts[name] = (
            literal(source.value.item())
            if plain
            else Part(source.name, text_name(source.name) or "( )")
        )
    arrays = [tape[id].value.ndim > 0 for id in node.inputs]
    scalars = [name for name, many in zip(op.arguments, arrays, strict=True) if not many]
    times = r"\odot" if any(arrays) else r"\cdot"
    whole = op.named or op.output
    for rule in (whole, _without_products(whole)):
        text = typeset(rule, parts, times=times, scalars=scalars).text
        if len(text) <= _LONGEST_BLOCK:
            return text
    text = f"f({', '.join(dict.fromkeys(part.text for part in parts.values()))})"
    return text if len(text) <= _LONGEST_BLOCK + 2 else "f(…)"


def _without_products(expression: Expression) -> Expression:
    """Return an expression with … for the products of matrices: ReLU(…) ⊙ m."""
    match expression:
        case Binary(operator="@") | Binary(operator="+", left=Binary(operator="@")):
            return Name("…")
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, _without_products(left), _without_products(right))
        case Negative(operand=operand):
            return Negative(_without_products(operand))
        case Call(function=function, arguments=arguments):
            return Call(function, tuple(map(_without_products, arguments)))
    return expression


def label(tape: Tape, symbols: Symbols, id: int) -> str:
    """Return a node's heading, such as `z = +`, shortened if it is very long."""
    node = tape[id]
    sign = glyph(tape, node)
    text = f"{symbols.text(id)} = {sign}" if sign else symbols.text(id)
    wide = node.op is not None and node.op.name in _WIDE
    if len(text) <= _LONGEST or wide:
        return text
    name = symbols.text(id)
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def slope_sign(symbols: Symbols, output: int) -> str:
    """Return what stands before a gradient: `∂L`, or with the letter that the loss has."""
    return f"∂{symbols.text(output)[:1] or 'L'}"
