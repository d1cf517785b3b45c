"""Moving through time, without a clock."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlviz.picture import player
from mlviz.picture.easing import TIMINGS, smooth
from mlviz.picture.timeline import step_at, timeline_bar
from mlviz.trace.steps import Position, StepKind
from mlviz.trace.timeline import Timeline
from tests.runs import neuron, timelines, twice


def test_many_short_ticks_end_where_few_long_ones_do() -> None:
    timeline = Timeline(neuron())
    short = long = Position()
    for _ in range(120):
        short = player.tick(timeline, short, 1 / 60)
    for _ in range(20):
        long = player.tick(timeline, long, 0.1)
    assert short.step == long.step
    assert short.progress == pytest.approx(long.progress, abs=1e-9)


def test_playing_ends_at_the_end_and_stays_there() -> None:
    timeline = Timeline(twice())
    position = player.tick(timeline, Position(), 1e6)
    assert position == player.end(timeline, position)
    assert player.tick(timeline, position, 5.0) == position
    assert player.at_end(timeline, position)


def test_speed_is_a_factor() -> None:
    timeline = Timeline(twice())
    one = player.tick(timeline, Position(), 2.0, speed=1)
    two = player.tick(timeline, Position(), 1.0, speed=2)
    assert (one.step, one.progress) == (two.step, pytest.approx(two.progress))


@given(timelines(), st.data())
@settings(max_examples=30, deadline=None)
def test_every_way_forward_has_its_way_back(timeline: Timeline, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, len(timeline)))
    here = Position(1, step, 1.0)
    ahead = player.next_rest(timeline, here)
    if step < len(timeline):
        assert player.previous_rest(timeline, ahead) == here
    for forward, back in (
        (player.next_group, player.previous_group),
        (player.next_phase, player.previous_phase),
    ):
        stops = [player.start(here)]
        while not player.at_end(timeline, stops[-1]):
            stops.append(forward(timeline, stops[-1]))
        for earlier, later in itertools.pairwise(stops):
            assert back(timeline, later) == earlier


def test_a_step_under_way_is_finished_first() -> None:
    timeline = Timeline(twice())
    moving = Position(1, 3, 0.4)
    assert player.next_rest(timeline, moving) == Position(1, 3, 1.0)
    assert player.previous_rest(timeline, moving) == Position(1, 2, 1.0)
    assert player.finish(moving) == Position(1, 3, 1.0)


def test_groups_cover_all_steps_once() -> None:
    timeline = Timeline(neuron())
    covered = [k for first, last in player.group_bounds(timeline) for k in range(first, last + 1)]
    assert covered == list(range(1, len(timeline) + 1))


@given(timelines(), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_the_bar_shows_a_step_where_a_click_finds_it(timeline: Timeline, fraction: float) -> None:
    step = step_at(timeline, fraction)
    cursor = timeline_bar(timeline, Position(1, step, 1.0)).cursor
    neighbours = [
        timeline_bar(timeline, Position(1, other, 1.0)).cursor
        for other in (step - 1, step + 1)
        if 0 <= other <= len(timeline)
    ]
    assert all(abs(cursor - fraction) <= abs(other - fraction) + 1e-9 for other in neighbours)


def test_the_bar_runs_evenly_from_0_to_1() -> None:
    timeline = Timeline(neuron())
    bar = timeline_bar(timeline, Position())
    assert bar.cursor == 0
    assert bar.segments[0].start == 0
    assert bar.segments[-1].end == pytest.approx(1)
    assert list(bar.ticks) == sorted(bar.ticks)
    assert bar.ticks[-1] == pytest.approx(1)


def test_easing_starts_and_ends_gently() -> None:
    assert smooth(0) == 0
    assert smooth(1) == 1
    assert smooth(0.01) < 0.01
    assert all(
        TIMINGS[kind].leave < TIMINGS[kind].arrive <= TIMINGS[kind].settle for kind in StepKind
    )
