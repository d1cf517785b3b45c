"""Bands of quantiles over time, and the histogram at the cursor."""

import itertools

import numpy as np
import pytest

from mlviz.autograd import Array
from mlviz.picture.decades import Scale, power_text, scale_for
from mlviz.picture.distributions import (
    LayerRow,
    Layout,
    counts,
    distributions_picture,
    layout_for,
    row_key,
    row_of,
    scales,
)
from mlviz.picture.gradient_norms import apart, with_length
from mlviz.picture.inside_samples import magnitudes, quantiles
from mlviz.picture.items import Box, Curve, Polygon, Rect, Role, Text


def row(scale: float = 1.0, seed: int = 0, samples: int = 5, values: Array | None = None):  # type: ignore[no-untyped-def]
    """A layer whose numbers are normally distributed, measured a few times."""
    random = np.random.default_rng(seed)
    each = scale * random.normal(size=(samples, 400))
    now = each[-1] if values is None else values
    at = 1.0 + 10 * np.arange(samples)
    plain = np.array([quantiles(one) for one in each])
    sizes = np.array([quantiles(magnitudes(one)) for one in each])
    return LayerRow("tanh", now, at, plain), LayerRow("tanh", now, at, sizes)


LAYOUT = layout_for(700, 400, 2, 41)


def test_the_histogram_counts_every_value_once() -> None:
    plain, sizes = row()
    (scale,) = scales([plain], [], log=False)
    found = counts(plain.seen(log=False), scale)
    assert found.sum() == 400
    edges = np.linspace(scale.low, scale.high, len(found) + 1)
    assert np.array_equal(found, np.histogram(plain.values, edges)[0])
    (scale,) = scales([sizes], [], log=True)
    assert counts(sizes.seen(log=True), scale).sum() == 400


def test_bars_of_the_histogram_are_as_long_as_their_counts() -> None:
    plain, _ = row()
    picture = distributions_picture([plain], "dz", layout_for(700, 200, 1, 41), 41)
    bars = [item for item in picture.items if isinstance(item, Box) and item.fill is Role.BACKWARD]
    found = counts(plain.seen(log=False), scales([plain], [], log=False)[0])
    lengths = [bar.rect.width for bar in bars]
    assert lengths == pytest.approx(
        (lengths[int(np.argmax(lengths))] * found / found.max())[found > 0]
    )
    # The lowest bin lies lowest.
    tops = [bar.rect.y for bar in bars]
    assert tops == sorted(tops, reverse=True)


def test_each_layer_has_an_axis_of_its_own_but_magnitudes_share_one() -> None:
    small, large = row(1e-4), row(10.0)
    one, two = scales([small[0], large[0]], [], log=False)
    assert one.high < 1e-2 < two.high
    one, two = scales([small[1], large[1]], [], log=True)
    assert one == two
    assert one.log
    assert 10**one.low < 1e-4 < 1 < 10**one.high


def test_a_magnitude_near_zero_does_not_stretch_the_axis() -> None:
    _, sizes = row()
    spread = sizes.spread.copy()
    spread[:, 0] = 1e-15
    values = np.append(sizes.values, 1e-15)
    (scale,) = scales([LayerRow("tanh", values, sizes.at, spread)], [], log=True)
    assert 10**scale.low > 1e-3


def test_the_axis_holds_the_other_run_too() -> None:
    mine, other = row(1.0)[0], row(9.0, seed=1)[0]
    assert scales([mine], [other], log=False)[0].high > scales([mine], [], log=False)[0].high + 5


def test_bands_pass_through_the_quantiles_at_the_measured_iterations() -> None:
    plain, _ = row()
    layout = layout_for(700, 200, 1, 41)
    picture = distributions_picture([plain], "z", layout, 41)
    (scale,) = scales([plain], [], log=False)
    area = layout.area(0)
    outer, middle, inner = (item for item in picture.items if isinstance(item, Polygon))
    for band, low, high in ((outer, 0, 6), (middle, 1, 5), (inner, 2, 4)):
        assert len(band.points) == 10
        for place, at in enumerate(plain.at):
            x, y = band.points[place]
            assert x == pytest.approx(layout.x(float(at)))
            assert y == pytest.approx(
                area.bottom - scale.part(float(plain.spread[place, low])) * area.height
            )
            _, y = band.points[-1 - place]
            assert y == pytest.approx(
                area.bottom - scale.part(float(plain.spread[place, high])) * area.height
            )
    assert outer.opacity < middle.opacity < inner.opacity
    median = next(i for i in picture.items if isinstance(i, Curve) and i.role is Role.FORWARD)
    assert len(median.points) == 5


def test_a_gap_in_the_numbers_is_a_gap_in_the_bands() -> None:
    plain, _ = row()
    spread = plain.spread.copy()
    spread[2] = np.nan
    holey = LayerRow("tanh", plain.values, plain.at, spread)
    picture = distributions_picture([holey], "z", LAYOUT, 1)
    assert sum(isinstance(item, Polygon) for item in picture.items) == 6


def test_the_cursor_stands_at_its_iteration_and_a_place_is_that_iteration() -> None:
    picture = distributions_picture([row()[0]], "z", LAYOUT, 21)
    line = next(i for i in picture.items if isinstance(i, Curve) and i.role is Role.STRONG)
    assert LAYOUT.iteration_at(line.points[0][0]) == 21
    assert LAYOUT.iteration_at(LAYOUT.x(1)) == 1
    assert LAYOUT.iteration_at(LAYOUT.right) == 41
    assert LAYOUT.iteration_at(LAYOUT.right + 20) is None
    assert [LAYOUT.row_at(y) for y in (5, LAYOUT.row + 1, 2 * LAYOUT.row + 1)] == [0, 1, None]


def test_the_other_run_is_dashed_in_the_bands_and_in_the_histogram() -> None:
    mine, other = row()[0], row(seed=3)[0]

    def dashed(others: list[LayerRow]) -> int:
        picture = distributions_picture([mine], "z", LAYOUT, 1, others=others)
        return sum(isinstance(item, Curve) and item.dashed for item in picture.items)

    assert dashed([]) == 0
    assert dashed([other]) >= 2


def test_zeros_are_told_where_they_cannot_be_shown() -> None:
    values = np.array([0.0, 0.0, 1.0, -2.0])
    _, sizes = row(values=values)
    picture = distributions_picture([sizes], "a", LAYOUT, 1, log=True)
    texts = [i.text for i in picture.items if isinstance(i, Text) and not isinstance(i.text, str)]
    told = next(text for text in texts if text.id == "distributions.middle.zeros")
    assert told.values["zeros"] == 2
    _, nothing = row(values=np.zeros(3))
    picture = distributions_picture([nothing], "a", LAYOUT, 1, log=True)
    texts = [i.text for i in picture.items if isinstance(i, Text) and not isinstance(i.text, str)]
    assert "distributions.nothing" in [text.id for text in texts]


def test_rows_that_are_not_seen_are_left_empty() -> None:
    rows = [row(seed=k)[0] for k in range(8)]
    layout = layout_for(700, 200, 8, 41)

    def bands(seen: tuple[float, float] | None) -> int:
        picture = distributions_picture(rows, "z", layout, 1, seen=seen)
        return sum(isinstance(item, Polygon) for item in picture.items)

    assert bands(None) == 24
    assert bands((0.0, layout.row - 10)) == 3
    assert bands((layout.row * 7 + 30, layout.row * 8)) == 3


def test_a_single_measurement_can_be_seen() -> None:
    one = row(samples=1)[0]
    picture = distributions_picture([one], "z", LAYOUT, 1)
    for band in (item for item in picture.items if isinstance(item, Polygon)):
        assert max(x for x, _ in band.points) - min(x for x, _ in band.points) == 3


def test_a_row_is_found_by_its_key() -> None:
    assert [row_of(row_key(place)) for place in (0, 7)] == [0, 7]
    assert row_of("") is None
    assert isinstance(LAYOUT, Layout)
    assert LAYOUT.area(1) == Rect(52.0, LAYOUT.row + 20, LAYOUT.right - 52, LAYOUT.row - 28)


# --- Axes and labels -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "log"),
    [
        (-3.0, 5.0, False),
        (1e-9, 1e3, True),
        (0.11, 0.19, True),
        (0.02, 0.3, True),
        (2.0, 2.0, True),
    ],
)
def test_marks_lie_on_the_axis_and_are_written_shortly(low: float, high: float, log: bool) -> None:
    scale = scale_for(low, high, log=log)
    marks = scale.marks(6)
    assert len(marks) >= 2
    for value, text in marks:
        assert 0 <= scale.part(value) <= 1
        assert len(text) <= 6
    parts = [scale.part(value) for value, _ in marks]
    assert all(one < other for one, other in itertools.pairwise(parts))


def test_places_of_many_values_are_those_of_each() -> None:
    values = np.array([1e-12, 0.0, 0.5, 3.0, np.nan, -2.0])
    for scale in (Scale(-1.0, 2.0), Scale(-3.0, 1.0, True)):
        assert scale.parts(values).tolist() == pytest.approx([scale.part(v) for v in values])


def test_powers_of_ten_are_written_with_raised_figures() -> None:
    assert [power_text(power) for power in (-12, -2, 0, 1, 6)] == [
        "10⁻¹²",
        "0.01",
        "1",
        "10",
        "10⁶",
    ]


def test_labels_come_to_lie_apart_in_their_order_and_inside() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        places = random.uniform(0, 200, size=random.integers(1, 12)).tolist()
        found = apart(places, 5, 195)
        order = np.argsort(places, kind="stable")
        assert (np.diff(found[order]) >= 13 - 1e-9).all()
        assert found.min() >= 5 - 1e-9
        assert found.max() <= 195 + 1e-9
    assert apart([40.0, 100.0], 5, 195).tolist() == [40.0, 100.0], "what has room stays"
    assert apart([], 0, 10).tolist() == []


def test_a_line_of_one_point_has_a_length() -> None:
    x, y = with_length(np.array([1.0]), np.array([5.0]), 2.0)
    assert (x.tolist(), y.tolist()) == ([1.0, 3.0], [5.0, 5.0])
