"""What happens when something unexpected goes wrong: it is told, and the window lives on."""

import platform
import sys
import traceback
from types import TracebackType

from mlviz import __version__
from mlviz.errors import MLVizError
from mlviz.i18n import Message
from mlviz.ui.message_bar import MessageBar


def details_of(error: BaseException) -> str:
    """Return what a developer wants to know about an error."""
    where = f"MLViz {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return where + "\n" + "".join(traceback.format_exception(error))


class Guard:
    """Shows unexpected errors in the message bar while it is installed."""

    def __init__(self, bar: MessageBar) -> None:
        self._bar = bar
        self._before = sys.excepthook

    def install(self) -> None:
        """Take over what Python does with an error that nobody caught."""
        self._before = sys.excepthook
        sys.excepthook = self.handle

    def remove(self) -> None:
        """Give it back."""
        sys.excepthook = self._before

    def handle(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Tell about an error; an interruption by the keyboard goes on."""
        if not issubclass(kind, Exception):
            self._before(kind, error, trace)
        elif isinstance(error, MLVizError):
            self._bar.show_message(error.message)
        else:
            what = f"{kind.__name__}: {error}" if str(error) else kind.__name__
            self._bar.show_message(Message("ui.unexpected", what=what), details_of(error))
