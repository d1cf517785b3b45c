import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlviz.picture.items import Rect
from mlviz.ui.camera import Camera, Hand, Lens, following, looking_at, panned, whole

AREA = Rect(10, 50, 800, 600)
SMALL = Rect(0, 0, 400, 200)
LARGE = Rect(-100, -50, 4000, 3000)

numbers = st.floats(-500, 5000)
sizes = st.floats(1, 4000)
rects = st.builds(Rect, numbers, numbers, sizes, sizes)


def centre_of(camera: Camera, area: Rect = AREA) -> tuple[float, float]:
    return camera.to_picture(*area.center)


def test_everything_is_shown_in_the_middle() -> None:
    camera = whole(LARGE, AREA, 1.0)
    seen = camera.to_widget(LARGE)
    assert seen.center == pytest.approx(AREA.center)
    assert seen.width <= AREA.width + 1e-9
    assert seen.height == pytest.approx(AREA.height)


def test_a_small_picture_is_not_blown_up() -> None:
    assert whole(SMALL, AREA, 1.35).scale == 1.35


def test_a_picture_that_can_be_read_is_shown_whole_wherever_the_focus_is() -> None:
    left = following(SMALL, Rect(0, 0, 10, 10), AREA, 0.85, 1.35)
    right = following(SMALL, Rect(390, 190, 10, 10), AREA, 0.85, 1.35)
    assert left == right == whole(SMALL, AREA, 1.35)


def test_a_picture_too_large_to_be_read_is_shown_around_the_focus() -> None:
    camera = following(LARGE, Rect(1990, 990, 20, 20), AREA, 0.85, 1.35)
    assert camera.scale == 0.85
    assert centre_of(camera) == pytest.approx((2000, 1000))


def test_the_view_stops_at_the_border_of_the_picture() -> None:
    camera = following(LARGE, Rect(-100, -50, 20, 20), AREA, 0.85, 1.35)
    assert camera.to_picture(AREA.x, AREA.y) == pytest.approx((LARGE.x, LARGE.y))
    camera = following(LARGE, Rect(3890, 2940, 20, 20), AREA, 0.85, 1.35)
    assert camera.to_picture(AREA.right, AREA.bottom) == pytest.approx((LARGE.right, LARGE.bottom))


def test_a_direction_in_which_all_fits_is_centred() -> None:
    wide = Rect(0, 0, 4000, 300)
    camera = following(wide, Rect(2000, 0, 10, 10), AREA, 0.85, 1.35)
    assert centre_of(camera)[1] == pytest.approx(150)


@given(rects)
def test_a_small_focus_within_the_picture_is_always_seen(focus: Rect) -> None:
    focus = Rect(focus.x % 3800, focus.y % 2800, min(focus.width, 100), min(focus.height, 100))
    seen = following(LARGE, focus, AREA, 0.85, 1.35).to_widget(focus)
    assert seen.x >= AREA.x - 1e-6
    assert seen.y >= AREA.y - 1e-6
    assert seen.right <= AREA.right + 1e-6
    assert seen.bottom <= AREA.bottom + 1e-6


def test_without_a_focus_everything_is_shown() -> None:
    assert following(LARGE, None, AREA, 0.85, 1.35) == whole(LARGE, AREA, 1.35)


def test_a_point_of_the_widget_and_of_the_picture_agree() -> None:
    camera = looking_at(100, 200, 2.0, AREA)
    assert camera.to_picture(*AREA.center) == (100, 200)
    seen = camera.to_widget(Rect(100, 200, 10, 20))
    assert (seen.x, seen.y) == AREA.center
    assert (seen.width, seen.height) == (20, 40)


class TestLens:
    def test_it_follows_until_a_place_is_chosen(self) -> None:
        lens = Lens()
        assert lens.follows
        lens.stay(Camera(2.0, 0, 0), AREA, 1.0)
        assert not lens.follows
        lens.look()
        assert lens.follows

    def test_the_chosen_place_is_kept_when_the_focus_moves(self) -> None:
        lens = Lens()
        before = Camera(2.0, -300.0, -150.0)
        lens.stay(before, AREA, 1.0)
        for focus in (None, Rect(0, 0, 1, 1), Rect(3000, 2000, 1, 1)):
            after = lens.camera(LARGE, focus, AREA, 1.0)
            assert after.scale == before.scale
            assert (after.x, after.y) == pytest.approx((before.x, before.y))

    def test_the_chosen_middle_is_kept_when_the_widget_or_the_unit_changes(self) -> None:
        lens = Lens()
        lens.stay(looking_at(700, 800, 2.0, AREA), AREA, 1.0)
        other = Rect(0, 0, 300, 1000)
        camera = lens.camera(LARGE, None, other, 1.5)
        assert centre_of(camera, other) == pytest.approx((700, 800))
        assert camera.scale == pytest.approx(3.0)

    def test_the_overview_shows_all_however_small(self) -> None:
        lens = Lens()
        lens.look(overview=True)
        focus = Rect(0, 0, 10, 10)
        assert lens.camera(LARGE, focus, AREA, 1.0) == whole(LARGE, AREA, Lens.LARGEST)

    def test_some_of_the_picture_stays_in_view(self) -> None:
        lens = Lens()
        lens.look(Hand(1.0, 1e6, -1e6))
        seen = lens.camera(LARGE, None, AREA, 1.0).to_widget(LARGE)
        assert seen.x < AREA.right
        assert seen.right > AREA.x
        assert seen.y < AREA.bottom
        assert seen.bottom > AREA.y

    @given(st.floats(0.2, 5), st.floats(0, 800), st.floats(0, 600))
    def test_what_is_under_the_pointer_stays_there_while_zooming(
        self, factor: float, x: float, y: float
    ) -> None:
        before = Camera(1.0, 30.0, 40.0)
        after = Lens().zoomed(before, factor, (x, y), 1.0)
        assert after.scale == pytest.approx(factor)
        assert after.to_picture(x, y) == pytest.approx(before.to_picture(x, y))

    def test_zoom_has_bounds(self) -> None:
        lens, middle = Lens(), AREA.center
        assert lens.zoomed(Camera(1, 0, 0), 1e6, middle, 1.5).scale == Lens.ZOOMS[1] * 1.5
        assert lens.zoomed(Camera(1, 0, 0), 1e-6, middle, 1.5).scale == Lens.ZOOMS[0] * 1.5


def test_panning_moves_the_picture_with_the_pointer() -> None:
    assert panned(Camera(2.0, 5, 6), 10, -4) == Camera(2.0, 15, 2)
