"""What the file says of what is trained: what it shows, and what to look at."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mlviz.i18n import Message
from mlviz.ui.lab_recipe import effect_on, own_recipe
from mlviz.ui.lab_view import LabView
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session


class LabLesson(LabView):
    """The title, what it is about, and all that its scenes say, one below the other."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.page = ScrollPage(self)
        self.title, self.text = QLabel(self), QLabel(self)
        for label, kind in ((self.title, "strong"), (self.text, "body")):
            label.setProperty("kind", kind)
            label.setProperty("strong", kind == "strong")
            label.setWordWrap(True)
            label.setMinimumWidth(1)
            label.setTextFormat(Qt.TextFormat.PlainText)
            self.page.column.addWidget(label)
        self.page.column.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.page)
        self._restyle()
        self._retranslate()

    def paragraphs(self) -> list[str]:
        """Return what is said; of another recipe than the file's own, that it is one."""
        lab, language = self.lab, self.session.language
        document = lab.opened
        if effect_on(document.table, lab.table) == "restart":
            document = own_recipe(document)
        said = [document.about, *(scene.say for scene in document.scenes)]
        return [
            " ".join(part.split())
            for text in said
            for part in text.in_language(language).split("\n\n")
            if part.strip()
        ]

    def refresh(self) -> None:
        """Say it in the reader's language."""
        self.title.setText(self.lab.opened.title.in_language(self.session.language))
        text = "\n\n".join(self.paragraphs())
        if text != self.text.text():
            self.text.setText(text)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.session.tr(Message("lab.dock.lesson")))

    def _restyle(self) -> None:
        px = self.px
        self.page.column.setContentsMargins(px(14), px(2), px(10), px(10))
        self.page.column.setSpacing(px(8))
