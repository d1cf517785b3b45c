r"""Formulas: TeX with roles, typeset by mathra and painted by Qt, sharp at every size.

A part of a formula has a colour by `\role{upstream}{…}`. Typesetting gives a drawing measured in
em, which is kept; what is kept as pixels is one image per size on screen.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter
from PySide6.QtSvg import QSvgRenderer

from mlviz.picture.items import Role
from mlviz.ui.fonts import number_font, text_width
from mlviz.ui.strange_letters import with_strange_letters
from mlviz.ui.tex import bold_figures, spaced_rows
from mlviz.ui.theme import Theme

FORMULA_ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "upstream": Role.BACKWARD,
        "local": Role.POSITIVE,
        "downstream": Role.TEXT,
        "gradient": Role.BACKWARD,
        "value": Role.POSITIVE,
    }
)
"""What the parts of a formula are called, besides the names of the roles themselves."""

_ROLE = re.compile(r"\\role\{([^{}]*)\}")
_VIEW_BOX = re.compile(r'viewBox="([^"]+)"')
# QtSvg complains of these, or would paint them; none of them is visible.
_UNSEEN = re.compile(r"<(metadata|style|title|text)\b.*?</\1>", re.DOTALL)
_SIZE = re.compile(r' (?:width|height)="[\d.]+em"')
_LANGUAGES = {"zh_CN": "zh"}
_MARGIN = 2
"""Device px around an image: an italic letter leans out of its box."""
_LINE_GAP = 0.25
"""Em of free space from which on there are two lines."""
_FALLBACK_SIZE = 0.9
_FALLBACK_PX = 100


@dataclass(frozen=True, eq=False)
class Typeset:
    """A formula, ready to be painted.

    Attributes:
        tex: what it was made from, roles included.
        size: px of the main letters.
        width: px.
        ascent: px above the baseline.
        descent: px below the baseline.
        drawing: the shapes, in em; None if only the text can be shown.
        role: of what has no colour of its own.
        theme: where its colours come from.
    """

    tex: str
    size: float
    width: float
    ascent: float
    descent: float
    drawing: "Drawing | None"
    role: Role
    theme: Theme

    @property
    def height(self) -> float:
        """Px from the highest to the lowest point."""
        return self.ascent + self.descent

    def draw(self, painter: QPainter, x: float, baseline: float) -> None:
        """Paint it with its left end at `x` and its baseline at `baseline`."""
        if self.drawing is None:
            self._draw_text(painter, x, baseline)
        else:
            self.drawing.draw(painter, x, baseline - self.ascent, self.size)

    def prepare(self, ratio: float) -> None:
        """Make what is painted at its own size, with so many px of the device for one."""
        if self.drawing is not None:
            self.drawing.prepare(self.size * ratio)

    def bands(self, ratio: float) -> list[tuple[float, float]]:
        """Return where its lines begin and end below its top, px: free space is between them."""
        if self.drawing is None:
            return [(0.0, self.height)]
        return [(top / ratio, end / ratio) for top, end in self.drawing.bands(self.size * ratio)]

    def draw_at_top(self, painter: QPainter, x: float, top: float) -> None:
        """Paint it with its left upper corner at a point."""
        self.draw(painter, x, top + self.ascent)

    def _draw_text(self, painter: QPainter, x: float, baseline: float) -> None:
        painter.save()
        painter.setPen(self.theme.colour(self.role))
        painter.setFont(number_font(_FALLBACK_PX))
        painter.translate(x, baseline)
        factor = self.size * _FALLBACK_SIZE / _FALLBACK_PX
        painter.scale(factor, factor)
        painter.drawText(QPointF(0, 0), plain(self.tex))
        painter.restore()


class Drawing:
    """The shapes of one formula, and its images at the sizes that were asked for.

    Attributes:
        width: em.
        height: em.
        ascent: em above the baseline.
    """

    _KEPT = 4

    def __init__(self, svg: str) -> None:
        found = _VIEW_BOX.search(svg)
        if found is None:
            raise ValueError("the drawing has no size")
        _, top, width, height = (float(number) / 1000 for number in found[1].split())
        self.width, self.height, self.ascent = width, height, -top
        self._renderer = QSvgRenderer(QByteArray(svg.encode()))
        if not self._renderer.isValid():
            raise ValueError("the drawing cannot be read")
        self._images: dict[float, QImage] = {}

    def draw(self, painter: QPainter, x: float, y: float, em: float) -> None:
        """Paint it with its left upper corner at a point, `em` px for one em."""
        transform = painter.worldTransform()
        on_pixels = painter.paintEngine().type() == QPaintEngine.Type.Raster
        if not on_pixels or transform.isRotating():
            self._renderer.render(painter, QRectF(x, y, self.width * em, self.height * em))
            return
        # One image per size, put on whole device px: much faster than shapes, and as sharp.
        ratio = painter.device().devicePixelRatio()
        image = self._image(em * transform.m11() * ratio)
        image.setDevicePixelRatio(ratio)
        corner = transform.map(QPointF(x, y)) * ratio
        left, top = round(corner.x()) - _MARGIN, round(corner.y()) - _MARGIN
        painter.resetTransform()
        painter.drawImage(QPointF(left / ratio, top / ratio), image)
        painter.setWorldTransform(transform)

    def prepare(self, em: float) -> None:
        """Make the image that is painted with `em` px of the device for one em."""
        self._image(em)

    def bands(self, em: float) -> list[tuple[float, float]]:
        """Return where lines begin and end, px of the device; a fraction is no two lines."""
        image = self._image(em)
        shades = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), -1)
        rows = np.flatnonzero(shades.any(axis=1))
        if not rows.size:
            return []
        ends = np.flatnonzero(np.diff(rows) > _LINE_GAP * em)
        tops, bottoms = rows[np.append(0, ends + 1)], rows[np.append(ends, -1)]
        return [
            (top - _MARGIN, end + 1.0 - _MARGIN) for top, end in zip(tops, bottoms, strict=True)
        ]

    def _image(self, em: float) -> QImage:
        key = round(em, 2)
        image = self._images.get(key)
        if image is None:
            width, height = self.width * em, self.height * em
            image = QImage(
                int(width) + 1 + 2 * _MARGIN,
                int(height) + 1 + 2 * _MARGIN,
                QImage.Format.Format_ARGB32_Premultiplied,
            )
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._renderer.render(painter, QRectF(_MARGIN, _MARGIN, width, height))
            painter.end()
            while len(self._images) >= self._KEPT:
                del self._images[next(iter(self._images))]
            self._images[key] = image
        return image


def coloured(tex: str, theme: Theme, role: Role = Role.TEXT) -> str:
    r"""Return TeX in which every `\role{name}` has become the colour of that role.

    A name that is not known takes the colour of `role`. The braces of the part itself stay, so
    parts within parts are no special case.
    """
    return _ROLE.sub(lambda found: _textcolor(found[1], theme, role), tex)


def _textcolor(name: str, theme: Theme, role: Role) -> str:
    known = FORMULA_ROLES.get(name)
    if known is None:
        known = Role(name) if name in set(Role) else role
    return rf"\textcolor{{{theme.colour(known).name()}}}"


def plain(tex: str) -> str:
    """Return the formula without its roles, for where it cannot be typeset."""
    return _ROLE.sub("", tex)


@lru_cache(maxsize=512)
def _drawing(tex: str, colour: str) -> Drawing | None:
    """Return the shapes of a formula in which all colours are set, or None."""
    try:
        svg = with_strange_letters(_svg(bold_figures(spaced_rows(tex, _depth))))
        svg = _SIZE.sub("", _UNSEEN.sub("", svg), count=2)
        return Drawing(svg.replace("currentColor", colour))
    except Exception:  # a formula that cannot be drawn must not take the window with it
        return None


@lru_cache(maxsize=1024)
def _depth(tex: str) -> float:
    found = _VIEW_BOX.search(_svg(tex))
    if found is None:
        return 0.0
    _, top, _, height = (float(number) / 1000 for number in found[1].split())
    return top + height


@lru_cache(maxsize=64)
def _svg(tex: str) -> str:
    import mathra

    return str(mathra.tex_to_svg(tex, "en"))


def prepared(tex: str, theme: Theme, role: Role = Role.TEXT) -> Iterator[None]:
    """Make ready a formula that will be typeset, step by step."""
    whole = coloured(tex, theme, role)
    parts: list[str] = []

    def collected(part: str) -> float:
        parts.append(part)
        return 0.0

    spaced_rows(whole, collected)
    try:
        for part in parts:
            _depth(part)
            yield
        _svg(bold_figures(spaced_rows(whole, _depth)))
        yield
    except ValueError:  # it is shown as a text
        return
    typeset(tex, 1.0, theme, role)


def _render(tex: str, locale: str) -> dict[str, Any]:
    import mathra

    return dict(mathra.render(tex, locale))


@lru_cache(maxsize=1024)
def _drawing_in(tex: str, role: Role, theme: Theme) -> Drawing | None:
    """Return the shapes of a formula, whatever its size will be."""
    return _drawing(coloured(tex, theme, role), theme.colour(role).name())


@lru_cache(maxsize=1024)
def _typeset(tex: str, size: float, role: Role, theme: Theme) -> Typeset:
    drawing = _drawing_in(tex, role, theme)
    if drawing is None:
        factor = size * _FALLBACK_SIZE / _FALLBACK_PX
        width = text_width(plain(tex), "number", _FALLBACK_PX, False) * factor
        return Typeset(tex, size, width, 0.75 * size, 0.25 * size, None, role, theme)
    ascent = drawing.ascent * size
    descent = drawing.height * size - ascent
    return Typeset(tex, size, drawing.width * size, ascent, descent, drawing, role, theme)


def typeset(tex: str, size: float, theme: Theme, role: Role = Role.TEXT) -> Typeset:
    r"""Return a formula with its measures.

    Args:
        tex: TeX, with `\role{name}{…}` around what has a colour of its own.
        size: px of the main letters.
        theme: where the colours come from.
        role: of everything else.
    """
    return _typeset(tex, size, role, theme)


_FIGURES = str.maketrans("123456789", "000000000")


def width(tex: str, size: float, theme: Theme, role: Role = Role.TEXT) -> float:
    """Return about how wide a formula is, px; figures all have one width, so many share theirs."""
    return _width(tex.translate(_FIGURES), role, theme) * size


@lru_cache(maxsize=8192)
def _width(tex: str, role: Role, theme: Theme) -> float:
    """Return how wide a formula is, em; nothing is drawn for it."""
    try:
        found = _VIEW_BOX.search(
            _svg(bold_figures(spaced_rows(coloured(tex, theme, role), _depth)))
        )
    except ValueError:
        found = None
    return float(found[1].split()[2]) / 1000 if found else _typeset(tex, 1.0, role, theme).width


@lru_cache(maxsize=512)
def speech(tex: str, language: str) -> str:
    """Return the formula as it is read aloud, for people who cannot see it."""
    try:
        spoken: str = _render(plain(tex), _LANGUAGES.get(language, language))["speech"]
    except Exception:  # as above; the source is better than silence
        return plain(tex)
    return spoken or plain(tex)
