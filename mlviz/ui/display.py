"""Whether a window can be opened here; asked before Qt is loaded, for Qt would abort."""

import ctypes
import os
import sys
from importlib import metadata

from mlviz.errors import MLVizError
from mlviz.i18n import Message

# What Qt loads without a screen, and what its X11 plugin loads besides: file and Debian package.
_ALWAYS = (
    ("libGL.so.1", "libgl1"),
    ("libEGL.so.1", "libegl1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
)
_X11 = (
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-image.so.0", "libxcb-image0"),
)
_BROKEN_QT = "6.12.0"


class DisplayError(MLVizError):
    """No window can be opened on this machine as it is."""


def check_qt() -> None:
    """Refuse the Qt that aborts this Python.

    Raises:
        DisplayError: PySide6 6.12.0 loses a reference to None with every call before Python 3.12.
    """
    if sys.version_info >= (3, 12):
        return
    version = metadata.version("PySide6-Essentials")
    if version == _BROKEN_QT:
        raise DisplayError(Message("cli.qt_version", version=version))


def check_window() -> None:
    """Refuse to open a window where there is no screen, or Qt lacks a library.

    Raises:
        DisplayError: with what is missing, and what has it.
    """
    if sys.platform.startswith("linux"):
        platform = os.environ.get("QT_QPA_PLATFORM", "")
        x11 = not platform or platform.startswith("xcb")
        if x11 and not _has_screen():
            raise DisplayError(Message("cli.no_display"))
        _check_libraries((*_ALWAYS, *_X11) if x11 and _is_x11() else _ALWAYS)
    check_qt()


def use_no_screen() -> None:
    """Let Qt draw into memory, whatever screen there is.

    Raises:
        DisplayError: Qt cannot do even that here.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Pictures are of the size that was asked for, on every machine.
    os.environ["QT_SCALE_FACTOR"] = "1"
    os.environ["QT_FONT_DPI"] = "96"
    if sys.platform.startswith("linux"):
        _check_libraries(_ALWAYS)
    check_qt()


def _has_screen() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _is_x11() -> bool:
    return not os.environ.get("WAYLAND_DISPLAY")


def _check_libraries(libraries: tuple[tuple[str, str], ...]) -> None:
    missing = [entry for entry in libraries if not _is_there(entry[0])]
    if missing:
        raise DisplayError(
            Message(
                "cli.no_libraries",
                libraries=", ".join(library for library, _ in missing),
                packages=" ".join(package for _, package in missing),
            )
        )


def _is_there(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
