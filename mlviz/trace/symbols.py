"""What each node is called: in text, `w₁`, and in TeX, `w_{1}`.

Names are written in plain letters where they are given (`w1`, `net_h1`, `z^2_1`): digits at
the end and what follows an underscore are subscripts, what follows `^` is the number of a layer and
stands above in brackets, so that z⁽²⁾ is not read as a square.
Results that nobody named are v₁, v₂, …, the usual letters for intermediate values; where something
is called v already, they have another letter.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from mlviz.autograd import Node, Tape

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_GREEK = {
    name: (letter, rf"\{name}")
    for name, letter in {
        "alpha": "α",
        "beta": "β",
        "gamma": "γ",
        "delta": "δ",
        "epsilon": "ε",
        "eta": "η",
        "theta": "θ",
        "lambda": "λ",
        "mu": "μ",
        "rho": "ρ",
        "sigma": "σ",
        "tau": "τ",
        "phi": "φ",
        "omega": "ω",
    }.items()
}
_LETTERS = "vqrsnc"
_PARTS = re.compile(
    r"(?P<base>[^\W\d_]+?)(?P<digits>\d*)(?:\^(?P<super>\w+?))?(?:_(?P<sub>[\w,]+))?$"
)


@dataclass(frozen=True, slots=True)
class _Split:
    base: str
    sub: str
    superscript: str
    hat: bool


def _split(name: str) -> _Split | None:
    """Take a name apart, or None if it has no such form and is shown as it is."""
    match = _PARTS.match(name)
    if match is None:
        return None
    base = match["base"]
    sub = ",".join(part for part in (match["digits"], match["sub"]) if part)
    hat = base.endswith("hat") and len(base) > 3
    return _Split(base[:-3] if hat else base, sub, match["super"] or "", hat)


@lru_cache(maxsize=16384)
def text_name(name: str) -> str:
    """Return `name` for a label: `w1` becomes `w₁`, `z^2_1` becomes `z⁽²⁾₁`."""
    parts = _split(name)
    if parts is None:
        return name
    base = _GREEK[parts.base][0] if parts.base in _GREEK else parts.base
    if parts.hat:
        base += "\N{COMBINING CIRCUMFLEX ACCENT}"
        base = "ŷ" if parts.base == "y" else base
    sub, superscript = parts.sub, parts.superscript
    if re.fullmatch(r"[\d,]*", sub):
        shown = sub.translate(_SUBSCRIPT)
    else:
        shown = "_" + sub.replace(",", "")
    raised = f"⁽{superscript.translate(_SUPERSCRIPT)}⁾" if superscript else ""
    return base + raised + shown


def tex_name(name: str) -> str:
    """Return `name` in TeX: one letter is italic, a word upright."""
    parts = _split(name)
    if parts is None:
        return rf"\mathrm{{{_escaped(name)}}}"
    if parts.base in _GREEK:
        base = _GREEK[parts.base][1]
    elif len(parts.base) == 1:
        base = parts.base
    else:
        base = rf"\mathrm{{{_escaped(parts.base)}}}"
    if parts.hat:
        base = rf"\hat{{{base}}}"
    superscript = f"^{{({parts.superscript})}}" if parts.superscript else ""
    sub = f"_{{{_escaped(parts.sub)}}}" if parts.sub else ""
    return base + superscript + sub


def _escaped(text: str) -> str:
    return re.sub(r"([_#%&$])", r"\\\1", text)


def part_name(node: Node, index: tuple[int, ...]) -> str:
    """Return the name of one entry of a tensor node, `W^1` at (0, 1) being `w^1_12`.

    Axes of size 1 are left out: with one example in the batch, z^1 has z^1_1 and z^1_2.
    """
    if node.parts:
        flat = 0
        for position, size in zip(index, node.value.shape, strict=True):
            flat = flat * size + position
        return node.parts[flat]
    if not node.name or not index:
        return node.name
    counted = [
        position + 1 for position, size in zip(index, node.value.shape, strict=True) if size > 1
    ]
    if not counted:
        return _lower(node.name)
    joint = "" if all(size < 10 for size in node.value.shape) else ","
    mark = "_" if "_" not in node.name else ","
    return _lower(node.name) + mark + joint.join(map(str, counted))


def _lower(name: str) -> str:
    """Matrices are capital letters, their entries small ones."""
    return name[0].lower() + name[1:] if len(name) == 1 or not name[1].isalpha() else name


class Symbols:
    """The symbol of every node of a tape."""

    def __init__(self, tape: Tape) -> None:
        bases = {part.base.lower() for node in tape if (part := _split(node.name)) is not None}
        letter = next((one for one in _LETTERS if one not in bases), _LETTERS[0])
        taken = {node.name for node in tape if node.name}
        self._names: list[str] = []
        count = 0
        for node in tape:
            name = node.name
            if not name and not (node.role == "constant" and node.value.size == 1):
                count += 1
                while f"{letter}{count}" in taken:
                    count += 1
                name = f"{letter}{count}"
            self._names.append(name)

    def name(self, id: int) -> str:
        """Return the plain name; empty for a constant that is its own number."""
        return self._names[id]

    def text(self, id: int) -> str:
        """Return the symbol for a label, such as `w₁`."""
        return text_name(self._names[id])

    def tex(self, id: int) -> str:
        """Return the symbol in TeX, such as `w_{1}`."""
        return tex_name(self._names[id])
