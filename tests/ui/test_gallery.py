"""The gallery of examples."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mlviz.document.examples import THEMES, examples
from mlviz.settings import Settings
from mlviz.ui.gallery import Gallery
from mlviz.ui.main_window import MainWindow
from mlviz.ui.theme_names import THEME_NAMES
from tests.ui.labs import work_out
from tests.ui.windows import NO_SCREEN, neuron, opened

pytestmark = [pytest.mark.usefixtures("settings_dir"), NO_SCREEN]


@pytest.fixture
def gallery(qtbot: QtBot) -> Iterator[Gallery]:
    with opened(neuron()) as session:
        found = Gallery(session)
        found.resize(1100, 700)
        found.show()
        QCoreApplication.processEvents()
        yield found
        found.close()
        found.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def names(gallery: Gallery) -> list[str]:
    return [card.example.name for card in gallery.shown]


def test_every_example_has_a_card_under_its_theme(gallery: Gallery) -> None:
    assert names(gallery) == [example.name for example in examples()]
    assert tuple(THEME_NAMES) == THEMES
    gallery.chips["training"].click()
    assert names(gallery) == ["optimizers", "learning-rates"]
    assert [card.isVisible() for card in gallery.cards].count(True) == 2
    gallery.chips[""].click()
    assert len(names(gallery)) == len(gallery.cards)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("xavier", {"start"}),
        ("Rabbit", {"softmax"}),
        ("兔子", {"softmax"}),
        ("mazur", {"mazur"}),
        ("nothing of this kind", set()),
    ],
)
def test_examples_are_found_by_words_in_either_language(
    gallery: Gallery, words: str, found: set[str]
) -> None:
    gallery.search.setText(words)
    assert set(names(gallery)) >= found
    assert len(names(gallery)) < 6
    assert gallery.nothing.isVisible() == (not names(gallery))


def test_all_pictures_come_in_slices_of_the_clock(gallery: Gallery) -> None:
    work_out(gallery.session, 100_000)
    for card in gallery.cards:
        picture = card.picture()
        assert picture is not None
        image = picture.toImage()
        colours = {
            image.pixel(x, y)
            for x in range(0, image.width(), 2)
            for y in range(0, image.height(), 2)
        }
        assert len(colours) > 8, card.example.name


def test_cards_are_reached_and_opened_with_the_keyboard(gallery: Gallery) -> None:
    gallery.search.setFocus()
    QTest.keyClick(gallery.search, Qt.Key.Key_Down)
    first, second = gallery.cards[:2]
    assert gallery.focusWidget() is first
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert gallery.focusWidget() is second
    QTest.keyClick(second, Qt.Key.Key_Down)
    below = gallery.focusWidget()
    assert below not in (first, second)
    QTest.keyClick(below, Qt.Key.Key_Up)
    assert gallery.focusWidget() is second
    QTest.keyClick(second, Qt.Key.Key_Up)
    assert gallery.focusWidget() is second
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert gallery.session.document.name == "chain-rule"
    assert not gallery.isVisible()


def test_an_example_is_opened_where_it_says(gallery: Gallery) -> None:
    session = gallery.session
    gallery.search.setText("five optimizers")
    gallery.search.returnPressed.emit()
    assert session.document.name == "optimizers"
    assert session.face == "lab"
    card = next(card for card in gallery.cards if card.example.name == "xor")
    card.click()
    assert session.document.name == "xor"
    assert session.face == "film"


def test_a_damaged_example_leaves_its_card_without_a_picture(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "01_broken.toml").write_text('title = "x"\n[network]\ninputs = 2\nlayers = []\n')
    text = examples()[0].path.read_text("utf-8")
    (tmp_path / "02_fine.toml").write_text(text, "utf-8")
    monkeypatch.setattr("mlviz.document.examples.examples_folder", lambda: tmp_path)
    other = Gallery(gallery.session)
    try:
        work_out(gallery.session, 100_000)
        broken, fine = other.cards
        assert broken.thumbnail is None
        assert fine.thumbnail is not None
    finally:
        other.deleteLater()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_titles_and_lines_have_room_on_a_card(qtbot: QtBot, language: str) -> None:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QFontMetrics

    from mlviz.ui.fonts import ui_font
    from mlviz.ui.gallery_card import WIDTH

    room = WIDTH - 26
    with opened(neuron(), Settings(language=language)) as session:
        found = Gallery(session)
        for card in found.cards:
            wide = QFontMetrics(ui_font(13, bold=True)).horizontalAdvance(card.title)
            assert wide <= room, card.title
            metrics = QFontMetrics(ui_font(12))
            box = metrics.boundingRect(
                QRect(0, 0, room, 1000), int(Qt.TextFlag.TextWordWrap), card.shows
            )
            assert box.height() <= 3 * metrics.lineSpacing(), card.shows
        found.deleteLater()


def test_a_file_that_says_so_is_opened_in_the_lab(qtbot: QtBot) -> None:
    with opened(neuron()) as session:
        window = MainWindow(session)
        qtbot.addWidget(window)
        window.show()
        session.open("penalties")
        assert session.face == "lab"
        session.set_face("film")
        session.open("xor")
        assert session.face == "film"
        window.show_gallery()
        assert window.findChild(Gallery) is not None
        window.findChild(Gallery).close()
