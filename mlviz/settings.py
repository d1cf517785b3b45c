"""What the program remembers of a user's wishes between two runs."""

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from mlviz.i18n import Message
from mlviz.paths import settings_folder

Theme = Literal["light", "dark", "system"]
Stage = Literal["graph", "network", "split"]
SCALES = (0.5, 3.0)
SPEEDS = (0.25, 8.0)


class Settings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The user's wishes; change them with ``msgspec.structs.replace``.

    Attributes:
        language: a key of ``i18n.LANGUAGES``; empty means the system's language.
        theme: the colours.
        scale: the size of everything in the window, 1 being the usual one.
        speed: how fast the film plays, 1 being the usual speed.
        step_size: how far one step goes.
        reduced_motion: whether the film jumps from step to step instead of moving.
        stage: what the stage shows: the computation graph, the network, or both.
        geometry: where the window was, as Qt wrote it, in base64.
        state: where its panels were, as Qt wrote it, in base64.
        lab_state: where the panels of the lab were.
        left_moved: whether somebody moved the border between the lesson and the steps.
        lecture_panels: what is shown beside the stage in front of a class.
        lecture_scale: the size of everything there; 0 lets the screen decide.
    """

    language: Literal["", "en", "zh_CN"] = ""
    theme: Theme = "system"
    scale: Annotated[float, msgspec.Meta(ge=SCALES[0], le=SCALES[1])] = 1.0
    speed: Annotated[float, msgspec.Meta(ge=SPEEDS[0], le=SPEEDS[1])] = 1.0
    step_size: Literal["term", "operation", "neuron", "layer", "phase", "iteration"] = "term"
    reduced_motion: bool = False
    stage: Stage = "graph"
    geometry: str = ""
    state: str = ""
    lab_state: str = ""
    left_moved: bool = False
    lecture_panels: tuple[str, ...] = ("caption", "notes")
    lecture_scale: Annotated[float, msgspec.Meta(ge=0, le=SCALES[1])] = 0.0


def load() -> tuple[Settings, Message | None]:
    """Return the saved settings, or the usual ones.

    A file that cannot be understood is set aside, and the message tells so.
    """
    path = _file()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings), None
    except FileNotFoundError:
        return Settings(), None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        kept = path.with_name(path.name + ".bad")
        os.replace(path, kept)
        return Settings(), Message("settings.broken", file=str(path), kept=str(kept))


def save(settings: Settings) -> None:
    """Write the settings; a crash in between leaves the old file whole.

    Raises:
        OSError: if the folder cannot be written to.
    """
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Named by process, so that two windows closing together do not write into one file.
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(settings)) + b"\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _file() -> Path:
    return settings_folder() / "settings.json"
