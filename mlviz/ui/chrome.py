"""The style of the window's own parts, beside the style sheet that all widgets share."""

from mlviz.picture.items import Role
from mlviz.ui.theme import Theme, blend


def chrome(theme: Theme, scale: float) -> str:
    """Return the style sheet of top bar, panels, message bar and key overview."""

    def px(length: float) -> str:
        return f"{max(round(length * scale), 1)}px"

    bad, panel = theme.colour(Role.BAD), theme.colour(Role.PANEL)
    alert = blend(bad, panel, 0.1).name()
    notice, told = theme.colour(Role.PANEL).name(), theme.colour(Role.SELECTED).name()
    return f"""
QToolButton[menu="true"] {{ padding: {px(4)} {px(8)}; }}
QToolButton[menu="true"]::menu-indicator {{ image: none; width: 0; height: 0; }}
QToolButton[kind="round"] {{ padding: 0; }}
QWidget[kind="bar"] QToolButton[kind="plain"] {{ padding: {px(4)} {px(4)}; }}
QToolButton[kind="quiet"] {{
    background: transparent; border: 1px solid transparent; border-radius: {px(4)};
    padding: 0; min-height: 0;
}}
QToolButton[kind="quiet"]:hover {{ background: {theme.button_hover}; }}
QToolButton[kind="quiet"]:focus {{ border: 1px solid {theme.focus}; }}
QToolButton[kind="note"] {{
    background: {theme.colour(Role.PANEL).name()}; border: 1px solid {theme.border};
    border-radius: {px(10)}; padding: {px(2)} {px(10)}; min-height: {px(17)};
    font-size: {px(12)};
}}
QToolButton[kind="note"]:hover {{ background: {theme.button_hover}; }}
QToolButton[kind="note"]:focus {{ border: 2px solid {theme.focus}; }}
QToolButton[kind="add"] {{
    background: transparent; color: {theme.colour(Role.MUTED).name()}; padding: 0; min-height: 0;
    border: 1px solid {theme.border}; border-radius: {px(9)};
}}
QToolButton[kind="add"]:hover {{ background: {theme.button_hover}; }}
QToolButton[kind="add"]:focus {{ border: 2px solid {theme.focus}; }}
QWidget[kind="layer"] {{
    background: {theme.colour(Role.PANEL).name()}; border: 1px solid {theme.border};
    border-radius: {px(8)};
}}
QLineEdit[kind="bare"] {{
    background: transparent; border: 1px solid transparent; padding: 0 {px(2)};
    font-weight: 600; min-height: 0;
}}
QLineEdit[kind="bare"]:hover {{ border: 1px solid {theme.border}; }}
QLineEdit[kind="bare"]:focus {{ border: 1px solid {theme.focus}; }}
QLabel[kind="problem"] {{ color: {bad.name()}; font-size: {px(12)}; }}
QLabel[kind="readout"] {{
    background: {theme.colour(Role.PANEL).name()}; border: 1px solid {theme.border};
    border-radius: {px(4)}; padding: {px(3)} {px(6)}; font-size: {px(12)};
}}
QWidget[kind="alert"] {{ background: {alert}; border-left: {px(4)} solid {bad.name()}; }}
QWidget[kind="notice"] {{ background: {notice}; border-left: {px(4)} solid {told}; }}
QLabel[strong="true"] {{ font-weight: 600; }}
QLabel[kind="key"] {{
    background: {theme.button}; border: 1px solid {theme.border}; border-radius: {px(4)};
    padding: {px(2)} {px(8)};
    font-family: "MLViz Mono", "MLViz Hanzi"; font-size: {px(12)};
}}
QLabel[kind="hint"] {{
    background: {theme.colour(Role.TEXT).name()}; color: {notice}; border-radius: {px(5)};
    padding: {px(4)} {px(9)}; font-size: {px(12)};
}}
QWidget[kind="popup"] {{
    background: {notice}; border: 1px solid {theme.border}; border-radius: {px(8)};
}}
QSlider {{ border: none; }}
QPushButton[kind="segment"]:disabled {{ color: {theme.colour(Role.FAINT).name()}; }}
"""
