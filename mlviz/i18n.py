"""Messages: what is to be said, kept apart from the language it is said in.

``python -m mlviz.i18n`` compiles the catalogs (it needs Babel).
"""

import gettext
import locale
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import TypeAlias

from mlviz.paths import resource

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "zh_CN": "简体中文"})
DOMAIN = "mlviz"

MessageValue: TypeAlias = "str | int | float | Message"


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Message:
    """A sentence that is not yet in any language: an id and the values that go into it.

    Values are strings, numbers, or further messages, which are translated with it. A value named
    ``n`` chooses the plural form. Numbers are put in as they are; a float that a person reads is
    passed as a finished string.
    """

    id: str
    values: Mapping[str, MessageValue]

    def __init__(self, id: str, /, **values: MessageValue) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "values", MappingProxyType(values))

    def __hash__(self) -> int:
        return hash((self.id, frozenset(self.values.items())))

    def __repr__(self) -> str:
        values = "".join(f", {name}={value!r}" for name, value in self.values.items())
        return f"Message({self.id!r}{values})"

    def __reduce__(self) -> tuple[partial["Message"], tuple[()]]:
        # A read-only mapping cannot be copied or pickled by itself.
        return partial(Message, self.id, **self.values), ()


def translate(message: Message | str, language: str) -> str:
    """Return the message in a language of ``LANGUAGES``; plain text is returned as it is.

    Raises:
        KeyError: if the language or the id is not known, or a value the sentence needs is missing.
    """
    if isinstance(message, str):
        return message
    sentence = _sentence(message, language)
    values = {
        name: translate(value, language) if isinstance(value, Message) else value
        for name, value in message.values.items()
    }
    try:
        return sentence.format_map(values)
    except KeyError as missing:
        raise KeyError(f"message {message.id!r} needs a value for {missing}") from None


def _sentence(message: Message, language: str) -> str:
    """Return the sentence with its gaps; gettext answers with the id when it knows none."""
    catalog = _catalog(language)
    found = message.id
    n = message.values.get("n")
    if isinstance(n, int):
        found = catalog.ngettext(message.id, message.id, n)
    if found == message.id:
        found = catalog.gettext(message.id)
    if found == message.id:
        raise KeyError(f"no message {message.id!r} in the {language} catalog")
    return found


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    if language not in LANGUAGES:
        raise KeyError(f"no language {language!r}; there are {', '.join(LANGUAGES)}")
    with resource(f"translations/{language}/LC_MESSAGES/{DOMAIN}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def system_language() -> str:
    """Return the language of ``LANGUAGES`` that fits the user's environment best."""
    for name in _wished_languages():
        if name.lower().startswith("zh"):
            return "zh_CN"
        if name.lower().startswith("en"):
            return "en"
    return "en"


def _wished_languages() -> Iterator[str]:
    yield from os.environ.get("LANGUAGE", "").split(":")
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        # The first of these that is set decides, as in POSIX.
        if value := os.environ.get(variable):
            yield value
            return
    yield locale.getlocale()[0] or ""


def compile_catalogs() -> None:
    """Write the .mo file beside the .po file of every language."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for language in LANGUAGES:
        source = resource(f"translations/{language}/LC_MESSAGES/{DOMAIN}.po")
        with source.open("rb") as file:
            catalog = read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)
        temporary = source.with_suffix(f".{os.getpid()}")
        with temporary.open("wb") as file:
            write_mo(file, catalog)
        temporary.replace(source.with_suffix(".mo"))
        print(f"{source.with_suffix('.mo')}: {len(catalog)} messages")


if __name__ == "__main__":
    compile_catalogs()
