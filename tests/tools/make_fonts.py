"""Make the bundled fonts anew, from two free ones. Run by hand; no test runs it.

    python tests/tools/make_fonts.py DEJAVU_FOLDER NOTO_SANS_SC_OTF

* DejaVu 2.37: the folder that Debian's package ``fonts-dejavu-core`` installs, or the folder
  ``ttf`` of the project's own release.
* Noto Sans SC: ``NotoSansSC-Regular.otf``, for example from the PyPI package
  ``pylopdf-fonts-zh-cn`` (a wheel is a zip file).

The licence of Noto Sans SC, ``LICENSE-MLVizHanzi.txt``, is written by hand: the font only names it.

The fonts get names of their own, so that a full DejaVu or Noto on a machine never stands in for
them and pictures are the same everywhere.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import GlyphCoordinates

TOP = Path(__file__).resolve().parents[2]
FONTS = TOP / "resources" / "fonts"

# Latin, Greek, and what formulas, keys and tables are written with.
LATIN_BLOCKS = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1 and Latin Extended-A
    (0x02B0, 0x02FF),  # modifier letters
    (0x0300, 0x036F),  # combining marks, for a hat on any letter
    (0x0370, 0x03FF),  # Greek
    (0x1D2C, 0x1D6A),  # superscript and subscript letters
    (0x1E00, 0x1EFF),  # Latin Extended Additional
    (0x2010, 0x205E),  # dashes, quotes, primes
    (0x2070, 0x209C),  # superscript and subscript figures
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x218B),  # letterlike signs and fractions
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x2300, 0x23FF),  # technical signs, of keys too
    (0x2500, 0x25FF),  # lines, blocks, shapes
    (0x2713, 0x2718),  # ticks and crosses
    (0x27E6, 0x27FF),  # mathematical brackets and long arrows
    (0x2A00, 0x2A10),  # n-ary operators
    (0x2C7C, 0x2C7D),  # a subscript j
)
HANZI_BLOCKS = (
    (0x0020, 0x007E),
    (0x3000, 0x301F),  # CJK punctuation
    (0xFF01, 0xFF5E),  # full-width ASCII
    (0xFFE0, 0xFFE6),
)
LATIN_FACES = {
    "DejaVuSans.ttf": ("MLViz Sans", "Regular", "MLVizSans-Regular.ttf"),
    "DejaVuSans-Bold.ttf": ("MLViz Sans", "Bold", "MLVizSans-Bold.ttf"),
    "DejaVuSansMono.ttf": ("MLViz Mono", "Regular", "MLVizMono-Regular.ttf"),
    "DejaVuSansMono-Bold.ttf": ("MLViz Mono", "Bold", "MLVizMono-Bold.ttf"),
}
FAMILY_NAMES = (1, 4, 6, 16, 17)  # ids of the name table that say what a font is called


def block_characters(blocks: Iterable[tuple[int, int]]) -> set[int]:
    return {code for first, last in blocks for code in range(first, last + 1)}


def gb2312() -> set[int]:
    """Every character of GB 2312: the 6,763 hanzi of everyday use, and its signs."""
    pairs = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return {ord(text) for pair in pairs if (text := pair.decode("gb2312", "ignore"))}


def characters_of_the_project() -> set[int]:
    """Every character beyond ASCII that catalogs and examples hold."""
    files = [*TOP.glob("resources/translations/*/LC_MESSAGES/*.po"), *TOP.glob("examples/*.toml")]
    return {ord(character) for path in files for character in path.read_text(encoding="utf-8")}


def cut(source: Path, characters: set[int], *, cff: bool) -> TTFont:
    options = subset.Options()
    options.layout_features = ["ccmp", "kern", "locl", "mark", "mkmk"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.hinting = False  # everything is scaled by one factor; hints would make texts jump
    options.desubroutinize = cff
    options.notdef_outline = True
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def clear_the_zero(font: TTFont) -> None:
    """Take away the dot in the zero, its first contour: when it is small it looks like an eight."""
    zero = font["glyf"]["zero"]
    last = zero.endPtsOfContours.pop(0)
    zero.numberOfContours -= 1
    zero.coordinates = GlyphCoordinates(zero.coordinates[last + 1 :])
    zero.flags = zero.flags[last + 1 :]
    zero.endPtsOfContours = [end - last - 1 for end in zero.endPtsOfContours]
    zero.recalcBounds(font["glyf"])


def name(font: TTFont, family: str, style: str) -> None:
    table = font["name"]
    version = table.getDebugName(5)
    for identifier in FAMILY_NAMES:
        table.removeNames(nameID=identifier)
    postscript = f"{family.replace(' ', '')}-{style}"
    texts = {1: family, 2: style, 3: f"{version};{postscript}", 4: f"{family} {style}"}
    for identifier, text in {**texts, 6: postscript}.items():
        table.setName(text, identifier, 3, 1, 0x409)
    table.names.sort()
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [postscript]
        cff.topDictIndex[0].FamilyName = family
        cff.topDictIndex[0].FullName = f"{family} {style}"


def take_line_height(font: TTFont, model: TTFont) -> None:
    """Give a font the line height of another, so that no line moves when the language changes."""
    unit = font["head"].unitsPerEm / model["head"].unitsPerEm
    ascent, descent = (round(unit * getattr(model["hhea"], at)) for at in ("ascent", "descent"))
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ascent, descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, -descent


def save(font: TTFont, file: str, family: str, style: str) -> None:
    name(font, family, style)
    font.save(FONTS / file)
    kilobytes = (FONTS / file).stat().st_size / 1024
    print(f"{file}: {len(font.getBestCmap())} characters, {kilobytes:.0f} KB")


def write_licence(file: str, head: str, font: TTFont) -> None:
    text: Callable[[int], str] = font["name"].getDebugName
    pieces = (head, text(0), text(13))
    whole = "\n\n".join(piece.replace("\r\n", "\n").strip() for piece in pieces)
    (FONTS / file).write_text(whole + "\n", encoding="utf-8")


def main(dejavu: Path, noto: Path) -> None:
    FONTS.mkdir(parents=True, exist_ok=True)
    latin = block_characters(LATIN_BLOCKS) | characters_of_the_project()
    for source, (family, style, file) in LATIN_FACES.items():
        font = cut(dejavu / source, latin, cff=False)
        if family == "MLViz Mono":
            clear_the_zero(font)
        save(font, file, family, style)
    model = TTFont(dejavu / "DejaVuSans.ttf")
    write_licence(
        "LICENSE-MLVizSans-MLVizMono.txt",
        "MLViz Sans and MLViz Mono are subsets of DejaVu Sans and DejaVu Sans Mono 2.37\n"
        "(https://dejavu-fonts.github.io), renamed; the zero of MLViz Mono has no dot.\n"
        "Their licence:",
        model,
    )
    hanzi = block_characters(HANZI_BLOCKS) | gb2312() | characters_of_the_project()
    font = cut(noto, hanzi, cff=True)
    take_line_height(font, model)
    save(font, "MLVizHanzi-Regular.otf", "MLViz Hanzi", "Regular")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
