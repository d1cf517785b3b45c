"""Notes at the stage's right lower corner: what was changed, and whether gradients are right."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from mlviz.i18n import Message
from mlviz.numerals import format_number
from mlviz.trace.symbols import text_name
from mlviz.ui.actions import Actions
from mlviz.ui.session import Session
from mlviz.ui.stage_view import StageView
from mlviz.ui.widgets import MenuButton, Panel

_BOTTOM, _SIDE = 9.0, 14.0
_MOST_TOLD = 12


class StageNotes(Panel):
    """A row of small notes over the stage.

    Attributes:
        mark: says that values were changed; its menu takes that back.
    """

    def __init__(self, session: Session, actions: Actions, stage: StageView) -> None:
        super().__init__(session, stage)
        self._actions = actions
        self._stage = stage
        self.mark = MenuButton("note", self)
        self._menu = QMenu(self.mark)
        self._menu.aboutToShow.connect(self._fill_menu)
        for name in ("undo", "redo", "reset_values"):
            self._menu.addAction(actions[name])
        self.mark.setMenu(self._menu)
        self._told: list[QAction] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.mark)
        stage.installEventFilter(self)
        stage.follow_changed.connect(self.arrange)
        session.what_if.changed.connect(self._on_changed)
        session.document_changed.connect(self._on_changed)
        session.face_changed.connect(self._on_changed)
        self._restyle()
        self._retranslate()

    def add(self, note: QWidget) -> None:
        """Add another note, right of those there are."""
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.addWidget(note)
        note.installEventFilter(self)
        self.arrange()

    def told(self) -> list[str]:
        """Return what was changed, a sentence each."""
        tr = self.session.tr
        sentences = []
        for change in self.session.what_if.changes.held:
            place = change.place
            entry = f"[{','.join(map(str, place.index))}]" if any(place.index) else ""
            if place.index and not entry:
                entry = f"[{','.join('0' * len(place.index))}]"
            name = text_name(place.origin) + entry
            value = format_number(change.value)
            sentences.append(
                tr(Message("change.one", name=name, value=value, iteration=change.iteration))
            )
        return sentences

    def _fill_menu(self) -> None:
        for action in self._told:
            self._menu.removeAction(action)
            action.deleteLater()
        self._told = []
        first = self._menu.actions()[0]
        for sentence in self.told()[-_MOST_TOLD:]:
            action = QAction(sentence, self._menu)
            action.setEnabled(False)
            self._menu.insertAction(first, action)
            self._told.append(action)

    def _on_changed(self) -> None:
        changes = self.session.what_if.changes
        self.mark.setVisible(changes.is_changed)
        if self.session.face == "film":
            self._actions["undo"].setEnabled(changes.can_undo)
            self._actions["redo"].setEnabled(changes.can_redo)
            self._actions["reset_values"].setEnabled(changes.is_changed)
        self.arrange()

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.mark.set_text(f"● {tr(Message('change.mark'))}")
        self.mark.setAccessibleName(tr(Message("change.mark")))
        self.mark.setToolTip(tr(Message("change.mark_tip")))
        self.mark.setWhatsThis(tr(Message("whats.changed")))
        self._on_changed()

    def _restyle(self) -> None:
        row = self.layout()
        assert row is not None
        row.setSpacing(self.px(8))
        self.arrange()

    def arrange(self) -> None:
        """Take the room that is needed, at the corner of the stage."""
        self.adjustSize()
        stage = self._stage
        x = stage.width() - stage.corner() - self.width() - self.px(_SIDE)
        self.move(max(x, 0), stage.height() - self.height() - self.px(_BOTTOM))
        stage.taken = self.width() + self.px(_SIDE)
        stage.update()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        kinds = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)
        if event.type() in kinds or event.type() == QEvent.Type.LayoutRequest:
            self.arrange()
        return super().eventFilter(watched, event)
