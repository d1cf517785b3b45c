"""Tests of how a frame is shared between drawing and training."""

from mlviz.ui.frame_share import LEAST_SECONDS, MOST_SECONDS, FrameShare


def _after(drawing: float, frames: int = 200) -> float:
    share = FrameShare()
    for _ in range(frames):
        share.note(drawing)
    return share.seconds


def test_training_gets_what_drawing_leaves() -> None:
    assert abs(_after(0.008) - (1 / 60 - 0.008 - 0.002)) < 1e-6


def test_training_never_starves_and_never_takes_everything() -> None:
    assert _after(0.1) == LEAST_SECONDS
    assert _after(0.0) == MOST_SECONDS


def test_one_long_frame_changes_little() -> None:
    share = FrameShare()
    before = share.seconds
    share.note(5.0)
    assert before - share.seconds < 0.003


def test_what_happens_between_two_trainings_is_no_frame() -> None:
    share = FrameShare()
    share.begin()
    share.end()
    share.rest()
    before = share.seconds
    sum(range(20_000))
    assert share.begin() == before
