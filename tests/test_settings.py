import os
from pathlib import Path

import msgspec
import pytest

from mlviz import settings
from mlviz.i18n import LANGUAGES, translate
from mlviz.settings import Settings


def test_without_a_file_the_usual_settings_are_used(settings_dir: Path) -> None:
    assert settings.load() == (Settings(), None)


def test_saved_settings_come_back_the_same(settings_dir: Path) -> None:
    wishes = Settings(
        language="zh_CN",
        theme="dark",
        scale=1.25,
        speed=0.5,
        reduced_motion=True,
        geometry="AdnQywAD",
        state="AAAA/w==",
    )
    settings.save(wishes)
    assert settings.load() == (wishes, None)
    assert [path.name for path in settings_dir.iterdir()] == ["settings.json"]


def test_every_language_can_be_a_setting() -> None:
    allowed = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]["language"]["enum"]
    assert set(allowed) == {"", *LANGUAGES}


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"theme": "pink"}',
        b'{"theme": "\xff"}',
        b'{"scale": 1000}',
        b'{"speed": 0}',
        b'{"language": "xx"}',
    ],
)
def test_a_broken_file_is_set_aside_and_said(settings_dir: Path, text: bytes) -> None:
    settings_dir.mkdir()
    (settings_dir / "settings.json").write_bytes(text)
    found, message = settings.load()
    assert found == Settings()
    assert message is not None
    assert "settings.json.bad" in translate(message, "en")
    assert (settings_dir / "settings.json.bad").read_bytes() == text
    assert settings.load() == (Settings(), None)


def test_a_setting_of_a_later_version_does_no_harm(settings_dir: Path) -> None:
    settings_dir.mkdir()
    (settings_dir / "settings.json").write_text('{"theme": "dark", "from_the_future": 1}')
    assert settings.load() == (Settings(theme="dark"), None)


def test_a_failed_save_leaves_the_old_file_whole(
    settings_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.save(Settings(theme="dark"))

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        settings.save(Settings(theme="light"))
    assert settings.load()[0].theme == "dark"
    assert [path.name for path in settings_dir.iterdir()] == ["settings.json"]
