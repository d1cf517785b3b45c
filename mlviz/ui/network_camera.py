"""Where the network lies on the stage: its camera, and its legend below."""

from PySide6.QtCore import QPointF

from mlviz.picture.items import Picture, Rect
from mlviz.picture.network import NetworkPictures
from mlviz.picture.network_form import MOST
from mlviz.picture.network_legend import ONE_ROW, network_legend
from mlviz.picture.network_plan import NetworkPlan
from mlviz.ui.camera import Camera, Lens, panned
from mlviz.ui.row_chooser import RowChooser
from mlviz.ui.widgets import Panel

_TOP, _SIDE, _GAP = 48.0, 8.0, 10.0
_LEFT = 20.0
_FULL_LEGEND, _SHORT_LEGEND = 520.0, 420.0
"""The least heights of a view that has a legend, and a short one; below there is none."""
_GRAIN = 24.0
"""Px by which the room grows before the network is drawn anew."""
_NEARLY = 0.97
"""A little smaller letters are better than a part of the network."""
_ROW_WANTED, _HEADING_WANTED = 92.0, 60.0


class NetworkLens(Lens):
    """How small and how large the network is shown."""

    LARGEST = 1.6

    def read(self, plan: NetworkPlan) -> None:
        """Show as much as possible of a drawing whose letters can be read."""
        self.LEGIBLE = plan.form.legible
        self.WHOLE = self.LEGIBLE * _NEARLY


class NetworkCamera(Panel):
    """The part of the network's view that says where everything lies on the widget."""

    headline: bool
    rows: RowChooser
    _lens: NetworkLens

    # What the view does for it.
    @property
    def pictures(self) -> NetworkPictures | None:
        """The pictures of the network; None if a formula is open."""
        raise NotImplementedError

    def picture(self) -> Picture | None:
        """Return what is shown; None for a formula."""
        raise NotImplementedError

    # --- The camera ------------------------------------------------------------------------

    @property
    def follow(self) -> bool:
        """Whether the view goes where something happens."""
        return self._lens.follows

    def set_follow(self, follow: bool) -> None:
        """Go where something happens, or stay."""
        if follow:
            self._lens.look()
        elif self.follow:
            self._lens.stay(self.camera(), self._area(), self.session.scale)
        self.update()

    def fit(self) -> None:
        """Follow again; or, if it follows already, show the whole network however small."""
        picture = self.picture()
        if picture is None:
            return
        fits = self._lens.fits(picture.bounds, self._area(), self.session.scale)
        self._lens.look(overview=self.follow and not fits)
        self.update()

    def zoom(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Make the picture larger or smaller; a point of the widget stays where it is."""
        point = at or self._area().center
        camera = self._lens.zoomed(self.camera(), factor, point, self.session.scale)
        self._lens.stay(camera, self._area(), self.session.scale)
        self.update()

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by some px."""
        self._lens.stay(panned(self.camera(), dx, dy), self._area(), self.session.scale)
        self.update()

    def camera(self) -> Camera:
        """Return where the picture lies on the widget."""
        picture, area, unit = self.picture(), self._area(), self.session.scale
        if picture is None:
            return Camera(unit, area.x, area.y)
        return self._lens.camera(picture.bounds, picture.focus, area, unit)

    def _area(self) -> Rect:
        unit = self.session.scale
        top = _TOP * unit if self.headline else _SIDE * unit
        below = self.legend().bounds.height * unit
        if not self.rows.isHidden():
            rows = self.rows.height()
            below = max(below, rows) if self._beside() else below + rows
        below += 2 * _GAP * unit
        width = self.width() - 2 * _SIDE * unit
        return Rect(_SIDE * unit, top, max(width, 1.0), max(self.height() - top - below, 1.0))

    def room(self) -> tuple[int, int]:
        """Return the room for the network, px at scale 1, in coarse steps."""
        area, unit = self._area(), self.session.scale
        across, down = area.width / unit // _GRAIN, area.height / unit // _GRAIN
        return round(max(across, 1) * _GRAIN), round(max(down, 1) * _GRAIN)

    def wanted_height(self) -> int:
        """Return the height at which all of the network can be read well, px."""
        pictures = self.pictures
        if pictures is None:
            return 0
        rows = min(max(pictures.neurons.sizes), MOST)
        high = rows * _ROW_WANTED + _HEADING_WANTED + 2 * _GAP + _SIDE
        return round(high * self.session.scale + self.rows.height())

    def legend(self) -> Picture:
        """Return what stands below the network; nothing where it would take too much room."""
        pictures, unit = self.pictures, self.session.scale
        height, width = self.height() / unit, self.width() / unit - 2 * _LEFT
        if pictures is not None and height >= _SHORT_LEGEND:
            marks = pictures.planes.possible, pictures.lines.signs
            found = network_legend(width, *marks)
            if height >= _FULL_LEGEND and found.bounds.height <= ONE_ROW:
                return found
            return network_legend(width, *marks, short=True)
        return Picture((), Rect(0, 0, 0, 0))

    def legend_corner(self) -> QPointF:
        """Return where the legend's left upper corner is."""
        height = self.legend().bounds.height * self.session.scale
        return QPointF(self.px(_LEFT), self.height() - self.px(_GAP) - height)

    def _beside(self) -> bool:
        """Return whether the rows' chooser has room to the right of the legend."""
        legend = self.legend().bounds.width * self.session.scale
        return self.width() > legend + self.rows.width() + 3 * self.px(_LEFT)

    def _place(self) -> None:
        self.rows.adjustSize()
        legend = self.px(self.legend().bounds.height)
        x, y = self.px(_LEFT), self.height() - legend - self.rows.height() - self.px(_GAP)
        if self._beside():
            x = self.width() - self.rows.width() - self.px(_LEFT)
            y = self.height() - self.rows.height() - self.px(_GAP)
        self.rows.move(x, y)
