"""A CSV file of the user's own: looked at, chosen from, and opened as a network that learns it."""

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mlviz.document.data_file import DataInfo, read_data
from mlviz.document.document import Document, built, short_name
from mlviz.document.fitting import starting_table, with_data
from mlviz.document.schema import DataTable
from mlviz.document.table_file import keep_table, style_wishes
from mlviz.document.table_start import first_choice
from mlviz.errors import DocumentError, MLVizError
from mlviz.export.data_code import pandas_code
from mlviz.i18n import Message
from mlviz.learn.data.csv_file import PREVIEW_BYTES, parts, style_of
from mlviz.learn.data.oddities import almost_numbers, names_are_numbers
from mlviz.learn.data.tables import Table
from mlviz.ui.code_dialog import Highlighter
from mlviz.ui.csv_form import CsvForm
from mlviz.ui.session import Session
from mlviz.ui.table_model import TableModel
from mlviz.ui.work import Job, left_message

_SIZE = (980, 690)
_FORM = 430

_LINES = 60
_FITTED = 60  # columns whose widths are measured …
_MEASURED = 12  # … by so many of their rows


class CsvDialog(QDialog):
    """Reads a file part by part, shows it, and makes a document of it.

    Args:
        session: the session.
        path: the file.
        parent: the Qt parent.
        data: what was chosen of it before; then the lab's recipe is changed, not replaced.
    """

    opened = Signal()
    """The document was opened."""

    def __init__(
        self,
        session: Session,
        path: Path,
        parent: QWidget | None = None,
        data: DataTable | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.path = path
        self._before = data
        self.table: Table | None = None
        self.problem: Message | None = None
        self._job: Job | None = None
        tr, scale = session.tr, session.scale
        self.setWindowTitle(tr(Message("csv.title", file=path.name)))
        room = self.screen().availableSize()
        width, height = (round(length * scale) for length in _SIZE)
        self.resize(min(width, room.width()), min(height, room.height()))
        self.facts = QLabel()
        self.facts.setProperty("kind", "muted")
        self.form = CsvForm(session, self)
        self.form.setFixedWidth(round(_FORM * scale))
        if data is not None:
            self.form.show_style(data)
        else:
            with contextlib.suppress(MLVizError):  # what is wrong is said when it is read
                self.form.guess_style(style_of(path))
        self.form.style_changed.connect(self.read)
        self.form.edited.connect(self.update_result)
        self.tabs = self._tabs()
        self.outcome = QLabel()
        for label in (self.facts, self.outcome):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(round(6 * scale))
        words = Message("csv.open") if data is None else Message("csv.apply")
        self.open_button = QPushButton(tr(words))
        self.open_button.setProperty("kind", "primary")
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self.open_document)
        self.cancel_button = QPushButton(tr(Message("csv.cancel")))
        self.cancel_button.clicked.connect(self.reject)
        self._lay_out(scale)
        self.read()

    def _tabs(self) -> QTabWidget:
        tr, session = self.session.tr, self.session
        self.model = TableModel(session, self)
        self.preview = QTableView()
        self.preview.setModel(self.model)
        self.preview.setAccessibleName(tr(Message("csv.preview")))
        self.preview.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.preview.setWordWrap(False)
        self.preview.setTabKeyNavigation(False)
        header = self.preview.horizontalHeader()
        header.setDefaultSectionSize(round(104 * session.scale))
        header.setMaximumSectionSize(round(260 * session.scale))
        header.setResizeContentsPrecision(_MEASURED)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.preview.verticalHeader().setDefaultSectionSize(round(24 * session.scale))
        self.raw = _text(tr(Message("csv.preview")))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.preview)
        self.stack.addWidget(self.raw)
        self.code = _text(tr(Message("csv.code")))
        self._highlighter = Highlighter(session, self.code.document())
        self.copy_button = QPushButton(tr(Message("ui.code.copy")))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self.copy)
        self.copied = QLabel()
        self.copied.setProperty("kind", "muted")
        page = QWidget()
        column, row = QVBoxLayout(page), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.copied, 1)
        row.addWidget(self.copy_button)
        column.addWidget(self.code, 1)
        column.addLayout(row)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self.stack, tr(Message("csv.preview")))
        tabs.addTab(page, tr(Message("csv.code")))
        return tabs

    def _lay_out(self, scale: float) -> None:
        gap = round(20 * scale)
        buttons = QHBoxLayout()
        buttons.setSpacing(round(8 * scale))
        buttons.addWidget(self.outcome, 1)
        for button in (self.cancel_button, self.open_button):
            buttons.addWidget(button)
        body = QHBoxLayout()
        body.setSpacing(gap)
        body.addWidget(self.form)
        body.addWidget(self.tabs, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, gap, gap, gap)
        column.setSpacing(round(10 * scale))
        for inset in (self.facts, self.progress):
            row = QHBoxLayout()
            row.setContentsMargins(gap, 0, 0, 0)
            row.addWidget(inset)
            column.addLayout(row)
        column.addLayout(body, 1)
        row = QHBoxLayout()
        row.setContentsMargins(gap, 0, 0, 0)
        row.addLayout(buttons)
        column.addLayout(row)

    # --- Reading ---------------------------------------------------------------------------

    @Slot()
    def read(self) -> None:
        """Read the file, in the way that was chosen."""
        self.stop()
        wishes = self.form.style_wishes
        self.open_button.setEnabled(False)
        self._say(Message("csv.reading"))
        self.facts.setText(self.session.tr(Message("csv.reading")))
        self.progress.setValue(0)
        self.progress.show()
        steps = parts(self.path, *style_wishes(wishes))
        self._job = self.session.lab.work.begin(self._all(steps), self)
        self._job.progressed.connect(self._on_progressed)
        self._job.failed.connect(self._on_failed)

    def stop(self) -> None:
        """Read no farther."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_progressed(self) -> None:
        if self._job is not None:
            self.progress.setValue(round(100 * self._job.share))
            self.facts.setText(self.session.tr(left_message(self._job)))

    def _all(self, reading: Generator[float, None, Table]) -> Generator[float, None, None]:
        """Read the table and show it; of a large one each step takes its time."""
        table = yield from reading
        keep_table(self.path, self.form.style_wishes, table)
        self.model.show_table(table)
        yield 1.0
        self.stack.setCurrentWidget(self.preview)
        if len(table.names) <= _FITTED:
            self.preview.resizeColumnsToContents()
        yield 1.0
        before = self._before
        fits = before is not None and {*before.features, before.target or ""} <= {*table.names}
        chosen = before if before is not None and fits else first_choice(self.path, table)
        yield 1.0
        self._job, self.table = None, table
        self.form.show_table(table, replace(chosen, csv=str(self.path)))
        tr = self.session.tr
        self.facts.setText("\n".join(tr(said) for said in (self._facts(table), *_hints(table))))
        self.progress.hide()
        yield 1.0
        self.update_result()

    def _facts(self, table: Table) -> Message:
        style = table.style
        names = {",": "csv.comma", ";": "csv.semicolon", "\t": "csv.tab", "|": "csv.bar"}
        separator = "," if style is None else style.separator
        return Message(
            "csv.facts",
            rows=f"{len(table):,}",
            columns=len(table.names),
            separator=Message(names[separator]) if separator in names else separator,
            encoding="UTF-8" if style is None else style.encoding.upper(),
        )

    def _on_failed(self, message: Message) -> None:
        """Show the file as it is written, and what is wrong with it."""
        self._job = self.table = None
        self.progress.hide()
        self.model.show_table(None)
        self.form.show_nothing()
        self.raw.setPlainText(_first_lines(self.path, self.form.style_wishes.encoding or ""))
        self.stack.setCurrentWidget(self.raw)
        self.code.clear()
        self.facts.setText("")
        self._say(message, is_problem=True)

    # --- What comes of it ------------------------------------------------------------------

    @Slot()
    def update_result(self) -> None:
        """Say what would be learned, and write down how."""
        if self.table is None:
            return
        data = self.form.data
        self.model.mark(frozenset([*data.features, data.target or ""]))
        try:
            info = read_data(self.path.name, data)
        except MLVizError as error:
            said = error.problem if isinstance(error, DocumentError) else error.message
            self._say(said, is_problem=True)
            self.code.clear()
            return
        self.code.setPlainText(pandas_code(info, data))
        self.copied.setText("")
        self._say(self._words(info))
        self.open_button.setEnabled(True)

    def _words(self, info: DataInfo) -> Message:
        train, validation, test = (len(rows) for rows in info.split)
        counts = {"train": train, "validation": validation, "test": test, "inputs": info.inputs}
        left = {"left_out": info.left_out}
        if info.classes:
            return Message("csv.result.classes", classes=len(info.classes), **counts, **left)
        return Message("csv.result.number", **counts, **left)

    def _say(self, message: Message, *, is_problem: bool = False) -> None:
        self.problem = message if is_problem else None
        self.outcome.setText(self.session.tr(message))
        self.outcome.setProperty("kind", "problem" if is_problem else "muted")
        self.outcome.style().polish(self.outcome)
        if is_problem:
            self.open_button.setEnabled(False)

    @Slot()
    def copy(self) -> None:
        """Put the script on the clipboard."""
        QGuiApplication.clipboard().setText(self.code.toPlainText())
        self.copied.setText(self.session.tr(Message("ui.code.copied")))

    def document(self) -> Document:
        """Return the document: the data with a small network, its loss and Adam.

        Raises:
            DocumentError: the data cannot be read.
        """
        name = short_name(self.path)
        table = starting_table(self.form.data, title=name)
        return built(self.path.name, None, name, table)

    @Slot()
    def open_document(self) -> None:
        """Open it, or let the lab go on with it; say why not if that is impossible."""
        lab = self.session.lab
        try:
            if self._before is not None:
                if lab.edit(with_data(lab.table, self.form.data)):
                    self.accept()
                elif lab.problem is not None:
                    self._say(lab.problem.message, is_problem=True)
                return
            document = self.document()
        except MLVizError as error:
            self._say(error.message, is_problem=True)
            return
        if self.session.may_leave() and self.session.open_document(document):
            self.session.set_face("lab")
            self.opened.emit()
            self.accept()

    def done(self, result: int) -> None:
        """Read no farther, and close."""
        self.stop()
        super().done(result)


def open_table(
    session: Session, path: Path, parent: QWidget, data: DataTable | None = None
) -> CsvDialog:
    """Show a table of the user's own; nothing is blocked meanwhile."""
    dialog = CsvDialog(session, path, parent, data)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def _text(name: str) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setReadOnly(True)
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    text.setProperty("kind", "number")
    text.setAccessibleName(name)
    text.setTabChangesFocus(True)
    return text


def _first_lines(path: Path, encoding: str) -> str:
    """Return how a file begins, as far as it can be shown."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            start = file.read(PREVIEW_BYTES)
    except (OSError, ValueError):
        return ""
    try:
        encoding = style_of(path, encoding).encoding
    except MLVizError:
        encoding = encoding or "utf-8"
    lines = start.decode(encoding, errors="replace").splitlines()[:_LINES]
    plain = ("".join(c if _is_shown(c) else "·" for c in line) for line in lines)
    return "\n".join(f"{number:4}  {line[:200]}" for number, line in enumerate(plain, 1))


def _is_shown(letter: str) -> bool:
    """Return whether a letter can be shown as it is: not of scripts that no font here has."""
    known = letter < "\u0250" or "\u0370" <= letter < "\u0530" or "\u2010" <= letter < "\u2600"
    wide = (
        "\u3000" <= letter < "\u3100"
        or "\u4e00" <= letter < "\ua000"
        or "\uff00" < letter < "\uffe0"
    )
    return letter == "\t" or (letter.isprintable() and (known or wide))


def _hints(table: Table) -> Iterator[Message]:
    """Yield what is probably not meant."""
    if names_are_numbers(table):
        yield Message("csv.hint.names")
    elif table.style is not None and not table.style.header:
        yield Message("csv.hint.no_names")
    odd = almost_numbers(table)
    if odd is not None:
        count = {"numbers": f"{odd.numbers:,}", "entries": f"{odd.entries:,}"}
        other = odd.other if len(odd.other) <= 20 else f"{odd.other[:19]}…"
        yield Message("csv.hint.words", name=odd.column, other=other, line=odd.line, **count)
