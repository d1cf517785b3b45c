"""What the marks of the region view mean: in rows, as many as the width needs."""

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.picture.items import Role
from mlviz.picture.outcome import PART_NAMES, PARTS
from mlviz.picture.region_scene import RegionScene
from mlviz.ui.class_marks import class_colour
from mlviz.ui.fonts import ui_font
from mlviz.ui.region_paint import RADIUS, number_colour, paint_mark
from mlviz.ui.session import Session
from mlviz.ui.strokes import pen
from mlviz.ui.widgets import Panel

_ROW, _GAP, _SAMPLE = 19.0, 14.0, 20.0
_SIZE = 11.5
_SCALE = 70.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A mark and what it means.

    Attributes:
        mark: `class`, `part`, `ring`, `line`, `curve`, `true`, `other` or `scale`.
        text: what it means.
        number: of the class or the part.
        scale: the answers at both ends of the colours.
        outlined: whether marks have an outline, as they do on their own colours.
    """

    mark: str
    text: Message | str
    number: int = 0
    scale: tuple[float, float] = (-1.0, 1.0)
    outlined: bool = False


def entries_of(scene: RegionScene, residuals: bool) -> tuple[Entry, ...]:
    """Return the marks that are in a scene."""
    found = [Entry("class", name, kind) for kind, name in enumerate(scene.classes)]
    parts = part_entries(scene.parts, outlined=scene.kind == "numbers")
    if len(parts) > 1 or not scene.classes:
        found += parts
    if scene.wrong.any():
        found.append(Entry("ring", Message("region.legend.wrong")))
    if scene.kind == "numbers":
        low, high = (format_number(end, 3) for end in scene.scale)
        text = f"{scene.target}: {low} … {high}"
        found.append(Entry("scale", text, scale=scene.scale))
    if scene.kind == "curve" and (not scene.classes or len(scene.classes) == 2):
        found.append(Entry("curve", Message("region.legend.curve")))
    if scene.truth is not None:
        found.append(Entry("true", Message("region.legend.true")))
    if scene.other_curve is not None or len(scene.other_lines):
        found.append(Entry("other", Message("region.legend.other")))
    if residuals and scene.kind == "curve" and not scene.classes:
        found.append(Entry("residual", Message("region.legend.residual")))
    return tuple(found)


def part_entries(parts: Array, *, outlined: bool = False) -> tuple[Entry, ...]:
    """Return the marks of the parts that examples belong to."""
    return tuple(
        Entry("part", PART_NAMES[PARTS[part]], part, outlined=outlined)
        for part in sorted(set(parts.tolist()))
    )


class RegionLegend(Panel):
    """Paints the entries one after the other."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "panel")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show other entries."""
        if entries != self._entries:
            self._entries = entries
            self._fit()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown."""
        return self._entries

    def _places(self) -> tuple[list[QPointF], int]:
        """Return where each entry begins, and how many rows there are."""
        unit = self.session.scale
        metrics = QFontMetricsF(ui_font(_SIZE * unit))
        x, row, places = 0.0, 0, []
        for entry in self._entries:
            width = self._sample(entry) * unit
            width += metrics.horizontalAdvance(self.session.tr(entry.text)) + _GAP * unit
            if x and x + width > self.width():
                x, row = 0.0, row + 1
            places.append(QPointF(x, row * _ROW * unit))
            x += width
        return places, row + 1 if self._entries else 0

    def _sample(self, entry: Entry) -> float:
        return _SCALE + 6 if entry.mark == "scale" else _SAMPLE + 6 if len(entry.mark) > 5 else 16.0

    def _fit(self) -> None:
        height = round(self._places()[1] * _ROW * self.session.scale)
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)
        self.setAccessibleDescription(
            ", ".join(self.session.tr(entry.text) for entry in self._entries)
        )
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out anew."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Ask for the rows."""
        return QSize(self.px(200), self.height())

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("region.legend")))
        self._fit()

    def _restyle(self) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entries."""
        session, unit = self.session, self.session.scale
        theme = session.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(Role.PANEL))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = _ROW * unit
        for entry, place in zip(self._entries, self._places()[0], strict=True):
            painter.save()
            painter.translate(place.x(), place.y() + height / 2)
            self._paint_sample(painter, entry, unit)
            painter.restore()
            painter.setFont(ui_font(_SIZE * unit))
            painter.setPen(theme.colour(Role.TEXT))
            left = place.x() + self._sample(entry) * unit
            box = QRectF(left, place.y(), self.width() - left, height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), session.tr(entry.text))
        painter.end()

    def _paint_sample(self, painter: QPainter, entry: Entry, unit: float) -> None:
        theme = self.session.theme
        middle = QPointF(7 * unit, 0)
        line = QLineF(0, 0, _SAMPLE * unit, 0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        match entry.mark:
            case "class" | "part":
                painter.translate(middle)
                is_class = entry.mark == "class"
                kind = entry.number if is_class else 0
                colour = class_colour(theme, kind) if is_class else theme.colour(Role.MUTED)
                part = 0 if is_class else entry.number
                if entry.outlined:
                    colour = theme.colour(Role.PANEL)
                paint_mark(
                    painter, theme, kind, part, RADIUS * unit, colour, outlined=entry.outlined
                )
            case "ring":
                painter.setPen(pen(theme.colour(Role.TEXT), 1.5 * unit))
                painter.drawEllipse(middle, 6 * unit, 6 * unit)
            case "curve":
                painter.setPen(pen(theme.colour(Role.FORWARD), 2.4 * unit))
                painter.drawLine(QLineF(0, 0, 13 * unit, 0))
            case "true":
                painter.setPen(pen(theme.colour(Role.MUTED), 1.6 * unit, dashed=True))
                painter.drawLine(QLineF(0, 0, 13 * unit, 0))
            case "other":
                painter.setPen(pen(theme.colour(Role.TEXT), 1.8 * unit, dashed=True))
                painter.drawLine(QLineF(0, 0, 13 * unit, 0))
            case "residual":
                painter.setPen(pen(theme.colour(Role.BAD), 1.4 * unit))
                painter.drawLine(line)
            case "scale":
                shades = QLinearGradient(0, 0, _SCALE * unit, 0)
                low, high = entry.scale
                for step in range(9):
                    value = low + (high - low) * step / 8
                    shades.setColorAt(step / 8, number_colour(theme, entry.scale, value))
                painter.setPen(pen(theme.colour(Role.LINE), 1))
                painter.setBrush(shades)
                painter.drawRect(QRectF(0, -5 * unit, _SCALE * unit, 10 * unit))
