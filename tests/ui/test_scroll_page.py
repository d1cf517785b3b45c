from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mlviz.ui.scroll_page import ScrollPage
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN


def test_a_panel_is_never_narrower_than_its_page(qtbot: QtBot) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    page, label = ScrollPage(panel), QLabel()
    column = QVBoxLayout(panel)
    column.addWidget(page)
    page.column.addWidget(label)
    panel.show()
    label.setMinimumWidth(100)
    QApplication.processEvents()
    assert panel.minimumSizeHint().width() > 100
    label.setMinimumWidth(400)  # it needs more only later, as a field that is not styled yet
    QApplication.processEvents()
    assert 400 < panel.minimumSizeHint().width() < 500
    assert page.verticalScrollBar().sizeHint().width() + 400 <= panel.minimumSizeHint().width()
