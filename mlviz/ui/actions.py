"""Everything a person can ask for by a key: one table for menus, buttons and the key overview."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.ui.icons import icon
from mlviz.ui.session import Session

FILM = Message("ui.keys.film")
LOOK = Message("ui.keys.look")
LAB = Message("ui.keys.lab")
CLASS = Message("ui.keys.lecture")
PROGRAM = Message("ui.keys.program")

_ONCE = (
    "play",
    "level",
    "explain",
    "why",
    "matrix",
    "lecture",
    "blank",
    "next_phase",
    "previous_phase",
    "face",
    "branch",
    "before_bad",
    "to_film",
    "gallery",
    "save",
    "save_as",
)
_SIGNS = {"Right": "→", "Left": "←", "PgDown": "PgDn", "Escape": "Esc", "Shift": "⇧", "-": "−"}


@dataclass(frozen=True)
class Row:
    """One action: its name in code, what it says, its keys, its icon, its group."""

    name: str
    text: Message
    keys: tuple[str, ...]
    icon: str
    group: Message
    checkable: bool = False


ROWS = (
    Row("play", Message("ui.action.play"), ("Space",), "play", FILM),
    Row("step_forward", Message("ui.action.step_forward"), ("Right",), "step-forward", FILM),
    Row("step_back", Message("ui.action.step_back"), ("Left",), "step-back", FILM),
    Row("next_group", Message("ui.action.next_group"), ("Shift+Right",), "", FILM),
    Row("previous_group", Message("ui.action.previous_group"), ("Shift+Left",), "", FILM),
    Row("smaller_step", Message("ui.action.smaller_step"), ("[",), "", FILM),
    Row("larger_step", Message("ui.action.larger_step"), ("]",), "", FILM),
    Row("next_phase", Message("ui.action.next_phase"), ("PgDown",), "phase-forward", FILM),
    Row("previous_phase", Message("ui.action.previous_phase"), ("PgUp",), "phase-back", FILM),
    Row("to_start", Message("ui.action.to_start"), ("Home",), "to-start", FILM),
    Row("to_end", Message("ui.action.to_end"), ("End",), "to-end", FILM),
    Row("next_iteration", Message("ui.action.next_iteration"), ("Ctrl+Right",), "", FILM),
    Row("previous_iteration", Message("ui.action.previous_iteration"), ("Ctrl+Left",), "", FILM),
    Row("face", Message("ui.action.face"), ("F6",), "", LAB),
    Row("branch", Message("ui.action.branch"), ("Ctrl+B",), "branch", LAB),
    Row("before_bad", Message("ui.action.before_bad"), ("Backspace",), "", LAB),
    Row("to_film", Message("ui.action.to_film"), ("S",), "", LAB),
    Row("lecture", Message("ui.action.lecture"), ("F5",), "", CLASS),
    Row("leave_lecture", Message("ui.action.leave_lecture"), ("Escape",), "close", CLASS),
    Row("blank", Message("ui.action.blank"), ("B", "."), "", CLASS),
    Row("level", Message("ui.action.level"), ("L",), "", LOOK),
    Row("explain", Message("ui.action.explain"), ("E",), "panels", LOOK, checkable=True),
    Row("why", Message("ui.action.why"), ("W",), "", LOOK, checkable=True),
    Row("matrix", Message("ui.action.matrix"), ("M",), "", LOOK, checkable=True),
    Row("stage_mode", Message("ui.action.stage_mode"), ("G",), "", LOOK),
    Row("fit", Message("ui.action.fit"), ("F",), "fit", LOOK),
    Row("follow", Message("ui.action.follow"), (), "follow", LOOK, checkable=True),
    Row("find", Message("ui.action.find"), ("Ctrl+F",), "", LOOK),
    Row("find_next", Message("ui.action.find_next"), ("F3",), "", LOOK),
    Row("find_previous", Message("ui.action.find_previous"), ("Shift+F3",), "", LOOK),
    Row("minimap", Message("ui.action.minimap"), (), "", LOOK, checkable=True),
    Row("memory", Message("ui.action.memory"), (), "", LOOK, checkable=True),
    Row("legend", Message("ui.action.legend"), (), "", LOOK, checkable=True),
    Row("larger", Message("ui.action.larger"), ("Ctrl++", "Ctrl+="), "zoom-in", LOOK),
    Row("smaller", Message("ui.action.smaller"), ("Ctrl+-",), "zoom-out", LOOK),
    Row("usual_size", Message("ui.action.usual_size"), ("Ctrl+0",), "", LOOK),
    Row("reduced_motion", Message("ui.action.reduced_motion"), (), "", LOOK, checkable=True),
    Row("reset_layout", Message("ui.action.reset_layout"), (), "panels", LOOK),
    Row("undo", Message("change.undo"), ("Ctrl+Z",), "", PROGRAM),
    Row("redo", Message("change.redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "", PROGRAM),
    Row("reset_values", Message("change.reset"), (), "", PROGRAM),
    Row("gallery", Message("ui.action.gallery"), ("Ctrl+G",), "", PROGRAM),
    Row("open", Message("ui.action.open"), ("Ctrl+O",), "open", PROGRAM),
    Row("save", Message("ui.action.save"), ("Ctrl+S",), "", PROGRAM),
    Row("save_as", Message("ui.action.save_as"), ("Ctrl+Shift+S",), "", PROGRAM),
    Row("whats_this", Message("ui.action.whats_this"), ("Shift+F1",), "", PROGRAM),
    Row("code", Message("ui.action.code"), ("Ctrl+E",), "", PROGRAM),
    Row("keys", Message("ui.action.keys"), ("F1", "?"), "help", PROGRAM),
    Row("quit", Message("ui.action.quit"), ("Ctrl+Q",), "", PROGRAM),
)


def key_text(key: str) -> str:
    """Return a key as a person reads it: `⇧ →` for `Shift+Right`."""
    modifier, _, last = key.rpartition("+") if key[-1] != "+" else (key[:-2], "", "+")
    return " ".join(_SIGNS.get(part, part) for part in (*filter(None, modifier.split("+")), last))


class Actions(QObject):
    """The actions of a window, spoken in the session's language.

    Args:
        session: the session.
        window: where the keys work.
        slots: what each action does, by its name in the table.
    """

    def __init__(
        self, session: Session, window: QWidget, slots: Mapping[str, Callable[..., object]]
    ) -> None:
        super().__init__(window)
        self._session = session
        self._actions: dict[str, QAction] = {}
        for row in ROWS:
            action = QAction(window)
            action.setObjectName(row.name)
            action.setShortcuts([QKeySequence(key) for key in row.keys])
            action.setCheckable(row.checkable)
            action.setIconVisibleInMenu(False)  # there the place is the check mark's
            # Keys that repeat while they are held would finish every animation at once.
            action.setAutoRepeat(row.name not in _ONCE)
            action.triggered.connect(slots[row.name])
            window.addAction(action)
            self._actions[row.name] = action
        session.language_changed.connect(self._on_language_changed)
        session.appearance_changed.connect(self._on_appearance_changed)
        session.playing_changed.connect(self._on_playing_changed)
        self._on_language_changed()
        self._on_appearance_changed()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def _on_language_changed(self) -> None:
        for row in ROWS:
            self._describe(row)

    def _describe(self, row: Row) -> None:
        action = self._actions[row.name]
        playing = row.name == "play" and self._session.playing
        text = self._session.tr(Message("ui.action.pause") if playing else row.text)
        action.setText(text)
        action.setIconText(text)  # otherwise a button leaves out the dots at the end
        keys = "  ".join(key_text(key) for key in row.keys[:1])
        tip = Message("ui.action.tip", text=text, keys=keys) if keys else text
        action.setToolTip(self._session.tr(tip))
        action.setWhatsThis(self._session.tr(tip))

    def _on_appearance_changed(self) -> None:
        colour = self._session.theme.colour(Role.TEXT)
        for row in ROWS:
            if row.icon:
                self._actions[row.name].setIcon(icon(row.icon, colour))
        self._on_playing_changed()

    def _on_playing_changed(self) -> None:
        self._describe(ROWS[0])
        name = "pause" if self._session.playing else "play"
        self._actions["play"].setIcon(icon(name, self._session.theme.colour(Role.PANEL)))
