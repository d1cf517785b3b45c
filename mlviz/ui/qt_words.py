"""The words of Qt's own dialogs, in the user's language."""

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator
from PySide6.QtWidgets import QApplication


class QtWords(QObject):
    """Lets Qt's own dialogs speak a language."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._words: QTranslator | None = None

    def load(self, language: str) -> None:
        """Speak this language from now on."""
        application = QApplication.instance()
        assert application is not None
        self.unload()
        self._words = QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._words.load(f"qtbase_{language}", folder):
            application.installTranslator(self._words)

    def unload(self) -> None:
        """Speak as Qt does by itself."""
        application = QApplication.instance()
        if self._words is not None and application is not None:
            application.removeTranslator(self._words)
