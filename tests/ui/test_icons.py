import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from mlviz.paths import resource
from mlviz.ui.icons import icon, icon_image

pytestmark = pytest.mark.usefixtures("qapp")

NAMES = sorted(path.stem for path in resource("icons").glob("*.svg"))


def colours(image: QImage) -> set[str]:
    """Return the colours of the pixels that are wholly covered."""
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_can_be_drawn(name: str) -> None:
    assert colours(icon_image(name, QColor("#123456"), 48))


def test_an_icon_takes_the_colour_it_is_asked_for() -> None:
    assert colours(icon_image("play", QColor("#9C2F7F"), 48)) == {"#9c2f7f"}


@pytest.mark.parametrize("px", [16, 20, 30, 48])
def test_an_icon_is_ready_in_the_usual_sizes(px: int) -> None:
    pixmap = icon("pause", QColor("black")).pixmap(QSize(px, px), 1.0)
    assert pixmap.size() == QSize(px, px)
    assert colours(pixmap.toImage()) == {"#000000"}


def test_a_disabled_icon_is_fainter() -> None:
    made = icon("play", QColor("black"))
    usual = made.pixmap(QSize(48, 48), 1.0).toImage().pixelColor(20, 24)
    disabled = made.pixmap(QSize(48, 48), 1.0, QIcon.Mode.Disabled).toImage().pixelColor(20, 24)
    assert disabled.alpha() < 0.6 * usual.alpha()


def test_an_icon_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError, match="nonsense"):
        icon("nonsense", QColor("black"))
