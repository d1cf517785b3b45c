"""The memory strip: what is kept for the reverse pass, step by step under the time bar."""

from dataclasses import dataclass
from functools import lru_cache

from mlviz.i18n import Message
from mlviz.picture.timeline import timeline_bar
from mlviz.trace.memory import Memory, memory
from mlviz.trace.steps import Position
from mlviz.trace.timeline import Timeline


@dataclass(frozen=True, slots=True)
class MemoryStrip:
    """What the strip shows.

    Attributes:
        points: corners of the rising and falling line: places on the bar, and parts of the
            highest line.
        reached: how many of the points lie before now.
        cursor: where the position is on the bar.
        doubled: how high the most of a batch twice as large is; 0 if there is no batch.
        now: what is kept now, of how much.
        compared: what training and inference need at once, and what the other batch keeps.
    """

    points: tuple[tuple[float, float], ...]
    reached: int
    cursor: float
    doubled: float
    now: Message
    compared: Message


@lru_cache(maxsize=4)
def _memory(timeline: Timeline) -> Memory:
    return memory(timeline)


def memory_strip(timeline: Timeline, position: Position) -> MemoryStrip:
    """Return the strip at `position`."""
    position = timeline.clamped(position)
    found, bar = _memory(timeline), timeline_bar(timeline, position)
    highest = max(found.peak, found.doubled, 1)
    ends = (0.0, *bar.ticks)
    points = tuple((x, held / highest) for x, held in zip(ends, found.held, strict=True))
    settled = position.step if position.progress >= 1 else max(position.step - 1, 0)
    now = Message("memory.now", now=byte_text(found.held[settled]), peak=byte_text(found.peak))
    if found.batch:
        compared = Message(
            "memory.compared",
            training=byte_text(found.training),
            inference=byte_text(found.inference),
            batch=2 * found.batch,
            other=byte_text(found.doubled),
        )
    else:
        compared = Message(
            "memory.compared_inference",
            training=byte_text(found.training),
            inference=byte_text(found.inference),
        )
    return MemoryStrip(
        points,
        settled + 1,
        bar.cursor,
        found.doubled / highest if found.batch else 0.0,
        now,
        compared,
    )


def byte_text(count: int) -> str:
    """Return `640 B`, `1.25 KB` or `3 MB`."""
    size = float(count)
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:.4g} GB"
