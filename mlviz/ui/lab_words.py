"""What several parts of the lab say: runs by their names, times, and why training stopped."""

from mlviz.autograd import Array
from mlviz.i18n import Message
from mlviz.picture.outcome import Outcome
from mlviz.ui.trials import Trial


def run_name(trial: Trial) -> Message | str:
    """Return what a run is called."""
    return trial.name or Message("lab.run", number=trial.number)


def count_of(examples: int) -> Message:
    """Return how many examples there are."""
    return Message("region.example") if examples == 1 else Message("region.examples", n=examples)


def wrong_message(found: Outcome, among: Array) -> Message:
    """Return how many of some examples, by a mask, were put into another class than theirs."""
    wrong, total = int(found.wrong[among].sum()), int(among.sum())
    undecided = int(found.undecided[among].sum())
    counts = {"wrong": f"{wrong:,}", "total": f"{total:,}"}
    if undecided:
        return Message("region.undecided", undecided=f"{undecided:,}", **counts)
    return Message("region.wrong", **counts)


def duration(seconds: float) -> Message:
    """Return a time as a person says it: `8 s`, `2 min 5 s`."""
    whole = max(round(seconds), 1)
    if whole < 60:
        return Message("lab.seconds", seconds=whole)
    if whole < 3600:
        return Message("lab.minutes", minutes=whole // 60, seconds=whole % 60)
    return Message("lab.hours", hours=whole // 3600, minutes=whole % 3600 // 60)
