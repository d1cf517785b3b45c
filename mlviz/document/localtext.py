"""Text that a file brings along in more than one language."""

from dataclasses import dataclass

from mlviz.document.schema import TextTable


@dataclass(frozen=True, slots=True)
class LocalText:
    """What a file says to a person, in the languages it was written in.

    Attributes:
        en: English; may be empty.
        zh_CN: 简体中文; may be empty.
    """

    en: str = ""
    zh_CN: str = ""

    def in_language(self, language: str) -> str:
        """Return the text in `language`, or in the other one if it is missing."""
        return (self.zh_CN or self.en) if language == "zh_CN" else (self.en or self.zh_CN)


def local_text(text: str | TextTable) -> LocalText:
    """Return a text of a file; one without languages is the same in all of them."""
    if isinstance(text, str):
        return LocalText(text.strip(), text.strip())
    return LocalText(text.en.strip(), text.zh_CN.strip())
