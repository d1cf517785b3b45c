"""What the open example is about and what to do with it, beside its training."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from mlviz.document.document import Document
from mlviz.document.localtext import LocalText
from mlviz.i18n import Message
from mlviz.ui.lab import Lab
from mlviz.ui.lab_recipe import effect_on, own_recipe
from mlviz.ui.lab_view import LabView
from mlviz.ui.session import Session

_LINE_HEIGHT = "130%"
_TRY = "result"
"""What a file says after its first update is what is to be tried next."""


def told_document(lab: Lab) -> Document:
    """Return whose words hold for the recipe: the open file's, unless it is another by now."""
    opened, table = lab.opened, lab.table
    own = (opened.table, *(variant.table for variant in opened.variants))
    if all(effect_on(known, table) == "restart" for known in own):
        return own_recipe(opened)
    return opened


def tries(document: Document) -> tuple[LocalText, ...]:
    """Return what a file says about what is to be tried."""
    return tuple(scene.say for scene in document.scenes if scene.at == _TRY)


def has_words(document: Document) -> bool:
    """Return whether a file says anything about what it trains."""
    texts = (document.about, *tries(document))
    return any(text.in_language("en") for text in texts)


class LabLessonView(LabView):
    """Title, what it is about, and what to try."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.title, self.about = self._label("body"), self._label("body")
        self.heading, self.text = self._label("heading"), self._label("body")
        page = QWidget()
        page.setProperty("kind", "panel")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._lines = QVBoxLayout(page)
        for label in (self.title, self.about, self.heading, self.text):
            self._lines.addWidget(label)
        self._lines.addStretch()
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)
        self._shown: tuple[object, ...] = ()
        self._restyle()
        self.refresh()

    def _label(self, kind: str) -> QLabel:
        label = QLabel()
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        label.setMinimumWidth(1)  # one long word does not hold the others apart
        return label

    def refresh(self) -> None:
        """Say what holds for the recipe."""
        lab, language = self.lab, self.session.language
        of = (lab.opened, lab.table, language)
        if of == self._shown:  # while training goes on nothing of it changes
            return
        is_other = self._shown[:1] != of[:1]
        self._shown = of
        document = told_document(lab)
        title = escape(document.title.in_language(language))
        self.title.setText(f"<b>{title}</b>")
        self.about.setText(_paragraphs([document.about], language))
        to_try = tries(document)
        self.heading.setText(escape(self.session.tr(Message("lab.lesson.try")).upper()))
        self.text.setText(_paragraphs(to_try, language))
        self.heading.setVisible(bool(to_try))
        self.text.setVisible(bool(to_try))
        self.setAccessibleName(self.session.tr(Message("lab.dock.lesson")))
        if is_other:
            self.area.verticalScrollBar().setValue(0)

    def needed_height(self, width: int) -> int:
        """Return how high everything is at a width, px."""
        margins, gap = self._lines.contentsMargins(), self._lines.spacing()
        inner = width - margins.left() - margins.right()
        labels = (self.title, self.about, self.heading, self.text)
        heights = [label.heightForWidth(inner) for label in labels if not label.isHidden()]
        return sum(heights) + gap * len(heights) + margins.top() + margins.bottom()

    def _restyle(self) -> None:
        pad = self.px(20)
        self._lines.setContentsMargins(pad, self.px(2), pad, self.px(6))
        self._lines.setSpacing(self.px(6))


def _paragraphs(texts: list[LocalText] | tuple[LocalText, ...], language: str) -> str:
    parts = [p for text in texts for p in text.in_language(language).split("\n\n")]
    return "".join(
        f'<p style="line-height:{_LINE_HEIGHT}; margin-top:0">{escape(" ".join(part.split()))}</p>'
        for part in parts
    )
