"""The controls of the lab: the network, how it learns, and where training stops."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlviz.document.schema import FileTable
from mlviz.errors import DocumentError, MLVizError
from mlviz.i18n import Message
from mlviz.ui.fields import ChoiceField, Field, NumberField, SwitchField
from mlviz.ui.lab_view import LabView
from mlviz.ui.rate_field import RateField
from mlviz.ui.recipe_layers import LayersView
from mlviz.ui.recipe_settings import Section, Setting, sections
from mlviz.ui.scroll_page import ScrollPage
from mlviz.ui.session import Session
from mlviz.ui.typed import parsed, stepped, written


class RecipeView(LabView):
    """Qt view of `lab.table`: every control makes another one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.fields: dict[str, Field] = {}
        self._settings: dict[str, Setting] = {}
        self._shown: tuple[Any, ...] = ()
        self._wish: tuple[Any, int] = ((), 0)
        self._making: Iterator[None] | None = None
        self._looks: tuple[Any, ...] = ()
        self._headings: list[tuple[QLabel, QLabel, Message, bool]] = []
        self._parts: list[QWidget] = []
        self.page = ScrollPage(self)
        self.layers = LayersView(session, self)
        self.layers.edited.connect(self._apply)
        self.formula = QLabel(self)
        self.formula.setProperty("kind", "number")
        self.formula.setTextFormat(Qt.TextFormat.PlainText)
        self.formula.setWordWrap(True)
        self.convention = QLabel(self)
        self.convention.setProperty("kind", "muted")
        self.convention.setWordWrap(True)
        column = self.page.column
        self._heading(column, Message("recipe.network"), live=False)
        self._fixed = len(self._headings)
        column.addWidget(self.layers)
        column.addWidget(self.formula)
        self._rows = QVBoxLayout()
        column.addLayout(self._rows)
        column.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.page)
        self._restyle()
        self._retranslate()

    def _heading(self, column: QVBoxLayout, title: Message, live: bool) -> QWidget:
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, self.px(8), 0, 0)
        name, note = QLabel(line), QLabel(line)
        name.setProperty("strong", True)
        note.setProperty("kind", "muted")
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(note)
        column.addWidget(line)
        self._headings.append((name, note, title, live))
        return line

    # --- What it shows ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the recipe as it is."""
        lab = self.lab
        looks = (lab.document, self.session.language, self.session.theme, self.session.scale)
        if looks == self._looks and lab.running and self._making is None:
            return  # only the run has come farther
        self._looks = looks
        found = sections(lab.document)
        names: tuple[Any, ...] = tuple(
            (section.title.id, tuple((row.name, row.choices) for row in section.settings))
            for section in found
        )
        names = (lab.table.formula is None, *names)
        network = lab.table.network
        layers = len(self.layers.cards) if network is None else len(network.layers)
        if (names, layers) != self._wish:
            self._wish = names, layers
            fields = self._rebuilt(found, names) if names != self._shown else ()
            self._making = chain(self.layers.rebuilt(layers), fields)
        if self._making is not None:
            # Until all of it is there, what was there before stays.
            self.page.setUpdatesEnabled(False)
            if not lab.refreshing.go_on(self, self._making):
                self._stale = True
                return
            self._making = None
            self.page.setUpdatesEnabled(True)
        has_network = network is not None
        self.layers.setVisible(has_network)
        self.formula.setVisible(not has_network)
        if has_network:
            self.layers.show_network(lab.document)
        else:
            self.formula.setText("\n".join(lab.document.source))
        for name, field in self.fields.items():
            self._show_value(field, self._settings[name].read(lab.table))
        self.convention.setVisible(has_network)
        self.convention.setText(self.session.tr(lab.document.loss))

    def _show_value(self, field: Field, value: Any) -> None:
        if isinstance(field, RateField):
            field.show_rate(float(value))
        elif isinstance(field, NumberField):
            field.show_text(written(value))
        elif isinstance(field, ChoiceField):
            field.show_value(str(value))
        elif isinstance(field, SwitchField):
            field.show_value(bool(value))

    def _rebuilt(self, found: tuple[Section, ...], names: tuple[Any, ...]) -> Iterator[None]:
        """Make the fields anew, stopping after each: another optimizer has other settings."""
        self._shown = ()
        again = next((name for name, field in self.fields.items() if field.has_keyboard()), "")
        self._rows.removeWidget(self.convention)
        for part in self._parts:
            self._rows.removeWidget(part)
            part.hide()
            part.deleteLater()
        del self._headings[self._fixed :]
        self._parts, self.fields, self._settings = [], {}, {}
        for section in found:
            self._parts.append(self._heading(self._rows, section.title, section.live))
            for setting in section.settings:
                field = self._field(setting)
                field.label.setVisible(setting.label != section.title)  # it stands above already
                self._rows.addWidget(field)
                self._parts.append(field)
                if setting.name == "loss.name":
                    self._rows.addWidget(self.convention)
                self.fields[setting.name] = field
                self._settings[setting.name] = setting
                yield
        self._shown = names
        self._retranslate()
        self._restyle()
        if again in self.fields:
            self.fields[again].take_keyboard()

    def _field(self, setting: Setting) -> Field:
        session, name, label, tip = self.session, setting.name, setting.label, setting.tip
        if setting.kind == "choice":
            choice = ChoiceField(session, name, label, setting.choices, tip, self)
            choice.chosen.connect(self._on_value)
            return choice
        if setting.kind == "switch":
            switch = SwitchField(session, name, label, tip, self)
            switch.switched.connect(self._on_value)
            return switch
        if setting.kind == "rate":
            rate = RateField(session, name, label, tip, self)
            rate.dragged.connect(self._on_dragged)
            rate.dropped.connect(self.lab.drop)
            number: NumberField = rate
        else:
            number = NumberField(session, name, label, setting.blank, tip, self)
        number.committed.connect(self._on_typed)
        number.stepped.connect(self._on_stepped)
        return number

    # --- What a person does ----------------------------------------------------------------

    def _on_value(self, name: str, value: Any) -> None:
        setting = self._settings[name]
        self._apply(partial(setting.write, self.lab.table, value), self.fields[name])

    def _on_dragged(self, name: str, value: float) -> None:
        setting = self._settings[name]
        made = partial(setting.write, self.lab.table, value)
        self._apply(made, self.fields[name], dragging=name)

    def _on_typed(self, name: str, text: str) -> None:
        self._apply(partial(self._written, self._settings[name], text), self.fields[name])

    def _written(self, setting: Setting, text: str) -> FileTable:
        return setting.write(self.lab.table, parsed(setting, text))

    def _on_stepped(self, name: str, step: int) -> None:
        setting = self._settings[name]
        value = stepped(setting, setting.read(self.lab.table), step)
        self._apply(partial(setting.write, self.lab.table, value), self.fields[name])

    def _apply(self, make: Callable[[], FileTable], field: Field, dragging: str = "") -> None:
        """Change the recipe, or say beside the control why that is not possible."""
        try:
            done = self.lab.edit(make(), dragging)
            problem = self.lab.problem
        except MLVizError as error:
            done, problem = False, error
        if done:
            field.show_problem(None)
            self.refresh_now()
            return
        assert problem is not None
        said = problem.problem if isinstance(problem, DocumentError) else problem.message
        field.show_problem(said)

    # --- How it looks ----------------------------------------------------------------------

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.recipe")))
        is_formula = self.lab.table.formula is not None
        for place, (name, note, title, live) in enumerate(self._headings):
            name.setText(tr(Message("recipe.formula") if is_formula and not place else title))
            note.setText(tr(Message("recipe.live") if live else Message("recipe.anew")))
            tip = Message("recipe.live.tip") if live else Message("recipe.anew.tip")
            note.setToolTip(tr(tip))

    def _restyle(self) -> None:
        px = self.px
        self.page.column.setContentsMargins(px(20), px(2), px(14), px(14))
        self.page.column.setSpacing(px(6))
        self._rows.setSpacing(px(5))
