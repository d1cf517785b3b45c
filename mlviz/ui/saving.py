"""Saving the recipe as it was edited, and asking before it is left behind."""

from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import structs
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from mlviz.document.document import Document
from mlviz.document.reading import shown_path
from mlviz.document.schema import FileTable, TextTable
from mlviz.document.writing import save, table_to_save
from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.paths import examples_folder
from mlviz.ui.lab_recipe import effect_on, own_recipe
from mlviz.ui.session import Session

Answer: TypeAlias = Literal["save", "discard", "cancel"]


class Saving(QObject):
    """Knows what is on file, and where.

    Args:
        session: whose recipe is saved.
        window: over which questions are asked.

    Attributes:
        path: the file that the recipe was read from, or saved to last; None if there is none,
            or if it is one of the program's own.
    """

    changed = Signal()
    """Another recipe is on file, or the same one elsewhere."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._opened: FileTable | None = None
        self.path: Path | None = None
        self._saved: FileTable | None = None
        session.document_changed.connect(self._on_document_changed)
        session.ask_before_leaving(self.may_leave)
        self._on_document_changed()

    def _on_document_changed(self) -> None:
        """Take over what was opened; the lab's own documents are edits of that."""
        lab = self._session.lab
        if lab.opened.table is self._opened:
            return
        path = lab.opened.path
        self.path = None if self._is_own(path) else path
        self._opened = self._saved = lab.opened.table
        self.changed.emit()

    @property
    def is_modified(self) -> bool:
        """Whether the recipe is another one than on file."""
        return self._session.lab.table != self._saved

    # --- Saving ----------------------------------------------------------------------------

    @Slot()
    def save(self) -> bool:
        """Write the recipe where it came from; without a file ask for one."""
        if self.path is None:
            self.ask_for_file()
            return False
        return self.save_to(self.path)

    def save_to(self, path: Path) -> bool:
        """Write the recipe to a file; say where, or why not."""
        lab, session = self._session.lab, self._session
        try:
            save(self._document(), path)
        except MLVizError as error:
            session.failed.emit(error.message)
            return False
        self.path, self._saved = path, lab.table
        self.changed.emit()
        session.noted.emit(self._told(path))
        return True

    def _document(self) -> Document:
        """Return what is saved: what an example says holds for its own recipe alone."""
        lab = self._session.lab
        own = self._is_own(lab.opened.path)
        if not own or effect_on(lab.opened.table, lab.table) != "restart":
            return lab.document
        made = own_recipe(lab.document)
        title, about = (TextTable(en=t.en, zh_CN=t.zh_CN) for t in (made.title, made.about))
        return replace(made, table=structs.replace(made.table, title=title, about=about, scene=[]))

    @staticmethod
    def _is_own(path: Path | None) -> bool:
        """Return whether a file is one of the program's own."""
        return path is not None and path.resolve().parent == examples_folder().resolve()

    def _told(self, path: Path) -> Message:
        """Say where it is, and what a file does not keep."""
        lab, file = self._session.lab, shown_path(path)
        data = table_to_save(lab.document, path.parent).data
        in_film = self._session.face == "film" and self._session.what_if.changes.is_changed
        if lab.trials.shown.by_hand or in_film:
            return Message("ui.save.done_changed", file=file)
        if data is not None and data.csv is not None and Path(data.csv).is_absolute():
            return Message("ui.save.done_far", file=file, table=data.csv)
        return Message("ui.save.done", file=file)

    @Slot()
    def ask_for_file(self) -> None:
        """Let the user choose where; nothing is blocked meanwhile."""
        dialog = self._dialog()
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    @Slot(str)
    def _on_chosen(self, path: str) -> None:
        self.save_to(Path(path))

    def _dialog(self) -> QFileDialog:
        tr, document = self._session.tr, self._session.lab.document
        dialog = QFileDialog(self._window, tr(Message("ui.save.title")))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("toml")
        dialog.setNameFilter(f"{tr(Message('ui.save.files'))} (*.toml)")
        folder = Path.home() if self.path is None else self.path.parent
        dialog.setDirectory(str(folder))
        dialog.selectFile(f"{document.name}.toml" if self.path is None else self.path.name)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    # --- Leaving ---------------------------------------------------------------------------

    def may_leave(self) -> bool:
        """Return whether what is open may be closed; ask if something would be lost."""
        if not self.is_modified:
            return True
        answer = ask(self._session, self._window)
        if answer == "save":
            return self._save_now()
        return answer == "discard"

    def _save_now(self) -> bool:
        """Save before something else is opened: here the choice of a file is waited for."""
        if self.path is not None:
            return self.save_to(self.path)
        dialog = self._dialog()
        chosen = dialog.exec() == QFileDialog.DialogCode.Accepted
        return chosen and self.save_to(Path(dialog.selectedFiles()[0]))


def ask(session: Session, window: QWidget) -> Answer:
    """Ask what becomes of a recipe that is not on file."""
    tr = session.tr
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.NoIcon)
    title = session.document.title.in_language(session.language)
    box.setWindowTitle("MLViz")
    box.setText(tr(Message("ui.save.ask", title=title)))
    box.setInformativeText(tr(Message("ui.save.ask_more")))
    role = QMessageBox.ButtonRole
    keep = box.addButton(tr(Message("ui.save.keep")), role.AcceptRole)
    drop = box.addButton(tr(Message("ui.save.drop")), role.DestructiveRole)
    back = box.addButton(tr(Message("ui.save.back")), role.RejectRole)
    keep.setProperty("kind", "primary")
    box.setDefaultButton(keep)
    box.setEscapeButton(back)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return "save" if clicked is keep else "discard" if clicked is drop else "cancel"
