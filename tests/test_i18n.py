import ast
import copy
import pickle
import string
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po, write_po
from fontTools.ttLib import TTFont

from mlviz import i18n
from mlviz.i18n import LANGUAGES, Message, system_language, translate
from mlviz.paths import examples_folder, resource

TOP = Path(__file__).parent.parent
MODULES = sorted((TOP / "mlviz").rglob("*.py"))
# Ids that are put together when the program runs, so no literal in the code names them.
FAMILIES = (
    "op.",  # the name of an operation of the table
    "role.",  # the part a leaf plays
    "phase.",
    "steps.",  # what a kind of step is called …
    "header.",  # … in the headline …
    "graph.summary.",  # … and in words
    "explain.leaf.",
    "explain.result.",
    "explain.moved",
    "explain.sum",
    "explain.mean",
    "legend.",  # the marks of the legend
    "whats.mark.",  # "what is this?": marks of the graph …
    "whats.net.",  # … of the network …
    "whats.cell.",  # … of the matrices …
    "whats.panel.",  # … and panels
    "find.",  # the buttons of the find bar
    "data.set.",  # the built-in data sets, and what they are
    "kink.",  # what happens at a kink, named in an operation's row
    "recipe.act.",  # the lab's names of activations …
    "recipe.loss.",  # … losses …
    "recipe.schedule.",  # … and schedules
    "study.",  # each study: its name, what it is about, what its axis shows
)


def po(language: str) -> Catalog:
    path = resource(f"translations/{language}/LC_MESSAGES/mlviz.po")
    return read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)


def mo(language: str) -> Catalog:
    path = resource(f"translations/{language}/LC_MESSAGES/mlviz.mo")
    return read_mo(BytesIO(path.read_bytes()))


def entries(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return every id with its forms; an id with plurals has more than one in English."""
    found: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if message.id:
            id = message.id if isinstance(message.id, str) else message.id[0]
            forms = (message.string,) if isinstance(message.string, str) else message.string
            found[id] = tuple(forms)
    return found


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def used_ids() -> Iterator[tuple[str, ast.expr]]:
    """Yield every id that the code gives to Message or tr, with its place."""
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Message", "tr"):
                yield f"{module.relative_to(TOP)}:{node.lineno}", node.args[0]


def literals(expression: ast.expr) -> Iterator[str]:
    """Yield the ids an expression can be: a literal, or one of two by a condition."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.IfExp):
        yield from literals(expression.body)
        yield from literals(expression.orelse)


def characters_of_examples() -> set[str]:
    return {
        character
        for path in examples_folder().glob("*.toml")
        for character in path.read_text(encoding="utf-8")
    }


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder of small catalogs instead of the real ones."""
    monkeypatch.setattr(i18n, "resource", lambda name: tmp_path / name)
    i18n._catalog.cache_clear()
    for language, forms in (("en", ["{n} step", "{n} steps"]), ("zh_CN", ["{n} 步"])):
        made = Catalog(locale=language)
        made.add("hello", "Hello {name}!" if language == "en" else "{name}，你好！")
        made.add("plain", "{n} in {name}")
        made.add(("steps", "steps"), tuple(forms))
        path = tmp_path / f"translations/{language}/LC_MESSAGES/mlviz.po"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_po(file, made)
    i18n.compile_catalogs()
    yield tmp_path
    i18n._catalog.cache_clear()


def test_a_message_is_a_value() -> None:
    message = Message("a.b", n=2, inner=Message("c", x="1"))
    assert message == Message("a.b", inner=Message("c", x="1"), n=2)
    assert hash(message) == hash(Message("a.b", inner=Message("c", x="1"), n=2))
    assert message != Message("a.b", n=3, inner=Message("c", x="1"))
    assert message != Message("a.c", n=2, inner=Message("c", x="1"))
    assert repr(message) == "Message('a.b', n=2, inner=Message('c', x='1'))"
    assert pickle.loads(pickle.dumps(message)) == message == copy.deepcopy(message)


def test_a_message_cannot_be_changed() -> None:
    message = Message("a", id="a value may be called id")
    with pytest.raises(AttributeError):
        message.id = "b"  # type: ignore[misc]
    with pytest.raises(TypeError):
        message.values["id"] = "b"  # type: ignore[index]
    assert message.values == {"id": "a value may be called id"}


@pytest.mark.usefixtures("catalog")
def test_a_message_is_translated_with_the_messages_inside_it() -> None:
    message = Message("hello", name=Message("steps", n=2))
    assert translate(message, "en") == "Hello 2 steps!"
    assert translate(message, "zh_CN") == "2 步，你好！"


@pytest.mark.usefixtures("catalog")
def test_n_chooses_the_plural_form() -> None:
    said = [translate(Message("steps", n=n), "en") for n in (0, 1, 2)]
    assert said == ["0 steps", "1 step", "2 steps"]
    assert translate(Message("steps", n=1), "zh_CN") == "1 步"


@pytest.mark.usefixtures("catalog")
def test_n_does_no_harm_where_there_are_no_plurals() -> None:
    assert translate(Message("plain", n=1, name="x"), "en") == "1 in x"


def test_plain_text_is_returned_as_it_is() -> None:
    assert translate("w₁ {not a gap}", "zh_CN") == "w₁ {not a gap}"


def test_a_value_with_braces_is_not_read_as_a_gap() -> None:
    message = Message("error.not_available", what="{x}", package="p")
    assert translate(message, "en").startswith("{x} ")


def test_what_is_not_known_is_named() -> None:
    with pytest.raises(KeyError, match=r"no message 'no\.such' in the zh_CN catalog"):
        translate(Message("no.such", n=1), "zh_CN")
    with pytest.raises(KeyError, match=r"'error\.not_available' needs a value for 'package'"):
        translate(Message("error.not_available", what="x"), "en")
    with pytest.raises(KeyError, match="no language 'xx'"):
        translate(Message("error.not_available", what="x", package="y"), "xx")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "de_DE.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:zh:en"}, "zh_CN"),
        ({"LANG": "C"}, "en"),
    ],
)
def test_the_language_follows_the_environment(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert system_language() == language


def test_every_language_has_the_same_ids_with_the_same_gaps() -> None:
    english = entries(po("en"))
    for language in LANGUAGES:
        other = entries(po(language))
        assert english.keys() ^ other.keys() == set(), language
        for id, forms in english.items():
            expected = set().union(*map(gaps, forms))
            for form in other[id]:
                # A singular may say "one" instead of {n}.
                assert gaps(form) | {"n"} == expected | {"n"}, f"{language}: {id}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_uncertain(language: str) -> None:
    catalog = po(language)
    assert [id for id, forms in entries(catalog).items() if not all(forms)] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert dict(catalog.obsolete) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_id_is_written_twice_in_a_catalog(language: str) -> None:
    path = resource(f"translations/{language}/LC_MESSAGES/mlviz.po")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "msgid " in line]
    assert [line for line in lines if lines.count(line) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalog_says_what_the_written_one_says(language: str) -> None:
    assert entries(mo(language)) == entries(po(language)), "run python -m mlviz.i18n"


def test_every_id_the_code_uses_is_in_the_catalog() -> None:
    known = entries(po("en"))
    unknown = [
        f"{place}: {id}"
        for place, expression in used_ids()
        for id in literals(expression)
        if id not in known
    ]
    assert unknown == []


def test_every_id_in_the_catalog_is_used() -> None:
    # Tables hold ids as plain text, so any literal that is an id counts.
    used = {
        node.value
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    unused = [id for id in entries(po("en")) if id not in used and not id.startswith(FAMILIES)]
    assert unused == []


def test_an_id_put_together_by_an_f_string_belongs_to_a_family() -> None:
    wild = []
    for place, expression in used_ids():
        if isinstance(expression, ast.JoinedStr):
            start = expression.values[0]
            known = isinstance(start, ast.Constant) and str(start.value).startswith(FAMILIES)
            if not known:
                wild.append(place)
    assert wild == []


def test_every_character_shown_is_in_the_bundled_fonts() -> None:
    faces = [*resource("fonts").glob("*.ttf"), *resource("fonts").glob("*.otf")]
    has = {chr(code) for face in faces for code in TTFont(BytesIO(face.read_bytes())).getBestCmap()}
    needed = characters_of_examples()
    for language in LANGUAGES:
        needed.update(*(form for forms in entries(po(language)).values() for form in forms))
        needed.update(LANGUAGES[language])
    assert sorted(needed - has - set("\n\t")) == []


def test_every_example_file_is_valid_toml() -> None:
    for path in examples_folder().glob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8")), path.name
