"""Small widgets that several views are made of."""

from collections.abc import Iterable

from PySide6.QtCore import QMargins, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from mlviz.ui.session import Session


class Button(QToolButton):
    """A button that Return presses: Space plays the film wherever the keyboard is.

    Args:
        kind: what it looks like; see `stylesheet`.
        action: the action it stands for, if it has one.
    """

    def __init__(
        self, kind: str = "", action: QAction | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action is not None:
            self.setDefaultAction(action)
            self._name_after_action()
            action.changed.connect(self._name_after_action)

    def _name_after_action(self) -> None:
        self.setAccessibleName(self.defaultAction().text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press with Return."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Segment(QPushButton):
    """One of a row of choices; it has room for its text in bold, which it is in when chosen."""

    def sizeHint(self) -> QSize:
        """Return the size that it needs when it is chosen."""
        hint, font = super().sizeHint(), self.font()
        plain = QFontMetrics(font).horizontalAdvance(self.text())
        font.setBold(True)
        more = QFontMetrics(font).horizontalAdvance(self.text()) - plain
        return hint.grownBy(QMargins(0, 0, max(more, 0), 0))

    def minimumSizeHint(self) -> QSize:
        """Return the same: a part of a word says nothing."""
        return self.sizeHint()


def segments(well: QWidget, names: Iterable[str]) -> tuple[QButtonGroup, dict[str, QPushButton]]:
    """Lay a row of buttons into a well, of which one is checked; return them by name."""
    group = QButtonGroup(well)
    buttons: dict[str, QPushButton] = {}
    row = QHBoxLayout(well)
    for name in names:
        button = Segment(well)
        button.setProperty("kind", "segment")
        button.setCheckable(True)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        group.addButton(button)
        row.addWidget(button)
        buttons[name] = button
    return group, buttons


_MENU_MARK = " ▾"


class MenuButton(Button):
    """A button that opens its menu, with a triangle behind its text."""

    def __init__(self, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(kind, parent=parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setProperty("menu", True)
        self._whole = ""
        self._widest = 0

    def set_text(self, text: str) -> None:
        """Say something else; too long a text ends in an ellipsis."""
        self._whole = text
        self.setAccessibleName(text)
        self._cut()

    def set_widest(self, px: int) -> None:
        """Be no wider than this."""
        self._widest = px
        self._cut()

    def whole_width(self) -> int:
        """Return how wide the text is that it was given, px."""
        return self.fontMetrics().horizontalAdvance(self._whole)

    def text_width(self) -> int:
        """Return how wide the text is that it shows, px."""
        return self.fontMetrics().horizontalAdvance(self.text().removesuffix(_MENU_MARK))

    def _cut(self) -> None:
        text = self._whole
        if self._widest:
            elide = Qt.TextElideMode.ElideRight
            text = self.fontMetrics().elidedText(text, elide, self._widest)
        self.setText(f"{text}{_MENU_MARK}")


def choice_menu(button: MenuButton, values: Iterable[object]) -> QActionGroup:
    """Give a button a menu of values, of which one is checked; their names are said later."""
    menu = QMenu(button)
    group = QActionGroup(menu)
    for value in values:
        action = menu.addAction("")
        action.setCheckable(True)
        action.setData(value)
        group.addAction(action)
    button.setMenu(menu)
    return group


_FEWEST_LETTERS = 3


class ElidedLabel(QLabel):
    """A label that gives way: what does not fit ends in an ellipsis."""

    def __init__(self, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Shrink to a few letters."""
        width = self.fontMetrics().horizontalAdvance("mm…")
        return QSize(width, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Take what the whole text needs."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, super().sizeHint().height())

    def shown_text(self) -> str:
        """Return what is painted of the text."""
        side, whole = Qt.TextElideMode.ElideRight, self.text()
        text = self.fontMetrics().elidedText(whole, side, self.width())
        return text if text == whole or len(text) > _FEWEST_LETTERS else ""

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint what fits; a letter or two of many say nothing."""
        text = self.shown_text()
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), int(self.alignment()), text)


class Panel(QWidget):
    """A view's base: it knows the session, and what changes is repainted.

    Subclasses place their parts in `_retranslate`, `_restyle` and `_resizeEvent`.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        session.language_changed.connect(self._retranslate)
        session.appearance_changed.connect(self._restyle)

    def px(self, length: float) -> int:
        """Return a length of the design in px at the current scale."""
        return round(length * self.session.scale)

    def _retranslate(self) -> None:
        """Say everything in the session's language."""

    def _restyle(self) -> None:
        """Take the session's theme and scale."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Put every part where it belongs at the current size."""
