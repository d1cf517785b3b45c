"""All keys on one page."""

from itertools import groupby

from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.ui.actions import ROWS, Row, key_text
from mlviz.ui.session import Session


class KeysDialog(QDialog):
    """What can be done by keys, in the order of the table of actions."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle(session.tr(Message("ui.keys.title")))
        columns = QHBoxLayout(self)
        gap = round(24 * session.scale)
        columns.setContentsMargins(gap, gap, gap, gap)
        columns.setSpacing(2 * gap)
        keyed = [row for row in ROWS if row.keys]
        groups = [list(rows) for _, rows in groupby(keyed, key=lambda row: row.group.id)]
        columns.addLayout(self._column(groups[:1]))
        columns.addLayout(self._column(groups[1:]))

    def _column(self, groups: list[list[Row]]) -> QVBoxLayout:
        scale = self.session.scale
        column = QVBoxLayout()
        column.setSpacing(round(8 * scale))
        for rows in groups:
            heading = QLabel(self.session.tr(rows[0].group).upper())
            heading.setProperty("kind", "heading")
            column.addWidget(heading)
            grid = QGridLayout()
            grid.setHorizontalSpacing(round(20 * scale))
            grid.setVerticalSpacing(round(6 * scale))
            grid.setColumnStretch(1, 1)
            for place, row in enumerate(rows):
                grid.addLayout(self._keys(row), place, 0)
                grid.addWidget(QLabel(self.session.tr(row.text)), place, 1)
            column.addLayout(grid)
            column.addSpacing(round(10 * scale))
        if groups[0][0] is ROWS[0]:
            note = QLabel(self.session.tr(Message("ui.keys.note")))
            note.setProperty("kind", "muted")
            note.setWordWrap(True)
            column.addWidget(note)
        column.addStretch()
        return column

    def _keys(self, row: Row) -> QHBoxLayout:
        caps = QHBoxLayout()
        caps.setSpacing(round(6 * self.session.scale))
        caps.addStretch()
        for key in row.keys:
            cap = QLabel(key_text(key))
            cap.setProperty("kind", "key")
            caps.addWidget(cap)
        return caps
