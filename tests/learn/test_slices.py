"""How much of several trainings is over, where some take longer than others."""

import pytest

from mlviz.learn.slices import Shares


class Clock:
    """A time that goes by only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def worked(shares: Shares, clock: Clock, seconds: float, part: float) -> float:
    shares.go_on()
    clock.now += seconds
    found = shares.rested(part)
    clock.now += 50.0  # somebody else's time
    return found


def test_equal_trainings_have_equal_shares() -> None:
    clock = Clock()
    shares = Shares(["fold"] * 4, clock=clock)
    shares.begin()
    assert worked(shares, clock, 1.0, 0.5) == pytest.approx(1 / 8)
    assert worked(shares, clock, 1.0, 1.0) == pytest.approx(1 / 4)
    shares.begin()
    assert worked(shares, clock, 0.5, 0.25) == pytest.approx(5 / 16)


def test_what_is_heavier_is_expected_to_take_longer() -> None:
    clock = Clock()
    shares = Shares([1, 2, 3], [1.0, 3.0, 6.0], clock)
    shares.begin()
    assert worked(shares, clock, 1.0, 0.01) == pytest.approx(0.001)
    assert worked(shares, clock, 1.0, 1.0) == pytest.approx(0.1)


def test_a_second_of_its_kind_takes_as_long_as_the_first() -> None:
    clock = Clock()
    shares = Shares(["a", "b", "a", "b"], clock=clock)
    for seconds in (1.0, 9.0):
        shares.begin()
        share = worked(shares, clock, seconds, 1.0)
    assert share == pytest.approx(0.5)
    shares.begin()
    assert worked(shares, clock, 1.0, 1.0) == pytest.approx(11 / 20)


def test_a_training_that_stops_early_lets_the_others_be_expected_shorter_and_nothing_go_back() -> (
    None
):
    clock = Clock()
    shares = Shares(["fold"] * 2, clock=clock)
    shares.begin()
    before = worked(shares, clock, 1.0, 0.1)
    assert before == pytest.approx(0.05)
    assert worked(shares, clock, 0.0, 1.0) == pytest.approx(0.5)
    shares.begin()
    found = [worked(shares, clock, 1.0, part) for part in (0.1, 0.2, 1.0)]
    assert found == sorted(found)
    assert found[-1] == 1.0
