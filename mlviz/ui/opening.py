"""Opening a file: a document at once, a table after a look at it, a large one in slices."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QProgressBar, QProgressDialog, QWidget

from mlviz.document.large_table import LargeTable, large_table
from mlviz.document.table_file import TABLE_ENDINGS, keep_table, style_wishes
from mlviz.i18n import Message
from mlviz.learn.data.csv_file import parts
from mlviz.ui.session import Session
from mlviz.ui.work import Job, left_message

_PATIENCE_MS = 300


class Opening(QObject):
    """Opens what a person chose or dropped.

    Args:
        session: where it is opened.
        window: over which it is asked.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.job: Job | None = None
        self._progress: QProgressDialog | None = None

    @Slot()
    def ask_for_file(self) -> None:
        """Let the user choose a file; nothing is blocked meanwhile."""
        tr = self._session.tr
        dialog = QFileDialog(self._window, tr(Message("ui.open.title")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        endings = " ".join(f"*{ending}" for ending in (".toml", *TABLE_ENDINGS))
        dialog.setNameFilter(f"{tr(Message('ui.open.files'))} ({endings})")
        path = self._session.document.path
        if path is not None:
            dialog.setDirectory(str(path.parent))
        dialog.fileSelected.connect(self.open_file)
        dialog.open()

    @Slot(str)
    def open_file(self, path: str) -> None:
        """Open a file, or tell why not; a table is looked at first."""
        if path.lower().endswith(TABLE_ENDINGS):
            # The dialog is read in when it is opened, or the window would come later.
            from mlviz.ui.csv_dialog import open_table

            open_table(self._session, Path(path), self._window)
            return
        large = large_table(Path(path))
        if large is None:
            self._open(Path(path))
        else:
            self._read_first(Path(path), large)

    def _open(self, path: Path) -> None:
        self._session.open(path)  # which face it wants is seen to by `Faces`

    # --- A document that names a large table -----------------------------------------------

    def _read_first(self, path: Path, large: LargeTable) -> None:
        """Read the table in slices of the clock, then open the document that names it."""
        self.stop()
        tr = self._session.tr
        steps = parts(large.path, *style_wishes(large.data))
        job = self._session.lab.work.begin(steps, self)
        job.progressed.connect(self._on_progressed)
        job.failed.connect(self._on_failed)
        job.finished.connect(partial(self._on_read, path, large))
        progress = QProgressDialog(
            tr(Message("csv.reading")), tr(Message("csv.cancel")), 0, 100, self._window
        )
        bar = QProgressBar(progress)
        bar.setTextVisible(False)  # how much is done stands above it
        bar.setFixedHeight(round(6 * self._session.scale))
        progress.setBar(bar)
        progress.setWindowTitle(large.path.name)
        progress.setWindowModality(Qt.WindowModality.WindowModal)
        progress.setMinimumDuration(_PATIENCE_MS)
        progress.setMinimumWidth(round(360 * self._session.scale))
        progress.setAutoClose(False)
        progress.canceled.connect(self.stop)
        self.job, self._progress = job, progress

    @Slot()
    def stop(self) -> None:
        """Read no farther; what was open stays open."""
        job, progress = self.job, self._progress
        self.job = self._progress = None
        if job is not None:
            job.cancel()
        if progress is not None:
            progress.hide()
            progress.deleteLater()

    def _on_progressed(self) -> None:
        if self.job is not None and self._progress is not None:
            self._progress.setLabelText(self._session.tr(left_message(self.job)))
            self._progress.setValue(round(99 * self.job.share))

    def _on_failed(self, message: Message) -> None:
        self.stop()
        self._session.failed.emit(message)

    def _on_read(self, path: Path, large: LargeTable, table: object) -> None:
        self.stop()
        keep_table(large.path, large.data, table)  # type: ignore[arg-type]
        self._open(path)


def dropped(event: QDropEvent) -> str | None:
    """Return the one file that is dropped, if it is one that can be opened."""
    urls = event.mimeData().urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path.lower().endswith((".toml", *TABLE_ENDINGS)) else None
