"""Where the program finds its resources, its examples and its settings."""

import os
from functools import cache
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


@cache
def _data_folder(name: str) -> Path:
    """Return a folder that stands in the wheel's package, or beside it in a checkout."""
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the folder {name!r} is missing: MLViz is not installed completely")


def resource(name: str) -> Path:
    """Return the path of a resource such as ``icons/play.svg``.

    Raises:
        FileNotFoundError: if there is no such file or folder.
    """
    path = _data_folder("resources") / name
    if not path.exists():
        raise FileNotFoundError(f"there is no resource {name!r} in {path.parent}")
    return path


def examples_folder() -> Path:
    """Return the folder of the examples that come with the program."""
    return _data_folder("examples")


def settings_folder() -> Path:
    """Return the folder of the user's settings; it need not exist yet.

    The environment variable ``MLVIZ_SETTINGS_DIR`` names another one.
    """
    named = os.environ.get("MLVIZ_SETTINGS_DIR")
    if named:
        return Path(named)
    return platformdirs.user_config_path("mlviz", appauthor=False, roaming=True)
