"""What a page of the panel "Why?" consists of, and marks that its pages share."""

import unicodedata
from dataclasses import dataclass

from mlviz.i18n import Message
from mlviz.picture.items import Picture


@dataclass(frozen=True, slots=True)
class Page:
    """A page: a sentence, a picture below it, and what follows from the picture.

    Attributes:
        intro: what is shown, or why nothing is.
        picture: the picture; None if there is nothing to draw.
        outro: the result, below the picture.
    """

    intro: Message
    picture: Picture | None = None
    outro: Message | None = None


def symbol_width(text: str, size: float) -> float:
    """Return how wide a symbol is, nearly: letters are not all alike."""
    letters = sum(not unicodedata.combining(letter) for letter in text)
    small = sum(letter in "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾.,·" for letter in text)
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return (0.6 * (letters - small - wide) + 0.4 * small + wide) * size


def number_of(count: int) -> str:
    """Return a count with its digits in groups; from 19 digits on, rounded."""
    if count < 10**18:
        return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    mantissa = str(count)
    return f"{mantissa[0]}.{mantissa[1:4]}e{len(mantissa) - 1}"
