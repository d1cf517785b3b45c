"""The bar on top: what is open, what is minimized, at which magnification, and the menus."""

import re

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QWidget,
)

from mlviz.document.examples import examples
from mlviz.i18n import LANGUAGES, Message
from mlviz.picture.items import Role
from mlviz.ui.actions import Actions
from mlviz.ui.face_switch import FaceSwitch
from mlviz.ui.fact import Fact
from mlviz.ui.fonts import BASE_PX, ui_font
from mlviz.ui.icons import icon
from mlviz.ui.inside import LEVEL_NAMES
from mlviz.ui.session import Session
from mlviz.ui.theme_names import THEME_NAMES
from mlviz.ui.widgets import Button, MenuButton, Panel, segments

_HEIGHT = 52
_LEVELS = tuple(LEVEL_NAMES.items())
_SHORT = {"en": "EN", "zh_CN": "中文"}

_LONGEST_TITLE, _TITLE = 320, 104
"""Px of the title of an example, at most and at least."""
_WIDE = 1100
"""A narrower bar, px at scale 1, is set closely."""
_SETTINGS = re.compile(r"(, |，)")
_FACTS = 860
"""From this width on, px at scale 1, there is room for loss and optimizer."""


class TopBar(Panel):
    """The bar on top.

    Args:
        session: the session.
        actions: the window's actions.
        view_menu: the menu of panels and looks.
    """

    def __init__(
        self, session: Session, actions: Actions, view_menu: QMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, parent)
        self.setProperty("kind", "bar")
        self._actions = actions
        self.brand = QLabel("MLViz", self)
        self.brand.setProperty("kind", "brand")
        self.chooser = MenuButton("", self)
        self._examples = QMenu(self.chooser)
        self._examples.aboutToShow.connect(self._fill_examples)
        self._examples.triggered.connect(self._on_example_chosen)
        self.chooser.setMenu(self._examples)
        self.loss = Fact(session, self)
        self.optimizer = Fact(session, self)
        self.levels = LevelSwitch(session, self)
        self.faces = FaceSwitch(session, self)
        self.open_button = Button("plain", actions["open"], self)
        self.open_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.view_button = MenuButton("plain", self)
        self.view_button.setMenu(view_menu)
        self.lecture_button = Button("primary", actions["lecture"], self)
        self.lecture_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.theme_button = Button("plain", parent=self)
        self.theme_button.clicked.connect(self._on_theme_clicked)
        self.language_button = MenuButton("plain", self)
        self.language_button.setMenu(language_menu(session, self.language_button))
        self.help_button = Button("plain", actions["keys"], self)
        self.help_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

        row = QHBoxLayout(self)
        for widget in self._left():
            row.addWidget(widget)
        row.addStretch(1)
        self._buttons = QHBoxLayout()
        for widget in self._right():
            self._buttons.addWidget(widget)
        row.addLayout(self._buttons)
        session.document_changed.connect(self._on_document_changed)
        session.face_changed.connect(self._on_document_changed)
        self._restyle()
        self._retranslate()

    def _left(self) -> tuple[QWidget, ...]:
        return self.brand, self.chooser, self.faces, self.loss, self.optimizer, self.levels

    def _right(self) -> tuple[QWidget, ...]:
        return (
            self.open_button,
            self.view_button,
            self.lecture_button,
            self.theme_button,
            self.language_button,
            self.help_button,
        )

    def _fill_examples(self) -> None:
        menu = self._examples
        menu.clear()
        for inside in menu.findChildren(QMenu):
            inside.deleteLater()
        menu.addAction(self._actions["gallery"])
        menu.addSeparator()
        themes = {
            name: menu.addMenu(self.session.tr(THEME_NAMES[name]))
            for name in dict.fromkeys(example.theme for example in examples())
            if name in THEME_NAMES
        }
        for example in examples():
            inside = themes.get(example.theme, menu)
            action = inside.addAction(example.title.in_language(self.session.language))
            action.setCheckable(True)
            action.setChecked(example.path == self.session.document.path)
            action.setData(str(example.path))
        menu.addSeparator()
        for name in ("open", "save", "save_as"):
            menu.addAction(self._actions[name])
        menu.addSeparator()
        menu.addAction(self._actions["quit"])

    def _on_example_chosen(self, action: QAction) -> None:
        if action.data():
            self.session.open(action.data())

    def _on_document_changed(self) -> None:
        tr, document = self.session.tr, self.session.document
        title = document.title.in_language(self.session.language)
        self.chooser.set_text(title)
        self.chooser.setAccessibleName(tr(Message("ui.bar.document", title=title)))
        self.loss.say(Message("ui.bar.loss"), document.loss, Message("ui.bar.loss_tip"))
        optimizer = document.optimizer
        if optimizer is not None:
            tip = Message("ui.bar.optimizer_tip")
            self.optimizer.say(Message("ui.bar.optimizer"), optimizer, tip)
        self._make_room()

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("ui.bar")))
        self.chooser.setToolTip(tr(Message("ui.bar.document_tip")))
        self.view_button.set_text(tr(Message("ui.bar.view")))
        self.view_button.setToolTip(tr(Message("ui.bar.view_tip")))
        language = LANGUAGES[self.session.language]
        self.language_button.set_text(_SHORT[self.session.language])
        self.language_button.setAccessibleName(tr(Message("ui.bar.language", language=language)))
        self.language_button.setToolTip(tr(Message("ui.bar.language", language=language)))
        self._name_theme_button()
        self._on_document_changed()
        self._make_room()

    def _name_theme_button(self) -> None:
        dark = self.session.theme.dark
        words = Message("ui.bar.to_light") if dark else Message("ui.bar.to_dark")
        self.theme_button.setAccessibleName(self.session.tr(words))
        self.theme_button.setToolTip(self.session.tr(words))

    def _on_theme_clicked(self) -> None:
        self.session.set_theme("light" if self.session.theme.dark else "dark")

    def _restyle(self) -> None:
        theme = self.session.theme
        name = "theme-light" if theme.dark else "theme-dark"
        self.theme_button.setIcon(icon(name, theme.colour(Role.TEXT)))
        for button in (self.theme_button, self.help_button):
            button.setIconSize(QSize(self.px(18), self.px(18)))
        self.setFixedHeight(self.px(_HEIGHT))
        row = self.layout()
        assert row is not None
        row.setContentsMargins(self.px(20), self.px(10), self.px(10), self.px(10))
        row.setSpacing(self.px(10))
        self._buttons.setSpacing(self.px(4))
        self._name_theme_button()
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what can be missed where there is little room."""
        super().resizeEvent(event)
        self._make_room()

    def event(self, event: QEvent) -> bool:
        """See anew what there is room for when a part needs more or less of it."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return done

    def _make_room(self) -> None:
        width = self.width() / self.session.scale
        self.levels.caption.setVisible(width >= 1560)
        self.levels.set_narrow(width < _WIDE)
        self.faces.set_narrow(width < _WIDE)
        self.brand.setVisible(width >= _WIDE)
        self.optimizer.caption.setVisible(width >= 1560)
        # In the lab they can be changed, so they stand elsewhere; in a few letters the loss and
        # the optimizer say nothing.
        in_film = self.session.face == "film"
        self.levels.setVisible(in_film)
        self.loss.setVisible(in_film and width >= _FACTS)
        known = self.session.document.optimizer is not None
        self.optimizer.setVisible(in_film and known and width >= _FACTS)
        lecture = self._actions["lecture"].text()
        self.lecture_button.setText(f"{lecture}  F5" if width >= 1200 else lecture)
        self._share_room()

    def _share_room(self) -> None:
        """Let the settings of the optimizer give way first, then the title, at last the loss.

        Which loss it is, ½ or not and mean or sum, must be read, and is said nowhere else.
        Nothing is changed in order to measure it, or the bar would be laid out for ever.
        """
        loss, optimizer, px = self.loss, self.optimizer, self.px
        # What gives way last is in a menu too: of the examples, of the view.
        missed = (self.open_button, self.theme_button, self.language_button)
        room = self.width() - self._least_width(missed) + self.chooser.text_width()
        value = caption = facts = brief = 0
        if not loss.isHidden():
            room += loss.sizeHint().width()
            value, caption = loss.value.sizeHint().width(), loss.caption_width()
        if not optimizer.isHidden():
            room += optimizer.sizeHint().width()
            facts, brief = optimizer.value.sizeHint().width(), self._brief()
            if not optimizer.caption.isHidden():
                room -= optimizer.caption_width()
        title = min(px(_LONGEST_TITLE), self.chooser.whole_width())
        least = min(px(_TITLE), title)
        shown = room >= least + value + (brief if self.width() >= px(_WIDE) else facts)
        if not shown:
            room += self._least_width(missed) - self._least_width((), without=missed)
        named = not optimizer.caption.isHidden() and room >= title + value + caption + facts
        facts = max(min(facts, room - title - value), brief)
        title = max(min(title, room - value - facts), least)
        optimizer.value.setMaximumWidth(max(facts, 1))
        self.chooser.set_widest(title + 1)
        loss.caption.setVisible(named)
        for button in missed:
            button.setVisible(shown)

    def _brief(self) -> int:
        """Return how wide the optimizer is with its first setting alone, px."""
        value = self.optimizer.value
        parts = _SETTINGS.split(value.text())
        text = "".join(parts[:3]) + (f"{parts[3]}…" if len(parts) > 3 else "")
        return min(value.fontMetrics().horizontalAdvance(text) + 2, value.sizeHint().width())

    def _least_width(self, missed: tuple[QWidget, ...], without: tuple[QWidget, ...] = ()) -> int:
        """Return the room that everything needs side by side, with or without some parts."""
        row = self.layout()
        assert row is not None
        margins = row.contentsMargins()
        needed = margins.left() + margins.right()
        for widgets, gap in (
            (self._left(), row.spacing()),
            (self._right(), self._buttons.spacing()),
        ):
            shown = [w for w in widgets if w in missed or not (w.isHidden() or w in without)]
            needed += sum(widget.sizeHint().width() + gap for widget in shown)
        return needed

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the bar and the line under it."""
        painter = QPainter(self)
        theme = self.session.theme
        painter.fillRect(self.rect(), theme.colour(Role.PANEL))
        painter.setPen(theme.colour(Role.LINE))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class LevelSwitch(Panel):
    """Which magnification is shown: one of a row of choices."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._narrow = False
        self.caption = QLabel(self)
        self.caption.setProperty("kind", "muted")
        self._well = QWidget(self)
        self._well.setProperty("kind", "well")
        self._well.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._group, self.buttons = segments(self._well, [level for level, _ in _LEVELS])
        self._group.buttonClicked.connect(self._on_clicked)
        outside = QHBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.caption)
        outside.addWidget(self._well)
        session.timeline_changed.connect(self._on_timeline_changed)
        session.wish_changed.connect(self._on_timeline_changed)
        self._restyle()
        self._retranslate()

    def _on_clicked(self, button: QPushButton) -> None:
        self.session.set_level(button.objectName())

    def _on_timeline_changed(self) -> None:
        tr = self.session.tr
        for level, name in _LEVELS:
            button = self.buttons[level]
            reason = self.session.level_reason(level)
            button.setEnabled(reason is None)
            button.setChecked(level == self.session.wished_level)
            tip = reason or Message("ui.action.tip", text=name, keys="L")
            button.setToolTip(tr(tip))
            button.setAccessibleDescription(tr(reason) if reason else "")

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.caption.setText(tr(Message("ui.bar.level")))
        self._well.setAccessibleName(tr(Message("ui.bar.level")))
        for level, name in _LEVELS:
            self.buttons[level].setText(tr(name))
        self._widen()
        self._on_timeline_changed()

    def _widen(self) -> None:
        """Leave room for the letters of the chosen one, which are bold."""
        metrics = QFontMetrics(ui_font(BASE_PX * self.session.scale, bold=True))
        for button in self.buttons.values():
            room = self.px(6 if self._narrow else 22)
            padding = f"padding-left: {self.px(2)}px; padding-right: {self.px(2)}px;"
            button.setStyleSheet(padding if self._narrow else "")
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + room)

    def set_narrow(self, narrow: bool) -> None:
        """Take no more room than the words need, or some air around them."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._widen()

    def _restyle(self) -> None:
        inside, outside = self._well.layout(), self.layout()
        assert inside is not None
        assert outside is not None
        margin = self.px(2)
        inside.setContentsMargins(margin, margin, margin, margin)
        inside.setSpacing(self.px(2))
        outside.setSpacing(self.px(10))
        self._widen()


def language_menu(session: Session, parent: QWidget) -> QMenu:
    """Return the menu of languages, each in its own words."""
    return ChoiceMenu(session, parent, "language", tuple(LANGUAGES.items()))


class ChoiceMenu(QMenu):
    """A menu of which one entry holds: the language, or the theme.

    Args:
        session: the session.
        parent: the Qt parent.
        what: `language` or `theme`.
        entries: the values with their names.
    """

    def __init__(
        self,
        session: Session,
        parent: QWidget,
        what: str,
        entries: tuple[tuple[str, Message | str], ...],
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._what = what
        self._entries = entries
        self._group = QActionGroup(self)
        for value, _ in entries:
            action = self.addAction("")
            action.setCheckable(True)
            action.setData(value)
            self._group.addAction(action)
        self._group.triggered.connect(self._on_triggered)
        session.language_changed.connect(self._on_changed)
        session.appearance_changed.connect(self._on_changed)
        self._on_changed()

    def _on_triggered(self, action: QAction) -> None:
        if self._what == "language":
            self._session.set_language(action.data())
        else:
            self._session.set_theme(action.data())

    def _on_changed(self) -> None:
        session = self._session
        present = session.language if self._what == "language" else session.theme_name
        for action, (value, name) in zip(self.actions(), self._entries, strict=True):
            action.setText(session.tr(name))
            action.setChecked(value == present)
