"""The gallery: all examples with their pictures, by theme, to be searched and opened."""

from collections.abc import Generator

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpacerItem,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from mlviz.document.document import built
from mlviz.document.examples import THEMES, ExampleInfo, examples
from mlviz.document.reading import read, shown_path
from mlviz.document.schema import checked_table
from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.picture.thumbnail import Thumbnail, thumbnail
from mlviz.ui.gallery_card import WIDTH, GalleryCard
from mlviz.ui.session import Session
from mlviz.ui.theme_names import THEME_NAMES

_SIZE = (1180, 800)
_KEPT: dict[tuple[str, int], Thumbnail] = {}
"""What was made already, by file and when that was written: other files, other pictures."""


class Gallery(QDialog):
    """All examples on cards. A click or Return opens one, where its file says: stage or lab."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        tr, scale = session.tr, session.scale
        self.setWindowTitle(tr(Message("gallery.title")))
        room = parent.size() if parent is not None else self.screen().availableSize()
        self.resize(
            min(round(_SIZE[0] * scale), room.width() - 32),
            min(round(_SIZE[1] * scale), room.height() - 32),
        )
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr(Message("gallery.search")))
        self.search.setAccessibleName(tr(Message("gallery.search")))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._open_first)
        self.chips = {name: self._chip(name) for name in ("", *THEMES)}
        self.nothing = QLabel(tr(Message("gallery.nothing")), self)
        self.nothing.setProperty("kind", "muted")
        self.cards = [GalleryCard(session, example, self) for example in examples()]
        for card in self.cards:
            card.clicked.connect(self._on_clicked)
            card.moved.connect(self._on_moved)
        self._headings: dict[str, QLabel] = {}
        self._grids: dict[str, QGridLayout] = {}
        self._columns = 0
        self._lay_out()
        self._filter()
        self.search.setFocus()
        job = session.lab.work.begin(self._painting(), self)
        job.finished.connect(self.update)

    # --- Parts -----------------------------------------------------------------------------

    def _chip(self, name: str) -> QPushButton:
        words = THEME_NAMES[name] if name else Message("gallery.all")
        chip = QPushButton(self.session.tr(words), self)
        chip.setObjectName(name)
        chip.setCheckable(True)
        chip.setAutoExclusive(True)
        chip.setAutoDefault(False)
        chip.setChecked(not name)
        chip.clicked.connect(self._filter)
        return chip

    def _lay_out(self) -> None:
        scale = self.session.scale
        gap = round(16 * scale)
        self._edge = 2 * gap + self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        head = QHBoxLayout()
        head.setSpacing(round(6 * scale))
        for chip in self.chips.values():
            head.addWidget(chip)
        head.addStretch(1)
        self.search.setMinimumWidth(round(200 * scale))
        head.addWidget(self.search)
        page = QWidget()
        page.setProperty("kind", "panel")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, gap, gap)
        column.setSpacing(round(8 * scale))
        for theme in THEMES:
            heading = QLabel(self.session.tr(THEME_NAMES[theme]).upper(), page)
            heading.setProperty("kind", "heading")
            heading.setContentsMargins(0, round(10 * scale), 0, 0)
            grid = QGridLayout()
            grid.setSpacing(round(14 * scale))
            column.addWidget(heading)
            column.addLayout(grid)
            self._headings[theme], self._grids[theme] = heading, grid
        column.addWidget(self.nothing)
        column.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(page)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(gap, gap, 0, 0)
        outside.setSpacing(round(8 * scale))
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, gap, 0)
        top.addLayout(head)
        outside.addLayout(top)
        outside.addWidget(self.area, 1)

    @property
    def shown(self) -> list[GalleryCard]:
        """The cards that are not filtered out, in their order."""
        theme = next(name for name, chip in self.chips.items() if chip.isChecked())
        words = self.search.text()
        return [
            card
            for card in self.cards
            if theme in ("", card.example.theme) and card.speaks_of(words)
        ]

    @Slot()
    def _filter(self) -> None:
        self._columns = 0
        self._place()

    def _place(self) -> None:
        """Put the cards that are shown side by side, as many as there is room for."""
        # Of this window: what is inside of it has its new size only later.
        columns = max((self.width() - self._edge) // round((WIDTH + 14) * self.session.scale), 1)
        if columns == self._columns:
            return
        self._columns = columns
        shown = self.shown
        for card in self.cards:
            card.setVisible(card in shown)
        for theme, grid in self._grids.items():
            while grid.count():
                grid.takeAt(0)
            mine = [card for card in shown if card.example.theme == theme]
            for place, card in enumerate(mine):
                grid.addWidget(card, place // columns, place % columns)
            for column in range(len(mine), columns):  # all themes have columns of one width
                grid.addItem(QSpacerItem(0, 0), 0, column)
            for column in range(max(grid.columnCount(), columns)):
                grid.setColumnStretch(column, 1 if column < columns else 0)
            self._headings[theme].setVisible(bool(mine))
        self.nothing.setVisible(not shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many cards side by side as there is room for."""
        super().resizeEvent(event)
        self._place()

    # --- Pictures --------------------------------------------------------------------------

    def _painting(self) -> Generator[float, None, None]:
        """Paint the cards one after the other."""
        for number, card in enumerate(self.cards):
            try:
                found = yield from _made(card.example)
            except MLVizError:  # a damaged file has no picture, and says why when it is opened
                continue
            card.show_thumbnail(found)
            yield number / len(self.cards)

    # --- What a person does ----------------------------------------------------------------

    def _on_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, GalleryCard):
            self._open(card)

    @Slot()
    def _open_first(self) -> None:
        shown = self.shown
        if shown and self.search.text():
            self._open(shown[0])

    def _open(self, card: GalleryCard) -> None:
        session = self.session
        if session.open(card.example.path):
            session.set_face(card.example.face)
        self.accept()

    def _on_moved(self, across: int, down: int) -> None:
        """Give the keyboard to the next card in a direction."""
        card, shown = self.sender(), self.shown
        if not isinstance(card, GalleryCard) or card not in shown:
            return
        if across:
            place = shown.index(card) + across
            target = shown[min(max(place, 0), len(shown) - 1)]
        else:
            target = self._beyond(card, down)
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.area.ensureWidgetVisible(target, 0, round(24 * self.session.scale))

    def _beyond(self, card: GalleryCard, down: int) -> GalleryCard:
        """Return the card in the next row that is nearest across; if there is none, this one."""
        places = {other: other.mapTo(self, other.rect().center()) for other in self.shown}
        here = places[card]
        ahead = [o for o, p in places.items() if (p.y() - here.y()) * down > card.height() / 2]
        if not ahead:
            return card
        return min(
            ahead, key=lambda o: (abs(places[o].y() - here.y()), abs(places[o].x() - here.x()))
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from the search down to the cards."""
        shown = self.shown
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus() and shown:
            shown[0].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


def _made(example: ExampleInfo) -> Generator[float, None, Thumbnail]:
    """Return the thumbnail of an example, made now if it is not there yet."""
    path = example.path
    key = str(path), path.stat().st_mtime_ns
    if key not in _KEPT:
        table = checked_table(shown_path(path), read(path))
        yield 0.0
        document = built(shown_path(path), path, example.name, table, are_scenes_checked=False)
        yield 0.0
        _KEPT[key] = yield from thumbnail(document)
    return _KEPT[key]
