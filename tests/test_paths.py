from pathlib import Path

import pytest

from mlviz import paths


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the folders already found."""
    monkeypatch.setattr(paths, "_data_folder", paths._data_folder.__wrapped__)


def make(folder: Path) -> Path:
    (folder / "resources" / "icons").mkdir(parents=True)
    (folder / "resources" / "icons" / "play.svg").touch()
    (folder / "examples").mkdir()
    return folder


def test_resources_and_examples_are_found_in_a_checkout() -> None:
    top = Path(__file__).parent.parent
    assert paths.resource("translations") == top / "resources" / "translations"
    assert paths.examples_folder() == top / "examples"


@pytest.mark.usefixtures("fresh")
def test_beside_the_package_is_where_an_editable_install_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path)
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "mlviz")
    assert paths.resource("icons/play.svg") == tmp_path / "resources" / "icons" / "play.svg"
    assert paths.examples_folder() == tmp_path / "examples"


@pytest.mark.usefixtures("fresh")
def test_inside_the_package_is_where_a_wheel_has_them_and_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # site-packages may hold another project's "resources" or "examples" beside the package.
    make(tmp_path)
    package = make(tmp_path / "mlviz")
    monkeypatch.setattr(paths, "_PACKAGE", package)
    assert paths.resource("icons/play.svg") == package / "resources" / "icons" / "play.svg"
    assert paths.examples_folder() == package / "examples"


@pytest.mark.usefixtures("fresh")
def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError, match=r"no resource 'icons/nope\.svg'"):
        paths.resource("icons/nope.svg")
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "mlviz")
    with pytest.raises(FileNotFoundError, match="'examples' is missing"):
        paths.examples_folder()


def test_the_environment_names_the_settings_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLVIZ_SETTINGS_DIR", str(tmp_path))
    assert paths.settings_folder() == tmp_path
    monkeypatch.delenv("MLVIZ_SETTINGS_DIR")
    assert paths.settings_folder().name == "mlviz"
    assert paths.settings_folder() != tmp_path
