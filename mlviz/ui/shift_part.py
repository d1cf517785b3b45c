"""A test set from another distribution: how its inputs are moved, and where they come to lie."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mlviz.autograd import Array
from mlviz.document.data_file import DataInfo
from mlviz.document.schema import DataTable
from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.picture.predictions import is_picture
from mlviz.ui.class_marks import class_colour, mark
from mlviz.ui.session import Session
from mlviz.ui.slide_field import SlideField
from mlviz.ui.strokes import hairline, pen
from mlviz.ui.theme import blend
from mlviz.ui.widgets import Panel

SHIFTS: Mapping[str, tuple[tuple[float, float], float]] = MappingProxyType(
    {
        "test_shift": ((-3.0, 3.0), 0.05),
        "test_scale": ((0.0, 3.0), 0.05),
        "test_rotate": ((-180.0, 180.0), 5.0),
        "test_noise": ((0.0, 2.0), 0.05),
    }
)
"""What can be done to test inputs: what the slider reaches, and its steps."""
_LABELS = {
    "test_shift": Message("data.test_shift"),
    "test_scale": Message("data.test_scale"),
    "test_rotate": Message("data.test_rotate"),
    "test_noise": Message("data.test_noise"),
}
_TIPS = {
    "test_shift": Message("data.test_shift.tip"),
    "test_scale": Message("data.test_scale.tip"),
    "test_rotate": Message("data.test_rotate.tip"),
    "test_noise": Message("data.test_noise.tip"),
}
_HEIGHT = 170
_POINTS = 120  # of each part, at most
_RADIUS = 2.6
_PICTURES = 6


def places(info: DataInfo) -> tuple[Array, Array, Array] | None:
    """Return where examples lie: training rows, test rows as given, and test rows as they are.

    The first two inputs that are numbers, or one and the answer; None if no input is a number.
    """
    prepared = info.prepared
    numbers = np.flatnonzero(~prepared.is_switch)[:2]
    if not len(numbers):
        return None
    answers = prepared.data.targets.reshape(len(prepared.data), -1)[:, 0]

    def points(inputs: Array, rows: Array) -> Array:
        rows = rows[:: max(-(-len(rows) // _POINTS), 1)]
        up = inputs[rows, numbers[1]] if len(numbers) > 1 else answers[rows]
        return np.column_stack([inputs[rows, numbers[0]], up])

    split = info.split
    given = prepared.given.inputs
    return (
        points(prepared.data.inputs, split.train),
        points(np.where(np.isnan(given), prepared.data.inputs, given), split.test),
        points(prepared.data.inputs, split.test),
    )


class ShiftPicture(Panel):
    """The test rows over the training rows, each with a line from where it was given."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.info: DataInfo | None = None
        self._restyle()
        self._retranslate()

    def show_data(self, info: DataInfo) -> None:
        """Show other examples."""
        if info is not self.info:
            self.info = info
            self.update()

    def sizeHint(self) -> QSize:
        """Be flat: it is one part of a form."""
        return QSize(self.px(240), self.px(_HEIGHT))

    def _restyle(self) -> None:
        self.setFixedHeight(self.px(_HEIGHT))
        self.update()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("data.shift.picture")))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the points, or the pictures before and after."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, scale = self.session.theme, self.session.scale
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(hairline(theme.colour(Role.LINE)))
        painter.setBrush(theme.colour(Role.STAGE))
        painter.drawRoundedRect(frame, 6 * scale, 6 * scale)
        if self.info is not None:
            rim = 9 * scale
            inside = frame.adjusted(rim, rim, -rim, -rim)
            if is_picture(self.info.dataset.input_names):
                self._paint_pictures(painter, inside, self.info)
            else:
                self._paint_points(painter, inside, self.info)
        painter.end()

    def _paint_points(self, painter: QPainter, plane: QRectF, info: DataInfo) -> None:
        found = places(info)
        if found is None:
            return
        everything = np.concatenate(found)
        low, high = everything.min(axis=0), everything.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        train, given, moved = (
            [
                QPointF(plane.left() + x * plane.width(), plane.bottom() - y * plane.height())
                for x, y in ((part - low) / span).tolist()
            ]
            for part in found
        )
        theme, scale = self.session.theme, self.session.scale
        radius = _RADIUS * scale
        painter.setPen(Qt.PenStyle.NoPen)
        quiet = QColor(theme.colour(Role.MUTED))
        quiet.setAlphaF(0.45)
        painter.setBrush(quiet)
        for point in train:
            painter.drawEllipse(point, 0.7 * radius, 0.7 * radius)
        way = QColor(theme.colour(Role.MUTED))
        way.setAlphaF(0.5)
        painter.setPen(pen(way, scale))
        for start, end in zip(given, moved, strict=True):
            painter.drawLine(start, end)
        every = max(-(-len(info.split.test) // _POINTS), 1)
        kinds = info.dataset.targets[info.split.test[::every]] if info.classes else None
        painter.setBrush(theme.colour(Role.STAGE))
        for place, point in enumerate(moved):
            kind = 0 if kinds is None else int(kinds[place])
            colour = theme.colour(Role.POSITIVE) if kinds is None else class_colour(theme, kind)
            painter.setPen(pen(colour, 1.6 * scale))
            painter.translate(point)
            painter.drawPath(mark(kind, 1.25 * radius))
            painter.translate(-point)

    def _paint_pictures(self, painter: QPainter, plane: QRectF, info: DataInfo) -> None:
        """Paint a few pictures as they were given, and below them as they are."""
        theme, prepared = self.session.theme, info.prepared
        side = is_picture(info.dataset.input_names)
        rows = info.split.test[:_PICTURES]
        size = min(plane.width() / _PICTURES, plane.height() / 2)
        left = plane.center().x() - len(rows) * size / 2
        top = plane.center().y() - size
        ground, ink = theme.colour(Role.STAGE), theme.colour(Role.TEXT)
        most = max(float(prepared.given.inputs.max()), 1e-12)
        for line, inputs in enumerate((prepared.given.inputs, prepared.data.inputs)):
            for column, row in enumerate(rows.tolist()):
                image = QImage(side, side, QImage.Format.Format_RGB32)
                shares = np.clip(inputs[row] / most, 0, 1).tolist()
                for place, share in enumerate(shares):
                    image.setPixelColor(place % side, place // side, blend(ink, ground, share))
                box = QRectF(left + column * size, top + line * size, size, size)
                painter.drawImage(box.adjusted(2, 2, -2, -2), image)


class ShiftPart(Panel):
    """The fields of the shift with their picture; without test rows, how to get some.

    Attributes:
        fields: by name, as in the file.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.none_label, self.legend = QLabel(self), QLabel(self)
        for label in (self.none_label, self.legend):
            label.setProperty("kind", "muted")
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.picture = ShiftPicture(session, self)
        self.fields: dict[str, SlideField] = {
            name: SlideField(session, name, _LABELS[name], ends, step, _TIPS[name], self)
            for name, (ends, step) in SHIFTS.items()
        }
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self.none_label, *self.fields.values(), self.picture, self.legend):
            self._column.addWidget(part)
        self._restyle()
        self._retranslate()

    def show_data(self, data: DataTable, info: DataInfo) -> None:
        """Show how the test set of a recipe is shifted."""
        has_test = len(info.split.test) > 0
        has_numbers = not bool(info.prepared.is_switch.all())
        self.none_label.setVisible(not has_test)
        self.legend.setVisible(has_test and has_numbers)
        self.picture.setVisible(has_test and has_numbers)
        for name, field in self.fields.items():
            field.setVisible(has_test and has_numbers)
            field.show_number(getattr(data, name))
        self.picture.show_data(info)

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.none_label.setText(tr(Message("data.shift.no_test")))
        self.legend.setText(tr(Message("data.shift.legend")))

    def _restyle(self) -> None:
        self._column.setSpacing(self.px(6))
