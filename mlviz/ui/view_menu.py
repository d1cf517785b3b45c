"""The menu of what is shown, and how."""

from collections.abc import Sequence

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
        for dock in docks:
            self.addAction(dock.toggleViewAction())
        self.addAction(actions["why"])
        self.addAction(actions["matrix"])
        self.addAction(actions["explain"])
        self.addAction(actions["reset_layout"])
        self.addSeparator()
        for name in ("find", "minimap", "legend", "memory"):
            self.addAction(actions[name])
        actions["minimap"].setChecked(True)
        for name in ("stage_mode", "fit", "follow", "larger", "smaller", "usual_size"):
            self.addAction(actions[name])
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
        self._retranslate()

    def _retranslate(self) -> None:
        tr = self._session.tr
        self._theme_menu.setTitle(tr(Message("ui.theme")))
        self._language_menu.setTitle(tr(Message("ui.language")))
