"""Words broken into lines of a given width."""

from PySide6.QtGui import QFont, QTextLayout, QTextOption

_KEPT = 512
_known: dict[tuple[str, str, float], list[str]] = {}


def wrapped(text: str, font: QFont, width: float) -> list[str]:
    """Return the lines of a text; Chinese breaks between characters, a long word anywhere."""
    key = text, font.key(), width
    lines = _known.get(key)
    if lines is None:
        if len(_known) >= _KEPT:
            _known.clear()
        lines = _known[key] = _broken(text, font, width)
    return list(lines)


def _broken(text: str, font: QFont, width: float) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        layout = QTextLayout(paragraph, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        while True:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            start, length = line.textStart(), line.textLength()
            lines.append(paragraph[start : start + length].rstrip())
        layout.endLayout()
    return lines
