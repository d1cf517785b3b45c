"""Your network as NumPy: the recorded step as a script, to read, to copy, to save."""

import re
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mlviz.export.code import numpy_script
from mlviz.i18n import Message
from mlviz.picture.items import Role
from mlviz.trace.numpy_code import compile_step
from mlviz.trace.symbols import text_name
from mlviz.ui.session import Session

_SIZE = (860, 680)


class CodeDialog(QDialog):
    """The step of the open document as a NumPy script that runs by itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        tr, scale = session.tr, session.scale
        self.setWindowTitle(tr(Message("ui.code.title")))
        self.resize(round(_SIZE[0] * scale), round(_SIZE[1] * scale))
        iteration = session.training.iteration(1)
        self.script = numpy_script(iteration)
        self.intro = QLabel(tr(Message("ui.code.intro")))
        self.names = QLabel(tr(Message("ui.code.names", names=self._names())))
        self.names.setProperty("kind", "muted")
        for label in (self.intro, self.names):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.text = QPlainTextEdit(self.script)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setProperty("kind", "number")
        self.text.setAccessibleName(tr(Message("ui.code.title")))
        # Tab leads on to the buttons: nothing is typed here.
        self.text.setTabChangesFocus(True)
        self._highlighter = Highlighter(session, self.text.document())
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.copy_button = QPushButton(tr(Message("ui.code.copy")))
        self.copy_button.clicked.connect(self.copy)
        self.save_button = QPushButton(tr(Message("ui.code.save")))
        self.save_button.clicked.connect(self.ask_for_file)
        self.close_button = QPushButton(tr(Message("ui.code.close")))
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(round(8 * scale))
        buttons.addWidget(self.message, 1)
        for button in (self.copy_button, self.save_button, self.close_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        gap = round(20 * scale)
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(round(10 * scale))
        column.addWidget(self.intro)
        column.addWidget(self.names)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)

    def _names(self) -> str:
        """Say which name of the script is which value on the screen: `W1 = W⁽¹⁾`."""
        iteration = self.session.training.iteration(1)
        step = compile_step(iteration)
        leaves = {node.origin or node.name: node for node in iteration.tape if node.is_leaf}
        pairs = []
        for name in step.parameters:
            origin = step.origins[name]
            node = leaves.get(origin)
            pairs.append(f"{name} = {text_name(node.name) if node and node.name else origin}")
        return "   ".join(pairs)

    @Slot()
    def copy(self) -> None:
        """Put the script on the clipboard."""
        QGuiApplication.clipboard().setText(self.script)
        self.message.setText(self.session.tr(Message("ui.code.copied")))

    @Slot()
    def ask_for_file(self) -> None:
        """Let the user choose where the script goes; nothing is blocked meanwhile."""
        tr = self.session.tr
        dialog = QFileDialog(self, tr(Message("ui.code.save")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Python (*.py)")
        dialog.setDefaultSuffix("py")
        dialog.selectFile(f"{self.session.document.name.replace('-', '_')}.py")
        dialog.fileSelected.connect(self.save)
        dialog.open()

    @Slot(str)
    def save(self, path: str) -> None:
        """Write the script; if that fails, say why."""
        try:
            Path(path).write_text(self.script, encoding="utf-8")
        except OSError as error:
            message = Message("cli.write", path=path, why=str(error.strerror))
        else:
            message = Message("ui.code.saved", path=path)
        self.message.setText(self.session.tr(message))


class Highlighter(QSyntaxHighlighter):
    """Comments step back; the words of the language are bold."""

    _COMMENT = re.compile(r"#.*$")
    _WORD = re.compile(r"\b(def|return|import|from|for|in|if|else|as)\b(?![^#]*\")")

    def __init__(self, session: Session, document: QTextDocument) -> None:
        super().__init__(document)
        self._comment = QTextCharFormat()
        self._comment.setForeground(session.theme.colour(Role.FORWARD))
        self._word = QTextCharFormat()
        self._word.setForeground(session.theme.colour(Role.BACKWARD))

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        comment = self._COMMENT.search(text)
        end = comment.start() if comment else len(text)
        for match in self._WORD.finditer(text, 0, end):
            self.setFormat(match.start(), len(match[0]), self._word)
        if comment:
            self.setFormat(end, len(text) - end, self._comment)
