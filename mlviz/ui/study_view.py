"""Studies: the same recipe trained many times with one thing varied, as a plot and as a table.

A study is long work: it is done in slices of the one clock, what is finished is drawn at once,
and cancelling keeps it. A dot of the plot or a row of the table opens its training in the lab.
"""

import time
from collections.abc import Generator

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mlviz.document.studies import BIAS, PENALTIES, STOPPING, Plan, Study, planned
from mlviz.document.study_runs import Result, each_result, whole
from mlviz.errors import DocumentError, MLVizError
from mlviz.i18n import Message
from mlviz.learn.measure import metric_name
from mlviz.picture.study_lines import (
    EXACT,
    LOSS,
    METRIC,
    WEIGHTS,
    best_setting,
    setting_text,
    study_lines,
)
from mlviz.picture.study_table import study_table
from mlviz.picture.study_words import summary
from mlviz.ui.fields import CalmCombo
from mlviz.ui.inside_panel import Told
from mlviz.ui.lab_view import LabView
from mlviz.ui.plot_head import PlotHead
from mlviz.ui.progress_line import ProgressLine
from mlviz.ui.session import Session
from mlviz.ui.study_done import Done
from mlviz.ui.study_fits import StudyFits
from mlviz.ui.study_form import StudyForm
from mlviz.ui.study_numbers import StudyNumbers
from mlviz.ui.study_plot import StudyPlot
from mlviz.ui.work import Job, left_message

FITS, NUMBERS = "fits", "numbers"
_NARROW, _LOW = 640, 380
_SELDOM_SECONDS = 0.3
"""Between two drawings while a study is done."""
_WIDE_RATIO = 100.0
"""Numbers that differ by more than this are shown on a logarithmic axis."""


class StudiesView(LabView):
    """Qt view of `document.study_runs`."""

    most_a_second = 4.0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._done: dict[str, Done] = {}
        self._job: Job | None = None
        self._doing = ""
        self._of: tuple[object, ...] = ()
        self._setting: float | None = None
        self._said: tuple[Message, str] | None = None
        self.form = StudyForm(session, self)
        self.form.chosen.connect(self._on_chosen)
        self.form.started.connect(self.start)
        self.form.cancelled.connect(self.cancel)
        self.form.patience_changed.connect(self.refresh_now)
        self.log_button = QPushButton(self)
        self.log_button.setCheckable(True)
        self.log_button.clicked.connect(self._on_log)
        self.setting_chooser = CalmCombo(self)
        self.setting_chooser.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToContents)
        self.setting_chooser.activated.connect(self._on_setting)
        self._wants_log: bool | None = None
        self._told_at = 0.0
        self.plot = StudyPlot(session, self)
        self.plot.opened.connect(self.open_result)
        self.fits = StudyFits(session, self)
        self.numbers = StudyNumbers(session, self)
        self.numbers.opened.connect(self.open_result)
        self.stack = QStackedWidget(self)
        for part in (self.plot, self.fits, self.numbers):
            self.stack.addWidget(part)
        self.progress = ProgressLine(session, self)
        self.told = Told("muted", self)
        self.told.set_lines(2)
        names = (LOSS, METRIC, WEIGHTS, FITS, NUMBERS)
        self.head = PlotHead(session, names, (self.setting_chooser, self.log_button), self)
        self.head.group.buttonClicked.connect(self.refresh_now)
        self.legend, self.choices = self.head.legend, self.head.choices
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.form)
        self._column.addWidget(self.head)
        self._column.addWidget(self.stack, 1)
        self._column.addWidget(self.progress)
        self._column.addWidget(self.told)
        self.form.show_running(False)
        self.progress.hide()
        self._restyle()
        self._retranslate()

    # --- What it shows ---------------------------------------------------------------------

    @property
    def study(self) -> Study | None:
        """The study that is shown, if any of it is done."""
        done = self._done.get(self.form.name)
        return None if done is None else done.plan.study

    @property
    def results(self) -> list[Result]:
        """What is finished of the study that is shown."""
        done = self._done.get(self.form.name)
        return [] if done is None else done.results

    @property
    def shows(self) -> str:
        """Which segment is chosen."""
        return self.head.value

    def refresh(self) -> None:
        """Show what is done of the chosen study."""
        document = self.lab.document
        of = (document.path, document.name)
        if of != self._of:  # another file: its studies are others
            self.cancel()
            self._of, self._done, self._said = of, {}, None
        self.form.show_document(document)
        done = self._done.get(self.form.name)
        # The axes of a study that is begun are there at once: what it will fill is seen.
        has_any = done is not None and (bool(done.results) or self._job is not None)
        self._offer(done if has_any else None)
        for part in (self.head, self.log_button, self.setting_chooser):
            part.setVisible(has_any)
        self.stack.setVisible(has_any)
        if done is not None and has_any:
            self._draw(done)
        self._tell(done)

    def _offer(self, done: Done | None) -> None:
        """Let those segments be there that the study has."""
        name = "" if done is None else done.plan.study.name
        has = {
            LOSS: True,
            METRIC: name != BIAS,
            WEIGHTS: name in PENALTIES,
            FITS: done is not None and done.plan.points is not None,
            NUMBERS: True,
        }
        for key, there in has.items():
            self.choices[key].setVisible(there)
        if not has[self.shows]:
            self.choices[LOSS].setChecked(True)
        if done is not None and done.results:
            text = self.session.tr(metric_name(done.results[0].trained.program))
            self.choices[METRIC].setText(text[:1].upper() + text[1:])

    def _draw(self, done: Done) -> None:
        plan, results, shows = done.plan, done.results, self.shows
        if shows == NUMBERS:
            self.stack.setCurrentWidget(self.numbers)
            self.numbers.show_table(study_table(plan, results, self.form.patience))
            self.legend.show_entries(())
        elif shows == FITS and results:
            self.stack.setCurrentWidget(self.fits)
            self.fits.show_fits(plan, results, self._offer_settings(plan, results))
            self.legend.show_entries(self.fits.entries())
        else:
            self._draw_lines(done, shows)
        self.log_button.setVisible(shows in (LOSS, WEIGHTS))
        self.setting_chooser.setVisible(shows == FITS)
        self.legend.setVisible(shows != NUMBERS or not self.head.is_narrow)

    def _offer_settings(self, plan: Plan, results: list[Result]) -> float:
        """Offer the settings whose curve can be in front; return the one that is."""
        settings = sorted({each.case.setting for each in results})
        chosen = self._setting if self._setting in settings else best_setting(plan, results)
        chosen = settings[0] if chosen is None else chosen
        varied = self.session.tr(plan.study.varied)
        texts = [f"{varied} {setting_text(setting)}" for setting in settings]
        box = self.setting_chooser
        if [box.itemText(place) for place in range(box.count())] != texts:
            box.clear()
            for text, setting in zip(texts, settings, strict=True):
                box.addItem(text, setting)
            box.setAccessibleName(varied)
        box.setCurrentIndex(settings.index(chosen))
        return chosen

    def _draw_lines(self, done: Done, shows: str) -> None:
        plan, results = done.plan, done.results
        self.stack.setCurrentWidget(self.plot)
        found = study_lines(plan, results, shows, self.form.patience)
        own = [line for line in found.lines if not line.name.startswith(EXACT)]
        positive = [float(y) for line in own for y in line.y if 0 < y < float("inf")]
        is_wide = bool(positive) and max(positive) > _WIDE_RATIO * min(positive)
        log = shows != METRIC and (is_wide if self._wants_log is None else self._wants_log)
        self.log_button.setChecked(log)
        is_course = plan.study.name == STOPPING
        self.plot.show_lines(
            found,
            Message("study.epoch") if is_course else plan.study.varied,
            log=log,
            bottom_log=plan.study.log,
            iteration_of=done.iteration_at if is_course else None,
        )
        self.legend.show_entries(self.plot.entries())

    def _tell(self, done: Done | None) -> None:
        """Say what came of it, or how far it is."""
        tr = self.session.tr
        is_doing = self._job is not None and self._doing == self.form.name
        if self._job is not None and is_doing:
            said, kind = [left_message(self._job)], "muted"
        elif self._said is not None:
            said, kind = [self._said[0]], self._said[1]
        else:
            said, kind = [], "muted"
        if done is not None and done.results and not is_doing:
            said += [*summary(done.plan, done.results, self.form.patience), *done.plan.notes]
            tables = [done.base.table, *(each.case.table for each in done.results)]
            if self.lab.table not in tables:
                said.insert(0, Message("study.changed"))
        if done is None and not said and self.form.is_possible:
            said = [Message("study.hint")]
        text = " ".join(tr(message) for message in said)
        self._told_at = time.perf_counter()
        if (text, kind) == (self.told.text(), self.told.property("kind")):
            return
        self.told.setText(text)
        self.told.setToolTip(text)
        self.told.setProperty("kind", kind)
        self.told.style().polish(self.told)
        self.setAccessibleDescription(text)

    # --- What a person does ----------------------------------------------------------------

    def _on_chosen(self) -> None:
        self._said, self._wants_log, self._setting = None, None, None
        self.refresh_now()

    def _on_setting(self, place: int) -> None:
        self._setting = self.setting_chooser.itemData(place)
        self.refresh_now()

    def _on_log(self, on: bool) -> None:
        self._wants_log = on
        self.refresh_now()

    @Slot()
    def start(self) -> None:
        """Do the study with what stands in the fields."""
        wishes = self.form.wishes()
        if wishes is None:
            return
        self.cancel()
        self._said = None
        document, name = self.lab.document, self.form.name
        try:
            plan = planned(document, name, wishes)
        except MLVizError as error:
            self._fail(error.problem if isinstance(error, DocumentError) else error.message)
            return
        self.lab.pause()
        self._doing = name
        self._done[name] = done = Done(plan, document)
        self._wants_log = None
        self._job = self.lab.work.begin(self._steps(done), self)
        self._job.progressed.connect(self._on_progressed)
        self._job.finished.connect(self._on_finished)
        self._job.failed.connect(self._fail)
        self.progress.show_share(0.0)
        self._show_running(True)

    def _steps(self, done: Done) -> Generator[float, None, None]:
        share = 0.0
        for part in each_result(done.base, done.plan):
            if isinstance(part, Result):
                done.results.append(part)
                if time.perf_counter() - self._last > _SELDOM_SECONDS:
                    self.request_refresh()
            else:
                share = part
            yield share

    @Slot()
    def cancel(self) -> None:
        """Do no more of it; what is finished stays."""
        if self._job is None:
            return
        self._job.cancel()
        self._job = None
        done = self._done.get(self._doing)
        count = 0 if done is None else len(done.results)
        self._said = Message("study.cancelled", count=count), "muted"
        self._show_running(False)

    @Slot(int, int)
    def open_result(self, place: int, iteration: int) -> None:
        """Show a training of the study in the lab, at an iteration; undo goes back."""
        result, lab = self.results[place], self.lab
        self._setting = result.case.setting
        run = result.trained.run
        if lab.trials.of(run) is not None:
            lab.choose(run)
            lab.seek(iteration)
        else:
            done, before = self._done[self.form.name], lab.trials.shown
            try:
                document = whole(done.base, result)
            except DocumentError as error:
                self._fail(error.problem)
                return
            name = done.name_of(result, self.session.tr)
            lab.show_run(document, run, iteration, name)
            if not before.has_gone_on:
                lab.compare(None)  # there is nothing yet to compare with
        self.refresh_now()

    def _on_progressed(self) -> None:
        if self._job is not None:
            self.progress.show_share(self._job.share)
            if time.perf_counter() - self._told_at > _SELDOM_SECONDS:
                self._tell(self._done.get(self.form.name))

    def _on_finished(self) -> None:
        self._job = None
        self._show_running(False)

    @Slot(object)
    def _fail(self, message: Message) -> None:
        self._job = None
        self._said = message, "problem"
        self._show_running(False)

    def _show_running(self, running: bool) -> None:
        self.form.show_running(running)
        self.progress.setVisible(running)
        self.refresh_now()

    # --- How it looks ----------------------------------------------------------------------

    def _retranslate(self) -> None:
        tr = self.session.tr
        self.setAccessibleName(tr(Message("lab.dock.studies")))
        words = {
            LOSS: Message("lab.dock.loss"),
            WEIGHTS: Message("study.weights"),
            FITS: Message("study.fits"),
            NUMBERS: Message("study.numbers"),
        }
        for name, message in words.items():
            self.choices[name].setText(tr(message))
        self.log_button.setText(tr(Message("lab.log")))
        self.log_button.setToolTip(tr(Message("lab.log.tip")))

    def _place(self) -> None:
        """Put the legend on a line of its own where there is little room; say less if it is low."""
        lines = 1 if self.height() < self.px(_LOW) else 2
        for label in (self.told, self.form.about):
            label.set_lines(lines, most=3)
        self.head.set_narrow(self.width() < self.px(_NARROW))

    def _restyle(self) -> None:
        px = self.px
        self._column.setContentsMargins(px(20), px(6), px(20), px(8))
        self._column.setSpacing(px(6))
