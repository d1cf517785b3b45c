import pytest
from PySide6.QtGui import QImage, QPainter

from mlviz.picture.items import Role
from mlviz.ui import formulas
from mlviz.ui.formulas import coloured, plain, speech, typeset
from mlviz.ui.theme import DARK, LIGHT, Theme
from tests.ui import pixels
from tests.ui.pixels import has

pytestmark = pytest.mark.usefixtures("qapp")

CHAIN = r"\frac{\partial L}{\partial z} = \role{upstream}{-1.761} \times \role{local}{0.9857}"


def image_of(
    tex: str, theme: Theme = LIGHT, role: Role = Role.TEXT, size: float = 40, ratio: float = 1
) -> QImage:
    image = QImage(int(900 * ratio), int(200 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.colour(Role.PANEL))
    painter = QPainter(image)
    typeset(tex, size, theme, role).draw(painter, 20, 100)
    painter.end()
    return image


def ink(image: QImage) -> list[tuple[int, int]]:
    return pixels.ink(image, image.pixelColor(0, 0))


class TestColours:
    @pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
    def test_each_factor_has_its_colour(self, theme: Theme) -> None:
        image = image_of(CHAIN, theme)
        for role in (Role.TEXT, Role.BACKWARD, Role.POSITIVE):
            assert has(image, theme.colour(role)), role
        assert not has(image, theme.colour(Role.UPDATE))

    def test_a_part_within_a_part_has_its_own_colour(self) -> None:
        image = image_of(r"\role{upstream}{\frac{a}{\role{local}{b^{2}}}}")
        assert has(image, LIGHT.colour(Role.BACKWARD))
        assert has(image, LIGHT.colour(Role.POSITIVE))

    def test_the_names_of_roles_can_be_used_too(self) -> None:
        for role in (Role.NEGATIVE, Role.UPDATE, Role.BAD, Role.FAINT):
            assert has(image_of(rf"\role{{{role}}}{{M}}"), LIGHT.colour(role))

    def test_a_name_that_is_not_known_takes_the_colour_of_the_rest(self) -> None:
        image = image_of(r"\role{nonsense}{M}", role=Role.MUTED)
        assert has(image, LIGHT.colour(Role.MUTED))

    def test_braces_stay_balanced(self) -> None:
        tex = coloured(r"\role{upstream}{\frac{a}{\role{local}{b}}} + \{x\}", LIGHT)
        assert tex.count("{") == tex.count("}")
        assert r"\role" not in tex
        assert plain(r"\role{local}{b}") == "{b}"


class TestMeasures:
    def test_a_formula_grows_with_its_size(self) -> None:
        small, large = typeset(CHAIN, 10, LIGHT), typeset(CHAIN, 20, LIGHT)
        assert large.width == pytest.approx(2 * small.width)
        assert large.height == pytest.approx(2 * small.height)

    def test_the_measures_are_those_of_what_is_painted(self) -> None:
        formula = typeset(CHAIN, 40, LIGHT)
        places = ink(image_of(CHAIN))
        assert min(x for x, _ in places) == pytest.approx(20, abs=6)
        assert max(x for x, _ in places) == pytest.approx(20 + formula.width, abs=6)
        assert min(y for _, y in places) == pytest.approx(100 - formula.ascent, abs=3)
        assert max(y for _, y in places) == pytest.approx(100 + formula.descent, abs=3)

    def test_letters_of_different_formulas_stand_on_one_baseline(self) -> None:
        for tex in ("x", "x^{2}", r"x\frac{1}{2}"):
            left = [y for x, y in ink(image_of(tex)) if x < 38]
            assert max(left) == pytest.approx(100, abs=2), tex

    def test_it_is_sharp_on_a_fine_screen(self) -> None:
        fine = image_of("x", ratio=2.0)
        coarse = image_of("x", size=80)
        assert len(ink(fine)) == pytest.approx(len(ink(coarse)), rel=0.1)

    def test_the_same_formula_is_typeset_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tex = r"only_{here} + 1"
        typeset(tex, 20, LIGHT)
        monkeypatch.setattr(formulas, "_render", None)
        assert typeset(tex, 20, LIGHT).drawing is not None
        assert typeset(tex, 33, LIGHT).drawing is not None


class TestBold:
    def test_figures_can_be_bold(self) -> None:
        thin, bold = ink(image_of("0.4869")), ink(image_of(r"\mathbf{0.4869}"))
        assert len(bold) > 1.1 * len(thin)


class TestRows:
    def test_rows_do_not_touch(self) -> None:
        tex = (
            r"\begin{array}{rcl} a & = & \frac{\partial L}{\partial b} \\[4pt] "
            r"& = & \begin{bmatrix}1\\2\\3\end{bmatrix} \end{array}"
        )
        image = QImage(400, 400, QImage.Format.Format_RGB32)
        image.fill(LIGHT.colour(Role.PANEL))
        painter = QPainter(image)
        typeset(tex, 30, LIGHT).draw_at_top(painter, 10, 10)
        painter.end()
        rows = {y for _, y in ink(image)}
        gaps = [y for y in range(min(rows), max(rows)) if y not in rows]
        assert len(gaps) >= 6


class TestFailure:
    def test_a_formula_that_cannot_be_typeset_is_shown_as_text(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: str) -> dict[str, object]:
            raise RuntimeError("no")

        monkeypatch.setattr(formulas, "_svg", broken)
        monkeypatch.setattr(formulas, "_render", broken)
        tex = r"\role{upstream}{broken} = 17"
        formula = typeset(tex, 24, LIGHT)
        assert formula.drawing is None
        assert formula.width > 100
        assert formula.height == 24
        assert ink(image_of(tex, size=24))
        assert speech(tex, "en") == plain(tex)

    @pytest.mark.parametrize("tex", ["", r"\frac{a}{b", r"\foo{x}", "}{", "\x00", "权重"])
    def test_no_formula_stops_the_window(self, tex: str) -> None:
        formula = typeset(tex, 20, LIGHT)
        assert formula.width >= 0
        image_of(tex)


class TestSpeech:
    def test_a_formula_is_read_in_the_language_of_the_reader(self) -> None:
        tex = r"\role{upstream}{\frac{a}{b}} = 2"
        assert "a over b equals 2" in speech(tex, "en").replace(",", "")
        assert "分之" in speech(tex, "zh_CN")
        assert "role" not in speech(tex, "en")
