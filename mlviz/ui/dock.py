"""A panel of the window: it can be hidden, moved, floated and put back."""

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QDockWidget, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.icons import icon
from mlviz.ui.session import Session
from mlviz.ui.turns import Turn
from mlviz.ui.widgets import Button


class Dock(QDockWidget):
    """A panel with a heading in small letters instead of a title bar.

    Args:
        session: the session.
        name: of the panel, for saving where it was.
        title: what its heading says.
        upright: put a narrow grip at the left side instead of a heading on top.
    """

    def __init__(
        self, session: Session, name: str, title: Message, *, upright: bool = False
    ) -> None:
        super().__init__()
        self.session = session
        self.setObjectName(name)
        self._title = title
        features = QDockWidget.DockWidgetFeature
        every = (
            features.DockWidgetClosable | features.DockWidgetMovable | features.DockWidgetFloatable
        )
        if upright:
            every |= features.DockWidgetVerticalTitleBar
        self.setFeatures(every)
        self._heading = Heading(self, upright)
        self.setTitleBarWidget(self._heading)
        session.language_changed.connect(self._on_language_changed)
        session.appearance_changed.connect(self._on_appearance_changed)
        self.visibilityChanged.connect(self._on_visibility_changed)
        self._on_language_changed()
        self._on_appearance_changed()

    def _on_language_changed(self) -> None:
        tr = self.session.tr
        title = tr(self._title)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._heading.say(
            title,
            tr(Message("ui.dock.float", title=title)),
            tr(Message("ui.dock.hide", title=title)),
        )

    def _on_appearance_changed(self) -> None:
        self._heading.restyle(self.session)

    def _on_visibility_changed(self, visible: bool) -> None:
        """Spare a view that is hidden, or behind another one's tab."""
        for turn in self.findChildren(Turn):
            turn.set_seen(visible)

    def toggle_floating(self) -> None:
        """Let it float, or put it back."""
        self.setFloating(not self.isFloating())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the buttons of the heading."""
        self._heading.show_buttons(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the buttons of the heading."""
        self._heading.show_buttons(False)
        super().leaveEvent(event)


class _QuietButton(Button):
    """A button that is only seen under the mouse or with the keyboard on it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("quiet", parent=parent)
        self.shown = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it if it is to be seen."""
        if self.shown or self.hasFocus():
            super().paintEvent(event)


class Heading(QWidget):
    """The heading of a panel, by which it is dragged."""

    def __init__(self, dock: Dock, upright: bool) -> None:
        super().__init__(dock)
        self._upright = upright
        self._grip = QColor()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("kind", "panel")
        self._label = QLabel(self)
        self._label.setProperty("kind", "heading")
        self._float = _QuietButton(self)
        self._float.clicked.connect(dock.toggle_floating)
        self._close = _QuietButton(self)
        self._close.clicked.connect(dock.close)
        row: QBoxLayout
        if upright:
            row = QVBoxLayout(self)
            row.addWidget(self._close)
            row.addWidget(self._float)
            row.addStretch()
            self._label.hide()
        else:
            row = QHBoxLayout(self)
            row.addWidget(self._label)
            row.addStretch()
            row.addWidget(self._float)
            row.addWidget(self._close)
        row.setSpacing(0)

    def say(self, title: str, float_text: str, hide_text: str) -> None:
        """Take other words."""
        self._label.setText(title.upper())
        for button, text in ((self._float, float_text), (self._close, hide_text)):
            button.setAccessibleName(text)
            button.setToolTip(text)

    def restyle(self, session: Session) -> None:
        """Take the session's theme and scale."""
        muted, scale = session.theme.colour(Role.MUTED), session.scale
        self._grip = session.theme.colour(Role.FAINT)
        for button, name in ((self._float, "panels"), (self._close, "close")):
            button.setIcon(icon(name, muted))
            size = round((11 if self._upright else 13) * scale)
            button.setIconSize(QSize(size, size))
            side = round((18 if self._upright else 22) * scale)
            button.setFixedSize(side, side)
        row = self.layout()
        assert row is not None
        if self._upright:
            margin = round(1 * scale)
            row.setContentsMargins(margin, round(4 * scale), margin, margin)
        else:
            row.setContentsMargins(
                round(20 * scale), round(9 * scale), round(8 * scale), round(1 * scale)
            )
        self.update()

    def show_buttons(self, shown: bool) -> None:
        """Show the buttons, or leave only the words."""
        for button in (self._float, self._close):
            button.shown = shown
            button.update()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the grip of an upright heading."""
        super().paintEvent(event)
        if self._upright and self._float.shown:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._grip)
            unit = self.width() / 20
            for row in range(-2, 3):
                for column in (-1, 1):
                    x = self.width() / 2 + column * 3 * unit
                    y = self.height() / 2 + row * 6 * unit
                    painter.drawEllipse(QPointF(x, y), unit, unit)
