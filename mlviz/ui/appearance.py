"""How everything looks, speaks and moves: the half of the session that a document leaves alone."""

from typing import Any, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from mlviz.i18n import LANGUAGES, Message, system_language, translate
from mlviz.picture.step_sizes import SIZES, StepSize, larger, smaller
from mlviz.settings import SCALES, SPEEDS, Settings
from mlviz.ui.theme import DARK, LIGHT, Theme

THEMES = ("light", "dark", "system")
STAGE_MODES = ("graph", "network", "split")
FACES = ("film", "lab")


class Appearance(QObject):
    """The user's wishes, observed by every view.

    Args:
        wishes: what was saved; the usual ones if left out.
        parent: the Qt parent.
    """

    speed_changed = Signal()
    step_size_changed = Signal()
    appearance_changed = Signal()
    """Theme, scale or motion."""
    language_changed = Signal()
    stage_changed = Signal()
    """The stage shows something else."""
    face_changed = Signal()
    """The window shows the film, or the lab."""

    def __init__(self, wishes: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        wishes = wishes or Settings()
        self._language: str = wishes.language or system_language()
        self._language_is_chosen = bool(wishes.language)
        self._theme_name: str = wishes.theme
        self._scale = wishes.scale
        self._speed = wishes.speed
        self._step_size: StepSize = wishes.step_size
        self._reduced_motion = wishes.reduced_motion
        self._stage_mode: str = wishes.stage
        self._face = "film"
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_theme_changed)

    def wishes(self, geometry: str = "", state: str = "") -> Settings:
        """Return what is to be remembered until the next start."""
        return Settings(
            # Both were checked when they were set.
            language=cast(Any, self._language if self._language_is_chosen else ""),
            theme=cast(Any, self._theme_name),
            scale=self._scale,
            speed=self._speed,
            step_size=self._step_size,
            reduced_motion=self._reduced_motion,
            stage=cast(Any, self._stage_mode),
            geometry=geometry,
            state=state,
        )

    @property
    def face(self) -> str:
        """What the window shows: `film` or `lab`."""
        return self._face

    def set_face(self, face: str) -> None:
        """Show the film, or the lab."""
        if face in FACES and face != self._face:
            self._face = face
            self.face_changed.emit()

    @property
    def language(self) -> str:
        """A key of `i18n.LANGUAGES`."""
        return self._language

    def set_language(self, language: str) -> None:
        """Speak another language from now on."""
        if language in LANGUAGES and language != self._language:
            self._language = language
            self._language_is_chosen = True
            self.language_changed.emit()

    def tr(self, message: Message | str) -> str:  # type: ignore[override]
        """Return the message in the current language."""
        return translate(message, self._language)

    @property
    def theme_name(self) -> str:
        """`light`, `dark` or `system`."""
        return self._theme_name

    @property
    def theme(self) -> Theme:
        """The colours in use."""
        if self._theme_name == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = self._theme_name == "dark"
        return DARK if dark else LIGHT

    def set_theme(self, name: str) -> None:
        """Take other colours: `light`, `dark` or `system`."""
        if name in THEMES and name != self._theme_name:
            self._theme_name = name
            self.appearance_changed.emit()

    def _on_system_theme_changed(self) -> None:
        if self._theme_name == "system":
            self.appearance_changed.emit()

    @property
    def scale(self) -> float:
        """The size of everything; 1 is the usual one."""
        return self._scale

    def set_scale(self, scale: float) -> None:
        """Make everything larger or smaller."""
        scale = min(max(scale, SCALES[0]), SCALES[1])
        if scale != self._scale:
            self._scale = scale
            self.appearance_changed.emit()

    @property
    def speed(self) -> float:
        """How fast the film runs; 1 is the usual speed."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Let the film run faster or slower."""
        speed = min(max(speed, SPEEDS[0]), SPEEDS[1])
        if speed != self._speed:
            self._speed = speed
            self.speed_changed.emit()

    @property
    def step_size(self) -> StepSize:
        """How far one step goes."""
        return self._step_size

    def set_step_size(self, size: StepSize) -> None:
        """Go in smaller or larger steps."""
        if size in SIZES and size != self._step_size:
            self._step_size = size
            self.step_size_changed.emit()

    def use_smaller_steps(self) -> None:
        """Go in the next smaller steps."""
        self.set_step_size(smaller(self._step_size))

    def use_larger_steps(self) -> None:
        """Go in the next larger steps."""
        self.set_step_size(larger(self._step_size))

    @property
    def reduced_motion(self) -> bool:
        """Whether the film jumps from step to step."""
        return self._reduced_motion

    def set_reduced_motion(self, reduced: bool) -> None:
        """Let the film jump, or move."""
        if reduced != self._reduced_motion:
            self._reduced_motion = reduced
            self.appearance_changed.emit()

    @property
    def stage_mode(self) -> str:
        """What the stage shows: `graph`, `network` or `split`, which is both."""
        return self._stage_mode

    def set_stage_mode(self, mode: str) -> None:
        """Show something else on the stage."""
        if mode in STAGE_MODES and mode != self._stage_mode:
            self._stage_mode = mode
            self.stage_changed.emit()

    def close(self) -> None:
        """Listen to the system no longer."""
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.disconnect(self._on_system_theme_changed)
