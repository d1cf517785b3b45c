import os
import sys
from importlib import metadata

import pytest

from mlviz.i18n import translate
from mlviz.ui import display
from mlviz.ui.display import DisplayError

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about Linux")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with an X server and everything installed."""
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(display, "_is_there", lambda library: True)


def missing(*libraries: str) -> object:
    return lambda library: library not in libraries


@linux
def test_no_screen_is_told_with_what_works_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY")
    with pytest.raises(DisplayError, match=r"no display.*mlviz trace"):
        display.check_window()


@linux
@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_screen_of_either_kind_is_enough(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setenv(variable, "x")
    display.check_window()


@linux
def test_a_platform_that_needs_no_screen_is_not_asked_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(display, "_is_there", missing("libxcb-cursor.so.0"))
    display.check_window()


@linux
@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libGL.so.1", "libgl1"),
        ("libEGL.so.1", "libegl1"),
    ],
)
def test_a_missing_library_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, library: str, package: str
) -> None:
    monkeypatch.setattr(display, "_is_there", missing(library))
    with pytest.raises(DisplayError) as caught:
        display.check_window()
    for language in ("en", "zh_CN"):
        said = translate(caught.value.message, language)
        assert library in said
        assert f"apt install {package}" in said
        assert "\n" not in said


@linux
def test_pictures_need_no_libraries_of_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "QT_FONT_DPI"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(display, "_is_there", missing("libxcb-cursor.so.0"))
    display.use_no_screen()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    monkeypatch.setattr(display, "_is_there", missing("libGL.so.1"))
    with pytest.raises(DisplayError, match="libgl1"):
        display.use_no_screen()


@linux
def test_a_library_that_is_there_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert display._is_there("libc.so.6")
    assert not display._is_there("libno-such-thing.so.9")


@pytest.mark.parametrize(
    ("qt", "python", "works"),
    [
        ("6.12.0", (3, 11), False),
        ("6.12.0", (3, 12), True),
        ("6.11.3", (3, 11), True),
        ("6.12.1", (3, 11), True),
    ],
)
def test_the_qt_that_aborts_an_old_python_is_refused(
    monkeypatch: pytest.MonkeyPatch, qt: str, python: tuple[int, int], works: bool
) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: qt)
    monkeypatch.setattr(sys, "version_info", python)
    if works:
        display.check_qt()
    else:
        with pytest.raises(DisplayError, match=r"PySide6 6\.12\.0"):
            display.check_qt()
