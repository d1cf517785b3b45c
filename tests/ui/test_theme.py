import re

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mlviz.picture.items import Role
from mlviz.ui.theme import DARK, LIGHT, READABLE, SOFT, Theme, contrast, palette, stylesheet

DESIGN = {
    Role.FORWARD: ("#00795A", "#3CC79B"),
    Role.BACKWARD: ("#9C2F7F", "#E58CCB"),
    Role.UPDATE: ("#9A6700", "#E3B341"),
    Role.POSITIVE: ("#0072B2", "#6CB8EA"),
    Role.NEGATIVE: ("#C2500A", "#F0935A"),
    Role.TEXT: ("#18212F", "#E8ECF2"),
    Role.MUTED: ("#5A6675", "#9AA6B5"),
    Role.LINE: ("#D8DEE6", "#333C49"),
    Role.PANEL: ("#FFFFFF", "#1B222C"),
    Role.STAGE: ("#FBFCFD", "#141A22"),
}
WORDS = (
    Role.TEXT,
    Role.MUTED,
    Role.STRONG,
    Role.FORWARD,
    Role.BACKWARD,
    Role.UPDATE,
    Role.POSITIVE,
    Role.NEGATIVE,
    Role.BAD,
    Role.SELECTED,
)
PHASES = (Role.FORWARD, Role.BACKWARD, Role.UPDATE)
BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


@pytest.mark.parametrize("role", DESIGN)
def test_the_colours_are_those_of_the_design(role: Role) -> None:
    light, dark = DESIGN[role]
    assert LIGHT.colour(role) == QColor(light)
    assert DARK.colour(role) == QColor(dark)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)


@BOTH
def test_every_role_has_a_colour(theme: Theme) -> None:
    for role in Role:
        assert theme.colour(role).isValid(), role
    assert theme.colour(Role.CLEAR).alpha() == 0


@BOTH
@pytest.mark.parametrize("surface", [Role.PANEL, Role.STAGE])
@pytest.mark.parametrize("role", WORDS)
def test_words_can_be_read_on_panel_and_stage(theme: Theme, surface: Role, role: Role) -> None:
    assert contrast(theme.colour(role), theme.colour(surface)) >= READABLE


@BOTH
@pytest.mark.parametrize("phase", PHASES)
def test_words_can_be_read_on_the_colour_of_a_phase(theme: Theme, phase: Role) -> None:
    assert contrast(theme.colour(Role.ON_COLOUR), theme.colour(phase)) >= READABLE


@BOTH
@pytest.mark.parametrize("phase", PHASES)
def test_words_can_be_read_on_the_tint_of_a_phase(theme: Theme, phase: Role) -> None:
    tint = theme.colour(SOFT[phase])
    for role in (Role.TEXT, Role.MUTED):
        assert contrast(theme.colour(role), tint) >= READABLE
    for role in WORDS:
        assert contrast(theme.readable(role, tint), tint) >= READABLE


@BOTH
def test_a_colour_that_is_readable_already_is_not_changed(theme: Theme) -> None:
    for role in WORDS:
        assert theme.readable(role, theme.colour(Role.PANEL)) == theme.colour(role)


@BOTH
def test_words_on_buttons_can_be_read(theme: Theme) -> None:
    for surface in (theme.button, theme.button_hover):
        for role in (Role.TEXT, Role.MUTED):
            assert contrast(theme.colour(role), QColor(surface)) >= READABLE, (surface, role)
    assert contrast(theme.colour(Role.PANEL), theme.colour(Role.STRONG)) >= READABLE
    assert contrast(theme.colour(Role.PANEL), theme.colour(Role.MUTED)) >= READABLE


@BOTH
def test_what_is_not_computed_yet_is_faint_but_can_be_seen(theme: Theme) -> None:
    faint = theme.colour(Role.FAINT)
    for surface in (Role.PANEL, Role.STAGE):
        assert 3 <= contrast(faint, theme.colour(surface)) < READABLE


@BOTH
def test_the_focus_ring_stands_out(theme: Theme) -> None:
    surfaces = [theme.colour(Role.PANEL), theme.colour(Role.STAGE), QColor(theme.button)]
    for surface in surfaces:
        assert contrast(QColor(theme.focus), surface) >= 3


@BOTH
def test_the_palette_can_be_read_in_every_state(theme: Theme) -> None:
    made, roles = palette(theme), QPalette.ColorRole
    pairs = [
        (roles.WindowText, roles.Window),
        (roles.Text, roles.Base),
        (roles.Text, roles.AlternateBase),
        (roles.PlaceholderText, roles.Base),
        (roles.ButtonText, roles.Button),
        (roles.HighlightedText, roles.Highlight),
        (roles.ToolTipText, roles.ToolTipBase),
        (roles.Link, roles.Base),
    ]
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        for text, surface in pairs:
            found = contrast(made.color(group, text), made.color(group, surface))
            assert found >= READABLE, (group, text)


@BOTH
def test_the_style_sheet_has_no_gap_left(theme: Theme) -> None:
    text = stylesheet(theme, 1.0)
    assert "@" not in text
    assert not re.search(r"\du\b", text)
    assert theme.colour(Role.PANEL).name().lower() in text.lower()


def test_lengths_grow_with_the_scale_and_hairlines_stay() -> None:
    assert "font-size: 13px" in stylesheet(LIGHT, 1.0)
    assert "font-size: 26px" in stylesheet(LIGHT, 2.0)
    assert "1px solid" in stylesheet(LIGHT, 2.0)
    assert " 0px" not in stylesheet(LIGHT, 0.5)


@BOTH
def test_qt_understands_the_style_sheet(theme: Theme, qtbot: QtBot) -> None:
    # Qt warns of a sheet it cannot parse, and a warning fails the test.
    window = QWidget()
    qtbot.addWidget(window)
    window.setPalette(palette(theme))
    column = QVBoxLayout(window)
    column.addWidget(QPushButton("go"))
    column.addWidget(QTableView())
    window.setStyleSheet(stylesheet(theme, 1.5))
    QApplication.sendPostedEvents()
    assert not window.grab().isNull()
    window.setStyleSheet("")
