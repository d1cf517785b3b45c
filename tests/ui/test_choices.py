from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from mlviz.i18n import Message
from mlviz.ui.choices import Choices, Chooser
from mlviz.ui.session import Session
from tests.ui.windows import NO_SCREEN

pytestmark = NO_SCREEN

NAMES = {
    "train": Message("outcome.train"),
    "validation": Message("outcome.validation"),
    "test": Message("outcome.test"),
}


@pytest.mark.parametrize("kind", [Choices, Chooser])
def test_one_holds_until_another_is_chosen(
    session: Session, qtbot: QtBot, kind: Callable[..., Choices | Chooser]
) -> None:
    choices = kind(session, Message("outcome.part"))
    qtbot.addWidget(choices)
    choices.offer(NAMES)
    assert choices.value == "train"
    with qtbot.waitSignal(choices.changed):
        choices.set_value("test")
    assert choices.value == "test"
    # It still holds when others are offered that have it, and gives way otherwise.
    choices.offer({key: NAMES[key] for key in ("validation", "test")})
    assert choices.value == "test"
    choices.offer({key: NAMES[key] for key in ("train", "validation")})
    assert choices.value == "train"
    session.set_language("zh_CN")
    assert choices.value == "train"
    assert choices.accessibleName() == "数据的哪一部分"


def test_a_button_of_the_row_is_pressed(session: Session, qtbot: QtBot) -> None:
    choices = Choices(session, Message("outcome.part"))
    qtbot.addWidget(choices)
    choices.offer(NAMES)
    choices.show()
    button = next(b for b in choices.findChildren(QPushButton) if b.objectName() == "validation")
    assert button.text() == "Validation"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert choices.value == "validation"


def test_what_is_no_choice_is_not_shown(session: Session, qtbot: QtBot) -> None:
    choices = Chooser(session, Message("outcome.part"))
    qtbot.addWidget(choices)
    choices.offer({"": Message("outcome.all"), "train": NAMES["train"]})
    assert choices.isHidden()
    choices.offer({"": Message("outcome.all")} | NAMES)
    assert not choices.isHidden()
    assert choices.value == ""
