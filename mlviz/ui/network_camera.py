"""Where the network lies on the stage: its camera, and its legend below."""

from PySide6.QtCore import QPointF

from mlviz.picture.items import Picture, Rect
from mlviz.picture.network import NetworkPictures
from mlviz.picture.network_legend import network_legend
from mlviz.ui.camera import Camera, Lens, panned
from mlviz.ui.row_chooser import RowChooser
from mlviz.ui.widgets import Panel

_TOP, _SIDE, _GAP = 48.0, 8.0, 10.0
_LEFT = 20.0
_LEAST_FOR_LEGEND = 300.0
_MOST_LEGEND = 0.36
"""The largest part of the height that the legend takes."""
_ROWS = 48.0
"""Height of the legend in one row."""


class NetworkLens(Lens):
    """How small and how large the network is shown."""

    WHOLE = LEGIBLE = 0.7
    LARGEST = 1.6


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
        below = self.legend().bounds.height * unit + 2 * _GAP * unit
        if not self.rows.isHidden() and not self._beside():
            below += self.rows.height()
        width = self.width() - 2 * _SIDE * unit
        return Rect(_SIDE * unit, top, max(width, 1.0), max(self.height() - top - below, 1.0))

    def wanted_height(self, width: int) -> int:
        """Return the height at which all of the network can be read at a width, px."""
        pictures, unit = self.pictures, self.session.scale
        if pictures is None:
            return 0
        bounds, room = pictures.plan.bounds, width - 2 * _SIDE * unit
        scale = min(room / bounds.width, unit)
        high = bounds.height * max(scale, NetworkLens.LEGIBLE * unit)
        return round(high + (_ROWS + 3 * _GAP + _SIDE) * unit + self.rows.height())

    def legend(self) -> Picture:
        """Return what stands below the network; nothing where it would take too much room."""
        pictures, height = self.pictures, self.height() / self.session.scale
        if pictures is not None and height >= _LEAST_FOR_LEGEND:
            width = self.width() / self.session.scale - 2 * _LEFT
            found = network_legend(width, planes=pictures.planes.possible)
            if found.bounds.height <= _MOST_LEGEND * height:
                return found
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
