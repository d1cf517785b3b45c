"""The surroundings of every test: no screen, fixed sizes, settings of their own."""

import os
import tempfile

# Qt and MLViz read these when they are first loaded, so they are set before any test is imported.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = "1"
os.environ["QT_FONT_DPI"] = "96"
_SETTINGS = tempfile.TemporaryDirectory(prefix="mlviz-test-settings-")
os.environ["MLVIZ_SETTINGS_DIR"] = _SETTINGS.name

from pathlib import Path  # noqa: E402

import pytest  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too")
    parser.addoption("--bless", action="store_true", help="write the golden files anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


def pytest_unconfigure() -> None:
    _SETTINGS.cleanup()


@pytest.fixture(scope="session")
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew instead of compared."""
    return bool(request.config.getoption("--bless"))


@pytest.fixture
def settings_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty settings folder for one test."""
    folder = tmp_path / "settings"
    monkeypatch.setenv("MLVIZ_SETTINGS_DIR", str(folder))
    return folder
