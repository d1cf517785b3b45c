"""The menu of what is shown, and how."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from mlviz.i18n import Message
from mlviz.ui.actions import Actions
from mlviz.ui.dock import Dock
from mlviz.ui.session import Session
from mlviz.ui.toolbar import ChoiceMenu, language_menu

_THEMES = (
    ("light", Message("ui.theme.light")),
    ("dark", Message("ui.theme.dark")),
    ("system", Message("ui.theme.system")),
)
_STAGE = ("find", "minimap", "legend", "memory", "stage_mode", "fit", "follow")
"""What there is only of the film."""


class ViewMenu(QMenu):
    """The panels, the parts of the stage, themes, languages and what helps to read them.

    Args:
        session: whose theme and language it sets.
        actions: the actions it offers.
        docks: the panels that can be shown and hidden.
        follow: whether the stage follows at the beginning.
        parent: the Qt parent.
    """

    def __init__(
        self,
        session: Session,
        actions: Actions,
        docks: Sequence[Dock],
        follow: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self._film = [dock.toggleViewAction() for dock in docks]
        self._lab: list[QAction] = []
        self.addActions(self._film)
        self.addAction(actions["why"])
        self.addAction(actions["matrix"])
        self.addAction(actions["explain"])
        self.addAction(actions["reset_layout"])
        self.addSeparator()
        for name in (*_STAGE, "larger", "smaller", "usual_size"):
            self.addAction(actions[name])
        actions["minimap"].setChecked(True)
        self.addSeparator()
        self._theme_menu = ChoiceMenu(session, self, "theme", _THEMES)
        self.addMenu(self._theme_menu)
        self._language_menu = language_menu(session, self)
        self.addMenu(self._language_menu)
        self.addAction(actions["reduced_motion"])
        self.addSeparator()
        self.addAction(actions["whats_this"])
        self.addAction(actions["code"])
        self.addAction(actions["keys"])
        actions["follow"].setChecked(follow)
        actions["reduced_motion"].setChecked(session.reduced_motion)
        session.language_changed.connect(self._retranslate)
        session.face_changed.connect(self._on_face_changed)
        self._retranslate()

    def add_lab(self, docks: Sequence[Dock]) -> None:
        """Offer the panels of the lab while that is shown."""
        self._lab = [dock.toggleViewAction() for dock in docks]
        self.insertActions(self.actions()[0], self._lab)
        self._on_face_changed()

    def _on_face_changed(self) -> None:
        in_lab = self._session.face == "lab"
        film = [*self._film, *(self._actions[name] for name in ("why", "matrix", "explain"))]
        film += [self._actions[name] for name in _STAGE]
        for action in film:
            action.setVisible(not in_lab)
        for action in self._lab:
            action.setVisible(in_lab)

    def _retranslate(self) -> None:
        tr = self._session.tr
        self._theme_menu.setTitle(tr(Message("ui.theme")))
        self._language_menu.setTitle(tr(Message("ui.language")))
