"""The panels of the lab: where each one is at first, and what it needs to show anything."""

from dataclasses import dataclass

from mlviz.i18n import Message

TOP, LEFT, CENTRE, BELOW = "top", "left", "centre", "below"
"""Over the left column · the left column · the large middle · under the middle."""
RIGHT, UNDER, BOTTOM = "right", "under", "bottom"
"""The right column · its lower half · the run bar."""
BESIDE = "beside"
"""Right of the middle, where a second run is shown."""


@dataclass(frozen=True, slots=True)
class LabDock:
    """A panel of the lab.

    Attributes:
        name: by which it is found and remembered.
        title: what its heading says.
        view: `module:Class` of a `LabView`, made when it is first seen; it takes the session.
        area: where it usually is; panels of one area are tabs, in the order of the table.
        shown: whether it is there at first; otherwise the menu "View" brings it.
        result: whether it shows what was trained; such panels are veiled when that is old.
        needs: what must be open for it to have anything to show; see `lab_offer`.
    """

    name: str
    title: Message
    view: str
    area: str
    shown: bool = True
    result: bool = True
    needs: str = ""


LAB_DOCKS = (
    LabDock(
        "lesson",
        Message("lab.dock.lesson"),
        "mlviz.ui.lab_lesson:LabLessonView",
        TOP,
        result=False,
        needs="words",
    ),
    LabDock(
        "recipe",
        Message("lab.dock.recipe"),
        "mlviz.ui.recipe_view:RecipeView",
        LEFT,
        result=False,
    ),
    LabDock("data", Message("lab.dock.data"), "mlviz.ui.data_view:DataView", LEFT, result=False),
    LabDock(
        "region",
        Message("lab.dock.region"),
        "mlviz.ui.region_view:RegionView",
        CENTRE,
        needs="network",
    ),
    LabDock(
        "formula",
        Message("lab.dock.formula"),
        "mlviz.ui.formula_view:FormulaView",
        CENTRE,
        needs="formula",
    ),
    LabDock(
        "neurons",
        Message("lab.dock.neurons"),
        "mlviz.ui.neurons_view:NeuronsView",
        CENTRE,
        needs="network",
    ),
    LabDock("contour", Message("lab.dock.contour"), "mlviz.ui.contour_view:ContourView", CENTRE),
    LabDock(
        "distributions",
        Message("lab.dock.distributions"),
        "mlviz.ui.distributions_view:DistributionsView",
        CENTRE,
        needs="network",
    ),
    LabDock(
        "waterfall",
        Message("lab.dock.waterfall"),
        "mlviz.ui.waterfall_view:WaterfallView",
        CENTRE,
        needs="network",
    ),
    LabDock(
        "studies",
        Message("lab.dock.studies"),
        "mlviz.ui.study_view:StudiesView",
        CENTRE,
        result=False,
        needs="network",
    ),
    LabDock(
        "predictions",
        Message("lab.dock.predictions"),
        "mlviz.ui.predictions_view:PredictionsView",
        RIGHT,
        needs="network",
    ),
    LabDock(
        "confusion",
        Message("lab.dock.confusion"),
        "mlviz.ui.confusion_view:ConfusionView",
        RIGHT,
        needs="network",
    ),
    LabDock(
        "beside", Message("lab.dock.beside"), "mlviz.ui.beside:BesideView", BESIDE, shown=False
    ),
    LabDock("loss", Message("lab.dock.loss"), "mlviz.ui.loss_view:LossView", BELOW),
    LabDock("race", Message("lab.dock.race"), "mlviz.ui.race_view:RaceView", BELOW),
    LabDock(
        "gradients",
        Message("lab.dock.gradients"),
        "mlviz.ui.gradients_view:GradientsView",
        BELOW,
        needs="network",
    ),
    LabDock(
        "anatomy",
        Message("lab.dock.anatomy"),
        "mlviz.ui.anatomy_view:AnatomyView",
        BELOW,
        needs="network",
    ),
    LabDock("runs", Message("lab.dock.runs"), "mlviz.ui.runs_view:RunsView", UNDER, result=False),
    LabDock("run-bar", Message("lab.dock.bar"), "mlviz.ui.lab_bar:LabBar", BOTTOM, result=False),
)
"""Every panel of the lab, in the order of their tabs."""
