"""The form of a table: how its file is written, what is learned from what, and how."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mlviz.document.schema import DataTable
from mlviz.document.table_start import task_of
from mlviz.i18n import Message
from mlviz.learn.data.csv_file import ENCODINGS
from mlviz.learn.data.tables import Style, Table
from mlviz.ui.csv_columns import ColumnsView
from mlviz.ui.fields import ChoiceField, Field, NumberField, SwitchField
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session

_AUTO = ""
_SEPARATORS = (
    (_AUTO, Message("csv.auto")),
    (",", Message("csv.comma")),
    (";", Message("csv.semicolon")),
    ("\t", Message("csv.tab")),
    ("|", Message("csv.bar")),
)
_DECIMALS = ((".", Message("csv.point")), (",", Message("csv.comma")))
_ENCODINGS: tuple[tuple[str, Message | str], ...] = (
    (_AUTO, Message("csv.auto")),
    *((name, name.upper()) for name in ENCODINGS),
)
_TASKS = (("regression", Message("csv.task.number")), ("classes", Message("csv.task.classes")))
_SHARES = ("validation", "test")
_STYLE_FIELDS = 4


class CsvForm(ScrollPage):
    """The left side of the dialog."""

    style_changed = Signal()
    """The file is to be read in another way."""
    edited = Signal()
    """Something else is wanted of the table."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self._table: Table | None = None
        self._data = DataTable()
        self.target = self._choice("target", Message("csv.target"), ())
        self.task = self._choice("task", Message("csv.task"), _TASKS, Message("csv.task.tip"))
        self.columns = ColumnsView(session, self)
        self.columns.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.validation = _number(session, "validation", Message("data.validation"), self)
        self.held_out = _number(session, "test", Message("data.test"), self)
        self.rows = _number(session, "rows", Message("csv.rows"), self, Message("csv.rows.all"))
        tip = Message("data.standardise.tip")
        words = Message("data.standardise")
        self.standardise = SwitchField(session, "standardise", words, tip, self)
        tip = Message("data.standardise_target.tip")
        words = Message("data.standardise_target")
        self.scale_target = SwitchField(session, "standardise_target", words, tip, self)
        self.separator = self._choice("separator", Message("csv.separator"), _SEPARATORS)
        self.decimal = self._choice("decimal", Message("csv.decimal"), _DECIMALS)
        self.encoding = self._choice("encoding", Message("csv.encoding"), _ENCODINGS)
        self.decimal.show_value(".")
        tip = Message("csv.header.tip")
        self.header = SwitchField(session, "header", Message("csv.header"), tip, self)
        self.header.show_value(True)
        self._headings: list[tuple[QLabel, Message]] = []
        self._heading(Message("csv.what"))
        for choice in (self.target, self.task):
            self.column.addWidget(choice)
        self._heading(Message("csv.columns"))
        self.column.addWidget(self.columns, 1)
        self._heading(Message("csv.how"))
        for part in (
            self.standardise,
            self.scale_target,
            self.validation,
            self.held_out,
            self.rows,
        ):
            self.column.addWidget(part)
        self._heading(Message("csv.file"))
        for style in (self.separator, self.decimal, self.encoding):
            self.column.addWidget(style)
            style.chosen.connect(self._on_style)
        self.column.addWidget(self.header)
        self.header.switched.connect(self._on_style)
        self.target.chosen.connect(self._on_target)
        self.task.chosen.connect(self._on_choice)
        self.columns.edited.connect(self.edited)
        for switch in (self.standardise, self.scale_target):
            switch.switched.connect(self._on_choice)
        for number in (self.validation, self.held_out, self.rows):
            number.committed.connect(self._on_number)
            number.stepped.connect(self._on_stepped)
        self.restyle()
        self.retranslate()

    def _choice(
        self,
        name: str,
        label: Message,
        choices: Sequence[tuple[str, Message | str]],
        tip: Message | None = None,
    ) -> ChoiceField:
        return ChoiceField(self.session, name, label, choices, tip, self)

    def _heading(self, words: Message) -> None:
        label = QLabel(self)
        label.setProperty("strong", True)
        self._headings.append((label, words))
        self.column.addWidget(label)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every line of the form."""
        return (
            *(self.target, self.task, self.standardise, self.scale_target),
            *(self.validation, self.held_out, self.rows),
            *(self.separator, self.decimal, self.encoding, self.header),
        )

    # --- What it shows ---------------------------------------------------------------------

    def show_table(self, table: Table, first: DataTable) -> None:
        """Show another table with a first choice."""
        self._table, self._data = table, first
        self._enable(True)
        self.columns.show_table(table)
        with QSignalBlocker(self.target.combo):
            self.target.combo.clear()
            for name in table.names:
                self.target.combo.addItem(" ".join(name.split()), name)
        self.target.show_value(first.target or "")
        self.columns.leave_out(first.target or "")
        names = [name for name in table.names if name != first.target]
        self.columns.tick(frozenset(first.features or names))
        self.columns.show_rules(first.missing, frozenset(first.one_hot))
        self.task.show_value(first.task or "regression")
        self._show_rest()

    def show_style(self, data: DataTable) -> None:
        """Show how the file was read before."""
        self.separator.show_value(data.separator or _AUTO)
        self.decimal.show_value(data.decimal or ".")
        self.encoding.show_value(data.encoding or _AUTO)
        self.header.show_value(data.header)

    def guess_style(self, style: Style) -> None:
        """Begin with what a file probably is; the rest is found out when it is read."""
        self.decimal.show_value(style.decimal)
        self.header.show_value(style.header)

    def show_nothing(self) -> None:
        """There is no table: only how the file is read can be changed."""
        self._table = None
        self.columns.show_nothing()
        self.target.combo.clear()
        self._enable(False)

    def _enable(self, enabled: bool) -> None:
        for part in (*self.fields[:-_STYLE_FIELDS], self.columns):
            part.setEnabled(enabled)

    def _show_rest(self) -> None:
        data = self._data
        self.standardise.show_value(data.standardise)
        self.scale_target.show_value(data.standardise_target)
        self.scale_target.setVisible(data.task == "regression")
        self.task.combo.setEnabled(self._table is not None and data.target in self._table.numeric)
        self.validation.accept(f"{100 * data.validation:g}")
        self.held_out.accept(f"{100 * data.test:g}")
        self.rows.accept("" if data.rows is None else str(data.rows))

    @property
    def style_wishes(self) -> DataTable:
        """How the file is to be read, as far as the user has said it."""
        return DataTable(
            separator=self.separator.combo.currentData() or None,
            decimal="," if self.decimal.combo.currentData() == "," else None,
            encoding=self.encoding.combo.currentData() or None,
            header=self.header.box.isChecked(),
        )

    @property
    def data(self) -> DataTable:
        """What is wanted of the table."""
        style, rules = self.style_wishes, self.columns.rules
        features = self.columns.ticked
        gaps: dict[str, str | float] = {}
        for name in features:
            rule = rules.get(name, "drop")
            if rule != "drop":
                gaps[name] = rule
        return replace(
            self._data,
            separator=style.separator,
            decimal=style.decimal,
            encoding=style.encoding,
            header=style.header,
            features=features,
            one_hot=[name for name in features if name in self.columns.switched],
            missing=gaps or None,
        )

    # --- What a person does ----------------------------------------------------------------

    def _on_style(self, _name: str, _value: object) -> None:
        self.style_changed.emit()

    def _on_target(self, _name: str, target: str) -> None:
        if self._table is None:
            return
        old, task = self._data.target, task_of(self._table, target)
        ticked = {*self.columns.ticked, *([old] if old else [])} - {target}
        self._data = replace(
            self._data, target=target, task=task, standardise_target=task == "regression"
        )
        self.columns.leave_out(target)
        self.columns.tick(frozenset(ticked))
        self.task.show_value(task)
        self._show_rest()
        self.edited.emit()

    def _on_choice(self, name: str, value: Any) -> None:
        self._data = replace(self._data, **{name: value})
        if name == "task":
            self._data = replace(self._data, standardise_target=value == "regression")
            self._show_rest()
        self.edited.emit()

    def _on_number(self, name: str, text: str) -> None:
        field = {"validation": self.validation, "test": self.held_out, "rows": self.rows}[name]
        try:
            value = _parsed(name, text)
        except ValueError:
            field.show_problem(Message("csv.not_number", found=text[:40]))
            return
        field.accept(text)
        self._data = replace(self._data, **{name: value})
        self.edited.emit()

    def _on_stepped(self, name: str, step: int) -> None:
        found = getattr(self._data, name)
        if name in _SHARES:
            value: Any = round(min(max(found + 0.05 * step, 0.0), 0.9), 2)
        else:
            value = max((found or len(self._table or ())) + 1000 * step, 1)
        self._data = replace(self._data, **{name: value})
        self._show_rest()
        self.edited.emit()

    # --- How it looks ----------------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything in the session's language."""
        for label, words in self._headings:
            label.setText(self.session.tr(words))
        self.columns.retranslate()

    def restyle(self) -> None:
        """Take the session's scale."""
        scale = self.session.scale
        self.column.setContentsMargins(*(round(side * scale) for side in (20, 10, 14, 10)))
        self.column.setSpacing(round(6 * scale))
        self.columns.setMinimumHeight(round(150 * scale))


def _number(
    session: Session, name: str, label: Message, parent: QWidget, blank: Message | None = None
) -> NumberField:
    field = NumberField(session, name, label, blank, None, parent)
    field.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
    return field


def _parsed(name: str, text: str) -> Any:
    """Return what was typed: a share in percent, or a number of rows.

    Raises:
        ValueError: it is none.
    """
    plain = text.strip().removesuffix("%").strip().replace(",", "" if name == "rows" else ".")
    if name == "rows":
        if plain and int(plain) < 1:
            raise ValueError(text)
        return int(plain) if plain else None
    share = float(plain or "0") / 100
    if not 0 <= share <= 0.95:
        raise ValueError(text)
    return share
