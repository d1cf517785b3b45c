import numpy as np
import pytest

from mlviz.learn import rules
from mlviz.learn.rule_lines import change_of
from mlviz.learn.rules import UpdateRule

RULES: list[UpdateRule] = [
    rules.sgd(0.1),
    rules.sgd(0.1, weight_decay=0.1, l1=0.2),
    rules.sgd(0.1, momentum=0.9, nesterov=True),
    rules.adamw(0.01),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("shape", [(), (3,), (150, 130)])
def test_an_update_in_place_gives_the_bits_of_the_shown_one(
    rule: UpdateRule, shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(0)
    p, g = np.asarray(rng.normal(size=shape)), np.asarray(rng.normal(size=shape))
    shown = rule.apply(p.copy(), g, rule.initial_state(p))
    state = rule.update(p, g, rule.initial_state(p))
    assert np.array_equal(p, shown.after)
    for name, value in state.items():
        assert np.array_equal(value, shown.state[name])


def test_of_two_differences_only_the_outer_one_is_taken_away() -> None:
    assert change_of("p = p - lr * g - g") is None
    assert change_of("p = g - p") is None
    assert change_of("p = p - lr * g / (g + 1)") is not None
