import numpy as np
import pytest

from mlviz.autograd import tensor
from mlviz.errors import ArgumentError, EngineError
from mlviz.learn import optim, schedules
from mlviz.learn.nn.linear import Linear
from mlviz.learn.nn.module import Parameter


def weight(value: float = 1.0, gradient: float = 2.0) -> Parameter:
    parameter = Parameter([value])
    parameter.grad = tensor([gradient])
    return parameter


def test_a_step_changes_the_parameter_where_it_is() -> None:
    p = weight()
    values = p.data
    optim.SGD([p], lr=0.25).step()
    assert p.data is values
    assert values.tolist() == [0.5]


def test_a_parameter_without_a_gradient_stays() -> None:
    p = Parameter([1.0])
    optimizer = optim.Adam([p], lr=0.1)
    optimizer.step()
    assert p.item() == 1.0
    assert optimizer.state == {}


def test_gradients_are_forgotten_or_filled_with_zeros() -> None:
    p = weight()
    optimizer = optim.SGD([p], lr=0.1)
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is not None
    assert p.grad.data.tolist() == [0.0]
    optimizer.zero_grad()
    assert p.grad is None


def test_groups_have_settings_of_their_own() -> None:
    first, second = weight(), weight()
    optimizer = optim.SGD([{"params": [first]}, {"params": second, "lr": 1.0}], lr=0.25)
    optimizer.step()
    assert (first.item(), second.item()) == (0.5, -1.0)


def test_settings_changed_between_steps_count_at_once() -> None:
    p = weight()
    optimizer = optim.SGD([p], lr=0.25)
    optimizer.step()
    optimizer.param_groups[0].update(lr=0.5, momentum=0.5)
    optimizer.step()
    assert p.item() == -0.5
    assert [line.target for line in optimizer.rule().lines] == ["b", "p"]
    optimizer.step()
    assert p.item() == -2.0


def test_what_was_kept_stays_when_a_setting_asks_for_more() -> None:
    p = weight()
    optimizer = optim.Adam([p], lr=0.1)
    optimizer.step()
    optimizer.param_groups[0]["amsgrad"] = True
    optimizer.step()
    assert float(optimizer.state[p]["t"]) == 2.0
    assert set(optimizer.state[p]) == {"m", "v", "u", "t"}


def test_the_rule_that_ran_can_be_read() -> None:
    rule = optim.AdamW([weight()], lr=0.1).rule()
    assert rule.name == "AdamW"
    assert rule.lines[0].text == "p = p - lr * weight_decay * p"
    assert rule.settings["weight_decay"] == 0.01


def test_a_saved_optimizer_goes_on_as_if_nothing_had_happened() -> None:
    def run(interrupted: bool) -> list[float]:
        p = weight()
        optimizer = optim.Adam([p], lr=0.1)
        for number in range(6):
            if interrupted and number == 3:
                saved = optimizer.state_dict()
                optimizer = optim.Adam([p])
                optimizer.load_state_dict(saved)
            p.grad = tensor([float(number)])
            optimizer.step()
        return [p.item(), optimizer.param_groups[0]["lr"]]

    assert run(interrupted=True) == run(interrupted=False)


def test_a_saved_optimizer_of_another_model_is_refused() -> None:
    saved = optim.SGD([weight(), weight()]).state_dict()
    with pytest.raises(EngineError, match=r"\[2\] parameters, this one of \[1\]"):
        optim.SGD([weight()]).load_state_dict(saved)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: optim.SGD([p], lr=-1), "lr is -1, but must be ≥ 0"),
        (lambda p: optim.SGD([p], momentum=-0.1), "momentum is -0.1"),
        (lambda p: optim.Adam([p], betas=(0.9, 1.0)), "betas is 1.0, but must be 0 ≤ β < 1"),
        (lambda p: optim.SGD([p], nesterov=True), "needs momentum > 0"),
        (lambda p: optim.SGD([]), "was given no parameters"),
        (lambda p: optim.SGD([p, p]), "given to the optimizer twice"),
        (lambda p: optim.SGD([p * 2]), "changes leaves only"),
        (lambda p: schedules.StepLR(optim.SGD([p]), 0), "step_size is 0"),
        (lambda p: schedules.CosineAnnealingLR(optim.SGD([p]), 0), "T_max is 0"),
    ],
)
def test_settings_that_make_no_sense_are_refused(make, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        make(weight())


def test_optimizers_are_shown_as_pytorch_shows_them() -> None:
    assert repr(optim.RMSprop(Linear(1, 1).parameters())).splitlines() == [
        "RMSprop (",
        "Parameter Group 0",
        "    alpha: 0.99",
        "    centered: False",
        "    eps: 1e-08",
        "    l1: 0.0",
        "    lr: 0.01",
        "    momentum: 0.0",
        "    weight_decay: 0.0",
        ")",
    ]


def test_schedules_set_the_rate_of_every_group() -> None:
    optimizer = optim.SGD([{"params": weight()}, {"params": weight(), "lr": 8.0}], lr=4.0)
    schedule = schedules.StepLR(optimizer, step_size=2, gamma=0.5)
    rates = [schedule.get_last_lr()]
    for _ in range(4):
        schedule.step()
        rates.append(schedule.get_last_lr())
    assert rates == [[4.0, 8.0], [4.0, 8.0], [2.0, 4.0], [2.0, 4.0], [1.0, 2.0]]
    schedule.step(0)
    assert optimizer.param_groups[1]["lr"] == 8.0


def test_a_cosine_begins_high_and_ends_low() -> None:
    schedule = schedules.CosineAnnealingLR(optim.SGD([weight()], lr=1.0), T_max=10, eta_min=0.1)
    rates = np.array([schedule.rate(1.0, t) for t in range(11)])
    assert (rates[0], rates[5], rates[10]) == pytest.approx((1.0, 0.55, 0.1))
    assert np.all(np.diff(rates) < 0)


def test_a_saved_schedule_goes_on_where_it_was() -> None:
    first = schedules.ExponentialLR(optim.SGD([weight()], lr=1.0), gamma=0.5)
    first.step()
    second = schedules.ExponentialLR(optim.SGD([weight()], lr=7.0), gamma=0.5)
    second.load_state_dict(first.state_dict())
    second.step()
    assert second.get_last_lr() == [0.25]
    assert first.line.text == "lr = lr * gamma ** t"
