import numpy as np

from mlviz.autograd import Contribution, backward, no_grad, record, tensor
from mlviz.autograd import functional as F


def test_a_product_keeps_its_factors_and_a_sum_keeps_nothing() -> None:
    with record() as tape:
        x, y = tensor([1.0, 2.0], requires_grad=True), tensor([3.0, 4.0], requires_grad=True)
        product = x * y
        total = product + x
        wave = F.tanh(total)
    assert tape.saved(tape.id_of(product)) == (tape.id_of(x), tape.id_of(y))
    assert tape.saved(tape.id_of(total)) == ()
    assert tape.saved(tape.id_of(wave)) == (tape.id_of(wave),)
    assert tape.saved(tape.id_of(x)) == ()


def test_only_what_the_rules_of_differentiable_inputs_read_is_kept() -> None:
    with record() as tape:
        x, c = tensor([1.0, 2.0], requires_grad=True), tensor([3.0, 4.0])
        product = x * c
        quiet = c * c
    assert tape.saved(tape.id_of(product)) == (tape.id_of(c),)
    assert tape.saved(tape.id_of(quiet)) == ()


def test_kept_memory_grows_forward_and_is_freed_backward() -> None:
    with record() as tape:
        x = tensor(np.ones((4, 3)), requires_grad=True)
        first = F.tanh(x)  # keeps itself: 96 bytes
        second = F.tanh(first)  # another 96
        product = first * second  # keeps both, which are kept already
        loss = product.sum()
    steps = tape.saved_bytes(tape.id_of(loss))
    forward = [step.bytes for step in steps if not step.backward]
    reverse = [(step.node, step.bytes) for step in steps if step.backward]
    assert forward == [96, 192, 192, 192]
    assert reverse == [
        (tape.id_of(loss), 192),
        (tape.id_of(product), 192),
        (tape.id_of(second), 96),
        (tape.id_of(first), 0),
    ]


def test_a_change_in_place_does_not_reach_what_was_recorded() -> None:
    with record() as tape:
        w = tensor([1.0, 2.0], requires_grad=True)
        before = w * 2
        with no_grad():
            w.add_(10)
        after = w * 2
    first, second = (tape[tape[tape.id_of(y)].inputs[0]] for y in (before, after))
    assert first.value.tolist() == [1.0, 2.0]
    assert second.value.tolist() == [11.0, 12.0]
    assert first.id != second.id


def test_a_result_that_is_changed_in_place_stays_recorded_as_it_was() -> None:
    with record() as tape:
        x = tensor([1.0, 2.0])
        y = x * 2
        recorded = tape.id_of(y)
        y += 1
        z = y * 3
    assert tape[recorded].value.tolist() == [2.0, 4.0]
    assert z.data.tolist() == [9.0, 15.0]
    assert tape[tape[tape.id_of(z)].inputs[0]].value.tolist() == [3.0, 5.0]


def test_the_local_derivative_knows_the_settings_of_the_operation() -> None:
    with record() as tape:
        x = tensor([-2.0, 3.0], requires_grad=True)
        y = F.leaky_relu(x, 0.1)
    (step,) = backward(tape, tape.id_of(y))
    assert step.local is not None
    assert step.local.tolist() == [0.1, 1.0]


def test_a_slope_that_is_a_comparison_is_shown_as_a_number() -> None:
    with record() as tape:
        x = tensor(np.array([-2.0, 3.0], np.float32), requires_grad=True)
        y = F.relu(x)
    (step,) = backward(tape, tape.id_of(y))
    assert step.local is not None
    assert step.local.dtype == np.float32
    assert step.downstream.dtype == np.float32


def test_a_contribution_can_be_made_from_finished_numbers() -> None:
    one = np.ones(2)
    made = Contribution(
        node=3, slot=0, target=1, upstream=one, local=None, downstream=one, before=None, total=one
    )
    assert made.local is None
    assert made.total is one
