"""The commands; Qt is loaded only by those that draw."""

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlviz import __version__
from mlviz.errors import MLVizError
from mlviz.i18n import LANGUAGES, Message, system_language, translate

if TYPE_CHECKING:
    from mlviz.document.document import Document
    from mlviz.trace.magnify import Level

_LANGUAGE = click.Choice(tuple(LANGUAGES))
_VALUE = re.compile(r"(?P<name>[^\W\d]\w*)=(?P<value>.+)", re.DOTALL)


class _Usage(MLVizError):
    """The command line does not fit together."""


class _OneLine(click.Group):
    """A group whose errors are one line on the error stream, in the user's language.

    What is no command but a file or an example is opened: `mlviz my.csv` is `mlviz open my.csv`.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and _can_be_opened(args[0]):
            return super().resolve_command(ctx, ["open", *args])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MLVizError as error:
            click.echo(f"mlviz: {translate(error.message, system_language())}", err=True)
            ctx.exit(2)
        except BrokenPipeError:
            # `mlviz trace … | head` has read enough; Python must not complain at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get("MLVIZ_DEBUG"):
                raise
            what = f"{type(error).__name__}: {error}"
            said = translate(Message("cli.unexpected", what=what), system_language())
            click.echo(f"mlviz: {said}", err=True)
            ctx.exit(1)


def _can_be_opened(name: str) -> bool:
    from mlviz.document.examples import find

    if Path(name).suffix in (".toml", ".csv", ".tsv"):
        return True  # that it is not there is told by opening it
    try:
        find(name)
    except MLVizError:
        return False
    return True


@click.group(cls=_OneLine, invoke_without_command=True)
@click.version_option(__version__, prog_name="mlviz", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """See a gradient being computed.

    Without a command, an example to begin with opens in a window; a file or the name of an
    example in the place of a command opens that.
    """
    if context.invoked_subcommand is None:
        from mlviz.document.examples import FIRST

        _show(FIRST, 0)


def gui_main() -> None:
    """Open the window, for starters without a terminal."""
    main()


@main.command("open")
@click.argument("name", metavar="FILE|NAME")
@click.option("--step", default=0, metavar="N", help="Stand at the end of step N.")
def open_command(name: str, step: int) -> None:
    """Open a file or an example in a window."""
    _show(name, step)


def _show(name: str, step: int) -> None:
    from mlviz.ui.display import check_window

    check_window()
    from mlviz.ui.app import run

    sys.exit(run(name, step))


@main.command("examples")
@click.option("--language", type=_LANGUAGE, default=None, help="Of the words.")
def examples_command(language: str | None) -> None:
    """List the examples, each with its title and what it shows."""
    from mlviz.document.examples import examples

    known = examples()
    width = max(len(example.name) for example in known)
    language = language or system_language()
    for example in known:
        title, shows = example.title.in_language(language), example.shows.in_language(language)
        click.echo(f"{example.name:<{width}}  {title} – {shows}")


_TRACE_EXAMPLES = """\b
Examples:
  mlviz trace mazur
  mlviz trace --formula "L = (tanh(w*x + b) - t)**2" w=0.5 x=2 b=0 t=1
"""


@main.command(epilog=_TRACE_EXAMPLES)
@click.argument("words", nargs=-1, metavar="[FILE|NAME] [NAME=VALUE]...")
@click.option("--formula", metavar="TEXT", help="Assignments; the last one is differentiated.")
@click.option("--iteration", default=1, metavar="N", help="Which iteration; the first if left out.")
@click.option("--level", type=click.Choice(("layers", "operations", "scalars")), default=None)
@click.option("--language", type=_LANGUAGE, default=None, help="Of the words around the formulas.")
def trace(
    words: tuple[str, ...],
    formula: str | None,
    iteration: int,
    level: "Level | None",
    language: str | None,
) -> None:
    """Print every step of a training iteration: of an example, a file or a formula."""
    from mlviz.export.text import trace_text
    from mlviz.trace.magnify import magnified
    from mlviz.trace.timeline import Timeline

    document = _document(words, formula)
    last = document.training.iterations
    if not 1 <= iteration <= last:
        raise _Usage(Message("cli.range", option="--iteration", found=iteration, low=1, high=last))
    recorded = magnified(document.training.iteration(iteration), level or document.level).iteration
    for line in trace_text(Timeline(recorded), language or system_language()):
        click.echo(line)


_CODE_EXAMPLES = """\b
Examples:
  mlviz code xor
  mlviz code --formula "L = (tanh(w*x + b) - t)**2" w=0.5 x=2 b=0 t=1 --out step.py
"""


@main.command(epilog=_CODE_EXAMPLES)
@click.argument("words", nargs=-1, metavar="[FILE|NAME] [NAME=VALUE]...")
@click.option("--formula", metavar="TEXT", help="Assignments; the last one is differentiated.")
@click.option("--out", type=click.Path(path_type=Path), help="Write it to this file.")
def code(words: tuple[str, ...], formula: str | None, out: Path | None) -> None:
    """Print a training step as a NumPy script that runs by itself."""
    from mlviz.export.code import numpy_script

    script = numpy_script(_document(words, formula).training.iteration(1))
    if out is None:
        click.echo(script, nl=False)
        return
    try:
        out.write_text(script, encoding="utf-8")
    except OSError as error:
        raise _Usage(Message("cli.write", path=str(out), why=str(error.strerror))) from None


def _document(words: tuple[str, ...], formula: str | None) -> "Document":
    from mlviz.document.document import from_formula, load
    from mlviz.document.examples import find

    if formula is not None:
        if words and not _VALUE.fullmatch(words[0]) and "=" not in words[0]:
            raise _Usage(Message("cli.both"))
        return from_formula(formula, dict(_value(word) for word in words))
    if not words:
        raise _Usage(Message("cli.neither"))
    if len(words) > 1:
        raise _Usage(Message("cli.values_need_formula", text=words[1]))
    return load(find(words[0]))


def _value(word: str) -> tuple[str, float | list[Any]]:
    """Read `w=0.5` or `x=[1, 2]`."""
    import json

    match = _VALUE.fullmatch(word)
    try:
        value = json.loads(match["value"].replace("\N{MINUS SIGN}", "-")) if match else None
    except (json.JSONDecodeError, RecursionError):
        value = _plain_number(match["value"]) if match else None
    if match is None or not isinstance(value, int | float | list) or isinstance(value, bool):
        raise _Usage(Message("cli.value", text=f'"{word}"'))
    return match["name"], value


def _plain_number(text: str) -> float | None:
    """Read what people write and JSON does not allow, such as `.5` and `+2`."""
    try:
        return float(text)
    except ValueError:
        return None


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--only", multiple=True, metavar="NAME", help="Only this example; may be repeated.")
@click.option("--theme", type=click.Choice(("light", "dark")), default=None)
@click.option("--language", type=_LANGUAGE, default=None)
@click.option("--size", default=None, metavar="WxH", help="Of the window, such as 1440x900.")
@click.option("--sample", is_flag=True, help="Themes, languages and sizes take turns: much faster.")
def pictures(
    folder: Path,
    only: tuple[str, ...],
    theme: str | None,
    language: str | None,
    size: str | None,
    sample: bool,
) -> None:
    """Write every example, view, theme and language as PNG files."""
    from mlviz.document.examples import examples, find
    from mlviz.ui.display import use_no_screen

    sizes = _sizes(size)
    names = [str(find(name)) for name in only] or [str(entry.path) for entry in examples()]
    use_no_screen()
    from mlviz.ui.pictures import Choice, make_pictures

    choice = Choice(
        themes=(theme,) if theme else ("light", "dark"),
        languages=(language,) if language else tuple(LANGUAGES),
        sizes=sizes,
        sample=sample,
    )
    try:
        for path in make_pictures(folder, names, choice):
            click.echo(str(path))
    except OSError as error:
        reason = error.strerror or str(error)
        raise _Usage(Message("cli.cannot_write", path=str(folder), reason=reason)) from error


def _sizes(text: str | None) -> tuple[tuple[int, int], ...]:
    if text is None:
        return ((1440, 900), (1024, 768))
    match = re.fullmatch(r"(\d{2,5})[x×](\d{2,5})", text)
    if match is None or not all(200 <= int(side) <= 8000 for side in match.groups()):
        raise _Usage(Message("cli.size", found=f'"{text}"'))
    return ((int(match[1]), int(match[2])),)
