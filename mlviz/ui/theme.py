"""What a role looks like: two themes, their palettes, and the style sheet of the widgets.

Colours are those of the design; a widget or a painter asks for a role and never names a colour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

from PySide6.QtGui import QColor, QPalette

from mlviz.picture.items import Role
from mlviz.ui.stylesheet import sheet

READABLE = 4.5
"""The least contrast of text against what it stands on (WCAG 2, level AA)."""


def luminance(colour: QColor) -> float:
    """Return the relative luminance of WCAG 2, 0 for black to 1 for white."""
    parts = []
    for part in (colour.redF(), colour.greenF(), colour.blueF()):
        parts.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of WCAG 2 between two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def blend(front: QColor, back: QColor, amount: float) -> QColor:
    """Return `amount` of one colour over another."""
    rest = 1 - amount
    return QColor(
        round(front.red() * amount + back.red() * rest),
        round(front.green() * amount + back.green() * rest),
        round(front.blue() * amount + back.blue() * rest),
    )


@dataclass(frozen=True, eq=False)
class Theme:
    """A record of named roles.

    Attributes:
        name: `light` or `dark`.
        dark: whether the text is lighter than what it stands on.
        roles: the colour of every role.
        window: behind and between the panels.
        button: the inside of a button, a field or an empty track.
        button_hover: the same under the mouse.
        border: outline of fields and menus.
        handle: of a scroll bar.
        focus: the ring around what has the keyboard.
    """

    name: str
    dark: bool
    roles: Mapping[Role, str]
    window: str
    button: str
    button_hover: str
    border: str
    handle: str
    focus: str

    @cached_property
    def _colours(self) -> dict[Role, QColor]:
        colours = {role: QColor(name) for role, name in self.roles.items()}
        colours[Role.CLEAR] = QColor(0, 0, 0, 0)
        return colours

    def colour(self, role: Role) -> QColor:
        """Return the colour of a role; do not change it."""
        return self._colours[role]

    def readable(self, role: Role, surface: QColor) -> QColor:
        """Return the colour of a role, moved towards the text's until it is readable there.

        The number colours of the design are made for panel and stage; on a tinted row they need
        a little more.
        """
        text = self.colour(Role.TEXT)
        for percent in range(0, 101, 4):
            colour = blend(text, self.colour(role), percent / 100)
            if contrast(colour, surface) >= READABLE:
                return colour
        return text


LIGHT = Theme(
    name="light",
    dark=False,
    window="#F4F6F9",
    button="#EEF2F7",
    button_hover="#E2E8F0",
    border="#C4CCD6",
    handle="#B8C2CF",
    focus="#3B5BDB",
    roles=MappingProxyType(
        {
            Role.TEXT: "#18212F",
            Role.MUTED: "#5A6675",
            Role.FAINT: "#8893A1",
            Role.LINE: "#D8DEE6",
            Role.PANEL: "#FFFFFF",
            Role.STAGE: "#FBFCFD",
            Role.STRONG: "#18212F",
            Role.FORWARD: "#00795A",
            Role.BACKWARD: "#9C2F7F",
            Role.UPDATE: "#9A6700",
            Role.FORWARD_SOFT: "#E5F2EE",
            Role.BACKWARD_SOFT: "#F6E9F2",
            Role.UPDATE_SOFT: "#F8EFDC",
            Role.POSITIVE: "#0072B2",
            Role.NEGATIVE: "#C2500A",
            Role.BAD: "#C62828",
            Role.ON_COLOUR: "#FFFFFF",
            Role.SELECTED: "#3B5BDB",
            Role.HOVERED: "#7A8797",
        }
    ),
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#10151C",
    button="#28323F",
    button_hover="#303B49",
    border="#465263",
    handle="#4A5668",
    focus="#8FA8FF",
    roles=MappingProxyType(
        {
            Role.TEXT: "#E8ECF2",
            Role.MUTED: "#9AA6B5",
            Role.FAINT: "#6E7B8B",
            Role.LINE: "#333C49",
            Role.PANEL: "#1B222C",
            Role.STAGE: "#141A22",
            Role.STRONG: "#E8ECF2",
            Role.FORWARD: "#3CC79B",
            Role.BACKWARD: "#E58CCB",
            Role.UPDATE: "#E3B341",
            Role.FORWARD_SOFT: "#1F3A3B",
            Role.BACKWARD_SOFT: "#3A2D42",
            Role.UPDATE_SOFT: "#3A362C",
            Role.POSITIVE: "#6CB8EA",
            Role.NEGATIVE: "#F0935A",
            Role.BAD: "#FF7B72",
            Role.ON_COLOUR: "#0F151C",
            Role.SELECTED: "#8FA8FF",
            Role.HOVERED: "#8592A3",
        }
    ),
)

THEMES: Mapping[str, Theme] = MappingProxyType({"light": LIGHT, "dark": DARK})

SOFT: Mapping[Role, Role] = MappingProxyType(
    {
        Role.FORWARD: Role.FORWARD_SOFT,
        Role.BACKWARD: Role.BACKWARD_SOFT,
        Role.UPDATE: Role.UPDATE_SOFT,
    }
)
"""The tint that belongs to a phase."""


def palette(theme: Theme) -> QPalette:
    """Return the palette for the Fusion style.

    It is made from nothing, as some platforms do not follow a wish for a dark colour scheme.
    """
    colour = theme.colour
    text, panel, muted = colour(Role.TEXT), colour(Role.PANEL), colour(Role.MUTED)
    button, roles, groups = QColor(theme.button), QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    for role, value in (
        (roles.Window, QColor(theme.window)),
        (roles.WindowText, text),
        (roles.Base, panel),
        (roles.AlternateBase, colour(Role.STAGE)),
        (roles.Text, text),
        (roles.PlaceholderText, muted),
        (roles.Button, button),
        (roles.ButtonText, text),
        (roles.BrightText, colour(Role.BAD)),
        (roles.ToolTipBase, text),
        (roles.ToolTipText, panel),
        (roles.Highlight, colour(Role.SELECTED)),
        (roles.HighlightedText, colour(Role.ON_COLOUR)),
        (roles.Link, colour(Role.POSITIVE)),
        (roles.LinkVisited, colour(Role.BACKWARD)),
        (roles.Light, blend(text, panel, 0.04) if theme.dark else panel),
        (roles.Midlight, button),
        (roles.Mid, QColor(theme.border)),
        (roles.Dark, QColor(theme.border)),
        (roles.Shadow, QColor("#000000")),
    ):
        made.setColor(role, value)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        made.setColor(groups.Disabled, role, colour(Role.FAINT))
    made.setColor(groups.Disabled, roles.Highlight, QColor(theme.border))
    return made


@lru_cache(maxsize=8)
def _sheet(name: str, scale: float) -> str:
    theme = THEMES[name]
    colours = {role.value.replace("-", "_"): value for role, value in theme.roles.items()}
    colours |= {
        "window": theme.window,
        "button": theme.button,
        "button_hover": theme.button_hover,
        "border": theme.border,
        "handle": theme.handle,
        "focus": theme.focus,
    }
    return sheet(colours, scale)


def stylesheet(theme: Theme, scale: float = 1.0) -> str:
    """Return the style sheet of every widget, its lengths multiplied by `scale`."""
    return _sheet(theme.name, scale)
