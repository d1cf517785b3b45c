"""The style sheet of the widgets, as text with gaps for colours and lengths.

A widget says what it is by the property `kind`, set before it is shown:

* QPushButton, QToolButton: `primary` (dark, the one main action), `round` (the play button),
  `plain` (no background until hovered), `segment` (one of a row of choices, checkable)
* QLabel: `heading` (small, muted, above a group), `title`, `body`, `muted`, `number`, `brand`
* QFrame, QWidget: `panel`, `card`, `bar` (top and bottom of the window), `well` (behind segments)
"""

import re
from collections.abc import Mapping

from mlviz.ui.fonts import whole_px

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)u\b")

SHEET = """
* { font-family: "MLViz Sans", "MLViz Hanzi"; font-size: 13u; }
QMainWindow, QDialog { background: @window; }
QMainWindow::separator { background: @line; width: 1u; height: 1u; }
QMainWindow::separator:hover { background: @focus; }
QSplitter::handle { background: @line; }
QSplitter::handle:hover { background: @focus; }
QSplitter::handle:horizontal { width: 1u; }
QSplitter::handle:vertical { height: 1u; }
QWidget[kind="panel"], QWidget[kind="bar"] { background: @panel; }
QWidget[kind="well"] { background: @button; border-radius: 6u; }
QFrame[kind="card"] {
    background: @backward_soft; border: 1px solid @backward; border-radius: 8u;
}

QLabel { background: transparent; color: @text; }
QLabel:disabled { color: @faint; }
QLabel[kind="heading"] { color: @muted; font-size: 11u; font-weight: 600; }
QLabel[kind="title"] { font-size: 17u; font-weight: 700; }
QLabel[kind="brand"] { font-size: 16u; font-weight: 700; }
QLabel[kind="body"] { font-size: 13.5u; }
QLabel[kind="muted"] { color: @muted; font-size: 12u; }
QLabel[kind="number"], QPlainTextEdit[kind="number"] { font-family: "MLViz Mono", "MLViz Hanzi"; }

QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {
    background: @button; color: @text; border: 2px solid transparent; border-radius: 6u;
    padding: 4u 10u; min-height: 16u;
}
QToolButton { padding: 4u; }
QToolButton[popupMode="2"] { padding-right: 18u; }
QPushButton:hover, QToolButton:hover, QComboBox:hover, QSpinBox:hover { background: @button_hover; }
QPushButton:pressed, QToolButton:pressed { background: @line; }
QPushButton:checked, QToolButton:checked {
    background: @panel; border: 2px solid @border; font-weight: 600;
}
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled { color: @faint; }
QPushButton[kind="primary"], QToolButton[kind="primary"] {
    background: @strong; color: @panel; font-weight: 600;
}
QPushButton[kind="primary"]:hover, QToolButton[kind="primary"]:hover { background: @muted; }
QPushButton[kind="primary"]:disabled { background: @button; color: @faint; }
QToolButton[kind="round"] { background: @strong; color: @panel; border-radius: 20u; }
QToolButton[kind="round"]:hover { background: @muted; }
QPushButton[kind="plain"], QToolButton[kind="plain"] { background: transparent; }
QPushButton[kind="plain"]:hover, QToolButton[kind="plain"]:hover { background: @button_hover; }
QPushButton[kind="segment"], QToolButton[kind="segment"] {
    background: transparent; color: @muted; padding: 2u 10u;
}
QPushButton[kind="segment"]:hover, QToolButton[kind="segment"]:hover { color: @text; }
QPushButton[kind="segment"]:checked, QToolButton[kind="segment"]:checked {
    background: @panel; color: @text; border: 1px solid @border; font-weight: 600;
}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus,
QDoubleSpinBox:focus, QPushButton[kind="primary"]:focus, QToolButton[kind="round"]:focus,
QPushButton[kind="segment"]:focus, QToolButton[kind="segment"]:focus {
    border: 2px solid @focus;
}
QLineEdit, QSpinBox, QDoubleSpinBox {
    border: 2px solid @border; selection-background-color: @selected;
    selection-color: @on_colour;
}
QComboBox { padding-right: 4u; }
QComboBox::drop-down { border: none; width: 16u; subcontrol-position: center right; }
QComboBox QAbstractItemView, QMenu {
    background: @panel; color: @text; border: 1px solid @border; padding: 4u;
    selection-background-color: @button_hover; selection-color: @text; outline: none;
}
QComboBox QAbstractItemView::item { padding: 4u 8u; min-height: 18u; }
QMenu::item { padding: 5u 24u 5u 24u; border-radius: 4u; }
QMenu::item:selected { background: @button_hover; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4u 6u; }
QMenuBar { background: @panel; color: @text; border-bottom: 1px solid @line; }
QMenuBar::item { padding: 4u 8u; background: transparent; border-radius: 4u; }
QMenuBar::item:selected { background: @button_hover; }

QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; spacing: 8u; }
QToolBar::separator { background: @line; width: 1px; margin: 6u 4u; }
QStatusBar { background: @panel; color: @muted; }
QStatusBar::item { border: none; }

QDockWidget { color: @muted; font-size: 11u; font-weight: 600; }
QDockWidget::title { background: @panel; padding: 10u 20u 4u 20u; text-align: left; }
QDockWidget > QWidget { background: @panel; }
QDockWidget::close-button, QDockWidget::float-button {
    border: none; background: transparent; padding: 0; border-radius: 4u;
}
QDockWidget::close-button:hover, QDockWidget::float-button:hover { background: @button_hover; }
QTabBar::tab {
    background: transparent; color: @muted; padding: 6u 12u;
    border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @forward; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:focus { border-bottom: 2px solid @focus; }

QAbstractScrollArea { background: @panel; color: @text; border: none; }
QListView, QTreeView, QTableView {
    background: @panel; color: @text; border: 2px solid transparent; outline: none;
    selection-background-color: @button; selection-color: @text;
}
QListView:focus, QTreeView:focus, QTableView:focus { border: 2px solid @focus; border-radius: 4u; }
QListView::item { padding: 4u 6u; border-radius: 6u; }
QListView::item:hover { background: @button; }
QListView::item:selected { background: @button_hover; color: @text; }
QHeaderView, QHeaderView::section, QTableCornerButton::section {
    background: @panel; color: @muted; border: none; font-size: 11.5u; font-weight: 400;
}
QHeaderView::section { padding: 2u 6u; }
QTableWidget::item { padding: 0 3u; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10u; margin: 0; }
QScrollBar:horizontal { height: 10u; margin: 0; }
QScrollBar::handle { background: @handle; border-radius: 2.6u; margin: 2u; }
QScrollBar::handle:vertical { min-height: 28u; }
QScrollBar::handle:horizontal { min-width: 28u; }
QScrollBar::handle:hover { background: @muted; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider::groove:horizontal { background: @button; height: 8u; border-radius: 4u; }
QSlider::sub-page:horizontal { background: @strong; height: 8u; border-radius: 4u; }
QSlider { border: none; outline: none; }
QSlider::handle:horizontal {
    background: @panel; border: 2u solid @strong; width: 12u; margin: -4u 0; border-radius: 7.4u;
}
QSlider::handle:horizontal:focus { border: 2u solid @focus; background: @focus; }
QProgressBar {
    background: @button; color: @text; border: none; border-radius: 4u; height: 8u;
    text-align: center;
}
QProgressBar::chunk { background: @forward; border-radius: 4u; }
QToolTip {
    background: @panel; color: @text; border: 1px solid @muted; padding: 4u 6u;
}
"""

_COLOUR = re.compile(r"@([a-z_]+)")


def sheet(colours: Mapping[str, str], scale: float) -> str:
    """Return the style sheet with its gaps filled.

    Args:
        colours: for every name that stands behind an `@`.
        scale: what a length in `u` is multiplied by to become px.

    Raises:
        KeyError: a colour is missing.
    """
    text = _COLOUR.sub(lambda found: colours[found[1]], SHEET)
    return _LENGTH.sub(lambda found: f"{whole_px(float(found[1]) * scale)}px", text)
