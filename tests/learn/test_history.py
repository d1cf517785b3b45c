"""Going back is exact: the same numbers to the last bit, in bounded memory."""

from collections.abc import Callable

import numpy as np
import pytest

from mlviz.learn.history import MOST_KEPT, History, Snapshot
from mlviz.learn.rules import UpdateRule, adagrad, adam, rmsprop, sgd
from mlviz.learn.schedules import cosine_annealing_lr, exponential_lr, step_lr
from mlviz.learn.training import Training
from mlviz.trace.quick import quick_step
from tests.learn.programs import network

SMALL = 25_000  # bytes: a few dozen snapshots, so that most of a run has to be run again

Bits = list[bytes]


def bits(training: Training, number: int) -> Bits:
    found = [value.tobytes() for value in training.parameters(number).values()]
    for state in training.states(number).values():
        found += [value.tobytes() for value in state.values()]
    return found


def straight(make: Callable[[], Training], count: int) -> list[Bits]:
    """Return the bits of each iteration of a run that nobody goes back in."""
    training = make()
    found = []
    for number in range(1, count + 1):
        found.append(bits(training, number))
        training.advance(1)
    return found


def seeks(training: Training, expected: list[Bits], count: int = 60) -> None:
    random = np.random.default_rng(1)
    training.advance(len(expected))
    assert training._history.spacing > 1, "every iteration was kept, so nothing was run again"
    for number in random.integers(1, len(expected) + 1, count):
        near = int(np.clip(number + random.integers(-2, 3), 1, len(expected)))
        for place in (int(number), near):
            assert bits(training, place) == expected[place - 1]


def rate(training: Training, number: int) -> float:
    rule = training.rule_of(number)
    assert rule is not None
    return rule.settings["lr"]


RULES: dict[str, UpdateRule] = {
    "sgd": sgd(0.3),
    "nesterov": sgd(0.1, momentum=0.9, nesterov=True, weight_decay=0.01, l1=0.001),
    "adam": adam(0.02),
    "rmsprop": rmsprop(0.01, centered=True, momentum=0.5),
    "adagrad": adagrad(0.1, lr_decay=0.01),
    "step": sgd(0.3, momentum=0.5).scheduled(step_lr(7, 0.5)),
    "exponential": adam(0.05).scheduled(exponential_lr(0.97)),
    "cosine": sgd(0.3).scheduled(cosine_annealing_lr(40, 0.01)),
}


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_any_iteration_comes_back_to_the_last_bit(rule: UpdateRule, dropout: float) -> None:
    def make(budget: int = SMALL) -> Training:
        return Training(network(dropout), rule, compiler=quick_step, budget=budget)

    seeks(make(), straight(lambda: make(10**9), 250))


def test_a_run_without_a_compiled_step_comes_back_too() -> None:
    def make(budget: int = 10_000) -> Training:
        return Training(network(0.3), adam(0.02), budget=budget)

    seeks(make(), straight(lambda: make(10**9), 60), 20)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_the_compiled_step_and_the_tape_agree_to_the_last_bit(dropout: float) -> None:
    rule = adam(0.02).scheduled(step_lr(3, 0.5))
    tape, quick = Training(network(dropout), rule), Training(network(dropout), rule, 1, quick_step)
    tape.advance(40)
    quick.advance(40)
    assert all(step is not None for step in quick._quick.values())
    assert bits(tape, 41) == bits(quick, 41)
    np.testing.assert_array_equal(tape.losses, quick.losses)
    watched = quick.iteration(30)
    assert {u.origin: u.after.tobytes() for u in watched.updates} == {
        origin: value.tobytes() for origin, value in quick.parameters(31).items()
    }
    assert np.sum(watched.tape[watched.output].value) == quick.losses[29]


def test_branches_come_back_to_the_last_bit_and_leave_the_first_run_alone() -> None:
    def make(budget: int = SMALL) -> Training:
        return Training(network(0.3), adam(0.02), compiler=quick_step, budget=budget)

    def branched(first: Training) -> Training:
        first.advance(210)
        second = first.branched(100, rule=adam(0.1))  # a learning rate that is moved live
        second.advance(80)
        third = second.branched(150, rule=sgd(0.1, momentum=0.9))
        third.advance(50)
        fourth = third.branched(180, program=network(0.1, batch_size=7))
        fourth.advance(30)
        return fourth.changed(201, "layer1.weight", (0, 1), 0.5)

    original = make()
    expected = straight(lambda: make(10**9), 240)
    seeks(branched(original), straight(lambda: branched(make(10**9)), 240))
    seeks(original, expected)
    other = branched(original)
    assert bits(other, 100) == expected[99]
    assert bits(other, 101) != expected[100]


def test_a_branch_with_another_rate_goes_on_with_what_the_rule_kept() -> None:
    first = Training(network(), adam(0.02), compiler=quick_step)
    first.advance(50)
    second = first.branched(30, rule=adam(0.5))
    assert bits(second, 30) == bits(first, 30)
    compiled = len(second._quick)
    second.advance(50)
    assert len(second._quick) == compiled, "another learning rate was compiled anew"
    assert (rate(first, 40), rate(second, 40), rate(second, 29)) == (0.02, 0.5, 0.02)
    other = first.branched(30, rule=sgd(0.1, momentum=0.9))
    assert all(not state["b"].any() for state in other.states(30).values())


def test_a_schedule_is_followed_by_epoch_and_compiled_once() -> None:
    made = network()  # 3 iterations an epoch
    training = Training(made, sgd(0.8).scheduled(exponential_lr(0.5)), compiler=quick_step)
    training.advance(30)
    rates = [rate(training, number) for number in (1, 3, 4, 6, 7)]
    assert rates == [0.8, 0.8, 0.4, 0.4, 0.2]
    assert len(training._quick) == 2  # a whole batch, and the last one of an epoch
    update = training.iteration(5).updates[0]
    np.testing.assert_array_equal(update.after, update.before - 0.4 * update.gradient)


def test_a_schedule_goes_on_in_a_branch_with_other_batches() -> None:
    first = Training(network(), sgd(0.8).scheduled(exponential_lr(0.5)), compiler=quick_step)
    second = first.branched(8, program=network(batch_size=40))  # in the middle of the third epoch
    assert [rate(second, number) for number in (7, 8, 9)] == [0.2, 0.1, 0.05]
    assert rate(first.branched(8, program=network(0.3)), 9) == 0.2


def test_losses_of_a_branch_begin_with_those_of_the_run_it_left() -> None:
    first = Training(network(), sgd(0.1), compiler=quick_step)
    first.advance(20)
    second = first.branched(11, rule=sgd(1.0))
    np.testing.assert_array_equal(second.losses, first.losses[:10])
    second.advance(10)
    assert second.losses[10] == first.losses[10]  # the loss before the first other update
    assert second.losses[11] != first.losses[11]


def test_the_head_says_how_far_it_went_and_the_plan_how_far_one_may_look() -> None:
    training = Training(network(), sgd(0.1), 10, quick_step)
    assert (training.head, training.iterations, len(training.losses)) == (1, 10, 0)
    assert training.advance(14) == 14
    assert (training.head, training.iterations, len(training.losses)) == (15, 15, 14)
    assert Training(network(), None).advance(5) == 0


def snapshot(size: int = 100) -> Snapshot:
    return Snapshot(np.zeros(size), ())


def test_snapshots_keep_within_their_bytes_and_thin_out_evenly() -> None:
    history = History(100_000)
    for number in range(1, 5001):
        if history.is_due(number):
            history.keep(number, snapshot(), fixed=number == 1)
        if number % 7 == 0:
            history.remember(number, snapshot())
        assert history.size <= 100_000
    numbers = sorted(history._kept)
    assert numbers[0] == 1
    assert set(np.diff(numbers)) == {history.spacing}
    assert len(numbers) > 40


def test_what_does_not_follow_from_before_it_stays_when_others_are_thinned_out() -> None:
    history = History(100_000)
    for number in range(1, 2001):
        if history.is_due(number) or number == 38:
            history.keep(number, snapshot(), fixed=number in (1, 38))
    assert history.spacing > 1
    assert 38 not in range(1, 2001, history.spacing)
    assert history.find(38) is not None
    assert history.before(39)[0] == 38


def test_there_are_never_more_snapshots_than_seeking_needs() -> None:
    history = History()
    for number in range(1, 4 * MOST_KEPT):
        if history.is_due(number):
            history.keep(number, snapshot(1))
    assert MOST_KEPT / 2 < len(history._kept) <= MOST_KEPT


def test_a_network_larger_than_its_bytes_still_comes_back() -> None:
    tight = Training(network(), sgd(0.1), compiler=quick_step, budget=1000)
    wide = Training(network(), sgd(0.1), compiler=quick_step)
    tight.advance(50)
    wide.advance(50)
    assert len(tight._history._kept) < 3
    for number in (1, 30, 51, 29, 50):
        assert bits(tight, number) == bits(wide, number)


def test_the_neighbours_of_an_iteration_that_was_run_again_are_at_hand() -> None:
    training = Training(network(), sgd(0.1), compiler=quick_step, budget=SMALL)
    training.advance(400)
    number = next(n for n in range(150, 400) if (n - 1) % training._history.spacing == 5)
    training.parameters(number)
    assert training._history.find(number - 1) is not None
    assert training._history.before(number + 1)[0] == number
