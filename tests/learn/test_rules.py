import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlviz.learn import rules
from mlviz.learn.rules import UpdateRule

ALL = [
    rules.sgd(0.1),
    rules.sgd(0.1, momentum=0.9),
    rules.sgd(0.1, momentum=0.9, dampening=0.5, weight_decay=0.01),
    rules.sgd(0.1, momentum=0.9, nesterov=True, l1=0.02),
    rules.adam(0.1),
    rules.adam(0.1, weight_decay=0.1, l1=0.1, amsgrad=True),
    rules.adamw(0.1),
    rules.rmsprop(0.1),
    rules.rmsprop(0.1, momentum=0.9, centered=True, weight_decay=0.1),
    rules.adagrad(0.1),
    rules.adagrad(0.1, lr_decay=0.1, initial_accumulator_value=0.5),
]
NAMES = [f"{number}-{rule.name}" for number, rule in enumerate(ALL)]


def texts(rule: UpdateRule) -> list[str]:
    return [line.text for line in rule.lines]


def test_a_rule_says_only_what_it_does() -> None:
    assert texts(rules.sgd(0.1)) == ["p = p - lr * g"]
    assert rules.sgd(0.1).settings == {"lr": 0.1}
    assert texts(rules.sgd(0.1, momentum=0.9, weight_decay=0.01)) == [
        "d = g + weight_decay * p",
        "b = momentum * b + d",
        "p = p - lr * b",
    ]


def test_sgd_with_momentum_computed_by_hand() -> None:
    rule = rules.sgd(0.5, momentum=0.5)
    p, g = np.array([1.0, -2.0]), np.array([2.0, 4.0])
    first = rule.apply(p, g, rule.initial_state(p))
    assert first.after.tolist() == [0.0, -4.0]
    second = rule.apply(first.after, g, first.state)
    assert second.values["b"].tolist() == [3.0, 6.0]
    assert second.after.tolist() == [-1.5, -7.0]


def test_each_line_says_which_numbers_it_read() -> None:
    rule = rules.sgd(0.5, momentum=0.5)
    p, g = np.array([1.0]), np.array([2.0])
    result = rule.apply(p, g, {"b": np.array([8.0])})
    first, second = result.lines
    assert {name: float(np.squeeze(value)) for name, value in first.reads.items()} == {
        "momentum": 0.5,
        "b": 8.0,
        "g": 2.0,
    }
    assert (first.line.target, first.result.tolist()) == ("b", [6.0])
    assert second.reads["b"].tolist() == [6.0]
    assert second.result.tolist() == result.after.tolist() == [-2.0]


def test_dampening_spares_the_first_step() -> None:
    rule = rules.sgd(1.0, momentum=0.5, dampening=0.75)
    p, g = np.array([0.0]), np.array([4.0])
    first = rule.apply(p, g, rule.initial_state(p))
    assert first.after.tolist() == [-4.0]
    assert rule.apply(p, g, first.state).values["b"].tolist() == [3.0]


def test_adam_begins_with_a_step_of_the_learning_rate() -> None:
    rule = rules.adam(0.125, eps=0.0)
    p, g = np.array([1.0, 1.0]), np.array([1e-6, -1e6])
    after = rule.apply(p, g, rule.initial_state(p)).after
    np.testing.assert_allclose(after, [0.875, 1.125], rtol=1e-12)


def test_adam_goes_on_with_steps_of_the_learning_rate_while_the_gradient_stays() -> None:
    rule = rules.adam(0.125, eps=0.0)
    p, g = np.array([1.0]), np.array([3.0])
    state = rule.initial_state(p)
    for number in range(1, 5):
        p, state = rule.step(p, g, state)
        np.testing.assert_allclose(p, 1 - number * 0.125, rtol=1e-12)


def test_nesterov_looks_ahead_along_the_momentum() -> None:
    rule = rules.sgd(1.0, momentum=0.5, nesterov=True)
    p, g = np.array([0.0]), np.array([4.0])
    first = rule.apply(p, g, rule.initial_state(p))
    assert first.after.tolist() == [-6.0]
    assert rule.apply(first.after, g, first.state).after.tolist() == [-13.0]


def test_adagrad_begins_with_what_it_is_told() -> None:
    rule = rules.adagrad(1.0, initial_accumulator_value=3.0, eps=0.0)
    p, g = np.array([0.0]), np.array([1.0])
    assert rule.apply(p, g, rule.initial_state(p)).after.tolist() == [-0.5]


def test_the_l1_penalty_pulls_by_the_same_amount_from_both_sides() -> None:
    rule = rules.sgd(1.0, l1=0.25)
    p, g = np.array([2.0, -2.0, 0.0]), np.zeros(3)
    assert rule.apply(p, g, {}).after.tolist() == [1.75, -1.75, 0.0]


@pytest.mark.parametrize("rule", ALL, ids=NAMES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_the_quick_way_gives_the_shown_numbers_to_the_last_bit(
    rule: UpdateRule, shape: tuple[int, ...]
) -> None:
    generator = np.random.default_rng(3)
    p = quick = np.asarray(generator.normal(size=shape))
    state = quick_state = rule.initial_state(p)
    for _ in range(20):
        g = np.asarray(generator.normal(size=shape))
        result = rule.apply(p, g, state)
        quick, quick_state = rule.step(quick, g, quick_state)
        p, state = result.after, result.state
        np.testing.assert_array_equal(quick, p)
        assert quick_state.keys() == state.keys() == set(rule.kept)
        for name in rule.kept:
            np.testing.assert_array_equal(quick_state[name], state[name])


@pytest.mark.parametrize("rule", ALL, ids=NAMES)
def test_shape_and_type_of_a_parameter_stay(rule: UpdateRule) -> None:
    p = np.ones((2, 2), np.float32)
    after, _ = rule.step(p, p, rule.initial_state(p))
    assert (after.shape, after.dtype) == (p.shape, p.dtype)


@given(arrays(np.float64, (4,), elements=st.floats(-1e3, 1e3)), st.floats(1e-4, 1.0))
@settings(max_examples=50, deadline=None)
def test_nothing_is_changed_in_place(p: np.ndarray, lr: float) -> None:
    rule = rules.adam(lr, weight_decay=0.1)
    state = rule.initial_state(p)
    before = [p.copy(), *(value.copy() for value in state.values())]
    rule.step(p, p, state)
    rule.apply(p, p, state)
    for now, then in zip([p, *state.values()], before, strict=True):
        np.testing.assert_array_equal(now, then)
