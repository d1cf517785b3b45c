"""Symbols: what a node is called."""

import pytest

from mlviz.autograd import OPS
from mlviz.i18n import LANGUAGES, Message, translate
from mlviz.trace.scalars import scalarize
from mlviz.trace.symbols import Symbols, tex_name, text_name
from tests.runs import network, neuron


@pytest.mark.parametrize(
    ("name", "text", "tex"),
    [
        ("w", "w", "w"),
        ("w1", "w₁", "w_{1}"),
        ("net_h1", "net_h1", r"\mathrm{net}_{h1}"),
        ("z^2_1", "z⁽²⁾₁", "z^{(2)}_{1}"),
        ("W^1", "W⁽¹⁾", "W^{(1)}"),
        ("yhat", "ŷ", r"\hat{y}"),
        ("theta_0", "θ₀", r"\theta_{0}"),
        ("loss", "loss", r"\mathrm{loss}"),
        ("w^1_12,3", "w⁽¹⁾₁₂,₃", "w^{(1)}_{12,3}"),
    ],
)
def test_plain_names_become_symbols(name: str, text: str, tex: str) -> None:
    assert (text_name(name), tex_name(name)) == (text, tex)


def test_results_that_nobody_named_are_numbered() -> None:
    tape = neuron().tape
    symbols = Symbols(tape)
    unnamed = [symbols.text(node.id) for node in tape if not node.name and not node.is_leaf]
    assert unnamed == ["v₁", "v₂", "v₃", "v₄"]


def test_every_operation_has_a_name_in_every_language() -> None:
    for op in OPS:
        for language in LANGUAGES:
            assert translate(Message(f"op.{op}"), language)


def test_no_two_nodes_have_the_same_symbol() -> None:
    tape = scalarize(network(2, 3, 2, rows=2)).iteration.tape
    symbols = Symbols(tape)
    shown = [symbols.text(node.id) for node in tape if symbols.name(node.id)]
    assert len(shown) == len(set(shown))
