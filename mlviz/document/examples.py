"""The examples that come with the program, and how a document is found by name."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from mlviz.document.document import local_text, short_name
from mlviz.document.localtext import LocalText
from mlviz.document.reading import read, shown_path
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
        about: what it shows.
    """

    name: str
    path: Path
    title: LocalText
    about: LocalText


def examples() -> tuple[ExampleInfo, ...]:
    """Return the examples in their order; the first is the one to begin with."""
    found = []
    for path in _paths():
        table = checked_table(shown_path(path), read(path))
        title, about = local_text(table.title), local_text(table.about)
        found.append(ExampleInfo(short_name(path), path, title, about))
    return tuple(found)


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
