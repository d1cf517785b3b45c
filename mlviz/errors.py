"""What can go wrong, told to a person.

::

    MLVizError
    ├── FormulaError         the text of a formula is wrong
    ├── DocumentError        a file says something that is not allowed
    ├── EngineError          an operation cannot be carried out (also a RuntimeError)
    ├── ArgumentError        a setting is out of range (also a ValueError)
    └── NotAvailableError    something is not installed on this machine
"""

import difflib
from collections.abc import Sequence

from mlviz.i18n import Message, translate


class MLVizError(Exception):
    """An error that a person can do something about.

    Attributes:
        message: what happened, in no language yet; ``str()`` gives it in English.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return translate(self.message, "en")


class FormulaError(MLVizError):
    """The text of a formula is wrong.

    Attributes:
        problem: what is wrong with it.
        text: the whole formula.
        piece: the part that is wrong.
        column: where that part begins, counted from 1.
    """

    def __init__(self, problem: Message, *, text: str, piece: str, column: int) -> None:
        super().__init__(
            Message("error.formula", problem=problem, text=text, piece=piece, column=column)
        )
        self.problem = problem
        self.text = text
        self.piece = piece
        self.column = column


class DocumentError(MLVizError):
    """A file says something that is not allowed.

    Without a ``problem`` the error says that ``found`` is not known, and what was probably meant.

    Attributes:
        file: the name of the file.
        key: where in it, such as ``network.layers[1].activation`` or ``line 3``; may be empty.
        problem: what is wrong there.
        found: what stands there.
        allowed: what may stand there.
        suggestion: the allowed one that was probably meant; looked up when it is not given.
    """

    def __init__(
        self,
        file: str,
        key: str = "",
        problem: Message | None = None,
        *,
        found: str = "",
        allowed: Sequence[str] = (),
        suggestion: str = "",
    ) -> None:
        if not suggestion:
            suggestion = next(iter(difflib.get_close_matches(found, allowed, n=1)), "")
        if problem is None:
            problem = _not_known(found, allowed, suggestion)
        if key:
            message = Message("error.document", file=file, key=_place(key), problem=problem)
        else:
            message = Message("error.document.no_key", file=file, problem=problem)
        super().__init__(message)
        self.file = file
        self.key = key
        self.problem = problem
        self.found = found
        self.allowed = tuple(allowed)
        self.suggestion = suggestion


def _place(key: str) -> Message | str:
    """Return where something stands, in the reader's language if it is a line."""
    word, _, number = key.partition(" ")
    is_line = word == "line" and number.isdecimal()
    return Message("error.document.at_line", number=number) if is_line else key


def _not_known(found: str, allowed: Sequence[str], suggestion: str) -> Message:
    if suggestion:
        return Message(
            "error.document.suggestion", found=f'"{found}"', suggestion=f'"{suggestion}"'
        )
    names = ", ".join(f'"{name}"' for name in allowed)
    return Message("error.document.unknown", found=f'"{found}"', allowed=names)


class EngineError(MLVizError, RuntimeError):
    """An operation cannot be carried out: shapes do not fit, a graph was used up, and so on."""


class ArgumentError(MLVizError, ValueError):
    """A setting has a value that makes no sense."""

    @classmethod
    def out_of_range(cls, name: str, found: object, allowed: str) -> "ArgumentError":
        """Return the error that `name` is `found`, with what it may be, such as `≥ 0`."""
        return cls(Message("error.argument.range", name=name, found=str(found), allowed=allowed))


class NotAvailableError(MLVizError):
    """Something that is needed is not installed on this machine.

    Attributes:
        what: what is missing.
        package: the package that has it.
    """

    def __init__(self, what: str, package: str) -> None:
        super().__init__(Message("error.not_available", what=what, package=package))
        self.what = what
        self.package = package
