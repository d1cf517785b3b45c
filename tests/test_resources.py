from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from PySide6.QtSvg import QSvgRenderer

from mlviz.paths import resource

ICONS = sorted(path for path in resource("icons").glob("*.svg") if path.stem != "mlviz")
FACES = sorted([*resource("fonts").glob("*.ttf"), *resource("fonts").glob("*.otf")])
# What formulas, tables and keys are written with, whatever the language.
SIGNS = "∂∇ΣσηθΔ−×·÷→←↑↓⇧²³₁₂₉⁰⁻ᵀŷ½′√∞≈≤≥≠∈⊙●◆▶◀✓✗…—"


@cache
def opened(face: Path) -> TTFont:
    return TTFont(BytesIO(face.read_bytes()))


def widths(font: TTFont, text: str) -> set[int]:
    cmap, metrics = font.getBestCmap(), font["hmtx"]
    return {metrics[cmap[ord(character)]][0] for character in text}


@pytest.mark.parametrize("icon", ICONS, ids=lambda path: path.stem)
def test_an_icon_is_drawn_on_the_common_grid_in_the_colour_of_its_surroundings(icon: Path) -> None:
    root = ElementTree.parse(icon).getroot()
    assert root.get("viewBox") == "0 0 24 24"
    colours = {
        element.get(attribute)
        for element in root.iter()
        for attribute in ("fill", "stroke")
        if element.get(attribute)
    }
    assert colours <= {"none", "currentColor"}
    assert QSvgRenderer(str(icon)).isValid()


@pytest.mark.parametrize("face", FACES, ids=lambda path: path.stem)
def test_figures_are_of_one_width_in_every_face(face: Path) -> None:
    assert len(widths(opened(face), "0123456789")) == 1


@pytest.mark.parametrize("face", FACES, ids=lambda path: path.stem)
def test_lines_are_of_one_height_in_every_face(face: Path) -> None:
    font = opened(face)
    height = (font["hhea"].ascent - font["hhea"].descent) / font["head"].unitsPerEm
    assert height == pytest.approx(1.164, abs=1e-3)


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_the_face_for_numbers_has_every_sign_of_a_number_in_one_width(style: str) -> None:
    font = opened(resource(f"fonts/MLVizMono-{style}.ttf"))
    assert len(widths(font, "0123456789−+.·—e×=")) == 1


@pytest.mark.parametrize("face", [face for face in FACES if "Hanzi" not in face.name])
def test_every_latin_face_has_the_signs_of_formulas(face: Path) -> None:
    cmap = opened(face).getBestCmap()
    assert [sign for sign in SIGNS if ord(sign) not in cmap] == []


def test_the_chinese_face_has_every_character_of_everyday_use() -> None:
    cmap = opened(resource("fonts/MLVizHanzi-Regular.otf")).getBestCmap()
    rows = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    everyday = {pair.decode("gb2312", "ignore") for pair in rows} - {""}
    assert len(everyday) == 6763
    assert [character for character in everyday if ord(character) not in cmap] == []


def test_every_family_has_its_licence_beside_it() -> None:
    families = {str(opened(face)["name"].getDebugName(1)).replace(" ", "") for face in FACES}
    licences = [path.name for path in resource("fonts").glob("LICENSE-*.txt")]
    assert families == {"MLVizSans", "MLVizMono", "MLVizHanzi"}
    for family in families:
        assert any(family in licence for licence in licences), family
