"""The examples that come with the program, and how a document is found by name."""

import difflib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mlviz.document.document import short_name
from mlviz.document.localtext import LocalText, local_text
from mlviz.document.reading import read_head, shown_path
from mlviz.document.schema import checked_table
from mlviz.errors import DocumentError
from mlviz.i18n import Message
from mlviz.paths import examples_folder


@dataclass(frozen=True, slots=True)
class ExampleInfo:
    """An example, before it is opened.

    Attributes:
        name: what it is opened by, such as `xor`.
        path: its file.
        title: its title.
        about: what it is about, in a few sentences.
        shows: what it shows, in one line.
        theme: under which theme it stands in the gallery.
        face: where it is opened: `film` or `lab`.
    """

    name: str
    path: Path
    title: LocalText
    about: LocalText
    shows: LocalText
    theme: str
    face: str


FIRST = "tanh-neuron"
"""The example that the program opens by itself: all of a training step, and small."""

THEMES = ("derivatives", "losses", "networks", "training", "generalisation")
"""What the examples are about, in the order in which one learns it."""


def examples() -> tuple[ExampleInfo, ...]:
    """Return the examples in the order in which they build on each other."""
    return tuple(_info(path, path.stat().st_mtime_ns) for path in _paths())


@lru_cache(maxsize=128)
def _info(path: Path, _: int) -> ExampleInfo:
    """Return what is known of an example before it is opened, read again if it has changed."""
    table = checked_table(shown_path(path), read_head(path))
    return ExampleInfo(
        short_name(path),
        path,
        local_text(table.title),
        local_text(table.about),
        local_text(table.shows),
        table.theme,
        table.view.face,
    )


def find(name_or_path: str) -> Path:
    """Return the file of an example's name, or of a path.

    The name of an example is taken before a file of that name.

    Raises:
        DocumentError: there is neither; with the example that was probably meant.
    """
    paths = {short_name(path): path for path in _paths()}
    if name_or_path in paths:
        return paths[name_or_path]
    path = Path(name_or_path)
    try:
        if name_or_path and path.exists():
            return path
    except (OSError, ValueError):  # a name that no file can have
        pass
    wanted = name_or_path.casefold().removesuffix(".toml")
    near = difflib.get_close_matches(path.stem.casefold() or wanted, paths, n=1)
    if near:
        problem = Message("error.document.not_found_near", suggestion=f'"{near[0]}"')
    else:
        problem = Message("error.document.not_found_examples", names=", ".join(paths))
    raise DocumentError(name_or_path, "", problem, suggestion=near[0] if near else "")


def _paths() -> list[Path]:
    return sorted(examples_folder().glob("[0-9]*_*.toml"))
