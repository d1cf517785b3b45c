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
        gap = round(24 * session.scale)
        page = QVBoxLayout(self)
        page.setContentsMargins(gap, gap, gap, gap)
        page.setSpacing(gap)
        columns = QHBoxLayout()
        columns.setSpacing(2 * gap)
        keyed = [row for row in ROWS if row.keys]
        groups = [list(rows) for _, rows in groupby(keyed, key=lambda row: row.group.id)]
        columns.addLayout(self._column(groups[:3]))
        columns.addLayout(self._column(groups[3:]))
        page.addLayout(columns)
        page.addWidget(self._label(session.tr(Message("ui.keys.note")), "muted"))

    def _column(self, groups: list[list[Row]]) -> QGridLayout:
        scale = self.session.scale
        grid = QGridLayout()
        grid.setHorizontalSpacing(round(16 * scale))
        grid.setVerticalSpacing(round(7 * scale))
        grid.setColumnStretch(1, 1)
        place = 0
        for rows in groups:
            if place:
                grid.setRowMinimumHeight(place, round(8 * scale))
                place += 1
            heading = self._label(self.session.tr(rows[0].group).upper(), "heading")
            grid.addWidget(heading, place, 0, 1, 2)
            for row in rows:
                place += 1
                grid.addLayout(self._keys(row), place, 0)
                grid.addWidget(QLabel(self.session.tr(row.text)), place, 1)
            place += 1
        grid.setRowStretch(place, 1)
        return grid

    def _keys(self, row: Row) -> QHBoxLayout:
        caps = QHBoxLayout()
        caps.setSpacing(round(6 * self.session.scale))
        caps.addStretch()
        for key in row.keys:
            caps.addWidget(self._label(self._cap(key), "key"))
        return caps

    def _cap(self, key: str) -> str:
        return self.session.tr(Message("ui.key.space")) if key == "Space" else key_text(key)

    def _label(self, text: str, kind: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("kind", kind)
        return label
