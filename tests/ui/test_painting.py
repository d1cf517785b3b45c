from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from mlviz.i18n import Message
from mlviz.picture.afar import DETAIL
from mlviz.picture.items import (
    Box,
    Curve,
    Formula,
    Item,
    Picture,
    Polygon,
    Rect,
    Role,
    Text,
    Token,
)
from mlviz.ui.painting import MANY_BOXES, MANY_CURVES, paint
from mlviz.ui.pieces import chains, seen
from mlviz.ui.shapes import lines, rectangles
from mlviz.ui.strokes import arrow, bezier, pen
from mlviz.ui.theme import DARK, LIGHT, Theme
from tests.ui import pixels
from tests.ui.pixels import near

pytestmark = pytest.mark.usefixtures("qapp")

WIDTH, HEIGHT = 200, 120


def as_it_is(message: Message | str) -> str:
    return message if isinstance(message, str) else message.id


def image_of(
    *items: Item,
    theme: Theme = LIGHT,
    scale: float = 1.0,
    ratio: float = 1.0,
    translate: Callable[[Message | str], str] = as_it_is,
) -> QImage:
    image = QImage(int(WIDTH * ratio), int(HEIGHT * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.colour(Role.STAGE))
    painter = QPainter(image)
    paint(painter, Picture(items, Rect(0, 0, WIDTH, HEIGHT)), theme, translate, scale)
    painter.end()
    return image


def ink(image: QImage) -> list[tuple[int, int]]:
    return pixels.ink(image, LIGHT.colour(Role.STAGE))


def box(**changes: Any) -> Box:
    return Box(**{"key": "node:1", "rect": Rect(40, 30, 100, 60), "fill": Role.FORWARD} | changes)


class TestBoxes:
    def test_the_inside_and_the_outline_have_the_colours_of_their_roles(self) -> None:
        image = image_of(box(stroke=Role.BACKWARD, width=4))
        assert near(image.pixelColor(90, 60), LIGHT.colour(Role.FORWARD))
        assert near(image.pixelColor(90, 30), LIGHT.colour(Role.BACKWARD))

    def test_the_theme_decides_the_colours(self) -> None:
        image = image_of(box(), theme=DARK)
        assert near(image.pixelColor(90, 60), DARK.colour(Role.FORWARD))

    def test_corners_are_round(self) -> None:
        image = image_of(box(radius=20, stroke=Role.CLEAR))
        assert near(image.pixelColor(41, 31), LIGHT.colour(Role.STAGE))
        image = image_of(box(radius=0, stroke=Role.CLEAR))
        assert near(image.pixelColor(41, 31), LIGHT.colour(Role.FORWARD))

    def test_a_clear_box_paints_nothing(self) -> None:
        assert not ink(image_of(box(fill=Role.CLEAR, stroke=Role.CLEAR)))

    def test_the_halo_is_a_ring_outside_the_box(self) -> None:
        image = image_of(box(fill=Role.PANEL, halo=Role.BACKWARD))
        assert near(image.pixelColor(90, 25), LIGHT.colour(Role.BACKWARD), by=40)
        assert near(image.pixelColor(90, 27), LIGHT.colour(Role.BACKWARD_SOFT))
        assert near(image.pixelColor(90, 60), LIGHT.colour(Role.PANEL))

    def test_a_dashed_outline_has_gaps(self) -> None:
        solid = image_of(box(fill=Role.CLEAR, stroke=Role.TEXT, width=2))
        dashed = image_of(box(fill=Role.CLEAR, stroke=Role.TEXT, width=2, dashed=True))
        assert len(ink(dashed)) < 0.85 * len(ink(solid))

    def test_opacity_lets_the_stage_shine_through(self) -> None:
        image = image_of(box(opacity=0.5, stroke=Role.CLEAR))
        faded = image.pixelColor(90, 60)
        assert not near(faded, LIGHT.colour(Role.FORWARD), by=30)
        assert not near(faded, LIGHT.colour(Role.STAGE), by=30)

    def test_opacity_does_not_leak_to_the_next_item(self) -> None:
        first = box(opacity=0.2, rect=Rect(0, 0, 20, 20))
        image = image_of(first, box(stroke=Role.CLEAR))
        assert near(image.pixelColor(90, 60), LIGHT.colour(Role.FORWARD))

    def test_what_stands_later_lies_on_top(self) -> None:
        image = image_of(box(), box(fill=Role.UPDATE))
        assert near(image.pixelColor(90, 60), LIGHT.colour(Role.UPDATE))


class TestTexts:
    def test_words_are_painted_in_the_colour_of_their_role(self) -> None:
        image = image_of(Text(10, 80, "■■■■", Role.BACKWARD, 30))
        assert any(near(image.pixelColor(x, y), LIGHT.colour(Role.BACKWARD)) for x, y in ink(image))

    @pytest.mark.parametrize(
        ("align", "left", "right"), [("left", 100, None), ("right", None, 100)]
    )
    def test_a_text_ends_at_its_anchor(
        self, align: str, left: int | None, right: int | None
    ) -> None:
        columns = [x for x, _ in ink(image_of(Text(100, 60, "HHHH", size=20, align=align)))]
        if left is not None:
            assert left <= min(columns) <= left + 4
        if right is not None:
            assert right - 4 <= max(columns) <= right

    def test_a_centred_text_has_its_middle_at_its_anchor(self) -> None:
        columns = [x for x, _ in ink(image_of(Text(100, 60, "HHHH", size=20, align="center")))]
        assert (min(columns) + max(columns)) / 2 == pytest.approx(100, abs=1.5)

    def test_letters_stand_on_the_baseline(self) -> None:
        rows = [y for _, y in ink(image_of(Text(20, 60, "HHH", size=24)))]
        assert max(rows) == pytest.approx(59, abs=1)
        assert min(rows) > 60 - 24

    def test_a_message_is_translated(self) -> None:
        said: list[Message | str] = []

        def translate(message: Message | str) -> str:
            said.append(message)
            return "■"

        message = Message("table.value")
        assert ink(image_of(Text(20, 60, message, size=24), translate=translate))
        assert said == [message]

    def test_a_struck_text_has_a_line_through_it_that_sticks_out(self) -> None:
        plain = {x for x, _ in ink(image_of(Text(50, 60, "0.5", size=20)))}
        struck = {x for x, _ in ink(image_of(Text(50, 60, "0.5", size=20, struck=True)))}
        assert plain < struck
        assert min(struck) < min(plain)
        assert max(struck) > max(plain)
        assert struck == set(range(min(struck), max(struck) + 1))

    def test_figures_are_of_one_width(self) -> None:
        for digit in "023456789":
            text = Text(150, 60, f"{digit * 6}|", size=16, align="right", family="number")
            bar = max(x for x, _ in ink(image_of(text)))
            first = Text(150, 60, "111111|", size=16, align="right", family="number")
            assert bar == max(x for x, _ in ink(image_of(first)))

    @pytest.mark.parametrize("size", [12.0, 20.0])
    def test_chinese_can_be_bold_and_does_not_run_together(self, size: float) -> None:
        plain = len(ink(image_of(Text(20, 60, "更新", size=size))))
        bold = len(ink(image_of(Text(20, 60, "更新", size=size, bold=True))))
        # Thickened by the size that is seen, not by that of the font; small ones not at all.
        assert plain <= bold < 1.45 * plain
        assert (bold > plain) == (size > 15)

    def test_a_text_keeps_its_proportions_at_every_scale(self) -> None:
        text = Text(10, 20, "0.1234 tanh", size=7)
        widths = []
        for scale in (1.0, 2.0):
            columns = [x for x, _ in ink(image_of(text, scale=scale))]
            widths.append((max(columns) - min(columns)) / scale)
        assert widths[0] == pytest.approx(widths[1], abs=1.5)


class TestCurves:
    def test_a_bezier_bends(self) -> None:
        points = ((10.0, 100.0), (10.0, 20.0), (190.0, 20.0), (190.0, 100.0))
        image = image_of(Curve("", points, Role.TEXT, 3, bezier=True))
        assert near(image.pixelColor(100, 40), LIGHT.colour(Role.TEXT))
        straight = image_of(Curve("", points, Role.TEXT, 3))
        assert near(straight.pixelColor(100, 20), LIGHT.colour(Role.TEXT))

    @pytest.mark.parametrize(("arrow", "x"), [("end", 174), ("start", 26)])
    def test_an_arrow_is_at_the_end_it_belongs_to(self, arrow: str, x: int) -> None:
        image = image_of(Curve("", ((20, 60), (180, 60)), Role.TEXT, 2, arrow=arrow))
        rows = {at: [y for x_, y in ink(image) if x_ == at] for at in (26, 174)}
        other = 200 - x
        assert len(rows[x]) > len(rows[other]) >= 2

    def test_an_arrow_points_to_where_the_line_ends(self) -> None:
        columns = [
            x for x, _ in ink(image_of(Curve("", ((20, 60), (180, 60)), arrow="end", width=6)))
        ]
        assert max(columns) <= 180

    def test_a_translucent_arrow_is_of_one_colour(self) -> None:
        curve = Curve("", ((20, 60), (180, 60)), Role.TEXT, 4, arrow="end", opacity=0.5)
        image = image_of(curve)
        line = image.pixelColor(100, 60)
        darkest = min(image.pixelColor(x, 60).lightness() for x in range(150, 180))
        assert darkest >= line.lightness() - 25

    def test_a_dashed_line_has_gaps(self) -> None:
        image = image_of(Curve("", ((20, 60), (180, 60)), Role.BACKWARD, 3, dashed=True))
        row = [near(image.pixelColor(x, 60), LIGHT.colour(Role.STAGE)) for x in range(25, 175)]
        assert row.count(True) > 30
        assert row.count(False) > 60

    def test_a_mixed_line_hides_what_it_crosses_and_looks_as_on_the_stage(self) -> None:
        points = ((20.0, 60.0), (180.0, 60.0))
        alone = image_of(Curve("", points, Role.BACKWARD, 8, opacity=0.5))
        for mixed in (True, False):
            line = Curve("", points, Role.BACKWARD, 8, opacity=0.5, mixed=mixed)
            image = image_of(box(stroke=Role.CLEAR), line)
            seen = near(image.pixelColor(90, 60), alone.pixelColor(90, 60), by=2)
            assert seen is mixed

    def test_many_curves_are_straight_lines(self) -> None:
        points = ((10.0, 100.0), (10.0, 20.0), (190.0, 20.0), (190.0, 100.0))
        curves = [Curve("", points, Role.TEXT, 3, bezier=True)] * (MANY_CURVES + 1)
        rows = {y for _, y in ink(image_of(*curves))}
        assert rows <= {99, 100, 101}

    def test_of_many_lines_one_that_marks_another_is_seen_on_both_sides_of_it(self) -> None:
        points = ((20.0, 60.0), (180.0, 60.0))
        marked = Curve("", points, Role.NEGATIVE, 3), Curve("", points, Role.UPDATE, 9)
        for pair in (marked, marked[::-1]):
            image = image_of(*pair, *[Curve("", points, Role.NEGATIVE, 3)] * MANY_CURVES)
            column = [image.pixelColor(90, y) for y in range(50, 70)]
            sides = [y for y, at in enumerate(column) if near(at, LIGHT.colour(Role.UPDATE))]
            inside = [y for y, at in enumerate(column) if near(at, LIGHT.colour(Role.NEGATIVE))]
            assert inside
            assert min(sides) < min(inside) <= max(inside) < max(sides)


class TestOthers:
    def test_a_polygon_is_filled(self) -> None:
        image = image_of(Polygon(((50, 50), (150, 50), (100, 110)), Role.UPDATE))
        assert near(image.pixelColor(100, 70), LIGHT.colour(Role.UPDATE))
        assert near(image.pixelColor(55, 100), LIGHT.colour(Role.STAGE))

    @pytest.mark.parametrize(("shape", "filled"), [("round", True), ("diamond", False)])
    def test_tokens_differ_by_shape(self, shape: str, filled: bool) -> None:
        image = image_of(Token(100, 60, shape, Role.FORWARD, 20))
        assert near(image.pixelColor(100, 60), LIGHT.colour(Role.FORWARD))
        # A circle reaches further into the corner than a diamond.
        corner = near(image.pixelColor(112, 72), LIGHT.colour(Role.FORWARD))
        assert corner is filled

    def test_a_hollow_token_is_a_ring(self) -> None:
        image = image_of(Token(100, 60, "round", Role.POSITIVE, 20, hollow=True))
        assert near(image.pixelColor(100, 60), LIGHT.colour(Role.PANEL))
        assert near(image.pixelColor(120, 60), LIGHT.colour(Role.POSITIVE), by=60)

    def test_a_formula_is_painted_where_it_belongs(self) -> None:
        places = ink(image_of(Formula(60, 30, r"\frac{a}{b}", 24)))
        assert min(x for x, _ in places) >= 60
        assert min(y for _, y in places) >= 29
        assert places


class Counting(QPainter):
    """A painter that counts what it is asked for."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.calls: dict[str, int] = {}

    def _count(self, name: str, *arguments: Any) -> Any:
        self.calls[name] = self.calls.get(name, 0) + 1
        return getattr(super(), name)(*arguments)

    def drawRects(self, *arguments: Any) -> Any:
        return self._count("drawRects", *arguments)

    def drawRoundedRect(self, *arguments: Any) -> Any:
        return self._count("drawRoundedRect", *arguments)

    def drawLines(self, *arguments: Any) -> Any:
        return self._count("drawLines", *arguments)

    def drawPath(self, *arguments: Any) -> Any:
        return self._count("drawPath", *arguments)

    def drawGlyphRun(self, *arguments: Any) -> Any:
        return self._count("drawGlyphRun", *arguments)

    def drawImage(self, *arguments: Any) -> Any:
        return self._count("drawImage", *arguments)


def many(count: int) -> Picture:
    items: list[Item] = []
    for k in range(count):
        x, y = (k % 50) * 120.0, (k // 50) * 80.0
        points = ((x, y), (x + 30, y), (x + 60, y + 40), (x + 90, y + 40))
        items.append(Curve(f"edge:{k}:0", points, Role.FORWARD, 1.5, bezier=True))
    for k in range(count):
        x, y = (k % 50) * 120.0, (k // 50) * 80.0
        items.append(Box(f"node:{k}", Rect(x, y, 100, 60)))
        items.append(Text(x + 10, y + 20, f"v{k}"))
        items.append(Text(x + 90, y + 40, "0.5000", align="right", family="number"))
    return Picture(tuple(items), Rect(0, 0, 6000, 80 * count / 50))


def calls(picture: Picture, scale: float) -> dict[str, int]:
    image = QImage(1280, 800, QImage.Format.Format_RGB32)
    painter = Counting(image)
    paint(painter, picture, LIGHT, as_it_is, scale)
    painter.end()
    return painter.calls


class TestDetail:
    def test_small_pictures_take_a_call_for_each_look_not_for_each_item(self) -> None:
        found = calls(many(2000), 0.2)
        assert found == {"drawRects": 1, "drawLines": 1}

    def test_small_pictures_show_no_text_but_every_box(self) -> None:
        scale = DETAIL * 0.9
        picture = [
            box(rect=Rect(100, 60, 100, 60), stroke=Role.STRONG),
            Text(110, 90, "HHHH", size=30),
        ]
        image = image_of(*picture, scale=scale)
        assert near(image.pixelColor(int(150 * scale), int(85 * scale)), LIGHT.colour(Role.FORWARD))
        assert near(image.pixelColor(int(100 * scale), int(90 * scale)), LIGHT.colour(Role.STRONG))

    def test_the_acting_box_is_told_apart_in_a_small_picture(self) -> None:
        scale = DETAIL * 0.5
        image = image_of(box(rect=Rect(100, 60, 200, 160), halo=Role.BACKWARD), scale=scale)
        assert near(
            image.pixelColor(int(200 * scale), int(140 * scale)), LIGHT.colour(Role.BACKWARD_SOFT)
        )

    def test_a_token_can_be_seen_in_a_small_picture(self) -> None:
        image = image_of(Token(500, 300, "diamond", Role.BACKWARD, 8), scale=0.2)
        assert near(image.pixelColor(100, 60), LIGHT.colour(Role.BACKWARD))
        assert len(ink(image)) > 15

    def test_what_is_out_of_view_is_not_painted(self) -> None:
        found = calls(many(2000), 1.0)
        # 11 columns and 10 rows are in view, and perhaps one more at each side.
        assert 100 <= found["drawImage"] <= 12 * 12
        assert 200 <= found["drawGlyphRun"] <= 2 * 12 * 12
        assert found["drawPath"] <= 13 * 13

    def test_a_copied_box_looks_as_a_painted_one(self) -> None:
        one = box(rect=Rect(20, 20, 60, 40), stroke=Role.STRONG, width=2)
        copies = [box(rect=Rect(120 + k, 80, 5, 5), radius=3) for k in range(MANY_BOXES)]
        painted, copied = image_of(one), image_of(one, *copies)
        around = [(x, y) for x in range(15, 90) for y in range(15, 70)]
        assert all(near(painted.pixelColor(*at), copied.pixelColor(*at)) for at in around)

    def test_only_the_clipped_part_is_painted(self) -> None:
        image = QImage(1280, 800, QImage.Format.Format_RGB32)
        painter = Counting(image)
        painter.setClipRect(QRectF(0, 0, 100, 60))
        paint(painter, many(2000), LIGHT, as_it_is, 1.0)
        painter.end()
        assert painter.calls["drawRoundedRect"] == 1

    def test_illegible_texts_are_left_out(self) -> None:
        assert not ink(image_of(Text(20, 60, "HHHH", size=8), scale=0.5))
        assert ink(image_of(Text(20, 60, "HHHH", size=8), scale=1.0))


def test_the_painter_is_left_as_it_was() -> None:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.translate(7, 9)
    before = painter.worldTransform()
    items = (box(opacity=0.3), Text(10, 20, "更新", size=20, bold=True), Formula(0, 0, "x"))
    paint(painter, Picture(items, Rect(0, 0, 10, 10)), LIGHT, as_it_is, 1.5)
    assert painter.worldTransform() == before
    assert painter.opacity() == 1
    painter.end()


def test_a_picture_is_painted_larger_by_the_scale() -> None:
    one = image_of(box(rect=Rect(20, 20, 40, 20), stroke=Role.CLEAR, radius=0))
    two = image_of(box(rect=Rect(20, 20, 40, 20), stroke=Role.CLEAR, radius=0), scale=2.0)
    assert {(x // 2, y // 2) for x, y in ink(two)} == set(ink(one))


class TestPieces:
    LONG = ((-300.0, 20.0), (0.0, 20.0), (60.0, 100.0), (480.0, 90.0))

    @pytest.mark.parametrize("dashed", [False, True])
    def test_a_curve_in_pieces_looks_like_one_that_qt_paints(self, dashed: bool) -> None:
        points = ((10.0, 20.0), (60.0, 20.0), (60.0, 100.0), (110.0, 90.0))
        curve = Curve("", points, Role.TEXT, 3, bezier=True, dashed=dashed, arrow="end")
        image = image_of(curve)
        wanted = image_of()
        tipped = arrow(points, True, 3)
        painter = QPainter(wanted)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(LIGHT.colour(Role.TEXT), 3, dashed=dashed, flat=True))
        painter.drawPath(bezier(tipped.points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LIGHT.colour(Role.TEXT))
        painter.drawPolygon(tipped.head)
        painter.end()
        differences = [
            abs(image.pixelColor(x, y).lightness() - wanted.pixelColor(x, y).lightness())
            for x in range(WIDTH)
            for y in range(HEIGHT)
        ]
        assert len(ink(wanted)) > 200
        assert sum(differences) / len(ink(wanted)) < 12  # of 255

    EVERYTHING = (-1e5, -1e5, 1e5, 1e5)

    @pytest.mark.parametrize("width", [0.0, 3.0])
    def test_what_is_beyond_the_view_is_left_out(self, width: float) -> None:
        made = chains([self.LONG])
        everything = seen(made, width, self.EVERYTHING, 0.0)
        some = seen(made, width, (0.0, 0.0, 200.0, 120.0), 10.0)
        assert 0 < len(some) < len(everything)
        # What begins or ends in the view is there, at the same place.
        x = everything[:, ::2]
        inside = ((x > 0) & (x < 200)).any(axis=1)
        assert {tuple(row) for row in everything[inside]} <= {tuple(row) for row in some}

    @pytest.mark.parametrize("width", [0.0, 3.0])
    def test_lines_are_the_same_however_many_are_made_together(self, width: float) -> None:
        ends = (5.0, -30.0), (90.0, 250.0), (-60.0, 30.0)
        routes = [self.LONG, (self.LONG[0], *ends), (*self.LONG, *ends)]
        alone = [seen(chains([route]), width, self.EVERYTHING, 0.0) for route in routes]
        moved = chains([tuple((x + 8, y) for x, y in route) for route in routes])
        together = seen(moved, width, self.EVERYTHING, 0.0)
        assert np.allclose(together, np.concatenate(alone) + np.array([8.0, 0.0, 8.0, 0.0]))

    def test_a_line_of_qt_has_the_ends_of_its_row(self) -> None:
        rows = np.arange(4.0 * 3000).reshape(-1, 4)
        found = [(line.x1(), line.y1(), line.x2(), line.y2()) for line in lines.filled(rows)]
        assert found == [tuple(row) for row in rows.tolist()]

    def test_a_rectangle_of_qt_has_the_numbers_of_its_row(self) -> None:
        rows = np.arange(4.0 * 1500).reshape(-1, 4)
        assert [found.getRect() for found in rectangles.filled(rows)] == list(map(tuple, rows))

    def test_a_view_that_moves_a_little_shows_the_same_pieces(self) -> None:
        curves = chains([self.LONG])
        first = seen(curves, 0.0, (0.0, 0.0, 200.0, 200.0), 0.0)
        assert seen(curves, 0.0, (-3.0, -2.0, 197.0, 198.0), 0.0) is not first
        near = seen(curves, 0.0, (3.0, 2.0, 203.0, 202.0), 0.0)
        assert seen(curves, 0.0, (6.0, 4.0, 206.0, 204.0), 0.0) is near
